"""What others do to us: Redis and the database die, come back, or go silent, while people book and watch."""

import asyncio
import signal
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import aiohttp
import pytest

from app.settings import Settings
from tests.faults.conftest import (
    Answer,
    Host,
    add_host,
    assert_sound,
    book,
    graphql,
    no_traceback,
    on_own_postgres,
    outcomes,
    starts,
)
from tests.faults.watching import Watcher, operation, over_sse, over_ws
from tests.parts.fault_proxy import FaultProxy
from tests.parts.postgres import PostgresCluster
from tests.parts.redis import RedisServer
from tests.parts.server import Slotgraph, SlotgraphProcess

SLOTS = "query($id: Int!, $window: TimeWindow!) { slots(eventType: {databaseId: $id}, window: $window) { starts } }"


class Load:
    """Somebody books one start after the other until told to stop."""

    def __init__(self, client: aiohttp.ClientSession, urls: list[str], host: Host, wanted: list[datetime]) -> None:
        self.answers: list[Answer] = []
        self.slowest = 0.0
        self._task = asyncio.create_task(self._run(client, urls, host, wanted))

    async def _run(self, client: aiohttp.ClientSession, urls: list[str], host: Host, wanted: list[datetime]) -> None:
        clock = asyncio.get_running_loop().time
        for number, start in enumerate(wanted):
            began = clock()
            self.answers.append(await book(client, urls[number % len(urls)], host.wish(start, number)))
            self.slowest = max(self.slowest, clock() - began)
            await asyncio.sleep(0.03)

    async def finish(self) -> None:
        """Until everything was asked for."""
        await self._task

    @property
    def uids(self) -> set[str]:
        """What was answered as booked."""
        return {answer.uid for answer in self.answers if answer.uid}


async def free_now(client: aiohttp.ClientSession, url: str, host: Host, request: dict[str, object]) -> set[datetime]:
    """The free starts as a query answers them."""
    _, body = await graphql(client, url, SLOTS, request["variables"])  # type: ignore[arg-type]
    return {datetime.fromisoformat(each) for each in body["data"]["slots"]["starts"]}


async def watch_everywhere(
    stack: AsyncExitStack, client: aiohttp.ClientSession, servers: list[SlotgraphProcess], request: dict[str, object]
) -> list[Watcher]:
    """Two watchers per process, one of each transport, with their snapshots."""
    watchers: list[Watcher] = []
    for server in servers:
        watchers.append(await stack.enter_async_context(over_sse(client, server.url, request)))
        watchers.append(await stack.enter_async_context(over_ws(server.url, request)))
    for watcher in watchers:
        await watcher.until_ready()
    return watchers


def assert_versions_rise(watchers: list[Watcher]) -> None:
    """Nobody is ever told an older state after a newer one, unless a resync said to forget."""
    for watcher in watchers:
        assert watcher.versions == sorted(watcher.versions)
        assert watcher.events[0]["__typename"] == "SlotSnapshot"


@pytest.mark.slow
async def test_redis_killed_and_restarted_under_load(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession, own_redis: RedisServer
) -> None:
    """Every booking succeeds meanwhile; watchers of both processes end up knowing exactly what is free."""
    slotgraph.redis_url = own_redis.url
    servers = list(await asyncio.gather(slotgraph.serve(), slotgraph.serve()))
    wanted = starts(90)
    request = operation(host, wanted[0], wanted[-1] + timedelta(days=1))
    async with AsyncExitStack() as stack:
        watchers = await watch_everywhere(stack, client, servers, request)
        load = Load(client, [server.url for server in servers], host, wanted[:80])
        await asyncio.sleep(0.5)
        await asyncio.to_thread(own_redis.restart, signal.SIGKILL, 1.0)
        await load.finish()
        assert outcomes(load.answers) == {"booked": 80}
        right = await free_now(client, servers[0].url, host, request)
        for watcher in watchers:
            await watcher.until_free(right)
        assert_versions_rise(watchers)
        for server in servers:
            await bus_is(client, server, "ok")
    await assert_sound(settings, booked=load.uids)
    no_traceback(*(server.log for server in servers))


