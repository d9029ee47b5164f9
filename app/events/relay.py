"""Moves outbox rows to the event log, one relay at a time, and plans what follows from them.

Writers insert outbox rows in any order of ids and commit in another. The relay alone gives out `sequence`, to rows that
are committed, so nobody who reads the log after a sequence can miss a smaller one. The move, the plans and the removal
from the outbox are one transaction: killed at any moment, nothing is lost and nothing is logged twice.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Final

from app.db import raw
from app.db.errors import TryAgainError
from app.db.raw import Sql
from app.errors import ServiceUnavailableError
from app.events.jobs import drop, enqueue, plan_deliveries
from app.events.log import COLUMNS, LoggedEvent, logged_event
from app.events.outbox import EVENT_LOG_TOPIC
from app.events.registry import DropJobs, NewDelivery, NewJob, Planned, Planner, Registry, RunningJob, WorkContext

logger = logging.getLogger(__name__)

BATCH: Final = 200
LOCK: Final = 0x510_7000 + 1
PLAN_AGAIN: Final = "events.plan"

# SQLite's transactions exclude each other from their first moment.
_TAKE_LOCK = Sql(postgres=f"SELECT pg_try_advisory_xact_lock({LOCK})", sqlite="SELECT 1")

_MOVE = f"""
INSERT INTO event_log ({COLUMNS}, outbox_id)
SELECT (SELECT coalesce(max(sequence), 0) FROM event_log) + row_number() OVER (ORDER BY o.id), o.type, o.key,
       (SELECT coalesce(max(e.key_sequence), 0) FROM event_log e WHERE e.key = o.key)
         + row_number() OVER (PARTITION BY o.key ORDER BY o.id),
       o.topics, o.payload, o.user_id, o.team_id, o.event_type_id, o.booking_id, o.created_at, o.id
  FROM (SELECT * FROM outbox ORDER BY id LIMIT $1) o
 WHERE true
RETURNING {COLUMNS}, outbox_id
"""  # noqa: S608 constants


class Relay:
    """The one that numbers events; several may run, the lock lets one work at a time."""

    def __init__(self, context: WorkContext, registry: Registry, *, batch: int = BATCH) -> None:
        self._context = context
        self._registry = registry
        self._batch = batch
        registry.register_handler(PLAN_AGAIN, self._plan_again)
        self.moved = 0

    async def run(self) -> int:
        """Move all that waits; how many. 0 also when another relay is at work."""
        total = 0
        while await raw.value("SELECT 1 FROM outbox LIMIT 1"):
            events = await self._move_batch()
            total += len(events)
            if not events:
                break
            await self._context.bus.publish([EVENT_LOG_TOPIC], events[-1].sequence)
        return total

    async def _move_batch(self) -> list[LoggedEvent]:
        try:
            async with raw.transaction():
                if not await raw.value(_TAKE_LOCK):
                    return []
                rows = await raw.rows(_MOVE, self._batch)
                await raw.execute("DELETE FROM outbox WHERE id = ANY($1)", [row["outbox_id"] for row in rows])
                events = sorted((logged_event(row) for row in rows), key=lambda event: event.sequence)
                await write_plans(await self._plans(events), self._context)
        except TryAgainError:
            return []
        self.moved += len(events)
        return events

    async def _plans(self, events: Sequence[LoggedEvent]) -> list[Planned]:
        plans: list[Planned] = []
        for name, planner in self._registry.planners.items():
            plans += await self._plan(name, planner, events)
        return plans

    async def _plan(self, name: str, planner: Planner, events: Sequence[LoggedEvent]) -> Sequence[Planned]:
        """What one planner answers; if it fails, a job asks it again, so that it holds up nobody else.

        A savepoint keeps the transaction usable: on PostgreSQL a statement that failed would end it for all.
        """
        await raw.execute("SAVEPOINT planner")
        try:
            plans = await planner(self._context, events)
        except (ServiceUnavailableError, TryAgainError, asyncio.CancelledError):
            raise
        except Exception:
            logger.exception("planner failed", extra={"planner": name})
            await raw.execute("ROLLBACK TO SAVEPOINT planner")
            payload = {"planner": name, "first": events[0].sequence, "last": events[-1].sequence}
            plans = [NewJob(PLAN_AGAIN, payload, key=f"plan:{name}")]
        await raw.execute("RELEASE SAVEPOINT planner")
        return plans

    async def _plan_again(self, context: WorkContext, job: RunningJob) -> None:
        planner = self._registry.planners[job.payload["planner"]]
        async with raw.transaction():
            rows = await raw.rows(
                f"SELECT {COLUMNS} FROM event_log WHERE sequence BETWEEN $1 AND $2 ORDER BY sequence",  # noqa: S608
                job.payload["first"],
                job.payload["last"],
            )
            await write_plans(await planner(context, [logged_event(row) for row in rows]), context)


async def write_plans(plans: Iterable[Planned], context: WorkContext) -> None:
    """Write jobs and deliveries on the transaction in use."""
    plans = list(plans)
    now = context.now()
    if dropped := [each for each in plans if isinstance(each, DropJobs)]:
        await drop(dropped)
    if jobs := [each for each in plans if isinstance(each, NewJob)]:
        await enqueue(jobs, now)
    if deliveries := [each for each in plans if isinstance(each, NewDelivery)]:
        await plan_deliveries(deliveries, now)
