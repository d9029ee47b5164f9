"""One transaction per operation: all or nothing, hints after the commit, versions that only grow."""

import asyncio
import contextlib
from collections.abc import Callable

import asyncpg
import pytest
from tortoise.transactions import in_transaction

from app.context import RequestContext
from app.db import raw
from app.db.errors import TryAgainError
from app.db.unit_of_work import ConstraintError, OutboxEvent, UnitOfWork, now_us, unit_of_work
from app.errors import NotFoundError, ServiceUnavailableError
from app.models import User
from tests.db.conftest import NOW, RecordingBus, Rows


async def names() -> list[str]:
    """All user names, in order."""
    return [row[0] for row in await raw.rows("SELECT username FROM users ORDER BY username")]


async def insert(name: str) -> None:
    """A user, by hand."""
    await raw.execute("INSERT INTO users (username, email) VALUES ($1, $2)", name, f"{name}@example.com")


async def test_models_and_raw_statements_share_the_transaction(ctx: RequestContext, rows: Rows) -> None:
    async def work(uow: UnitOfWork) -> tuple[list[str], bool]:
        await insert("ann")
        await User.create(username="bob", email="bob@example.com")
        return await names(), await User.filter(username="ann").exists()

    assert await unit_of_work(ctx, work) == (["ann", "bob"], True)
    assert await names() == ["ann", "bob"]


async def test_an_error_leaves_nothing_behind(ctx: RequestContext, bus: RecordingBus, rows: Rows) -> None:
    async def work(uow: UnitOfWork) -> None:
        await insert("ann")
        uow.record(OutboxEvent("booking.created", "b1", ("booking:b1",)))
        raise NotFoundError("no")

    with pytest.raises(NotFoundError):
        await unit_of_work(ctx, work)
    assert await names() == []
    assert await raw.value("SELECT count(*) FROM outbox") == 0
    assert bus.published == []


async def test_a_broken_constraint_is_named_and_rolls_back(ctx: RequestContext, rows: Rows) -> None:
    async def work(uow: UnitOfWork) -> None:
        await insert("ann")
        await insert("Ann")

    with pytest.raises(ConstraintError) as caught:
        await unit_of_work(ctx, work)
    assert caught.value.kind == "unique"
    assert caught.value.name in {"ux_users_email", "ux_users_username"}
    assert await names() == []


async def test_a_constraint_broken_through_a_model_is_named_too(ctx: RequestContext, rows: Rows) -> None:
    await insert("ann")

    async def work(uow: UnitOfWork) -> None:
        await User.create(username="other", email="ANN@example.com")

    with pytest.raises(ConstraintError) as caught:
        await unit_of_work(ctx, work)
    assert caught.value.name == "ux_users_email"


async def test_events_are_written_and_hinted_at_after_the_commit(
    ctx: RequestContext, bus: RecordingBus, rows: Rows
) -> None:
    event = OutboxEvent("booking.created", "b1", ("host:1", "booking:b1"), {"id": 7}, 1, 2, 3, 4)
    later = OutboxEvent("booking.cancelled", "b0", ("host:1",))

    async def work(uow: UnitOfWork) -> None:
        uow.record(event)
        uow.record(later)
        uow.hint("team-bookings:2")
        assert bus.published == []

    await unit_of_work(ctx, work)
    assert bus.published == [("outbox", "host:1", "booking:b1", "team-bookings:2")]
    first, second = await raw.rows("SELECT * FROM outbox ORDER BY id")
    assert (first["type"], first["key"]) == ("booking.created", "b1")
    assert (raw.loads(first["topics"]), raw.loads(first["payload"])) == (["host:1", "booking:b1"], {"id": 7})
    assert [first[name] for name in ("user_id", "team_id", "event_type_id", "booking_id")] == [1, 2, 3, 4]
    assert raw.instant(first["created_at"]) == NOW
    assert (second["type"], second["user_id"], raw.loads(second["payload"])) == ("booking.cancelled", None, {})


async def test_a_broken_bus_does_not_undo_a_commit(ctx: RequestContext, bus: RecordingBus, rows: Rows) -> None:
    bus.broken = True

    async def work(uow: UnitOfWork) -> str:
        uow.hint("host:1")
        await insert("ann")
        return "done"

    assert await unit_of_work(ctx, work) == "done"
    assert await names() == ["ann"]


async def test_versions_grow_even_when_the_clock_stands_still(ctx: RequestContext, rows: Rows) -> None:
    host = await rows.user()
    event_type = await rows.event_type(host)

    async def highest() -> int:
        both = "SELECT slots_changed_at AS v FROM users UNION ALL SELECT slots_changed_at FROM event_types"
        return int(await raw.value(f"SELECT max(v) FROM ({both}) x"))

    seen = [await highest()]
    for bump in ("hosts", "event_type", "hosts"):

        async def work(uow: UnitOfWork, bump: str = bump) -> None:
            if bump == "hosts":
                uow.bump_hosts([host])
            else:
                uow.bump_event_type(event_type)

        await unit_of_work(ctx, work)
        seen.append(await highest())
    assert seen == sorted(set(seen))
    assert seen[1] >= NOW.timestamp() * 1_000_000


