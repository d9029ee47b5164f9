"""Jobs that are due: claimed under a lease, in order per key, retried with growing pauses, dead after too many.

A claimed job belongs to its worker until `locked_until`; while the worker lives it extends the lease, when it is killed
another one claims the job after the lease. Recurring work is a row as well, under an id derived from its name.
"""

import asyncio
import logging
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from app.db import raw
from app.errors import ServiceUnavailableError
from app.events.clock import ClockGuard, WorkTable
from app.events.registry import (
    Cron,
    Daily,
    DropJobs,
    Every,
    JobKind,
    NewDelivery,
    NewJob,
    Registry,
    RunningJob,
    WorkContext,
)

__all__ = ["Daily", "Every", "GiveUpError", "JobRunner", "NewJob", "RetryLaterError", "enqueue", "plan_deliveries"]

logger = logging.getLogger(__name__)

CONCURRENCY: Final = 10
ERROR_LENGTH: Final = 500
CRON_KIND: Final = "cron:"


class RetryLaterError(Exception):
    """Raised by a handler: try again after `delay`, however often that was; it does not count as a failure."""

    def __init__(self, delay: timedelta) -> None:
        super().__init__(f"again in {delay.total_seconds():g} s")
        self.delay = delay


class GiveUpError(Exception):
    """Raised by a handler: trying again cannot help."""


async def enqueue(jobs: Sequence[NewJob], now: datetime) -> None:
    """Write jobs on the transaction in use; they exist when it commits."""
    await raw.execute_many(
        "INSERT INTO jobs (kind, key, payload, status, run_at, attempts, max_attempts, created_at)"
        " VALUES ($1, $2, $3::jsonb, 'DUE', $4, 0, $5, $6)",
        [(job.kind, job.key, raw.dumps(job.payload), job.run_at or now, job.max_attempts, now) for job in jobs],
    )


async def drop(dropped: Sequence[DropJobs]) -> None:
    """Remove jobs that have not begun, on the transaction in use."""
    await raw.execute_many(
        "DELETE FROM jobs WHERE kind = $1 AND key = $2 AND status = 'DUE'", [(each.kind, each.key) for each in dropped]
    )


async def plan_deliveries(deliveries: Sequence[NewDelivery], now: datetime) -> None:
    """Write webhook messages on the transaction in use."""
    await raw.execute_many(
        "INSERT INTO webhook_deliveries (webhook_id, sequence, key, trigger, body, content_type, status, attempts,"
        " run_at, created_at, error) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10)",
        [
            (
                each.webhook_id,
                each.sequence,
                each.key,
                each.trigger,
                each.body,
                each.content_type,
                "DEAD" if each.error else "PENDING",
                each.run_at or now,
                now,
                each.error,
            )
            for each in deliveries
        ],
    )


TABLE: Final = WorkTable(
    "jobs",
    # Neither recurring work nor what has a date (a meeting begins) goes by how long ago it was planned.
    pausing="id > 0 AND status = 'DUE' AND (attempts > 0 OR last_error IS NOT NULL OR run_at <= created_at)",
    held="status = 'RUNNING'",
)

_CLAIM = """
WITH due AS (
  SELECT j.id FROM jobs j
   WHERE j.kind = ANY($4) AND j.attempts < j.max_attempts
     AND ((j.status = 'DUE' AND j.run_at <= $3) OR (j.status = 'RUNNING' AND j.locked_until < $6))
     AND j.id <> ALL($7::bigint[])
     AND (j.key IS NULL OR NOT EXISTS (
           SELECT 1 FROM jobs e WHERE e.key = j.key AND e.id < j.id AND e.status IN ('DUE', 'RUNNING')))
   ORDER BY j.run_at, j.id LIMIT $5 FOR UPDATE OF j SKIP LOCKED)
UPDATE jobs SET status = 'RUNNING', locked_by = $1, locked_until = $2, attempts = attempts + 1
 WHERE id IN (SELECT id FROM due)
RETURNING id, kind, key, payload, attempts, max_attempts
"""

