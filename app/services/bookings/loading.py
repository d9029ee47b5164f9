"""Bookings from rows to views, with hosts and attendees in one statement."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson

from app.bounded import Bounded
from app.context import Actor
from app.db import raw
from app.db.raw import Sql
from app.services.bookings.views import AttendeeKind, AttendeeView, BookingParts, BookingView, HostView

_new = tuple.__new__  # `_make` without its check: the columns are made from the fields

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

# Each booking comes as one JSON text: its values are read by orjson at a third of what the driver takes for columns,
# and equal texts are read once.
_PG_JSON = "SELECT json_build_array({columns})::text AS j FROM {rest}"
_SQLITE_JSON = "SELECT json_array({columns}) AS j FROM {rest}"
_PG_LIST = "coalesce((SELECT json_agg(x.j) FROM (SELECT json_build_array({columns}) AS j FROM {rest}) x), '[]'::json)"
_SQLITE_LIST = "(SELECT json_group_array(json(x.j)) FROM (SELECT json_array({columns}) AS j FROM {rest}) x)"
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


_HOSTS = "h.booking_id, u.id, u.name, u.email, u.username, u.time_zone, u.locale, h.is_organizer"
_FROM_HOSTS = (
    "booking_hosts h JOIN users u ON u.id = h.host_id WHERE h.booking_id = b.id ORDER BY h.is_organizer DESC, h.id"
)
# The seat by a look of its own: as a join, a plan made while there were few would read all seats for each attendee.
_SEAT = (
    "(SELECT {array}(s.uid, s.responses::text, s.description, s.metadata::text) FROM seats s"
    " WHERE s.attendee_id = a.id)"
)
_ATTENDEES = (
    "a.id, a.booking_id, a.position, a.kind, a.user_id, a.email, a.name, a.time_zone, a.locale, a.phone_number,"
    f" a.absent, {{keep}}({_SEAT})"
)
_FROM_ATTENDEES = "attendees a WHERE a.booking_id = b.id ORDER BY a.position, a.id"
_NO_SEAT = (None, None, None, None)
_LARGEST: Final = 4_096
"""Texts that are longer are not kept."""
_views: Bounded[tuple[str, bool], BookingView] = Bounded(2_048)


@lru_cache(maxsize=512)
def select_bookings(rest: str, parts: BookingParts, slim: bool = False) -> Sql:
    """One JSON text for each booking: the fields of `BookingView` in their order, hosts and attendees last.

    `rest` follows FROM and counts its parameters from $3.
    """
    names = _COLUMNS[:_SLIM] if slim else _COLUMNS
    instants = ("(extract(epoch FROM b.{}) * 1000000)::bigint", "b.{}")
    spellings = (
        _Spelling(_PG_JSON, _PG_LIST, "'[]'::json", "json_build_array", "to_json"),
        _Spelling(_SQLITE_JSON, _SQLITE_LIST, "json('[]')", "json_array", "json"),
    )
    return Sql(*(_select(names, *how, rest, parts) for how in zip(instants, spellings, strict=True)))


class _Spelling(NamedTuple):
    """A row, a list of rows and an empty one as JSON; an array, and what keeps it one inside another."""

    row: str
    listed: str
    nothing: str
    array: str
    keep: str


def _select(names: Sequence[str], instant: str, json: _Spelling, rest: str, parts: BookingParts) -> str:
    columns = [_ELSEWHERE.get(name) or _own_column(name, instant) for name in names]
    people = ((BookingParts.HOSTS, _HOSTS, _FROM_HOSTS), (BookingParts.ATTENDEES, _ATTENDEES, _FROM_ATTENDEES))
    for part, values, source in people:
        spelled = values.format(array=json.array, keep=json.keep)
        columns.append(json.listed.format(columns=spelled, rest=source) if part in parts else json.nothing)
    return json.row.format(columns=", ".join(columns), rest=f"{_FROM} {rest}")


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
    views = views_in(await booking_texts(actor, rest, params))
    return views if whole else tuple([visible_seats(view, actor, own_seat) for view in views])


async def booking_texts(
    actor: Actor, rest: str, params: Sequence[Any], *, parts: BookingParts = BookingParts.ALL, slim: bool = False
) -> list[str]:
    """Bookings as JSON texts, in one statement."""
    rows = await raw.rows(select_bookings(rest, parts, slim), actor.user_id, actor.is_admin, *params)
    return [row[0] for row in rows]


def views_in(texts: Sequence[str], *, slim: bool = False) -> tuple[BookingView, ...]:
    """The bookings in these texts, with every seat. Kept by text, so nothing of a booking can be out of date."""
    return tuple([_views.get((text, slim)) or _read(text, slim) for text in texts])


def _read(text: str, slim: bool) -> BookingView:
    *own, hosts, people = orjson.loads(text)
    if raw.dialect() == "sqlite":
        _make_plain(own)
    if slim:
        own.extend(_LEFT_OUT)
    own += (_hosts(hosts), _attendees(people))
    view = _new(BookingView, own)
    if len(text) <= _LARGEST:
        _views[text, slim] = view
    return view


def _hosts(rows: Sequence[list[Any]]) -> tuple[HostView, ...]:
    for row in rows:
        row[_IS_ORGANIZER] = bool(row[_IS_ORGANIZER])  # SQLite has no boolean
    return tuple([_new(HostView, row) for row in rows])


def _attendees(rows: Sequence[list[Any]]) -> tuple[AttendeeView, ...]:
    for row in rows:
        row[_ABSENT] = bool(row[_ABSENT])
        seat = row.pop()
        row.extend(seat or _NO_SEAT)
    return tuple([_new(AttendeeView, row) for row in rows])


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
