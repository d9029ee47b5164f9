"""Limits: BT-15 to BT-23."""

from zoneinfo import ZoneInfo

import pytest

from app.domain.enums import LimitPeriod
from app.domain.facts import CountedBooking, EventTypeRules, Limits, Span
from app.domain.limits import period_days, reached_limits
from app.domain.outcomes import RuleCode
from tests.domain.slot_facts import BERLIN, LOS_ANGELES, UTC_ZONE, at, day, spans_of

MAY = (at("2026-05-01T00:00Z"), at("2026-05-31T23:59Z"))
FAR = (at("2020-01-01T00:00Z"), at("2020-01-01T01:00Z"))


def counted(*starts: str, minutes: int = 30) -> list[CountedBooking]:
    return [CountedBooking(at(start), minutes) for start in starts]


def full_by_count(
    limits: Limits, bookings: list[CountedBooking], zone: ZoneInfo = UTC_ZONE, window: Span = MAY
) -> list[Span]:
    reached = reached_limits(EventTypeRules(1, 30, count_limits=limits), bookings, zone, window, 30)
    assert all(limit.code is RuleCode.BOOKING_LIMIT_REACHED for limit in reached)
    return [limit.span for limit in reached]


def full_by_duration(limit: int, bookings: list[CountedBooking], length: int, window: Span = MAY) -> list[Span]:
    event = EventTypeRules(1, 30, duration_limits=((LimitPeriod.DAY, limit),))
    reached = reached_limits(event, bookings, UTC_ZONE, window, length)
    assert all(found.code is RuleCode.DURATION_LIMIT_REACHED for found in reached)
    return [found.span for found in reached]


@pytest.mark.parametrize(
    ("period", "first", "following"),
    [
        pytest.param(LimitPeriod.DAY, "2026-05-06", "2026-05-07", id="BT-15-day"),
        pytest.param(LimitPeriod.WEEK, "2026-05-03", "2026-05-10", id="BT-16-week-from-sunday"),
        pytest.param(LimitPeriod.MONTH, "2026-05-01", "2026-06-01", id="BT-15-month"),
        pytest.param(LimitPeriod.YEAR, "2026-01-01", "2027-01-01", id="BT-16-calendar-year"),
    ],
)
def test_periods(period: LimitPeriod, first: str, following: str) -> None:
    assert period_days(period, day("2026-05-06")) == (day(first), day(following))


def test_december_is_followed_by_january() -> None:
    assert period_days(LimitPeriod.MONTH, day("2026-12-31")) == (day("2026-12-01"), day("2027-01-01"))


def test_periods_are_cut_in_the_schedule_zone() -> None:
    """BT-17"""
    bookings = counted("2026-05-04T22:30Z", "2026-05-05T08:00Z")
    assert full_by_count(((LimitPeriod.DAY, 2),), bookings, BERLIN) == spans_of("2026-05-04T22:00Z/2026-05-05T22:00Z")
    assert full_by_count(((LimitPeriod.DAY, 2),), bookings, UTC_ZONE) == []


@pytest.mark.parametrize(
    ("start", "is_full"),
    [
        pytest.param("2026-05-04T00:00Z", True, id="BT-18-first-instant-counts"),
        pytest.param("2026-05-03T23:59Z", False, id="BT-19-straddling-belongs-to-its-start"),
        pytest.param("2026-05-04T23:59Z", True, id="BT-19-last-minute-counts"),
        pytest.param("2026-05-05T00:00Z", False, id="BT-18-end-exclusive"),
    ],
)
def test_a_booking_belongs_to_the_period_of_its_start(start: str, is_full: bool) -> None:
    window = (at("2026-05-04T08:00Z"), at("2026-05-04T09:00Z"))
    expected = spans_of("2026-05-04T00:00Z/2026-05-05T00:00Z") if is_full else []
    assert full_by_count(((LimitPeriod.DAY, 1),), counted(start), window=window) == expected


def test_the_first_local_period_is_counted_whole() -> None:
    """BT-20: the window begins in the middle of the local day, whose earlier booking counts."""
    window = (at("2026-05-05T00:00Z"), at("2026-05-05T03:00Z"))
    full = full_by_count(((LimitPeriod.DAY, 1),), counted("2026-05-04T16:00Z"), LOS_ANGELES, window)
    assert full == spans_of("2026-05-04T07:00Z/2026-05-05T07:00Z")


def test_every_period_has_its_own_limit() -> None:
    """BT-15"""
    bookings = counted("2026-05-04T09:00Z", "2026-05-05T09:00Z", "2026-05-28T09:00Z")
    limits = ((LimitPeriod.DAY, 2), (LimitPeriod.WEEK, 2), (LimitPeriod.MONTH, 4), (LimitPeriod.YEAR, 3))
    assert full_by_count(limits, bookings) == spans_of(
        "2026-05-03T00:00Z/2026-05-10T00:00Z", "2026-01-01T00:00Z/2027-01-01T00:00Z"
    )


@pytest.mark.parametrize(
    ("length", "is_full"),
    [pytest.param(60, False, id="BT-21-still-fits"), pytest.param(90, True, id="BT-21-too-long")],
)
def test_the_new_duration_is_included(length: int, is_full: bool) -> None:
    """BT-21, BT-23"""
    bookings = counted("2026-05-04T09:00Z", "2026-05-04T12:00Z")
    expected = spans_of("2026-05-04T00:00Z/2026-05-05T00:00Z") if is_full else []
    assert full_by_duration(120, bookings, length) == expected


def test_a_length_above_the_limit_fills_every_period() -> None:
    """BT-21"""
    assert len(full_by_duration(45, [], 60)) == 31


def test_without_limits_nothing_is_full() -> None:
    assert reached_limits(EventTypeRules(1, 30), counted("2026-05-04T09:00Z"), UTC_ZONE, FAR, 30) == []
