"""The hubs of this process, one per watched query and bus."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from app.context import RequestContext
from app.events.bus import Bus
from app.services.slots.hub import HubTiming, SlotsHub
from app.services.slots.state import WatchedQuery

_BY_BUS: WeakKeyDictionary[Bus, dict[WatchedQuery, SlotsHub]] = WeakKeyDictionary()


@asynccontextmanager
async def shared_hub(ctx: RequestContext, query: WatchedQuery, timing: HubTiming) -> AsyncIterator[SlotsHub]:
    """The hub of a query, started for its first user; it stays a little after its last one, who may come back."""
    hubs = _BY_BUS.setdefault(ctx.bus, {})
    hub = hubs.get(query)
    if hub is None or hub.finished or hub.retired:
        hub = hubs[query] = SlotsHub(ctx, query, timing)
    hub.users += 1
    try:
        yield hub
    finally:
        hub.users -= 1
        if not hub.users:
            asyncio.get_running_loop().call_later(timing.linger, _close_unused, hubs, hub)


def hubs_of(bus: Bus) -> list[SlotsHub]:
    """What is being watched through a bus."""
    return list(_BY_BUS.get(bus, {}).values())


def _close_unused(hubs: dict[WatchedQuery, SlotsHub], hub: SlotsHub) -> None:
    if hub.users:
        return
    hub.close()
    if hubs.get(hub.query) is hub:
        del hubs[hub.query]
