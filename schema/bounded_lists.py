"""Connections over lists that a service answers whole because their length is bounded."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from schema.context import Info
from schema.pagination import Connection, Key, PageRequest

Row = TypeVar("Row")
NodeT = TypeVar("NodeT")


def connect(
    connection: type[Connection[NodeT]],
    info: Info,
    rows: Sequence[Row],
    *,
    name: str,
    node: Callable[[Row], NodeT],
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    key: Callable[[Row], Key] = lambda row: (row.id,),  # type: ignore[attr-defined]
) -> Connection[NodeT]:
    """The asked page of `rows`, which stand in their served order; a cursor is the key of a row."""
    page = PageRequest.read(info, first=first, after=after, last=last, before=before, order=name)
    keys = [key(row) for row in rows]
    start = _position(keys, page.keyset.after, -1) + 1
    end = _position(keys, page.keyset.before, len(keys))
    part = list(rows[start:end])
    if page.keyset.backward:
        part.reverse()

    async def count() -> int:
        return len(rows)

    return connection.of(page, part[: page.keyset.limit], node=node, key=key, count=count)


def _position(keys: Sequence[Any], wanted: Key | None, default: int) -> int:
    return keys.index(wanted) if wanted is not None and wanted in keys else default
