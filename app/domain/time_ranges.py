"""Arithmetic on ordered lists of half-open spans.

Spans of one list never overlap, but may touch, and stay apart when they do: no slot crosses the seam (AV-2).
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from app.domain.facts import Span


def fuse(spans: Iterable[Span]) -> list[Span]:
    """Order spans, drop empty ones, and join those that strictly overlap (AV-2)."""
    fused: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if fused and start < fused[-1][1]:
            if end > fused[-1][1]:
                fused[-1] = (fused[-1][0], end)
        else:
            fused.append((start, end))
    return fused


def clip(spans: Iterable[Span], low: int, high: int) -> list[Span]:
    """The parts of the spans within `[low, high)`."""
    return [
        (start if start > low else low, end if end < high else high)
        for start, end in spans
        if start < high and end > low
    ]


def intersect(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """Common parts, cut at every seam of either list (TM-1)."""
    common: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i][0], right[j][0])
        end = min(left[i][1], right[j][1])
        if start < end:
            common.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return common


def subtract(spans: Sequence[Span], starts: Sequence[int], ends: Sequence[int]) -> list[Span]:
    """What is left of the spans after taking away blocked ones, given as arrays ordered by start.

    Blocked spans may overlap each other; touching leaves both whole (BT-6).
    """
    free: list[Span] = []
    push = free.append
    position, size = 0, len(starts)
    reach = spans[0][0] if spans else 0  # the latest end of all blocked spans seen so far
    for low, high in spans:
        cursor = reach if reach > low else low
        if position < size and starts[position] < high:
            stop = bisect_left(starts, high, position)
            for start, end in zip(starts[position:stop], ends[position:stop], strict=True):
                if start > cursor:
                    push((cursor, start))
                if end > cursor:  # noqa: PLR1730 - max() costs more than the whole loop body
                    cursor = end
            position = stop
        if cursor < high:
            push((cursor, high))
        reach = cursor
    return free


def containing(spans: Iterable[Span], start: int, end: int) -> Span | None:
    """The span that holds `[start, end)` as a whole."""
    for low, high in spans:
        if low <= start and end <= high:
            return low, high
    return None


def overlapping(starts: Sequence[int], ends: Sequence[int], start: int, end: int) -> Span | None:
    """The first blocked span, of arrays ordered by start, that overlaps `[start, end)` (BT-6)."""
    for low, high in zip(starts, ends, strict=True):
        if low >= end:
            return None
        if high > start:
            return low, high
    return None
