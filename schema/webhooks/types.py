"""Webhooks as the API shows them."""

from datetime import datetime
from typing import Self

import strawberry

from app.services.webhooks.triggers import Trigger
from app.services.webhooks.views import WebhookView
from schema.context import Info
from schema.enums import describe_enum
from schema.node import Node, global_id
from schema.pagination import After, Before, Connection, First, Last
from schema.scalars import URL
from schema.webhooks.deliveries import DeliveryFilter, WebhookDelivery, delivery_page

describe_enum(
    Trigger,
    name="WebhookTrigger",
    description="What a webhook can be told.",
    values={
        "BOOKING_CREATED": "A booking was made and accepted, or accepted later.",
        "BOOKING_PAYMENT_INITIATED": "A booking waits for its payment.",
        "BOOKING_PAID": "A booking was paid.",
        "BOOKING_RESCHEDULED": "A booking was moved.",
        "BOOKING_REQUESTED": "A booking waits for its host.",
        "BOOKING_CANCELLED": "A booking was cancelled.",
        "BOOKING_REJECTED": "The host declined a booking.",
        "BOOKING_NO_SHOW_UPDATED": "Somebody was marked as absent, or no longer.",
        "FORM_SUBMITTED": "A routing form was answered.",
        "MEETING_ENDED": "A meeting has ended.",
        "MEETING_STARTED": "A meeting begins.",
        "RECORDING_READY": "A recording can be fetched.",
        "INSTANT_MEETING": "Somebody waits for an instant meeting.",
        "RECORDING_TRANSCRIPTION_GENERATED": "A transcript can be fetched.",
        "OOO_CREATED": "Somebody will be out of office.",
        "AFTER_HOSTS_CAL_VIDEO_NO_SHOW": "No host has joined some time after the start.",
        "AFTER_GUESTS_CAL_VIDEO_NO_SHOW": "No guest has joined some time after the start.",
        "FORM_SUBMITTED_NO_EVENT": "A routing form was answered and nothing booked since.",
    },
)


@strawberry.type(description="An address that is told of what happens; seen by who may change it.")
class Webhook(Node):
    """GraphQL form of `WebhookView`."""

    database_id: str = strawberry.field(description="Id of this webhook in the REST API.")
    subscriber_url: URL = strawberry.field(description="Where messages are posted.")
    active: bool = strawberry.field(description="Whether anything is sent.")
    triggers: list[Trigger] = strawberry.field(description="What it is told of.")
    payload_template: str | None = strawberry.field(description="Body of its own design; null = the documented one.")
    secret: str | None = strawberry.field(description="Signs the messages.")
    version: int = strawberry.field(
        description="Form of its messages: 1 = those about meetings come flat, 2 = all come in the envelope."
    )
    event_type_id: int | None = strawberry.field(description="Number of the event type it belongs to, if one.")
    user_id: int | None = strawberry.field(description="Number of the person it belongs to, if one.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @classmethod
    def from_view(cls, view: WebhookView) -> Self:
        """The type of a view."""
        return cls(
            id=global_id("Webhook", view.id),
            database_id=view.id,
            subscriber_url=URL(view.subscriber_url),
            active=view.active,
            triggers=[Trigger(name) for name in view.triggers],
            payload_template=view.payload_template,
            secret=view.secret,
            version=view.version,
            event_type_id=view.event_type_id,
            user_id=view.user_id,
            created_at=view.created_at,
            updated_at=view.updated_at,
        )

    @strawberry.field(description="What was sent to it and how that went, newest first.")
    async def deliveries(
        self,
        info: Info,
        filter: DeliveryFilter = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[WebhookDelivery] | None:
        return await delivery_page(info, self.database_id, filter, first=first, after=after, last=last, before=before)
