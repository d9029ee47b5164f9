"""Starts as the contract writes them: by date of the booker, in ISO text with milliseconds (SL-11, SL-15)."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.domain.facts import UTC_ZONE
from app.domain.zones import DAY, date_of, offset_until

_ZULU = "Z"


def group_by_date(starts: Sequence[int], zone: ZoneInfo) -> dict[str, list[int]]:
    """Starts by local date (`YYYY-MM-DD`), dates and starts in time order, only dates that have some."""
    grouped: dict[str, list[int]] = {}
    for first, last, day, _ in _local_days(starts, zone):
        grouped.setdefault(_date_text(day), []).extend(starts[first:last])
    return grouped


def render_by_date(starts: Sequence[int], zone: ZoneInfo | None) -> dict[str, list[str]]:
    """Like `group_by_date`, each start as `2026-05-05T09:00:00.000+02:00`; no zone: UTC dates and `...000Z`."""
    rendered: dict[str, list[str]] = {}
    for first, last, day, offset in _local_days(starts, zone or UTC_ZONE):
        date_text = _date_text(day)
        texts = _render_day(starts[first:last], day * DAY - offset, date_text, _suffix(zone, offset))
        rendered.setdefault(date_text, []).extend(texts)
    return rendered


def render_instants(instants: Sequence[int], zone: ZoneInfo | None) -> list[str]:
    """Ordered instants as ISO text in the zone's offset, or with `Z` when there is no zone."""
    rendered: list[str] = []
    for first, last, day, offset in _local_days(instants, zone or UTC_ZONE):
        rendered += _render_day(instants[first:last], day * DAY - offset, _date_text(day), _suffix(zone, offset))
    return rendered


def _local_days(starts: Sequence[int], zone: ZoneInfo) -> Iterator[tuple[int, int, int, int]]:
    """Runs `(first, last, day, offset)` of ordered starts on one local day with one offset."""
    first, size = 0, len(starts)
    offset, until = offset_until(zone, starts[0]) if size else (0, 0)
    while first < size:
        start = starts[first]
        if start >= until:
            offset, until = offset_until(zone, start)
        day = (start + offset) // DAY
        tomorrow = (day + 1) * DAY - offset
        last = bisect_left(starts, tomorrow if tomorrow < until else until, first)
        yield first, last, day, offset
        first = last


def _render_day(instants: Sequence[int], midnight: int, date_text: str, suffix: str) -> list[str]:
    times = _clock_texts(suffix)
    try:
        return [date_text + times[instant - midnight] for instant in instants]
    except KeyError:  # not all of them whole minutes
        return [_with_seconds(instant - midnight, date_text, suffix) for instant in instants]


def _with_seconds(second: int, date_text: str, suffix: str) -> str:
    return f"{date_text}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000{suffix}"


@lru_cache(maxsize=4096)
def _date_text(day: int) -> str:
    return date_of(day).isoformat()


@lru_cache(maxsize=256)
def _clock_texts(suffix: str) -> dict[int, str]:
    """The text behind the date for every second of the day that begins a minute."""
    return {second: f"T{second // 3600:02}:{second // 60 % 60:02}:00.000{suffix}" for second in range(0, DAY, 60)}


def _suffix(zone: ZoneInfo | None, offset: int) -> str:
    return _ZULU if zone is None else _offset_text(offset)


@lru_cache(maxsize=256)
def _offset_text(offset: int) -> str:
    # The contract has no seconds in an offset; local mean times of long ago do.
    sign, minutes = "-" if offset < 0 else "+", abs(offset) // 60
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"
