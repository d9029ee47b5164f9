"""Read webhooks."""

from dataclasses import dataclass

from app.context import RequestContext
from app.models import Webhook
from app.services.webhooks.access import owned_webhook, require_scope
from app.services.webhooks.create import MAX_WEBHOOKS
from app.services.webhooks.views import WebhookView


@dataclass(frozen=True, slots=True)
class GetWebhook:
    """The webhook with this id; `event_type_id` says that it must be one of that event type, `personal` a person's."""

    id: str
    event_type_id: int | None = None
    personal: bool = False


@dataclass(frozen=True, slots=True)
class ListWebhooks:
    """Webhooks of the caller, or of an event type the caller may change, oldest first."""

    event_type_id: int | None = None
    skip: int = 0
    take: int = MAX_WEBHOOKS


async def get_webhook(ctx: RequestContext, command: GetWebhook) -> WebhookView:
    """One webhook. Raises NotFoundError, ForbiddenError (WH-6)."""
    return WebhookView.of(await owned_webhook(ctx, command.id, command.event_type_id, personal=command.personal))


async def list_webhooks(ctx: RequestContext, command: ListWebhooks) -> list[WebhookView]:
    """A page of webhooks. Raises NotFoundError, ForbiddenError for the event type."""
    scope = await require_scope(ctx, command.event_type_id)
    rows = Webhook.filter(**scope).order_by("created_at", "id").offset(command.skip).limit(command.take)
    return [WebhookView.of(row) for row in await rows]
