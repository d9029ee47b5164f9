"""What a booking will be, before it is written: rows as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.domain.attendees import Person
from app.domain.enums import BookingStatus
from app.services.bookings.views import AttendeeKind


class NewOccurrence(NamedTuple):
    """What differs between the bookings of one request; times are epoch seconds, half open."""

    uid: str
    start_s: int
    end_s: int
    title: str
    ical_uid: str
    ical_sequence: int = 0
    from_uid: str | None = None


class NewAttendee(NamedTuple):
    """One attendee row (BK-22)."""

    kind: AttendeeKind
    person: Person
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewSeat:
    """The booker's seat (BK-35)."""

    uid: str
    responses: Mapping[str, Any]
    description: str | None
    metadata: Mapping[str, Any]


class NewBookings(NamedTuple):
    """The bookings of one request: one, or the occurrences of a series, which share all but time, uid and title.

    `host_ids` has the organizer first. `blocks` and `blocks_same_type` are those of the host rows (BT-1, BT-2).
    """

    occurrences: tuple[NewOccurrence, ...]
    event_type_id: int | None
    organizer_id: int | None
    team_id: int | None
    status: BookingStatus
    host_ids: tuple[int, ...]
    attendees: tuple[NewAttendee, ...]
    booker_email: str
    now: datetime
    description: str | None = None
    location: str | None = None
    meeting_url: str | None = None
    responses: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] | None = None
    recurring_uid: str | None = None
    rescheduling_reason: str | None = None
    sms_reminder_number: str | None = None
    creation_source: str | None = None
    join_token: str | None = None
    join_token_expires_at: datetime | None = None
    seat: NewSeat | None = None
    pending_blocks: bool = False

    @property
    def blocks(self) -> bool:
        """Whether the hosts cannot be booked otherwise (BT-1)."""
        return self.status is BookingStatus.ACCEPTED

    @property
    def blocks_same_type(self) -> bool:
        """Whether the event type cannot be booked then (BT-2)."""
        return self.blocks or (self.status is BookingStatus.PENDING and self.pending_blocks)


@dataclass(frozen=True, slots=True)
class Inserted:
    """Ids that the database gave to one booking and its attendees, in their order."""

    id: int
    uid: str
    attendee_ids: tuple[int, ...]


def attendee_list(
    booker: Person, guests: Sequence[str], co_hosts: Sequence[tuple[int, Person]]
) -> tuple[NewAttendee, ...]:
    """Booker, guests, co-hosts (BK-22)."""
    return (
        NewAttendee(AttendeeKind.BOOKER, booker),
        *(NewAttendee(AttendeeKind.GUEST, Person("", address, booker.zone)) for address in guests),
        *(NewAttendee(AttendeeKind.HOST, person, user_id) for user_id, person in co_hosts),
    )
