"""Busy times, buffers, seats and reservations: BT-1 to BT-14, RS-3 to RS-7."""

from dataclasses import replace

import pytest

from app.domain.bookable import check_start
from app.domain.enums import SchedulingType, SlotAlignment
from app.domain.facts import BusyFacts, HoldFacts, HostBusy, SeatFacts, SlotQuery
from app.domain.occupancy import Blocked
from app.domain.outcomes import Bookable, Refusal, RuleCode, SeatInfo
from app.domain.slots import list_slots
from tests.domain.slot_facts import (
    EARLY,
    KOLKATA,
    UTC_ZONE,
    at,
    busy,
    clock,
    every,
    host,
    listed,
    query,
    rules,
    spans_of,
)

NINE_TO_TWELVE = host(1, UTC_ZONE, "09:00-12:00")


def widened_by_own_buffers(start: str, end: str, before: int, after: int) -> HostBusy:
    """A booking as SQL hands it out: with the buffers of its own event type."""
    return HostBusy([at(start) - before * 60], [at(end) + after * 60])


@pytest.mark.parametrize(
    ("taken", "blocked", "last_before", "first_after"),
    [
        pytest.param(
            widened_by_own_buffers("2026-05-04T12:00Z", "2026-05-04T12:30Z", 5, 20),
            "2026-05-04T11:40Z/2026-05-04T13:00Z",
            "11:00",
            "13:00",
            id="BT-8-booking",
        ),
        pytest.param(
            HostBusy.of(spans_of("2026-05-04T12:00Z/2026-05-04T12:30Z")),
            "2026-05-04T11:45Z/2026-05-04T12:40Z",
            "11:00",
            "13:00",
            id="BT-8-external",
        ),
    ],
)
def test_buffers_of_both_sides_add_up(taken: HostBusy, blocked: str, last_before: str, first_after: str) -> None:
    event = rules(30, before_buffer=10, after_buffer=15)
    asked = query(event, host(), busy=BusyFacts({1: taken}))
    assert listed(asked) == f"{every('09:00', last_before, 30)} {every(first_after, '16:30', 30)}"
    low, high = spans_of(blocked)[0]
    assert isinstance(check_start(asked, low - 1800, 30), Bookable)
    assert isinstance(check_start(asked, low - 1799, 30), Refusal)
    assert isinstance(check_start(asked, high - 1, 30), Refusal)
    assert isinstance(check_start(asked, high, 30), Bookable)


@pytest.mark.parametrize(
    ("before", "after", "alignment", "expected"),
    [
        pytest.param(0, 0, SlotAlignment.UTC, "08:00 10:00", id="BT-9-external-peer-alignment"),
        pytest.param(120, 120, SlotAlignment.UTC, "10:00", id="BT-9-same-type-peer-alignment"),
        pytest.param(0, 0, SlotAlignment.SCHEDULE, "08:30 10:30", id="BT-9-external-schedule-alignment"),
        pytest.param(120, 120, SlotAlignment.SCHEDULE, "10:30", id="BT-9-same-type-schedule-alignment"),
    ],
)
def test_buffers_in_a_half_hour_zone(before: int, after: int, alignment: SlotAlignment, expected: str) -> None:
    """BT-9 was written down from the peer, which aligns in UTC after busy times (SL-8)."""
    taken = widened_by_own_buffers("2026-05-04T04:00:00Z", "2026-05-04T05:59:59Z", before, after)
    event = rules(120, before_buffer=120, after_buffer=120)
    asked = query(event, host(1, KOLKATA, "09:30-18:00"), busy=BusyFacts({1: taken}), alignment=alignment)
    assert listed(asked) == expected


def test_buffers_reach_over_the_edges_of_the_window_and_of_the_day() -> None:
    """BT-10: five hours of buffer after a booking of the evening before."""
    taken = widened_by_own_buffers("2026-05-03T22:00Z", "2026-05-03T23:00Z", 0, 300)
    asked = query(rules(60, before_buffer=360), NINE_TO_TWELVE, busy=BusyFacts({1: taken}))
    assert listed(asked) == "10:00 11:00"


