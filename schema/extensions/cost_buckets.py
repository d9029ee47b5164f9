"""Buckets from which operations are paid: filled at a steady rate up to a limit, one per caller.

In memory for one process, in Redis for several. Losing Redis must not lock anybody out, so the Redis bucket falls
back to the one in memory.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from redis.asyncio import Redis

MAX_CALLERS = 50_000


@dataclass(frozen=True, slots=True)
class Balance:
    """What a caller has after an operation was, or was not, paid."""

    paid: bool
    remaining: int


class CostBucket(Protocol):
    """Where operations are paid; amounts are cost points."""

    limit: int
    restore_rate: int

    async def pay(self, caller: str, amount: int) -> Balance:
        """Take `amount` if the caller has it, else nothing."""
        ...

    async def refund(self, caller: str, amount: int) -> None:
        """Give back what was asked for and not used."""
        ...


class MemoryBucket:
    """Buckets of one process; the least recently used caller is forgotten first, which only favours that caller."""

    def __init__(self, limit: int, restore_rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self.restore_rate = restore_rate
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def pay_now(self, caller: str, amount: int) -> Balance:
        """`pay` without waiting."""
        level, now = self._level(caller)
        paid = amount <= level
        self._set(caller, level - amount if paid else level, now)
        return Balance(paid, int(level - amount if paid else level))

    async def pay(self, caller: str, amount: int) -> Balance:
        """Take `amount` if the caller has it, else nothing."""
        return self.pay_now(caller, amount)

    async def refund(self, caller: str, amount: int) -> None:
        """Give back what was asked for and not used."""
        level, now = self._level(caller)
        self._set(caller, min(float(self.limit), level + amount), now)

    def _level(self, caller: str) -> tuple[float, float]:
        now = self._clock()
        level, then = self._levels.get(caller, (float(self.limit), now))
        return min(float(self.limit), level + (now - then) * self.restore_rate), now

    def _set(self, caller: str, level: float, now: float) -> None:
        self._levels[caller] = (level, now)
        self._levels.move_to_end(caller)
        if len(self._levels) > MAX_CALLERS:
            self._levels.popitem(last=False)


_SCRIPT = """
local limit, rate, amount = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local bucket = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = tonumber(bucket[1]) or limit
level = math.min(limit, level + (now - (tonumber(bucket[2]) or now)) * rate)
local paid = 0
if amount <= level then paid = 1; level = math.min(limit, level - amount) end
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], math.ceil(limit / math.max(rate, 1)) + 60)
return {paid, math.floor(level)}
"""


class RedisBucket:
    """Buckets shared by all processes; without Redis each process counts by itself until it is back."""

    def __init__(self, redis: "Redis", limit: int, restore_rate: int, prefix: str = "slotgraph") -> None:
        self.limit = limit
        self.restore_rate = restore_rate
        self._prefix = prefix
        from redis.exceptions import RedisError  # noqa: PLC0415 only those who use Redis pay for importing it

        self._away = (RedisError, OSError, TimeoutError)
        self._script = redis.register_script(_SCRIPT)
        self._fallback = MemoryBucket(limit, restore_rate)

    async def pay(self, caller: str, amount: int) -> Balance:
        """Take `amount` if the caller has it, else nothing."""
        try:
            paid, remaining = await self._run(caller, amount)
        except self._away:
            return self._fallback.pay_now(caller, amount)
        return Balance(bool(paid), int(remaining))

    async def refund(self, caller: str, amount: int) -> None:
        """Give back what was asked for and not used."""
        try:
            await self._run(caller, -amount)
        except self._away:
            await self._fallback.refund(caller, amount)

    async def _run(self, caller: str, amount: int) -> Any:
        key = f"{self._prefix}:cost:{caller}"
        return await self._script(keys=[key], args=[self.limit, self.restore_rate, amount])


def seconds_until(missing: int, restore_rate: int) -> int:
    """Whole seconds until `missing` points have come back, at least 1."""
    return max(1, math.ceil(missing / max(restore_rate, 1)))
