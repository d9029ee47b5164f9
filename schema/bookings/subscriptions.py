"""Follow bookings: a snapshot, then changes in the order of the event log, resync, resume by cursor."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.services.bookings.watch import BookingChanged, BookingsResync, BookingsSnapshot, WatchBookings, watch_bookings
from schema.bookings.types import Booking
from schema.context import Info
from schema.node import database_id
from schema.pagination import InvalidCursorError
from schema.resync import Resync, ResyncReason
from schema.scalars import EventCursor

_MAX_DIGITS = 18


@strawberry.input(one_of=True, description="Whose bookings.")
class BookingScope:
    """Names a user, a team or one booking."""

    user_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Bookings a person hosts; oneself, or somebody one administers."
    )
    team_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Bookings of a team one administers."
    )
    uid: str | None = strawberry.field(default=strawberry.UNSET, description="One booking.")

    def watched(self, after: int | None) -> WatchBookings:
        """The service's value; raises InvalidIdError."""
        if self.user_id:
            return WatchBookings(user_id=database_id(self.user_id, "User"), after=after)
        if self.team_id:
            return WatchBookings(team_id=database_id(self.team_id, "Team"), after=after)
        return WatchBookings(uid=self.uid or "", after=after)


@strawberry.type(name="BookingSnapshot", description="The coming bookings; the first event, and what follows a resync.")
class BookingSnapshotType:
    """GraphQL form of `BookingsSnapshot`."""

    bookings: list[Booking] = strawberry.field(
        description="The coming bookings in scope, at most 250 by start, or the one booking."
    )
    cursor: EventCursor = strawberry.field(description="Resumes the stream after this event.")

    @property
    def event_cursor(self) -> str | None:
        """For `Last-Event-ID`."""
        return self.cursor


@strawberry.type(description="Something happened to a booking.")
class BookingChange:
    """GraphQL form of `BookingChanged`."""

    type: str = strawberry.field(description="What happened: `booking.created`, `booking.cancelled`, ...")
    booking: Booking = strawberry.field(description="The booking as it is now.")
    cursor: EventCursor = strawberry.field(description="Resumes the stream after this event.")

    @property
    def event_cursor(self) -> str | None:
        """For `Last-Event-ID`."""
        return self.cursor


BookingEvent = Annotated[
    BookingSnapshotType | BookingChange | Resync,
    strawberry.union("BookingEvent", description="A snapshot first, then changes; a resync is followed by a snapshot."),
]


@strawberry.type
class BookingSubscriptions:
    """Mixin for `Subscription`."""

    @strawberry.subscription(description="Bookings as they change, in order; of the caller if no scope is given.")
    async def bookings(
        self,
        info: Info,
        scope: Annotated[BookingScope | None, strawberry.argument(description="Whose bookings.")] = None,
        after: Annotated[
            EventCursor | None, strawberry.argument(description="Cursor of the last event seen; resumes after it.")
        ] = None,
    ) -> AsyncGenerator[BookingEvent, None]:
        request = info.context.request
        position = _position(after)
        if scope is None:
            watched = WatchBookings(user_id=request.require_user(), after=position)
        else:
            watched = scope.watched(position)
        async for event in watch_bookings(request, watched):
            match event:
                case BookingsSnapshot():
                    bookings = [Booking.from_view(view) for view in event.bookings]
                    yield BookingSnapshotType(bookings=bookings, cursor=EventCursor(str(event.cursor)))
                case BookingChanged():
                    booking = Booking.from_view(event.booking)
                    yield BookingChange(type=event.type, booking=booking, cursor=EventCursor(str(event.cursor)))
                case BookingsResync():
                    yield Resync(reason=ResyncReason(event.reason.value))


def _position(after: str | None) -> int | None:
    if after is None:
        return None
    if not after.isascii() or not after.isdigit() or len(after) > _MAX_DIGITS:
        raise InvalidCursorError("This is not a cursor of this stream.")
    return int(after)
