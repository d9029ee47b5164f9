"""Arithmetic on spans."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.facts import HostBusy, Span
from app.domain.time_ranges import clip, containing, fuse, intersect, subtract

SPANS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=12)


def cells(spans: list[Span]) -> set[int]:
    return {cell for start, end in spans for cell in range(start, end)}


def taken_from(spans: list[Span], blocked: list[Span]) -> list[Span]:
    ordered = HostBusy.of(blocked)
    return subtract(spans, ordered.starts, ordered.ends)


def test_overlapping_spans_fuse_and_touching_ones_stay_apart() -> None:
    """AV-2"""
    assert fuse([(5, 9), (0, 5), (8, 12), (20, 20), (31, 30)]) == [(0, 5), (5, 12)]


def test_a_span_inside_another_disappears() -> None:
    assert fuse([(0, 10), (2, 3)]) == [(0, 10)]


def test_clip_keeps_the_parts_inside() -> None:
    assert clip([(0, 5), (5, 9), (9, 12)], 3, 9) == [(3, 5), (5, 9)]


def test_intersection_is_cut_at_the_seams_of_both() -> None:
    assert intersect([(0, 10)], [(1, 4), (4, 8), (9, 20)]) == [(1, 4), (4, 8), (9, 10)]


def test_taking_away_what_only_touches_changes_nothing() -> None:
    """BT-6"""
    assert taken_from([(10, 20)], [(0, 10), (20, 30)]) == [(10, 20)]


def test_a_long_blocked_span_reaches_over_later_ranges() -> None:
    assert taken_from([(0, 10), (20, 30), (40, 50)], [(5, 45), (6, 7)]) == [(0, 5), (45, 50)]


def test_seams_survive_taking_away() -> None:
    assert taken_from([(0, 10), (10, 20)], [(4, 5)]) == [(0, 4), (5, 10), (10, 20)]


def test_containing_needs_one_span() -> None:
    assert containing([(0, 10), (10, 20)], 8, 12) is None
    assert containing([(0, 10), (10, 20)], 10, 20) == (10, 20)


@given(SPANS)
def test_fused_spans_are_ordered_disjoint_and_cover_the_same(spans: list[Span]) -> None:
    fused = fuse(spans)
    assert cells(fused) == cells(spans)
    assert all(left[1] <= right[0] for left, right in pairwise(fused))


@given(SPANS, SPANS)
def test_intersection_covers_what_both_cover(left: list[Span], right: list[Span]) -> None:
    assert cells(intersect(fuse(left), fuse(right))) == cells(left) & cells(right)


@given(SPANS, SPANS)
def test_taking_away_leaves_exactly_the_rest(spans: list[Span], blocked: list[Span]) -> None:
    left = taken_from(fuse(spans), blocked)
    assert cells(left) == cells(spans) - cells(blocked)
    assert all(any(low <= start and end <= high for low, high in fuse(spans)) for start, end in left)


@given(SPANS, st.integers(0, 200), st.integers(0, 200))
def test_clip_covers_the_window_only(spans: list[Span], low: int, high: int) -> None:
    assert cells(clip(fuse(spans), low, high)) == cells(spans) & set(range(low, high))
