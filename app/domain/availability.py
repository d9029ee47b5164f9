"""Working hours of a host (AV)."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.domain.facts import (
    DateOverride,
    EventTypeRules,
    HostFacts,
    OutOfOffice,
    ScheduleFacts,
    Span,
    TravelEntry,
    WeeklyRow,
)
from app.domain.time_ranges import fuse
from app.domain.zones import DAY, date_of, day_of, day_runs, local_day, to_instant, weekday_of

MONDAY_TO_FRIDAY = 0b0111110
BUILT_IN_ROWS = (WeeklyRow(MONDAY_TO_FRIDAY, 9 * 60, 17 * 60),)
"""Hours of a host who has no schedule at all (AV-16, AV-17)."""

_LAST_MINUTE = 23 * 60 + 59


class Hours(NamedTuple):
    """All that decides working hours; hosts with equal hours are computed once."""

    zone: ZoneInfo
    rows: tuple[WeeklyRow, ...]
    overrides: tuple[DateOverride, ...]
    out_of_office: tuple[OutOfOffice, ...]
    travel: tuple[TravelEntry, ...]


def choose_schedule(
    event_schedule: ScheduleFacts | None, host_schedule: ScheduleFacts | None, owned: Sequence[ScheduleFacts]
) -> ScheduleFacts | None:
    """The schedule in use: the event type's, the host row's, the default or else first one; None = built-in (AV-16)."""
    if event_schedule or host_schedule:
        return event_schedule or host_schedule
    return next((schedule for schedule in owned if schedule.is_default), owned[0] if owned else None)


def host_zone(host: HostFacts, rules: EventTypeRules) -> ZoneInfo:
    """The zone of the chosen schedule, else of the event type, else the host's own (AV-8)."""
    schedule = host.schedule
    return (schedule.zone if schedule else None) or rules.zone or host.zone


def hours_of(host: HostFacts, rules: EventTypeRules) -> Hours:
    """The working hours that hold for this host and event type."""
    schedule = host.schedule
    if schedule is None:
        return Hours(rules.zone or host.zone, BUILT_IN_ROWS, (), host.out_of_office, ())
    # AV-21: travel moves the default schedule only.
    travel = host.travel if schedule.is_default else ()
    zone = schedule.zone or rules.zone or host.zone
    return Hours(zone, schedule.rows, schedule.overrides, host.out_of_office, travel)


def working_ranges(host: HostFacts, rules: EventTypeRules, window: Span, now_s: int) -> list[Span]:
    """Working hours that touch the window, unclipped, ordered, disjoint; out-of-office days are empty."""
    return ranges_of(hours_of(host, rules), window, now_s)


def ranges_of(hours: Hours, window: Span, now_s: int) -> list[Span]:
    """Working hours as spans; the first and last may lie outside the window, none that touches it is missing."""
    # A day more on both sides: clocks that change around midnight push hours over the edge of their date.
    first, last = local_day(hours.zone, window[0]) - 1, local_day(hours.zone, window[1]) + 1
    if hours.travel:
        return _travelling_ranges(hours, first - 1, last + 1, now_s)
    special = _special_days(hours, first, last, now_s)
    runs = day_runs(hours.zone, first, last)
    ranges: list[Span] = []
    for start, end, offset in runs:
        if offset is None:
            ranges += _changing_day(hours, special, start)
        else:
            ranges += _steady_days(hours.rows, special, start, end, offset)
    return fuse(ranges) if len(runs) > 1 else ranges


def away_days(host: HostFacts, now_s: int) -> list[tuple[date, OutOfOffice]]:
    """Local dates from today (UTC) on that an out-of-office entry empties, with the entry (AV-22, AV-24)."""
    found: dict[int, OutOfOffice] = {}
    for entry in host.out_of_office:
        for day in range(_first_away(entry, now_s), day_of(entry.end) + 1):
            found.setdefault(day, entry)
    return [(date_of(day), found[day]) for day in sorted(found)]


def away_on(hours: Hours, day: int, now_s: int) -> OutOfOffice | None:
    """The out-of-office entry that empties a local day (AV-22)."""
    for entry in hours.out_of_office:
        if _first_away(entry, now_s) <= day <= day_of(entry.end):
            return entry
    return None


def zone_on(hours: Hours, day: int) -> ZoneInfo:
    """The zone of a local day: the first travel entry that covers it, else the schedule's (AV-21)."""
    for entry in hours.travel:
        if day_of(entry.start) <= day and (entry.end is None or day <= day_of(entry.end)):
            return entry.zone
    return hours.zone


def _first_away(entry: OutOfOffice, now_s: int) -> int:
    return max(day_of(entry.start), now_s // DAY)


def _steady_days(
    rows: tuple[WeeklyRow, ...], special: dict[int, list[Span]], first: int, last: int, offset: int
) -> list[Span]:
    week = _week(rows)
    ranges: list[Span] = []
    midnight = first * DAY - offset
    for day in range(first, last + 1):
        times = fuse(special[day]) if day in special else week[(day + 4) % 7]
        for start, end in times:
            ranges.append((midnight + start, midnight + end))
        midnight += DAY
    return ranges


def _changing_day(hours: Hours, special: dict[int, list[Span]], day: int) -> list[Span]:
    times = special[day] if day in special else _day_times(hours.rows, weekday_of(day))
    zone = zone_on(hours, day)
    midnight = day * DAY
    # AV-9: both ends are converted for themselves, so the day has its real length.
    return [(to_instant(zone, midnight + start), to_instant(zone, midnight + end)) for start, end in times]


def _travelling_ranges(hours: Hours, first: int, last: int, now_s: int) -> list[Span]:
    special = _special_days(hours, first, last, now_s)
    ranges: list[Span] = []
    for day in range(first, last + 1):
        # AV-14: start and end of a day, overrides included, use the one zone of that day.
        ranges += _changing_day(hours, special, day)
    return fuse(ranges)


def _special_days(hours: Hours, first: int, last: int, now_s: int) -> dict[int, list[Span]]:
    """Days whose weekly rows do not count: overridden (AV-11), or emptied by absence (AV-22, AV-23)."""
    special: dict[int, list[Span]] = {}
    for override in hours.overrides:
        day = day_of(override.date)
        if first <= day <= last:
            special.setdefault(day, []).extend(_times(override.start, override.end))
    for entry in hours.out_of_office:
        for day in range(max(_first_away(entry, now_s), first), min(day_of(entry.end), last) + 1):
            special[day] = []
    return special


@lru_cache(maxsize=4096)
def _week(rows: tuple[WeeklyRow, ...]) -> tuple[tuple[Span, ...], ...]:
    """Seconds of the local day at which work starts and ends, for every weekday."""
    return tuple(tuple(fuse(_day_times(rows, weekday))) for weekday in range(7))


def _day_times(rows: tuple[WeeklyRow, ...], weekday: int) -> list[Span]:
    return [times for row in rows if row.days >> weekday & 1 for times in _times(row.start, row.end)]


def _times(start: int, end: int) -> list[Span]:
    """Minutes of a row as seconds; 23:59 means midnight (AV-3), an end not after the start nothing (AV-4, AV-5)."""
    if end == _LAST_MINUTE:
        end += 1
    return [(start * 60, end * 60)] if start < end else []
