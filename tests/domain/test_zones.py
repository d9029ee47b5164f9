"""AV-9, judged by zoneinfo itself: every zone of the database on every day its clocks change in five years."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.availability import working_ranges
from app.domain.facts import EventTypeRules
from app.domain.zones import (
    DAY,
    common_shift,
    date_of,
    day_of,
    day_runs,
    day_start,
    local_day,
    offset_at,
    offset_until,
    to_instant,
    weekday_of,
)
from tests.domain.slot_facts import BERLIN, EVERY_DAY, LONDON, NEW_YORK, at, day, host

FIRST, LAST = date(2024, 1, 1), date(2028, 12, 31)
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


@cache
def changing_days() -> list[tuple[ZoneInfo, date]]:
    """Every local date of the five years on which a zone's offset is not the same at both ends."""
    found = []
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        offsets = [datetime.combine(FIRST + timedelta(n), time(), zone).utcoffset() for n in range((LAST - FIRST).days)]
        found += [(zone, FIRST + timedelta(n)) for n in range(len(offsets) - 1) if offsets[n] != offsets[n + 1]]
    return found


def judged(zone: ZoneInfo, on: date, minute: int) -> int:
    """The standard library's word: `fold=0` is the first occurrence, and the offset before a gap."""
    naive = datetime.combine(on, time()) + timedelta(minutes=minute)
    return int(naive.replace(tzinfo=zone).timestamp())


def around(on: date) -> Iterator[date]:
    return (on + timedelta(days=n) for n in (-1, 0, 1))


def test_there_are_changes_to_judge_by() -> None:
    """The list is not empty by mistake: most of two hundred zones change twice a year."""
    assert len(changing_days()) > 1_500


def test_local_times_of_changing_days_are_converted_like_the_standard_library_does() -> None:
    """AV-9"""
    wrong = [
        (zone.key, on, minute)
        for zone, on in changing_days()
        for minute in range(0, 1441, 10)
        if to_instant(zone, (day_of(on) * 1440 + minute) * 60) != judged(zone, on, minute)
    ]
    assert wrong == []


def test_offsets_around_changes_are_those_of_the_standard_library() -> None:
    """AV-9"""
    wrong = []
    for zone, on in changing_days():
        start = day_of(on) * DAY
        for instant in range(start - 12 * 3600, start + 36 * 3600, 1799):
            offset = datetime.fromtimestamp(instant, UTC).astimezone(zone).utcoffset()
            if offset is None or offset_at(zone, instant) != offset.total_seconds():
                wrong.append((zone.key, on, instant))
    assert wrong == []


def test_working_hours_of_changing_days_have_their_real_length() -> None:
    """AV-9, AV-10: the hours of the day before, the day and the day after equal those computed one by one."""
    hours = ("00:30-01:30", "02:30-05:00", "09:00-17:00", "22:00-23:59")
    wrong = []
    for zone, on in changing_days():
        worker = host(1, zone, *hours, days=EVERY_DAY)
        window = (judged(zone, on - timedelta(days=1), 0), judged(zone, on + timedelta(days=2), 0))
        ranges = [
            span
            for span in working_ranges(worker, EventTypeRules(1, 30), window, 0)
            if span[0] < window[1] and span[1] > window[0]
        ]
        expected = _brute_force(zone, on, worker.schedule.rows if worker.schedule else ())
        if ranges != [span for span in expected if span[0] < window[1] and span[1] > window[0]]:
            wrong.append((zone.key, on))
    assert wrong == []


def _brute_force(zone: ZoneInfo, on: date, rows: tuple[tuple[int, int, int], ...]) -> list[tuple[int, int]]:
    spans = sorted(
        (judged(zone, near, start), judged(zone, near, end + (end == 1439)))
        for near in around(on)
        for _, start, end in rows
    )
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if start >= end:
            continue
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@given(st.sampled_from(sorted(available_timezones())), st.integers(0, 4_000_000_000 // 60))
def test_any_minute_of_any_zone_is_converted_like_the_standard_library_does(name: str, minute: int) -> None:
    """AV-9, for all times between 1970 and 2096, which no list of days covers."""
    zone = ZoneInfo(name)
    on, minute_of_day = date_of(minute // 1440), minute % 1440
    assert to_instant(zone, minute * 60) == judged(zone, on, minute_of_day)


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        pytest.param(NEW_YORK, "2026-03-08T02:30Z", "2026-03-08T07:30Z", id="AV-9-gap-counts-by-offset-before"),
        pytest.param(NEW_YORK, "2026-11-01T01:30Z", "2026-11-01T05:30Z", id="AV-9-twice-is-the-first"),
        pytest.param(NEW_YORK, "2026-11-01T02:00Z", "2026-11-01T07:00Z", id="AV-9-after-the-second"),
        pytest.param(LONDON, "2026-03-30T00:00Z", "2026-03-29T23:00Z", id="AV-9-end-of-a-short-day"),
        pytest.param(ZoneInfo("Asia/Kathmandu"), "2026-05-04T09:00Z", "2026-05-04T03:15Z", id="AV-9-quarter-hour"),
    ],
)
def test_local_time_becomes_an_instant(zone: ZoneInfo, local: str, instant: str) -> None:
    assert to_instant(zone, at(local)) == at(instant)


def test_days_have_23_and_25_hours() -> None:
    spring, autumn = day("2026-03-29"), day("2026-10-25")
    assert day_start(BERLIN, spring + 1) - day_start(BERLIN, spring) == 23 * 3600
    assert day_start(BERLIN, autumn + 1) - day_start(BERLIN, autumn) == 25 * 3600


def test_day_of_the_zone_and_its_weekday() -> None:
    assert local_day(BERLIN, at("2026-05-04T22:30Z")) == day("2026-05-05")
    assert weekday_of(day("2026-05-03")) == 0
    assert weekday_of(day("2026-05-09")) == 6
    assert date_of(day("2026-05-09")) == date(2026, 5, 9)


def test_runs_of_days_isolate_the_day_that_changes() -> None:
    runs = day_runs(BERLIN, day("2026-03-25"), day("2026-04-02"))
    assert runs == [
        (day("2026-03-25"), day("2026-03-28"), 3600),
        (day("2026-03-29"), day("2026-03-29"), None),
        (day("2026-03-30"), day("2026-04-02"), 7200),
    ]


def test_runs_of_days_cover_years_without_gaps() -> None:
    first, last = day("2020-01-01"), day("2030-01-01")
    runs = day_runs(BERLIN, first, last)
    assert runs[0][0] == first
    assert runs[-1][1] == last
    assert all(left[1] + 1 == right[0] for left, right in pairwise(runs))
    assert sum(offset is None for _, _, offset in runs) == 20


def test_offset_lasts_until_the_clocks_change() -> None:
    offset, until = offset_until(BERLIN, at("2026-10-24T12:00Z"))
    assert (offset, until) == (7200, at("2026-10-25T01:00Z"))


def test_shift_is_common_unless_a_change_moves_the_minute() -> None:
    assert common_shift(BERLIN, at("2026-10-01T00:00Z"), at("2026-11-01T00:00Z"), 3600) == 0
    assert common_shift(LORD_HOWE, at("2026-05-01T00:00Z"), at("2026-06-01T00:00Z"), 3600) == 1800
    assert common_shift(LORD_HOWE, at("2026-03-20T00:00Z"), at("2026-04-20T00:00Z"), 3600) is None
