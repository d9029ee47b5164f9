"""SQL by hand, on the transaction of the running task or, outside of one, each statement by itself.

Texts are PostgreSQL's with `$1` parameters; `app.db.sql` derives SQLite's (`Sql(postgres=..., sqlite=...)` where it
cannot). Booleans come as 0/1 from SQLite, JSON as text from both (`loads`), instants through `instant`.
Raises ConstraintError for a broken constraint and ServiceUnavailableError when the database cannot be reached.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from app.db.connection import current
from app.db.errors import BUSY, TryAgainError, meaning_of
from app.db.session import Session, transaction_in_use
from app.db.sql import Dialect, Row, Sql, day, dumps, instant, loads, utc
from app.errors import ServiceUnavailableError

__all__ = [
    "Row",
    "Sql",
    "day",
    "dialect",
    "dumps",
    "execute",
    "execute_many",
    "instant",
    "loads",
    "planned_anew",
    "row",
    "rows",
    "transaction",
    "utc",
    "value",
]


def dialect() -> Dialect:
    """Which database is open."""
    return current().dialect


async def rows(sql: str | Sql, *params: Any) -> list[Row]:
    """All rows of a statement."""
    session = transaction_in_use.get() or current()
    try:
        return await session.fetch(sql, params)
    except Exception as error:
        raise _failure(error, session) from error


async def row(sql: str | Sql, *params: Any) -> Row | None:
    """The first row, or None."""
    found = await rows(sql, *params)
    return found[0] if found else None


async def value(sql: str | Sql, *params: Any) -> Any:
    """The first column of the first row, or None."""
    found = await rows(sql, *params)
    return found[0][0] if found else None


async def execute(sql: str | Sql, *params: Any) -> int:
    """Run a statement; the number of rows it changed."""
    session = transaction_in_use.get() or current()
    try:
        return await session.run(sql, params)
    except Exception as error:
        raise _failure(error, session) from error


async def execute_many(sql: str | Sql, params: Sequence[Sequence[Any]]) -> None:
    """Run a statement once for each sequence of parameters."""
    session = transaction_in_use.get() or current()
    try:
        await session.run_many(sql, params)
    except Exception as error:
        raise _failure(error, session) from error


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """One transaction for work that nobody asked for, such as the worker's; services use `unit_of_work`.

    Raises ServiceUnavailableError when the database cannot be reached, also if that shows at its beginning or end,
    and TryAgainError when another transaction was in the way: run the whole again.
    """
    try:
        async with current().transaction():
            yield
    except Exception as error:
        meaning = meaning_of(error)
        if meaning is None:
            raise
        raise meaning from error


_PLAN_ANEW = (
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', TRUE), set_config('enable_sort', 'off', TRUE),"
    " set_config('enable_bitmapscan', 'off', TRUE)"
)


@asynccontextmanager
async def planned_anew() -> AsyncIterator[None]:
    """One transaction whose statements PostgreSQL plans for what the tables hold now, by index; on SQLite, nothing.

    A connection keeps the plan of its first call. Over a table that was nearly empty then, such as a queue, it reads
    the whole table for each of its rows once thousands wait. And while statistics say that few rows wait, it reads and
    sorts all of them rather than the first ones of an index. Raises ServiceUnavailableError, also for a collision.
    """
    if dialect() == "sqlite":
        yield
        return
    try:
        async with transaction():
            await rows(_PLAN_ANEW)
            yield
    except TryAgainError as error:
        raise ServiceUnavailableError(BUSY) from error


def _failure(error: Exception, session: Session) -> Exception:
    meaning = meaning_of(error) or error
    if isinstance(meaning, TryAgainError) and transaction_in_use.get() is None:
        return ServiceUnavailableError(BUSY)
    return meaning
