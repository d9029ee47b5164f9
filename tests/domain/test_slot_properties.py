"""What must hold for every query, judged by a slow and simple second opinion where one is possible."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.bookable import check_start
from app.domain.enums import PeriodType, SchedulingType
from app.domain.explain import explain_start
from app.domain.facts import BusyFacts, EventTypeRules, HostBusy, HostFacts, SlotQuery
from app.domain.grid import Grid
from app.domain.outcomes import Bookable, RuleOutcome
from app.domain.slots import list_slots
from app.domain.windows import facts_window
from tests.domain.slot_facts import BERLIN, LONDON, UTC_ZONE
from tests.domain.slot_strategies import (
    INSTANTS,
    LENGTHS,
    MONDAY,
    PLAIN,
    WHOLE_HOURS,
    Widening,
    crowded,
    event_rules,
    queries,
    seated,
    widenings,
)

DAY = 86_400
COMMON = event_rules().map(lambda rules: replace(rules, slot_interval=30 if rules.length % 2 else 15, offset_start=0))
"""Rules whose starts are the same for all ranges."""


@lru_cache(maxsize=10_000)
def hours_of(worker: HostFacts, day: int) -> list[tuple[int, int]]:
    """Second opinion: working hours some days around a UTC day, one by one with the standard library (AV)."""
    middle = date(1970, 1, 1) + timedelta(days=day)
    spans = [span for n in range(-3, 4) for span in _hours_on(worker, middle + timedelta(days=n))]
    while True:
        for left in spans:
            right = next((other for other in spans if other != left and left[0] <= other[0] < left[1]), None)
            if right is not None:
                break
        else:
            return sorted(set(spans))
        spans = [span for span in spans if span not in (left, right)]
        spans.append((left[0], max(left[1], right[1])))


def _hours_on(worker: HostFacts, on: date) -> list[tuple[int, int]]:
    if any(entry.start <= on <= entry.end for entry in worker.out_of_office):
        return []
    rows, zone, overridden = [(0b0111110, 540, 1020)], worker.zone, []
    if worker.schedule:
        rows = list(worker.schedule.rows)
        overridden = [(start, end) for day, start, end in worker.schedule.overrides if day == on]
        trips = [trip for trip in worker.travel if trip.start <= on and (trip.end is None or on <= trip.end)]
        zone = trips[0].zone if trips else zone
    times = overridden or [(start, end) for days, start, end in rows if days >> on.isoweekday() % 7 & 1]
    midnight = datetime.combine(on, time())
    instants = [
        tuple(
            int((midnight + timedelta(minutes=minute)).replace(tzinfo=zone).timestamp())
            for minute in (start, 1440 if end == 1439 else end)
        )
        for start, end in times
        if start < (1440 if end == 1439 else end)
    ]
    return [(start, end) for start, end in instants if start < end]


def is_free(asked: SlotQuery, worker: HostFacts, start: int, end: int) -> bool:
    """Second opinion on one host: inside one range, and clear of every busy time and its buffers (BT-7, BK-12)."""
    busy = asked.busy.spans[worker.user_id]
    before, after = asked.rules.before_buffer * 60, asked.rules.after_buffer * 60
    clear = all(high + before <= start or end <= low - after for low, high in zip(busy.starts, busy.ends, strict=True))
    return clear and any(low <= start and end <= high for low, high in hours_of(worker, start // DAY))


def can_host(asked: SlotQuery, start: int) -> bool:
    """Second opinion on a team: all who are needed, and one of the others (TM-1)."""
    free = {
        worker.user_id for worker in asked.hosts if is_free(asked, worker, start, start + asked.length_minutes * 60)
    }
    chosen = [
        worker.user_id
        for worker in asked.hosts
        if asked.rules.scheduling_type is SchedulingType.ROUND_ROBIN and not worker.is_fixed
    ]
    needed = {worker.user_id for worker in asked.hosts} - set(chosen)
    return needed <= free and (not chosen or bool(free & set(chosen)))


def present(asked: SlotQuery) -> SlotQuery:
    """Ask early, so that absences of the past, which AV-22 leaves out, do not exist."""
    return replace(asked, now_s=min(asked.now_s, MONDAY - 30 * 3600))


@given(PLAIN)
def test_no_slot_overlaps_a_busy_span_or_leaves_a_range(asked: SlotQuery) -> None:
    """SL, BT-7, TM-1"""
    asked = present(asked)
    starts = list_slots(asked).starts
    assert [start for start in starts if not can_host(asked, start)] == []
    assert all(left < right for left, right in pairwise(starts))
    earliest = max(asked.start_s, asked.now_s + asked.rules.notice * 60)
    assert all(earliest <= start <= asked.end_s + 1 - asked.length_minutes * 60 for start in starts)
    assert all(start % 60 == 0 for start in starts)


@given(queries(COMMON, WHOLE_HOURS))
def test_a_common_grid_offers_every_aligned_start_at_which_somebody_is_free(asked: SlotQuery) -> None:
    """SL-5, SL-10, TM-1: nothing is missing. Both ways of working out a round robin agree with the definition."""
    start = asked.start_s // DAY * DAY
    asked = present(replace(asked, start_s=start, end_s=min(asked.end_s, start + 2 * DAY)))
    step = Grid.of(asked.rules, asked.length_minutes).step
    earliest = asked.now_s + max(asked.rules.notice, 1) * 60
    window = range(start, asked.end_s + 2 - asked.length_minutes * 60, step)
    assert list_slots(asked).starts == [start for start in window if start >= earliest and can_host(asked, start)]


@given(crowded())
def test_whatever_is_listed_can_be_booked_and_reserved(asked: SlotQuery) -> None:
    """BK-12, BT-31, RS-3"""
    for start in list_slots(asked).starts:
        assert isinstance(check_start(asked, start, asked.length_minutes), Bookable)
        assert isinstance(check_start(asked, start, asked.length_minutes, against_holds=True), Bookable)


@given(seated())
def test_seats_are_never_oversold_and_their_host_never_doubled(asked: SlotQuery) -> None:
    """BT-12, BT-13, RS-6: a listed start joins a booking with room, or overlaps none."""
    slots = list_slots(asked)
    length = asked.length_minutes * 60
    for start in slots.starts:
        verdict = check_start(asked, start, asked.length_minutes, against_holds=True)
        assert isinstance(verdict, Bookable)
        assert slots.seats[start].remaining > 0
        assert verdict.joins_booking_uid == slots.seats[start].booking_uid
        overlapped = {s.booking_uid for s in asked.busy.seats if s.start_s < start + length and start < s.end_s}
        assert overlapped <= {verdict.joins_booking_uid} or verdict.joins_booking_uid is not None


@given(PLAIN, INSTANTS, LENGTHS)
def test_a_booking_is_accepted_exactly_when_hosts_are_free(asked: SlotQuery, start: int, length: int) -> None:
    """BK-12"""
    asked = replace(present(asked), length=length)
    assume(start >= asked.now_s + asked.rules.notice * 60)
    assert isinstance(check_start(asked, start, length), Bookable) is can_host(asked, start)


@given(crowded(), INSTANTS)
def test_explanations_agree_with_the_check(asked: SlotQuery, start: int) -> None:
    """A start can be booked when no rule of the event type, of the needed hosts and of one other host refuses."""
    starts = [start, *list_slots(asked).starts[:3], *(seat.start_s for seat in asked.busy.seats[:2])]
    for moment in starts:
        verdict = check_start(asked, moment, asked.length_minutes)
        assert isinstance(verdict, Bookable) is _allows(asked, explain_start(asked, moment))


def _allows(asked: SlotQuery, told: list[RuleOutcome]) -> bool:
    refused = {outcome.host_id for outcome in told if not outcome.allows and not outcome.listing_only}
    speaking = {outcome.host_id for outcome in told if outcome.host_id is not None}
    chosen = {
        worker.user_id
        for worker in asked.hosts
        if asked.rules.scheduling_type is SchedulingType.ROUND_ROBIN and not worker.is_fixed
    } & speaking
    if None in refused:
        return False
    joins = not any(outcome.rule_id == "BT-1" for outcome in told)
    if joins:
        return not speaking or not speaking <= refused
    return not refused & (speaking - chosen) and (not chosen or not chosen <= refused)


@given(PLAIN, widenings(), st.lists(INSTANTS, min_size=1, max_size=5))
def test_more_time_never_makes_a_start_unbookable(asked: SlotQuery, widen: Widening, starts: list[int]) -> None:
    """Holds for every grid: more hours may move starts in a list, but not take a bookable one away.

    Not for ROLLING_WINDOW, whose end comes nearer when more days are bookable (BT-27).
    """
    wider = widen(asked)
    for start in (*starts, *list_slots(asked).starts):
        if isinstance(check_start(asked, start, asked.length_minutes), Bookable):
            assert isinstance(check_start(wider, start, asked.length_minutes), Bookable)


@given(queries(COMMON, [UTC_ZONE, BERLIN, LONDON]), widenings())
def test_more_time_never_takes_a_start_of_a_common_grid_from_the_list(asked: SlotQuery, widen: Widening) -> None:
    """SL-5: where a range begins does not matter to such a grid, so lists only grow."""
    assert set(list_slots(asked).starts) <= set(list_slots(widen(asked)).starts)


@given(queries(COMMON, WHOLE_HOURS), st.integers(1, 5 * 24 * 60))
def test_cutting_the_window_of_a_common_grid_loses_only_the_slots_across_the_cut(asked: SlotQuery, minute: int) -> None:
    """AV-7: a slot must end by the end of its window; all others are the same in either part."""
    cut = asked.start_s + minute * 60
    assume(cut < asked.end_s)
    parts = [
        *list_slots(replace(asked, end_s=cut)).starts,
        *list_slots(replace(asked, start_s=cut)).starts,
    ]
    length = asked.length_minutes * 60
    assert parts == [start for start in list_slots(asked).starts if start + length <= cut or start >= cut]


@given(event_rules(), st.lists(INSTANTS, max_size=8), st.integers(1, 6))
def test_cutting_any_window_where_nobody_works_changes_nothing(
    rules: EventTypeRules, taken: list[int], cut_day: int
) -> None:
    """AV-7, SL-10: at midnight of a host who works by day, whatever the grid."""
    worker = HostFacts(1, UTC_ZONE)
    busy = BusyFacts({1: _half_hours(taken)})
    asked = SlotQuery(rules, (worker,), busy, MONDAY, MONDAY + 7 * DAY, MONDAY - DAY)
    cut = MONDAY + cut_day * DAY
    parts = [*list_slots(replace(asked, end_s=cut)).starts, *list_slots(replace(asked, start_s=cut)).starts]
    assert parts == list_slots(asked).starts


def _half_hours(starts: list[int]) -> HostBusy:
    return HostBusy.of((start, start + 1800) for start in starts)


@given(crowded())
def test_facts_outside_the_window_that_must_be_loaded_do_not_matter(asked: SlotQuery) -> None:
    """BT-10, BT-28: nothing that `facts_window` leaves out changes the list."""
    window = facts_window(asked.rules, asked.start_s, asked.end_s, asked.now_s, asked.booker_zone)
    spans = {
        host_id: type(busy).of(
            (low, high)
            for low, high in zip(busy.starts, busy.ends, strict=True)
            if low < window[1] and high > window[0]
        )
        for host_id, busy in asked.busy.spans.items()
    }
    loaded = replace(
        asked.busy,
        spans=spans,
        seats=[seat for seat in asked.busy.seats if seat.start_s < window[1] and seat.end_s > window[0]],
        holds=[hold for hold in asked.busy.holds if hold.start_s < window[1] and hold.end_s > window[0]],
    )
    assert list_slots(replace(asked, busy=loaded)) == list_slots(asked)


@given(crowded())
def test_the_first_slot_setting_keeps_one_start_a_date(asked: SlotQuery) -> None:
    """SL-12"""
    first = replace(asked, rules=replace(asked.rules, first_slot_only=True, period_type=PeriodType.UNLIMITED))
    every = replace(first, rules=replace(first.rules, first_slot_only=False))
    days = [datetime.fromtimestamp(start, asked.booker_zone).date() for start in list_slots(first).starts]
    assert len(days) == len(set(days))
    assert set(days) == {datetime.fromtimestamp(s, asked.booker_zone).date() for s in list_slots(every).starts}
