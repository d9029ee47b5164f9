"""What the scheduling core is told: plain immutable values, read by services from the database.

Instants are whole epoch seconds (UTC), spans are half open, clock times are minutes of a local day, dates are
calendar dates of the zone the text names. The core reads no clock: the present is `SlotQuery.now_s`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.domain.enums import LimitPeriod, OutOfOfficeReason, PeriodType, SchedulingType, SlotAlignment

UTC_ZONE = ZoneInfo("UTC")

Span = tuple[int, int]
"""A half-open stretch of time, `(start, end)` in epoch seconds."""


# The small rows below are named tuples, not dataclasses: hosts are grouped by equal working hours on every
# slots query, and a tuple hashes in C.
class WeeklyRow(NamedTuple):
    """Working hours on a set of weekdays (AV-1): `days` has bit 0 for Sunday, bit 6 for Saturday."""

    days: int
    start: int
    end: int


class DateOverride(NamedTuple):
    """Working hours that replace one local date as a whole; equal times close the day (AV-11)."""

    date: date
    start: int
    end: int


class TravelEntry(NamedTuple):
    """Another zone for the local dates from `start` to `end`, both included; no end means for good (AV-21)."""

    start: date
    end: date | None
    zone: ZoneInfo


class OutOfOffice(NamedTuple):
    """Absence on the dates from `start` to `end`, both included, each emptied as a local date (AV-22)."""

    start: date
    end: date
    to_user_id: int | None = None
    reason: OutOfOfficeReason = OutOfOfficeReason.UNSPECIFIED
    notes: str | None = None


class CountedBooking(NamedTuple):
    """An accepted booking of the event type, of any host, as count and duration limits see it (BT-16)."""

    start_s: int
    minutes: int


@dataclass(frozen=True, slots=True)
class ScheduleFacts:
    """A schedule; `is_default` says that it is its owner's default one, which travel entries need (AV-21)."""

    id: int | None
    zone: ZoneInfo | None
    rows: tuple[WeeklyRow, ...]
    overrides: tuple[DateOverride, ...] = ()
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class HostFacts:
    """One host and the schedule chosen for him by `availability.choose_schedule` (AV-16); None = built-in hours."""

    user_id: int
    zone: ZoneInfo
    schedule: ScheduleFacts | None = None
    is_fixed: bool = False
    priority: int | None = None
    weight: int | None = None
    out_of_office: tuple[OutOfOffice, ...] = ()
    travel: tuple[TravelEntry, ...] = ()


Limits = tuple[tuple[LimitPeriod, int], ...]


@dataclass(frozen=True, slots=True)
class EventTypeRules:
    """The rules of one event type; every length, buffer, interval and notice is in minutes.

    `schedule_zone` is the zone of the event type's own schedule, if it has one (BT-29).
    `period_days` counts business days unless `period_calendar_days` (BT-25).
    """

    id: int
    length: int
    length_options: tuple[int, ...] = ()
    slot_interval: int | None = None
    offset_start: int = 0
    notice: int = 120
    before_buffer: int = 0
    after_buffer: int = 0
    period_type: PeriodType = PeriodType.UNLIMITED
    period_days: int = 0
    period_calendar_days: bool = True
    period_start: date | None = None
    period_end: date | None = None
    count_limits: Limits = ()
    duration_limits: Limits = ()
    seats_per_slot: int | None = None
    first_slot_only: bool = False
    zone: ZoneInfo | None = None
    schedule_zone: ZoneInfo | None = None
    scheduling_type: SchedulingType | None = None
    is_team: bool = False


@dataclass(frozen=True, slots=True)
class HostBusy:
    """Blocked times of one host as two parallel arrays, ordered by start; every start lies before its end.

    A booking B of event type T comes from SQL already widened by T's own buffers:
    `[B.start - T.before, B.end + T.after)`; an external busy time comes as it is. The core adds the buffers of
    the event type asked about, which are the same for every entry (BT-7). Entries may overlap.

    In: ACCEPTED bookings of any type of the host (as host or attendee, BT-1), blocking PENDING ones of this type
    (BT-2), external busy times. Out: the booking being moved (BT-5); when the event type has seats, its own
    ACCEPTED bookings, which come as `SeatFacts`.
    """

    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> "HostBusy":
        """Order loose spans and leave out empty ones."""
        ordered = sorted(span for span in spans if span[0] < span[1])
        return cls([start for start, _ in ordered], [end for _, end in ordered])


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """An ACCEPTED booking of this seated event type, unbuffered; `taken` counts its seats (BT-14)."""

    start_s: int
    end_s: int
    taken: int
    booking_uid: str
    host_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A slot reservation of one host (RS-1)."""

    uid: str
    host_id: int
    event_type_id: int
    start_s: int
    end_s: int
    expires_s: int
    is_seat: bool = False


@dataclass(frozen=True, slots=True)
class BusyFacts:
    """What is already taken, covering at least `windows.facts_window` (and `limits_window` for `counted`).

    `counted` leaves out the booking being moved (BT-16) and may be empty when the event type has no limits.
    """

    spans: Mapping[int, HostBusy] = field(default_factory=dict)
    seats: Sequence[SeatFacts] = ()
    counted: Sequence[CountedBooking] = ()
    holds: Sequence[HoldFacts] = ()


@dataclass(frozen=True, slots=True)
class SlotQuery:
    """One question about one event type: which starts lie in the window, or is this start good.

    `start_s` and `end_s` bound a listing (a slot must end by `end_s`, AV-7; an `end_s` on second 59 counts as
    the full minute, SL-2) and do not matter for a single start. `length` is the chosen duration in minutes,
    None = the default one. `own_hold_uid` is the caller's reservation, which does not hide a slot from him (RS-5).
    """

    rules: EventTypeRules
    hosts: tuple[HostFacts, ...]
    busy: BusyFacts
    start_s: int
    end_s: int
    now_s: int
    booker_zone: ZoneInfo = UTC_ZONE
    length: int | None = None
    alignment: SlotAlignment = SlotAlignment.SCHEDULE
    own_hold_uid: str | None = None

    @property
    def length_minutes(self) -> int:
        """The duration asked for, else the event type's default one (SL-1)."""
        return self.length or self.rules.length
