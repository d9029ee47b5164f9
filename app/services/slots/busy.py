"""Statement two, read into the core's facts: what is taken of each host, of seats and of limits."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from app.db import raw
from app.domain.facts import UTC_ZONE, BusyFacts, CountedBooking, HoldFacts, HostBusy, SeatFacts, Span
from app.domain.windows import facts_window, limits_window
from app.services.slots.busy_sql import BusyShape, busy_statement
from app.services.slots.facts import EventTypeFacts

OF_ANYBODY: Final = 0
"""Tag of spans that block whatever is asked about; a positive tag names the seated event type they are bookings of,
a negative one the event type they are pending for (BT-2)."""


@dataclass(frozen=True, slots=True)
class BusyWindow:
    """For what time busy facts are asked; the core widens it by buffers, walks and limits (BT-10, BT-28)."""

    start_s: int
    end_s: int
    now_s: int
    booker_zone: ZoneInfo = UTC_ZONE


async def load_busy(facts: EventTypeFacts, window: BusyWindow, *, moved_uid: str | None = None) -> BusyFacts:
    """What is taken around the window, in one statement; the booking `moved_uid` does not count (BT-5, BT-16)."""
    return (await load_many_busy([facts], window, moved_uid=moved_uid))[0]


async def load_many_busy(
    asked: Sequence[EventTypeFacts], window: BusyWindow, *, moved_uid: str | None = None
) -> list[BusyFacts]:
    """What is taken, for each of the event types, in one statement for all of them."""
    if not any(facts.host_ids for facts in asked):
        return [BusyFacts() for _ in asked]
    question = ask_busy(asked, window, moved_uid=moved_uid)
    return read_busy((await raw.rows(busy_statement(question.shape), *question.params))[0], asked)


@dataclass(frozen=True, slots=True)
class BusyQuestion:
    """Which form of statement two answers, and its parameters."""

    shape: BusyShape
    params: list[Any]


def ask_busy(asked: Sequence[EventTypeFacts], window: BusyWindow, *, moved_uid: str | None = None) -> BusyQuestion:
    """What to ask the database about these event types."""
    hosts = sorted({host for facts in asked for host in facts.host_ids})
    seated = [facts.rules.id for facts in asked if facts.rules.seats_per_slot]
    limited = [facts.rules.id for facts in asked if facts.rules.count_limits or facts.rules.duration_limits]
    span = _union(facts_window(facts.rules, *_bounds(window)) for facts in asked)
    params: list[Any] = [hosts, *span, window.now_s, [facts.rules.id for facts in asked]]
    params += [seated] if seated else []
    params += [moved_uid] if moved_uid else []
    params += [limited, *_limits_span(asked, window)] if limited else []
    shape = BusyShape(seats=bool(seated), moved=bool(moved_uid), limits=bool(limited))
    return BusyQuestion(shape, params)


def read_busy(row: raw.Row, asked: Sequence[EventTypeFacts]) -> list[BusyFacts]:
    """Busy facts of each event type in the answer."""
    return _Taken.of(row).for_each(asked)


def _bounds(window: BusyWindow) -> tuple[int, int, int, ZoneInfo]:
    return window.start_s, window.end_s, window.now_s, window.booker_zone


def _union(spans: Iterable[Span]) -> Span:
    starts, ends = zip(*spans, strict=True)
    return min(starts), max(ends)


def _limits_span(asked: Sequence[EventTypeFacts], window: BusyWindow) -> Span:
    spans = (limits_window(facts.rules, *_bounds(window)) for facts in asked)
    return _union(span for span in spans if span is not None)


@dataclass(frozen=True, slots=True)
class _Taken:
    """Statement two's row, decoded; shared by all event types that were asked about."""

    spans: list[tuple[int, int, list[int], list[int]]]
    holds: list[HoldFacts]
    seats: dict[int, list[SeatFacts]]
    counted: dict[int, list[CountedBooking]]

    @classmethod
    def of(cls, row: raw.Row) -> "_Taken":
        spans, holds, seats, counted = row["spans"], row["holds"], row["seats"], row["counted"]
        taken = cls(orjson.loads(spans), _holds(holds), defaultdict(list), defaultdict(list))
        for event_type_id, start, end, count, uid, hosts in orjson.loads(seats or "[]"):
            taken.seats[event_type_id].append(SeatFacts(start, end, count, uid, tuple(sorted(hosts))))
        for event_type_id, start, minutes in orjson.loads(counted or "[]"):
            taken.counted[event_type_id].append(CountedBooking(start, minutes))
        return taken

    def for_each(self, asked: Sequence[EventTypeFacts]) -> list[BusyFacts]:
        """Busy facts of each event type."""
        if len(asked) == 1 and not any(tag for _, tag, _, _ in self.spans):
            spans = {host: _ordered(starts, ends) for host, _, starts, ends in self.spans}
            return [self._facts(asked[0], spans)]
        return [self._facts(facts, self._spans_for(facts)) for facts in asked]

    def _facts(self, facts: EventTypeFacts, spans: dict[int, HostBusy]) -> BusyFacts:
        number = facts.rules.id
        return BusyFacts(spans, self.seats.get(number, ()), self.counted.get(number, ()), self.holds)

    def _spans_for(self, facts: EventTypeFacts) -> dict[int, HostBusy]:
        hosts = set(facts.host_ids)
        number = facts.rules.id
        lists: dict[int, list[tuple[list[int], list[int]]]] = defaultdict(list)
        for host, tag, starts, ends in self.spans:
            # A seated type's own bookings come as seats (BT-12); pending ones block their own type only (BT-2).
            if host in hosts and (tag == -number if tag < 0 else tag != number or tag == OF_ANYBODY):
                lists[host].append((starts, ends))
        return {host: _merged(found) for host, found in lists.items()}


def _holds(text: str) -> list[HoldFacts]:
    return [
        HoldFacts(uid, host, event_type, start, end, expires, is_seat=bool(is_seat))
        for uid, host, event_type, start, end, expires, is_seat in orjson.loads(text)
    ]


def _merged(lists: list[tuple[list[int], list[int]]]) -> HostBusy:
    if len(lists) == 1:
        return _ordered(*lists[0])
    return HostBusy.of(span for starts, ends in lists for span in zip(starts, ends, strict=True))


def _ordered(starts: list[int], ends: list[int]) -> HostBusy:
    # SQLite before 3.44 cannot order a group; in practice it comes ordered.
    if sorted(starts) != starts:
        return HostBusy.of(zip(starts, ends, strict=True))
    return HostBusy(starts, ends)
