"""Counting requests in windows that block once they are full (RL-1 to RL-5).

In memory for one process, in Redis for several: one atomic round trip a request. Losing Redis refuses nobody: each
process then counts by itself until Redis is back. Trackers are hashes, never tokens or addresses.
"""

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from redis.asyncio import Redis

MAX_TRACKERS = 50_000
WINDOW_SECONDS = 60.0
RETRY_REDIS_AFTER = 1.0


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in a window; the next one starts a block. Seconds."""

    requests: int
    name: str = "default"
    window: float = WINDOW_SECONDS
    block: float = WINDOW_SECONDS


@dataclass(frozen=True, slots=True)
class Count:
    """Where a caller stands with one limit after a request; `reset` in whole seconds."""

    limit: Limit
    remaining: int
    reset: int
    blocked: bool


class Limiter(Protocol):
    """Where requests are counted."""

    async def hit(self, tracker: str, limits: Sequence[Limit]) -> list[Count]:
        """Count a request of this tracker against each limit."""
        ...

    async def close(self) -> None:
        """Let go of what was opened."""
        ...


def tracker(kind: str, value: str) -> str:
    """The name under which a caller is counted; tells nothing about the value (RL-2)."""
    return f"{kind}_{hashlib.sha256(value.encode()).hexdigest()[:32]}"


class MemoryLimiter:
    """Counts of one process; the caller not heard of for longest is forgotten first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # By tracker and name: requests in the window, its end, end of the block.
        self._counts: OrderedDict[tuple[str, str], tuple[int, float, float]] = OrderedDict()

    async def hit(self, tracker: str, limits: Sequence[Limit]) -> list[Count]:
        """Count a request of this tracker against each limit."""
        return self.hit_now(tracker, limits)

    async def close(self) -> None:
        """Nothing is open."""

    def hit_now(self, tracker: str, limits: Sequence[Limit]) -> list[Count]:
        """`hit` without waiting."""
        return [self._one(tracker, limit) for limit in limits]

    def _one(self, tracker: str, limit: Limit) -> Count:
        key, now = (tracker, limit.name), self._clock()
        hits, ends, blocked_until = self._counts.get(key, (0, 0.0, 0.0))
        if blocked_until > now:
            return Count(limit, 0, math.ceil(blocked_until - now), blocked=True)
        if ends <= now or blocked_until:
            hits, ends = 0, now + limit.window
        hits += 1
        blocked = hits > limit.requests
        self._keep(key, (hits, ends, now + limit.block if blocked else 0.0))
        seconds = limit.block if blocked else ends - now
        return Count(limit, max(0, limit.requests - hits), math.ceil(seconds), blocked)

    def _keep(self, key: tuple[str, str], count: tuple[int, float, float]) -> None:
        self._counts[key] = count
        self._counts.move_to_end(key)
        if len(self._counts) > MAX_TRACKERS:
            self._counts.popitem(last=False)


_SCRIPT = """
local answer = {}
for i = 1, #KEYS, 2 do
    local requests, window, block = tonumber(ARGV[i * 1.5 - 0.5]), ARGV[i * 1.5 + 0.5], ARGV[i * 1.5 + 1.5]
    local left = redis.call('PTTL', KEYS[i + 1])
    local hits = requests + 1
    if left <= 0 then
        hits = redis.call('INCR', KEYS[i])
        if hits == 1 then redis.call('PEXPIRE', KEYS[i], window) end
        left = redis.call('PTTL', KEYS[i])
        if left < 0 then redis.call('PEXPIRE', KEYS[i], window); left = tonumber(window) end
        if hits > requests then
            redis.call('SET', KEYS[i + 1], 1, 'PX', block)
            redis.call('DEL', KEYS[i])
            left = tonumber(block)
        end
    end
    answer[#answer + 1] = hits
    answer[#answer + 1] = left
end
return answer
"""


class RedisLimiter:
    """Counts shared by all processes; while Redis is away each process counts by itself and asks again now and then."""

    def __init__(self, redis: "Redis", prefix: str = "slotgraph", clock: Callable[[], float] = time.monotonic) -> None:
        from redis.exceptions import RedisError  # noqa: PLC0415 only those who use Redis pay for importing it

        self._failures = (RedisError, OSError, TimeoutError)
        self._redis = redis
        self._script = redis.register_script(_SCRIPT)
        self._prefix = prefix
        self._clock = clock
        self._away_until = 0.0
        self._fallback = MemoryLimiter(clock)

    async def hit(self, tracker: str, limits: Sequence[Limit]) -> list[Count]:
        """Count a request of this tracker against each limit."""
        if not limits or self._clock() < self._away_until:
            return self._fallback.hit_now(tracker, limits)
        try:
            return await self._hit(tracker, limits)
        except self._failures:
            self._away_until = self._clock() + RETRY_REDIS_AFTER
            return self._fallback.hit_now(tracker, limits)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _hit(self, tracker: str, limits: Sequence[Limit]) -> list[Count]:
        keys: list[str] = []
        args: list[int] = []
        for limit in limits:
            key = f"{self._prefix}:limit:{{{tracker}}}:{limit.name}"
            keys += [key, f"{key}:block"]
            args += [limit.requests, int(limit.window * 1000), int(limit.block * 1000)]
        found: Any = await self._script(keys=keys, args=args)
        pairs = zip(found[::2], found[1::2], strict=True)
        return [_count(limit, int(hits), int(left)) for limit, (hits, left) in zip(limits, pairs, strict=True)]


def _count(limit: Limit, hits: int, milliseconds: int) -> Count:
    reset = math.ceil(milliseconds / 1000)
    return Count(limit, max(0, limit.requests - hits), reset, blocked=hits > limit.requests)
