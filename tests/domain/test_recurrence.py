"""Occurrences keep their wall time, months clamp, counts are bounded."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.denials import Denial, DenialCode
from app.domain.recurrence import (
    Frequency,
    Recurrence,
    next_day,
    occurrence_count,
    occurrence_starts,
    recurrence_from_json,
    recurrence_to_json,
    repeats_exactly,
    rrule,
    spans_years,
)

WEEKLY = Recurrence(1, 10, Frequency.WEEKLY)
MONTHLY = Recurrence(1, 10, Frequency.MONTHLY)
YEARLY = Recurrence(1, 10, Frequency.YEARLY)
ZONES = sorted(available_timezones())


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("zone", "first", "recurrence", "expected"),
    [
        pytest.param(
            "Europe/Rome",
            "2026-03-23T08:00Z",
            WEEKLY,
            ["2026-03-23T08:00Z", "2026-03-30T07:00Z", "2026-04-06T07:00Z"],
            id="BK-39 weekly over the European change",
        ),
        pytest.param(
            "America/New_York",
            "2026-10-26T13:00Z",
            WEEKLY,
            ["2026-10-26T13:00Z", "2026-11-02T14:00Z", "2026-11-09T14:00Z"],
            id="BK-39 weekly over the American change",
        ),
        pytest.param(
            "UTC",
            "2026-01-31T09:00Z",
            MONTHLY,
            ["2026-01-31T09:00Z", "2026-02-28T09:00Z", "2026-03-28T09:00Z"],
            id="BK-39 the 31st clamps per step",
        ),
        pytest.param(
            "Pacific/Auckland",
            "2026-01-30T20:00Z",
            MONTHLY,
            ["2026-01-30T20:00Z", "2026-02-27T20:00Z", "2026-03-27T20:00Z"],
            id="BK-39 the 31st is that of the attendee",
        ),
        pytest.param(
            "UTC",
            "2028-02-29T09:00Z",
            YEARLY,
            ["2028-02-29T09:00Z", "2029-02-28T09:00Z", "2030-02-28T09:00Z"],
            id="BK-39 leap day clamps per step",
        ),
        pytest.param(
            "UTC",
            "2026-11-15T09:00Z",
            Recurrence(2, 10, Frequency.MONTHLY),
            ["2026-11-15T09:00Z", "2027-01-15T09:00Z", "2027-03-15T09:00Z"],
            id="BK-39 every second month over the year's end",
        ),
        pytest.param(
            "America/New_York",
            "2026-03-01T07:30Z",
            WEEKLY,
            ["2026-03-01T07:30Z", "2026-03-08T07:30Z", "2026-03-15T06:30Z"],
            id="AV-9 a skipped 02:30 is 03:30 once, then 02:30 again",
        ),
        pytest.param(
            "America/New_York",
            "2026-10-25T05:30Z",
            WEEKLY,
            ["2026-10-25T05:30Z", "2026-11-01T05:30Z", "2026-11-08T06:30Z"],
            id="AV-9 a doubled 01:30 is its first",
        ),
        pytest.param(
            "America/New_York",
            "2026-11-01T06:30Z",
            Recurrence(11, 3, Frequency.YEARLY),
            ["2026-11-01T06:30Z", "2037-11-01T05:30Z", "2048-11-01T05:30Z"],
            id="AV-9 from the second 01:30 to a first one",
        ),
    ],
)
def test_starts(zone: str, first: str, recurrence: Recurrence, expected: list[str]) -> None:
    starts = occurrence_starts(instant(first), 3, recurrence, ZoneInfo(zone))

    assert starts == tuple(instant(text) for text in expected)


@given(
    st.sampled_from(ZONES),
    st.integers(instant("2000-01-01T00:00Z"), instant("2030-01-01T00:00Z")),
    st.builds(Recurrence, st.integers(1, 12), st.just(100), st.sampled_from(Frequency)),
    st.integers(1, 20),
)
def test_bk_39_wall_time_is_kept_in_every_zone(zone: str, first: int, recurrence: Recurrence, count: int) -> None:
    there = ZoneInfo(zone)
    starts = occurrence_starts(first, count, recurrence, there)
    wall = datetime.fromtimestamp(first, there)

    assert len(starts) == count
    assert starts[0] == first
    day = wall.date()
    for start in starts[1:]:
        day = next_day(day, recurrence)
        wanted = datetime.combine(day, wall.time().replace(fold=0), there)
        local = datetime.fromtimestamp(start, there)
        skipped = wanted.astimezone(UTC).astimezone(there).replace(tzinfo=None) != wanted.replace(tzinfo=None)
        assert skipped or (local.date(), local.time().replace(fold=0)) == (day, wall.time().replace(fold=0))


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.builds(Recurrence, st.integers(1, 100), st.just(1), st.sampled_from(Frequency)),
)
def test_bk_39_a_step_goes_forward_by_its_interval(day: date, recurrence: Recurrence) -> None:
    shortest = {Frequency.WEEKLY: 7, Frequency.MONTHLY: 28, Frequency.YEARLY: 365}[recurrence.frequency]
    longest = {Frequency.WEEKLY: 7, Frequency.MONTHLY: 31, Frequency.YEARLY: 366}[recurrence.frequency]
    step = next_day(day, recurrence) - day

    assert timedelta(shortest * recurrence.interval) <= step <= timedelta(longest * recurrence.interval)


@pytest.mark.parametrize(
    ("recurrence", "requested", "expected"),
    [
        pytest.param(WEEKLY, None, 10, id="BK-39 the event type's own count"),
        pytest.param(WEEKLY, 10, 10, id="BK-39 as many as allowed"),
        pytest.param(WEEKLY, 1, 1, id="BK-39 fewer"),
        pytest.param(None, None, 1, id="BK-39 a plain booking"),
    ],
)
def test_count(recurrence: Recurrence | None, requested: int | None, expected: int) -> None:
    assert occurrence_count(recurrence, requested) == expected


@pytest.mark.parametrize(
    ("recurrence", "requested", "expected"),
    [
        pytest.param(
            WEEKLY,
            11,
            Denial(
                DenialCode.RECURRENCE_COUNT_TOO_HIGH,
                "Provided recurrence count is higher than the event type's recurring event count.",
            ),
            id="BK-39 more",
        ),
        pytest.param(
            WEEKLY,
            0,
            Denial(DenialCode.RECURRENCE_COUNT_TOO_LOW, "Provided recurrence count must be at least 1."),
            id="BK-39 none",
        ),
        pytest.param(
            None,
            2,
            Denial(DenialCode.NOT_RECURRING, "The event type is not recurring, so no recurrence count can be given."),
            id="BK-39 not recurring",
        ),
    ],
)
def test_refused_count(recurrence: Recurrence | None, requested: int, expected: Denial) -> None:
    assert occurrence_count(recurrence, requested) == expected


def test_rule_text() -> None:
    assert rrule(Recurrence(2, 12, Frequency.MONTHLY), 5) == "FREQ=MONTHLY;INTERVAL=2;COUNT=5"
    assert rrule(WEEKLY, 5, instant("2026-05-05T07:00Z")) == "FREQ=WEEKLY;INTERVAL=1;UNTIL=20260505T070000Z"


def test_stored_shape_goes_there_and_back() -> None:
    stored = {"interval": 2, "occurrences": 12, "frequency": "weekly"}
    recurrence = recurrence_from_json(stored)

    assert recurrence == Recurrence(2, 12, Frequency.WEEKLY)
    assert recurrence_to_json(recurrence) == stored
    assert recurrence_from_json(None) is None


@pytest.mark.parametrize(
    ("recurrence", "years"),
    [
        (Recurrence(1, 104, Frequency.WEEKLY), 2),
        (Recurrence(6, 4, Frequency.MONTHLY), 2),
        (Recurrence(1, 2, Frequency.YEARLY), 2),
    ],
)
def test_span_in_years(recurrence: Recurrence, years: int) -> None:
    assert spans_years(recurrence) == years


@pytest.mark.parametrize(
    ("first", "recurrence", "in_utc", "in_zone"),
    [
        pytest.param("2026-06-01T09:00Z", WEEKLY, True, True, id="summer"),
        pytest.param("2026-10-12T09:00Z", WEEKLY, False, True, id="over the end of summer time"),
        pytest.param("2026-03-15T01:30Z", WEEKLY, False, False, id="at an hour that is skipped"),
        pytest.param("2026-10-11T00:30Z", WEEKLY, False, True, id="at an hour that comes twice"),
        pytest.param("2026-06-30T09:00Z", MONTHLY, False, False, id="a day that a month lacks"),
        pytest.param(
            "2026-06-30T22:30Z", Recurrence(1, 3, Frequency.MONTHLY), False, True, id="another day in the zone"
        ),
        pytest.param("2028-02-29T09:00Z", YEARLY, False, False, id="29 February"),
    ],
)
def test_where_a_rule_gives_the_series(first: str, recurrence: Recurrence, in_utc: bool, in_zone: bool) -> None:
    """EM-3: whether RRULE says the same in UTC, or in the zone whose clock time the series keeps."""
    rome = ZoneInfo("Europe/Rome")
    starts = occurrence_starts(instant(first), recurrence.occurrences, recurrence, rome)
    found = [repeats_exactly(recurrence, starts, zone) for zone in (ZoneInfo("UTC"), rome)]
    assert found == [in_utc, in_zone]


def test_irregular_starts_follow_no_rule() -> None:
    starts = [instant(f"2026-06-{day:02}T09:00Z") for day in (1, 8, 22)]
    assert not repeats_exactly(WEEKLY, starts, ZoneInfo("UTC"))
