"""Reading the hours of a schedule from their API form (AV-1, AV-3 to AV-5, AV-15). Overlapping rows are allowed."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from app.domain.facts import DateOverride, WeeklyRow
from app.domain.faults import Fault

DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BAD_CLOCK: Final = "must be a valid time in format HH:MM e.g. 08:00"


def parse_clock(text: object) -> int | None:
    """Read `HH:MM` (00:00 to 23:59) as minutes of the day; None for anything else, also 24:00 (AV-3)."""
    match = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    return int(match[1]) * 60 + int(match[2]) if match else None


def format_clock(minutes: int) -> str:
    """Write minutes of the day as `HH:MM`; midnight at the end of a day is 23:59 again (AV-3)."""
    return "{:02}:{:02}".format(*divmod(min(minutes, 1439), 60))


def parse_date(text: object) -> date | None:
    """Read a calendar date `YYYY-MM-DD`; None for anything else."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) and _DATE.fullmatch(text) else None
    except ValueError:
        return None


def days_mask(names: Sequence[str]) -> int | None:
    """Read weekday names as the bits of a weekly row (bit 0 is Sunday); None when one is unknown or there is none."""
    if not names or not set(names) <= set(DAYS):
        return None
    return sum(1 << DAYS.index(name) for name in set(names))


def day_names(mask: int) -> tuple[str, ...]:
    """Name the weekdays of a weekly row, Sunday first."""
    return tuple(name for bit, name in enumerate(DAYS) if mask >> bit & 1)


def read_weekly_rows(rows: Sequence[Mapping[str, Any]], field: str = "availability") -> list[WeeklyRow] | list[Fault]:
    """Read `{days, startTime, endTime}` rows; an end at or before the start is refused (AV-4, AV-5).

    Returns all rows or all faults (fields are `availability.0.endTime`); the list is empty for no rows.
    """
    read = [_weekly_row(row, f"{field}.{index}") for index, row in enumerate(rows)]
    return _faults(read) or [row for row in read if isinstance(row, WeeklyRow)]


def read_overrides(rows: Sequence[Mapping[str, Any]], field: str = "overrides") -> list[DateOverride] | list[Fault]:
    """Read `{date, startTime, endTime}` rows; equal times close the day, an end before the start is refused (AV-5).

    Returns all rows or all faults (fields are `overrides.0.date`); the list is empty for no rows.
    """
    read = [_override(row, f"{field}.{index}") for index, row in enumerate(rows)]
    return _faults(read) or [row for row in read if isinstance(row, DateOverride)]


def _weekly_row(row: Mapping[str, Any], path: str) -> WeeklyRow | list[Fault]:
    mask = days_mask(row.get("days") or ())
    faults = [] if mask is not None else [Fault(f"{path}.days", "must name at least one weekday, e.g. Monday")]
    times = _times(row, path, may_be_empty=False)
    if mask is None or isinstance(times, list):
        return faults + (times if isinstance(times, list) else [])
    return WeeklyRow(mask, *times)


def _override(row: Mapping[str, Any], path: str) -> DateOverride | list[Fault]:
    day = parse_date(row.get("date"))
    faults = [] if day is not None else [Fault(f"{path}.date", "must be a valid date in format YYYY-MM-DD")]
    times = _times(row, path, may_be_empty=True)
    if day is None or isinstance(times, list):
        return faults + (times if isinstance(times, list) else [])
    return DateOverride(day, *times)


def _times(row: Mapping[str, Any], path: str, *, may_be_empty: bool) -> tuple[int, int] | list[Fault]:
    start, end = parse_clock(row.get("startTime")), parse_clock(row.get("endTime"))
    if start is None or end is None:
        named = (("startTime", start), ("endTime", end))
        return [Fault(f"{path}.{key}", f"{key} {_BAD_CLOCK}") for key, minutes in named if minutes is None]
    if end > start or (may_be_empty and end == start):
        return start, end
    return [Fault(f"{path}.endTime", "endTime must be after startTime")]


def _faults(read: Sequence[object]) -> list[Fault]:
    return [fault for result in read if isinstance(result, list) for fault in result]
