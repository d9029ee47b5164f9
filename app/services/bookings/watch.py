"""Follow bookings as they change: a snapshot first, then changes in the order of the event log."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum, unique

from app.context import RequestContext
from app.services.bookings.views import BookingView


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchBookings:
    """What to follow: one user, one team or one booking; `after` is the cursor of the last event seen."""

    user_id: int | None = None
    team_id: int | None = None
    uid: str | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class BookingsSnapshot:
    """The coming bookings in scope (or the one booking) as of `cursor`."""

    bookings: tuple[BookingView, ...]
    cursor: int


@dataclass(frozen=True, slots=True)
class BookingChanged:
    """One entry of the event log about a booking in scope, with the booking as it is now."""

    type: str
    booking: BookingView
    cursor: int


@unique
class ResyncReason(StrEnum):
    """Why the follower must forget what it knows; a snapshot comes next."""

    CURSOR_TOO_OLD = "CURSOR_TOO_OLD"
    CURSOR_UNKNOWN = "CURSOR_UNKNOWN"


@dataclass(frozen=True, slots=True)
class BookingsResync:
    """The event log no longer reaches back to the follower's cursor; the next event is a snapshot."""

    reason: ResyncReason
    cursor: int


BookingsEvent = BookingsSnapshot | BookingChanged | BookingsResync


def watch_bookings(ctx: RequestContext, command: WatchBookings) -> AsyncIterator[BookingsEvent]:
    """Snapshot, then every change; permission is checked again at each event (ForbiddenError ends the stream)."""
    raise NotImplementedError
