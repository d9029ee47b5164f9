"""The wall clock is set ahead or back: nothing goes out twice for that, and nothing waits for the clock to catch up."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.db import raw
from app.events.clock import Moment
from app.events.deliveries import Deliverer
from app.events.delivery_rows import claim, find_due
from app.events.jobs import CRON_KIND, JobRunner, enqueue
from app.events.registry import Daily, Every, NewJob, Registry, RunningJob, WorkContext
from tests.events.conftest import Clock
from tests.events.queued import queue, states
from tests.parts.receiver import Receiver

HOURS = 3
LEASE = timedelta(seconds=60)


@pytest.fixture
async def deliverers(work: WorkContext) -> AsyncIterator[list[Deliverer]]:
    """Those of two workers, which have looked at the clock."""
    both = [Deliverer(work), Deliverer(work)]
    for each in both:
        await each.start_due()
    yield both
    for each in both:
        await each.drain(timedelta(seconds=5))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A server that answers after a moment."""
    async with Receiver(delay=0.2) as server:
        yield server


async def lost(clock: Clock) -> None:
    """A worker has taken what is due, and is dead."""
    at = Moment(clock.now, clock.now)
    assert await claim(await find_due(at, 10), at, LEASE, 0)


async def under_way(receiver: Receiver) -> None:
    """Wait until the receiver has got a message and has not answered yet."""
    async with asyncio.timeout(10):
        while not receiver.at_once:  # noqa: ASYNC110 the wire's state
            await asyncio.sleep(0.01)


async def sending(deliverer: Deliverer, receiver: Receiver, clock: Clock) -> None:
    """One message is with the receiver, which has not answered yet."""
    await queue(f"{receiver.url}/hook", 1, at=clock.now)
    assert await deliverer.start_due() == 1
    await under_way(receiver)


async def test_set_ahead_while_a_delivery_is_in_flight(
    deliverers: list[Deliverer], receiver: Receiver, clock: Clock
) -> None:
    """Neither the worker that sends it nor another one takes it for lost."""
    mine, other = deliverers
    await sending(mine, receiver, clock)
    clock.jump(hours=HOURS)
    assert [await mine.start_due(), await other.start_due()] == [0, 0]
    await mine.idle()
    assert await states() == {"DELIVERED": 1}
    assert len(receiver.received) == 1


async def test_a_worker_never_takes_what_it_has_in_hand(
    deliverers: list[Deliverer], receiver: Receiver, clock: Clock
) -> None:
    """Also when its lease is over: a request that takes for ever, a database that was away."""
    mine, _ = deliverers
    await sending(mine, receiver, clock)
    clock.move(hours=HOURS)
    assert await mine.start_due() == 0
    await mine.idle()
    assert len(receiver.received) == 1


async def test_set_ahead_after_a_worker_was_killed(
    deliverers: list[Deliverer], receiver: Receiver, clock: Clock
) -> None:
    """Its delivery is taken when a lease's time has really passed, not before and not three hours later."""
    await queue(f"{receiver.url}/hook", 1, at=clock.now)
    await lost(clock)
    clock.jump(hours=HOURS)
    mine, _ = deliverers
    assert await mine.start_due() == 0
    clock.move(seconds=59)
    assert await mine.start_due() == 0
    clock.move(seconds=2)
    assert await mine.start_due() == 1


async def test_set_back_with_messages_waiting(deliverers: list[Deliverer], receiver: Receiver, clock: Clock) -> None:
    """What is new and what failed before goes out at once, and not when the old time has come again."""
    mine, other = deliverers
    receiver.behave = lambda _: 500
    await queue(f"{receiver.url}/hook", 1, at=clock.now - timedelta(hours=2 * HOURS))
    await mine.start_due()
    await mine.idle()
    assert await states() == {"PENDING": 1}
    receiver.behave = lambda _: 200
    await queue(f"{receiver.url}/hook", 1, at=clock.now)
    clock.jump(hours=-HOURS)
    assert await mine.start_due() == 2
    assert await other.start_due() == 0
    await mine.idle()
    assert await states() == {"DELIVERED": 2}


@pytest.mark.parametrize("noticed", [True, False], ids=["while we look", "before we start"])
async def test_set_back_after_a_worker_was_killed(
    work: WorkContext, deliverers: list[Deliverer], receiver: Receiver, clock: Clock, noticed: bool
) -> None:
    """Its delivery is free after one lease, not three hours later; what came before the jump goes out at once."""
    await queue(f"{receiver.url}/hook", 1, at=clock.now)
    await lost(clock)
    await queue(f"{receiver.url}/hook", 1, at=clock.now)
    clock.jump(hours=-HOURS)
    mine = deliverers[0] if noticed else Deliverer(work)
    assert await mine.start_due() == 1
    await mine.idle()
    clock.move(seconds=59)
    assert await mine.start_due() == 0
    clock.move(seconds=2)
    assert await mine.start_due() == 1
    await mine.idle()
    assert await states() == {"DELIVERED": 2}
    await mine.drain(timedelta(seconds=1))


