"""Two buses on one real Redis: what one says the other hears, and what it cannot hear becomes a gap."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from app.events.bus import GAP, Hint
from app.events.redis_bus import RedisBus
from tests.parts.fault_proxy import FaultProxy
from tests.parts.redis import RedisServer


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """A Redis of this module's own, so that it may be killed."""
    server = RedisServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture
async def buses(server: RedisServer) -> AsyncIterator[tuple[RedisBus, RedisBus]]:
    """Two processes' buses, connected."""
    here, there = RedisBus(server.url, heartbeat=0.2), RedisBus(server.url, heartbeat=0.2)
    await here.start()
    await there.start()
    yield here, there
    await here.close()
    await there.close()


async def connected(bus: RedisBus, wanted: bool = True) -> None:
    """Wait until the bus says so."""
    async with asyncio.timeout(10):
        while bus.state.connected is not wanted:  # noqa: ASYNC110 a state of somebody else
            await asyncio.sleep(0.01)


async def test_hints_cross_and_arrive_once(buses: tuple[RedisBus, RedisBus]) -> None:
    """A hint reaches listeners of both processes; the own one does not get its echo."""
    here, there = buses
    async with here.subscribe(["host:1"]) as own, there.subscribe(["host:1"]) as far:
        await here.publish(["host:1", "host:2"], sequence=5)
        assert await own.take() == [Hint("host:1", 5)]
        assert await asyncio.wait_for(far.take(), 5) == [Hint("host:1", 5)]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(own.take(), 0.3)


async def test_a_killed_redis_is_a_gap_for_everybody_and_no_error_for_anybody(
    buses: tuple[RedisBus, RedisBus], server: RedisServer
) -> None:
    """Publishing goes on locally while Redis is away; afterwards both sides are told to read again."""
    here, there = buses
    async with here.subscribe(["host:1"]) as own, there.subscribe(["host:1"]) as far:
        server.stop()
        await connected(there, False)
        started = asyncio.get_running_loop().time()
        await here.publish(["host:1"])
        assert asyncio.get_running_loop().time() - started < 0.1
        assert await own.take() == [Hint("host:1")]
        server.start()
        assert await asyncio.wait_for(far.take(), 10) is GAP
        await connected(here)
        await connected(there)
        await asyncio.sleep(0.3)
        while True:  # the hint itself may follow its gap
            await here.publish(["host:1"], sequence=8)
            news = await asyncio.wait_for(far.take(), 5)
            if news == [Hint("host:1", 8)]:
                break


async def test_a_silent_connection_is_noticed_by_its_missing_heartbeat(server: RedisServer) -> None:
    """Behind a partition nothing fails and nothing arrives; the heartbeat finds out, reconnecting is a gap."""
    async with FaultProxy(server.port) as proxy:
        bus = RedisBus(f"redis://127.0.0.1:{proxy.port}/0", heartbeat=0.1)
        await bus.start()
        async with bus.subscribe(["host:1"]) as news:
            proxy.black_hole = True
            await connected(bus, False)
            proxy.black_hole = False
            assert await asyncio.wait_for(news.take(), 10) is GAP
            await connected(bus)
        await bus.close()


async def test_what_one_side_could_not_say_is_a_gap_on_the_other(server: RedisServer) -> None:
    """Only the speaker is cut off: the listener kept its connection and must still learn that it missed something."""
    async with FaultProxy(server.port) as proxy:
        speaker = RedisBus(f"redis://127.0.0.1:{proxy.port}/0", heartbeat=0.1)
        listener = RedisBus(server.url, heartbeat=5)
        await speaker.start()
        await listener.start()
        async with listener.subscribe(["host:1"]) as news:
            await proxy.refuse()
            await proxy.cut()
            await connected(speaker, False)
            await speaker.publish(["host:1"])
            await asyncio.sleep(0.3)
            await proxy.accept()
            assert await asyncio.wait_for(news.take(), 10) is GAP
        await speaker.close()
        await listener.close()


async def test_start_without_redis_is_quick_and_recovers_later() -> None:
    """No Redis at start is a degraded bus, not a failed start."""
    server = RedisServer()
    bus = RedisBus(server.url, heartbeat=0.1)
    async with asyncio.timeout(3):
        await bus.start()
    assert not bus.state.connected
    server.start()
    await connected(bus)
    await bus.close()
    server.remove()


async def test_nonsense_on_the_channel_is_ignored(buses: tuple[RedisBus, RedisBus], server: RedisServer) -> None:
    """A message of somebody else never ends the listening."""
    here, there = buses
    async with there.subscribe(["host:1"]) as far, Redis.from_url(server.url) as client:
        for nonsense in (b"", b"[]", b"{}", b'{"o": 1, "t": 3}', b"\xff", b'{"o":"x","s":"y"}'):
            await client.publish("slotgraph:hints", nonsense)
        await here.publish(["host:1"])
        assert await asyncio.wait_for(far.take(), 5) == [Hint("host:1")]
