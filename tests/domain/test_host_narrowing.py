"""Who is asked: TM-4 to TM-6."""

import pytest

from app.domain.enums import SchedulingType
from app.domain.facts import HostFacts
from app.domain.host_narrowing import NarrowedHosts, Narrowing, check_narrowed, hosts_with_time, narrow_hosts
from app.domain.outcomes import Bookable, Refusal
from app.domain.round_robin import HostStanding
from tests.domain.slot_facts import UTC_ZONE, at, away, host, query, rules

HOSTS = tuple(host(n) for n in (1, 2, 3, 4))
STANDINGS = {n: HostStanding(user_id=n, bookings=bookings) for n, bookings in {1: 5, 2: 1, 3: 2, 4: 0}.items()}
EVENT = rules(60, scheduling_type=SchedulingType.ROUND_ROBIN)


def ids(hosts: tuple[HostFacts, ...] | None) -> tuple[int, ...] | None:
    return None if hosts is None else tuple(found.user_id for found in hosts)


@pytest.mark.parametrize(
    ("narrowing", "asked", "fallback"),
    [
        pytest.param(Narrowing(), (1, 2, 3, 4), None, id="TM-4-nothing"),
        pytest.param(Narrowing(same_host=3), (3,), None, id="TM-4-same-host"),
        pytest.param(Narrowing(same_host=9), (1, 2, 3, 4), None, id="TM-4-same-host-has-left"),
        pytest.param(Narrowing(segment={2, 3}), (2, 3), None, id="TM-4-segment"),
        pytest.param(Narrowing(segment={9}), (1, 2, 3, 4), None, id="TM-4-segment-matches-nobody"),
        pytest.param(Narrowing(segment={1, 2, 3}, routed={2, 4}), (2,), None, id="TM-4-routed-within-segment"),
        pytest.param(Narrowing(segment={1, 2}, routed={4}), (1, 2), None, id="TM-4-routed-to-nobody-of-them"),
        pytest.param(Narrowing(contact_owner=4), (4,), (1, 2, 3, 4), id="TM-6-owner-with-fallback"),
        pytest.param(Narrowing(contact_owner=9), (1, 2, 3, 4), None, id="TM-4-owner-is-no-host"),
        pytest.param(
            Narrowing(standings=STANDINGS, lead_threshold=2), (2, 3, 4), (1, 2, 3, 4), id="TM-5-threshold-with-fallback"
        ),
        pytest.param(Narrowing(standings=STANDINGS, lead_threshold=5), (1, 2, 3, 4), None, id="TM-5-nobody-leads"),
        pytest.param(
            Narrowing(standings=STANDINGS, lead_threshold=2, contact_owner=1),
            (1,),
            (2, 3, 4),
            id="TM-6-owner-then-fair",
        ),
    ],
)
def test_who_is_asked(narrowing: Narrowing, asked: tuple[int, ...], fallback: tuple[int, ...] | None) -> None:
    narrowed = narrow_hosts(HOSTS, narrowing)
    assert (ids(narrowed.asked), ids(narrowed.fallback)) == (asked, fallback)


FIXED = host(9, fixed=True)
AWAY = host(1, out_of_office=[away("2026-05-01", "2026-05-20")])
PRESENT = host(2)


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        pytest.param(NarrowedHosts((AWAY,), (AWAY, PRESENT)), (9, 1, 2), id="TM-6-nothing-free-for-two-weeks"),
        pytest.param(NarrowedHosts((PRESENT,), (AWAY, PRESENT)), (9, 2), id="TM-6-has-time"),
        pytest.param(NarrowedHosts((AWAY,)), (9, 1), id="TM-6-no-fallback"),
    ],
)
def test_the_wider_set_is_asked_when_the_narrowed_one_has_no_time(
    narrowed: NarrowedHosts, expected: tuple[int, ...]
) -> None:
    asked = hosts_with_time(query(EVENT, FIXED, *narrowed.asked), narrowed.fallback)
    assert ids(asked.hosts) == expected


def test_the_wider_set_is_the_second_try_of_a_booking() -> None:
    """TM-6"""
    asked = query(EVENT, FIXED, host(1, UTC_ZONE, "12:00-17:00"))
    start = at("2026-05-04T09:00Z")
    assert check_narrowed(asked, (*asked.hosts[1:], PRESENT), start, 60) == Bookable((9,), (2,))
    assert isinstance(check_narrowed(asked, None, start, 60), Refusal)
    noon = at("2026-05-04T12:00Z")
    assert check_narrowed(asked, (PRESENT,), noon, 60) == Bookable((9,), (1,))
