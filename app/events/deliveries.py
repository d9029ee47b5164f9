"""Sends webhook deliveries: at least once, in order per booking and webhook, a few at a time per host.

Each host has a lane with two senders. A lane takes more than it can send at once only while its host answers quickly,
so slow receivers neither hold up others nor fill this worker's hands. Results are written in batches while the next
messages are on their way; what is claimed and not sent when the process ends is given back or, when it was killed,
claimed again after its lease.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from app.errors import ServiceUnavailableError
from app.events import delivery_rows
from app.events.delivery_attempt import LONGEST_PAUSE, attempt, failed
from app.events.delivery_rows import DELIVERED, Claimed, Due, Outcome
from app.events.registry import WorkContext
from app.integrations.guard import PER_HOST, Outbound

__all__ = ["Deliverer"]

logger = logging.getLogger(__name__)

IN_HAND: Final = 256
"""Deliveries that one worker holds at most, with their bodies."""

QUICK_LANE: Final = 64
QUICK: Final = timedelta(milliseconds=500)
KNOWN_HOSTS: Final = 1_000
PAGES: Final = 5
"""How often one look for work goes past a page of busy hosts."""

MARGIN: Final = timedelta(seconds=1)
GATHER: Final = 0.01
"""Seconds in which results gather before they are written together."""

WRITE_AGAIN: Final = 1.0


@dataclass(slots=True)
class _Lane:
    """What waits for one host; `in_hand` counts also what is being sent and what is not written down yet."""

    host: str
    room: int
    waiting: deque[Claimed] = field(default_factory=deque)
    senders: set[asyncio.Task[None]] = field(default_factory=set)
    in_hand: int = 0

    @property
    def is_busy(self) -> bool:
        """Whether it is too early to fetch more."""
        return self.in_hand > self.room // 2


class Deliverer:
    """Claims what is due and sends it."""

    def __init__(self, context: WorkContext, *, per_host: int = PER_HOST, in_hand: int = IN_HAND) -> None:
        self._context = context
        self._per_host = per_host
        self._most = in_hand
        self._outbound = Outbound(context.settings, per_host=per_host, in_all=in_hand)
        self._lanes: dict[str, _Lane] = {}
        self._rooms: OrderedDict[str, int] = OrderedDict()
        self._webhooks: dict[str, str] = {}
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
        return sum(lane.in_hand for lane in self._lanes.values())

    async def start_due(self) -> int:
        """Claim what is due, as far as there is room, and start to send it; how many."""
        wanted = await self._wanted()
        if not wanted:
            return 0
        now = self._context.now()
        claimed = await delivery_rows.claim(wanted, now, now + self._lease)
        for delivery in claimed:
            self._hand_to_lane(delivery)
        return len(claimed)

    async def next_due(self) -> datetime | None:
        """When the next retry is due (UTC); one that a wrong clock has put far off is due now."""
        now = self._context.now()
        due, last = await delivery_rows.next_due(now)
        latest = now + 2 * LONGEST_PAUSE
        if last is not None and last > latest:
            await delivery_rows.hurry(now, latest)
            return now
        return due

    async def idle(self) -> None:
        """Wait until everything in hand is sent and written down."""
        while tasks := self._tasks():
            await asyncio.wait(tasks)

    async def drain(self, grace: timedelta) -> None:
        """Send no more; wait for what is under way, give back the rest, disconnect."""
        self._stopping = True
        await self._give_back([each for lane in self._lanes.values() for each in self._empty(lane)])
        if tasks := self._tasks():
            await asyncio.wait(tasks, timeout=grace.total_seconds())
        for task in self._tasks():
            task.cancel()
        if tasks := self._tasks():
            await asyncio.wait(tasks, timeout=2)
        with suppress(ServiceUnavailableError):
            await self._write_results()
        await self._give_back(self._interrupted)
        await self._outbound.close()

    @property
    def _lease(self) -> timedelta:
        settings = self._context.settings
        return max(settings.job_lease, settings.outbound_timeout * 3)

    async def _wanted(self) -> list[Due]:
        """As many as the lanes have room for; hosts that are busy are looked past."""
        room = self._most - self.in_hand
        if room <= 0 or self._stopping:
            return []
        chosen: list[Due] = []
        counts: dict[str, int] = {}
        full = {webhook for webhook, host in self._webhooks.items() if self._lanes[host].is_busy}
        for _ in range(PAGES):
            found = await delivery_rows.find_due(self._context.now(), sorted(full), room)
            fresh = [due for due in found if self._fits(due, counts)][: room - len(chosen)]
            chosen += fresh
            passed_by = {due.webhook_id for due in found} - full
            if len(found) < room or len(chosen) == room or not passed_by:
                break
            full |= passed_by  # a whole page: there may be others behind it
        return chosen

    def _fits(self, due: Due, counts: dict[str, int]) -> bool:
        host = _host_of(due.url)
        lane = self._lanes.get(host)
        room = lane.room - lane.in_hand if lane else self._room(host)
        if counts.get(host, 0) >= room:
            return False
        counts[host] = counts.get(host, 0) + 1
        return True

    def _room(self, host: str) -> int:
        return self._rooms.get(host, self._per_host)

    def _hand_to_lane(self, claimed: Claimed) -> None:
        host = _host_of(claimed.due.url)
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane(host, self._room(host))
        self._webhooks[claimed.due.webhook_id] = host
        lane.waiting.append(claimed)
        lane.in_hand += 1
        if len(lane.senders) < self._per_host:
            task = asyncio.create_task(self._send_all(lane), name=f"deliver-{host}")
            lane.senders.add(task)

    async def _send_all(self, lane: _Lane) -> None:
        try:
            await self._send_waiting(lane)
        finally:  # at once, not in a callback: what is handed in next needs another sender
            lane.senders = {task for task in lane.senders if task is not asyncio.current_task()}

    async def _send_waiting(self, lane: _Lane) -> None:
        while lane.waiting and not self._stopping:
            claimed = lane.waiting.popleft()
            if claimed.lease - self._context.now() < self._context.settings.outbound_timeout + MARGIN:
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

    async def _note(self, lane: _Lane, claimed: Claimed, outcome: Outcome) -> None:
        good = outcome.status == DELIVERED
        self.delivered += good
        self.failed += not good
        quick = good and (outcome.duration_ms or 0) <= QUICK / timedelta(milliseconds=1)
        lane.room = QUICK_LANE if quick else self._per_host
        self._remember(lane)
        self._results.append((claimed, outcome))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_until_empty(), name="deliveries-write")
        if not quick:
            await self._give_back(self._empty(lane))

    def _remember(self, lane: _Lane) -> None:
        self._rooms[lane.host] = lane.room
        self._rooms.move_to_end(lane.host)
        while len(self._rooms) > KNOWN_HOSTS:
            self._rooms.popitem(last=False)

    def _empty(self, lane: _Lane) -> list[Claimed]:
        waiting = list(lane.waiting)
        lane.waiting.clear()
        return waiting

    async def _give_back(self, claimed: list[Claimed]) -> None:
        if not claimed:
            return
        try:
            await delivery_rows.give_back(claimed)
        except ServiceUnavailableError:
            logger.warning("leases end by themselves", extra={"deliveries": len(claimed)})
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
        batch, self._results = self._results, []
        try:
            await delivery_rows.settle(batch)
        except BaseException:
            self._results = batch + self._results
            raise
        self._let_go([claimed for claimed, _ in batch])

    def _let_go(self, claimed: list[Claimed]) -> None:
        for each in claimed:
            lane = self._lanes[_host_of(each.due.url)]
            lane.in_hand -= 1
            if not lane.is_busy:
                self.freed.set()
        for host in [host for host, lane in self._lanes.items() if not lane.in_hand]:
            del self._lanes[host]
            self._webhooks = {webhook: at for webhook, at in self._webhooks.items() if at != host}

    def _tasks(self) -> list[asyncio.Task[None]]:
        tasks = [task for lane in self._lanes.values() for task in lane.senders]
        return [*tasks, self._writer] if self._writer is not None else tasks


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
