"""The event log as a feed, to find what a receiver of webhooks has missed."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry.scalars import JSON

from app.services.bookings.feed import MAX_PAGE, EventPage, FeedEvent, ReadEvents, read_events
from schema.bookings.subscriptions import BookingScope
from schema.context import Info
from schema.pagination import DEFAULT_PAGE, InvalidCursorError, PageSizeError
from schema.scalars import EventCursor

_MAX_DIGITS = 18


@strawberry.type(description="One change, as the log has it.")
class Event:
    """GraphQL form of `FeedEvent`."""

    cursor: EventCursor = strawberry.field(description="Its place in the log; deliveries name it as `eventCursor`.")
    key: str = strawberry.field(description="What it happened to: the uid of a booking.")
    key_sequence: int = strawberry.field(description="Counts the changes of this key from 1, without gaps.")
    type: str = strawberry.field(description="What happened: `booking.created`, `booking.cancelled`, ...")
    occurred_at: datetime = strawberry.field(description="When.")
    booking_database_id: int | None = strawberry.field(description="Number of the booking, if it is about one.")
    details: JSON = strawberry.field(description="Facts of the change that the booking itself does not keep.")

    @classmethod
    def from_view(cls, view: FeedEvent) -> Self:
        """The type of a view."""
        return cls(
            cursor=EventCursor(str(view.sequence)),
            key=view.key,
            key_sequence=view.key_sequence,
            type=view.type,
            occurred_at=view.occurred_at,
            booking_database_id=view.booking_id,
            details=JSON(dict(view.details)),
        )


@strawberry.type(name="EventPage", description="Changes in order; a page may be short although more follow.")
class EventPageType:
    """GraphQL form of `EventPage`."""

    nodes: list[Event] = strawberry.field(description="The changes.")
    cursor: EventCursor = strawberry.field(description="Where the next page begins; keep it for the next look.")
    has_more: bool = strawberry.field(description="Whether to ask again at once.")
    complete: bool = strawberry.field(
        description="False when the log no longer reaches back to `after`: compare all bookings instead."
    )

    @classmethod
    def from_page(cls, page: EventPage) -> Self:
        """The type of a page."""
        return cls(
            nodes=[Event.from_view(event) for event in page.events],
            cursor=EventCursor(str(page.cursor)),
            has_more=page.more,
            complete=page.complete,
        )


@strawberry.type
class EventQueries:
    """Mixin for `Query`."""

    @strawberry.field(description="What happened, in order, after a cursor; of the caller if no scope is given.")
    async def events(
        self,
        info: Info,
        scope: Annotated[BookingScope | None, strawberry.argument(description="Whose events.")] = None,
        after: Annotated[
            EventCursor | None, strawberry.argument(description="Only what follows; from the oldest if left out.")
        ] = None,
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100; 25 if left out.")] = None,
    ) -> EventPageType | None:
        request = info.context.request
        size = DEFAULT_PAGE if first is None else first
        if not 1 <= size <= MAX_PAGE:
            raise PageSizeError(f"`first` must lie between 1 and {MAX_PAGE}.", path=("first",))
        position = _position(after)
        if scope is None:
            command = ReadEvents(user_id=request.require_user(), after=position, first=size)
        else:
            asked = scope.watched(position)
            command = ReadEvents(
                user_id=asked.user_id, team_id=asked.team_id, uid=asked.uid, after=position, first=size
            )
        return EventPageType.from_page(await read_events(request, command))


def _position(after: str | None) -> int | None:
    if after is None:
        return None
    if not after.isascii() or not after.isdigit() or len(after) > _MAX_DIGITS:
        raise InvalidCursorError("This is not a cursor of this feed.")
    return int(after)
