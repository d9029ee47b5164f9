"""Bookings from rows to views, with hosts and attendees in one statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from app.bounded import Bounded
from app.context import Actor
from app.db import raw
from app.services.bookings.loading_sql import COLUMNS, SLIM, select_bookings
from app.services.bookings.views import AttendeeKind, AttendeeView, BookingParts, BookingView, HostView

_new = tuple.__new__  # `_make` without its check: the columns are made from the fields

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
_NO_SEAT = (None, None, None, None)
_LEFT_OUT = (None,) * (len(COLUMNS) - SLIM)
_views: Bounded[tuple[str, bool], BookingView] = Bounded(2_048)


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
    return _views.keep((text, slim), _new(BookingView, own), size=len(text))


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
