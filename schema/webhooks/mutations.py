"""Make, change and remove webhooks."""

from typing import Annotated

import strawberry

from app.services.webhooks.create import CreateWebhook, create_webhook
from app.services.webhooks.delete import DeleteWebhook, delete_event_type_webhooks, delete_webhook
from app.services.webhooks.triggers import Trigger
from app.services.webhooks.update import UpdateWebhook, update_webhook
from schema.context import Info
from schema.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from schema.inputs import given, given_as
from schema.node import database_id, internal_id
from schema.scalars import URL
from schema.webhooks.types import Webhook


@strawberry.input(description="A new webhook of the caller, or of one of the caller's event types.")
class CreateWebhookInput:
    """Input of `createWebhook`."""

    subscriber_url: URL = strawberry.field(description="Where messages are posted.")
    triggers: list[Trigger] = strawberry.field(description="What it is told of.")
    active: bool = strawberry.field(default=True, description="Whether anything is sent.")
    payload_template: str | None = strawberry.field(default=None, description="Body of its own design.")
    secret: str | None = strawberry.field(default=None, description="Signs the messages.")
    version: int = strawberry.field(default=1, description="Form of its messages: 1 or 2, see `Webhook.version`.")
    event_type_id: strawberry.ID | None = strawberry.field(default=None, description="Only what concerns this one.")


@strawberry.input(description="New values for a webhook; what is left out stays.")
class UpdateWebhookInput:
    """Input of `updateWebhook`."""

    id: strawberry.ID = strawberry.field(description="The webhook.")
    subscriber_url: strawberry.Maybe[URL] = strawberry.field(default=None, description="Where messages are posted.")
    triggers: strawberry.Maybe[list[Trigger]] = strawberry.field(default=None, description="What it is told of.")
    active: strawberry.Maybe[bool] = strawberry.field(default=None, description="Whether anything is sent.")
    payload_template: strawberry.Maybe[str | None] = strawberry.field(default=None, description="Body of its own.")
    secret: strawberry.Maybe[str | None] = strawberry.field(default=None, description="Signs the messages.")
    version: strawberry.Maybe[int] = strawberry.field(default=None, description="Form of its messages: 1 or 2.")


@strawberry.input(description="Which webhook to remove.")
class DeleteWebhookInput:
    """Input of `deleteWebhook`."""

    id: strawberry.ID = strawberry.field(description="The webhook.")


@strawberry.input(description="Of which event type to remove every webhook.")
class DeleteEventTypeWebhooksInput:
    """Input of `deleteEventTypeWebhooks`."""

    event_type_id: strawberry.ID = strawberry.field(description="The event type.")


@strawberry.type(description="The webhook as it is now, or was before its removal.")
class WebhookSuccess:
    """Success member of the webhook results."""

    webhook: Webhook = strawberry.field(description="The webhook.")


@strawberry.type(description="The webhooks are gone.")
class DeleteEventTypeWebhooksSuccess:
    """Success member of `DeleteEventTypeWebhooksResult`."""

    count: int = strawberry.field(description="How many there were.")


CreateWebhookResult = Annotated[
    WebhookSuccess | InvalidInput | Conflict | NotFound | Forbidden | Unauthenticated,
    strawberry.union("CreateWebhookResult", description="The new webhook, or what is wrong."),
]
UpdateWebhookResult = Annotated[
    WebhookSuccess | InvalidInput | Conflict | NotFound | Forbidden | Unauthenticated,
    strawberry.union("UpdateWebhookResult", description="The changed webhook, or what is wrong."),
]
DeleteWebhookResult = Annotated[
    WebhookSuccess | NotFound | Forbidden | Unauthenticated,
    strawberry.union("DeleteWebhookResult", description="The removed webhook, or what is wrong."),
]
DeleteEventTypeWebhooksResult = Annotated[
    DeleteEventTypeWebhooksSuccess | NotFound | Forbidden | Unauthenticated,
    strawberry.union("DeleteEventTypeWebhooksResult", description="How many webhooks are gone, or what is wrong."),
]


def _names(triggers: list[Trigger]) -> tuple[str, ...]:
    return tuple(trigger.value for trigger in triggers)


@strawberry.type
class WebhookMutations:
    """Mixin for `Mutation`."""

    @strawberry.mutation(description="Subscribe an address to what happens.")
    async def create_webhook(
        self, info: Info, input: Annotated[CreateWebhookInput, strawberry.argument(description="The webhook.")]
    ) -> CreateWebhookResult:
        event_type_id = database_id(input.event_type_id, "EventType") if input.event_type_id is not None else None
        command = CreateWebhook(
            subscriber_url=input.subscriber_url,
            triggers=_names(input.triggers),
            active=input.active,
            payload_template=input.payload_template,
            secret=input.secret,
            version=input.version,
            event_type_id=event_type_id,
        )
        return WebhookSuccess(webhook=Webhook.from_view(await create_webhook(info.context.request, command)))

    @strawberry.mutation(description="Change a webhook.")
    async def update_webhook(
        self, info: Info, input: Annotated[UpdateWebhookInput, strawberry.argument(description="New values.")]
    ) -> UpdateWebhookResult:
        command = UpdateWebhook(
            id=internal_id(input.id, "Webhook"),
            subscriber_url=given(input.subscriber_url),
            triggers=given_as(input.triggers, _names),
            active=given(input.active),
            payload_template=given(input.payload_template),
            secret=given(input.secret),
            version=given(input.version),
        )
        return WebhookSuccess(webhook=Webhook.from_view(await update_webhook(info.context.request, command)))

    @strawberry.mutation(description="Remove a webhook; what waits for it is not delivered any more.")
    async def delete_webhook(
        self, info: Info, input: Annotated[DeleteWebhookInput, strawberry.argument(description="The webhook.")]
    ) -> DeleteWebhookResult:
        view = await delete_webhook(info.context.request, DeleteWebhook(internal_id(input.id, "Webhook")))
        return WebhookSuccess(webhook=Webhook.from_view(view))

    @strawberry.mutation(description="Remove every webhook of an event type.")
    async def delete_event_type_webhooks(
        self,
        info: Info,
        input: Annotated[DeleteEventTypeWebhooksInput, strawberry.argument(description="The event type.")],
    ) -> DeleteEventTypeWebhooksResult:
        event_type_id = database_id(input.event_type_id, "EventType")
        count = await delete_event_type_webhooks(info.context.request, event_type_id)
        return DeleteEventTypeWebhooksSuccess(count=count)
