"""Booking window, notice, and how far facts reach: BT-10, BT-25 to BT-32."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from app.domain.bookable import check_start
from app.domain.enums import LimitPeriod, PeriodType
from app.domain.facts import BusyFacts, CountedBooking, EventTypeRules, HostFacts
from app.domain.outcomes import Bookable, Refusal, RuleCode
from app.domain.slots import list_slots, window_of
from app.domain.windows import (
    booking_window,
    facts_window,
    limits_window,
    rolling_last_day,
    rolling_window_last_day,
)
from tests.domain.slot_facts import (
    BERLIN,
    EARLY,
    EVERY_DAY,
    LOS_ANGELES,
    NEW_YORK,
    UTC_ZONE,
    at,
    away,
    busy,
    clock,
    dated,
    day,
    host,
    listed,
    query,
    rules,
)

ROME = ZoneInfo("Europe/Rome")
PAGO_PAGO = ZoneInfo("Pacific/Pago_Pago")
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")


@pytest.mark.parametrize(
    ("days", "now", "zone", "expected"),
    [
        pytest.param(2, "2026-05-04T10:00Z", UTC_ZONE, "2026-05-07T00:00Z", id="BT-26-UTC"),
        pytest.param(2, "2026-05-04T10:00Z", PAGO_PAGO, "2026-05-06T11:00Z", id="BT-26-Pago_Pago"),
        pytest.param(2, "2026-05-04T11:00Z", KIRITIMATI, "2026-05-07T10:00Z", id="BT-26-Kiritimati"),
        pytest.param(0, "2026-05-04T10:00Z", UTC_ZONE, "2026-05-05T00:00Z", id="BT-26-today-only"),
    ],
)
def test_rolling_ends_with_a_day_of_the_booker(days: int, now: str, zone: ZoneInfo, expected: str) -> None:
    event = rules(period_type=PeriodType.ROLLING, period_days=days)
    assert booking_window(query(event, host(), now=now, booker_zone=zone))[1] == at(expected)


@pytest.mark.parametrize(
    ("today", "days", "expected"),
    [
        pytest.param("2026-05-08", 2, "2026-05-12", id="BT-26-friday"),
        pytest.param("2026-05-09", 1, "2026-05-11", id="BT-26-saturday"),
        pytest.param("2026-05-04", 5, "2026-05-11", id="BT-26-whole-week"),
        pytest.param("2026-05-09", 0, "2026-05-09", id="BT-26-none"),
    ],
)
def test_business_days_skip_the_weekend(today: str, days: int, expected: str) -> None:
    event = rules(period_type=PeriodType.ROLLING, period_days=days, period_calendar_days=False)
    assert rolling_last_day(event, day(today)) == day(expected)


def days_from(first: str, step: int = 1, weekdays_only: bool = False) -> set[int]:
    start = day(first)
    return {n for n in range(start, start + 90, step) if not weekdays_only or 0 < (n + 4) % 7 < 6}


@pytest.mark.parametrize(
    ("today", "wanted", "calendar", "bookable", "expected"),
    [
        pytest.param(
            "2026-05-08", 3, False, days_from("2026-05-08", weekdays_only=True), "2026-05-12", id="BT-27-business"
        ),
        pytest.param("2026-05-04", 3, True, days_from("2026-05-04", 7), "2026-05-18", id="BT-27-mondays"),
        pytest.param("2026-05-04", 3, True, set(), "2026-07-04", id="BT-27-nothing-bookable"),
        pytest.param("2026-05-04", 30, True, days_from("2026-05-04", 7), "2026-06-29", id="BT-27-last-met"),
        pytest.param("2026-05-04", 0, True, days_from("2026-05-04"), "2026-05-04", id="BT-27-none-wanted"),
        pytest.param("2026-05-09", 1, False, days_from("2026-05-09"), "2026-05-11", id="BT-27-weekend-does-not-count"),
    ],
)
def test_the_walk_counts_bookable_days(
    today: str, wanted: int, calendar: bool, bookable: set[int], expected: str
) -> None:
    event = rules(period_type=PeriodType.ROLLING_WINDOW, period_days=wanted, period_calendar_days=calendar)
    assert rolling_window_last_day(event, day(today), bookable) == day(expected)


MONDAYS = host(1, UTC_ZONE, "09:00-11:00", days=0b10)
THREE_DAYS = rules(period_type=PeriodType.ROLLING_WINDOW, period_days=3)


def test_days_before_the_request_count_for_the_rolling_window() -> None:
    """BT-27, BT-28: three Mondays from 4 May end on the 18th, whatever is asked for."""
    asked = query(THREE_DAYS, MONDAYS, start="2026-05-12T00:00Z", end="2026-06-30T00:00Z", now="2026-05-04T06:00Z")
    assert dated(list_slots(asked).starts) == {"2026-05-18": "09:00 10:00"}


def test_a_booked_day_moves_the_end_of_the_rolling_window() -> None:
    """BT-27"""
    taken = busy({1: ["2026-05-04T09:00Z/2026-05-04T11:00Z"]})
    asked = query(THREE_DAYS, MONDAYS, start="2026-05-19T00:00Z", end="2026-06-30T00:00Z", now=EARLY, busy=taken)
    assert dated(list_slots(asked).starts) == {"2026-05-25": "09:00 10:00"}


def test_the_rolling_window_holds_for_bookings_too() -> None:
    """BT-31"""
    asked = query(THREE_DAYS, MONDAYS, now="2026-05-04T06:00Z")
    assert check_start(asked, at("2026-05-18T09:30Z"), 60) == Bookable((1,))
    assert check_start(asked, at("2026-05-25T09:00Z"), 60) == Refusal(RuleCode.OUTSIDE_BOOKING_WINDOW, ("BT-27",))


def test_the_walk_ends_after_61_days_when_nothing_is_bookable() -> None:
    """BT-27"""
    never = host(1, out_of_office=[away("2026-05-01", "2027-05-01")])
    asked = query(THREE_DAYS, never, now="2026-05-04T10:00Z")
    assert window_of(asked)[1] == at("2026-07-05T00:00Z")


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        pytest.param(NEW_YORK, "2030-09-05T04:00Z", "2030-09-10T04:00Z", id="BT-30-New_York"),
        pytest.param(ROME, "2030-09-04T22:00Z", "2030-09-09T22:00Z", id="BT-30-Rome"),
    ],
)
def test_a_range_is_of_calendar_dates(zone: ZoneInfo, start: str, end: str) -> None:
    event = rules(period_type=PeriodType.RANGE, period_start=date(2030, 9, 5), period_end=date(2030, 9, 9), zone=zone)
    assert booking_window(query(event, host())) == (at(start), at(end))


def test_a_range_uses_the_offset_of_each_date() -> None:
    """BT-30"""
    first, last = date(2026, 10, 24), date(2026, 10, 26)
    event = rules(period_type=PeriodType.RANGE, zone=BERLIN, period_start=first, period_end=last)
    assert booking_window(query(event, host())) == (at("2026-10-23T22:00Z"), at("2026-10-26T23:00Z"))


@pytest.mark.parametrize(
    ("zones", "worker", "expected"),
    [
        pytest.param({"zone": BERLIN, "schedule_zone": ROME}, host(1, LOS_ANGELES), BERLIN, id="BT-29-event-type"),
        pytest.param({"schedule_zone": ROME}, host(1, LOS_ANGELES), ROME, id="BT-29-schedule"),
        pytest.param({}, host(1, LOS_ANGELES), LOS_ANGELES, id="BT-29-first-host"),
    ],
)
def test_zone_of_a_range(zones: dict[str, ZoneInfo], worker: HostFacts, expected: ZoneInfo) -> None:
    today = rules(period_type=PeriodType.RANGE, period_start=date(2026, 5, 4), period_end=date(2026, 5, 4))
    asked = query(replace(today, zone=zones.get("zone"), schedule_zone=zones.get("schedule_zone")), worker)
    explicit = query(replace(today, zone=expected), worker)
    assert booking_window(asked) == booking_window(explicit)


def test_a_range_includes_both_ends() -> None:
    """BT-29"""
    first, last = date(2026, 5, 5), date(2026, 5, 6)
    around_the_clock = host(1, UTC_ZONE, "00:00-23:59", days=EVERY_DAY)
    event = rules(480, period_type=PeriodType.RANGE, period_start=first, period_end=last)
    asked = query(event, around_the_clock, start="2026-05-04T00:00Z", end="2026-05-08T00:00Z")
    expected = "00:00 08:00 16:00"
    assert dated(list_slots(asked).starts) == {"2026-05-05": expected, "2026-05-06": expected}


@pytest.mark.parametrize(
    ("now", "notice", "expected"),
    [
        pytest.param("2026-05-04T09:00:00Z", 60, "10:00 11:00", id="BT-32-equality-is-fine"),
        pytest.param("2026-05-04T09:00:01Z", 60, "11:00", id="BT-32-a-second-late"),
        pytest.param("2026-05-04T09:00:00Z", 0, "10:00 11:00", id="BT-32-without-notice-a-minute-from-now"),
        pytest.param("2026-05-04T08:59:00Z", 0, "09:00 10:00 11:00", id="BT-32-a-minute-before"),
    ],
)
def test_notice_in_lists(now: str, notice: int, expected: str) -> None:
    assert listed(query(rules(60, notice=notice), host(1, UTC_ZONE, "09:00-12:00"), now=now)) == expected


def test_slots_never_carry_seconds() -> None:
    """SL-9"""
    asked = query(rules(30, notice=1), host(1, UTC_ZONE, "09:00-11:00"), now="2026-05-04T09:29:37Z")
    assert clock(list_slots(asked).starts) == "10:00 10:30"
    assert all(start % 60 == 0 for start in list_slots(asked).starts)


@pytest.mark.parametrize(
    ("start", "code"),
    [
        pytest.param("2026-05-04T09:59:59Z", RuleCode.IN_THE_PAST, id="BT-32-past"),
        pytest.param("2026-05-04T11:59:59Z", RuleCode.NOTICE_TOO_SHORT, id="BT-32-notice"),
        pytest.param("2026-05-04T12:00:00Z", None, id="BT-32-equality"),
    ],
)
def test_notice_in_bookings(start: str, code: RuleCode | None) -> None:
    verdict = check_start(query(rules(60, notice=120), host(), now="2026-05-04T10:00Z"), at(start), 60)
    assert (verdict.code if isinstance(verdict, Refusal) else None) is code


MONDAY = (at("2026-05-04T00:00Z"), at("2026-05-04T23:59:59Z"))


def test_facts_reach_as_far_as_the_buffers() -> None:
    """BT-10"""
    event = EventTypeRules(1, 30, before_buffer=200, after_buffer=500)
    start, end = facts_window(event, *MONDAY, at(EARLY), UTC_ZONE)
    assert (start, end) == (at("2026-05-04T00:00Z") - 12_000, at("2026-05-05T00:00Z") + 30_000)


def test_facts_about_seats_reach_as_far_as_both_buffers() -> None:
    """BT-12, BT-7: seats come without buffers, and the two of the same event type add up."""
    event = EventTypeRules(1, 30, before_buffer=10, after_buffer=5, seats_per_slot=3)
    assert facts_window(event, *MONDAY, at(EARLY), UTC_ZONE) == (MONDAY[0] - 900, MONDAY[1] + 901)


def test_facts_of_a_rolling_window_begin_today() -> None:
    """BT-28"""
    start, end = facts_window(THREE_DAYS, *MONDAY, at(EARLY), UTC_ZONE)
    assert (start, end) == (at(EARLY), at("2026-07-02T00:00Z"))


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        pytest.param(LimitPeriod.DAY, "2026-05-02", "2026-05-08", id="BT-20-day"),
        pytest.param(LimitPeriod.WEEK, "2026-05-02", "2026-05-11", id="BT-20-week"),
        pytest.param(LimitPeriod.YEAR, "2025-12-31", "2027-01-02", id="BT-20-year"),
    ],
)
def test_counting_reaches_whole_periods_of_every_zone(period: LimitPeriod, start: str, end: str) -> None:
    event = EventTypeRules(1, 30, count_limits=((period, 5),))
    assert limits_window(event, *MONDAY, at(EARLY), UTC_ZONE) == (day(start) * 86_400, day(end) * 86_400)


def test_without_limits_nothing_is_counted() -> None:
    assert limits_window(EventTypeRules(1, 30), *MONDAY, at(EARLY), UTC_ZONE) is None


def test_a_full_period_is_gone_from_lists_and_refused() -> None:
    """BT-17, BT-22"""
    event = rules(60, count_limits=((LimitPeriod.DAY, 1),))
    facts = BusyFacts(counted=[CountedBooking(at("2026-05-04T20:00Z"), 60)])
    asked = query(event, host(), end="2026-05-05T23:59:59Z", busy=facts)
    assert list(dated(list_slots(asked).starts)) == ["2026-05-05"]
    verdict = check_start(asked, at("2026-05-04T09:00Z"), 60)
    assert isinstance(verdict, Refusal)
    assert (verdict.code, verdict.rule_ids) == (RuleCode.BOOKING_LIMIT_REACHED, ("BT-17",))


def test_the_booked_length_counts_against_a_duration_limit() -> None:
    """BT-21, BT-23: the same answer from list and booking."""
    event = rules(60, duration_limits=((LimitPeriod.DAY, 120),), length_options=(60, 90))
    facts = BusyFacts(
        counted=[CountedBooking(at("2026-05-04T09:00Z"), 30), CountedBooking(at("2026-05-04T10:00Z"), 30)]
    )
    asked = query(event, host(), busy=facts)
    assert len(list_slots(asked).starts) == 8
    assert isinstance(check_start(asked, at("2026-05-04T12:00Z"), 60), Bookable)
    verdict = check_start(asked, at("2026-05-04T12:00Z"), 90)
    assert isinstance(verdict, Refusal)
    assert verdict.code is RuleCode.DURATION_LIMIT_REACHED
    assert list_slots(query(event, host(), busy=facts, length=90)).starts == []
