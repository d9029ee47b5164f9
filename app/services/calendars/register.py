"""Reading feeds again when their time has come."""

import asyncio
from datetime import timedelta
from typing import Final

from app.context import ANONYMOUS, RequestContext
from app.events.registry import Every, Registry, WorkContext
from app.integrations.calendars.turns import Turns
from app.integrations.guard import Outbound
from app.services.calendars.feeds import Feed, due_feeds, refresh_feed

AT_ONCE: Final = 8
AN_OWNER: Final = 2
A_ROUND: Final = 64


def register_calendars(registry: Registry) -> None:
    """Add the refresh of feeds to what a worker does."""
    registry.register_cron("calendar-feeds", Every(timedelta(seconds=30)), refresh_due_feeds)


async def refresh_due_feeds(context: WorkContext) -> None:
    """Read feeds whose time has come, a few at a time; one that fails is asked again later and later."""
    ctx = RequestContext(ANONYMOUS, context.settings, context.bus, now=context.now, random=context.random)
    async with Outbound(context.settings) as outbound:
        turns = Turns(AT_ONCE, AN_OWNER)

        async def refresh(feed: Feed) -> None:
            async with turns.of(feed.user_id):
                await refresh_feed(ctx, outbound, feed)

        done = await asyncio.gather(*map(refresh, await due_feeds(ctx, A_ROUND)), return_exceptions=True)
    for error in done:
        if error is not None:  # told when all others have had their turn
            raise error
