"""Counting what is asked of the database."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.db import postgres, sqlite


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Collects every statement sent inside the block, those of models and raw ones; transactions do not count."""
    seen: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("tortoise.db_client")
    level = log.level
    plain = [
        (kind, name, vars(kind)[name])
        for kind in (
            postgres.PostgresDatabase,
            postgres.PostgresTransaction,
            sqlite.SqliteDatabase,
            sqlite.SqliteTransaction,
        )
        for name in ("fetch", "run", "run_many")
    ]
    for kind, name, method in plain:
        setattr(kind, name, _counting(method, seen))
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        yield seen
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        for kind, name, method in plain:
            setattr(kind, name, method)


def _counting(method: Any, seen: list[str]) -> Any:
    async def counting(self: Any, sql: Any, params: Any) -> Any:
        seen.append(str(sql))
        return await method(self, sql, params)

    return counting