@pytest.mark.slow
async def test_redis_silent_for_one_process(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession, own_redis: RedisServer
) -> None:
    """A partition that closes no connection: requests stay quick, and nothing that happened behind it is missed."""
    async with FaultProxy(own_redis.port) as proxy:
        slotgraph.redis_url = f"redis://127.0.0.1:{proxy.port}/0"
        cut_off = await slotgraph.serve()
        slotgraph.redis_url = own_redis.url
        reached = await slotgraph.serve()
        wanted = starts(60)
        request = operation(host, wanted[0], wanted[-1] + timedelta(days=1))
        async with AsyncExitStack() as stack:
            watchers = await watch_everywhere(stack, client, [cut_off, reached], request)
            proxy.black_hole = True
            load = Load(client, [reached.url, cut_off.url], host, wanted[:40])
            await load.finish()
            right = await free_now(client, reached.url, host, request)
            for watcher in watchers:
                await watcher.until_free(right)
            proxy.black_hole = False
            await proxy.cut()
            assert (await book(client, cut_off.url, host.wish(wanted[50], 50))).outcome == "booked"
            for watcher in watchers:
                await watcher.until_taken(wanted[50])
            await bus_is(client, cut_off, "ok")
        assert outcomes(load.answers) == {"booked": 40}
        assert load.slowest < 10  # nobody waits for a Redis that is silent
        assert_versions_rise(watchers)
        no_traceback(cut_off.log, reached.log)


async def bus_is(client: aiohttp.ClientSession, server: SlotgraphProcess, state: str, within: float = 20) -> None:
    """Wait until `/readyz` says so about the bus."""
    async with asyncio.timeout(within):
        while True:
            async with client.get(f"{server.url}/readyz") as answer:
                if (await answer.json())["checks"]["bus"] == state:
                    return
            await asyncio.sleep(0.1)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
async def test_the_database_goes_away_under_load(
    slotgraph: Slotgraph,
    make_settings: "type[Settings]",
    client: aiohttp.ClientSession,
    own_postgres: PostgresCluster,
    sent: signal.Signals,
) -> None:
    """Clear 503-class errors meanwhile, and afterwards everything works again without a restart of ours."""
    settings = await on_own_postgres(slotgraph, own_postgres, make_settings)
    host = await add_host(settings)
    servers = list(await asyncio.gather(slotgraph.serve(), slotgraph.serve()))
    worker = await slotgraph.worker()
    wanted = starts(130)
    request = operation(host, wanted[0], wanted[-1] + timedelta(days=1))
    async with AsyncExitStack() as stack:
        watchers = await watch_everywhere(stack, client, servers, request)
        load = Load(client, [server.url for server in servers], host, wanted[:120])
        await asyncio.sleep(0.7)
        await asyncio.to_thread(own_postgres.stop, sent)
        async with client.get(f"{servers[0].url}/readyz") as answer:
            assert answer.status == 503
            assert (await answer.json())["checks"]["database"] == "unreachable"
        async with client.get(f"{servers[0].url}/healthz") as answer:
            assert answer.status == 200
        await asyncio.sleep(1)
        await asyncio.to_thread(own_postgres.start)
        for server in servers:
            await server.ready()
        last = await book(client, servers[0].url, host.wish(wanted[125], 125))
        assert last.outcome == "booked"
        await load.finish()
        right = await free_now(client, servers[0].url, host, request)
        for watcher in watchers:
            await watcher.until_free(right)
    found = outcomes(load.answers)
    assert set(found) <= {"booked", "SERVICE_UNAVAILABLE"}, found
    assert found["SERVICE_UNAVAILABLE"] > 0, "it was away too briefly"
    assert found["booked"] > 20
    assert load.answers[-1].outcome == "booked"
    assert load.slowest < 10
    await assert_sound(settings, booked=load.uids)
    no_traceback(worker.log, *(server.log for server in servers))
