"""Whether starts can be booked, and the error with the next free starts when they cannot (BK-10, BK-12)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.context import RequestContext
from app.domain.bookable import check_start
from app.domain.enums import SlotAlignment
from app.domain.explain import explain_start
from app.domain.facts import BusyFacts, CountedBooking, SlotQuery
from app.domain.outcomes import Bookable, Refusal, RuleCode
from app.domain.slots import list_slots
from app.errors import NotFoundError, SeatsFullError, SlotUnavailableError
from app.services.bookings.refusals import (
    NO_SEATS,
    is_limit,
    is_policy,
    limit_error,
    policy_error,
    reasons_of,
    unavailable_class,
    unavailable_message,
)
from app.services.slots.busy import BusyWindow, load_busy
from app.services.slots.explain_slot import is_insider
from app.services.slots.facts import EventTypeFacts

MAX_NEXT = 5
_LOOK_AHEAD = 14 * 86_400


class Unavailable(Exception):  # noqa: N818 never leaves the services: `unavailable_error` says it to callers
    """Hosts are not free; becomes an error when the transaction is over: looking for other starts takes time."""

    def __init__(self, starts: Sequence[int], refusal: Refusal | None = None) -> None:
        super().__init__()
        self.starts = tuple(starts)
        self.refusal = refusal


def now_s(ctx: RequestContext) -> int:
    """The present in epoch seconds."""
    return int(ctx.now().timestamp())


async def load_query(
    ctx: RequestContext,
    facts: EventTypeFacts,
    starts: Sequence[int],
    length: int,
    zone: ZoneInfo,
    moved_uid: str | None = None,
) -> SlotQuery:
    """What is taken around these starts, in one statement."""
    window = window_of(ctx, starts, length, zone)
    return query_of(ctx, facts, await load_busy(facts, window, moved_uid=moved_uid), window, length)


def window_of(ctx: RequestContext, starts: Sequence[int], length: int, zone: ZoneInfo) -> BusyWindow:
    """The stretch of time from the first start to the last end."""
    return BusyWindow(min(starts), max(starts) + length * 60, now_s(ctx), zone)


def query_of(ctx: RequestContext, facts: EventTypeFacts, busy: BusyFacts, window: BusyWindow, length: int) -> SlotQuery:
    """The question to the core about this window."""
    return SlotQuery(
        rules=facts.rules,
        hosts=facts.hosts,
        busy=busy,
        start_s=window.start_s,
        end_s=window.end_s,
        now_s=window.now_s,
        booker_zone=window.booker_zone,
        length=length,
        alignment=SlotAlignment(ctx.settings.slot_alignment),
    )


def check_starts(query: SlotQuery, starts: Sequence[int], length: int) -> list[Bookable]:
    """Who is free at each start; earlier occurrences count towards the limits of later ones (BK-41).

    Raises PolicyViolationError, LimitReachedError, SeatsFullError, Unavailable (all the starts that are not free).
    """
    free: list[Bookable] = []
    refused: list[tuple[int, Refusal]] = []
    for start in starts:
        verdict = check_start(query, start, length)
        if isinstance(verdict, Bookable):
            free.append(verdict)
            query = _counting(query, start, length)
        else:
            refused.append((start, _taken_only(verdict, query)))
    if refused:
        raise Unavailable([start for start, _ in refused], refused[0][1])
    return free


def _counting(query: SlotQuery, start: int, length: int) -> SlotQuery:
    if not (query.rules.count_limits or query.rules.duration_limits):
        return query
    return replace(query, busy=replace(query.busy, counted=[*query.busy.counted, CountedBooking(start, length)]))


def _taken_only(refusal: Refusal, query: SlotQuery) -> Refusal:
    """The refusal, if it is about hosts who are not free; others are errors by themselves."""
    if is_policy(refusal):
        raise policy_error(refusal)
    if is_limit(refusal):
        raise limit_error(refusal, query.rules)
    if refusal.code is RuleCode.SEATS_FULL:
        raise SeatsFullError(NO_SEATS)
    if refusal.code is RuleCode.NO_HOSTS:
        raise NotFoundError("eventTypeUser.notFound", path=("eventType",))
    return refusal


async def unavailable_error(
    ctx: RequestContext,
    facts: EventTypeFacts,
    lost: Unavailable,
    length: int,
    zone: ZoneInfo,
    *,
    team: bool,
    moved_uid: str | None = None,
) -> SlotUnavailableError:
    """The documented answer, with the rules that removed the start and at most five later ones that are free."""
    first, now = lost.starts[0], now_s(ctx)
    query = await load_query(ctx, facts, [max(first, now), max(first, now) + _LOOK_AHEAD], length, zone, moved_uid)
    listed = list_slots(query)
    full = {start for start, seats in listed.seats.items() if not seats.remaining}
    free = [start for start in listed.starts if start not in full]
    dates = tuple(datetime.fromtimestamp(start, UTC) for start in lost.starts)
    message = unavailable_message(team=team)
    if len(lost.starts) > 1:
        message = f"{message} ({', '.join(f'{date:%Y-%m-%dT%H:%M:%SZ}' for date in dates)})"
    return unavailable_class(lost.refusal)(
        message,
        reasons=reasons_of(explain_start(query, first), insider=await is_insider(ctx, facts)),
        next_slots=[datetime.fromtimestamp(start, UTC) for start in free[:MAX_NEXT]],
        slots_version=facts.version,
        dates=dates,
        length_minutes=query.length_minutes,
    )
