"""Working hours: AV-1 to AV-23, with the examples of the rules."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from app.domain.availability import away_days, choose_schedule, host_zone, working_ranges
from app.domain.facts import EventTypeRules, HostFacts, ScheduleFacts, Span
from app.domain.time_ranges import clip
from tests.domain.slot_facts import (
    BERLIN,
    EVERY_DAY,
    LONDON,
    LOS_ANGELES,
    NEW_YORK,
    TOKYO,
    UTC_ZONE,
    at,
    away,
    host,
    override,
    schedule,
    spans_of,
    travel,
)

EVENT = EventTypeRules(1, 30)
SATURDAY = 0b1000000


def ranges(worker: HostFacts, start: str, end: str, now: str = "2026-01-01T00:00Z") -> list[Span]:
    """Working hours within the window."""
    window = (at(start), at(end))
    return clip(working_ranges(worker, EVENT, window, at(now)), *window)


@pytest.mark.parametrize(
    ("hours", "zone", "start", "expected"),
    [
        pytest.param("09:00-17:00", LOS_ANGELES, "2026-03-08", "2026-03-08T16:00Z/2026-03-09T00:00Z", id="AV-10-1"),
        pytest.param("09:00-17:00", LOS_ANGELES, "2026-11-01", "2026-11-01T17:00Z/2026-11-02T01:00Z", id="AV-10-2"),
        pytest.param("01:00-04:00", NEW_YORK, "2026-03-08", "2026-03-08T06:00Z/2026-03-08T08:00Z", id="AV-10-3"),
        pytest.param("02:30-05:00", NEW_YORK, "2026-03-08", "2026-03-08T07:30Z/2026-03-08T09:00Z", id="AV-10-4"),
        pytest.param("00:30-03:00", NEW_YORK, "2026-11-01", "2026-11-01T04:30Z/2026-11-01T08:00Z", id="AV-10-5"),
        pytest.param("09:00-17:00", LONDON, "2026-03-29", "2026-03-29T08:00Z/2026-03-29T16:00Z", id="AV-10-6"),
        pytest.param("00:00-23:59", LONDON, "2026-03-29", "2026-03-29T00:00Z/2026-03-29T23:00Z", id="AV-10-7"),
        pytest.param("00:00-23:59", LONDON, "2026-10-25", "2026-10-24T23:00Z/2026-10-26T00:00Z", id="AV-10-8"),
    ],
)
def test_hours_of_days_on_which_clocks_change(hours: str, zone: ZoneInfo, start: str, expected: str) -> None:
    worker = host(1, zone, "00:00-00:00", days=EVERY_DAY, overrides=[override(start, hours)])
    assert working_ranges(worker, EVENT, (at(f"{start}T12:00Z"), at(f"{start}T13:00Z")), 0) == spans_of(expected)


def test_rows_of_one_weekday_all_count_and_touching_ones_stay_apart() -> None:
    """AV-2"""
    worker = host(1, UTC_ZONE, "12:00-17:00", "09:00-12:00")
    assert ranges(worker, "2026-05-04T00:00Z", "2026-05-05T00:00Z") == spans_of(
        "2026-05-04T09:00Z/2026-05-04T12:00Z", "2026-05-04T12:00Z/2026-05-04T17:00Z"
    )


def test_overlapping_rows_are_one() -> None:
    """AV-2, V-11"""
    worker = host(1, UTC_ZONE, "09:00-12:00", "11:00-14:00")
    assert ranges(worker, "2026-05-04T00:00Z", "2026-05-05T00:00Z") == spans_of("2026-05-04T09:00Z/2026-05-04T14:00Z")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        pytest.param("22:00-23:59", ["2026-05-04T22:00Z/2026-05-05T00:00Z"], id="AV-3-means-midnight"),
        pytest.param("17:00-09:00", [], id="AV-4-end-before-start"),
        pytest.param("09:00-09:00", [], id="AV-5-empty"),
    ],
)
def test_odd_rows(hours: str, expected: list[str]) -> None:
    worker = host(1, UTC_ZONE, hours)
    assert ranges(worker, "2026-05-04T00:00Z", "2026-05-05T00:00Z") == spans_of(*expected)


def test_a_night_shift_of_two_rows_touches_at_midnight() -> None:
    """AV-4"""
    worker = host(1, UTC_ZONE, "22:00-23:59", "00:00-02:00", days=EVERY_DAY)
    assert ranges(worker, "2026-05-04T12:00Z", "2026-05-05T12:00Z") == spans_of(
        "2026-05-04T22:00Z/2026-05-05T00:00Z", "2026-05-05T00:00Z/2026-05-05T02:00Z"
    )


def test_the_weekday_is_that_of_the_local_date() -> None:
    """AV-6: Monday in Tokyo begins on Sunday in UTC."""
    worker = host(1, TOKYO, "08:00-10:00", days=0b10)
    assert ranges(worker, "2026-05-03T00:00Z", "2026-05-05T00:00Z") == spans_of("2026-05-03T23:00Z/2026-05-04T01:00Z")


def test_hours_are_clipped_to_the_window() -> None:
    """AV-7"""
    worker = host(1, BERLIN)
    assert ranges(worker, "2026-05-05T09:20Z", "2026-05-05T12:00Z") == spans_of("2026-05-05T09:20Z/2026-05-05T12:00Z")


@pytest.mark.parametrize(
    ("own", "event", "expected"),
    [
        pytest.param(BERLIN, TOKYO, BERLIN, id="AV-8-schedule-first"),
        pytest.param(None, TOKYO, TOKYO, id="AV-8-then-event-type"),
        pytest.param(None, None, LONDON, id="AV-8-then-host"),
    ],
)
def test_zone_of_a_host(own: ZoneInfo | None, event: ZoneInfo | None, expected: ZoneInfo) -> None:
    worker = HostFacts(1, LONDON, ScheduleFacts(1, own, ()))
    assert host_zone(worker, EventTypeRules(1, 30, zone=event)) is expected


def test_an_override_replaces_the_whole_day() -> None:
    """AV-11"""
    overrides = [override("2026-05-05", "07:00-08:00"), override("2026-05-05", "20:00-23:59")]
    worker = host(1, BERLIN, overrides=overrides)
    assert ranges(worker, "2026-05-04T00:00Z", "2026-05-07T00:00Z") == spans_of(
        "2026-05-04T07:00Z/2026-05-04T15:00Z",
        "2026-05-05T05:00Z/2026-05-05T06:00Z",
        "2026-05-05T18:00Z/2026-05-05T22:00Z",
        "2026-05-06T07:00Z/2026-05-06T15:00Z",
    )


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        pytest.param(["00:00-00:00"], [], id="AV-11-closed"),
        pytest.param(["00:00-00:00", "10:00-11:00"], ["2026-05-05T10:00Z/2026-05-05T11:00Z"], id="AV-11-one-counts"),
        pytest.param(["11:00-10:00"], [], id="AV-11-inverted-closes"),
    ],
)
def test_zero_length_overrides(hours: list[str], expected: list[str]) -> None:
    worker = host(1, UTC_ZONE, overrides=[override("2026-05-05", text) for text in hours])
    assert ranges(worker, "2026-05-05T00:00Z", "2026-05-06T00:00Z") == spans_of(*expected)


def test_an_override_opens_a_weekend() -> None:
    """AV-12"""
    worker = host(1, UTC_ZONE, overrides=[override("2026-05-09", "10:00-12:00")])
    assert ranges(worker, "2026-05-09T00:00Z", "2026-05-10T00:00Z") == spans_of("2026-05-09T10:00Z/2026-05-09T12:00Z")


def test_overrides_outside_the_window_do_not_leak_in() -> None:
    """AV-13"""
    worker = host(1, BERLIN, overrides=[override("2026-05-07", "10:00-12:00")])
    found = ranges(worker, "2026-05-05T00:00Z", "2026-05-06T23:59:59Z")
    assert found == spans_of("2026-05-05T07:00Z/2026-05-05T15:00Z", "2026-05-06T07:00Z/2026-05-06T15:00Z")


def test_an_override_to_midnight_while_travelling_uses_one_zone() -> None:
    """AV-14"""
    trips = [travel("2026-05-05", "2026-05-05", TOKYO)]
    worker = host(1, LOS_ANGELES, overrides=[override("2026-05-05", "20:00-23:59")], trips=trips)
    window = (at("2026-05-05T00:00Z"), at("2026-05-05T20:00Z"))
    assert ranges(worker, "2026-05-05T02:00Z", "2026-05-05T20:00Z") == spans_of("2026-05-05T11:00Z/2026-05-05T15:00Z")
    assert all(start < end for start, end in working_ranges(worker, EVENT, window, 0))


EVENTS_OWN = ScheduleFacts(1, UTC_ZONE, ())
HOST_ROW = ScheduleFacts(2, UTC_ZONE, ())
FIRST = ScheduleFacts(3, UTC_ZONE, ())
DEFAULT = ScheduleFacts(4, UTC_ZONE, (), is_default=True)


@pytest.mark.parametrize(
    ("event", "row", "owned", "expected"),
    [
        pytest.param(EVENTS_OWN, HOST_ROW, [DEFAULT], EVENTS_OWN, id="AV-16-event-type"),
        pytest.param(None, HOST_ROW, [DEFAULT], HOST_ROW, id="AV-16-host-row"),
        pytest.param(None, None, [FIRST, DEFAULT], DEFAULT, id="AV-16-default"),
        pytest.param(None, None, [FIRST], FIRST, id="AV-16-first"),
        pytest.param(None, None, [], None, id="AV-16-built-in"),
    ],
)
def test_which_schedule_counts(
    event: ScheduleFacts | None, row: ScheduleFacts | None, owned: list[ScheduleFacts], expected: ScheduleFacts | None
) -> None:
    assert choose_schedule(event, row, owned) is expected


@pytest.mark.parametrize(
    ("event_zone", "expected"),
    [
        pytest.param(None, "2026-05-04T07:00Z/2026-05-04T15:00Z", id="AV-16-host-zone"),
        pytest.param(LONDON, "2026-05-04T08:00Z/2026-05-04T16:00Z", id="AV-16-event-zone"),
    ],
)
def test_a_host_without_schedule_works_built_in_hours(event_zone: ZoneInfo | None, expected: str) -> None:
    """AV-17"""
    window = (at("2026-05-04T06:00Z"), at("2026-05-04T20:00Z"))
    found = working_ranges(HostFacts(1, BERLIN), EventTypeRules(1, 30, zone=event_zone), window, 0)
    assert clip(found, *window) == spans_of(expected)


def test_travel_moves_the_days_it_covers() -> None:
    """AV-21: the first entry that covers a day wins; without end it lasts."""
    trips = [travel("2026-05-05", "2026-05-05", LONDON), travel("2026-05-05", None, TOKYO)]
    worker = host(1, BERLIN, trips=trips)
    assert ranges(worker, "2026-05-04T06:00Z", "2026-05-06T12:00Z") == spans_of(
        "2026-05-04T07:00Z/2026-05-04T15:00Z",
        "2026-05-05T08:00Z/2026-05-05T16:00Z",
        "2026-05-06T00:00Z/2026-05-06T08:00Z",
    )


def test_travel_leaves_other_schedules_alone() -> None:
    """AV-21"""
    worker = HostFacts(
        1, BERLIN, schedule(BERLIN, "09:00-17:00", default=False), travel=(travel("2026-05-01", None, TOKYO),)
    )
    assert ranges(worker, "2026-05-04T00:00Z", "2026-05-05T00:00Z") == spans_of("2026-05-04T07:00Z/2026-05-04T15:00Z")


@pytest.mark.parametrize("zone", [UTC_ZONE, LOS_ANGELES, TOKYO], ids=["AV-22-UTC", "AV-22-west", "AV-22-east"])
def test_absence_empties_exactly_the_local_date(zone: ZoneInfo) -> None:
    present = host(1, zone)
    absent = host(1, zone, out_of_office=[away("2026-05-05")])
    window = ("2026-05-03T00:00Z", "2026-05-09T00:00Z")
    lost = set(ranges(present, *window)) - set(ranges(absent, *window))
    assert lost == set(ranges(host(1, zone, days=0b100), *window))


def test_absence_counts_from_today_in_utc() -> None:
    """AV-22"""
    worker = host(1, UTC_ZONE, out_of_office=[away("2026-05-04", "2026-05-06")])
    assert away_days(worker, at("2026-05-05T12:00Z")) == [
        (date(2026, 5, 5), worker.out_of_office[0]),
        (date(2026, 5, 6), worker.out_of_office[0]),
    ]
    found = ranges(worker, "2026-05-04T00:00Z", "2026-05-07T00:00Z", now="2026-05-05T12:00Z")
    assert found == spans_of("2026-05-04T09:00Z/2026-05-04T17:00Z")


def test_absence_empties_days_that_only_an_override_opens() -> None:
    """AV-23"""
    overrides = [override("2026-05-09", "10:00-12:00")]
    worker = host(1, UTC_ZONE, overrides=overrides, out_of_office=[away("2026-05-09")])
    assert ranges(worker, "2026-05-09T00:00Z", "2026-05-10T00:00Z") == []


def test_the_first_entry_names_an_away_day() -> None:
    """AV-24"""
    entries = [away("2026-05-05", to_user_id=7), away("2026-05-04", "2026-05-05")]
    worker = host(1, UTC_ZONE, out_of_office=entries)
    assert away_days(worker, 0) == [(date(2026, 5, 4), entries[1]), (date(2026, 5, 5), entries[0])]
