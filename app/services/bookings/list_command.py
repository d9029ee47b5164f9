"""What can be asked of a list of bookings (LC-27)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from app.services.bookings.views import BookingParts, BookingView


@unique
class BookingListStatus(StrEnum):
    """The documented status words of the list; several are OR-ed (LC-27)."""

    UPCOMING = "upcoming"
    RECURRING = "recurring"
    PAST = "past"
    CANCELLED = "cancelled"
    UNCONFIRMED = "unconfirmed"


@unique
class BookingSort(StrEnum):
    """What a list is ordered by; ties are ordered by id in the same direction."""

    START = "START"
    END = "END"
    CREATED = "CREATED"
    UPDATED = "UPDATED"


@dataclass(frozen=True, slots=True)
class PageKey:
    """A place in a list: the sort value (epoch seconds, microseconds for CREATED and UPDATED) and the booking's id."""

    value: int
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListBookings:
    """Which bookings, in which order, which page.

    Keyset paging: `limit` with `after` or `before` (`backward=True` takes the last `limit` before the place). Offset
    paging: `limit` with `skip`. Filters are AND-ed; several values of one filter are OR-ed. `sort` None: start
    ascending, but descending for a lone `past` or `cancelled` (LC-27). `scope_user_id`/`scope_team_id` narrow the list
    to one user's or one team's bookings. `one_month_back` cuts the bookings seen only as an administrator to the last
    month unless a date filter is given (LC-28). `slim` reads only the fields of `BookingView` up to `viewer_manages`,
    for pages of which no more is shown: a third of the cost.
    """

    limit: int = 100
    skip: int = 0
    after: PageKey | None = None
    before: PageKey | None = None
    backward: bool = False
    sort: BookingSort | None = None
    descending: bool = False
    statuses: frozenset[BookingListStatus] = frozenset()
    attendee_email: str | None = None
    attendee_name: str | None = None
    event_type_ids: tuple[int, ...] = ()
    team_ids: tuple[int, ...] = ()
    after_start: datetime | None = None
    before_end: datetime | None = None
    after_created: datetime | None = None
    before_created: datetime | None = None
    after_updated: datetime | None = None
    before_updated: datetime | None = None
    updated_since: datetime | None = None
    scope_user_id: int | None = None
    scope_team_id: int | None = None
    one_month_back: bool = True
    with_total: bool = False
    parts: BookingParts = BookingParts.ALL
    slim: bool = False


@dataclass(frozen=True, slots=True)
class BookingPage:
    """One page; `total` is None unless it was asked for, `sort` and `descending` are the order that was used.

    `next_skip` is where the next page begins, None after the last one.
    """

    bookings: tuple[BookingView, ...]
    has_next: bool
    has_previous: bool
    sort: BookingSort
    descending: bool
    total: int | None = None
    next_skip: int | None = None

    def key_of(self, booking: BookingView) -> PageKey:
        """The place of one of its bookings, for cursors."""
        return PageKey(sort_value(booking, self.sort), booking.id)


def sort_value(booking: BookingView, sort: BookingSort) -> int:
    """What a booking is ordered by."""
    match sort:
        case BookingSort.START:
            return booking.start_s
        case BookingSort.END:
            return booking.end_s
        case BookingSort.CREATED:
            return booking.created_us
        case BookingSort.UPDATED:
            return booking.updated_us
