"""PostgreSQL: asyncpg under Tortoise's client, with connections kept at hand for raw statements."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeAlias, cast

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.context import TortoiseContext

from app.db.session import Database, Session, transaction_in_use
from app.db.sql import Row, Sql

Lease: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
Isolation = Literal["read_committed", "repeatable_read", "serializable"]
ALIAS = "default"


class Connection(asyncpg.Connection):
    """A connection that is not reset when it goes back: no statement of ours leaves state in a session.

    The reset would be one more round trip per use (60 us of CPU on a 45 us read).
    """

    __slots__ = ()

    def get_reset_query(self) -> str:
        """Nothing; an open transaction is rolled back all the same."""
        return ""


class Shelf:
    """Connections kept out of the pool between two statements, which saves the pool's bookkeeping (50 us)."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", limit: int, timeout: float) -> None:
        self._pool = pool
        self._limit = limit
        self._timeout = timeout
        self._free: list[Lease] = []
        self._waiting = 0

    async def take(self) -> Lease:
        """A live connection; raises TimeoutError when none becomes free in time."""
        while self._free:
            lease = self._free.pop()
            if _is_usable(lease):
                return lease
            await self._pool.release(lease)
        self._waiting += 1
        try:
            return await self._pool.acquire(timeout=self._timeout)
        finally:
            self._waiting -= 1

    async def drop(self, lease: Lease) -> None:
        """Return a connection after an error or a cancelled statement: the pool waits for it and rolls back."""
        await self._pool.release(lease)

    async def put(self, lease: Lease) -> None:
        """Keep a connection for the next statement, or return it to the pool when somebody waits there."""
        if not self._waiting and len(self._free) < self._limit and _is_usable(lease):
            self._free.append(lease)
        else:
            await self._pool.release(lease)

    @property
    def state(self) -> tuple[int, int]:
        """Connections that are open, and how many of them are neither here nor idle in the pool."""
        size = self._pool.get_size()
        return size, size - self._pool.get_idle_size() - len(self._free)

    async def clear(self) -> None:
        """Return everything to the pool, from now on at once, so that the pool can be closed."""
        self._limit = 0
        while self._free:
            await self._pool.release(self._free.pop())


def _is_usable(lease: Lease) -> bool:
    # The pool empties a lease whose connection the server has closed.
    connection: asyncpg.Connection[asyncpg.Record] | None = getattr(lease, "_con")  # noqa: B009 not in its stubs
    return connection is not None and not connection.is_closed() and not connection.is_in_transaction()


class Client(AsyncpgDBClient):
    """Tortoise's client, whose models take their connections from the shelf too."""

    shelf: Shelf | None = None

    def open_shelf(self, timeout: float) -> Shelf:
        """The shelf over this client's pool; one connection of the pool is never kept."""
        assert self._pool is not None, "the pool is made by `create_connection`"  # noqa: S101
        self.shelf = Shelf(self._pool, self.pool_maxsize - 1, timeout)
        return self.shelf

    def acquire_connection(self) -> Any:
        """A connection for one statement of a model."""
        return super().acquire_connection() if self.shelf is None else _Leased(self.shelf)


client_class = Client
"""What Tortoise looks for in an engine module."""


class _Leased:
    __slots__ = ("_lease", "_shelf")

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._lease: Lease | None = None

    async def __aenter__(self) -> Lease:
        self._lease = await self._shelf.take()
        return self._lease

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._lease is not None:
            await (self._shelf.drop if kind else self._shelf.put)(self._lease)


class PostgresTransaction(Session):
    """One transaction on one connection; statements of concurrent tasks wait for each other."""

    dialect = "postgres"

    def __init__(self, lease: Lease, lock: asyncio.Lock) -> None:
        self._connection = lease
        self._lock = lock

    async def fetch(self, sql: str | Sql, params: Sequence[Any]) -> list[Row]:
        """All rows of a statement."""
        async with self._lock:
            return cast("list[Row]", await self._connection.fetch(_text(sql), *params))

    async def run(self, sql: str | Sql, params: Sequence[Any]) -> int:
        """Run a statement; the number of rows it changed."""
        async with self._lock:
            return _changed(await self._connection.execute(_text(sql), *params))

    async def run_many(self, sql: str | Sql, params: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each sequence of parameters."""
        async with self._lock:
            await self._connection.executemany(_text(sql), params)


class PostgresDatabase(Database):
    """PostgreSQL as this process sees it: one pool, shared by raw statements and models."""

    dialect = "postgres"

    def __init__(self, context: TortoiseContext, timeout: float) -> None:
        self._context = context
        self._connections = context.connections
        self._client = cast(Client, self._connections.get(ALIAS))
        self._shelf = self._client.open_shelf(timeout)

    async def fetch(self, sql: str | Sql, params: Sequence[Any]) -> list[Row]:
        """All rows of a statement, each statement on its own."""
        async with _Leased(self._shelf) as lease:
            return cast("list[Row]", await lease.fetch(_text(sql), *params))

    async def run(self, sql: str | Sql, params: Sequence[Any]) -> int:
        """Run a statement; the number of rows it changed."""
        async with _Leased(self._shelf) as lease:
            return _changed(await lease.execute(_text(sql), *params))

    async def run_many(self, sql: str | Sql, params: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each sequence of parameters, all or nothing."""
        async with _Leased(self._shelf) as lease:
            await lease.executemany(_text(sql), params)

    @asynccontextmanager
    async def transaction(self, isolation: str | None = None) -> AsyncIterator[Session]:
        """One transaction; models inside the block use it too."""
        async with _Leased(self._shelf) as lease, lease.transaction(isolation=cast("Isolation | None", isolation)):
            wrapper = self._wrapper(lease)
            session = PostgresTransaction(lease, wrapper._lock)
            models = self._connections.set(ALIAS, wrapper)
            ours = transaction_in_use.set(session)
            try:
                yield session
            finally:
                transaction_in_use.reset(ours)
                self._connections.reset(models)

    def _wrapper(self, lease: Lease) -> TransactionWrapper:
        wrapper = TransactionWrapper(self._client)
        wrapper._connection = cast(Any, lease)
        return wrapper

    def pool_state(self) -> tuple[int, int]:
        """Connections that are open, and how many of them are at work."""
        return self._shelf.state

    async def close(self) -> None:
        """Close every connection."""
        await self._shelf.clear()
        await self._context.close_connections()


def _text(sql: str | Sql) -> str:
    return sql if isinstance(sql, str) else sql.postgres


def _changed(status: str) -> int:
    # "UPDATE 3", "INSERT 0 1", "CREATE TABLE"
    count = status.rpartition(" ")[2]
    return int(count) if count.isdigit() else 0
