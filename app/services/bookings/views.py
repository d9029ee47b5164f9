"""What bookings look like outside the services: immutable, fully loaded, instants as epoch seconds.

`BookingView` and `AttendeeView` are named tuples, not dataclasses: a page has hundreds of them, and a tuple is made
from a driver row in C. JSON columns stay text until somebody reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Flag, StrEnum, auto, unique
from typing import Any, NamedTuple

import orjson

from app.domain.enums import BookingStatus

_NOTHING: Mapping[str, Any] = {}


@unique
class AttendeeKind(StrEnum):
    """Why somebody is among the attendees (BK-22)."""

    BOOKER = "BOOKER"
    GUEST = "GUEST"
    HOST = "HOST"


class BookingParts(Flag):
    """What a list loads beside the bookings themselves; each part costs a look at another table."""

    NONE = 0
    HOSTS = auto()
    ATTENDEES = auto()
    ALL = HOSTS | ATTENDEES


def read_json(text: str | None) -> Mapping[str, Any]:
    """The object in a JSON column, empty for NULL."""
    return orjson.loads(text) if text and text != "{}" else _NOTHING


class HostView(NamedTuple):
    """Somebody who holds the meeting; exactly one of a claimed booking's hosts is its organizer."""

    booking_id: int
    user_id: int
    name: str | None
    email: str
    username: str
    time_zone: str
    locale: str
    is_organizer: bool


class AttendeeView(NamedTuple):
    """Somebody invited, in the order of BK-22; the `seat_...` columns are set on seated bookings only (BK-37)."""

    id: int
    booking_id: int
    position: int
    kind: str
    user_id: int | None
    email: str
    name: str
    time_zone: str
    locale: str
    phone_number: str | None
    absent: bool
    seat_uid: str | None = None
    seat_responses_json: str | None = None
    seat_description: str | None = None
    seat_metadata_json: str | None = None

    @property
    def seat_responses(self) -> Mapping[str, Any]:
        """This attendee's own answers on a seated booking."""
        return read_json(self.seat_responses_json)

    @property
    def seat_metadata(self) -> Mapping[str, Any]:
        """This attendee's own metadata on a seated booking."""
        return read_json(self.seat_metadata_json)


class BookingView(NamedTuple):
    """One booking with its event type and organizer; `attendees` holds what the caller may see (BK-38).

    Without event type (deleted) or organizer (unclaimed instant meeting) their columns are None. `hosts` and
    `attendees` are empty when the list did not ask for them. `viewer_manages` says that the caller is host, owner or
    administrator of the booking. A slim list (`ListBookings.slim`) leaves everything after it None.
    """

    id: int
    uid: str
    status: str
    title: str
    description: str | None
    start_s: int
    end_s: int
    location: str | None
    meeting_url: str | None
    event_type_id: int | None
    user_id: int | None
    team_id: int | None
    recurring_uid: str | None
    from_reschedule_uid: str | None
    rescheduled: bool
    ical_uid: str
    created_us: int
    updated_us: int
    seats_per_slot: int | None
    seats_show_attendees: bool | None
    viewer_manages: bool
    rescheduled_by: str | None
    rescheduling_reason: str | None
    cancellation_reason: str | None
    cancelled_by: str | None
    rejection_reason: str | None
    reassign_reason: str | None
    reassigned_by_id: int | None
    ical_sequence: int
    host_absent: bool
    rating: int | None
    paid: bool
    responses_json: str | None
    metadata_json: str | None
    booker_email: str
    sms_reminder_number: str | None
    creation_source: str | None
    event_type_slug: str | None
    event_type_title: str | None
    event_type_owner_id: int | None
    event_type_length: int | None
    scheduling_type: str | None
    hide_organizer_email: bool | None
    disable_rescheduling: bool | None
    organizer_name: str | None
    organizer_email: str | None
    organizer_username: str | None
    organizer_time_zone: str | None
    hosts: tuple[HostView, ...] = ()
    attendees: tuple[AttendeeView, ...] = ()

    @property
    def start(self) -> datetime:
        """When it begins (UTC)."""
        return datetime.fromtimestamp(self.start_s, UTC)

    @property
    def end(self) -> datetime:
        """When it ends (UTC)."""
        return datetime.fromtimestamp(self.end_s, UTC)

    @property
    def duration_minutes(self) -> int:
        """Its length in whole minutes."""
        return (self.end_s - self.start_s) // 60

    @property
    def created_at(self) -> datetime:
        """When it was made (UTC)."""
        return from_us(self.created_us)

    @property
    def updated_at(self) -> datetime:
        """When it last changed (UTC)."""
        return from_us(self.updated_us)

    @property
    def responses(self) -> Mapping[str, Any]:
        """The booker's answers by field slug; empty for seated bookings, where each seat has its own (BK-35)."""
        return read_json(self.responses_json)

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the booker's client stored with it (BK-3)."""
        return read_json(self.metadata_json)

    @property
    def is_seated(self) -> bool:
        """Whether its event type sells seats."""
        return self.seats_per_slot is not None

    @property
    def booking_status(self) -> BookingStatus:
        """The status as an enum member."""
        return BookingStatus(self.status)

    @property
    def organizer(self) -> HostView | None:
        """The host in charge, if anybody claimed the booking."""
        return next((host for host in self.hosts if host.is_organizer), None)

    @property
    def guests(self) -> tuple[str, ...]:
        """E-mail addresses of the guests."""
        return tuple(person.email for person in self.attendees if person.kind == AttendeeKind.GUEST)


@dataclass(frozen=True, slots=True)
class ChangedBookings:
    """What a mutation answers: the changed bookings, sorted by start, and the slots version after the change.

    `replayed` marks the stored answer of an earlier request with the same idempotency key (or BK-18). `seat_uid` is
    the seat this request was about. `dry_run` marks an answer of which nothing was written.
    """

    bookings: tuple[BookingView, ...]
    slots_version: int = 0
    replayed: bool = False
    seat_uid: str | None = None
    dry_run: bool = False

    @property
    def booking(self) -> BookingView:
        """The only booking, or the first of a series."""
        return self.bookings[0]


def from_us(instant: int) -> datetime:
    """Microseconds since the epoch as an aware instant (UTC)."""
    seconds, micros = divmod(instant, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)
