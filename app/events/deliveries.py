"""Sends webhook deliveries: at least once, in order per booking and webhook, a few at a time per host.

Each host has a lane with two senders. A lane takes more than it can send at once only while its host answers quickly,
and slow hosts share a part of the places (`app.events.lanes`), so they neither hold up others nor fill this worker's
hands. Results are written in batches while the next
messages are on their way; what is claimed and not sent when the process ends is given back or, when it was killed,
claimed again after its lease.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.db import raw
from app.errors import ServiceUnavailableError
from app.events import delivery_rows
from app.events.clock import ClockGuard, Moment
from app.events.delivery_attempt import attempt, failed
from app.events.delivery_rows import DELIVERED, Claimed, Due, Outcome
from app.events.lanes import Lane, Lanes, Pace, pace_of
from app.events.registry import WorkContext
from app.integrations.guard import PER_HOST, Outbound

__all__ = ["Deliverer"]

logger = logging.getLogger(__name__)

IN_HAND: Final = 256
"""Deliveries that one worker holds at most, with their bodies."""

PAGE: Final = 256
"""Deliveries that one statement looks at."""

PAGES: Final = 5
MOST_PAGES: Final = 100
"""How often one look for work goes past a page of busy hosts when it has found something, and when it has not."""

MARGIN: Final = timedelta(seconds=1)
GATHER: Final = 0.01
"""Seconds in which results gather before they are written together."""

WRITE_AGAIN: Final = 1.0
UNWRITTEN: Final = "What came of this attempt could not be written down."


class Deliverer:
    """Claims what is due and sends it."""

    def __init__(self, context: WorkContext, *, per_host: int = PER_HOST, in_hand: int = IN_HAND) -> None:
        self._context = context
        self._per_host = per_host
        self._outbound = Outbound(context.settings, per_host=per_host, in_all=in_hand)
        self._guard = ClockGuard(context, delivery_rows.TABLE, self._lease)
        self._lanes = Lanes(per_host, in_hand)
        self._ids: set[int] = set()
        self._results: list[tuple[Claimed, Outcome]] = []
        self._writer: asyncio.Task[None] | None = None
        self._interrupted: list[Claimed] = []
        self._stopping = False
        self.freed = asyncio.Event()
        self.delivered = 0
        self.failed = 0

    @property
    def in_hand(self) -> int:
        """Deliveries claimed and not written down yet."""
        return len(self._ids)

    async def start_due(self) -> int:
        """Claim what is due, as far as there is room, and start to send it; how many."""
        await self._guard.look()
        claimed = await self._claim_due(self._guard.moment())
        for delivery in claimed:
            self._hand_to_lane(delivery)
        return len(claimed)

    async def next_due(self) -> datetime | None:
        """When the next retry is due (UTC)."""
        return await delivery_rows.next_due(self._context.now())

    async def idle(self) -> None:
        """Wait until everything in hand is sent and written down."""
        while tasks := self._tasks():
            await asyncio.wait(tasks)

    async def drain(self, grace: timedelta) -> None:
        """Send no more; wait for what is under way, give back the rest, disconnect."""
        self._stopping = True
        await self._give_back([each for lane in self._lanes for each in lane.empty()])
        if tasks := self._tasks():
            await asyncio.wait(tasks, timeout=grace.total_seconds())
        for task in self._tasks():
            task.cancel()
        if tasks := self._tasks():
            await asyncio.wait(tasks, timeout=2)
        with suppress(ServiceUnavailableError):
            while self._results:
                await self._write_results()
        await self._give_back(self._interrupted)
        await self._outbound.close()

    @property
    def _lease(self) -> timedelta:
        settings = self._context.settings
        return max(settings.job_lease, settings.outbound_timeout * 3)

    async def _claim_due(self, at: Moment) -> list[Claimed]:
        async with raw.planned_anew():
            wanted = await self._wanted(at)
            if not wanted:
                return []
            good_until = self._context.steady() + self._lease.total_seconds()
            return await delivery_rows.claim(wanted, at, self._lease, good_until)

    async def _wanted(self, at: Moment) -> list[Due]:
        """As many as there are places; hosts that are busy are looked past. What is in hand is never due."""
        look = self._lanes.look()
        chosen: list[Due] = []
        for page in range(MOST_PAGES):
            if look.room <= 0 or self._stopping or (chosen and page >= PAGES):
                break
            mine = self._ids.union(due.id for due in chosen)
            found = await delivery_rows.find_due(at, PAGE, but=mine, without=self._lanes.closed(look))
            chosen += [due for due in found if look.take(due)]
            if len(found) < PAGE or not look.refused:
                break
        return chosen

    def _hand_to_lane(self, claimed: Claimed) -> None:
        lane = self._lanes.of(claimed.due)
        self._ids.add(claimed.due.id)
        lane.waiting.append(claimed)
        lane.in_hand += 1
        if len(lane.senders) < self._per_host:
            task = asyncio.create_task(self._send_all(lane), name=f"deliver-{lane.host}")
            lane.senders.add(task)

    async def _send_all(self, lane: Lane) -> None:
        try:
            await self._send_waiting(lane)
        finally:  # at once, not in a callback: what is handed in next needs another sender
            lane.senders = {task for task in lane.senders if task is not asyncio.current_task()}

    async def _send_waiting(self, lane: Lane) -> None:
        needed = (self._context.settings.outbound_timeout + MARGIN).total_seconds()
        while lane.waiting and not self._stopping:
            claimed = lane.waiting.popleft()
            if claimed.good_until - self._context.steady() < needed:
                await self._give_back([claimed])
                continue
            await self._note(lane, claimed, await self._attempt(claimed))

    async def _attempt(self, claimed: Claimed) -> Outcome:
        try:
            return await attempt(self._context, self._outbound, claimed)
        except asyncio.CancelledError:
            self._interrupted.append(claimed)
            raise
        except Exception:
            logger.exception("delivery failed unexpectedly", extra={"delivery": claimed.due.id})
            return failed(self._context, claimed, 0, "The message could not be sent.")

    async def _note(self, lane: Lane, claimed: Claimed, outcome: Outcome) -> None:
        good = outcome.status == DELIVERED
        self.delivered += good
        self.failed += not good
        lane.pace = pace_of(outcome, self._context.settings.outbound_timeout)
        self._results.append((claimed, outcome))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_until_empty(), name="deliveries-write")
        if lane.pace is not Pace.QUICK:
            await self._give_back(lane.empty())

    async def _give_back(self, claimed: list[Claimed]) -> None:
        if not claimed:
            return
        try:
            await delivery_rows.give_back(claimed)
        except Exception as error:
            away = isinstance(error, ServiceUnavailableError)
            logger.warning("leases end by themselves", exc_info=not away, extra={"deliveries": len(claimed)})
        self._let_go(claimed)

    async def _write_until_empty(self) -> None:
        """One writer at a time; while it waits for the database, results gather up to what is in hand."""
        try:
            while self._results:
                await asyncio.sleep(GATHER)
                try:
                    await self._write_results()
                except ServiceUnavailableError:
                    await asyncio.sleep(WRITE_AGAIN)
        finally:
            self._writer = None

    async def _write_results(self) -> None:
        written = await self._write(tuple(self._results))
        batch, self._results = self._results[:written], self._results[written:]  # others came meanwhile
        self._let_go([claimed for claimed, _ in batch])

    async def _write(self, results: Sequence[tuple[Claimed, Outcome]]) -> int:
        """Write the first of them, all if possible; how many. One that cannot be written takes no others along."""
        try:
            await delivery_rows.settle(results)
        except ServiceUnavailableError:
            raise
        except Exception:  # whatever it is, the writer must go on: without it no delivery ends any more
            if len(results) > 1:
                return await self._write(results[: len(results) // 2])
            logger.exception("result of a delivery cannot be written", extra={"delivery": results[0][0].due.id})
            await self._write_barely(*results[0])
        return len(results)

    async def _write_barely(self, claimed: Claimed, outcome: Outcome) -> None:
        """Without what came from the receiver; if that fails as well, the lease ends and the message goes out again."""
        try:
            await delivery_rows.settle([(claimed, replace(outcome, response_excerpt=None, error=UNWRITTEN))])
        except ServiceUnavailableError:
            raise
        except Exception:  # as above
            logger.exception("delivery is left to its lease", extra={"delivery": claimed.due.id})

    def _let_go(self, claimed: list[Claimed]) -> None:
        for each in claimed:
            self._ids.discard(each.due.id)
            lane = self._lanes.of(each.due)
            lane.in_hand -= 1
            if not lane.is_busy:
                self.freed.set()

    def _tasks(self) -> list[asyncio.Task[None]]:
        tasks = [task for lane in self._lanes for task in lane.senders]
        return [*tasks, self._writer] if self._writer is not None else tasks
