"""Bookings from rows to views: one statement for the bookings, one each for hosts and attendees."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from app.context import Actor
from app.db import raw
from app.db.raw import Sql
from app.services.bookings.views import AttendeeKind, AttendeeView, BookingParts, BookingView, HostView

_View = TypeVar("_View", HostView, AttendeeView)

ADMINISTERED = (
    "SELECT t.id FROM teams t JOIN memberships m ON m.team_id = t.id OR m.team_id = t.parent_id "
    "WHERE m.user_id = $1 AND m.accepted AND m.role IN ('ADMIN', 'OWNER')"
)
"""Teams run by user $1: his own and those of his organizations (AU-12)."""

# LC-21: system administrator, owner, host, the event type's owner, administrators of the booking's team.
_MANAGING = (
    "$2",
    "b.user_id = $1",
    "e.owner_id = $1",
    "EXISTS (SELECT 1 FROM booking_hosts h WHERE h.booking_id = b.id AND h.host_id = $1)",
    f"b.team_id IN ({ADMINISTERED})",
)
_MANAGES = f"coalesce({' OR '.join(_MANAGING)}, FALSE)"
_ELSEWHERE = {
    "event_type_slug": "e.slug",
    "event_type_title": "e.title",
    "event_type_owner_id": "e.owner_id",
    "event_type_length": "e.length_minutes",
    "scheduling_type": "e.scheduling_type",
    "seats_per_slot": "e.seats_per_slot",
    "seats_show_attendees": "e.seats_show_attendees",
    "hide_organizer_email": "e.hide_organizer_email",
    "organizer_name": "u.name",
    "organizer_email": "u.email",
    "organizer_username": "u.username",
    "organizer_time_zone": "u.time_zone",
    "viewer_manages": _MANAGES,
}
_COLUMNS = BookingView._fields[: BookingView._fields.index("hosts")]
_FROM = "bookings b LEFT JOIN event_types e ON e.id = b.event_type_id LEFT JOIN users u ON u.id = b.user_id"

_ATTENDEES = (
    "SELECT a.id, a.booking_id, a.position, a.kind, a.user_id, a.email, a.name, a.time_zone, a.locale, a.phone_number,"
    " a.absent, s.uid, s.responses, s.description, s.metadata"
    " FROM attendees a LEFT JOIN seats s ON s.attendee_id = a.id WHERE a.booking_id = ANY($1)"
    " ORDER BY a.booking_id, a.position, a.id"
)
_HOSTS = (
    "SELECT h.booking_id, u.id, u.name, u.email, u.username, u.time_zone, u.locale, h.is_organizer"
    " FROM booking_hosts h JOIN users u ON u.id = h.host_id WHERE h.booking_id = ANY($1)"
    " ORDER BY h.booking_id, h.is_organizer DESC, h.id"
)
_BOOLEANS = tuple(
    BookingView._fields.index(name)
    for name in ("rescheduled", "host_absent", "paid", "seats_show_attendees", "hide_organizer_email", "viewer_manages")
)
_INSTANTS = tuple(BookingView._fields.index(name) for name in ("created_us", "updated_us"))
_ABSENT = AttendeeView._fields.index("absent")
_IS_ORGANIZER = HostView._fields.index("is_organizer")


@lru_cache(maxsize=512)
def select_bookings(rest: str) -> Sql:
    """The statement whose columns are those of `BookingView`; `rest` follows FROM and counts its parameters from $3."""
    return Sql(
        postgres=_select("(extract(epoch FROM b.{}) * 1000000)::bigint", rest),
        sqlite=_select("b.{}", rest),
    )


def _select(instant: str, rest: str) -> str:
    columns = ", ".join(_ELSEWHERE.get(name) or _own_column(name, instant) for name in _COLUMNS)
    return f"SELECT {columns} FROM {_FROM} {rest}"  # noqa: S608 made of constants


def _own_column(field: str, instant: str) -> str:
    if field.endswith("_us"):
        return instant.format(field.replace("_us", "_at"))
    return f"b.{field.removesuffix('_json')}"


async def load_views(
    actor: Actor, rest: str, *params: Any, own_seat: str | None = None, whole: bool = False
) -> tuple[BookingView, ...]:
    """Bookings as this caller may see them; `own_seat` is a seat the caller is known to hold (BK-38).

    `whole` shows every seat: for deciding about a booking, never for answering.
    """
    rows = [plain(row) for row in await raw.rows(select_bookings(rest), actor.user_id, actor.is_admin, *params)]
    views = await with_parts(rows, BookingParts.ALL)
    return views if whole else tuple(visible_seats(view, actor, own_seat) for view in views)


async def with_parts(rows: Sequence[tuple[Any, ...]], parts: BookingParts) -> tuple[BookingView, ...]:
    """Add hosts and attendees to booking rows, each by one statement for all of them; every seat is there."""
    ids = [row[0] for row in rows]
    hosts = await hosts_of(ids) if ids and BookingParts.HOSTS in parts else {}
    people = await attendees_of(ids) if ids and BookingParts.ATTENDEES in parts else {}
    return tuple([BookingView._make((*row, hosts.get(row[0], ()), people.get(row[0], ()))) for row in rows])


async def hosts_of(booking_ids: Sequence[int]) -> dict[int, tuple[HostView, ...]]:
    """The hosts of many bookings, the organizer first."""
    views = (HostView._make(_flagged(row, _IS_ORGANIZER)) for row in await raw.rows(_HOSTS, list(booking_ids)))
    return _grouped(views)


async def attendees_of(booking_ids: Sequence[int]) -> dict[int, tuple[AttendeeView, ...]]:
    """The attendees of many bookings in their order (BK-22), with every seat: hide what the caller may not see."""
    views = (AttendeeView._make(_flagged(row, _ABSENT)) for row in await raw.rows(_ATTENDEES, list(booking_ids)))
    return _grouped(views)


def visible_seats(view: BookingView, actor: Actor, own_seat: str | None = None) -> BookingView:
    """Leave out other people's seats unless the caller manages the booking or its seats are public (BK-38)."""
    if view.seats_per_slot is None or view.viewer_manages or view.seats_show_attendees:
        return view
    return view._replace(attendees=tuple(person for person in view.attendees if _is_own(person, actor, own_seat)))


def _is_own(person: AttendeeView, actor: Actor, own_seat: str | None) -> bool:
    if person.kind == AttendeeKind.HOST:
        return True
    if own_seat is not None and person.seat_uid == own_seat:
        return True
    return actor.email is not None and person.email.casefold() == actor.email.casefold()


def plain(row: Any) -> tuple[Any, ...]:
    """A booking row as a tuple; SQLite has neither booleans nor instants of its own."""
    values = tuple(row)
    if isinstance(values[_BOOLEANS[0]], bool):
        return values
    fixed = list(values)
    for index in _BOOLEANS:
        fixed[index] = None if fixed[index] is None else bool(fixed[index])
    for index in _INSTANTS:
        fixed[index] = to_us(fixed[index])
    return tuple(fixed)


def to_us(instant: datetime | str) -> int:
    """An instant of the database as microseconds since the epoch."""
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def _flagged(row: Any, index: int) -> tuple[Any, ...]:
    values = tuple(row)
    if isinstance(values[index], bool):
        return values
    return (*values[:index], bool(values[index]), *values[index + 1 :])


def _grouped(views: Iterable[_View]) -> dict[int, tuple[_View, ...]]:
    found: dict[int, list[_View]] = {}
    for view in views:
        found.setdefault(view.booking_id, []).append(view)
    return {booking_id: tuple(members) for booking_id, members in found.items()}
