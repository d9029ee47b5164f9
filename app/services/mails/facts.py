"""What mails need to know beside the bookings: people, event types, series; read once per batch of events."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.context import ANONYMOUS
from app.db import raw
from app.domain.enums import BookingStatus
from app.domain.recurrence import Recurrence, recurrence_from_json
from app.domain.transitions import LIVE_STATUSES
from app.services.bookings.loading import load_views
from app.services.bookings.views import BookingView

_USERS = "SELECT id, name, email, time_zone, locale, time_format FROM users WHERE id = ANY($1::int[])"
_FORMATS = "SELECT lower(email) AS email, time_format FROM users WHERE lower(email) = ANY($1::text[])"
_EVENT_TYPES = """
SELECT e.id, e.title, e.custom_name, e.booking_fields, e.recurrence, e.metadata, e.hide_calendar_details,
       e.disable_cancelling, e.disable_rescheduling, e.custom_reply_to_email, t.name AS team_name
  FROM event_types e LEFT JOIN event_types p ON p.id = e.parent_id LEFT JOIN teams t
       ON t.id = coalesce(e.team_id, p.team_id)
 WHERE e.id = ANY($1::int[])
"""
_SERIES = """
SELECT recurring_uid, uid, start_s, end_s, original_start_s, status, created_at, ical_uid, ical_sequence,
       from_reschedule_uid IS NULL AS is_first
  FROM bookings WHERE recurring_uid = ANY($1::text[]) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with an account."""

    id: int
    name: str
    email: str
    zone: str
    language: str
    time_format: int


@dataclass(frozen=True, slots=True)
class EventTypeFacts:
    """What mails need of an event type; `silent_*` are the standard mails switched off in its metadata (EM-2)."""

    title: str
    custom_name: str | None = None
    team_name: str | None = None
    labels: Mapping[str, str] | None = None
    recurrence: Recurrence | None = None
    hide_details: bool = False
    may_cancel: bool = True
    may_reschedule: bool = True
    reply_to: str | None = None
    silent_hosts: bool = False
    silent_attendees: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A booking of a series, live or not; `original_start_s` is the start that calendars know if it is another."""

    uid: str
    start_s: int
    end_s: int
    original_start_s: int | None
    is_live: bool
    created_at: datetime

    @property
    def known_start_s(self) -> int:
        """Where calendars have it."""
        return self.start_s if self.original_start_s is None else self.original_start_s


@dataclass(frozen=True, slots=True)
class KnownSeries:
    """A series in calendars: one entry under the identity of its first booking.

    `sequence` counts the changes of all its bookings, since each of them is a change of the entry.
    """

    ical_uid: str
    sequence: int
    repeats: bool
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything about a batch of events."""

    bookings: Mapping[str, BookingView]
    members: Mapping[int, Member]
    event_types: Mapping[int, EventTypeFacts]
    time_formats: Mapping[str, int]
    series: Mapping[str, KnownSeries]

    def event_type(self, booking: BookingView) -> EventTypeFacts:
        """The event type of a booking; what is known of a deleted one is the title."""
        found = self.event_types.get(booking.event_type_id) if booking.event_type_id is not None else None
        return found or EventTypeFacts(booking.event_type_title or booking.title)

    def made_together(self, booking: BookingView) -> int:
        """How many occurrences of its series came into being with this booking."""
        series = self.series.get(booking.recurring_uid or "")
        made = (place.created_at for place in series.places.values()) if series else ()
        return sum(created_at == booking.created_at for created_at in made) or 1


async def load_facts(uids: Collection[str], member_ids: Collection[int]) -> Facts:
    """Read the bookings of these uids and all that mails about them need; hosts are members too."""
    where = "WHERE b.uid = ANY($3::text[])"
    views = await load_views(ANONYMOUS, where, sorted(uids), whole=True) if uids else ()
    hosts = {host.user_id for view in views for host in view.hosts}
    organizers = {view.user_id for view in views if view.user_id is not None}
    return Facts(
        bookings={view.uid: view for view in views},
        members=await _members(hosts | organizers | set(member_ids)),
        event_types=await _event_types({view.event_type_id for view in views if view.event_type_id is not None}),
        time_formats=await _time_formats({person.email.lower() for view in views for person in view.attendees}),
        series=await _series({view.recurring_uid for view in views if view.recurring_uid is not None}),
    )


async def _members(ids: Iterable[int]) -> dict[int, Member]:
    rows = await raw.rows(_USERS, sorted(ids))
    return {row["id"]: _member(row) for row in rows}


def _member(row: raw.Row) -> Member:
    name = row["name"] or "Nameless"  # BK-26
    return Member(row["id"], name, row["email"], row["time_zone"], row["locale"], row["time_format"])


async def _time_formats(emails: Collection[str]) -> dict[str, int]:
    rows = await raw.rows(_FORMATS, sorted(emails)) if emails else []
    return {row["email"]: row["time_format"] for row in rows}


async def _series(recurring_uids: Collection[str]) -> dict[str, KnownSeries]:
    rows = await raw.rows(_SERIES, sorted(recurring_uids)) if recurring_uids else []
    found: defaultdict[str, list[raw.Row]] = defaultdict(list)
    for row in rows:
        found[row["recurring_uid"]].append(row)
    return {uid: _known(of_one) for uid, of_one in found.items()}


def _known(rows: Sequence[raw.Row]) -> KnownSeries:
    return KnownSeries(
        ical_uid=rows[0]["ical_uid"],
        sequence=sum(row["ical_sequence"] for row in rows),
        repeats=sum(bool(row["is_first"]) for row in rows) > 1,
        places={row["uid"]: _place(row) for row in rows},
    )


def _place(row: raw.Row) -> Place:
    made = raw.instant(row["created_at"])
    assert made is not None  # noqa: S101 the column is NOT NULL
    is_live = BookingStatus(row["status"]) in LIVE_STATUSES
    return Place(row["uid"], row["start_s"], row["end_s"], row["original_start_s"], is_live, made)


async def _event_types(ids: Collection[int]) -> dict[int, EventTypeFacts]:
    rows = await raw.rows(_EVENT_TYPES, sorted(ids)) if ids else []
    return {row["id"]: _event_type(row) for row in rows}


def _event_type(row: raw.Row) -> EventTypeFacts:
    silent = _silent(raw.loads(row["metadata"]) or {})
    return EventTypeFacts(
        title=row["title"],
        custom_name=row["custom_name"],
        team_name=row["team_name"],
        labels=_labels(raw.loads(row["booking_fields"]) or []),
        recurrence=recurrence_from_json(raw.loads(row["recurrence"])),
        hide_details=bool(row["hide_calendar_details"]),
        may_cancel=not row["disable_cancelling"],
        may_reschedule=not row["disable_rescheduling"],
        reply_to=row["custom_reply_to_email"],
        silent_hosts=bool(silent.get("host")),
        silent_attendees=bool(silent.get("attendee")),
    )


def _silent(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """EM-2. The switch for confirmations alone counts only where a workflow replaces them, and there are none yet."""
    switches = metadata.get("disableStandardEmails")
    found = switches.get("all") if isinstance(switches, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _labels(stored: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {str(field["name"]): str(field.get("label") or field["name"]) for field in stored if field.get("name")}
