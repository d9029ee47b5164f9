"""Explanations say what the deciding functions say."""

from dataclasses import replace

from app.domain.bookable import check_start
from app.domain.enums import LimitPeriod, SchedulingType
from app.domain.explain import explain_start
from app.domain.facts import BusyFacts, CountedBooking, HoldFacts, SeatFacts, SlotQuery
from app.domain.outcomes import Bookable, RuleCode, RuleOutcome
from tests.domain.slot_facts import EARLY, UTC_ZONE, at, away, busy, host, query, rules

NINE = at("2026-05-04T09:00Z")
MORNING = host(1, UTC_ZONE, "09:00-12:00")


def told(asked: SlotQuery, start: int, host_id: int | None = None) -> list[tuple[str, str, bool]]:
    return [(found.rule_id, found.code.value, found.allows) for found in explain_start(asked, start, host_id)]


def test_a_good_start_is_allowed_by_every_rule_in_the_order_of_deciding() -> None:
    """BK-11 step 8, 11, 12"""
    event = rules(60, count_limits=((LimitPeriod.DAY, 5),))
    worker = host(1, out_of_office=[away("2026-05-06")])
    assert told(query(event, worker), NINE) == [
        ("BT-32", "in_the_past", True),
        ("BT-32", "notice_too_short", True),
        ("BT-25", "outside_booking_window", True),
        ("BT-17", "booking_limit_reached", True),
        ("AV-22", "out_of_office", True),
        ("AV-1", "outside_working_hours", True),
        ("BT-1", "busy", True),
        ("SL-5", "off_grid", True),
    ]


def test_every_rule_that_removes_a_start_is_named_with_its_span() -> None:
    """Not only the first one."""
    event = rules(60, notice=30 * 24 * 60, duration_limits=((LimitPeriod.DAY, 30),), before_buffer=15)
    taken = busy({1: ["2026-05-04T08:30Z/2026-05-04T08:50Z"]})
    worker = host(1, out_of_office=[away("2026-05-04")])
    refused = [found for found in explain_start(query(event, worker, busy=taken), NINE) if not found.allows]
    assert [(found.rule_id, found.code, found.host_id, found.span) for found in refused] == [
        ("BT-32", RuleCode.NOTICE_TOO_SHORT, None, (at(EARLY), at("2026-05-31T00:00Z"))),
        ("BT-21", RuleCode.DURATION_LIMIT_REACHED, 1, (at("2026-05-04T00:00Z"), at("2026-05-05T00:00Z"))),
        ("AV-22", RuleCode.OUT_OF_OFFICE, 1, (at("2026-05-04T00:00Z"), at("2026-05-05T00:00Z"))),
        ("BT-7", RuleCode.BUSY, 1, (at("2026-05-04T08:30Z"), at("2026-05-04T09:05Z"))),
        ("SL-5", RuleCode.OFF_GRID, None, None),
    ]


def test_one_host_or_all_of_them() -> None:
    event = rules(60, scheduling_type=SchedulingType.ROUND_ROBIN)
    asked = query(event, host(1), host(2), busy=busy({2: ["2026-05-04T09:00Z/2026-05-04T10:00Z"]}))
    assert {found.host_id for found in explain_start(asked, NINE)} == {None, 1, 2}
    assert {found.host_id for found in explain_start(asked, NINE, 2)} == {None, 2}
    assert ("BT-1", "busy", False) in told(asked, NINE, 2)
    assert ("SL-5", "off_grid", True) in told(asked, NINE, 2)


def test_reservations_grid_and_first_slot_speak_to_lists_only() -> None:
    """RS-7, BK-12, SL-12"""
    hold = HoldFacts("h1", 1, 1, NINE, NINE + 3600, at(EARLY) + 300)
    asked = query(rules(60, first_slot_only=True), MORNING, busy=BusyFacts(holds=[hold]))
    start = NINE + 1800
    hidden = {found.rule_id for found in explain_start(asked, start) if not found.allows and found.listing_only}
    assert hidden == {"RS-5", "SL-5", "SL-12"}
    assert isinstance(check_start(asked, start, 60), Bookable)


def test_a_seated_start_is_explained_by_its_seats() -> None:
    """BT-13, BK-35"""
    seats = SeatFacts(NINE, NINE + 3600, 2, "abc", (1,))
    asked = query(rules(60, seats_per_slot=2), MORNING, busy=BusyFacts(seats=[seats]))
    assert ("BT-13", "seats_full", False) in told(asked, NINE)
    roomy = replace(asked, busy=BusyFacts(seats=[replace(seats, taken=1)]))
    assert ("BT-13", "seats_full", True) in told(roomy, NINE)
    assert all(found.allows for found in explain_start(roomy, NINE))


def test_limits_tell_how_much_is_used() -> None:
    event = rules(60, count_limits=((LimitPeriod.WEEK, 1),))
    asked = query(event, MORNING, busy=BusyFacts(counted=[CountedBooking(at("2026-05-05T09:00Z"), 60)]))
    assert RuleOutcome(
        "BT-17",
        RuleCode.BOOKING_LIMIT_REACHED,
        False,
        "1 of 1 per week used.",
        1,
        (at("2026-05-03T00:00Z"), at("2026-05-10T00:00Z")),
    ) in explain_start(asked, NINE)


def test_without_hosts_that_is_said() -> None:
    """BK-13"""
    assert ("BK-13", "no_hosts", False) in told(query(rules(60)), NINE)