async def test_all_bumps_and_events_of_a_unit_are_written(ctx: RequestContext, rows: Rows) -> None:
    one, two, other = await rows.user(), await rows.user(), await rows.user()
    event_type = await rows.event_type(one)
    schedule = await raw.value(
        "INSERT INTO schedules (user_id, name, time_zone) VALUES ($1, 'Hours', 'UTC') RETURNING id", one
    )

    async def work(uow: UnitOfWork) -> None:
        uow.bump_schedule(schedule)
        uow.bump_event_type(event_type)
        uow.bump_hosts([two, one])
        uow.record(OutboxEvent("schedule.updated", "s"))

    await unit_of_work(ctx, work)
    users = await raw.rows("SELECT id, slots_changed_at AS v FROM users")
    versions = {row["id"]: row["v"] for row in users}
    assert versions[one] == versions[two] > 0
    assert versions[other] == 0
    assert await raw.value("SELECT slots_changed_at FROM event_types") == versions[one]
    assert await raw.value("SELECT slots_changed_at FROM schedules") == versions[one]
    assert await raw.value("SELECT count(*) FROM outbox") == 1


async def test_a_unit_inside_a_unit_joins_it(ctx: RequestContext, bus: RecordingBus, rows: Rows) -> None:
    async def inner(uow: UnitOfWork) -> None:
        await insert("ann")
        uow.hint("host:1")

    async def outer(uow: UnitOfWork) -> None:
        await unit_of_work(ctx, inner)
        assert bus.published == []
        raise NotFoundError("after all")

    with pytest.raises(NotFoundError):
        await unit_of_work(ctx, outer)
    assert await names() == []
    assert bus.published == []


async def test_work_runs_again_after_it_got_in_the_way_of_another(ctx: RequestContext, rows: Rows) -> None:
    runs: list[int] = []

    async def work(uow: UnitOfWork) -> int:
        runs.append(1)
        await insert("ann")
        if len(runs) < 3:
            raise TryAgainError("deadlock")
        return len(runs)

    assert await unit_of_work(ctx, work) == 3
    assert await names() == ["ann"]


async def test_work_that_never_gets_through_is_unavailable(ctx: RequestContext, rows: Rows) -> None:
    async def work(uow: UnitOfWork) -> None:
        raise TryAgainError("deadlock")

    with pytest.raises(ServiceUnavailableError):
        await unit_of_work(ctx, work)


async def test_a_nested_model_transaction_is_a_savepoint(ctx: RequestContext, rows: Rows) -> None:
    async def work(uow: UnitOfWork) -> None:
        await insert("ann")
        with contextlib.suppress(NotFoundError):
            async with in_transaction():
                await insert("bob")
                raise NotFoundError("only the inner part")

    await unit_of_work(ctx, work)
    assert await names() == ["ann"]


async def test_concurrent_statements_of_one_unit_wait_for_each_other(ctx: RequestContext, rows: Rows) -> None:
    async def work(uow: UnitOfWork) -> None:
        await asyncio.gather(*(insert(f"u{number}") for number in range(10)), User.all().count())

    await unit_of_work(ctx, work)
    assert len(await names()) == 10


async def test_many_units_at_once_lose_no_update(make_ctx: Callable[..., RequestContext], rows: Rows) -> None:
    user = await rows.user(bio="0")

    async def work(uow: UnitOfWork) -> None:
        bio = await raw.value("SELECT bio FROM users WHERE id = $1 FOR UPDATE", user)
        await asyncio.sleep(0)
        await raw.execute("UPDATE users SET bio = $2 WHERE id = $1", user, str(int(bio) + 1))

    await asyncio.gather(*(unit_of_work(make_ctx(), work) for _ in range(30)))
    assert await raw.value("SELECT bio FROM users WHERE id = $1", user) == "30"


async def test_a_cancelled_unit_leaves_the_database_usable(ctx: RequestContext, rows: Rows) -> None:
    started = asyncio.Event()

    async def work(uow: UnitOfWork) -> None:
        await insert("ann")
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(unit_of_work(ctx, work))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await insert("bob")
    assert await names() == ["bob"]


@pytest.mark.parametrize("turns", range(6))
async def test_a_unit_cancelled_at_any_moment_leaves_the_database_usable(
    ctx: RequestContext, rows: Rows, turns: int
) -> None:
    async def work(uow: UnitOfWork) -> None:
        await insert("ann")

    task = asyncio.create_task(unit_of_work(ctx, work))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await insert("bob")
    assert (await names())[-1] == "bob"


@pytest.mark.postgres
async def test_a_real_deadlock_is_retried(make_ctx: Callable[..., RequestContext], rows: Rows) -> None:
    one, two = await rows.user(), await rows.user()
    meeting = asyncio.Barrier(2)
    first_time = {one, two}

    async def swap(mine: int, theirs: int) -> None:
        async def work(uow: UnitOfWork) -> None:
            await raw.execute("UPDATE users SET bio = 'x' WHERE id = $1", mine)
            if mine in first_time:
                first_time.remove(mine)
                await meeting.wait()
            await raw.execute("UPDATE users SET bio = 'y' WHERE id = $1", theirs)

        await unit_of_work(make_ctx(), work)

    await asyncio.gather(swap(one, two), swap(two, one))
    assert first_time == set()


@pytest.mark.postgres
async def test_serializable_is_available(ctx: RequestContext, rows: Rows) -> None:
    async def work(uow: UnitOfWork) -> str:
        return str(await raw.value("SHOW transaction_isolation"))

    assert await unit_of_work(ctx, work, isolation="serializable") == "serializable"


async def test_now_us_never_repeats(ctx: RequestContext) -> None:
    assert now_us(ctx) < now_us(ctx) < now_us(ctx)


def test_driver_error_classes_are_still_what_we_map() -> None:
    assert asyncpg.DeadlockDetectedError.sqlstate == "40P01"
    assert asyncpg.ExclusionViolationError.sqlstate == "23P01"
