"""Credit for hosts who came late or were away."""

from fractions import Fraction

import pytest

from app.domain.round_robin_calibration import HostHistory, calibrations, merge_spans

SINCE, NOW = 1000, 2000


def veteran(user_id: int, *bookings: int, away: tuple[tuple[int, int], ...] = ()) -> HostHistory:
    return HostHistory(user_id=user_id, added_at=0, bookings=bookings, away=away)


def test_tm_10_fourth_host_joins_three_with_nine_bookings() -> None:
    hosts = [veteran(1, 1001, 1004, 1007), veteran(2, 1002, 1005, 1008), veteran(3, 1003, 1006, 1009)]
    newcomer = HostHistory(user_id=4, added_at=1500)

    credit = calibrations([*hosts, newcomer], SINCE, NOW)

    assert credit == {1: 0, 2: 0, 3: 0, 4: 3}


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        pytest.param(
            [veteran(1, 1100, 1600), HostHistory(user_id=2, added_at=1500)],
            Fraction(1),
            id="TM-10 only bookings made before he was added",
        ),
        pytest.param(
            [veteran(1, 900), HostHistory(user_id=2, added_at=1500)], Fraction(0), id="TM-10 inside the interval"
        ),
        pytest.param(
            [veteran(1, 1000, 1499, 1500), HostHistory(user_id=2, added_at=1500)],
            Fraction(2),
            id="TM-10 from the interval's first second to the one before he was added",
        ),
        pytest.param(
            [veteran(1, 1000), veteran(2, away=((900, 1000),))], Fraction(1), id="TM-10 away in its first second"
        ),
        pytest.param([veteran(1), HostHistory(user_id=2, added_at=1500)], Fraction(0), id="TM-10 no bookings"),
        pytest.param(
            [HostHistory(user_id=1, added_at=1600, bookings=(1601,)), HostHistory(user_id=2, added_at=1500)],
            Fraction(0),
            id="TM-10 nobody added before him",
        ),
        pytest.param(
            [veteran(1, 1100), HostHistory(user_id=2, added_at=999)], Fraction(0), id="TM-10 added before the interval"
        ),
        pytest.param(
            [veteran(1, 1100), veteran(3, 1150), veteran(2, 1120, away=((1050, 1200),))],
            Fraction(2, 2),
            id="TM-10 away: others' bookings by number of hosts less one",
        ),
        pytest.param(
            [veteran(1, 1100), veteran(2, away=((1050, 1200), (1080, 1300)))],
            Fraction(1),
            id="TM-10 overlapping absences count once",
        ),
        pytest.param(
            [veteran(1, 1100), veteran(2, away=((1050, 2001),))], Fraction(0), id="TM-10 absence not finished"
        ),
        pytest.param(
            [veteran(1, 950, 1100), veteran(2, away=((900, 1200),))],
            Fraction(1),
            id="TM-10 absence from before the interval",
        ),
        pytest.param(
            [veteran(1, 1100), veteran(2, away=((500, 999),))], Fraction(0), id="TM-10 absence ended before it"
        ),
        pytest.param([veteran(2, away=((1050, 1200),))], Fraction(0), id="TM-10 the only host"),
    ],
)
def test_credit_of_host_2(hosts: list[HostHistory], expected: Fraction) -> None:
    assert calibrations(hosts, SINCE, NOW)[2] == expected


def test_merged_spans() -> None:
    assert merge_spans([(5, 7), (1, 3), (3, 4), (6, 9)]) == [(1, 4), (5, 9)]
