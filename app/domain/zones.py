"""Zone arithmetic on integers: offsets, local days, and local clock times as instants (AV-9).

A local time is counted in seconds as if its zone were UTC; a day is a number of days since 1970-01-01.
The zone database is asked once for every zone and stretch of about a year, and remembered.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 86_400
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_STRETCH_BITS = 25  # 2**25 seconds are 388 days
_MARGIN = 3 * DAY  # no zone change moves a local time by more than a day, and offsets stay below one

_Table = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def day_of(value: date) -> int:
    """The number of a calendar date."""
    return value.toordinal() - _EPOCH_ORDINAL


@lru_cache(maxsize=4096)
def date_of(day: int) -> date:
    """The calendar date of a day number."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


def weekday_of(day: int) -> int:
    """The weekday of a day number, 0 for Sunday (AV-1)."""
    return (day + 4) % 7  # 1970-01-01 was a Thursday


def offset_at(zone: ZoneInfo, instant: int) -> int:
    """Seconds that the zone's clocks are ahead of UTC at this instant."""
    edges, _, offsets = _table(zone, instant >> _STRETCH_BITS)
    return offsets[bisect_right(edges, instant)]


def offset_until(zone: ZoneInfo, instant: int) -> tuple[int, int]:
    """The offset at this instant, and an instant up to which it is known to last."""
    stretch = instant >> _STRETCH_BITS
    edges, _, offsets = _table(zone, stretch)
    index = bisect_right(edges, instant)
    last = edges[index] if index < len(edges) else (stretch + 1) << _STRETCH_BITS
    return offsets[index], last


def to_instant(zone: ZoneInfo, local: int) -> int:
    """The instant of a local time.

    AV-9: a time that clocks skip counts by the offset before the gap, a time they show twice is its first
    occurrence; so the earlier offset holds for both.
    """
    _, local_edges, offsets = _table(zone, local >> _STRETCH_BITS)
    return local - offsets[bisect_right(local_edges, local)]


def local_day(zone: ZoneInfo, instant: int) -> int:
    """The day number that the zone's calendars show at this instant."""
    return (instant + offset_at(zone, instant)) // DAY


def day_start(zone: ZoneInfo, day: int) -> int:
    """The first instant of a local day."""
    return to_instant(zone, day * DAY)


def day_runs(zone: ZoneInfo, first: int, last: int) -> list[tuple[int, int, int | None]]:
    """Cut local days into runs `(first, last, offset)` of one offset; None for a day on which it changes."""
    runs: list[tuple[int, int, int | None]] = []
    day = first
    while day <= last:
        stretch = day * DAY >> _STRETCH_BITS
        _, local_edges, offsets = _table(zone, stretch)
        index = bisect_right(local_edges, day * DAY)
        steady = ((stretch + 1) << _STRETCH_BITS) // DAY
        if index < len(local_edges):
            # The day's own end, 24:00, must lie before the change as well.
            steady = min(steady, (local_edges[index] - 1) // DAY - 1)
        if steady < day:
            runs.append((day, day, None))
            day += 1
        else:
            runs.append((day, min(steady, last), offsets[index]))
            day = steady + 1
    return runs


def common_shift(zone: ZoneInfo, start_s: int, end_s: int, modulus: int) -> int | None:
    """The offset modulo some seconds, if it is the same during the whole span; else None."""
    offset, until = offset_until(zone, start_s)
    shift = offset % modulus
    while until < end_s:
        offset, until = offset_until(zone, until)
        if offset % modulus != shift:
            return None
    return shift


@lru_cache(maxsize=4096)
def _table(zone: ZoneInfo, stretch: int) -> _Table:
    """Changes of the zone around one stretch: instants, their local switching times, and offsets between them."""
    start, stop = (stretch << _STRETCH_BITS) - _MARGIN, ((stretch + 1) << _STRETCH_BITS) + _MARGIN
    edges: list[int] = []
    offsets = [_ask(zone, start)]
    for before in range(start, stop, DAY):
        after = before + DAY
        offset = _ask(zone, after)
        if offset != offsets[-1]:
            edges.append(_find_change(zone, before, after, offsets[-1]))
            offsets.append(offset)
    local_edges = [edge + max(offsets[i], offsets[i + 1]) for i, edge in enumerate(edges)]
    return tuple(edges), tuple(local_edges), tuple(offsets)


def _find_change(zone: ZoneInfo, before: int, after: int, offset: int) -> int:
    while after - before > 1:
        middle = (before + after) // 2
        if _ask(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _ask(zone: ZoneInfo, instant: int) -> int:
    # Adding to a fixed date keeps instants before 1970 working everywhere.
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=instant)
    offset = moment.astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())
