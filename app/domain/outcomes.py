"""What the scheduling core answers: slots, verdicts on one start, and the rules behind a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import NamedTuple

from app.domain.facts import Span


@unique
class RuleCode(StrEnum):
    """The condition a rule speaks about; on a refusal, why a start cannot be booked."""

    IN_THE_PAST = "in_the_past"
    NOTICE_TOO_SHORT = "notice_too_short"
    OUTSIDE_BOOKING_WINDOW = "outside_booking_window"
    BOOKING_LIMIT_REACHED = "booking_limit_reached"
    DURATION_LIMIT_REACHED = "duration_limit_reached"
    OUT_OF_OFFICE = "out_of_office"
    OUTSIDE_WORKING_HOURS = "outside_working_hours"
    BUSY = "busy"
    SEATS_FULL = "seats_full"
    ON_HOLD = "on_hold"
    FIXED_HOST_UNAVAILABLE = "fixed_host_unavailable"
    NO_HOST_AVAILABLE = "no_host_available"
    NO_HOSTS = "no_hosts"
    OFF_GRID = "off_grid"
    NOT_FIRST_OF_DAY = "not_first_of_day"


@dataclass(frozen=True, slots=True)
class SeatInfo:
    """Seats at one listed start; `booking_uid` is None while nobody has booked it (SL-15)."""

    taken: int
    total: int
    booking_uid: str | None = None

    @property
    def remaining(self) -> int:
        """Seats that can still be booked; never negative."""
        return max(self.total - self.taken, 0)


@dataclass(frozen=True, slots=True)
class SlotList:
    """Free starts in time order, each of them a whole minute; `seats` has every start of a seated event type."""

    starts: Sequence[int]
    length_minutes: int
    seats: Mapping[int, SeatInfo] = field(default_factory=dict)


class RuleOutcome(NamedTuple):
    """One rule's word on a start: it allows it, or removes it because of `span`.

    `listing_only` marks rules that hide a start from lists and do not forbid booking it (BK-12, RS-7, SL-12).
    """

    rule_id: str
    code: RuleCode
    allows: bool
    detail: str = ""
    host_id: int | None = None
    span: Span | None = None
    listing_only: bool = False


@dataclass(frozen=True, slots=True)
class Bookable:
    """A good start: every fixed host is free, and so are these round-robin hosts.

    `joins_booking_uid` is set when the start belongs to a seated booking with room; the hosts are then that
    booking's (BK-35).
    """

    free_fixed: tuple[int, ...]
    free_round_robin: tuple[int, ...] = ()
    joins_booking_uid: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A start that cannot be booked: the deciding code, its rules, and what stopped each host."""

    code: RuleCode
    rule_ids: tuple[str, ...]
    hosts: Mapping[int, RuleOutcome] = field(default_factory=dict)