def test_touching_is_no_conflict() -> None:
    """BT-6"""
    taken = busy({1: ["2026-05-04T09:00Z/2026-05-04T10:00Z", "2026-05-04T11:00Z/2026-05-04T12:00Z"]})
    asked = query(rules(60), NINE_TO_TWELVE, busy=taken)
    assert listed(asked) == "10:00"
    assert check_start(asked, at("2026-05-04T10:00Z"), 60) == Bookable((1,))


def test_one_host_being_busy_leaves_the_others_free() -> None:
    """BT-3"""
    event = rules(60, scheduling_type=SchedulingType.ROUND_ROBIN)
    asked = query(event, NINE_TO_TWELVE, replace(NINE_TO_TWELVE, user_id=2), busy=busy({2: [TEN_TO_ELEVEN]}))
    assert listed(asked) == "09:00 10:00 11:00"
    assert check_start(asked, at("2026-05-04T10:00Z"), 60) == Bookable((), (1,))


TEN_TO_ELEVEN = "2026-05-04T10:00Z/2026-05-04T11:00Z"


def test_spans_are_widened_on_both_sides() -> None:
    blocked = Blocked([100, 200], [150, 260], before=10, after=5)
    assert blocked.spans() == [(90, 155), (190, 265)]
    assert blocked.first_overlap(155, 190) is None
    assert blocked.first_overlap(154, 190) == (90, 155)
    assert blocked.first_overlap(155, 191) == (190, 265)


def test_empty_and_unordered_spans_are_put_right() -> None:
    assert HostBusy.of([(5, 9), (3, 3), (1, 2)]) == HostBusy([1, 5], [2, 9])


def seated(start: str, end: str, taken: int, uid: str = "abc") -> SeatFacts:
    return SeatFacts(at(start), at(end), taken, uid, (1,))


def seats_query(*seats: SeatFacts, holds: tuple[HoldFacts, ...] = (), **settings: int) -> SlotQuery:
    event = replace(rules(60, seats_per_slot=3), **settings)  # type: ignore[arg-type]
    return query(event, NINE_TO_TWELVE, busy=BusyFacts(seats=seats, holds=holds))


TEN = at("2026-05-04T10:00Z")


def test_a_start_with_free_seats_stays_and_is_joined() -> None:
    """BT-12, BT-14, BK-35"""
    asked = seats_query(seated("2026-05-04T10:00Z", "2026-05-04T11:00Z", 2))
    slots = list_slots(asked)
    assert clock(slots.starts) == "09:00 10:00 11:00"
    assert [slots.seats[start] for start in slots.starts] == [SeatInfo(0, 3), SeatInfo(2, 3, "abc"), SeatInfo(0, 3)]
    assert slots.seats[TEN].remaining == 1
    assert check_start(asked, TEN, 60) == Bookable((1,), joins_booking_uid="abc")


def test_a_full_start_is_dropped_and_refused() -> None:
    """BT-13"""
    asked = seats_query(seated("2026-05-04T10:00Z", "2026-05-04T11:00Z", 3))
    assert listed(asked) == "09:00 11:00"
    assert check_start(asked, TEN, 60) == Refusal(RuleCode.SEATS_FULL, ("BT-13",))


def test_a_seated_booking_blocks_by_its_buffers() -> None:
    """BT-12"""
    asked = seats_query(seated("2026-05-04T10:00Z", "2026-05-04T11:00Z", 1), before_buffer=15, slot_interval=15)
    assert listed(asked) == "10:00"


def test_another_start_does_not_overlap_a_seated_booking() -> None:
    """BT-12: its own time is free for its own start only; nobody is booked twice."""
    asked = seats_query(seated("2026-05-04T10:00Z", "2026-05-04T11:00Z", 1), slot_interval=30)
    assert listed(asked) == "09:00 10:00 11:00"
    assert isinstance(check_start(asked, TEN + 1800, 60), Refusal)


def hold(start: str, end: str, host_id: int = 1, uid: str = "h1", **facts: object) -> HoldFacts:
    expires = at(EARLY) + 300
    return replace(HoldFacts(uid, host_id, 1, at(start), at(end), expires), **facts)  # type: ignore[arg-type]


TEN_THIRTY = hold("2026-05-04T10:30Z", "2026-05-04T10:45Z")


