"""A clock that tests set, a bus, and the ways to write outbox rows."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from app.context import ANONYMOUS, RequestContext, utc_now
from app.db.session import Database
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.events.bus import InProcessBus
from app.events.outbox import OutboxEvent
from app.events.registry import WorkContext
from app.settings import Settings


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        self._steady = 1_000.0

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let so much time pass: `timedelta(**by)`."""
        self.now += timedelta(**by)
        self._steady += timedelta(**by).total_seconds()

    def jump(self, **by: float) -> None:
        """Set the clock to another time, ahead or back, while no time passes."""
        self.now += timedelta(**by)

    def steady(self) -> float:
        """Time that passes whatever the clock says."""
        return self._steady


@pytest.fixture
def clock() -> Clock:
    """The test's clock."""
    return Clock()


@pytest.fixture
def bus() -> InProcessBus:
    """The test's bus."""
    return InProcessBus()


@pytest.fixture
def work(settings: Settings, bus: InProcessBus, clock: Clock, database: Database) -> WorkContext:
    """What the worker's parts are given."""
    return WorkContext(settings, bus, clock, Random(1), clock.steady)


@pytest.fixture
def ctx(settings: Settings, bus: InProcessBus, clock: Clock, database: Database) -> RequestContext:
    """A caller's context."""
    return RequestContext(ANONYMOUS, settings, bus, now=clock)


@pytest.fixture
def present(work: WorkContext) -> WorkContext:
    """With the real clock."""
    return replace(work, now=utc_now, steady=time.monotonic)


Record = Callable[..., Awaitable[None]]


@pytest.fixture
def record(ctx: RequestContext) -> Record:
    """Commits one unit of work with these events."""

    async def write(*events: OutboxEvent) -> None:
        async def work(uow: UnitOfWork) -> None:
            for event in events:
                uow.record(event)

        await unit_of_work(ctx, work)

    return write
