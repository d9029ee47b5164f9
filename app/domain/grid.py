"""Laying starts over free ranges (SL-4 to SL-10)."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.facts import EventTypeRules, Span
from app.domain.occupancy import Blocked

_ALIGNMENTS = (60, 30, 20, 15, 10, 5)


@dataclass(frozen=True, slots=True)
class Grid:
    """Length, distance, offset and alignment of starts, in seconds."""

    length: int
    step: int
    offset: int
    alignment: int

    @classmethod
    def of(cls, rules: EventTypeRules, length_minutes: int) -> "Grid":
        """The grid of an event type for one duration; the step is the slot interval, else the duration (SL-1)."""
        step = rules.slot_interval or length_minutes
        # SL-4: the largest of these that divides the step, otherwise the minute.
        alignment = next((minutes for minutes in _ALIGNMENTS if step % minutes == 0), 1)
        return cls(length_minutes * 60, step * 60, rules.offset_start * 60, alignment * 60)

    @property
    def is_common(self) -> bool:
        """Whether starts are the same for all ranges: every aligned time is one, wherever a range begins."""
        return self.step == self.alignment and not self.offset


def common_starts(ranges: Iterable[Span], grid: Grid, shift: int) -> list[int]:
    """All aligned starts that fit into the ranges, for a common grid; `shift` is the zone's offset."""
    starts: list[int] = []
    extend = starts.extend
    step, room = grid.step, grid.length - 1
    for low, high in ranges:
        extend(range(low - (low + shift) % -step, high - room, step))
    return starts


def taken_starts(blocked: Blocked, grid: Grid, shift: int) -> set[int]:
    """Starts of a common grid whose slot overlaps a blocked span."""
    step, after = grid.step, blocked.after
    reach = grid.length - 1 + blocked.before
    taken: set[int] = set()
    for start, end in zip(blocked.starts, blocked.ends, strict=True):
        earliest = start - reach
        taken.update(range(earliest - (earliest + shift) % -step, end + after, step))
    return taken


def laid_starts(ranges: Iterable[tuple[int, int, int]], grid: Grid) -> list[int]:
    """Starts over ranges `(start, end, shift)` in order of their starts, for any grid (SL-5, SL-6, SL-10)."""
    laid: list[int] = []
    stride = grid.step + grid.offset
    for low, high, shift in ranges:
        candidate = low - (low + shift) % -grid.alignment + grid.offset
        candidate = _snap(laid, candidate, stride)
        while candidate + grid.length <= high:
            _add(laid, candidate)
            # SL-6: the offset is added at every step.
            candidate += stride
    return laid


def _snap(laid: Sequence[int], candidate: int, stride: int) -> int:
    """A candidate strictly inside the step of an earlier slot gives way to the grid that slot belongs to (SL-10)."""
    position = bisect_left(laid, candidate)
    # The earlier slot itself is listed already, so going on behind it is all that is left to do.
    return max(candidate, laid[position - 1] + stride) if position else candidate


def _add(laid: list[int], start: int) -> None:
    position = bisect_left(laid, start)
    if position == len(laid) or laid[position] != start:
        insort(laid, start)
