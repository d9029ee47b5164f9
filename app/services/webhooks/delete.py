"""Remove webhooks."""

from dataclasses import dataclass

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.models import Webhook
from app.services.event_types.access import editable
from app.services.webhooks.access import owned_webhook
from app.services.webhooks.views import WebhookView


@dataclass(frozen=True, slots=True)
class DeleteWebhook:
    """The webhook with this id; `event_type_id` says that it must be one of that event type, `personal` a person's."""

    id: str
    event_type_id: int | None = None
    personal: bool = False


async def delete_webhook(ctx: RequestContext, command: DeleteWebhook) -> WebhookView:
    """Remove a webhook; what is still to be delivered to it is not. Returns what it was."""
    row = await owned_webhook(ctx, command.id, command.event_type_id, personal=command.personal)

    async def work(_: UnitOfWork) -> WebhookView:
        await Webhook.filter(id=row.id).delete()
        return WebhookView.of(row)

    return await unit_of_work(ctx, work)


async def delete_event_type_webhooks(ctx: RequestContext, event_type_id: int) -> int:
    """Remove every webhook of an event type; how many there were. Raises NotFoundError, ForbiddenError."""
    await editable(ctx, event_type_id)

    async def work(_: UnitOfWork) -> int:
        return await Webhook.filter(event_type_id=event_type_id).delete()

    return await unit_of_work(ctx, work)
