"""Why a start is offered or not, in the words of the rules that decide it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.context import RequestContext
from app.domain.bookable import check_start
from app.domain.explain import explain_start
from app.domain.facts import UTC_ZONE, SlotQuery
from app.domain.outcomes import Bookable, Refusal, RuleOutcome, SlotList
from app.domain.slots import list_slots
from app.services.permissions import team_role
from app.services.slots.busy import BusyWindow, load_busy
from app.services.slots.facts import EventTypeFacts, load_facts
from app.services.slots.queries import check_duration, now_s, second_of, slot_query, zone_of
from app.services.slots.refs import EventTypeRef
from app.services.slots.views import ExplainedHost, SlotExplanation

MAX_NEXT: Final = 5
_LOOK_AHEAD: Final = 14 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainSlot:
    """A start (with its offset) of an event type; `duration` in minutes, `zone` is the booker's (IANA name).

    `host_id` asks about one host only; `moved_uid` is a booking about to be rescheduled, which does not block.
    """

    ref: EventTypeRef
    start: datetime
    zone: str | None = None
    duration: int | None = None
    host_id: int | None = None
    moved_uid: str | None = None


async def explain_slot(ctx: RequestContext, command: ExplainSlot) -> SlotExplanation:
    """The rules that allow or remove a start, for anybody; hosts one by one only for those who work with them.

    Raises NotFoundError and InvalidInputError.
    """
    start_s = second_of("start", command.start)
    zone = zone_of(command.zone) or UTC_ZONE
    facts = await load_facts(ctx, command.ref)
    check_duration(facts.rules, command.duration)
    midnight = _midnight(command.start.astimezone(zone))
    window = BusyWindow(midnight, max(start_s, now_s(ctx)) + _LOOK_AHEAD, now_s(ctx), zone)
    busy = await load_busy(facts, window, moved_uid=command.moved_uid)
    query = slot_query(ctx, facts, busy, window, command.duration)
    insider = await is_insider(ctx, facts)
    return _explanation(facts, query, start_s, command.host_id if insider else None, insider=insider)


def _midnight(local: datetime) -> int:
    return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())


async def is_insider(ctx: RequestContext, facts: EventTypeFacts) -> bool:
    """Whether the caller may know what keeps which host busy: an owner, a host, an accepted member of the team."""
    user_id = ctx.actor.user_id
    if user_id is None:
        return False
    setup = facts.setup
    if ctx.actor.is_admin or user_id == setup.owner_id or user_id in facts.host_ids:
        return True
    return setup.team_id is not None and await team_role(user_id, setup.team_id) is not None


def _explanation(
    facts: EventTypeFacts, query: SlotQuery, start_s: int, host_id: int | None, *, insider: bool
) -> SlotExplanation:
    verdict = check_start(query, start_s, query.length_minutes)
    listed = list_slots(query)
    outcomes = explain_start(query, start_s, host_id)
    general = [outcome for outcome in outcomes if outcome.host_id is None]
    if isinstance(verdict, Refusal) and not insider and all(outcome.allows for outcome in general if _forbids(outcome)):
        general.append(RuleOutcome(verdict.rule_ids[0], verdict.code, False, "Nobody needed for this start is free."))
    return SlotExplanation(
        event_type_id=facts.event_type_id,
        start_s=start_s,
        length_minutes=query.length_minutes,
        bookable=isinstance(verdict, Bookable),
        listed=start_s in listed.starts,
        outcomes=tuple(general),
        hosts=_by_host(outcomes) if insider else (),
        next_starts=next_free(listed, start_s),
        version=facts.version,
    )


def _forbids(outcome: RuleOutcome) -> bool:
    return not outcome.listing_only


def _by_host(outcomes: Sequence[RuleOutcome]) -> tuple[ExplainedHost, ...]:
    hosts: dict[int, list[RuleOutcome]] = {}
    for outcome in outcomes:
        if outcome.host_id is not None:
            hosts.setdefault(outcome.host_id, []).append(outcome)
    return tuple(
        ExplainedHost(host, all(outcome.allows for outcome in found if _forbids(outcome)), tuple(found))
        for host, found in hosts.items()
    )


def next_free(listed: SlotList, after_s: int) -> tuple[int, ...]:
    """At most five listed starts after an instant that have room."""
    later = (start for start in listed.starts if start > after_s)
    free = (start for start in later if start not in listed.seats or listed.seats[start].remaining)
    return tuple(start for start, _ in zip(free, range(MAX_NEXT), strict=False))
