"""Listing: the end-to-end vectors V-1 to V-12, SL-2, SL-8, SL-10, SL-12, and the fixture of the benchmarks."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain.enums import PeriodType, SchedulingType, SlotAlignment
from app.domain.facts import BusyFacts, HostBusy, HostFacts, SlotQuery
from app.domain.slots import list_slots
from tests.domain.slot_facts import (
    BERLIN,
    EVERY_DAY,
    KOLKATA,
    LONDON,
    LOS_ANGELES,
    NEW_YORK,
    TOKYO,
    UTC_ZONE,
    at,
    away,
    busy,
    dated,
    every,
    host,
    listed,
    override,
    query,
    rules,
)

KATHMANDU = ZoneInfo("Asia/Kathmandu")
AUCKLAND = ZoneInfo("Pacific/Auckland")
ROUND_ROBIN = SchedulingType.ROUND_ROBIN
COLLECTIVE = SchedulingType.COLLECTIVE
IN_BERLIN = host(1, BERLIN)


@pytest.mark.parametrize(
    ("asked", "zone", "expected"),
    [
        pytest.param(
            query(rules(60, notice=120), IN_BERLIN, now="2026-05-04T06:00Z"),
            BERLIN,
            {"2026-05-04": every("10:00", "16:00", 60)},
            id="V-1",
        ),
        pytest.param(
            query(rules(60, notice=120), IN_BERLIN, now="2026-05-04T06:10:30Z"),
            BERLIN,
            {"2026-05-04": every("11:00", "16:00", 60)},
            id="V-2",
        ),
        pytest.param(
            query(rules(60), IN_BERLIN, end="2026-05-05T23:59:59Z"),
            LOS_ANGELES,
            {"2026-05-04": every("00:00", "07:00", 60), "2026-05-05": every("00:00", "07:00", 60)},
            id="V-3",
        ),
        pytest.param(
            query(
                rules(120),
                host(1, LONDON, days=EVERY_DAY),
                start="2026-03-28T00:00Z",
                end="2026-03-29T23:59:59Z",
                now="2026-03-01T00:00Z",
            ),
            LONDON,
            {"2026-03-28": "09:00 11:00 13:00 15:00", "2026-03-29": "09:00 11:00 13:00 15:00"},
            id="V-4",
        ),
        pytest.param(
            query(
                rules(60, scheduling_type=ROUND_ROBIN),
                host(1, UTC_ZONE, "09:00-12:00", "13:00-17:00", fixed=True),
                host(2, UTC_ZONE, "09:00-11:00"),
                host(3, UTC_ZONE, "10:30-17:00"),
            ),
            UTC_ZONE,
            {"2026-05-04": "09:00 10:00 11:00 13:00 14:00 15:00 16:00"},
            id="V-5",
        ),
        pytest.param(
            query(rules(30, scheduling_type=COLLECTIVE), IN_BERLIN, host(2, NEW_YORK)),
            UTC_ZONE,
            {"2026-05-04": "13:00 13:30 14:00 14:30"},
            id="V-6",
        ),
        pytest.param(
            query(
                rules(60),
                host(1, LOS_ANGELES, "15:00-17:00"),
                start="2026-05-08T00:00Z",
                end="2026-05-09T23:59:59Z",
            ),
            TOKYO,
            {"2026-05-09": "07:00 08:00"},
            id="V-7",
        ),
        pytest.param(
            query(
                rules(60, is_team=True, scheduling_type=COLLECTIVE),
                host(1, BERLIN, overrides=[override("2026-05-04", "14:00-16:00")], out_of_office=[away("2026-05-05")]),
                end="2026-05-06T23:59:59Z",
            ),
            UTC_ZONE,
            {"2026-05-04": "12:00 13:00", "2026-05-06": every("07:00", "14:00", 60)},
            id="V-8",
        ),
        pytest.param(
            query(rules(60), IN_BERLIN, end="2026-05-04T12:30Z"),
            UTC_ZONE,
            {"2026-05-04": every("07:00", "11:00", 60)},
            id="V-9",
        ),
        pytest.param(
            query(rules(30), host(), busy=busy({1: ["2026-05-04T11:40Z/2026-05-04T13:00Z"]})),
            UTC_ZONE,
            {"2026-05-04": f"{every('09:00', '11:00', 30)} {every('13:00', '16:30', 30)}"},
            id="V-10",
        ),
        pytest.param(
            query(rules(240), host(1, UTC_ZONE, "09:00-12:00", "11:00-14:00")),
            UTC_ZONE,
            {"2026-05-04": "09:00"},
            id="V-11",
        ),
        pytest.param(
            query(rules(60), host(1, KATHMANDU, "09:00-12:00")),
            KATHMANDU,
            {"2026-05-04": "09:00 10:00 11:00"},
            id="V-12",
        ),
    ],
)
def test_end_to_end_vectors(asked: SlotQuery, zone: ZoneInfo, expected: dict[str, str]) -> None:
    assert dated(list_slots(asked).starts, zone) == expected


def test_slots_after_midnight_of_the_booker_have_his_date() -> None:
    """SL-15"""
    found = dated(list_slots(query(rules(30), IN_BERLIN)).starts, AUCKLAND)
    assert list(found) == ["2026-05-04", "2026-05-05"]
    assert found["2026-05-04"].split()[0] == "19:00"
    assert found["2026-05-05"].split()[-1] == "02:30"


def test_no_slot_crosses_the_seam_of_touching_rows() -> None:
    """AV-2"""
    worker = host(1, UTC_ZONE, "09:00-12:00", "12:00-17:00")
    starts = listed(query(rules(60, slot_interval=30), worker)).split()
    assert starts == [*every("09:00", "11:00", 30).split(), *every("12:00", "16:00", 30).split()]


def test_a_window_to_the_last_second_of_the_day_lets_a_slot_end_at_midnight() -> None:
    """SL-2, SL-5"""
    worker = host(1, UTC_ZONE, "22:00-23:59")
    assert listed(query(rules(60), worker, end="2026-05-04T23:59:59Z")) == "22:00 23:00"
    assert listed(query(rules(60), worker, end="2026-05-04T23:59:00Z")) == "22:00"


@pytest.mark.parametrize(
    ("taken", "alignment", "expected"),
    [
        pytest.param([], SlotAlignment.SCHEDULE, "09:00 10:00 11:00 12:00", id="SL-8-free"),
        pytest.param([], SlotAlignment.UTC, "09:00 10:00 11:00 12:00", id="SL-8-free-compatible"),
        pytest.param(["10:00"], SlotAlignment.SCHEDULE, "09:00 11:00 12:00", id="SL-8-booked"),
        pytest.param(["10:00"], SlotAlignment.UTC, "09:00 11:30", id="SL-8-booked-compatible"),
    ],
)
def test_alignment_in_a_half_hour_zone(taken: list[str], alignment: SlotAlignment, expected: str) -> None:
    starts = [int(datetime.fromisoformat(f"2026-05-04T{text}+05:30").timestamp()) for text in taken]
    facts = BusyFacts({1: HostBusy(starts, [start + 3600 for start in starts])})
    asked = query(rules(60), host(1, KOLKATA, "09:00-13:00"), busy=facts, alignment=alignment)
    assert listed(asked, KOLKATA) == expected


@pytest.mark.parametrize(
    ("alignment", "expected"),
    [
        pytest.param(SlotAlignment.SCHEDULE, "11:00 12:00", id="SL-8-notice"),
        pytest.param(SlotAlignment.UTC, "10:30 11:30", id="SL-8-notice-compatible"),
    ],
)
def test_alignment_after_notice_in_a_half_hour_zone(alignment: SlotAlignment, expected: str) -> None:
    asked = query(rules(60, notice=60), host(1, KOLKATA, "09:00-13:00"), now="2026-05-04T03:40Z", alignment=alignment)
    assert listed(asked, KOLKATA) == expected


@pytest.mark.parametrize(
    ("hours", "length", "expected"),
    [
        pytest.param(["09:00-11:00", "09:15-11:30"], 45, "09:00 09:45 10:30", id="SL-10-45"),
        pytest.param(["09:00-10:30", "09:45-12:00"], 60, "09:00 10:00 11:00", id="SL-10-60"),
        pytest.param(["09:00-12:00", "09:20-12:00"], 40, "09:00 09:40 10:20 11:00", id="SL-10-40"),
        pytest.param(["09:00-10:00", "10:00-11:00"], 90, "", id="SL-10-90"),
    ],
)
def test_round_robin_hosts_of_different_hours(hours: list[str], length: int, expected: str) -> None:
    hosts = [host(n, UTC_ZONE, text) for n, text in enumerate(hours, 1)]
    assert listed(query(rules(length, scheduling_type=ROUND_ROBIN), *hosts)) == expected


def test_fixed_hosts_without_common_time_leave_no_slots() -> None:
    """TM-2"""
    hosts = (
        host(1, UTC_ZONE, "09:00-12:00", fixed=True),
        host(2, UTC_ZONE, "13:00-17:00", fixed=True),
        host(3, UTC_ZONE),
    )
    assert listed(query(rules(60, scheduling_type=ROUND_ROBIN), *hosts)) == ""


@pytest.mark.parametrize(
    ("settings", "hosts", "expected"),
    [
        pytest.param({}, (host(1), host(2, UTC_ZONE, "09:00-11:00")), "09:00 10:00", id="TM-3-dynamic-group"),
        pytest.param(
            {"scheduling_type": ROUND_ROBIN},
            (host(1, fixed=True), host(2, UTC_ZONE, "09:00-11:00", fixed=True)),
            "09:00 10:00",
            id="TM-1-round-robin-of-fixed-hosts",
        ),
        pytest.param({"scheduling_type": SchedulingType.MANAGED}, (host(1),), "", id="BK-13-managed-template"),
        pytest.param({"scheduling_type": ROUND_ROBIN}, (), "", id="TM-1-nobody"),
    ],
)
def test_who_must_be_free(settings: dict[str, SchedulingType], hosts: tuple[HostFacts, ...], expected: str) -> None:
    assert listed(query(rules(60, **settings), *hosts)) == expected


def test_collective_hosts_block_each_other() -> None:
    """TM-1, BT-1"""
    taken = busy({1: ["2026-05-04T09:00Z/2026-05-04T12:00Z"], 2: ["2026-05-04T11:00Z/2026-05-04T15:00Z"]})
    assert listed(query(rules(60, scheduling_type=COLLECTIVE), host(1), host(2), busy=taken)) == "15:00 16:00"


def test_only_the_first_slot_of_each_date_of_the_booker() -> None:
    """SL-12"""
    asked = query(rules(30, first_slot_only=True), IN_BERLIN, booker_zone=AUCKLAND)
    assert dated(list_slots(asked).starts, AUCKLAND) == {"2026-05-04": "19:00", "2026-05-05": "00:00"}


def test_the_first_slot_is_picked_before_the_booking_window() -> None:
    """SL-13: the window's first slot is not the date's, so the date is empty."""
    event = rules(60, first_slot_only=True, period_type=PeriodType.ROLLING, period_days=0)
    asked = query(event, host(), now="2026-05-03T23:30Z", end="2026-05-05T23:59:59Z", booker_zone=LOS_ANGELES)
    assert list_slots(asked).starts == []


def test_another_duration() -> None:
    """SL-16"""
    asked = query(rules(30, length_options=(30, 90)), host(1, UTC_ZONE, "09:00-12:00"), length=90)
    slots = list_slots(asked)
    assert (dated(slots.starts)["2026-05-04"], slots.length_minutes) == ("09:00 10:30", 90)


def month(*hosts: HostFacts, facts: BusyFacts | None = None) -> SlotQuery:
    """March 2027 in Berlin: 23 weekdays, and clocks change on the 28th."""
    event = rules(30, scheduling_type=ROUND_ROBIN if len(hosts) > 1 else None)
    start, end = "2027-03-01T00:00+01:00", "2027-03-31T23:59:59+02:00"
    return query(event, *hosts, start=start, end=end, now="2027-02-01T00:00Z", busy=facts, booker_zone=BERLIN)


def test_a_month_of_one_free_host_has_368_slots() -> None:
    assert len(list_slots(month(IN_BERLIN)).starts) == 368


def test_200_bookings_leave_168_slots() -> None:
    free = list_slots(month(IN_BERLIN)).starts
    taken = sorted([*free[:100], *free[150:250]])
    facts = BusyFacts({1: HostBusy(taken, [start + 1800 for start in taken])})
    assert list_slots(month(IN_BERLIN, facts=facts)).starts == sorted(set(free) - set(taken))
    assert len(free) - len(taken) == 168


@pytest.mark.parametrize("count", [10, 50])
def test_round_robin_of_many_hosts_has_368_slots(count: int) -> None:
    free = list_slots(month(IN_BERLIN)).starts
    taken = {n: free[n * 5 : n * 5 + 20] for n in range(count)}
    facts = BusyFacts({n: HostBusy(starts, [start + 1800 for start in starts]) for n, starts in taken.items()})
    assert list_slots(month(*(host(n, BERLIN) for n in range(count)), facts=facts)).starts == free


def test_a_start_is_gone_when_every_host_of_the_round_robin_is_taken() -> None:
    taken = {n: HostBusy([at("2027-03-02T09:00Z")], [at("2027-03-02T09:30Z")]) for n in range(10)}
    hosts = [host(n, BERLIN) for n in range(10)]
    free = list_slots(month(IN_BERLIN)).starts
    assert set(free) - set(list_slots(month(*hosts, facts=BusyFacts(taken))).starts) == {at("2027-03-02T09:00Z")}
