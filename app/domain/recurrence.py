"""Series of bookings: the starts of all occurrences, and the rule text for calendars (BK-39)."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum, unique
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.domain.denials import Denial, DenialCode

MAX_INTERVAL: Final = 100
MAX_OCCURRENCES: Final = 500
MAX_SPAN_YEARS: Final = 100
_MONTHS_IN_YEAR: Final = 12
_WEEKS_IN_YEAR: Final = 52


@unique
class Frequency(StrEnum):
    """The unit of a recurrence step."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A recurring event type: every `interval` weeks, months or years, at most `occurrences` times."""

    interval: int
    occurrences: int
    frequency: Frequency


def recurrence_from_json(stored: Mapping[str, Any] | None) -> Recurrence | None:
    """Read `{interval, occurrences, frequency}`, as API and store have it; KeyError or ValueError else."""
    if not stored:
        return None
    return Recurrence(int(stored["interval"]), int(stored["occurrences"]), Frequency(stored["frequency"]))


def recurrence_to_json(recurrence: Recurrence) -> dict[str, Any]:
    """Write a recurrence in the API's and the stored shape."""
    return {
        "interval": recurrence.interval,
        "occurrences": recurrence.occurrences,
        "frequency": recurrence.frequency.value,
    }


def occurrence_count(recurrence: Recurrence | None, requested: int | None) -> int | Denial:
    """Decide how many bookings a request makes: the event type's own count unless fewer are asked for (BK-39)."""
    if recurrence is None:
        return 1 if requested is None else _not_recurring()
    if requested is None:
        return recurrence.occurrences
    if requested < 1:
        return Denial(DenialCode.RECURRENCE_COUNT_TOO_LOW, "Provided recurrence count must be at least 1.")
    if requested > recurrence.occurrences:
        return Denial(
            DenialCode.RECURRENCE_COUNT_TOO_HIGH,
            "Provided recurrence count is higher than the event type's recurring event count.",
        )
    return requested


def occurrence_starts(first: int, count: int, recurrence: Recurrence, zone: ZoneInfo) -> tuple[int, ...]:
    """List the starts of a series, in epoch seconds; `zone` is the attendee's (BK-39).

    The local wall time stays that of the first occurrence; a time the zone skips maps with the offset before the gap
    and a doubled one to its first passing (AV-9). A day missing from a month is clamped, and the clamped day is kept.
    """
    local = datetime.fromtimestamp(first, zone)
    day, clock = local.date(), local.time().replace(fold=0)
    starts = [first]
    for _ in range(count - 1):
        day = next_day(day, recurrence)
        starts.append(int(datetime.combine(day, clock, zone).timestamp()))
    return tuple(starts)


def next_day(day: date, recurrence: Recurrence) -> date:
    """Take one step of the recurrence: 31 January, monthly, is 28 February and then 28 March (BK-39)."""
    if recurrence.frequency is Frequency.WEEKLY:
        return day + timedelta(weeks=recurrence.interval)
    months = recurrence.interval * (_MONTHS_IN_YEAR if recurrence.frequency is Frequency.YEARLY else 1)
    return _add_months(day, months)


def rrule(recurrence: Recurrence, count: int, until: int | None = None) -> str:
    """Write the RFC 5545 rule of a series of `count` bookings, without the `RRULE:` prefix (EM-3).

    `until` (epoch seconds, inclusive) replaces the count when given.
    """
    end = f"COUNT={count}" if until is None else f"UNTIL={datetime.fromtimestamp(until, UTC):%Y%m%dT%H%M%SZ}"
    return f"FREQ={recurrence.frequency.value.upper()};INTERVAL={recurrence.interval};{end}"


def repeats_exactly(recurrence: Recurrence, starts: Sequence[int], zone: ZoneInfo) -> bool:
    """Tell whether a calendar that repeats the first start by `rrule` in this zone arrives at exactly these starts.

    Calendars skip days that a month lacks where `occurrence_starts` clamps them, and differ about clock times that a
    zone skips or has twice, so with any of these the answer is no. Epoch seconds, in order.
    """
    first = datetime.fromtimestamp(starts[0], zone).replace(tzinfo=None)
    return all(_is_step(recurrence, first, number, start, zone) for number, start in enumerate(starts))


def _is_step(recurrence: Recurrence, first: datetime, number: int, start: int, zone: ZoneInfo) -> bool:
    day = next_day(first.date(), replace(recurrence, interval=recurrence.interval * number)) if number else first.date()
    if recurrence.frequency is not Frequency.WEEKLY and day.day != first.day:
        return False
    wall = datetime.combine(day, first.time().replace(fold=0))
    there = datetime.fromtimestamp(start, zone)
    return (
        there.replace(tzinfo=None) == wall and there.fold == 0 and int(wall.replace(tzinfo=zone).timestamp()) == start
    )


def spans_years(recurrence: Recurrence) -> int:
    """Tell how many whole years the longest series of this recurrence reaches ahead."""
    steps = recurrence.interval * recurrence.occurrences
    per_year = {Frequency.WEEKLY: _WEEKS_IN_YEAR, Frequency.MONTHLY: _MONTHS_IN_YEAR, Frequency.YEARLY: 1}
    return steps // per_year[recurrence.frequency]


def _add_months(day: date, months: int) -> date:
    years, month = divmod(day.year * _MONTHS_IN_YEAR + day.month - 1 + months, _MONTHS_IN_YEAR)
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last))


def _not_recurring() -> Denial:
    return Denial(DenialCode.NOT_RECURRING, "The event type is not recurring, so no recurrence count can be given.")
