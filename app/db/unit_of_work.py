"""One transaction per operation: retries, constraint names, outbox rows, slot versions, hints after the commit."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TypeVar

from app.context import RequestContext
from app.db.connection import current
from app.db.errors import BUSY, ConstraintError, TryAgainError, meaning_of
from app.db.outbox import OutboxEvent, outbox_part
from app.db.session import Session
from app.db.statements import write_parts
from app.db.versions import Changed, now_us, version_parts
from app.errors import ServiceUnavailableError

__all__ = ["ConstraintError", "OutboxEvent", "UnitOfWork", "now_us", "unit_of_work"]

logger = logging.getLogger(__name__)
Result = TypeVar("Result")
OUTBOX_TOPIC = "outbox"
_BACKOFF_SECONDS = 0.01


class UnitOfWork:
    """What one transaction collects; outbox rows and version bumps are written together just before the commit."""

    def __init__(self, ctx: RequestContext, session: Session) -> None:
        self.ctx = ctx
        self.session = session
        self._events: list[OutboxEvent] = []
        self._topics: dict[str, None] = {}
        self._changed = Changed()

    def record(self, event: OutboxEvent) -> None:
        """Queue an outbox row; its topics are hinted at after the commit."""
        self._events.append(event)
        self.hint(OUTBOX_TOPIC, *event.topics)

    def hint(self, *topics: str) -> None:
        """Publish these topics on the bus after the commit."""
        self._topics.update(dict.fromkeys(topics))

    def bump_hosts(self, ids: Iterable[int]) -> None:
        """The slots of these users may have moved."""
        self._changed.hosts.update(ids)

    def bump_event_type(self, *ids: int) -> None:
        """The slots of these event types may have moved."""
        self._changed.event_types.update(ids)

    def bump_schedule(self, *ids: int) -> None:
        """These schedules have changed; bump their owners with `bump_hosts`."""
        self._changed.schedules.update(ids)

    @property
    def topics(self) -> tuple[str, ...]:
        """What will be published, each topic once."""
        return tuple(self._topics)

    async def flush(self) -> None:
        """Write what was collected; called by `unit_of_work`, one statement on PostgreSQL."""
        parts = version_parts(self._changed, now_us(self.ctx))
        if self._events:
            parts.append(outbox_part(self._events, self.ctx.now()))
        if parts:
            await write_parts(self.session, parts)


_running: ContextVar[UnitOfWork | None] = ContextVar("unit_of_work", default=None)


async def unit_of_work(
    ctx: RequestContext,
    work: Callable[[UnitOfWork], Awaitable[Result]],
    *,
    retries: int = 3,
    isolation: str | None = None,
) -> Result:
    """Run `work(uow)` in one transaction and answer what it returns; it runs again from the start after a deadlock.

    So `work` changes nothing outside of the database. Inside another unit of work it joins that one. Raises
    ConstraintError (by name) for a broken constraint, ServiceUnavailableError when the database cannot be reached or
    stays busy; after any error nothing was written and nothing is published.
    """
    outer = _running.get()
    if outer is not None:
        return await _joined(work, outer)
    for attempt in range(retries):
        try:
            uow, result = await _once(ctx, work, isolation)
        except TryAgainError:
            await asyncio.sleep(_BACKOFF_SECONDS * 2**attempt * ctx.random.random())
        else:
            await _publish(ctx, uow.topics)
            return result
    raise ServiceUnavailableError(BUSY)


async def _joined(work: Callable[[UnitOfWork], Awaitable[Result]], outer: UnitOfWork) -> Result:
    try:
        return await work(outer)
    except Exception as error:
        meaning = meaning_of(error)
        if meaning is None:
            raise
        # As outside: the caller tells a broken constraint by its name.
        raise meaning from error


async def _once(
    ctx: RequestContext, work: Callable[[UnitOfWork], Awaitable[Result]], isolation: str | None
) -> tuple[UnitOfWork, Result]:
    try:
        async with current().transaction(isolation) as session, _as_running(UnitOfWork(ctx, session)) as uow:
            result = await work(uow)
            await uow.flush()
            return uow, result
    except Exception as error:
        meaning = meaning_of(error)
        if meaning is None:
            raise
        raise meaning from error


@asynccontextmanager
async def _as_running(uow: UnitOfWork) -> AsyncIterator[UnitOfWork]:
    token = _running.set(uow)
    try:
        yield uow
    finally:
        _running.reset(token)


async def _publish(ctx: RequestContext, topics: tuple[str, ...]) -> None:
    if not topics:
        return
    try:
        await ctx.bus.publish(topics)
    except Exception:
        # Hints only: whoever misses one finds the change in the database.
        logger.warning("Hints could not be published", exc_info=True)
