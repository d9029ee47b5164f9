"""The Valkey of the wheel stands in for Redis, and can be made to fail."""

import signal
from collections.abc import Iterator

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from tests.parts.redis import RedisServer


@pytest.fixture
def server() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.remove()


def impatient(server: RedisServer) -> Redis:
    return Redis.from_url(server.url, socket_timeout=0.3, retry=Retry(NoBackoff(), 0))


async def test_scripts_streams_and_expiry_work(server: RedisServer) -> None:
    async with impatient(server) as client:
        assert await client.eval("return redis.call('INCRBY', KEYS[1], 3)", 1, "n") == 3
        await client.xadd("s", {"a": "1"})
        assert await client.xlen("s") == 1
        await client.set("k", "v", px=60_000)
        assert 0 < await client.pttl("k") <= 60_000


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL])
async def test_comes_back_empty_on_the_same_port(server: RedisServer, sent: signal.Signals) -> None:
    async with impatient(server) as client:
        await client.set("k", "v")
    server.stop(sent)
    async with impatient(server) as client:
        with pytest.raises(RedisConnectionError):
            await client.ping()
    server.start()
    async with impatient(server) as client:
        assert await client.get("k") is None


async def test_paused_it_answers_nothing(server: RedisServer) -> None:
    async with impatient(server) as client:
        await client.ping()
        server.pause()
        with pytest.raises(RedisTimeoutError):
            await client.ping()
        server.resume()
    async with impatient(server) as client:
        await client.ping()
