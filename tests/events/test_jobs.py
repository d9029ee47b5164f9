"""Jobs run when due, in order per key, once at a time, again after failures and crashes, and end dead at last."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.db import raw
from app.events.jobs import GiveUpError, JobRunner, RetryLaterError, enqueue
from app.events.registry import Daily, Every, NewJob, Registry, RunningJob, WorkContext
from tests.events.conftest import Clock


class Log:
    """A handler that remembers and does what it is told."""

    def __init__(self) -> None:
        self.ran: list[Any] = []
        self.failures: dict[Any, Exception] = {}
        self.gate: asyncio.Event | None = None

    async def __call__(self, _: WorkContext, job: RunningJob) -> None:
        self.ran.append(job.payload.get("n"))
        if self.gate is not None:
            await self.gate.wait()
        if failure := self.failures.get(job.payload.get("n")):
            raise failure


@pytest.fixture
def log() -> Log:
    """What has run."""
    return Log()


@pytest.fixture
def registry(log: Log) -> Registry:
    """Knows `note`."""
    registry = Registry()
    registry.register_handler("note", log, backoff=lambda attempt: timedelta(seconds=10 * 2 ** (attempt - 1)))
    return registry


@pytest.fixture
def runner(work: WorkContext, registry: Registry) -> JobRunner:
    """One worker's runner."""
    return JobRunner(work, registry)


async def run_all(runner: JobRunner) -> None:
    """Everything that is due."""
    while await runner.start_due():
        await runner.idle()


async def states() -> list[tuple[str, int]]:
    """Status and attempts of all jobs."""
    rows = await raw.rows("SELECT status, attempts FROM jobs WHERE id > 0 ORDER BY id")
    return [(row["status"], row["attempts"]) for row in rows]


async def test_a_job_runs_when_it_is_due(runner: JobRunner, log: Log, clock: Clock) -> None:
    """Not before `run_at`, once after it."""
    await enqueue(
        [NewJob("note", {"n": 1}, run_at=clock.now + timedelta(minutes=5)), NewJob("note", {"n": 2})], clock.now
    )
    await run_all(runner)
    assert log.ran == [2]
    assert await runner.next_due() == clock.now + timedelta(minutes=5)
    clock.move(minutes=5)
    await run_all(runner)
    assert log.ran == [2, 1]
    assert await states() == [("DONE", 1), ("DONE", 1)]


async def test_jobs_of_a_key_run_one_after_another(runner: JobRunner, log: Log, clock: Clock) -> None:
    """The second of a key waits for the first, also while that one waits to be tried again; other keys go on."""
    log.failures[1] = ValueError("not yet")
    await enqueue(
        [NewJob("note", {"n": n}, key=key) for n, key in ((1, "a"), (2, "a"), (3, "b"), (4, None))], clock.now
    )
    await run_all(runner)
    assert sorted(log.ran) == [1, 3, 4]
    log.failures.clear()
    clock.move(seconds=13)
    await run_all(runner)
    assert log.ran[3:] == [1, 2]
    assert await states() == [("DONE", 2), ("DONE", 1), ("DONE", 1), ("DONE", 1)]


async def test_failures_wait_longer_each_time_and_end_dead(runner: JobRunner, log: Log, clock: Clock) -> None:
    """Pauses double, give or take a quarter; after `max_attempts` the job stays for people to see."""
    log.failures[1] = ValueError("broken for ann@example.com")
    await enqueue([NewJob("note", {"n": 1}, max_attempts=3)], clock.now)
    pauses: list[float] = []
    for _ in range(2):
        await run_all(runner)
        due = await runner.next_due()
        assert due is not None
        pauses.append((due - clock.now).total_seconds())
        clock.now = due
    assert 7.5 <= pauses[0] <= 12.5
    assert 15 <= pauses[1] <= 25
    await run_all(runner)
    assert await states() == [("DEAD", 3)]
    assert await raw.value("SELECT last_error FROM jobs WHERE id > 0") == "ValueError: broken for ann@example.com"
    assert await runner.next_due() is None or runner.failed == 3


async def test_a_handler_may_ask_for_time_or_give_up(runner: JobRunner, log: Log, clock: Clock) -> None:
    """`RetryLaterError` is no failure; `GiveUpError` is the last one."""
    log.failures = {1: RetryLaterError(timedelta(minutes=1)), 2: GiveUpError("gone")}
    await enqueue([NewJob("note", {"n": 1}), NewJob("note", {"n": 2})], clock.now)
    await run_all(runner)
    assert await states() == [("DUE", 0), ("DEAD", 1)]
    assert await runner.next_due() == clock.now + timedelta(minutes=1)


