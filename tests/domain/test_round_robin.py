"""The lucky host: weights, priority, waiting time; and that the choice is fair."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.enums import RoundRobinInterval
from app.domain.round_robin import (
    HostAssignment,
    HostStanding,
    assign_hosts,
    choose_host,
    interval_start,
    last_booking,
    priority_of,
    priority_word,
    shortfalls,
    within_lead_threshold,
)

A, B, C = 1, 2, 3


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def trio(bookings: tuple[int, int, int]) -> list[HostStanding]:
    weights = (100, 100, 200)
    return [
        HostStanding(user_id=user_id, weight=weight, bookings=count, last_booked=100 - user_id)
        for user_id, weight, count in zip((A, B, C), weights, bookings, strict=True)
    ]


@pytest.mark.parametrize(
    ("bookings", "expected_shortfalls", "chosen"),
    [
        pytest.param((1, 1, 1), (Fraction(-1, 4), Fraction(-1, 4), Fraction(1, 2)), C, id="TM-9 C is behind"),
        pytest.param((1, 1, 2), (Fraction(0), Fraction(0), Fraction(0)), C, id="TM-9 even: largest weight"),
        pytest.param(
            (1, 1, 3), (Fraction(1, 4), Fraction(1, 4), Fraction(-1, 2)), B, id="TM-9 A or B: B waited longer"
        ),
    ],
)
def test_tm_9_worked_example(
    bookings: tuple[int, int, int], expected_shortfalls: tuple[Fraction, ...], chosen: int
) -> None:
    hosts = trio(bookings)

    assert tuple(shortfalls(hosts).values()) == expected_shortfalls
    assert choose_host(hosts, hosts, weighted=True).user_id == chosen


def host(user_id: int, **more: int | None) -> HostStanding:
    return replace(HostStanding(user_id=user_id), **more)  # type: ignore[arg-type]  # one helper for all fields


@pytest.mark.parametrize(
    ("hosts", "weighted", "chosen"),
    [
        pytest.param([host(A, priority=0, bookings=50, last_booked=9)], True, A, id="TM-7 one left"),
        pytest.param([host(A, priority=1), host(B, priority=3)], False, B, id="TM-11 highest priority"),
        pytest.param([host(A, priority=0), host(B)], False, B, id="TM-11 missing is medium"),
        pytest.param([host(A, last_booked=5), host(B, last_booked=3)], False, B, id="TM-12 least recently booked"),
        pytest.param([host(A, last_booked=0), host(B)], False, B, id="TM-12 never booked comes first"),
        pytest.param([host(B, last_booked=5), host(A, last_booked=5)], False, A, id="TM-12 tie by user id"),
        pytest.param([host(B), host(A)], False, A, id="TM-12 tie of the never booked by user id"),
        pytest.param([host(A, bookings=9), host(B, priority=1)], True, B, id="TM-7 weights come before priority"),
        pytest.param([host(A, bookings=9), host(B, priority=1)], False, A, id="TM-7 weights only if enabled"),
        pytest.param([host(A, weight=0), host(B, weight=0, bookings=1)], True, A, id="TM-9 all weights 0: fewest"),
    ],
)
def test_choice(hosts: Sequence[HostStanding], weighted: bool, chosen: int) -> None:
    assert choose_host(hosts, hosts, weighted=weighted).user_id == chosen


def test_tm_9_tm_11_a_host_without_settings_has_weight_100_and_medium_priority() -> None:
    assert (HostStanding(user_id=A).weight, HostStanding(user_id=A).priority) == (100, 2)


def test_tm_9_busy_hosts_count_for_the_target_but_cannot_be_chosen() -> None:
    hosts = trio((1, 1, 0))

    assert choose_host(hosts[:2], hosts, weighted=True).user_id == B


def test_tm_9_calibration_counts_as_bookings() -> None:
    newcomer = replace(host(A), calibration=Fraction(3))
    hosts = [newcomer, host(B, bookings=2), host(C, bookings=3)]

    assert choose_host(hosts, hosts, weighted=True).user_id == B


def test_nobody_available_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="empty"):
        choose_host([], trio((0, 0, 0)), weighted=True)


@pytest.mark.parametrize(
    ("counts", "threshold", "kept"),
    [
        pytest.param((0, 2, 3), 2, (A, B), id="TM-5 more than the threshold above the minimum"),
        pytest.param((0, 2, 3), None, (A, B, C), id="TM-5 off"),
        pytest.param((5, 5, 5), 1, (A, B, C), id="TM-5 even"),
    ],
)
def test_lead_threshold(counts: tuple[int, int, int], threshold: int | None, kept: tuple[int, ...]) -> None:
    hosts = [host(user_id, bookings=count) for user_id, count in zip((A, B, C), counts, strict=True)]

    assert tuple(one.user_id for one in within_lead_threshold(hosts, threshold, weighted=False)) == kept


def test_tm_5_weighted_threshold_compares_shortfalls() -> None:
    hosts = trio((3, 1, 4))

    # Targets 2, 2, 4: shortfalls -1, +1, 0.
    assert [one.user_id for one in within_lead_threshold(hosts, 1, weighted=True)] == [B, C]


@pytest.mark.parametrize(
    ("interval", "now", "since"),
    [
        pytest.param(RoundRobinInterval.DAY, "2026-05-04T23:59:59Z", "2026-05-04T00:00Z", id="TM-8 day"),
        pytest.param(RoundRobinInterval.MONTH, "2026-05-04T10:00Z", "2026-05-01T00:00Z", id="TM-8 month"),
        pytest.param(RoundRobinInterval.MONTH, "2026-05-01T00:00Z", "2026-05-01T00:00Z", id="TM-8 inclusive"),
    ],
)
def test_interval_start(interval: RoundRobinInterval, now: str, since: str) -> None:
    assert interval_start(interval, instant(now)) == instant(since)


@pytest.mark.parametrize(
    ("as_organizer", "as_attendee", "expected"),
    [
        pytest.param(5, None, 5, id="TM-12 as organizer, before the interval"),
        pytest.param(5, 9, 5, id="TM-12 as attendee, before the interval"),
        pytest.param(5, 12, 12, id="TM-12 as attendee, later"),
        pytest.param(20, 12, 20, id="TM-12 as attendee, earlier"),
        pytest.param(None, 9, None, id="TM-12 never"),
    ],
)
def test_last_booking(as_organizer: int | None, as_attendee: int | None, expected: int | None) -> None:
    assert last_booking(as_organizer, as_attendee, since=10) == expected


@pytest.mark.parametrize(
    ("fixed", "lucky", "preferred", "expected"),
    [
        pytest.param([A, B], C, None, HostAssignment(A, (B, C)), id="TM-13 first fixed host"),
        pytest.param([], C, None, HostAssignment(C, ()), id="TM-13 lucky host"),
        pytest.param([A, B], C, C, HostAssignment(C, (A, B)), id="TM-13 requested member among the chosen"),
        pytest.param([A], C, B, HostAssignment(A, (C,)), id="TM-13 requested member not chosen"),
        pytest.param([A], None, None, HostAssignment(A, ()), id="TM-13 collective of one"),
    ],
)
def test_assignment(fixed: list[int], lucky: int | None, preferred: int | None, expected: HostAssignment) -> None:
    assert assign_hosts(fixed, lucky, preferred) == expected


def test_assignment_needs_somebody() -> None:
    with pytest.raises(ValueError, match="at least one host"):
        assign_hosts([], None)


def test_priority_words() -> None:
    assert [priority_word(value) for value in range(5)] == ["lowest", "low", "medium", "high", "highest"]
    assert priority_of("lowest") == 0
    with pytest.raises(ValueError, match="tuple"):
        priority_of("urgent")


def book(hosts: list[HostStanding], times: int, *, weighted: bool) -> Counter[int]:
    """Book one host after another and count who got them."""
    counts: Counter[int] = Counter()
    for moment in range(times):
        lucky = choose_host(hosts, hosts, weighted=weighted)
        counts[lucky.user_id] += 1
        booked = replace(lucky, bookings=lucky.bookings + 1, last_booked=moment)
        hosts = [booked if one.user_id == lucky.user_id else one for one in hosts]
    return counts


@given(st.sets(st.integers(1, 1000), min_size=1, max_size=8), st.integers(0, 60), st.booleans())
def test_equal_hosts_differ_by_one_booking_at_most(user_ids: set[int], times: int, weighted: bool) -> None:
    counts = book([HostStanding(user_id=user_id) for user_id in user_ids], times, weighted=weighted)
    spread = [counts[user_id] for user_id in user_ids]

    assert sum(spread) == times
    assert max(spread) - min(spread) <= 1


@given(st.lists(st.integers(1, 300), min_size=1, max_size=6), st.integers(0, 80))
def test_weighted_hosts_never_lead_their_share_by_more_than_one(weights: list[int], times: int) -> None:
    hosts = [HostStanding(user_id=index, weight=weight) for index, weight in enumerate(weights)]
    counts = book(hosts, times, weighted=True)

    for one in hosts:
        share = Fraction(times * one.weight, sum(weights))
        assert counts[one.user_id] - share <= 1
        assert share - counts[one.user_id] <= len(weights) - 1 or times == 0


@given(st.permutations(range(6)), st.booleans())
def test_choice_does_not_depend_on_the_order_of_hosts(order: list[int], weighted: bool) -> None:
    hosts = [host(index, bookings=index % 2, priority=2 + index % 2, last_booked=index // 2) for index in order]
    by_id = sorted(hosts, key=lambda one: one.user_id)

    assert choose_host(hosts, hosts, weighted=weighted) == choose_host(by_id, by_id, weighted=weighted)
