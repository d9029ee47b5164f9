"""SQLite: one connection that writes, one that only reads; docs/adr/0008 has the measurements behind it."""

import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import aiosqlite
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper
from tortoise.context import TortoiseContext

from app.db.errors import UNIQUE_BY_COLUMNS
from app.db.model_errors import ToldStatements
from app.db.session import Database, Session, transaction_in_use
from app.db.sql import Row, Sql, SqliteStatement, sqlite_statement, sqlite_values

ALIAS = "default"
PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "NORMAL",
    "busy_timeout": 5_000,  # milliseconds a writer waits for another process
    "foreign_keys": "ON",
    "journal_size_limit": 16_777_216,
    "cache_size": -16_384,
    "temp_store": "MEMORY",
}
_READ_BUSY_SECONDS = 0.25  # readers wait for nobody under WAL but a recovery or a migration
_STEPS_BETWEEN_CHECKS = 500_000


class Client(ToldStatements, SqliteClient):
    """Tortoise's client, whose connection may also be used from the event loop's thread.

    Only by whoever holds the transaction, so the two threads never use it at once.
    """

    async def create_connection(self, with_db: bool) -> None:
        """Open the file and set the pragmas."""
        if self._connection:
            return
        self._connection = await aiosqlite.connect(self.filename, isolation_level=None, check_same_thread=False)
        self._connection._conn.row_factory = sqlite3.Row
        for pragma, value in self.pragmas.items():
            await (await self._connection.execute(f"PRAGMA {pragma}={value}")).close()
        await self._post_connect()


client_class = Client
"""What Tortoise looks for in an engine module."""


class Reader:
    """A read-only connection used in the event loop's thread: a short read takes 5 us, a thread switch 75."""

    def __init__(self, path: str, timeout: float) -> None:
        self._timeout = timeout
        self._deadline = 0.0
        self._connection = sqlite3.connect(
            f"{Path(path).absolute().as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            timeout=_READ_BUSY_SECONDS,
            cached_statements=512,
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA cache_size=-16384")
        self._connection.set_progress_handler(self._out_of_time, _STEPS_BETWEEN_CHECKS)

    def _out_of_time(self) -> bool:
        return time.monotonic() > self._deadline

    def fetch(self, text: str, params: Sequence[Any]) -> list[Row]:
        """All rows; raises sqlite3.OperationalError `interrupted` after the statement timeout."""
        self._deadline = time.monotonic() + self._timeout
        return self._connection.execute(text, params).fetchall()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class SqliteTransaction(Session):
    """The one write transaction; its statements run in the event loop's thread, begin and commit do not."""

    dialect = "sqlite"

    def __init__(self, wrapper: SqliteTransactionWrapper) -> None:
        self._lock = wrapper._lock
        self._connection: sqlite3.Connection = wrapper._connection._conn

    async def fetch(self, sql: str | Sql, params: Sequence[Any]) -> list[Row]:
        """All rows of a statement."""
        async with self._lock:
            return self._connection.execute(sqlite_statement(sql).text, sqlite_values(params)).fetchall()

    async def run(self, sql: str | Sql, params: Sequence[Any]) -> int:
        """Run a statement; the number of rows it changed."""
        async with self._lock:
            cursor = self._connection.execute(sqlite_statement(sql).text, sqlite_values(params))
            return max(cursor.rowcount, 0)

    async def run_many(self, sql: str | Sql, params: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each sequence of parameters."""
        async with self._lock:
            self._connection.executemany(sqlite_statement(sql).text, [sqlite_values(values) for values in params])


class SqliteDatabase(Database):
    """A SQLite file as this process sees it."""

    dialect = "sqlite"

    def __init__(self, context: TortoiseContext, timeout: float) -> None:
        self._context = context
        self._connections = context.connections
        self._client = cast(Client, self._connections.get(ALIAS))
        self._timeout = timeout
        self._reader: Reader | None = None

    async def fetch(self, sql: str | Sql, params: Sequence[Any]) -> list[Row]:
        """All rows of a statement, each statement on its own."""
        statement = sqlite_statement(sql)
        if statement.reads and self._client.filename != ":memory:":
            self._reader = self._reader or Reader(self._client.filename, self._timeout)
            return self._reader.fetch(statement.text, sqlite_values(params))
        return (await self._write(statement, params))[0]

    async def run(self, sql: str | Sql, params: Sequence[Any]) -> int:
        """Run a statement; the number of rows it changed."""
        return (await self._write(sqlite_statement(sql), params))[1]

    async def _write(self, statement: SqliteStatement, params: Sequence[Any]) -> tuple[list[Row], int]:
        async with self._client.acquire_connection() as connection:
            cursor = await connection.execute(statement.text, sqlite_values(params))
            rows = list(await cursor.fetchall())
            await cursor.close()
            return cast("list[Row]", rows), max(cursor.rowcount, 0)

    async def run_many(self, sql: str | Sql, params: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each sequence of parameters, all or nothing."""
        async with self.transaction() as session:
            await session.run_many(sql, params)

    @asynccontextmanager
    async def transaction(self, isolation: str | None = None) -> AsyncIterator[Session]:
        """One transaction, serializable whatever is asked for; models inside the block use it too."""
        async with self._client.acquire_connection() as connection, _begun(connection):
            wrapper = SqliteTransactionWrapper(self._client)
            session = SqliteTransaction(wrapper)
            models = self._connections.set(ALIAS, wrapper)
            ours = transaction_in_use.set(session)
            try:
                yield session
            finally:
                transaction_in_use.reset(ours)
                self._connections.reset(models)

    async def learn_names(self) -> None:
        """Note the name of each unique index, which SQLite's errors leave out."""
        for row in await self.fetch(_UNIQUE_COLUMNS, ()):
            UNIQUE_BY_COLUMNS[row["columns"]] = row["name"]

    async def close(self) -> None:
        """Close every connection."""
        if self._reader is not None:
            self._reader.close()
        await self._context.close_connections()


@asynccontextmanager
async def _begun(connection: aiosqlite.Connection) -> AsyncIterator[None]:
    try:
        await connection.execute("BEGIN IMMEDIATE")
        yield
        await connection.commit()
    except BaseException:
        # Also after a cancelled BEGIN or COMMIT: the thread runs them in order, so nothing stays open.
        await connection.rollback()
        raise


_UNIQUE_COLUMNS = Sql(
    postgres="",
    sqlite="""
    SELECT i.name AS name, group_concat(m.name || '.' || c.name, ', ') AS columns
      FROM sqlite_master m JOIN pragma_index_list(m.name) i ON i."unique" = 1
           JOIN pragma_index_info(i.name) c ON c.cid >= 0
     WHERE m.type = 'table' AND i.origin = 'c'
     GROUP BY m.name, i.name
    """,
)
