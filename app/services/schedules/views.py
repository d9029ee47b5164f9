"""What the fronts see of a schedule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.models import Schedule, ScheduleOverride, ScheduleRow


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours: week days (0 = Sunday) as given, each once; minutes of the local day, `end` up to 1440."""

    days: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Override:
    """Hours that replace one local date; equal times close it (AV-11)."""

    date: date
    start: int
    end: int


WORKING_HOURS = (Hours((1, 2, 3, 4, 5), 9 * 60, 17 * 60),)


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A schedule with its rows."""

    id: int
    owner_id: int
    name: str
    time_zone: str
    is_default: bool
    availability: tuple[Hours, ...]
    overrides: tuple[Override, ...]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(
        cls,
        row: Schedule,
        rows: Sequence[ScheduleRow],
        overrides: Sequence[ScheduleOverride],
        default_id: int | None,
    ) -> "ScheduleView":
        """The view of a schedule row and its parts."""
        return cls(
            id=row.id,
            owner_id=row.user_id,
            name=row.name,
            time_zone=row.time_zone,
            is_default=row.id == default_id,
            availability=tuple(Hours(days_of(part), part.start_minute, part.end_minute) for part in rows),
            overrides=tuple(Override(part.date, part.start_minute, part.end_minute) for part in overrides),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


def days_of(row: ScheduleRow) -> tuple[int, ...]:
    """Week days in the order in which they were given; Monday first where that is not known."""
    order = row.day_order or "1234560"
    return tuple(day for day in map(int, order) if row.days >> day & 1)


def mask_of(days: Sequence[int]) -> int:
    """Bit mask of week days."""
    return sum(1 << day for day in set(days))


def order_of(days: Sequence[int]) -> str:
    """The days as their digits, each once."""
    return "".join(str(day) for day in dict.fromkeys(days))
