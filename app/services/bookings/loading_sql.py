"""The statement that reads bookings, each as one JSON text with its hosts and attendees."""

from collections.abc import Sequence
from functools import lru_cache

from app.db.raw import Sql
from app.services.bookings.views import BookingParts, BookingView
from app.services.slots.dialect import JsonDialect, both

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
COLUMNS = BookingView._fields[: BookingView._fields.index("hosts")]
SLIM = COLUMNS.index("viewer_manages") + 1
"""Fields of a booking itself, and how many of them a slim list has."""
_FROM = "bookings b LEFT JOIN event_types e ON e.id = b.event_type_id LEFT JOIN users u ON u.id = b.user_id"

_HOSTS = "h.booking_id, u.id, u.name, u.email, u.username, u.time_zone, u.locale, h.is_organizer"
_FROM_HOSTS = (
    "booking_hosts h JOIN users u ON u.id = h.host_id WHERE h.booking_id = b.id ORDER BY h.is_organizer DESC, h.id"
)
_ATTENDEES = (
    "a.id, a.booking_id, a.position, a.kind, a.user_id, a.email, a.name, a.time_zone, a.locale, a.phone_number,"
    " a.absent"
)
_FROM_ATTENDEES = "attendees a WHERE a.booking_id = b.id ORDER BY a.position, a.id"
_SEAT = "s.uid, s.responses::text, s.description, s.metadata::text"


@lru_cache(maxsize=512)
def select_bookings(rest: str, parts: BookingParts, slim: bool = False) -> Sql:
    """One JSON text for each booking: the fields of `BookingView` in their order, hosts and attendees last.

    Its values are read by orjson at a third of what the driver takes for columns, and equal texts are read once.
    `rest` follows FROM and counts its parameters from $3.
    """
    names = COLUMNS[:SLIM] if slim else COLUMNS
    return both(lambda json: _select(json, names, rest, parts))


def _select(json: JsonDialect, names: Sequence[str], rest: str, parts: BookingParts) -> str:
    columns = [_ELSEWHERE.get(name) or _own_column(name, json.instant) for name in names]
    # The seat by a look of its own: as a join, a plan made while there were few would read all seats for each attendee.
    seat = f"{json.keep}((SELECT {json.array}({_SEAT}) FROM seats s WHERE s.attendee_id = a.id))"
    people = (
        (BookingParts.HOSTS, _HOSTS, _FROM_HOSTS),
        (BookingParts.ATTENDEES, f"{_ATTENDEES}, {seat}", _FROM_ATTENDEES),
    )
    for part, values, source in people:
        rows = f"SELECT {json.array}({values}) AS j FROM {source}"
        listed = json.listing(f"SELECT {json.group}({json.keep}(x.j)) FROM ({rows}) x")
        columns.append(listed if part in parts else f"{json.keep}('[]'::json)")
    return f"SELECT {json.array}({', '.join(columns)})::text AS j FROM {_FROM} {rest}"


def _own_column(field: str, instant: str) -> str:
    if field.endswith("_us"):
        return instant.format(f"b.{field.replace('_us', '_at')}")
    if field.endswith("_json"):
        return f"b.{field.removesuffix('_json')}::text"
    return f"b.{field}"