_BURY = """
UPDATE jobs SET status = 'DEAD', locked_until = NULL, finished_at = $1, last_error = 'The worker was lost too often.'
 WHERE status = 'RUNNING' AND locked_until < $2 AND attempts >= max_attempts AND id <> ALL($3::bigint[])
"""

_FINISH = """
UPDATE jobs SET status = $3, run_at = coalesce($4::timestamptz, run_at), attempts = $5, last_error = $6,
       finished_at = $7, locked_by = NULL, locked_until = NULL
 WHERE id = $1 AND locked_by = $2 AND status = 'RUNNING'
"""


class JobRunner:
    """Claims what is due and runs it, at most `concurrency` at a time."""

    def __init__(self, context: WorkContext, registry: Registry, *, concurrency: int = CONCURRENCY) -> None:
        self._context = context
        self._registry = registry
        self._concurrency = concurrency
        self._worker = secrets.token_hex(8)
        self._running: dict[asyncio.Task[None], RunningJob] = {}
        self._freed = asyncio.Event()
        self._guard = ClockGuard(context, TABLE, context.settings.job_lease)
        self._has_crons = False
        self.done = 0
        self.failed = 0

    @property
    def running(self) -> int:
        """Jobs at work now."""
        return len(self._running)

    @property
    def freed(self) -> asyncio.Event:
        """Set when a job has ended, and with it room for the next or the next of its key."""
        return self._freed

    async def start_due(self) -> int:
        """Claim what is due, as far as there is room, and start it; how many."""
        await self._add_crons()
        if await self._guard.look():
            await self._hurry_crons()
        room = self._concurrency - len(self._running)
        due = await self.next_due() if room > 0 else None
        if due is None or due > self._context.now():
            return 0
        claimed = await self._claim(room)
        for job in claimed:
            task = asyncio.create_task(self._run(job), name=f"job-{job.kind}-{job.id}")
            self._running[task] = job
            task.add_done_callback(self._ended)
        return len(claimed)

    async def next_due(self) -> datetime | None:
        """When the next job is due or the next lease ends (UTC); None without any."""
        found = await raw.row(
            "SELECT (SELECT min(run_at) FROM jobs WHERE status = 'DUE' AND kind = ANY($1)) AS due,"
            " (SELECT min(locked_until) FROM jobs WHERE status = 'RUNNING') AS lease",
            self._kinds,
        )
        instants = [raw.instant(found["due"]), raw.instant(found["lease"])] if found else []
        return min((each for each in instants if each is not None), default=None)

    async def idle(self) -> None:
        """Wait until nothing runs."""
        while self._running:
            await asyncio.wait(self._running)

    async def drain(self, grace: timedelta) -> None:
        """Wait for what runs; what is not done in time is given back and will run again elsewhere."""
        if self._running:
            await asyncio.wait(self._running, timeout=grace.total_seconds())
        for task in tuple(self._running):
            task.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=2)

    @property
    def _kinds(self) -> list[str]:
        return [*self._registry.job_kinds, *(CRON_KIND + name for name in self._registry.crons)]

    async def _add_crons(self) -> None:
        """Write the rows of recurring work that are not there yet."""
        if self._has_crons:
            return
        now = self._context.now()
        for cron in self._registry.crons.values():
            await raw.execute(
                "INSERT INTO jobs (id, kind, payload, status, run_at, attempts, max_attempts, created_at)"
                " VALUES ($1, $2, '{}', 'DUE', $3, 0, 1000000, $4) ON CONFLICT (id) DO NOTHING",
                cron_id(cron.name),
                CRON_KIND + cron.name,
                cron.timetable.after(now),
                now,
            )
        self._has_crons = True

    async def _hurry_crons(self) -> None:
        """What is planned for later than its timetable says was planned by a wrong clock."""
        now = self._context.now()
        await raw.execute_many(
            "UPDATE jobs SET run_at = $2 WHERE id = $1 AND status = 'DUE' AND run_at > $2",
            [(cron_id(cron.name), cron.timetable.after(now)) for cron in self._registry.crons.values()],
        )

    async def _claim(self, limit: int) -> list[RunningJob]:
        at, mine = self._guard.moment(), [job.id for job in self._running.values()]
        lease = at.now + self._context.settings.job_lease
        await raw.execute(_BURY, at.now, at.leases_end, mine)
        async with raw.planned_anew():
            found = await raw.rows(_CLAIM, self._worker, lease, at.now, self._kinds, limit, at.leases_end, mine)
        return sorted((_running_job(row) for row in found), key=lambda job: job.id)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self._freed.set()

    async def _run(self, job: RunningJob) -> None:
        keeping = asyncio.create_task(self._keep_lease(job))
        try:
            await self._work(job)
        except asyncio.CancelledError:
            await self._give_back(job, None, None)
            raise
        except RetryLaterError as again:
            await self._give_back(job, self._context.now() + again.delay, str(again))
        except Exception as error:
            await self._fail(job, error)
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    async def _work(self, job: RunningJob) -> None:
        if cron := self._cron(job):
            await cron.work(self._context)
            await self._rearm(job, cron, None)
            return
        kind = self._registry.job_kinds[job.kind]
        async with asyncio.timeout(kind.time_limit.total_seconds()):
            await kind.handler(self._context, job)
        self.done += 1
        await self._settle(job, "DONE", self._context.now(), attempts=job.attempt, error=None)

    async def _give_back(self, job: RunningJob, run_at: datetime | None, why: str | None) -> None:
        with suppress(ServiceUnavailableError):  # without a database the lease ends by itself
            await self._settle(job, "DUE", run_at, attempts=job.attempt - 1, error=why)

    async def _fail(self, job: RunningJob, error: Exception) -> None:
        self.failed += 1
        logger.warning(
            "job failed", exc_info=error, extra={"job_kind": job.kind, "job_id": job.id, "attempt": job.attempt}
        )
        text = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
        with suppress(ServiceUnavailableError):  # without a database the lease ends by itself
            if cron := self._cron(job):
                await self._rearm(job, cron, text)
            elif isinstance(error, GiveUpError) or job.attempt >= job.max_attempts:
                await self._settle(job, "DEAD", self._context.now(), attempts=job.attempt, error=text)
            else:
                again = self._context.now() + self._pause(self._registry.job_kinds[job.kind], job.attempt)
                await self._settle(job, "DUE", again, attempts=job.attempt, error=text)

    def _pause(self, kind: JobKind, attempt: int) -> timedelta:
        # A quarter more or less, so that what failed together does not come back together.
        return kind.backoff(attempt) * self._context.random.uniform(0.75, 1.25)

    def _cron(self, job: RunningJob) -> Cron | None:
        return self._registry.crons.get(job.kind.removeprefix(CRON_KIND)) if job.kind.startswith(CRON_KIND) else None

    async def _rearm(self, job: RunningJob, cron: Cron, error: str | None) -> None:
        await self._settle(job, "DUE", cron.timetable.after(self._context.now()), attempts=0, error=error)

    async def _settle(
        self, job: RunningJob, status: str, run_at: datetime | None, *, attempts: int, error: str | None
    ) -> None:
        """Write how it went; without `run_at` it stays due when it was."""
        finished_at = self._context.now() if status in {"DONE", "DEAD"} else None
        changed = await raw.execute(_FINISH, job.id, self._worker, status, run_at, attempts, error, finished_at)
        if not changed:
            logger.warning("job lost its lease", extra={"job_kind": job.kind, "job_id": job.id})

    async def _keep_lease(self, job: RunningJob) -> None:
        lease = self._context.settings.job_lease
        while True:
            await asyncio.sleep(lease.total_seconds() / 3)
            with suppress(ServiceUnavailableError):
                await raw.execute(
                    "UPDATE jobs SET locked_until = $3 WHERE id = $1 AND locked_by = $2 AND status = 'RUNNING'",
                    job.id,
                    self._worker,
                    self._context.now() + lease,
                )


def cron_id(name: str) -> int:
    """The id of a recurring row: negative, so that it meets no other job."""
    return -1 - crc32(name.encode())


def _running_job(row: raw.Row) -> RunningJob:
    return RunningJob(
        id=row["id"],
        kind=row["kind"],
        key=row["key"],
        payload=raw.loads(row["payload"]),
        attempt=row["attempts"],
        max_attempts=row["max_attempts"],
    )
