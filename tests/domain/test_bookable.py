"""Deciding on one start: BK-12, BK-35, AV-25, TM-1, TM-2, BT-22."""

from dataclasses import replace

import pytest

from app.domain.bookable import check_start
from app.domain.enums import LimitPeriod, SchedulingType
from app.domain.facts import BusyFacts, CountedBooking, SeatFacts
from app.domain.outcomes import Bookable, Refusal, RuleCode
from tests.domain.slot_facts import TOKYO, UTC_ZONE, at, away, busy, host, override, query, rules, travel

MORNING = host(1, UTC_ZONE, "09:00-12:00")
ROUND_ROBIN = SchedulingType.ROUND_ROBIN
COLLECTIVE = SchedulingType.COLLECTIVE
NINE = at("2026-05-04T09:00Z")
TAKEN = "2026-05-04T09:00Z/2026-05-04T10:00Z"


@pytest.mark.parametrize(
    ("start", "length"),
    [
        pytest.param("2026-05-04T09:07Z", 60, id="BK-12-off-the-grid"),
        pytest.param("2026-05-04T09:00:13Z", 60, id="BK-12-seconds"),
        pytest.param("2026-05-04T11:00Z", 60, id="BK-12-to-the-end"),
        pytest.param("2026-05-04T09:00Z", 180, id="BK-12-the-whole-range"),
    ],
)
def test_a_start_need_not_lie_on_the_grid(start: str, length: int) -> None:
    assert check_start(query(rules(60), MORNING), at(start), length) == Bookable((1,))


@pytest.mark.parametrize(
    ("start", "length"),
    [
        pytest.param("2026-05-04T08:59:59Z", 60, id="BK-12-before"),
        pytest.param("2026-05-04T11:00:01Z", 60, id="BK-12-after"),
        pytest.param("2026-05-04T09:00Z", 181, id="BK-12-too-long"),
        pytest.param("2026-05-09T09:00Z", 60, id="BK-12-saturday"),
    ],
)
def test_a_start_outside_working_hours_is_refused(start: str, length: int) -> None:
    verdict = check_start(query(rules(60), MORNING), at(start), length)
    assert isinstance(verdict, Refusal)
    assert verdict.code is RuleCode.NO_HOST_AVAILABLE
    assert verdict.hosts[1].code is RuleCode.OUTSIDE_WORKING_HOURS


def test_the_first_slot_setting_does_not_bind_bookings() -> None:
    """SL-12"""
    assert check_start(query(rules(60, first_slot_only=True), MORNING), at("2026-05-04T10:00Z"), 60) == Bookable((1,))


@pytest.mark.parametrize(
    ("worker", "code", "rule_id"),
    [
        pytest.param(host(out_of_office=[away("2026-05-04")]), RuleCode.OUT_OF_OFFICE, "AV-22", id="AV-25"),
        pytest.param(
            host(1, UTC_ZONE, "09:00-09:30", "09:30-12:00"), RuleCode.OUTSIDE_WORKING_HOURS, "AV-2", id="AV-2-seam"
        ),
        pytest.param(
            host(overrides=[override("2026-05-04", "12:00-13:00")]),
            RuleCode.OUTSIDE_WORKING_HOURS,
            "AV-11",
            id="AV-11-override",
        ),
        pytest.param(
            host(trips=[travel("2026-05-01", None, TOKYO)]), RuleCode.OUTSIDE_WORKING_HOURS, "AV-21", id="AV-21-travel"
        ),
        pytest.param(host(1, UTC_ZONE, "10:00-12:00"), RuleCode.OUTSIDE_WORKING_HOURS, "AV-1", id="AV-1-hours"),
    ],
)
def test_a_refusal_names_the_rule_that_shaped_the_hours(worker: object, code: RuleCode, rule_id: str) -> None:
    verdict = check_start(query(rules(60), worker), NINE, 60)  # type: ignore[arg-type]
    assert isinstance(verdict, Refusal)
    assert (verdict.rule_ids, verdict.hosts[1].code, verdict.hosts[1].host_id) == ((rule_id,), code, 1)


def test_absence_outside_working_hours_is_not_the_reason() -> None:
    """AV-22: nobody works on Saturday, away or not."""
    worker = host(out_of_office=[away("2026-05-09")])
    verdict = check_start(query(rules(60), worker), at("2026-05-09T09:00Z"), 60)
    assert isinstance(verdict, Refusal)
    assert verdict.hosts[1].code is RuleCode.OUTSIDE_WORKING_HOURS