@pytest.mark.parametrize(
    ("held", "settings", "expected"),
    [
        pytest.param(TEN_THIRTY, {}, "09:00 11:00", id="RS-5-removes"),
        pytest.param(replace(TEN_THIRTY, event_type_id=9), {}, "09:00 11:00", id="RS-5-of-any-event-type"),
        pytest.param(replace(TEN_THIRTY, expires_s=at(EARLY)), {}, "09:00 10:00 11:00", id="RS-5-expired"),
        pytest.param(TEN_THIRTY, {"own_hold_uid": "h1"}, "09:00 10:00 11:00", id="RS-5-own"),
        pytest.param(replace(TEN_THIRTY, host_id=7), {}, "09:00 10:00 11:00", id="RS-5-of-somebody-else"),
        pytest.param(
            hold("2026-05-04T09:30Z", "2026-05-04T10:00Z"), {}, "10:00 11:00", id="RS-5-touching-is-no-conflict"
        ),
    ],
)
def test_reservations_hide_starts(held: HoldFacts, settings: dict[str, str], expected: str) -> None:
    asked = query(rules(60), NINE_TO_TWELVE, busy=BusyFacts(holds=[held]), **settings)
    assert listed(asked) == expected


def test_reservations_do_not_move_the_grid() -> None:
    """SL-13: they are a filter over the starts that are laid."""
    asked = query(rules(45), NINE_TO_TWELVE, busy=BusyFacts(holds=[hold("2026-05-04T09:00Z", "2026-05-04T09:20Z")]))
    assert listed(asked) == "09:45 10:30 11:15"


def test_bookings_ignore_reservations_and_reservations_do_not() -> None:
    """RS-7, RS-3"""
    asked = query(rules(60), NINE_TO_TWELVE, busy=BusyFacts(holds=[TEN_THIRTY]))
    assert check_start(asked, TEN, 60) == Bookable((1,))
    verdict = check_start(asked, TEN, 60, against_holds=True)
    assert isinstance(verdict, Refusal)
    assert (verdict.code, verdict.rule_ids) == (RuleCode.NO_HOST_AVAILABLE, ("RS-5",))


@pytest.mark.parametrize("length", [30, 45], ids=["RS-4-common-grid", "RS-4-laid-grid"])
def test_a_round_robin_start_is_gone_when_every_host_is_reserved(length: int) -> None:
    """RS-4: one free host at a time."""
    event = rules(length, scheduling_type=SchedulingType.ROUND_ROBIN)
    hosts = (NINE_TO_TWELVE, replace(NINE_TO_TWELVE, user_id=2))
    one = hold("2026-05-04T09:00Z", "2026-05-04T09:30Z")
    two = replace(one, host_id=2, uid="h2")
    nine = at("2026-05-04T09:00Z")
    assert nine in list_slots(query(event, *hosts, busy=BusyFacts(holds=[one]))).starts
    assert nine not in list_slots(query(event, *hosts, busy=BusyFacts(holds=[one, two]))).starts
    asked = query(event, *hosts, busy=BusyFacts(holds=[one]))
    assert check_start(asked, nine, length, against_holds=True) == Bookable((), (2,))


def test_seat_reservations_take_seats() -> None:
    """RS-6: counted once, although each host of a collective has a row."""
    held = hold("2026-05-04T10:00Z", "2026-05-04T11:00Z", is_seat=True)
    asked = seats_query(seated("2026-05-04T10:00Z", "2026-05-04T11:00Z", 1), holds=(held, replace(held, host_id=2)))
    slots = list_slots(asked)
    assert clock(slots.starts) == "09:00 10:00 11:00"
    assert slots.seats[TEN] == SeatInfo(2, 3, "abc")


def test_the_last_seat_can_be_reserved_and_is_then_hidden() -> None:
    """RS-6, RS-7"""
    held = hold("2026-05-04T10:00Z", "2026-05-04T11:00Z", is_seat=True)
    asked = seats_query(seated("2026-05-04T10:00Z", "2026-05-04T11:00Z", 2), holds=(held,))
    assert listed(asked) == "09:00 11:00"
    assert isinstance(check_start(asked, TEN, 60), Bookable)
    assert isinstance(check_start(asked, TEN, 60, against_holds=True), Refusal)


def test_a_seat_reservation_of_another_event_type_blocks() -> None:
    """RS-6"""
    held = hold("2026-05-04T10:00Z", "2026-05-04T11:00Z", is_seat=True, event_type_id=9)
    assert listed(seats_query(holds=(held,))) == "09:00 11:00"
