"""What goes wrong with a statement of a model outside of a unit of work, said in our errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.db.errors import BUSY, TryAgainError, meaning_of
from app.errors import ServiceUnavailableError


class ToldStatements:
    """Goes before a client of Tortoise; transactions have clients of their own, whose errors `unit_of_work` tells.

    Raises ServiceUnavailableError when the database cannot be reached, InvalidInputError for what it cannot look for.
    """

    async def execute_query(self, query: str, values: list[Any] | None = None) -> Any:
        """Rows of a model."""
        with _told():
            return await super().execute_query(query, values)  # type: ignore[misc]

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> Any:
        """Rows as dictionaries."""
        with _told():
            return await super().execute_query_dict(query, values)  # type: ignore[misc]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        meaning = meaning_of(error)
        if meaning is None:
            raise
        raise (ServiceUnavailableError(BUSY) if isinstance(meaning, TryAgainError) else meaning) from error
