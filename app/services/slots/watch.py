"""Follow free slots as they change: a snapshot first, then versioned deltas; any transport can carry it."""

from collections.abc import AsyncGenerator

from app.context import RequestContext
from app.domain.facts import UTC_ZONE
from app.errors import InvalidInputError
from app.services.slots.events import Resync, ResyncReason, SlotEvent
from app.services.slots.facts import load_facts
from app.services.slots.get_slots import GetSlots
from app.services.slots.hub import HubTiming
from app.services.slots.hubs import shared_hub
from app.services.slots.queries import check_duration, window_of
from app.services.slots.state import WatchedQuery, depends_on_zone

USUAL = HubTiming()


async def watch_slots(
    ctx: RequestContext, command: GetSlots, after: str | None = None, *, timing: HubTiming = USUAL
) -> AsyncGenerator[SlotEvent, None]:
    """Snapshot, then a delta for each change, with strictly increasing versions; for anybody, as `get_slots` is.

    `after` is the cursor of the last event seen: what was missed comes first, or a resync and a snapshot when that is
    no longer known here. Ends when the bus closes. Raises NotFoundError (also later, when the event type is deleted),
    InvalidInputError, ServiceUnavailableError.
    """
    if command.moved_uid is not None or command.own_hold_uid is not None:
        raise InvalidInputError("Slots are watched as everybody sees them: without a booking or hold of one's own.")
    while True:
        retired = False
        async with shared_hub(ctx, await _query(ctx, command), timing) as hub:
            watcher = await hub.join(after)
            try:
                while (event := await watcher.next()) is not None:
                    yield event
            finally:
                hub.leave(watcher)
            retired = hub.retired
        if not retired:
            return
        after = None
        yield Resync(ResyncReason.RULES_CHANGED)


async def _query(ctx: RequestContext, command: GetSlots) -> WatchedQuery:
    window = window_of(ctx, command.start, command.end, command.zone)
    facts = await load_facts(ctx, command.ref)
    check_duration(facts.rules, command.duration)
    by_zone = depends_on_zone(facts.rules)
    zone = window.booker_zone if by_zone else UTC_ZONE
    return WatchedQuery(command.ref, window.start_s, window.end_s, command.duration, zone, by_zone)
