"""Make a webhook."""

from dataclasses import dataclass
from uuid import uuid4

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import ConflictError
from app.models import Webhook
from app.services.webhooks.access import lock_scope, require_scope
from app.services.webhooks.backfill import plan_for_webhook
from app.services.webhooks.checks import CONFLICT, checked
from app.services.webhooks.views import WebhookView

MAX_WEBHOOKS = 250


@dataclass(frozen=True, slots=True)
class CreateWebhook:
    """A webhook of the caller, or of an event type the caller may change."""

    subscriber_url: str
    triggers: tuple[str, ...]
    active: bool = True
    payload_template: str | None = None
    secret: str | None = None
    version: int = 1
    event_type_id: int | None = None


async def create_webhook(ctx: RequestContext, command: CreateWebhook) -> WebhookView:
    """Subscribe a URL to triggers. Raises ConflictError for a URL the owner has already (WH-6), InvalidInputError."""
    scope = await require_scope(ctx, command.event_type_id)
    values = checked(
        {
            "subscriber_url": command.subscriber_url,
            "triggers": list(command.triggers),
            "active": command.active,
            "payload_template": command.payload_template,
            "secret": command.secret,
            "version": command.version,
        }
    )

    async def work(uow: UnitOfWork) -> WebhookView:
        await lock_scope(scope)
        await refuse_taken(scope, values["subscriber_url"])
        if await Webhook.filter(**scope).count() >= MAX_WEBHOOKS:
            raise ConflictError(f"At most {MAX_WEBHOOKS} webhooks.", path=("subscriberUrl",))
        row = await Webhook.create(**{"id": str(uuid4()), **scope, **values})
        await plan_for_webhook(uow, row.id)  # WH-8
        return WebhookView.of(row)

    return await unit_of_work(ctx, work)


async def refuse_taken(scope: dict[str, int], url: str, but: str = "") -> None:
    """Refuse a URL that another webhook of the same owner has (WH-6)."""
    if await Webhook.filter(**scope, subscriber_url=url).exclude(id=but).exists():
        raise ConflictError(CONFLICT.format("user" if "user_id" in scope else "event type"), path=("subscriberUrl",))
