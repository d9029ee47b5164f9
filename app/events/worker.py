"""The worker: relay, jobs, deliveries, expiring holds; in `serve` or by itself; any number may run on one database."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from random import Random
from typing import Final

from app.context import utc_now
from app.errors import ServiceUnavailableError
from app.events.bus import GAP, Bus
from app.events.deliveries import Deliverer
from app.events.hold_expiry import expire_holds, next_expiry
from app.events.housekeeping import register_housekeeping
from app.events.jobs import JobRunner
from app.events.outbox import OUTBOX_TOPIC
from app.events.registry import Registry, WorkContext
from app.events.relay import Relay
from app.settings import Settings

logger = logging.getLogger(__name__)

LONGEST_PAUSE: Final = 5.0


class _Loop:
    """Calls `step` when woken, when the instant it answered has come, and once per `poll`; survives every error."""

    def __init__(
        self,
        name: str,
        step: Callable[[], Awaitable[datetime | None]],
        *,
        poll: float,
        now: Callable[[], datetime],
        wake: asyncio.Event | None = None,
    ) -> None:
        self.name = name
        self._step = step
        self._poll = poll
        self._now = now
        self._wake = wake or asyncio.Event()
        self._pause = 0.0

    def wake(self) -> None:
        """There may be work."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wake.clear()
            pause = await self._safely()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):  # wait_for of Python 3.11 may swallow a cancellation
                    await self._wake.wait()

    async def _safely(self) -> float:
        try:
            due = await self._step()
        except ServiceUnavailableError:
            if not self._pause:
                logger.warning("worker waits for the database", extra={"loop": self.name})
            self._pause = min(max(self._pause * 2, self._poll), LONGEST_PAUSE)
            return self._pause
        except Exception:
            logger.exception("worker step failed", extra={"loop": self.name})
            self._pause = min(max(self._pause * 2, self._poll), LONGEST_PAUSE)
            return self._pause
        self._pause = 0.0
        return self._until(due)

    def _until(self, due: datetime | None) -> float:
        # What is due and was not done is held up by something else: look again after the poll.
        seconds = (due - self._now()).total_seconds() if due is not None else self._poll
        return min(seconds, self._poll) if seconds > 0 else self._poll


class Worker:
    """Four loops; each does what is due, then sleeps until the next due instant, a hint, or `worker_poll`."""

    def __init__(
        self,
        settings: Settings,
        bus: Bus,
        registry: Registry,
        *,
        now: Callable[[], datetime] = utc_now,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._context = WorkContext(settings, bus, now, Random(), steady)  # noqa: S311 jitter needs no strong chance
        self._bus = bus
        self._poll = settings.worker_poll.total_seconds()
        self._grace = settings.shutdown_grace
        register_housekeeping(registry)
        self.relay = Relay(self._context, registry)
        self.jobs = JobRunner(self._context, registry)
        self.deliveries = Deliverer(self._context)
        self._closers = registry.closers
        self._loops: list[_Loop] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start the loops; they wait for a database that is away."""
        now = self._context.now
        self._loops = [
            _Loop("relay", self._relay, poll=self._poll, now=now),
            _Loop("jobs", self._jobs, poll=self._poll, now=now, wake=self.jobs.freed),
            _Loop("deliveries", self._deliveries, poll=self._poll, now=now, wake=self.deliveries.freed),
            _Loop("holds", self._holds, poll=self._poll, now=now),
        ]
        self._tasks = [asyncio.create_task(loop.run(), name=f"worker-{loop.name}") for loop in self._loops]
        self._tasks.append(asyncio.create_task(self._listen(), name="worker-listen"))

    async def stop(self) -> None:
        """Claim nothing more, move what waits in the outbox, let jobs end for a part of the grace period."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        with suppress(ServiceUnavailableError, TimeoutError):
            async with asyncio.timeout(1):
                await self.relay.run()
        await asyncio.gather(self.jobs.drain(self._grace / 2), self.deliveries.drain(self._grace / 2))
        await asyncio.gather(*(close() for close in self._closers), return_exceptions=True)

    async def run_once(self) -> None:
        """Do everything that is due now and wait for its end; for tests and commands."""
        await self._holds()
        await self.relay.run()
        while await self.jobs.start_due():
            await self.jobs.idle()
        while await self.deliveries.start_due():
            await self.deliveries.idle()

    async def _relay(self) -> datetime | None:
        moved = await self.relay.run()
        if moved:
            self.jobs.freed.set()  # the planners may have planned jobs
            self.deliveries.freed.set()
        return None

    async def _jobs(self) -> datetime | None:
        while await self.jobs.start_due():
            pass
        return await self.jobs.next_due()

    async def _deliveries(self) -> datetime | None:
        while await self.deliveries.start_due():
            pass
        return await self.deliveries.next_due()

    async def _holds(self) -> datetime | None:
        due = await next_expiry()
        if due is not None and due <= self._context.now():
            await expire_holds(self._context)
            due = await next_expiry()
        return due

    async def _listen(self) -> None:
        async with self._bus.subscribe([OUTBOX_TOPIC]) as news:
            while (heard := await news.take()) is not None:
                for loop in self._loops:
                    if loop.name != "holds" or heard is GAP:
                        loop.wake()
