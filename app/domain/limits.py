"""Limits on how many bookings, or minutes of them, a period may hold (BT-15 to BT-23).

Lists and bookings ask the same function, so both cut periods in the same zone and count the new booking's length.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from zoneinfo import ZoneInfo

from app.domain.enums import LimitPeriod
from app.domain.facts import CountedBooking, EventTypeRules, Span
from app.domain.outcomes import RuleCode
from app.domain.zones import date_of, day_of, day_start, local_day, weekday_of


@dataclass(frozen=True, slots=True)
class ReachedLimit:
    """A period that takes no further booking of the asked length."""

    span: Span
    rule_id: str
    code: RuleCode
    period: LimitPeriod
    limit: int
    used: int


def reached_limits(
    rules: EventTypeRules, counted: Sequence[CountedBooking], zone: ZoneInfo, window: Span, length: int
) -> list[ReachedLimit]:
    """Periods touching the window, cut in the zone, that are full for a booking of `length` minutes (BT-17, BT-21)."""
    if not rules.count_limits and not rules.duration_limits:
        return []
    ordered = sorted(counted)
    starts = [booking.start_s for booking in ordered]
    totals = [0, *accumulate(booking.minutes for booking in ordered)]
    reached: list[ReachedLimit] = []
    for period, limit in rules.count_limits:
        for span in _periods(period, zone, window):
            used = bisect_left(starts, span[1]) - bisect_left(starts, span[0])
            if used >= limit:
                reached.append(ReachedLimit(span, "BT-17", RuleCode.BOOKING_LIMIT_REACHED, period, limit, used))
    for period, limit in rules.duration_limits:
        for span in _periods(period, zone, window):
            # BT-18, BT-19: a booking belongs to the period in which it starts, its first instant included.
            used = totals[bisect_left(starts, span[1])] - totals[bisect_left(starts, span[0])]
            if used + length > limit:
                reached.append(ReachedLimit(span, "BT-21", RuleCode.DURATION_LIMIT_REACHED, period, limit, used))
    return reached


def period_days(period: LimitPeriod, day: int) -> tuple[int, int]:
    """First day of the period around a day, and first day of the next one; weeks start on Sunday (BT-16)."""
    if period is LimitPeriod.DAY:
        return day, day + 1
    if period is LimitPeriod.WEEK:
        first = day - weekday_of(day)
        return first, first + 7
    today = date_of(day)
    if period is LimitPeriod.YEAR:
        return day_of(date(today.year, 1, 1)), day_of(date(today.year + 1, 1, 1))
    following = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    return day_of(today.replace(day=1)), day_of(following)


def _periods(period: LimitPeriod, zone: ZoneInfo, window: Span) -> list[Span]:
    spans: list[Span] = []
    day, last = local_day(zone, window[0]), local_day(zone, window[1])
    while day <= last:
        first, following = period_days(period, day)
        spans.append((day_start(zone, first), day_start(zone, following)))
        day = following
    return spans
