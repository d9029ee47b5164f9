"""Made-up but possible slot queries for hypothesis, around the autumn change of clocks in Europe."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.domain.enums import LimitPeriod, PeriodType, SchedulingType, SlotAlignment
from app.domain.facts import (
    BusyFacts,
    CountedBooking,
    DateOverride,
    EventTypeRules,
    HoldFacts,
    HostBusy,
    HostFacts,
    OutOfOffice,
    ScheduleFacts,
    SeatFacts,
    SlotQuery,
    TravelEntry,
    WeeklyRow,
)
from tests.domain.slot_facts import at

HOUR = 3600
MONDAY = at("2026-10-19T00:00Z")
"""Clocks of Europe change on the Sunday after it."""

ZONES = [
    ZoneInfo(name)
    for name in ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati")
]
WHOLE_HOURS = [zone for zone in ZONES if not zone.key.startswith("Asia")]
HALF_HOUR_CHANGES = ZoneInfo("Australia/Lord_Howe")

DATES = st.integers(0, 12).map(lambda n: date(2026, 10, 17) + timedelta(days=n))
MINUTES = st.integers(0, 95).map(lambda n: n * 15)
INSTANTS = st.integers(-24 * 60, 10 * 24 * 60).map(lambda n: MONDAY + n * 60)
LENGTHS = st.sampled_from([5, 7, 15, 20, 30, 45, 50, 60, 90, 120, 240])


@st.composite
def clock_spans(draw: st.DrawFn) -> tuple[int, int]:
    start, end = draw(MINUTES), draw(MINUTES)
    # Mostly long days, so that lists are not empty; at times nothing at all, or a night to midnight.
    return draw(st.sampled_from([(start // 2, end // 2 + 720), (start // 2, 1439), (min(start, end), max(start, end))]))


def weekly_rows() -> st.SearchStrategy[WeeklyRow]:
    return st.builds(lambda days, times: WeeklyRow(days, *times), st.integers(1, 127), clock_spans())


def overrides() -> st.SearchStrategy[DateOverride]:
    return st.builds(lambda on, times: DateOverride(on, *times), DATES, clock_spans())


@st.composite
def absences(draw: st.DrawFn) -> OutOfOffice:
    first = draw(DATES)
    return OutOfOffice(first, first + timedelta(days=draw(st.integers(0, 2))))


@st.composite
def trips(draw: st.DrawFn, zones: list[ZoneInfo]) -> TravelEntry:
    first = draw(DATES)
    last = draw(st.none() | st.integers(0, 5).map(lambda n: first + timedelta(days=n)))
    return TravelEntry(first, last, draw(st.sampled_from(zones)))


@st.composite
def hosts(draw: st.DrawFn, user_id: int, zones: list[ZoneInfo]) -> HostFacts:
    zone = draw(st.sampled_from(zones))
    chosen = ScheduleFacts(
        user_id,
        zone,
        tuple(draw(st.lists(weekly_rows(), max_size=4))),
        tuple(draw(st.lists(overrides(), max_size=2))),
        is_default=True,
    )
    return HostFacts(
        user_id,
        zone,
        draw(st.sampled_from([chosen, chosen, None])),
        is_fixed=draw(st.booleans()),
        out_of_office=tuple(draw(st.lists(absences(), max_size=1))),
        travel=tuple(draw(st.lists(trips(zones), max_size=1))),
    )


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    start = draw(INSTANTS) + draw(st.sampled_from([0, 0, 0, 37]))
    return start, start + draw(st.integers(1, 16)) * 900


@st.composite
def host_busy(draw: st.DrawFn) -> HostBusy:
    return HostBusy.of(draw(st.lists(spans(), max_size=8)))


@st.composite
def periods(draw: st.DrawFn) -> dict[str, Any]:
    first = draw(DATES)
    return {
        "period_type": draw(st.sampled_from([PeriodType.UNLIMITED, *PeriodType])),
        "period_days": draw(st.integers(0, 12)),
        "period_calendar_days": draw(st.booleans()),
        "period_start": first,
        "period_end": first + timedelta(days=draw(st.integers(0, 9))),
    }


def limits(least: int, most: int) -> st.SearchStrategy[tuple[tuple[LimitPeriod, int], ...]]:
    limit = st.tuples(st.sampled_from(LimitPeriod), st.integers(least, most))
    return st.just(()) | st.lists(limit, max_size=2).map(tuple)


@st.composite
def event_rules(draw: st.DrawFn) -> EventTypeRules:
    return EventTypeRules(
        1,
        draw(LENGTHS),
        slot_interval=draw(st.none() | LENGTHS),
        offset_start=draw(st.sampled_from([0, 0, 0, 10])),
        notice=draw(st.sampled_from([0, 60, 1000])),
        before_buffer=draw(st.sampled_from([0, 0, 10, 150])),
        after_buffer=draw(st.sampled_from([0, 0, 15, 150])),
        scheduling_type=draw(st.sampled_from([None, SchedulingType.COLLECTIVE, SchedulingType.ROUND_ROBIN])),
    )


@st.composite
def queries(draw: st.DrawFn, event: st.SearchStrategy[EventTypeRules], zones: list[ZoneInfo]) -> SlotQuery:
    """Queries of up to three hosts with busy times; no seats, limits or reservations."""
    workers = tuple(draw(hosts(n, zones)) for n in range(1, draw(st.integers(1, 3)) + 1))
    start = draw(INSTANTS) // 900 * 900
    return SlotQuery(
        draw(event),
        workers,
        BusyFacts({worker.user_id: draw(host_busy()) for worker in workers}),
        start,
        start + draw(st.integers(1, 5 * 24)) * HOUR - draw(st.sampled_from([0, 1])),
        draw(st.sampled_from([MONDAY - 48 * HOUR, MONDAY - 48 * HOUR, MONDAY + 61 * HOUR + 37])),
        draw(st.sampled_from(zones)),
        alignment=draw(st.sampled_from(SlotAlignment)),
    )


PLAIN = queries(event_rules(), [*ZONES, HALF_HOUR_CHANGES])
"""Everything about hours, busy times, buffers and hosts."""


@st.composite
def crowded(draw: st.DrawFn) -> SlotQuery:
    """With booking windows, limits, seats and reservations on top."""
    asked = draw(PLAIN)
    ids = [worker.user_id for worker in asked.hosts]
    event = replace(
        asked.rules,
        count_limits=draw(limits(1, 6)),
        duration_limits=draw(limits(60, 600)),
        seats_per_slot=draw(st.sampled_from([None, 2])),
        first_slot_only=draw(st.booleans()),
        **draw(periods()),
    )
    seats = draw(st.lists(_seats(ids), max_size=6)) if event.seats_per_slot else []
    facts = replace(
        asked.busy,
        seats=seats,
        counted=[CountedBooking(start, (end - start) // 60) for start, end in draw(st.lists(spans(), max_size=5))],
        holds=draw(st.lists(_holds(ids, asked.now_s), max_size=4)),
    )
    if draw(st.booleans()):
        asked = replace(asked, start_s=MONDAY, end_s=MONDAY + 5 * 24 * HOUR)
    return replace(asked, rules=event, busy=facts)


@st.composite
def seated(draw: st.DrawFn) -> SlotQuery:
    """Seated event types of one host who works by day, with bookings and seat reservations on whole hours."""
    event = EventTypeRules(
        1,
        draw(st.sampled_from([30, 60])),
        slot_interval=draw(st.sampled_from([None, 15, 45])),
        seats_per_slot=2,
        before_buffer=draw(st.sampled_from([0, 15])),
        notice=0,
    )
    starts = draw(st.lists(st.integers(8, 17).map(lambda hour: MONDAY + hour * HOUR), max_size=5, unique=True))
    seats = [SeatFacts(start, start + HOUR, draw(st.integers(1, 2)), f"b{start}", (1,)) for start in starts]
    held = draw(st.lists(st.sampled_from(starts), max_size=2)) if starts else []
    now_s = MONDAY - HOUR
    holds = [HoldFacts(f"h{n}", 1, 1, start, start + HOUR, now_s + 300, True) for n, start in enumerate(held)]
    facts = BusyFacts({1: draw(host_busy())}, seats, holds=holds)
    return SlotQuery(event, (HostFacts(1, ZONES[0]),), facts, MONDAY, MONDAY + 24 * HOUR, now_s)


@st.composite
def _seats(draw: st.DrawFn, ids: list[int]) -> SeatFacts:
    start = MONDAY + draw(st.integers(0, 4)) * 24 * HOUR + draw(st.integers(5, 17)) * HOUR
    host_ids = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=len(ids), unique=True))
    return SeatFacts(start, start + HOUR, draw(st.integers(1, 2)), f"b{start}", tuple(host_ids))


@st.composite
def _holds(draw: st.DrawFn, ids: list[int], now_s: int) -> HoldFacts:
    start, end = draw(spans())
    return HoldFacts(
        draw(st.sampled_from(["h1", "h2"])),
        draw(st.sampled_from(ids)),
        draw(st.sampled_from([1, 9])),
        start,
        end,
        now_s + draw(st.sampled_from([0, 300])),
        draw(st.booleans()),
    )


Widening = Callable[[SlotQuery], SlotQuery]


@st.composite
def widenings(draw: st.DrawFn) -> Widening:
    """A way to give hosts more time: another row everywhere, no absences, or fewer busy times."""
    row = draw(weekly_rows())
    kind = draw(st.sampled_from(["row", "presence", "calm"]))

    def widen(asked: SlotQuery) -> SlotQuery:
        if kind == "calm":
            kept = {key: HostBusy(busy.starts[::2], busy.ends[::2]) for key, busy in asked.busy.spans.items()}
            return replace(asked, busy=replace(asked.busy, spans=kept))
        return replace(asked, hosts=tuple(_widened(worker, row, kind) for worker in asked.hosts))

    return widen


def _widened(worker: HostFacts, row: WeeklyRow, kind: str) -> HostFacts:
    if kind == "presence":
        return replace(worker, out_of_office=())
    if worker.schedule is None:
        return worker
    return replace(worker, schedule=replace(worker.schedule, rows=(*worker.schedule.rows, row)))