async def test_a_killed_worker_s_job_is_run_again_after_its_lease(
    work: WorkContext, registry: Registry, runner: JobRunner, log: Log, clock: Clock
) -> None:
    """While the lease holds nobody else takes it; afterwards somebody does, and the first can no longer finish it."""
    log.gate = asyncio.Event()
    await enqueue([NewJob("note", {"n": 1})], clock.now)
    assert await runner.start_due() == 1
    await asyncio.sleep(0)
    other = JobRunner(work, registry)
    assert await other.start_due() == 0
    clock.move(seconds=61)
    assert await other.start_due() == 1
    log.gate.set()
    await runner.idle()
    assert await states() in ([("RUNNING", 2)], [("DONE", 2)])
    await other.idle()
    assert await states() == [("DONE", 2)]
    assert log.ran == [1, 1]


async def test_a_job_that_kills_its_worker_every_time_is_buried(
    work: WorkContext, registry: Registry, clock: Clock
) -> None:
    """Crashes count as attempts, so a poisonous job does not go round for ever."""
    await enqueue([NewJob("note", {"n": 1}, max_attempts=2)], clock.now)
    await raw.execute(
        "UPDATE jobs SET status = 'RUNNING', attempts = 2, locked_by = 'dead', locked_until = $1", clock.now
    )
    clock.move(seconds=1)
    runner = JobRunner(work, registry)
    assert await runner.start_due() == 0
    assert await states() == [("DEAD", 2)]


async def test_two_workers_share_the_jobs(work: WorkContext, registry: Registry, log: Log, clock: Clock) -> None:
    """Each job is claimed by one of them."""
    await enqueue([NewJob("note", {"n": n}) for n in range(40)], clock.now)
    runners = [JobRunner(work, registry, concurrency=4) for _ in range(3)]
    while any(await asyncio.gather(*(each.start_due() for each in runners))):
        await asyncio.gather(*(each.idle() for each in runners))
    assert sorted(log.ran) == list(range(40))


async def test_drain_gives_back_what_is_not_done(runner: JobRunner, log: Log, clock: Clock) -> None:
    """At shutdown a long job is interrupted, does not count as tried, and may run elsewhere at once."""
    log.gate = asyncio.Event()
    await enqueue([NewJob("note", {"n": 1})], clock.now)
    await runner.start_due()
    await asyncio.sleep(0)
    await runner.drain(timedelta(seconds=0.05))
    assert runner.running == 0
    assert await states() == [("DUE", 0)]


async def test_unknown_kinds_are_left_to_workers_that_know_them(runner: JobRunner, clock: Clock) -> None:
    """An old worker does not fail the jobs of a newer release."""
    await enqueue([NewJob("of-the-future")], clock.now)
    await run_all(runner)
    assert await states() == [("DUE", 0)]


async def test_a_job_over_its_time_limit_fails(work: WorkContext, clock: Clock) -> None:
    """A hanging handler does not keep its place for ever."""

    async def hang(_: WorkContext, __: RunningJob) -> None:
        await asyncio.Event().wait()

    registry = Registry()
    registry.register_handler("hang", hang, time_limit=timedelta(seconds=0.05))
    runner = JobRunner(work, registry)
    await enqueue([NewJob("hang")], clock.now)
    await runner.start_due()
    await runner.idle()
    assert await states() == [("DUE", 1)]


async def test_recurring_work_returns_in_one_worker_only(work: WorkContext, clock: Clock) -> None:
    """Whoever is first does it; it comes back after the interval, also when it failed."""
    ran: list[datetime] = []

    async def tick(context: WorkContext) -> None:
        ran.append(context.now())
        if len(ran) == 2:
            raise ValueError("this once")

    runners = []
    for _ in range(2):
        registry = Registry()
        registry.register_cron("tick", Every(timedelta(minutes=10)), tick)
        runners.append(JobRunner(work, registry))
    for _ in range(3):
        for runner in runners:
            await run_all(runner)
        clock.move(minutes=10)
    for runner in runners:
        await run_all(runner)
    start = datetime(2026, 11, 23, 9, 10, tzinfo=UTC)
    assert ran == [start, start + timedelta(minutes=10), start + timedelta(minutes=20)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-28T12:00+00:00", "2026-03-29T01:30+00:00"),
        ("2026-03-29T02:00+00:00", "2026-03-30T00:30+00:00"),
        ("2026-10-24T12:00+00:00", "2026-10-25T00:30+00:00"),
    ],
)
def test_daily_work_keeps_its_clock_time_over_dst(now: str, expected: str) -> None:
    """02:30 in Berlin: a skipped time is an hour later, a repeated one is the first."""
    daily = Daily(2, 30, ZoneInfo("Europe/Berlin"))
    assert daily.after(datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


def test_a_kind_has_one_handler(registry: Registry, log: Log) -> None:
    """A second registration is a mistake."""
    with pytest.raises(ValueError, match="'note' is registered already"):
        registry.register_handler("note", log)
