"""Closed vocabularies of the scheduling core; their values are what the database stores."""

from enum import IntEnum, StrEnum, unique


@unique
class BookingStatus(StrEnum):
    """Where a booking stands in its life."""

    ACCEPTED = "ACCEPTED"
    PENDING = "PENDING"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"
    AWAITING_HOST = "AWAITING_HOST"


@unique
class SchedulingType(StrEnum):
    """How the hosts of a team event type share its bookings; a personal event type has none."""

    COLLECTIVE = "COLLECTIVE"
    ROUND_ROBIN = "ROUND_ROBIN"
    MANAGED = "MANAGED"


@unique
class PeriodType(StrEnum):
    """How far ahead an event type can be booked (BT-25 to BT-31)."""

    UNLIMITED = "UNLIMITED"
    ROLLING = "ROLLING"
    ROLLING_WINDOW = "ROLLING_WINDOW"
    RANGE = "RANGE"


@unique
class HostRole(StrEnum):
    """The part a host plays in a team event type (TM-1)."""

    FIXED = "FIXED"
    ROUND_ROBIN = "ROUND_ROBIN"


@unique
class LimitPeriod(StrEnum):
    """The calendar period a count or duration limit speaks about (BT-15)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@unique
class OutOfOfficeReason(IntEnum):
    """Why somebody is away; the numbers are those of the contract (AV-26)."""

    UNSPECIFIED = 1
    VACATION = 2
    TRAVEL = 3
    SICK = 4
    PUBLIC_HOLIDAY = 5


@unique
class SlotAlignment(StrEnum):
    """In which zone the minute of a candidate start is read when it is aligned (SL-8)."""

    SCHEDULE = "schedule"
    UTC = "utc"


@unique
class RoundRobinInterval(StrEnum):
    """How often the round-robin counters of a team start again (TM-8)."""

    DAY = "DAY"
    MONTH = "MONTH"
