"""Starting and stopping a process: database, bus, log tail, worker; and back in the other order."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

from app.context import ANONYMOUS, Actor, RequestContext
from app.db import connection
from app.db.history import missing_migrations
from app.errors import ServiceUnavailableError
from app.events.bus import Bus, bus_from
from app.events.registry import Registry
from app.events.tail import LogTail
from app.events.worker import Worker
from app.integrations.mail.smtp import SmtpMailer
from app.observability.tracing import close_tracing, configure_tracing
from app.services.calendars.register import register_calendars
from app.services.mails.register import register_mails
from app.services.webhooks.register import register_webhooks
from app.settings import Settings

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

DATABASE_WAIT: Final = timedelta(seconds=20)
DATABASE_RETRY: Final = 0.5
MIGRATIONS_RETRY: Final = 1.0


def full_registry(settings: Settings) -> Registry:
    """Everything that follows from events, and every job that a worker can do."""
    registry = Registry()
    register_webhooks(registry)
    register_mails(registry, SmtpMailer(settings))
    register_calendars(registry)
    return registry


class Lifecycle:
    """What a process runs beside answering requests."""

    def __init__(self, settings: Settings, *, registry: Registry | None = None) -> None:
        self.settings = settings
        self.bus: Bus = bus_from(settings)
        self.registry = registry or full_registry(settings)
        self.worker: Worker | None = None
        self.tail = LogTail(self.bus, poll=settings.worker_poll.total_seconds())
        self._ready = False
        self._at_end: list[Callable[[], Awaitable[None]]] = []
        self._ending: asyncio.Task[None] | None = None
        self._waiting: asyncio.Task[None] | None = None

    def at_end_of_streams(self, work: Callable[[], Awaitable[None]]) -> None:
        """Call `work` when the process begins to stop: it ends streams that clients hold open."""
        self._at_end.append(work)

    async def start(self, *, with_worker: bool) -> None:
        """Connect and begin; raises ServiceUnavailableError when the database stays away.

        A database that lacks migrations, and may not be migrated here, is waited for in the background.
        """
        configure_tracing(self.settings)
        await connect_patiently(self.settings)
        await self.prepare_database()
        await self.bus.start()
        if self._ready:
            await self._begin(with_worker)
        else:
            self._waiting = asyncio.create_task(self._begin_when_migrated(with_worker), name="wait-for-migrations")

    async def _begin(self, with_worker: bool) -> None:
        await self.tail.start()
        if with_worker:
            self.worker = Worker(self.settings, self.bus, self.registry)
            await self.worker.start()

    async def _begin_when_migrated(self, with_worker: bool) -> None:
        while True:
            await asyncio.sleep(MIGRATIONS_RETRY)
            with suppress(ServiceUnavailableError):
                if await self.is_migrated():
                    break
        await self._begin(with_worker)

    async def is_migrated(self) -> bool:
        """Whether the database has every table of this release; remembered once true."""
        if not self._ready:
            self._ready = not await missing_migrations()
        return self._ready

    def complete_streams(self) -> None:
        """End every subscription, so that their clients get `complete` and connect to somebody else."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end_streams(), name="end-streams")

    async def _end_streams(self) -> None:
        self.bus.complete()
        await asyncio.gather(*(work() for work in self._at_end), return_exceptions=True)

    async def stop(self) -> None:
        """End streams, let jobs finish for a moment, disconnect."""
        self.complete_streams()
        if self._ending is not None:
            await asyncio.wait([self._ending], timeout=1)
        if self._waiting is not None:
            self._waiting.cancel()
        await self.tail.stop()
        if self.worker is not None:
            await self.worker.stop()
        await self.bus.close()
        await connection.close()
        close_tracing()

    async def prepare_database(self) -> None:
        """Migrate the database unless `AUTO_MIGRATE` is off; note whether it is ready."""
        missing = await missing_migrations()
        if missing and self.settings.auto_migrate:
            await connection.close()
            await migrate(self.settings)
            await connection.connect(self.settings)
            missing = []
        if missing:
            logger.error("database lacks migrations, run `slotgraph migrate`", extra={"missing": missing})
        self._ready = not missing


async def connect_patiently(settings: Settings) -> None:
    """Connect to the database, waiting for one that is just starting; raises ServiceUnavailableError after a while."""
    deadline = asyncio.get_running_loop().time() + DATABASE_WAIT.total_seconds()
    said = False
    while True:
        try:
            await connection.connect(settings)
            return
        except ServiceUnavailableError:
            if asyncio.get_running_loop().time() > deadline:
                raise
            if not said:
                logger.warning("waiting for the database")
                said = True
            await asyncio.sleep(DATABASE_RETRY)


async def migrate(settings: Settings) -> list[str]:
    """Apply what is missing; the names of the applied files."""
    from app.db.migrate import upgrade  # noqa: PLC0415 aerich is slow to import and seldom needed

    return await upgrade(settings.database_url)


async def run_worker(settings: Settings, registry: Registry | None = None) -> None:
    """A process that only works, until SIGTERM or SIGINT."""
    lifecycle = Lifecycle(settings, registry=registry)
    stopped = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    await lifecycle.start(with_worker=True)
    logger.info("worker started")
    try:
        await stopped.wait()
    finally:
        await lifecycle.stop()
        logger.info("worker stopped")


async def as_operator(settings: Settings, work: Callable[[RequestContext], Awaitable[Result]]) -> Result:
    """Run `work` as whoever runs commands on this machine; servers on the same database hear of its changes."""
    lifecycle = Lifecycle(settings)
    try:
        await connection.connect(settings)
        await lifecycle.prepare_database()
        await lifecycle.bus.start()
        return await work(RequestContext(ANONYMOUS, settings, lifecycle.bus))
    finally:
        await lifecycle.stop()


def acting_as(ctx: RequestContext, user_id: int, *, is_admin: bool = False) -> RequestContext:
    """The operator's context in the name of somebody."""
    return replace(ctx, actor=Actor(user_id=user_id, is_admin=is_admin))
