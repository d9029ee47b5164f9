"""A database that goes away is a 503, and work goes on when it is back, without restarting us."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.context import RequestContext
from app.db import connection, raw
from app.db.migrate import upgrade
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import ServiceUnavailableError
from app.models import User
from app.settings import Settings
from tests.parts.postgres import PostgresCluster


async def write(uow: UnitOfWork) -> None:
    """One row."""
    await raw.execute("INSERT INTO jobs (kind, run_at) VALUES ('test', $1)", uow.ctx.now())


async def use_everything(ctx: RequestContext) -> None:
    """A raw read, a model read and a unit of work."""
    await raw.rows("SELECT id FROM jobs")
    await User.all().count()
    await unit_of_work(ctx, write)


@pytest.mark.postgres
async def test_a_server_that_stops_and_comes_back(
    own_postgres: PostgresCluster,
    make_settings: Callable[..., Settings],
    make_ctx: Callable[..., RequestContext],
) -> None:
    settings = make_settings(database_url=own_postgres.url, database_pool_min=2)
    await upgrade(own_postgres.url)
    async with connection.database(settings):
        ctx = make_ctx(settings=settings)
        await asyncio.gather(*(use_everything(ctx) for _ in range(5)))
        own_postgres.stop()
        for attempt in (raw.rows("SELECT 1"), unit_of_work(ctx, write)):
            with pytest.raises(ServiceUnavailableError):
                await attempt
        with pytest.raises(ServiceUnavailableError):
            await User.all().count()
        own_postgres.start()
        await asyncio.gather(*(use_everything(ctx) for _ in range(5)))
        assert await raw.value("SELECT count(*) FROM jobs") == 10


@pytest.mark.postgres
async def test_a_session_ended_by_the_server_in_the_middle_of_a_unit(
    make_ctx: Callable[..., RequestContext], database: object
) -> None:
    async def work(uow: UnitOfWork) -> None:
        await write(uow)
        own = await raw.value("SELECT pg_backend_pid()")
        await connection.current().fetch("SELECT pg_terminate_backend($1)", [own])
        await raw.value("SELECT 1")

    with pytest.raises(ServiceUnavailableError):
        await unit_of_work(make_ctx(), work)
    await use_everything(make_ctx())
    assert await raw.value("SELECT count(*) FROM jobs") == 1


@pytest.mark.postgres
async def test_a_statement_over_the_time_limit_is_ended(
    make_settings: Callable[..., Settings], database_url: str
) -> None:
    settings = make_settings(database_url=database_url, database_statement_timeout=timedelta(seconds=0.1))
    async with connection.database(settings):
        with pytest.raises(ServiceUnavailableError):
            await raw.value("SELECT pg_sleep(5)")
        assert await raw.value("SELECT 1") == 1


@pytest.mark.postgres
async def test_more_callers_than_connections_wait_their_turn(
    make_settings: Callable[..., Settings], make_ctx: Callable[..., RequestContext], database_url: str
) -> None:
    settings = make_settings(database_url=database_url, database_pool_max=2)
    async with connection.database(settings):
        ctx = make_ctx(settings=settings)
        await asyncio.wait_for(asyncio.gather(*(use_everything(ctx) for _ in range(60))), 20)
        assert await raw.value("SELECT count(*) FROM jobs") == 60


@pytest.mark.postgres
async def test_a_full_pool_is_unavailable_after_a_while(
    make_settings: Callable[..., Settings],
    make_ctx: Callable[..., RequestContext],
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "_ACQUIRE_SECONDS", 0.05)
    settings = make_settings(database_url=database_url, database_pool_max=1)

    async def work(uow: UnitOfWork) -> None:
        await connection.current().fetch("SELECT 1", [])  # a second connection, which there is not

    async with connection.database(settings):
        with pytest.raises(ServiceUnavailableError):
            await unit_of_work(make_ctx(settings=settings), work)
        assert await raw.value("SELECT 1") == 1


@pytest.mark.postgres
async def test_no_server_at_all(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(database_url="postgres://nobody@127.0.0.1:1/nothing")
    with pytest.raises(ServiceUnavailableError):
        await connection.connect(settings)
    with pytest.raises(ServiceUnavailableError):
        connection.current()


@pytest.mark.sqlite
async def test_another_process_that_writes_is_waited_for(
    make_ctx: Callable[..., RequestContext], settings: Settings, database: object
) -> None:
    path = settings.database_url.removeprefix("sqlite://")
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    ours = asyncio.create_task(unit_of_work(make_ctx(), write))
    await asyncio.sleep(0.05)
    assert await raw.value("SELECT count(*) FROM jobs") == 0  # readers wait for nobody
    assert not ours.done()
    other.execute("ROLLBACK")
    other.close()
    await ours
    assert await raw.value("SELECT count(*) FROM jobs") == 1


@pytest.mark.sqlite
async def test_a_folder_that_cannot_be_made(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServiceUnavailableError):
        await connection.connect(make_settings(database_url=f"sqlite://{tmp_path}/file/x.sqlite3"))


@pytest.mark.postgres
async def test_closing_waits_only_for_what_is_running(
    make_settings: Callable[..., Settings], database_url: str
) -> None:
    await connection.connect(make_settings(database_url=database_url))
    running = asyncio.create_task(raw.value("SELECT pg_sleep(0.2)"))
    await asyncio.sleep(0.05)
    await asyncio.wait_for(connection.close(), 5)
    await running


@pytest.mark.postgres
async def test_callers_who_give_up_in_line_lose_no_connection(
    make_settings: Callable[..., Settings], make_ctx: Callable[..., RequestContext], database_url: str
) -> None:
    settings = make_settings(database_url=database_url, database_pool_max=2)
    goes_on = asyncio.Event()

    async def hold(uow: UnitOfWork) -> None:
        await goes_on.wait()

    async with connection.database(settings):
        holder = asyncio.create_task(unit_of_work(make_ctx(settings=settings), hold))
        await asyncio.sleep(0.05)
        line = [asyncio.create_task(raw.value("SELECT 1")) for _ in range(12)]
        await asyncio.sleep(0)
        for task in line[::2]:
            task.cancel()
        goes_on.set()
        await asyncio.sleep(0)
        line[1].cancel()  # about to get the connection, or just got it
        await asyncio.gather(holder, *line, return_exceptions=True)
        assert [await task for task in line[3::2]] == [1] * 5
        assert await asyncio.gather(*(raw.value("SELECT 2") for _ in range(12))) == [2] * 12
