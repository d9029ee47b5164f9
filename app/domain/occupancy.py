"""What is taken: blocked times of hosts, seats, and slot reservations (BT-7, BT-12 to BT-14, RS)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.domain.facts import EventTypeRules, HoldFacts, HostBusy, SeatFacts, SlotQuery, Span
from app.domain.outcomes import SeatInfo

_NOTHING = HostBusy((), ())


class Blocked(NamedTuple):
    """Blocked spans ordered by start, each to be widened by `before` and `after` seconds."""

    starts: Sequence[int]
    ends: Sequence[int]
    before: int = 0
    after: int = 0

    def widened(self) -> tuple[Sequence[int], Sequence[int]]:
        """The spans as they block, as two arrays."""
        starts, ends = self.starts, self.ends
        if self.before:
            starts = [start - self.before for start in starts]
        if self.after:
            ends = [end + self.after for end in ends]
        return starts, ends

    def spans(self) -> list[Span]:
        """The spans as they block."""
        return list(zip(*self.widened(), strict=True))

    def first_overlap(self, start: int, end: int) -> Span | None:
        """The first blocked span, widened, that overlaps `[start, end)`; touching is no conflict (BT-6)."""
        low_enough, high_enough = end + self.before, start - self.after
        for low, high in zip(self.starts, self.ends, strict=True):
            if low >= low_enough:
                return None
            if high > high_enough:
                return low - self.before, high + self.after
        return None


def busy_of(query: SlotQuery, host_id: int) -> Blocked:
    """Bookings and external busy times of a host with this event type's buffers (BT-7)."""
    busy = query.busy.spans.get(host_id, _NOTHING)
    # BT-7: a slot needs its own after-buffer before the next booking, and its before-buffer after the last one.
    return Blocked(busy.starts, busy.ends, query.rules.after_buffer * 60, query.rules.before_buffer * 60)


def grid_blocked(query: SlotQuery, host_id: int) -> Blocked:
    """What cuts the ranges of a host before starts are laid: a booking with free seats only by its buffers (BT-12)."""
    busy = busy_of(query, host_id)
    seats = [span for seat in _seats_of(query, host_id) for span in _seat_spans(query.rules, seat)]
    return _merge([*busy.spans(), *seats]) if seats else busy


def merged_blocked(query: SlotQuery, host_ids: Sequence[int]) -> Blocked:
    """`grid_blocked` of hosts who are all needed."""
    if len(host_ids) == 1:
        return grid_blocked(query, host_ids[0])
    return _merge(span for host_id in host_ids for span in grid_blocked(query, host_id).spans())


def seat_overlap(query: SlotQuery, host_id: int, start: int, end: int) -> SeatFacts | None:
    """A seated booking of this event type and host that a slot at another start would overlap, buffers included."""
    margin = _seat_margin(query.rules)
    for seat in _seats_of(query, host_id):
        if seat.start_s - margin < end and start < seat.end_s + margin:
            return seat
    return None


def seats_at(query: SlotQuery, start: int) -> SeatFacts | None:
    """The seated booking that a booking at this very start joins: one with room if there is any (BK-35)."""
    here = [seat for seat in query.busy.seats if seat.start_s == start]
    return min(here, key=lambda seat: seat.taken, default=None)


def seats_by_start(query: SlotQuery) -> dict[int, SeatFacts]:
    """`seats_at` for every start that has a seated booking."""
    found: dict[int, SeatFacts] = {}
    for seat in query.busy.seats:
        if seat.start_s not in found or seat.taken < found[seat.start_s].taken:
            found[seat.start_s] = seat
    return found


def joinable_spans(query: SlotQuery) -> list[Span]:
    """Times of seated bookings with room: only their own start may be booked there (BT-12)."""
    return [(seat.start_s, seat.end_s) for seat in query.busy.seats if not is_full(query.rules, seat.taken)]


def is_full(rules: EventTypeRules, taken: int) -> bool:
    """Whether no seat is left; without seats a booking is always full."""
    return taken >= (rules.seats_per_slot or 1)


def seat_info(query: SlotQuery, starts: Sequence[int]) -> dict[int, SeatInfo]:
    """Seats of each start of a seated event type, unexpired seat reservations counted as taken (BT-14, RS-6)."""
    total = query.rules.seats_per_slot
    if not total:
        return {}
    held, seats = held_seats(query), seats_by_start(query)
    found: dict[int, SeatInfo] = {}
    for start in starts:
        seat = seats.get(start)
        taken, uid = (seat.taken, seat.booking_uid) if seat else (0, None)
        found[start] = SeatInfo(taken + held.get(start, 0), total, uid)
    return found


def held_seats(query: SlotQuery) -> dict[int, int]:
    """How many seats other people's reservations of this event type hold at each start (RS-6)."""
    held: dict[int, int] = {}
    seen: set[str] = set()
    for hold in _live_holds(query):
        # A reservation of several hosts has a row for each, and is one seat.
        if _holds_seat(query, hold) and hold.uid not in seen:
            seen.add(hold.uid)
            held[hold.start_s] = held.get(hold.start_s, 0) + 1
    return held


def blocking_holds(query: SlotQuery) -> list[HoldFacts]:
    """Reservations that take time from a host: unexpired, not the caller's own, no seats of this type (RS-5, RS-6)."""
    if not query.busy.holds:
        return []
    return [hold for hold in _live_holds(query) if not _holds_seat(query, hold)]


def _live_holds(query: SlotQuery) -> list[HoldFacts]:
    return [hold for hold in query.busy.holds if hold.expires_s > query.now_s and hold.uid != query.own_hold_uid]


def _holds_seat(query: SlotQuery, hold: HoldFacts) -> bool:
    return hold.is_seat and hold.event_type_id == query.rules.id


def _seats_of(query: SlotQuery, host_id: int) -> list[SeatFacts]:
    return [seat for seat in query.busy.seats if host_id in seat.host_ids]


def _seat_margin(rules: EventTypeRules) -> int:
    """Both bookings are of this event type, so before and after add up on both sides (BT-7)."""
    return (rules.before_buffer + rules.after_buffer) * 60


def _seat_spans(rules: EventTypeRules, seat: SeatFacts) -> list[Span]:
    margin = _seat_margin(rules)
    if is_full(rules, seat.taken):
        return [(seat.start_s - margin, seat.end_s + margin)]
    return [(seat.start_s - margin, seat.start_s), (seat.end_s, seat.end_s + margin)]


def _merge(spans: Iterable[Span]) -> Blocked:
    busy = HostBusy.of(spans)
    return Blocked(busy.starts, busy.ends)
