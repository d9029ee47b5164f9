"""Tells the listeners of this process about every new entry of the event log, exactly once, whatever the bus loses.

It wakes on the bus's word and looks by itself once per `worker_poll`. So a process killed between its commit and its
hint, a dead Redis, or several processes without any Redis delay a hint by a second and lose none.
"""

import asyncio
import logging
from contextlib import suppress

from app.db import raw
from app.errors import ServiceUnavailableError
from app.events.bus import GAP, Bus, Subscription
from app.events.log import newest_sequence
from app.events.outbox import EVENT_LOG_TOPIC

logger = logging.getLogger(__name__)

BATCH = 500


class LogTail:
    """One per process that has listeners."""

    def __init__(self, bus: Bus, *, poll: float) -> None:
        self._bus = bus
        self._poll = poll
        self._task: asyncio.Task[None] | None = None
        self.seen = 0

    async def start(self) -> None:
        """Begin at the newest entry."""
        self.seen = await newest_sequence()
        self._task = asyncio.create_task(self._follow(), name="event-log-tail")

    async def stop(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def catch_up(self) -> int:
        """Tell about all entries since the last time; how many."""
        told = 0
        while rows := await self._next_rows():
            for row in rows:
                self._bus.tell(raw.loads(row["topics"]), row["sequence"])
            self.seen = rows[-1]["sequence"]
            told += len(rows)
        return told

    async def _next_rows(self) -> list[raw.Row]:
        return await raw.rows(
            "SELECT sequence, topics FROM event_log WHERE sequence > $1 ORDER BY sequence LIMIT $2", self.seen, BATCH
        )

    async def _follow(self) -> None:
        async with self._bus.subscribe([EVENT_LOG_TOPIC]) as news:
            reachable = True
            while True:
                await self._wait(news)
                try:
                    await self.catch_up()
                    reachable = True
                except ServiceUnavailableError:
                    if reachable:
                        logger.warning("event log cannot be read just now")
                    reachable = False
                    await asyncio.sleep(self._poll)

    async def _wait(self, news: Subscription) -> None:
        heard: object = GAP
        with suppress(TimeoutError):
            async with asyncio.timeout(self._poll):  # wait_for of Python 3.11 may swallow a cancellation
                heard = await news.take()
        if heard is None:
            await asyncio.sleep(self._poll)
