"""The outbox becomes a gapless log in the order of commits, and what follows from it is planned exactly once."""

import asyncio
from collections.abc import Sequence

import pytest

from app.db import raw
from app.db.connection import current
from app.events.bus import Hint, InProcessBus
from app.events.jobs import JobRunner
from app.events.log import LoggedEvent, events_after, is_replayable, prune
from app.events.outbox import EVENT_LOG_TOPIC, OutboxEvent
from app.events.registry import NewJob, Planned, Registry, WorkContext
from app.events.relay import PLAN_AGAIN, Relay
from app.events.tail import LogTail
from tests.events.conftest import Clock, Record


def event(key: str, *topics: str, kind: str = "booking.created") -> OutboxEvent:
    """A change of the booking `key`."""
    return OutboxEvent(kind, key, topics, {"uid": key}, user_id=7, booking_id=3)


async def test_rows_move_in_order_and_keep_everything(work: WorkContext, record: Record, clock: Clock) -> None:
    """Sequences are 1, 2, 3; each key counts for itself; the outbox is empty afterwards."""
    await record(event("b1", "booking:b1"), event("b2"))
    await record(event("b1", kind="booking.cancelled"))
    assert await Relay(work, Registry()).run() == 3
    page = await events_after(0)
    assert [(each.sequence, each.type, each.key, each.key_sequence) for each in page.events] == [
        (1, "booking.created", "b1", 1),
        (2, "booking.created", "b2", 1),
        (3, "booking.cancelled", "b1", 2),
    ]
    first = page.events[0]
    assert first.topics == ("booking:b1",)
    assert first.payload == {"uid": "b1"}
    assert (first.user_id, first.team_id, first.booking_id) == (7, None, 3)
    assert first.occurred_at == clock.now
    assert await raw.value("SELECT count(*) FROM outbox") == 0


async def test_batches_continue_the_numbers(work: WorkContext, record: Record) -> None:
    """More than a batch is moved in one run, without a hole between batches."""
    await record(*(event(f"b{number % 3}") for number in range(7)))
    assert await Relay(work, Registry(), batch=3).run() == 7
    page = await events_after(0)
    assert [each.sequence for each in page.events] == [1, 2, 3, 4, 5, 6, 7]
    assert [each.key_sequence for each in page.events if each.key == "b0"] == [1, 2, 3]


async def test_the_log_is_announced_once_per_batch(work: WorkContext, bus: InProcessBus, record: Record) -> None:
    """The hint carries the newest sequence."""
    await record(event("b1"), event("b2"))
    async with bus.subscribe([EVENT_LOG_TOPIC]) as news:
        await Relay(work, Registry()).run()
        assert await news.take() == [Hint(EVENT_LOG_TOPIC, 2)]


async def test_concurrent_relays_number_everything_once(work: WorkContext, record: Record) -> None:
    """Relays of several processes on one outbox: nothing twice, nothing lost, no hole."""
    await record(*(event(f"b{number}") for number in range(60)))
    relays = [Relay(work, Registry(), batch=7) for _ in range(4)]
    while await raw.value("SELECT count(*) FROM outbox"):
        await asyncio.gather(*(relay.run() for relay in relays))
    page = await events_after(0)
    assert [each.sequence for each in page.events] == list(range(1, 61))
    assert len({each.key for each in page.events}) == 60


@pytest.mark.postgres
async def test_a_late_commit_of_an_early_row_comes_later_in_the_log(work: WorkContext, record: Record) -> None:
    """A reader who saw the later id must still see the earlier one: ids order inserts, sequences order commits."""
    relay = Relay(work, Registry())
    inserted, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with current().transaction():
            await raw.execute(
                "INSERT INTO outbox (type, key, topics, payload, created_at) VALUES ('x', 'slow', '[]', '{}', $1)",
                work.now(),
            )
            inserted.set()
            await go_on.wait()

    slow_task = asyncio.create_task(slow())
    await inserted.wait()
    await record(event("quick"))
    assert await relay.run() == 1
    go_on.set()
    await slow_task
    assert await relay.run() == 1
    assert [each.key for each in (await events_after(0)).events] == ["quick", "slow"]


async def test_plans_are_written_with_the_move(work: WorkContext, record: Record) -> None:
    """A planner sees each event once; the jobs it answers exist."""
    seen: list[int] = []

    async def planner(_: WorkContext, events: Sequence[LoggedEvent]) -> Sequence[Planned]:
        seen.extend(each.sequence for each in events)
        return [NewJob("notify", {"sequence": each.sequence}, key=each.key) for each in events]

    registry = Registry()
    relay = Relay(work, registry)
    registry.register_planner("notify", planner)
    await record(event("b1"), event("b2"))
    await relay.run()
    await relay.run()
    assert seen == [1, 2]
    jobs = await raw.rows("SELECT kind, key, payload FROM jobs ORDER BY id")
    assert [(job["kind"], job["key"], raw.loads(job["payload"])) for job in jobs] == [
        ("notify", "b1", {"sequence": 1}),
        ("notify", "b2", {"sequence": 2}),
    ]


