"""Look a webhook up."""

from typing import Annotated

import strawberry

from app.services.webhooks.queries import GetWebhook, ListWebhooks, get_webhook, list_webhooks
from schema.bounded_lists import connect
from schema.context import Info
from schema.node import database_id, internal_id
from schema.pagination import After, Before, Connection, First, Last
from schema.webhooks.types import Webhook


@strawberry.type
class WebhookQueries:
    """Mixin for `Query`."""

    @strawberry.field(description="A webhook the caller may change, by id.")
    async def webhook(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Which one.")]
    ) -> Webhook | None:
        return Webhook.from_view(await get_webhook(info.context.request, GetWebhook(internal_id(id, "Webhook"))))

    @strawberry.field(description="Webhooks of an event type the caller may change, oldest first.")
    async def event_type_webhooks(
        self,
        info: Info,
        event_type_id: Annotated[strawberry.ID, strawberry.argument(description="The event type.")],
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Webhook] | None:
        command = ListWebhooks(database_id(event_type_id, "EventType"))
        rows = await list_webhooks(info.context.request, command)
        return connect(
            Connection[Webhook], info, rows, name="eventTypeWebhooks", node=Webhook.from_view,
            first=first, after=after, last=last, before=before,
        )  # fmt: skip
