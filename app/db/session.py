"""The interface both drivers offer to `app.db.raw` and `app.db.unit_of_work`."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from typing import Any, ClassVar

from app.db.sql import Dialect, Row, Sql


class Session(ABC):
    """Something that runs statements: the database itself (each statement by itself) or one transaction."""

    dialect: ClassVar[Dialect]

    @abstractmethod
    async def fetch(self, sql: str | Sql, params: Sequence[Any]) -> list[Row]:
        """All rows of a statement."""

    @abstractmethod
    async def run(self, sql: str | Sql, params: Sequence[Any]) -> int:
        """Run a statement; the number of rows it changed."""

    @abstractmethod
    async def run_many(self, sql: str | Sql, params: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each sequence of parameters."""


class Database(Session):
    """The open database of this process."""

    @abstractmethod
    def transaction(self, isolation: str | None = None) -> AbstractAsyncContextManager[Session]:
        """One transaction: committed at the end of the block, rolled back when it raises.

        Tortoise's models and `app.db.raw` use it inside the block. SQLite has it for itself from the first moment
        (`BEGIN IMMEDIATE`), so a read followed by a write cannot lose against another process.
        """

    def pool_state(self) -> tuple[int, int]:
        """Connections that are open, and how many of them are at work."""
        return 1, 0

    @abstractmethod
    async def close(self) -> None:
        """Close every connection."""


transaction_in_use: ContextVar[Session | None] = ContextVar("transaction_in_use", default=None)
"""The transaction of the running task, if it has one."""
