"""Read bookings: one by its uid, pages of the caller's and of a team's."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

import strawberry

from app.services.bookings.queries import (
    ListBookings,
    PageKey,
    get_booking,
    get_booking_or_series,
    list_bookings,
)
from app.services.bookings.views import BookingParts, BookingView
from schema.bookings.enums import BookingListStatus, BookingSort, SortDirection
from schema.bookings.types import Booking
from schema.context import Info
from schema.node import database_id
from schema.pagination import Connection, Key, PageRequest
from schema.scalars import EmailAddress
from schema.selection import selected_names


@strawberry.input(description="The order of a list of bookings.")
class BookingOrder:
    """Order input."""

    field: BookingSort = strawberry.field(default=BookingSort.START, description="Ordered by.")
    direction: SortDirection = strawberry.field(default=SortDirection.ASC, description="Direction.")


@strawberry.input(description="Which bookings; conditions are AND-ed, several values of one are OR-ed.")
class BookingFilter:
    """Filter input (LC-27)."""

    statuses: list[BookingListStatus] = strawberry.field(default_factory=list, description="Any of these groups.")
    attendee_email: EmailAddress | None = strawberry.field(default=None, description="Has this attendee.")
    attendee_name: str | None = strawberry.field(default=None, description="Has an attendee of this name.")
    event_type_ids: list[strawberry.ID] = strawberry.field(default_factory=list, description="Of these event types.")
    team_ids: list[strawberry.ID] = strawberry.field(default_factory=list, description="Of these teams.")
    after_start: datetime | None = strawberry.field(default=None, description="Begins at or after.")
    before_end: datetime | None = strawberry.field(default=None, description="Ends at or before.")
    after_created_at: datetime | None = strawberry.field(default=None, description="Made at or after.")
    before_created_at: datetime | None = strawberry.field(default=None, description="Made at or before.")
    after_updated_at: datetime | None = strawberry.field(default=None, description="Changed at or after.")
    before_updated_at: datetime | None = strawberry.field(default=None, description="Changed at or before.")
    updated_since: datetime | None = strawberry.field(default=None, description="Changed after; for reconciling.")


Filter = Annotated[BookingFilter | None, strawberry.argument(description="Which bookings.")]
Order = Annotated[BookingOrder | None, strawberry.argument(description="In which order; by start if left out.")]

_ATTENDEES = frozenset({"attendees"})
_HOSTS = frozenset({"hosts"})
# Fields that a slim list has (`ListBookings.slim`), and those of the connection around them.
_SLIM = frozenset(
    {"__typename", "edges", "node", "nodes", "cursor", "totalCount", "pageInfo", "hasNextPage", "hasPreviousPage"}
    | {"startCursor", "endCursor", "id", "databaseId", "uid", "status", "title", "description", "start", "end"}
    | {"durationInMinutes", "location", "meetingUrl", "recurringUid", "rescheduledFromUid", "rescheduled", "icalUid"}
    | {"createdAt", "updatedAt"}
)


async def booking_page(
    info: Info,
    *,
    filter: BookingFilter | None,
    order_by: BookingOrder | None,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    scope_user_id: int | None = None,
    scope_team_id: int | None = None,
) -> Connection[Booking]:
    """The asked page of bookings that the caller may see."""
    order = order_by or BookingOrder()
    name = f"bookings:{order.field.value}:{order.direction.value}"
    names = selected_names(info)
    page = PageRequest.read(info, first=first, after=after, last=last, before=before, order=name)
    command = _command(filter or BookingFilter(), order, page, _parts(names))
    command = replace(command, scope_user_id=scope_user_id, scope_team_id=scope_team_id, slim=names <= _SLIM)
    found = await list_bookings(info.context.request, command)

    async def count() -> int:
        counted = await list_bookings(info.context.request, replace(command, limit=1, with_total=True))
        return counted.total or 0

    def key(view: BookingView) -> Key:
        place = found.key_of(view)
        return (place.value, place.id)

    rows = list(found.bookings)
    if page.keyset.backward:
        rows.reverse()
    return Connection[Booking].of(page, rows, node=Booking.from_view, key=key, count=count)


def _command(filter: BookingFilter, order: BookingOrder, page: PageRequest, parts: BookingParts) -> ListBookings:
    keyset = page.keyset
    return ListBookings(
        limit=keyset.limit,
        after=_place(keyset.after),
        before=_place(keyset.before),
        backward=keyset.backward,
        sort=order.field,
        descending=order.direction is SortDirection.DESC,
        statuses=frozenset(filter.statuses),
        attendee_email=filter.attendee_email,
        attendee_name=filter.attendee_name,
        event_type_ids=tuple(database_id(text, "EventType") for text in filter.event_type_ids),
        team_ids=tuple(database_id(text, "Team") for text in filter.team_ids),
        after_start=filter.after_start,
        before_end=filter.before_end,
        after_created=filter.after_created_at,
        before_created=filter.before_created_at,
        after_updated=filter.after_updated_at,
        before_updated=filter.before_updated_at,
        updated_since=filter.updated_since,
        one_month_back=False,
        parts=parts,
    )


def _place(key: Key | None) -> PageKey | None:
    return PageKey(int(key[0] or 0), int(key[1] or 0)) if key is not None else None


def _parts(names: frozenset[str]) -> BookingParts:
    """What of a booking the query selects, so that the list does not load the rest."""
    parts = BookingParts.NONE
    if names & _ATTENDEES:
        parts |= BookingParts.ATTENDEES
    if names & _HOSTS:
        parts |= BookingParts.HOSTS
    return parts


@strawberry.type
class BookingQueries:
    """Mixin for `Query`."""

    @strawberry.field(description="A booking by its uid, for anybody who knows it; null when there is none.")
    async def booking(
        self, info: Info, uid: Annotated[str, strawberry.argument(description="Identifier of the booking.")]
    ) -> Booking | None:
        return Booking.from_view(await get_booking(info.context.request, uid))

    @strawberry.field(description="The occurrences of a series by its `recurringUid`, by start; at most one series.")
    async def booking_series(
        self, info: Info, uid: Annotated[str, strawberry.argument(description="Identifier of the series.")]
    ) -> list[Booking] | None:
        views = await get_booking_or_series(info.context.request, uid)
        return [Booking.from_view(view) for view in views]
