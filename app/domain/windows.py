"""Notice, booking window, and how far facts must reach (BT-10, BT-25 to BT-32)."""

from collections.abc import Collection
from zoneinfo import ZoneInfo

from app.domain.enums import PeriodType
from app.domain.facts import EventTypeRules, SlotQuery, Span
from app.domain.hosts import event_zone
from app.domain.limits import period_days
from app.domain.zones import DAY, day_of, day_start, local_day, weekday_of

WALKED_DAYS = 61
"""How many days a ROLLING_WINDOW is walked at most (BT-27)."""

ALWAYS: Span = (-(1 << 60), 1 << 60)


def earliest_listed(query: SlotQuery) -> int:
    """The first instant at which a listed slot may start; without notice, a minute from now (BT-32, SL-3)."""
    return query.now_s + (query.rules.notice or 1) * 60


def earliest_bookable(query: SlotQuery) -> int:
    """The first instant at which a booking may start (BT-32)."""
    return query.now_s + query.rules.notice * 60


def booking_window(query: SlotQuery, bookable_days: Collection[int] = ()) -> Span:
    """The span in which a start must lie (BT-25 to BT-31).

    `bookable_days` are the booker's local days with at least one slot, from today on; only ROLLING_WINDOW needs them.
    """
    rules, zone = query.rules, query.booker_zone
    if rules.period_type is PeriodType.RANGE:
        return _date_range(query)
    if rules.period_type is PeriodType.UNLIMITED:
        return ALWAYS
    today = local_day(zone, query.now_s)
    if rules.period_type is PeriodType.ROLLING:
        last = rolling_last_day(rules, today)
    else:
        last = rolling_window_last_day(rules, today, bookable_days)
    return ALWAYS[0], day_start(zone, last + 1)


def rolling_last_day(rules: EventTypeRules, today: int) -> int:
    """The last bookable day of a ROLLING window, so many calendar or business days after today (BT-26)."""
    if rules.period_calendar_days:
        return today + rules.period_days
    day, left = today, rules.period_days
    while left > 0:
        day += 1
        left -= _is_business_day(day)
    return day


def rolling_window_last_day(rules: EventTypeRules, today: int, bookable_days: Collection[int]) -> int:
    """The day on which the wanted number of bookable days is met, walking from today (BT-27)."""
    met, last, day = 0, None, today
    while met < rules.period_days and day < today + WALKED_DAYS:
        if day in bookable_days and (rules.period_calendar_days or _is_business_day(day)):
            met, last = met + 1, day
        day += 1
    return day if last is None else last


def walk_span(query: SlotQuery) -> Span:
    """The span whose slots the walk of a ROLLING_WINDOW counts: today and all days it may reach (BT-28)."""
    return _walk(query.now_s, query.booker_zone)


def facts_window(rules: EventTypeRules, start_s: int, end_s: int, now_s: int, booker_zone: ZoneInfo) -> Span:
    """The span for which busy times, seats and holds must be loaded to answer about `[start_s, end_s)`.

    It includes this event type's buffers, and today's walk when the window is ROLLING_WINDOW (BT-28). Load a
    booking B of type T when `B.start - T.before < to` and `B.end + T.after > from` (BT-10).
    """
    start, end = _asked_span(rules, start_s, end_s, now_s, booker_zone)
    before, after = rules.before_buffer * 60, rules.after_buffer * 60
    if rules.seats_per_slot:
        # Seats come unbuffered, and both their buffers lie on either side.
        before = after = before + after
    return start - before, end + after


def limits_window(rules: EventTypeRules, start_s: int, end_s: int, now_s: int, booker_zone: ZoneInfo) -> Span | None:
    """The span in which started bookings of the event type must be counted; None when it has no limits."""
    periods = {period for period, _ in (*rules.count_limits, *rules.duration_limits)}
    if not periods:
        return None
    start, end = _asked_span(rules, start_s, end_s, now_s, booker_zone)
    # A day more on both sides holds the local day of every zone.
    first, last = start // DAY - 1, end // DAY + 1
    from_day = min(period_days(period, first)[0] for period in periods)
    to_day = max(period_days(period, last)[1] for period in periods)
    return (from_day - 1) * DAY, (to_day + 1) * DAY


def _asked_span(rules: EventTypeRules, start_s: int, end_s: int, now_s: int, booker_zone: ZoneInfo) -> Span:
    # An end on second 59 stands for the full minute (SL-2).
    if rules.period_type is not PeriodType.ROLLING_WINDOW:
        return start_s, end_s + 1
    walk = _walk(now_s, booker_zone)
    return min(start_s, walk[0]), max(end_s + 1, walk[1])


def _walk(now_s: int, zone: ZoneInfo) -> Span:
    # Slots count for the day on which they start, so the last day's may reach into the next one.
    return now_s, day_start(zone, local_day(zone, now_s) + WALKED_DAYS + 1)


def _date_range(query: SlotQuery) -> Span:
    """BT-30: calendar dates in the event zone, both included, each with its own offset."""
    rules, zone = query.rules, event_zone(query)
    first = day_start(zone, day_of(rules.period_start)) if rules.period_start else ALWAYS[0]
    last = day_start(zone, day_of(rules.period_end) + 1) if rules.period_end else ALWAYS[1]
    return first, last


def _is_business_day(day: int) -> bool:
    return 0 < weekday_of(day) < 6
