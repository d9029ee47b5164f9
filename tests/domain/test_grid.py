"""Laying starts: SL-4 to SL-10."""

import pytest

from app.domain.facts import EventTypeRules
from app.domain.grid import Grid, common_starts, laid_starts, taken_starts
from app.domain.occupancy import Blocked
from tests.domain.slot_facts import UTC_ZONE, busy, clock, every, host, listed, minutes, query, rules


def span(hours: str) -> str:
    """Hours of the tested Monday as a span."""
    start, end = hours.split("-")
    return f"2026-05-04T{start}Z/2026-05-04T{end}Z"


@pytest.mark.parametrize(
    ("step", "alignment"),
    [
        (60, 60),
        (90, 30),
        (45, 15),
        (50, 10),
        (25, 5),
        (7, 1),
        (240, 60),
        (30, 30),
        (20, 20),
        (15, 15),
        (10, 10),
        (5, 5),
    ],
    ids=lambda value: f"SL-4-{value}",
)
def test_alignment_of_a_step(step: int, alignment: int) -> None:
    grid = Grid.of(EventTypeRules(1, 30, slot_interval=step), 30)
    assert (grid.step, grid.alignment) == (step * 60, alignment * 60)


@pytest.mark.parametrize(
    ("interval", "length", "step"),
    [pytest.param(15, 60, 15, id="SL-1-interval"), pytest.param(None, 45, 45, id="SL-1-duration")],
)
def test_the_step_is_the_interval_or_the_duration(interval: int | None, length: int, step: int) -> None:
    assert Grid.of(EventTypeRules(1, 30, slot_interval=interval), length).step == step * 60


@pytest.mark.parametrize(
    ("hours", "settings", "taken", "expected"),
    [
        pytest.param("09:00-12:00", {"length": 30}, [], every("09:00", "11:30", 30), id="SL-7-30"),
        pytest.param("09:00-12:00", {"length": 45}, [], "09:00 09:45 10:30 11:15", id="SL-7-45"),
        pytest.param(
            "09:00-12:00", {"length": 60, "slot_interval": 15}, [], every("09:00", "11:00", 15), id="SL-7-60-every-15"
        ),
        pytest.param("09:05-12:00", {"length": 30}, [], every("09:30", "11:30", 30), id="SL-7-from-0905"),
        pytest.param("09:05-12:00", {"length": 25}, [], every("09:05", "11:35", 25), id="SL-7-step-25"),
        pytest.param("09:07-10:00", {"length": 7}, [], every("09:07", "09:49", 7), id="SL-7-step-7"),
        pytest.param("09:10-12:00", {"length": 40}, [], every("09:20", "11:20", 40), id="SL-7-40"),
        pytest.param("09:20-15:00", {"length": 90}, [], "09:30 11:00 12:30", id="SL-7-90"),
        pytest.param(
            "09:00-12:00", {"length": 30}, ["10:00-10:20"], "09:00 09:30 10:30 11:00 11:30", id="SL-7-busy-20"
        ),
        pytest.param("09:00-12:00", {"length": 60}, ["10:10-10:20"], "09:00 11:00", id="SL-7-busy-10"),
        pytest.param("00:00-23:59", {"length": 60}, [], every("00:00", "23:00", 60), id="SL-7-day-60"),
        pytest.param("00:00-23:59", {"length": 240}, [], every("00:00", "20:00", 240), id="SL-7-day-240"),
        pytest.param(
            "09:00-12:00",
            {"length": 30, "offset_start": 10},
            [],
            "09:10 09:50 10:30 11:10",
            id="SL-6-offset-every-step",
        ),
        pytest.param(
            "09:00-12:00",
            {"length": 15, "slot_interval": 45},
            ["09:15-09:20"],
            "09:00 09:45 10:30 11:15",
            id="SL-10-one-host-too",
        ),
    ],
)
def test_starts_of_one_range(hours: str, settings: dict[str, int], taken: list[str], expected: str) -> None:
    asked = query(rules(**settings), host(1, UTC_ZONE, hours), busy=busy({1: map(span, taken)}))
    assert listed(asked) == expected


@pytest.mark.parametrize(
    ("ranges", "length", "expected"),
    [
        pytest.param([(540, 660), (555, 690)], 45, [540, 585, 630], id="SL-10-A-09-11-B-0915-1130"),
        pytest.param([(540, 630), (585, 720)], 60, [540, 600, 660], id="SL-10-A-09-1030-B-0945-12"),
        pytest.param([(540, 720), (560, 720)], 40, [540, 580, 620, 660], id="SL-10-A-09-12-B-0920-12"),
        pytest.param([(540, 600), (600, 660)], 90, [], id="SL-10-A-09-10-B-10-11"),
    ],
)
def test_later_ranges_follow_the_grid_that_is_laid(
    ranges: list[tuple[int, int]], length: int, expected: list[int]
) -> None:
    grid = Grid.of(EventTypeRules(1, length), length)
    starts = laid_starts([(low * 60, high * 60, 0) for low, high in ranges], grid)
    assert [start // 60 for start in starts] == expected


def test_a_candidate_inside_a_step_moves_to_the_grid() -> None:
    """SL-10: with the offset the aligned candidate of the second range would be 10:10, inside 09:50 to 10:30."""
    grid = Grid.of(EventTypeRules(1, 30, offset_start=10), 30)
    ranges = [(minutes("09:00") * 60, minutes("10:20") * 60, 0), (minutes("09:45") * 60, minutes("11:40") * 60, 0)]
    assert clock(laid_starts(ranges, grid)) == "09:10 09:50 10:30 11:10"


def test_a_common_grid_is_the_laid_one() -> None:
    grid = Grid.of(EventTypeRules(1, 30), 30)
    ranges = [(60 * 65, 60 * 200), (60 * 211, 60 * 400)]
    assert common_starts(ranges, grid, 1800) == laid_starts([(*span, 1800) for span in ranges], grid)


def test_starts_taken_by_a_busy_time_are_those_that_overlap_it() -> None:
    """BT-6, BT-7: buffers widen, touching does not take."""
    grid = Grid.of(EventTypeRules(1, 30), 30)
    blocked = Blocked([36_000], [36_000 + 1800], 0, 0)
    assert taken_starts(blocked, grid, 0) == {36_000}
    assert taken_starts(blocked._replace(before=60, after=60), grid, 0) == {34_200, 36_000, 37_800}


def test_only_a_step_that_is_its_own_alignment_makes_a_common_grid() -> None:
    assert Grid.of(EventTypeRules(1, 45, slot_interval=15), 45).is_common
    assert not Grid.of(EventTypeRules(1, 45), 45).is_common
    assert not Grid.of(EventTypeRules(1, 30, offset_start=5), 30).is_common
