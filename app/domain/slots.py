"""Listing free starts (SL)."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.domain.availability import Hours, ranges_of
from app.domain.enums import PeriodType, SlotAlignment
from app.domain.facts import SeatFacts, SlotQuery, Span
from app.domain.grid import Grid, common_starts, laid_starts, taken_starts
from app.domain.host_check import decide_hosts
from app.domain.hosts import common_open_hours, group_by_hours, open_hours, split_hosts
from app.domain.occupancy import (
    blocking_holds,
    grid_blocked,
    held_seats,
    is_full,
    joinable_spans,
    merged_blocked,
    seat_info,
    seats_by_start,
)
from app.domain.outcomes import Bookable, SlotList
from app.domain.time_ranges import intersect, subtract
from app.domain.windows import booking_window, earliest_listed, walk_span
from app.domain.zones import common_shift, local_day, offset_at

Groups = dict[Hours, list[int]]


def list_slots(query: SlotQuery) -> SlotList:
    """The free starts of a window, in time order, after every rule of AV, BT, SL, RS and TM-1 to TM-3."""
    starts = open_starts(query, (query.start_s, query.end_s))
    # SL-13: reservations first, then the first of each date, then the booking window.
    if query.rules.first_slot_only:
        starts = first_of_dates(starts, query.booker_zone)
    low, high = window_of(query)
    starts = starts[bisect_left(starts, low) : bisect_left(starts, high)]
    return SlotList(starts, query.length_minutes, seat_info(query, starts))


def window_of(query: SlotQuery) -> Span:
    """The span in which a start must lie, for lists and bookings alike (BT-25 to BT-31)."""
    if query.rules.period_type is not PeriodType.ROLLING_WINDOW:
        return booking_window(query)
    starts = open_starts(query, walk_span(query))
    return booking_window(query, {local_day(query.booker_zone, start) for start in starts})


def open_starts(query: SlotQuery, window: Span) -> list[int]:
    """Starts in a window that hosts, notice and reservations allow; the booking window aside."""
    # SL-2, SL-5: the last second belongs to the window, so an end of 23:59:59 lets a slot end at midnight.
    clipped = (max(window[0], earliest_listed(query)), window[1] + 1)
    fixed, round_robin = (group_by_hours(query.rules, hosts) for hosts in split_hosts(query.rules, query.hosts))
    if clipped[0] >= clipped[1] or not (fixed or round_robin):
        return []
    listing = _Listing(query, clipped, Grid.of(query.rules, query.length_minutes), fixed, round_robin)
    starts = _round_robin_starts(listing) if round_robin else _collective_starts(listing)
    return _without_contested(query, starts)


def first_of_dates(starts: Sequence[int], zone: ZoneInfo) -> list[int]:
    """The first start of each date of the booker (SL-12)."""
    first: dict[int, int] = {}
    for start in starts:
        first.setdefault(local_day(zone, start), start)
    return list(first.values())


@dataclass(frozen=True, slots=True)
class _Listing:
    """One pass over one window: the hosts by equal hours, and the grid that their free time is laid out with."""

    query: SlotQuery
    window: Span
    grid: Grid
    fixed: Groups
    round_robin: Groups

    def free_of_fixed(self) -> list[Span]:
        """Time for which every fixed host is free (TM-1)."""
        host_ids = [host_id for group in self.fixed.values() for host_id in group]
        hours = common_open_hours(self.query, self.fixed, self.window)
        return subtract(hours, *merged_blocked(self.query, host_ids).widened())

    def common_shift(self) -> int | None:
        """The zone offset of the grid, if all ranges share one grid whatever their starts; else None."""
        if not self.grid.is_common:
            return None
        zones = [next(iter(self.fixed)).zone] if self.fixed else [hours.zone for hours in self.round_robin]
        shifts = {common_shift(zone, *self.window, self.grid.alignment) for zone in zones}
        shift = shifts.pop() if len(shifts) == 1 else None
        # SL-8: read in UTC, ranges after busy times have another grid, unless the two agree.
        return shift if not shift or self.query.alignment is SlotAlignment.SCHEDULE else None

    def shifted(self, ranges: Iterable[Span], *groups: Hours) -> list[tuple[int, int, int]]:
        """Ranges with the zone offset by which their first minute is read (SL-8)."""
        zone = groups[0].zone
        if self.query.alignment is SlotAlignment.SCHEDULE:
            return [(start, end, offset_at(zone, start)) for start, end in ranges]
        # The compatible way: only where working hours begin the minute is a local one.
        now_s = self.query.now_s
        local = {start: hours.zone for hours in groups for start, _ in ranges_of(hours, self.window, now_s)}
        return [(start, end, offset_at(local[start], start) if start in local else 0) for start, end in ranges]


def _collective_starts(listing: _Listing) -> list[int]:
    """Starts for which all fixed hosts are free; a personal event type has one."""
    free, shift = listing.free_of_fixed(), listing.common_shift()
    if shift is not None:
        return common_starts(free, listing.grid, shift)
    return laid_starts(listing.shifted(free, *listing.fixed), listing.grid)


def _round_robin_starts(listing: _Listing) -> list[int]:
    """Starts for which all fixed hosts and at least one other are free (TM-1)."""
    query = listing.query
    needed = listing.free_of_fixed() if listing.fixed else None
    shift = listing.common_shift()
    common: set[int] = set()
    apart: set[tuple[int, int, int]] = set()
    for hours, host_ids in listing.round_robin.items():
        ranges = open_hours(query, hours, listing.window)
        ranges = ranges if needed is None else intersect(needed, ranges)
        if shift is not None:
            common.update(_group_starts(listing, ranges, host_ids, shift))
            continue
        for host_id in host_ids:
            free = subtract(ranges, *grid_blocked(query, host_id).widened())
            # SL-10: ranges of different hosts are kept apart, identical ones count once.
            apart.update(listing.shifted(free, *listing.fixed, hours))
    return laid_starts(sorted(apart), listing.grid) if shift is None else sorted(common)


def _group_starts(listing: _Listing, ranges: list[Span], host_ids: Sequence[int], shift: int) -> list[int]:
    """Starts of hosts with equal hours on a common grid: all that fit, without those taken from everybody."""
    starts = common_starts(ranges, listing.grid, shift)
    taken = _taken_from_all(listing, host_ids, shift)
    return [start for start in starts if start not in taken] if taken else starts


def _taken_from_all(listing: _Listing, host_ids: Sequence[int], shift: int) -> set[int]:
    """Starts at which no host of a group is free; cost grows with bookings, and ends as soon as none is left."""
    everybody = [grid_blocked(listing.query, host_id) for host_id in host_ids]
    everybody.sort(key=lambda blocked: len(blocked.starts))
    taken = taken_starts(everybody[0], listing.grid, shift)
    for blocked in everybody[1:]:
        if not taken:
            break
        taken &= taken_starts(blocked, listing.grid, shift)
    return taken


def _without_contested(query: SlotQuery, starts: list[int]) -> list[int]:
    """Drop starts that are full, and reserved or seated times unless the check that books them accepts them."""
    spans = [(hold.start_s, hold.end_s) for hold in blocking_holds(query)]
    lost: set[int] = set()
    seats: dict[int, SeatFacts] = {}
    if query.rules.seats_per_slot:
        spans += joinable_spans(query)
        seats, held = seats_by_start(query), held_seats(query)
        for start in (*seats, *held):
            seat = seats.get(start)
            if is_full(query.rules, held.get(start, 0) + (seat.taken if seat else 0)):
                lost.add(start)
    for low, high in spans:
        contested = starts[bisect_left(starts, low - query.length_minutes * 60 + 1) : bisect_left(starts, high)]
        lost.update(start for start in contested if start not in seats and not _is_open(query, start))
    return [start for start in starts if start not in lost] if lost else starts


def _is_open(query: SlotQuery, start: int) -> bool:
    return isinstance(decide_hosts(query, start, against_holds=True), Bookable)
