"""PostgreSQL: asyncpg under Tortoise's client, with connections kept at hand for raw statements."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, cast

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.context import TortoiseContext

from app.db.model_errors import ToldStatements
from app.db.session import Database, Session, transaction_in_use
from app.db.shelf import Lease, Shelf
from app.db.sql import Row, Sql

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


class Client(ToldStatements, AsyncpgDBClient):
    """Tortoise's client, whose models take their connections from the shelf too."""

    shelf: Shelf | None = None

    def open_shelf(self, timeout: float) -> Shelf:
        """The shelf over this client's pool; it leaves one connection to whoever asks the pool itself."""
        assert self._pool is not None, "the pool is made by `create_connection`"  # noqa: S101
        self.shelf = Shelf(self._pool, max(self.pool_maxsize - 1, 1), timeout)
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
        self._lease = self._shelf.at_hand() or await self._shelf.take()
        return self._lease

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._lease is not None and (kind or not self._shelf.put_down(self._lease)):
            await self._shelf.drop(self._lease)


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