async def test_a_failing_planner_holds_up_nobody_and_is_asked_again(work: WorkContext, record: Record) -> None:
    """Its events are logged, the other planner's jobs are written, and a job repeats the planning."""
    broken = True

    async def good(_: WorkContext, events: Sequence[LoggedEvent]) -> Sequence[Planned]:
        return [NewJob("good") for _ in events]

    async def bad(_: WorkContext, events: Sequence[LoggedEvent]) -> Sequence[Planned]:
        if broken:
            raise KeyError("a bug")
        return [NewJob("bad", {"sequence": each.sequence}) for each in events]

    registry = Registry()
    relay = Relay(work, registry)
    registry.register_planner("bad", bad)
    registry.register_planner("good", good)
    await record(event("b1"))
    assert await relay.run() == 1
    kinds = [row["kind"] for row in await raw.rows("SELECT kind FROM jobs WHERE id > 0 ORDER BY kind")]
    assert kinds == [PLAN_AGAIN, "good"]
    broken = False
    runner = JobRunner(work, registry)
    await runner.start_due()
    await runner.idle()
    assert await raw.value("SELECT payload FROM jobs WHERE kind = 'bad'") is not None


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM no_such_table",
        "INSERT INTO jobs (kind, payload, status, run_at) VALUES ('half', '{}', 'NO SUCH STATUS', '2026-01-01')",
    ],
    ids=["wrong", "constraint"],
)
async def test_a_planner_whose_statement_fails_leaves_the_transaction_usable(
    work: WorkContext, record: Record, statement: str
) -> None:
    """What it wrote is taken back, its events are logged, and the planners after it write theirs."""

    async def bad(_: WorkContext, __: Sequence[LoggedEvent]) -> Sequence[Planned]:
        await raw.execute("UPDATE event_log SET type = 'half' WHERE sequence > 0")
        await raw.execute(statement)
        return []

    async def good(_: WorkContext, events: Sequence[LoggedEvent]) -> Sequence[Planned]:
        return [NewJob("good") for _ in events]

    registry = Registry()
    relay = Relay(work, registry)
    registry.register_planner("bad", bad)
    registry.register_planner("good", good)
    await record(event("b1"))
    assert await relay.run() == 1
    kinds = [row["kind"] for row in await raw.rows("SELECT kind FROM jobs WHERE id > 0 ORDER BY kind")]
    assert kinds == [PLAN_AGAIN, "good"]
    assert await raw.value("SELECT type FROM event_log") != "half"


async def test_reading_by_topic_and_type_in_pages(work: WorkContext, record: Record) -> None:
    """A page has the wanted events of its part of the log; its cursor goes on where it stopped."""
    for number in range(6):
        await record(event(f"b{number}", f"user-bookings:{number % 2}", kind="booking.created" if number else "x"))
    await Relay(work, Registry()).run()
    page = await events_after(0, topics={"user-bookings:0"}, types={"booking.created"}, limit=1)
    assert [each.sequence for each in page.events] == [3]
    assert page.more
    page = await events_after(page.cursor, topics={"user-bookings:0"}, limit=5)
    assert [each.sequence for each in page.events] == [5]
    assert (page.cursor, page.more) == (6, False)
    assert (await events_after(6)).events == ()
    page = await events_after(0, topics={"none"}, scan=4)
    assert (page.events, page.cursor, page.more) == ((), 4, True)


async def test_retention_keeps_counts_and_says_what_is_gone(work: WorkContext, record: Record, clock: Clock) -> None:
    """Old entries go, the newest of each key and the newest of all stay, so no number is ever given out twice."""
    relay = Relay(work, Registry())
    await record(event("b1"), event("b1"), event("hold:h1"), event("b2"))
    await relay.run()
    clock.move(days=20)
    await record(event("b1"))
    await relay.run()
    clock.move(days=15)
    retention = work.settings.event_retention
    assert await is_replayable(3, now=clock.now, retention=retention) is False
    assert await is_replayable(4, now=clock.now, retention=retention) is True
    assert await is_replayable(5, now=clock.now, retention=retention) is True
    assert await is_replayable(6, now=clock.now, retention=retention) is False
    assert await prune(now=clock.now, retention=retention) == 3
    assert [each.sequence for each in (await events_after(0)).events] == [4, 5]
    clock.move(days=60)
    await prune(now=clock.now, retention=retention)
    await record(event("b1"))
    await relay.run()
    newest = (await events_after(5)).events
    assert [(each.sequence, each.key_sequence) for each in newest] == [(6, 4)]


async def test_the_tail_tells_each_entry_once_even_unannounced(
    work: WorkContext, bus: InProcessBus, record: Record
) -> None:
    """Entries of another process, of which the bus said nothing, reach local listeners with their sequence."""
    relay = Relay(work, Registry())
    await record(event("before", "host:1"))
    await relay.run()
    tail = LogTail(bus, poll=0.05)
    await tail.start()
    async with bus.subscribe(["host:1", "host:2"]) as news:
        await raw.execute(
            "INSERT INTO outbox (type, key, topics, payload, created_at) VALUES ('x', 'k', $1::jsonb, '{}', $2)",
            '["host:1","host:3"]',
            work.now(),
        )
        silent = WorkContext(work.settings, InProcessBus(), work.now, work.random)
        await Relay(silent, Registry()).run()
        assert await asyncio.wait_for(news.take(), 5) == [Hint("host:1", 2)]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(news.take(), 0.2)
    await tail.stop()