async def test_another_machine_s_clock_was_ahead(deliverers: list[Deliverer], receiver: Receiver, clock: Clock) -> None:
    """Our clock was right all the time: what the other one wrote is found within a lease and freed one later."""
    await queue(f"{receiver.url}/hook", 1, at=clock.now)
    at = Moment(clock.now, clock.now)
    assert await claim(await find_due(at, 10), Moment(clock.now + timedelta(hours=HOURS), clock.now), LEASE, 0)
    mine, _ = deliverers
    for seconds, started in ((60, 0), (59, 0), (2, 1)):
        clock.move(seconds=seconds)
        assert await mine.start_due() == started


class Runs:
    """A handler that remembers, and waits while its gate is shut."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.gate = asyncio.Event()
        self.fails = False

    async def __call__(self, _: WorkContext, job: RunningJob) -> None:
        self.ran.append(job.payload["n"])
        await self.gate.wait()
        if self.fails:
            raise ValueError("not now")


@pytest.fixture
def runs() -> Runs:
    """What has run."""
    return Runs()


@pytest.fixture
async def runners(work: WorkContext, runs: Runs) -> AsyncIterator[list[JobRunner]]:
    """Those of two workers, which have looked at the clock."""

    async def nothing(_: WorkContext) -> None:
        pass

    registry = Registry()
    registry.register_handler("note", runs)
    registry.register_cron("often", Every(timedelta(minutes=10)), nothing)
    registry.register_cron("nightly", Daily(3, 0, ZoneInfo("UTC")), nothing)
    both = [JobRunner(work, registry), JobRunner(work, registry)]
    for each in both:
        await each.start_due()
    yield both
    for each in both:
        await each.drain(timedelta(seconds=1))


async def test_set_ahead_while_a_job_runs(runners: list[JobRunner], runs: Runs, clock: Clock) -> None:
    """A mail is not sent twice for a clock that was set."""
    await enqueue([NewJob("note", {"n": "mail"})], clock.now)
    mine, other = runners
    assert await mine.start_due() == 1
    await asyncio.sleep(0)
    clock.jump(hours=HOURS)
    for each in (mine, other):
        await each.start_due()  # recurring work may be due
    runs.gate.set()
    await mine.idle()
    assert runs.ran == ["mail"]
    assert await raw.value("SELECT status FROM jobs WHERE id > 0") == "DONE"


@pytest.mark.parametrize("hours", [HOURS, -HOURS])
async def test_a_killed_worker_s_job_runs_after_a_lease(
    runners: list[JobRunner], runs: Runs, clock: Clock, hours: int
) -> None:
    """Whatever the clock was set to meanwhile."""
    await enqueue([NewJob("note", {"n": "mail"})], clock.now)
    await raw.execute(
        "UPDATE jobs SET status = 'RUNNING', attempts = 1, locked_by = 'dead', locked_until = $1 WHERE id > 0",
        clock.now + LEASE,
    )
    clock.jump(hours=hours)
    runs.gate.set()
    for seconds, ran in ((0, []), (59, []), (2, ["mail"])):
        clock.move(seconds=seconds)
        while await runners[0].start_due():
            await runners[0].idle()
        assert runs.ran == ran


async def test_set_back_with_jobs_waiting(runners: list[JobRunner], runs: Runs, clock: Clock) -> None:
    """New ones and those that failed run at once; what has a date waits for its date."""
    runs.gate.set()
    runs.fails = True
    mine, _ = runners
    await enqueue([NewJob("note", {"n": "failed"})], clock.now - timedelta(hours=2 * HOURS))
    await mine.start_due()
    await mine.idle()
    runs.fails = False
    meeting = clock.now - timedelta(hours=1)
    await enqueue([NewJob("note", {"n": "new"})], clock.now)
    clock.jump(hours=-HOURS)
    await enqueue([NewJob("note", {"n": "meeting"}, run_at=meeting)], clock.now)
    while await mine.start_due():
        await mine.idle()
    assert runs.ran == ["failed", "failed", "new"]
    clock.move(hours=HOURS - 1)
    await mine.start_due()
    await mine.idle()
    assert runs.ran[3:] == ["meeting"]


async def test_set_back_with_recurring_work(runners: list[JobRunner], clock: Clock) -> None:
    """It keeps to its timetable by the new clock."""
    clock.jump(hours=-15)
    await runners[0].start_due()
    rows = await raw.rows("SELECT kind, run_at FROM jobs WHERE id < 0 ORDER BY kind")
    assert [(row["kind"], raw.instant(row["run_at"])) for row in rows] == [
        (f"{CRON_KIND}nightly", datetime(2026, 11, 23, 3, 0, tzinfo=UTC)),
        (f"{CRON_KIND}often", datetime(2026, 11, 22, 18, 10, tzinfo=UTC)),
    ]