def test_every_fixed_host_must_be_free() -> None:
    """TM-1, TM-13"""
    asked = query(rules(60, scheduling_type=COLLECTIVE), host(1), host(2), busy=busy({2: [TAKEN]}))
    verdict = check_start(asked, NINE, 60)
    assert isinstance(verdict, Refusal)
    assert (verdict.code, verdict.rule_ids, list(verdict.hosts)) == (RuleCode.FIXED_HOST_UNAVAILABLE, ("BT-1",), [2])


def test_fixed_and_free_round_robin_hosts_are_named() -> None:
    """TM-1, TM-7"""
    hosts = (host(1, fixed=True), host(2), host(3), host(4, UTC_ZONE, "12:00-17:00"))
    asked = query(rules(60, scheduling_type=ROUND_ROBIN), *hosts, busy=busy({2: [TAKEN]}))
    assert check_start(asked, NINE, 60) == Bookable((1,), (3,))


def test_nobody_of_the_round_robin_free() -> None:
    hosts = (host(1, fixed=True), host(2), host(3, UTC_ZONE, "12:00-17:00"))
    asked = query(rules(60, scheduling_type=ROUND_ROBIN), *hosts, busy=busy({2: [TAKEN]}))
    verdict = check_start(asked, NINE, 60)
    assert isinstance(verdict, Refusal)
    assert (verdict.code, verdict.rule_ids) == (RuleCode.NO_HOST_AVAILABLE, ("AV-1", "BT-1"))
    assert {host_id: outcome.code for host_id, outcome in verdict.hosts.items()} == {
        2: RuleCode.BUSY,
        3: RuleCode.OUTSIDE_WORKING_HOURS,
    }


def test_free_round_robin_hosts_do_not_replace_a_fixed_one() -> None:
    """TM-2"""
    asked = query(rules(60, scheduling_type=ROUND_ROBIN), host(1, fixed=True), host(2), busy=busy({1: [TAKEN]}))
    verdict = check_start(asked, NINE, 60)
    assert isinstance(verdict, Refusal)
    assert verdict.code is RuleCode.FIXED_HOST_UNAVAILABLE


@pytest.mark.parametrize("kind", [SchedulingType.MANAGED, ROUND_ROBIN], ids=["BK-13-managed", "BK-13-no-hosts"])
def test_an_event_type_without_hosts_cannot_be_booked(kind: SchedulingType) -> None:
    hosts = (host(1),) if kind is SchedulingType.MANAGED else ()
    verdict = check_start(query(rules(60, scheduling_type=kind), *hosts), NINE, 60)
    assert verdict == Refusal(RuleCode.NO_HOSTS, ("BK-13",))


def test_a_joined_seat_skips_availability_but_not_limits() -> None:
    """BK-35, BT-22"""
    seats = [SeatFacts(NINE, NINE + 3600, 1, "abc", (1,))]
    never = host(1, out_of_office=[away("2026-05-04")])
    event = rules(60, seats_per_slot=2)
    assert check_start(query(event, never, busy=BusyFacts(seats=seats)), NINE, 60) == Bookable(
        (1,), joins_booking_uid="abc"
    )
    limited = replace(event, count_limits=((LimitPeriod.DAY, 1),))
    facts = BusyFacts(seats=seats, counted=[CountedBooking(NINE, 60)])
    verdict = check_start(query(limited, never, busy=facts), NINE, 60)
    assert isinstance(verdict, Refusal)
    assert verdict.code is RuleCode.BOOKING_LIMIT_REACHED


def test_a_limit_is_not_named_when_something_else_stands_in_the_way_too() -> None:
    """BT-22: a round robin whose hosts live in different zones, only one of them in a full day."""
    event = rules(60, scheduling_type=ROUND_ROBIN, count_limits=((LimitPeriod.DAY, 1),))
    facts = BusyFacts(counted=[CountedBooking(at("2026-05-04T23:00Z"), 60)])
    asked = query(event, host(1), host(2, TOKYO, "09:00-10:00"), busy=facts)
    verdict = check_start(asked, at("2026-05-04T10:00Z"), 60)
    assert isinstance(verdict, Refusal)
    assert verdict.code is RuleCode.NO_HOST_AVAILABLE
    assert {host_id: outcome.code for host_id, outcome in verdict.hosts.items()} == {
        1: RuleCode.BOOKING_LIMIT_REACHED,
        2: RuleCode.OUTSIDE_WORKING_HOURS,
    }
