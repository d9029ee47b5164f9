"""What was sent to a webhook, sending it again, and trying the way."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from app.services.webhooks.delivery_log import DeliveryView, ListDeliveries, count_deliveries, list_deliveries
from app.services.webhooks.ping import PingWebhook, ping_webhook
from app.services.webhooks.redeliver import RedeliverWebhook, redeliver_webhook
from schema.context import Info
from schema.enums import describe_enum
from schema.errors import Forbidden, InvalidInput, InvalidState, NotFound, Unauthenticated
from schema.node import database_id, global_id, internal_id
from schema.pagination import Connection, Key, PageRequest
from schema.scalars import EventCursor


class WebhookDeliveryStatus(Enum):
    """Where a delivery stands."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"


describe_enum(
    WebhookDeliveryStatus,
    name="WebhookDeliveryStatus",
    description="Where a delivery stands.",
    values={
        "PENDING": "Waits, is being sent, or is tried again later.",
        "DELIVERED": "The receiver answered with a status from 200 to 299.",
        "DEAD": "Given up after three days, or it could not be sent at all; `error` says why.",
    },
)


@strawberry.type(description="One message to a webhook; at least once, in order per `key`.")
class WebhookDelivery:
    """GraphQL form of `DeliveryView`."""

    id: strawberry.ID = strawberry.field(description="Opaque id.")
    database_id: str = strawberry.field(description="What the header `X-Slotgraph-Delivery` says.")
    event_cursor: EventCursor | None = strawberry.field(
        description="Place of its event in the feed `events`; null for messages that follow from the clock."
    )
    key: str = strawberry.field(description="What it is ordered by: the uid of a booking.")
    trigger: str = strawberry.field(description="The name of what happened, or `PING`.")
    body: str = strawberry.field(description="The exact body.")
    content_type: str = strawberry.field(description="Its content type.")
    status: WebhookDeliveryStatus = strawberry.field(description="Where it stands.")
    attempts: int = strawberry.field(description="How often it was tried.")
    next_attempt_at: datetime | None = strawberry.field(description="When it is tried next, while it is pending.")
    response_status: int | None = strawberry.field(description="HTTP status of the last answer.")
    response_excerpt: str | None = strawberry.field(
        description="Beginning of the last answer, at most 1000 characters."
    )
    error: str | None = strawberry.field(description="What went wrong at the last attempt.")
    duration_ms: int | None = strawberry.field(description="How long the last attempt took, in milliseconds.")
    created_at: datetime = strawberry.field(description="When it was planned.")
    delivered_at: datetime | None = strawberry.field(description="When the receiver took it.")

    @classmethod
    def from_view(cls, view: DeliveryView) -> Self:
        """The type of a view."""
        status = WebhookDeliveryStatus(view.status)
        return cls(
            id=global_id("WebhookDelivery", view.id),
            database_id=str(view.id),
            event_cursor=EventCursor(str(view.sequence)) if view.sequence is not None else None,
            key=view.key,
            trigger=view.trigger,
            body=view.body,
            content_type=view.content_type,
            status=status,
            attempts=view.attempts,
            next_attempt_at=view.run_at if status is WebhookDeliveryStatus.PENDING else None,
            response_status=view.response_status,
            response_excerpt=view.response_excerpt,
            error=view.error,
            duration_ms=view.duration_ms,
            created_at=view.created_at,
            delivered_at=view.delivered_at,
        )


@strawberry.input(description="Which deliveries; conditions are AND-ed, several values of one are OR-ed.")
class WebhookDeliveryFilter:
    """Filter input."""

    statuses: list[WebhookDeliveryStatus] = strawberry.field(default_factory=list, description="Any of these.")
    triggers: list[str] = strawberry.field(default_factory=list, description="Any of these names.")


DeliveryFilter = Annotated[
    WebhookDeliveryFilter | None, strawberry.argument(description="Which deliveries; all if left out.")
]


