"""Bookings from rows to views: one statement for the bookings, one each for hosts and attendees."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

import orjson

from app.context import Actor
from app.db import raw
from app.db.raw import Sql
from app.services.bookings.views import AttendeeKind, AttendeeView, BookingParts, BookingView, HostView

_new = tuple.__new__  # `_make` without its check: the columns are made from the fields
_View = TypeVar("_View", bound=HostView | AttendeeView)

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
    "disable_rescheduling": "e.disable_rescheduling",
    "organizer_name": "u.name",
    "organizer_email": "u.email",
    "organizer_username": "u.username",
    "organizer_time_zone": "u.time_zone",
    "viewer_manages": _MANAGES,
}
_COLUMNS = BookingView._fields[: BookingView._fields.index("hosts")]
_SLIM = _COLUMNS.index("viewer_manages") + 1
_LEFT_OUT = (None,) * (len(_COLUMNS) - _SLIM)
_FROM = "bookings b LEFT JOIN event_types e ON e.id = b.event_type_id LEFT JOIN users u ON u.id = b.user_id"

# A page comes as one JSON text: its values are read by orjson at a third of what the driver takes for columns.
_PG_JSON = "SELECT json_agg(x.j)::text FROM (SELECT json_build_array({columns}) AS j FROM {rest}) x"
_SQLITE_JSON = "SELECT json_group_array(json(x.j)) FROM (SELECT json_array({columns}) AS j FROM {rest}) x"
_BOOLEANS = tuple(
    BookingView._fields.index(name)
    for name in (
        "rescheduled", "host_absent", "paid", "seats_show_attendees", "hide_organizer_email", "disable_rescheduling",
        "viewer_manages",
    )
)  # fmt: skip
_INSTANTS = tuple(BookingView._fields.index(name) for name in ("created_us", "updated_us"))
_ABSENT = AttendeeView._fields.index("absent")
_IS_ORGANIZER = HostView._fields.index("is_organizer")


def _listed(columns: str, rest: str) -> Sql:
    return Sql(
        postgres=_PG_JSON.format(columns=columns, rest=rest), sqlite=_SQLITE_JSON.format(columns=columns, rest=rest)
    )


_ATTENDEES = _listed(
    "a.id, a.booking_id, a.position, a.kind, a.user_id, a.email, a.name, a.time_zone, a.locale, a.phone_number,"
    " a.absent, s.uid, s.responses::text, s.description, s.metadata::text",
    "attendees a LEFT JOIN seats s ON s.attendee_id = a.id WHERE a.booking_id = ANY($1::int[])"
    " ORDER BY a.booking_id, a.position, a.id",
)
_HOSTS = _listed(
    "h.booking_id, u.id, u.name, u.email, u.username, u.time_zone, u.locale, h.is_organizer",
    "booking_hosts h JOIN users u ON u.id = h.host_id WHERE h.booking_id = ANY($1::int[])"
    " ORDER BY h.booking_id, h.is_organizer DESC, h.id",
)


@lru_cache(maxsize=512)
def select_bookings(rest: str, slim: bool = False) -> Sql:
    """The statement whose columns are those of `BookingView`; `rest` follows FROM and counts its parameters from $3."""
    names = _COLUMNS[:_SLIM] if slim else _COLUMNS
    return Sql(
        postgres=_select(names, "(extract(epoch FROM b.{}) * 1000000)::bigint", rest, _PG_JSON),
        sqlite=_select(names, "b.{}", rest, _SQLITE_JSON),
    )


def _select(names: Sequence[str], instant: str, rest: str, form: str) -> str:
    columns = ", ".join(_ELSEWHERE.get(name) or _own_column(name, instant) for name in names)
    return form.format(columns=columns, rest=f"{_FROM} {rest}")


def _own_column(field: str, instant: str) -> str:
    if field.endswith("_us"):
        return instant.format(field.replace("_us", "_at"))
    if field.endswith("_json"):
        return f"b.{field.removesuffix('_json')}::text"
    return f"b.{field}"


async def load_views(
    actor: Actor, rest: str, *params: Any, own_seat: str | None = None, whole: bool = False
) -> tuple[BookingView, ...]:
    """Bookings as this caller may see them; `own_seat` is a seat the caller is known to hold (BK-38).

    `whole` shows every seat: for deciding about a booking, never for answering.
    """
    views = await with_parts(await booking_rows(actor, rest, params), BookingParts.ALL)
    return views if whole else tuple([visible_seats(view, actor, own_seat) for view in views])


async def booking_rows(actor: Actor, rest: str, params: Sequence[Any], *, slim: bool = False) -> list[list[Any]]:
    """Rows of bookings, whose values are the first fields of `BookingView`."""
    rows = await _rows(select_bookings(rest, slim), actor.user_id, actor.is_admin, *params)
    if raw.dialect() == "sqlite":
        for row in rows:
            _make_plain(row)
    if slim:
        for row in rows:
            row.extend(_LEFT_OUT)
    return rows


async def _rows(sql: Sql, *params: Any) -> list[list[Any]]:
    text = await raw.value(sql, *params)
    return orjson.loads(text) if text else []


async def with_parts(rows: Sequence[list[Any]], parts: BookingParts) -> tuple[BookingView, ...]:
    """Add hosts and attendees to booking rows, each by one statement for all of them; every seat is there."""
    if parts is BookingParts.NONE:
        return tuple([_new(BookingView, (*row, (), ())) for row in rows])
    ids = [row[0] for row in rows]
    hosts = await hosts_of(ids) if ids and BookingParts.HOSTS in parts else {}
    people = await attendees_of(ids) if ids and BookingParts.ATTENDEES in parts else {}
    for row in rows:
        row.extend((hosts.get(row[0], ()), people.get(row[0], ())))
    return tuple([_new(BookingView, row) for row in rows])


async def hosts_of(booking_ids: Sequence[int]) -> dict[int, tuple[HostView, ...]]:
    """The hosts of many bookings, the organizer first."""
    rows = await _rows(_HOSTS, list(booking_ids))
    return _grouped(HostView, rows, _IS_ORGANIZER)


async def attendees_of(booking_ids: Sequence[int]) -> dict[int, tuple[AttendeeView, ...]]:
    """The attendees of many bookings in their order (BK-22), with every seat: hide what the caller may not see."""
    rows = await _rows(_ATTENDEES, list(booking_ids))
    return _grouped(AttendeeView, rows, _ABSENT)


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


def _make_plain(row: list[Any]) -> None:
    """SQLite has neither booleans nor instants of its own."""
    for index in _BOOLEANS:
        if index < len(row) and row[index] is not None:
            row[index] = bool(row[index])
    for index in _INSTANTS:
        row[index] = _to_us(row[index])


def _to_us(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def _grouped(kind: type[_View], rows: Sequence[list[Any]], flag: int) -> dict[int, tuple[_View, ...]]:
    """Views by booking id; `flag` is the column that SQLite has no boolean for."""
    at = kind._fields.index("booking_id")
    found: dict[int, tuple[_View, ...]] = {}
    for row in rows:
        row[flag] = bool(row[flag])
        # Few have many: adding to a tuple costs less than a list for each booking.
        found[row[at]] = (*found.get(row[at], ()), _new(kind, row))
    return found
