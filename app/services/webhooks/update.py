"""Change a webhook."""

from dataclasses import dataclass

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.models import Webhook
from app.services.unset import UNSET, Unset, given
from app.services.webhooks.access import lock_scope, owned_webhook
from app.services.webhooks.backfill import plan_for_webhook
from app.services.webhooks.checks import checked
from app.services.webhooks.create import refuse_taken
from app.services.webhooks.views import WebhookView


@dataclass(frozen=True, slots=True)
class UpdateWebhook:
    """New values; what is UNSET stays. With `event_type_id` it must be of that event type, `personal` a person's."""

    id: str
    event_type_id: int | None = None
    personal: bool = False
    subscriber_url: str | Unset = UNSET
    triggers: tuple[str, ...] | Unset = UNSET
    active: bool | Unset = UNSET
    payload_template: str | None | Unset = UNSET
    secret: str | None | Unset = UNSET
    version: int | Unset = UNSET


async def update_webhook(ctx: RequestContext, command: UpdateWebhook) -> WebhookView:
    """Change a webhook. Raises NotFoundError, ForbiddenError, ConflictError, InvalidInputError (WH-6)."""
    row = await owned_webhook(ctx, command.id, command.event_type_id, personal=command.personal)
    values = checked(dict(given(command, skip=frozenset({"id", "event_type_id", "personal"}))))

    async def work(uow: UnitOfWork) -> WebhookView:
        scope = _scope(row)
        if "subscriber_url" in values and scope:
            await lock_scope(scope)
            await refuse_taken(scope, values["subscriber_url"], but=row.id)
        row.update_from_dict(values)
        await row.save()
        await plan_for_webhook(uow, row.id)  # WH-8
        return WebhookView.of(row)

    return await unit_of_work(ctx, work)


def _scope(row: Webhook) -> dict[str, int]:
    if row.user_id is not None:
        return {"user_id": row.user_id}
    return {"event_type_id": row.event_type_id} if row.event_type_id is not None else {}
