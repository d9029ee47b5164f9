"""Free starts of one event type whose facts are known: what listing, explaining and watching share."""

from dataclasses import dataclass, replace

from app.context import RequestContext
from app.domain.facts import SlotQuery
from app.domain.outcomes import SlotList
from app.domain.slots import list_slots
from app.services.slots.busy import BusyWindow, load_busy
from app.services.slots.facts import EventTypeFacts
from app.services.slots.narrowing import TWO_WEEKS, hosts_to_ask, may_narrow
from app.services.slots.queries import slot_query


@dataclass(frozen=True, slots=True)
class Listing:
    """The question and its answer."""

    query: SlotQuery
    slots: SlotList


async def list_free(
    ctx: RequestContext,
    facts: EventTypeFacts,
    window: BusyWindow,
    duration: int | None,
    *,
    moved_uid: str | None = None,
    own_hold_uid: str | None = None,
) -> Listing:
    """Load what is taken and list; one statement, one or two more where few hosts of a round robin are asked."""
    if may_narrow(facts, moved_uid):
        return await _narrowed(ctx, facts, window, duration, moved_uid, own_hold_uid)
    busy = await load_busy(facts, window, moved_uid=moved_uid)
    query = slot_query(ctx, facts, busy, window, duration, own_hold_uid)
    return Listing(query, list_slots(query))


async def _narrowed(
    ctx: RequestContext,
    facts: EventTypeFacts,
    window: BusyWindow,
    duration: int | None,
    moved_uid: str | None,
    own_hold_uid: str | None,
) -> Listing:
    asked, wider = await hosts_to_ask(ctx, facts, moved_uid)
    soon = (window.now_s, window.now_s + TWO_WEEKS)
    known = replace(window, start_s=min(window.start_s, soon[0]), end_s=max(window.end_s, soon[1]))
    busy = await load_busy(facts, known, moved_uid=moved_uid)
    query = replace(slot_query(ctx, facts, busy, window, duration, own_hold_uid), hosts=asked)
    # TM-6
    if asked != wider and not list_slots(replace(query, start_s=soon[0], end_s=soon[1])).starts:
        query = replace(query, hosts=wider)
    return Listing(query, list_slots(query))
