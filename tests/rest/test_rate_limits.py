"""Windows and blocks (RL-1), in memory and in Redis alike, and what happens when Redis is away."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from app.rest.rate_limits import Limit, Limiter, MemoryLimiter, RedisLimiter, tracker
from tests.parts.redis import RedisServer

TWO = Limit(2, window=10, block=30)


class Clock:
    """A clock that stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def states(limiter: Limiter, times: int, limit: Limit = TWO, name: str = "somebody") -> list[tuple[int, bool]]:
    hits = [await limiter.hit(name, (limit,)) for _ in range(times)]
    return [(count.remaining, count.blocked) for [count] in hits]


async def test_the_request_over_the_limit_starts_a_block() -> None:
    """RL-1: two pass, the third is refused, and so is all until the block ends; then a fresh window begins."""
    clock = Clock()
    limiter = MemoryLimiter(clock)
    assert await states(limiter, 2) == [(1, False), (0, False)]
    [blocked] = await limiter.hit("somebody", (TWO,))
    assert (blocked.remaining, blocked.reset, blocked.blocked) == (0, 30, True)
    clock.now += 29.5
    [still] = await limiter.hit("somebody", (TWO,))
    assert (still.reset, still.blocked) == (1, True)
    clock.now += 1
    assert await states(limiter, 1) == [(1, False)]


async def test_a_window_ends_by_itself() -> None:
    """The window begins with its first request."""
    clock = Clock()
    limiter = MemoryLimiter(clock)
    [first] = await limiter.hit("somebody", (TWO,))
    assert first.reset == 10
    clock.now += 4
    [second] = await limiter.hit("somebody", (TWO,))
    assert (second.remaining, second.reset) == (0, 6)
    clock.now += 6
    assert await states(limiter, 2) == [(1, False), (0, False)]


async def test_callers_and_limits_are_counted_apart() -> None:
    """RL-3: every limit of a caller has its own window."""
    limiter = MemoryLimiter(Clock())
    assert await states(limiter, 3) == [(1, False), (0, False), (0, True)]
    assert await states(limiter, 1, name="somebody else") == [(1, False)]
    assert await states(limiter, 1, Limit(5, "wide", 10, 30)) == [(4, False)]


def test_trackers_tell_nothing() -> None:
    """RL-2: no token and no address is kept."""
    name = tracker("ip", "203.0.113.7")
    assert name.startswith("ip_")
    assert "203" not in name
    assert name != tracker("ip", "203.0.113.8")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client."""
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


async def test_redis_counts_for_all_processes(redis: Redis, redis_prefix: str) -> None:
    """Two limiters on one Redis see each other's requests; both limits in one call."""
    one, other = RedisLimiter(redis, redis_prefix), RedisLimiter(redis, redis_prefix)
    assert await states(one, 1) == [(1, False)]
    assert await states(other, 2) == [(0, False), (0, True)]
    [blocked, wide] = await one.hit("somebody", (TWO, Limit(5, "wide", 10, 30)))
    assert (blocked.blocked, 28 <= blocked.reset <= 30) == (True, True)
    assert (wide.remaining, wide.blocked, wide.reset) == (4, False, 10)


async def test_without_redis_each_process_counts_by_itself(own_redis: RedisServer) -> None:
    """Nobody is locked out, and nobody is let through without limit; Redis is asked again later."""
    clock = Clock()
    client = Redis.from_url(own_redis.url, socket_timeout=0.2, socket_connect_timeout=0.2)
    limiter = RedisLimiter(client, clock=clock)
    assert await states(limiter, 1) == [(1, False)]
    own_redis.stop()
    assert await states(limiter, 3) == [(1, False), (0, False), (0, True)]
    own_redis.start()
    assert await states(limiter, 1) == [(0, True)]
    clock.now += 2
    assert await states(limiter, 1, name="somebody new") == [(1, False)]
    await client.aclose()
