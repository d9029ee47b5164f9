"""What a mail says, as facts: kept with the mail from its planning on, put into words when it is sent.

Instants are epoch seconds (UTC), dates ISO 8601.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any

from pydantic import TypeAdapter

from app.domain.recurrence import Recurrence
from app.domain.titles import Reader


@unique
class MailKind(StrEnum):
    """The mails of EM-1; the values are keys of the catalogues."""

    SCHEDULED = "scheduled"
    REQUEST = "request"
    REQUEST_RECEIVED = "request_received"
    REMINDER = "reminder"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    SEAT_ADDED = "seat_added"
    SEAT_MOVED = "seat_moved"
    SEAT_CANCELLED = "seat_cancelled"
    RESCHEDULE_REQUESTED = "reschedule_requested"
    REASSIGNED = "reassigned"
    UPDATED = "updated"
    LOCATION_CHANGED = "location_changed"
    GUESTS_ADDED = "guests_added"
    AWAY_CREATED = "away_created"
    AWAY_EDITED = "away_edited"
    AWAY_REMOVED = "away_removed"
    SLUG_REPLACED = "slug_replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whoever gets the mail; `time_format` is 12 or 24, None as is usual in the language.

    `seat_uid` is the recipient's own seat.
    """

    email: str
    name: str
    zone: str
    language: str
    reader: Reader
    time_format: int | None = None
    seat_uid: str | None = None


@unique
class Role(StrEnum):
    """What somebody is in a meeting; the values are keys of the catalogues."""

    ORGANIZER = "organizer"
    HOST = "host"
    ATTENDEE = "attendee"


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in a meeting; `email` is None where it must not be shown (BK-26) or does not exist (BK-25)."""

    role: Role
    name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A series of bookings that one mail speaks for (BK-43); `count` is how many there are."""

    recurrence: Recurrence
    count: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One meeting of a series; `place_s` is the start by which calendars know it."""

    start_s: int
    end_s: int
    place_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """The one entry that calendars have for a series, and which of its occurrences a mail speaks of.

    `whole`: these are all there are, and the entry is written anew or removed. `zone` is where the series keeps its
    clock time.
    """

    uid: str
    sequence: int
    zone: str
    whole: bool
    occurrences: tuple[Occurrence, ...]
    recurrence: Recurrence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingContent:
    """A booking as this recipient may see it; `person` is whom the mail is about on the other side.

    `entry` is set for occurrences of a series, `old_start_s` when the time has changed. `reason` is why something was
    done, `waits` that it has yet to be confirmed.
    """

    uid: str
    ical_uid: str
    ical_sequence: int
    title: str
    start_s: int
    end_s: int
    person: str
    participants: tuple[Participant, ...]
    location: str | None = None
    meeting_url: str | None = None
    notes: str | None = None
    answers: tuple[tuple[str, str], ...] = ()
    reason: str | None = None
    old_start_s: int | None = None
    old_end_s: int | None = None
    series: Series | None = None
    entry: CalendarEntry | None = None
    hide_details: bool = False
    reply_to: str | None = None
    may_reschedule: bool = True
    may_cancel: bool = True
    waits: bool = False


@dataclass(frozen=True, slots=True)
class AwayContent:
    """Days on which somebody stands in for `name` (AV-28); both dates inclusive."""

    name: str
    start: str
    end: str
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailContent:
    """One mail: what kind, to whom, and the facts that this kind speaks of."""

    kind: MailKind
    recipient: Recipient
    booking: BookingContent | None = None
    away: AwayContent | None = None
    slug: str | None = None


_CONTENT = TypeAdapter(MailContent)


def content_to_json(content: MailContent) -> dict[str, Any]:
    """The stored shape."""
    stored: dict[str, Any] = _CONTENT.dump_python(content, mode="json", exclude_defaults=True)
    return stored


def content_from_json(stored: Mapping[str, Any]) -> MailContent:
    """Read a stored mail; raises ValueError for anything else."""
    return _CONTENT.validate_python(stored)