async def delivery_page(
    info: Info,
    webhook_id: str,
    filter: WebhookDeliveryFilter | None,
    *,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> Connection[WebhookDelivery]:
    """The asked page of a webhook's delivery log, newest first."""
    page = PageRequest.read(info, first=first, after=after, last=last, before=before, order="webhook.deliveries")
    wanted = filter or WebhookDeliveryFilter()
    command = ListDeliveries(
        webhook_id=webhook_id,
        statuses=[each.value for each in wanted.statuses],
        triggers=wanted.triggers,
        limit=page.keyset.limit,
        after=_place(page.keyset.after),
        before=_place(page.keyset.before),
        backward=page.keyset.backward,
    )
    rows = await list_deliveries(info.context.request, command)

    async def count() -> int:
        return await count_deliveries(info.context.request, command)

    return Connection[WebhookDelivery].of(
        page, rows, node=WebhookDelivery.from_view, key=lambda view: (view.id,), count=count
    )


def _place(key: Key | None) -> int | None:
    return int(key[0] or 0) if key is not None else None


@strawberry.input(description="What to send again: either deliveries, or those planned in a stretch of time.")
class RedeliverWebhookInput:
    """Input of `redeliverWebhook`."""

    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")
    delivery_ids: list[strawberry.ID] = strawberry.field(default_factory=list, description="These, at most 500.")
    since: datetime | None = strawberry.field(default=None, description="Planned at or after.")
    until: datetime | None = strawberry.field(default=None, description="Planned before; now if left out.")
    after_delivery_id: strawberry.ID | None = strawberry.field(
        default=None, description="Go on behind this one: `lastDeliveryId` of an earlier answer."
    )
    statuses: list[WebhookDeliveryStatus] = strawberry.field(
        default_factory=list, description="Of a stretch only these; the dead ones if left out."
    )


@strawberry.input(description="Which webhook to try.")
class PingWebhookInput:
    """Input of `pingWebhook`."""

    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")


@strawberry.type(description="Messages go out again, in their old order.")
class RedeliverWebhookSuccess:
    """Success member of `RedeliverWebhookResult`."""

    count: int = strawberry.field(description="How many.")
    last_delivery_id: strawberry.ID | None = strawberry.field(description="The last one of them.")
    has_more: bool = strawberry.field(description="Whether the stretch has others; go on with `afterDeliveryId`.")


@strawberry.type(description="A made-up message is on its way.")
class PingWebhookSuccess:
    """Success member of `PingWebhookResult`."""

    delivery: WebhookDelivery = strawberry.field(description="Its entry in the delivery log.")


RedeliverWebhookResult = Annotated[
    RedeliverWebhookSuccess | InvalidInput | InvalidState | NotFound | Forbidden | Unauthenticated,
    strawberry.union("RedeliverWebhookResult", description="What goes out again, or what is wrong."),
]
PingWebhookResult = Annotated[
    PingWebhookSuccess | InvalidState | NotFound | Forbidden | Unauthenticated,
    strawberry.union("PingWebhookResult", description="The message, or what is wrong."),
]


@strawberry.type
class WebhookDeliveryMutations:
    """Mixin for `Mutation`."""

    @strawberry.mutation(description="Send messages to a webhook once more.")
    async def redeliver_webhook(
        self, info: Info, input: Annotated[RedeliverWebhookInput, strawberry.argument(description="Which.")]
    ) -> RedeliverWebhookResult:
        after = input.after_delivery_id
        command = RedeliverWebhook(
            webhook_id=internal_id(input.webhook_id, "Webhook"),
            delivery_ids=[database_id(each, "WebhookDelivery") for each in input.delivery_ids],
            since=input.since,
            until=input.until,
            after_id=database_id(after, "WebhookDelivery") if after is not None else 0,
            statuses=[each.value for each in input.statuses],
        )
        done = await redeliver_webhook(info.context.request, command)
        last = global_id("WebhookDelivery", done.last_id) if done.last_id is not None else None
        return RedeliverWebhookSuccess(count=done.count, last_delivery_id=last, has_more=done.more)

    @strawberry.mutation(description="Send a made-up message to a webhook, to see whether its receiver is there.")
    async def ping_webhook(
        self, info: Info, input: Annotated[PingWebhookInput, strawberry.argument(description="Which.")]
    ) -> PingWebhookResult:
        view = await ping_webhook(info.context.request, PingWebhook(internal_id(input.webhook_id, "Webhook")))
        return PingWebhookSuccess(delivery=WebhookDelivery.from_view(view))
