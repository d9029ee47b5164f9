"""Deciding on one start, on the grid or not (BK-12)."""

from collections.abc import Iterator
from dataclasses import replace

from app.domain.enums import PeriodType
from app.domain.facts import SlotQuery
from app.domain.host_check import decide_hosts
from app.domain.outcomes import Bookable, Refusal, RuleCode, RuleOutcome
from app.domain.slots import window_of
from app.domain.windows import earliest_bookable

_WINDOW_RULES = {
    PeriodType.UNLIMITED: "BT-25",
    PeriodType.ROLLING: "BT-26",
    PeriodType.ROLLING_WINDOW: "BT-27",
    PeriodType.RANGE: "BT-29",
}


def check_start(
    query: SlotQuery, start_s: int, length_minutes: int, *, against_holds: bool = False
) -> Bookable | Refusal:
    """Say who is free for `[start_s, start_s + length)`, or why it cannot be booked.

    Bookings ignore reservations (RS-7); taking a reservation does not: pass `against_holds` for it (RS-3).
    """
    query = with_length(query, length_minutes)
    for outcome in time_outcomes(query, start_s):
        if not outcome.allows:
            return Refusal(outcome.code, (outcome.rule_id,))
    return decide_hosts(query, start_s, against_holds=against_holds)


def with_length(query: SlotQuery, length_minutes: int) -> SlotQuery:
    """The same question for another duration."""
    return query if query.length_minutes == length_minutes else replace(query, length=length_minutes)


def time_outcomes(query: SlotQuery, start_s: int) -> Iterator[RuleOutcome]:
    """What past, notice and booking window say to a start, whoever the hosts are (BK-11 step 8)."""
    yield RuleOutcome("BT-32", RuleCode.IN_THE_PAST, start_s >= query.now_s, "A booking starts now or later.")
    earliest = earliest_bookable(query)
    yield RuleOutcome(
        "BT-32",
        RuleCode.NOTICE_TOO_SHORT,
        start_s >= earliest,
        f"At least {query.rules.notice} minutes' notice.",
        span=(query.now_s, earliest),
    )
    low, high = window_of(query)
    yield RuleOutcome(
        _WINDOW_RULES[query.rules.period_type],
        RuleCode.OUTSIDE_BOOKING_WINDOW,
        low <= start_s < high,
        "Starts within the booking window.",
        span=(low, high),
    )
