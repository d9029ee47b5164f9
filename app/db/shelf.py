"""Connections of an asyncpg pool, kept at hand between two statements."""

import asyncio
from collections import deque
from typing import TYPE_CHECKING, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

if TYPE_CHECKING:
    Lease: TypeAlias = PoolConnectionProxy[asyncpg.Record]
else:
    Lease = PoolConnectionProxy  # not generic at run time


class Shelf:
    """Lends connections and takes them back without the pool's bookkeeping, which costs 50 us of CPU each time.

    At most `limit` are out or kept here; whoever comes then waits in line and gets the next one that is put back.
    """

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", limit: int, timeout: float) -> None:
        self._pool = pool
        self._limit = limit
        self._timeout = timeout
        self._owned = 0
        self._free: list[Lease] = []
        self._line: deque[asyncio.Future[Lease | None]] = deque()
        self._closed = False

    def at_hand(self) -> Lease | None:
        """A live connection without waiting, if the one on top is."""
        return self._free.pop() if self._free and _is_usable(self._free[-1]) else None

    async def take(self) -> Lease:
        """A live connection; raises TimeoutError when none becomes free in time."""
        while True:
            if self._free:
                lease: Lease | None = self._free.pop()
            elif self._owned < self._limit:
                return await self._acquire()
            else:
                lease = await self._wait_in_line()
            if lease is not None and _is_usable(lease):
                return lease
            if lease is not None:
                await self.drop(lease)

    async def _acquire(self) -> Lease:
        self._owned += 1
        try:
            return await self._pool.acquire(timeout=self._timeout)
        except BaseException:
            self._forget_one()
            raise

    async def _wait_in_line(self) -> Lease | None:
        """The next connection that is put back, or None when there is room to acquire one."""
        turn: asyncio.Future[Lease | None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            async with asyncio.timeout(self._timeout):
                return await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._hand_on(turn.result())
            raise

    def _hand_on(self, lease: Lease | None) -> None:
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(lease)
                return
        if lease is not None:
            self._free.append(lease)

    def _forget_one(self) -> None:
        self._owned -= 1
        self._hand_on(None)

    def put_down(self, lease: Lease) -> bool:
        """Take a connection back after a statement that ended well; false when it has to be dropped."""
        if self._closed or not _is_usable(lease):
            return False
        self._hand_on(lease)
        return True

    async def drop(self, lease: Lease) -> None:
        """Return a connection to the pool after an error or a cancelled statement: the pool waits and rolls back."""
        try:
            await self._pool.release(lease)
        finally:
            self._forget_one()

    @property
    def state(self) -> tuple[int, int]:
        """Connections that are open, and how many of them are at work."""
        size = self._pool.get_size()
        return size, size - self._pool.get_idle_size() - len(self._free)

    async def clear(self) -> None:
        """Return everything to the pool, from now on at once, so that the pool can be closed."""
        self._closed = True
        while self._free:
            await self.drop(self._free.pop())


def _is_usable(lease: Lease) -> bool:
    # The pool empties a lease whose connection the server has closed.
    connection: asyncpg.Connection[asyncpg.Record] | None = getattr(lease, "_con")  # noqa: B009 not in its stubs
    return connection is not None and not connection.is_closed() and not connection.is_in_transaction()
