"""The worker's loops on a real database: holds end on time, outages pass, stopping leaves nothing behind."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from app.context import ANONYMOUS, RequestContext, utc_now
from app.db import raw
from app.db.session import Database
from app.errors import ServiceUnavailableError
from app.events.bus import Hint, InProcessBus
from app.events.hold_expiry import expire_holds, next_expiry
from app.events.jobs import enqueue
from app.events.log import events_after, newest_sequence
from app.events.outbox import OutboxEvent
from app.events.registry import NewJob, Registry, RunningJob, WorkContext
from app.events.worker import Worker, _Loop
from app.models import EventType, User
from app.settings import Settings
from tests.events.conftest import Clock, Record


@pytest.fixture
async def event_type_id(database: Database) -> int:
    """An event type of a person."""
    user = await User.create(email="ann@example.com", username="ann", time_zone="UTC")
    event_type = await EventType.create(owner_id=user.id, title="Intro", slug="intro", length_minutes=30)
    return int(event_type.id)


async def hold(event_type_id: int, uid: str, expires_s: int, *, released: bool = False) -> int:
    """Keep the event type's owner; their id."""
    host_id: int = await raw.value("SELECT owner_id FROM event_types WHERE id = $1", event_type_id)
    hold_id = await raw.value(
        "INSERT INTO slot_holds (uid, event_type_id, start_s, end_s, expires_s, is_seat, released, created_at)"
        " VALUES ($1, $2, 1000, 2800, $3, FALSE, $4, $5) RETURNING id",
        uid,
        event_type_id,
        expires_s,
        released,
        Clock().now,
    )
    if not released:
        await raw.execute(
            "INSERT INTO slot_hold_hosts (hold_id, host_id, event_type_id, start_s, end_s, expires_s, is_seat)"
            " VALUES ($1, $2, $3, 1000, 2800, $4, FALSE)",
            hold_id,
            host_id,
            event_type_id,
            expires_s,
        )
    return host_id


async def test_only_expired_holds_end_and_each_is_told(
    work: WorkContext, bus: InProcessBus, clock: Clock, event_type_id: int
) -> None:
    """The expired one is gone with its hosts, told, and moved the slots version; released ones go silently."""
    now_s = int(clock.now.timestamp())
    host_id = await hold(event_type_id, "h1", now_s)
    await hold(event_type_id, "h2", now_s + 60)
    await hold(event_type_id, "h3", now_s - 5, released=True)
    before = await raw.value("SELECT slots_changed_at FROM users WHERE id = $1", host_id)
    async with bus.subscribe([f"host:{host_id}", f"event-type:{event_type_id}"]) as news:
        assert await expire_holds(work) == 2
        assert await news.take() == [Hint(f"event-type:{event_type_id}"), Hint(f"host:{host_id}")]
    assert [row["uid"] for row in await raw.rows("SELECT uid FROM slot_holds")] == ["h2"]
    assert await raw.value("SELECT count(*) FROM slot_hold_hosts") == 1
    assert await raw.value("SELECT slots_changed_at FROM users WHERE id = $1", host_id) > before
    told = await raw.rows("SELECT type, key FROM outbox")
    assert [(row["type"], row["key"]) for row in told] == [("hold.expired", "hold:h1")]
    due = await next_expiry()
    assert due == clock.now.replace(microsecond=0) + timedelta(seconds=60)
    assert await expire_holds(work) == 0


async def test_watchers_hear_of_an_expiry_when_it_happens(
    settings: Settings, bus: InProcessBus, event_type_id: int
) -> None:
    """Not at the next poll: the loop sleeps until the very instant."""
    patient = settings.model_copy(update={"worker_poll": timedelta(seconds=30)})
    expires_s = int(time.time()) + 2
    host_id = await hold(event_type_id, "h1", expires_s)
    worker = Worker(patient, bus, Registry())
    async with bus.subscribe([f"host:{host_id}"]) as news:
        await worker.start()
        assert await asyncio.wait_for(news.take(), 10) == [Hint(f"host:{host_id}")]
        late = time.time() - expires_s
    await worker.stop()
    assert 0 <= late < 0.5


@pytest.fixture
async def worker(
    settings: Settings, bus: InProcessBus, database: Database
) -> AsyncIterator[Callable[[Registry], Worker]]:
    """Makes started workers that only wake for hints."""
    made: list[Worker] = []

    def make(registry: Registry) -> Worker:
        made.append(Worker(settings.model_copy(update={"worker_poll": timedelta(seconds=30)}), bus, registry))
        return made[-1]

    yield make
    for each in made:
        await each.stop()


async def test_a_commit_wakes_the_relay_and_its_plans_run(
    worker: Callable[[Registry], Worker], settings: Settings, bus: InProcessBus
) -> None:
    """From the commit to the job that follows from it nobody waits for a poll."""
    done = asyncio.Event()
    registry = Registry()

    async def planner(_: WorkContext, events: object) -> list[NewJob]:
        return [NewJob("follow-up")]

    async def handler(_: WorkContext, __: RunningJob) -> None:
        done.set()

    registry.register_planner("follow-up", planner)
    registry.register_handler("follow-up", handler)
    await worker(registry).start()
    await asyncio.sleep(0.2)
    ctx = RequestContext(ANONYMOUS, settings, bus)
    from app.db.unit_of_work import UnitOfWork, unit_of_work  # noqa: PLC0415 only here

    async def change(uow: UnitOfWork) -> None:
        uow.record(OutboxEvent("booking.created", "b1"))

    await unit_of_work(ctx, change)
    await asyncio.wait_for(done.wait(), 5)
    assert await newest_sequence() == 1


async def test_stopping_moves_what_waits_and_ends_quickly(
    settings: Settings, bus: InProcessBus, record: Record
) -> None:
    """What was committed a moment before the end is in the log; a hanging job does not hold up the end."""
    registry = Registry()
    started = asyncio.Event()

    async def hang(_: WorkContext, __: RunningJob) -> None:
        started.set()
        await asyncio.Event().wait()

    registry.register_handler("hang", hang)
    short = settings.model_copy(update={"shutdown_grace": timedelta(seconds=1)})
    worker = Worker(short, bus, registry)
    await enqueue([NewJob("hang")], utc_now())
    await worker.start()
    await asyncio.wait_for(started.wait(), 5)
    await record(OutboxEvent("booking.created", "b1"))
    began = time.monotonic()
    await worker.stop()
    assert time.monotonic() - began < 10  # it does not hang; the grace is a second
    assert [each.key for each in (await events_after(0)).events] == ["b1"]
    assert await raw.value("SELECT status FROM jobs WHERE kind = 'hang'") == "DUE"


async def test_a_loop_survives_errors_and_slows_down() -> None:
    """Database away or a bug: it goes on, with growing pauses, and is quick again afterwards."""
    outcomes: list[Exception | None] = [ServiceUnavailableError("away"), ValueError("bug"), None]
    pauses: list[float] = []

    async def step() -> None:
        if (outcome := outcomes.pop(0)) is not None:
            raise outcome

    loop = _Loop("test", step, poll=0.5, now=Clock())
    while outcomes:
        pauses.append(await loop._safely())
    assert pauses == [0.5, 1.0, 0.5]
