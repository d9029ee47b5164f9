"""One SQL text for both dialects: PostgreSQL's is written, SQLite's is derived from it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Literal, Protocol
from uuid import UUID

import orjson

Dialect = Literal["postgres", "sqlite"]


@dataclass(frozen=True, slots=True)
class Sql:
    """Two texts for a statement that cannot be derived; both use the same `$1` parameters."""

    postgres: str
    sqlite: str


class Row(Protocol):
    """One result row: values by column name or position (`asyncpg.Record`, `sqlite3.Row`)."""

    def __getitem__(self, key: str | int, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...
    def keys(self) -> Any:
        """The column names, in order."""


@dataclass(frozen=True, slots=True)
class SqliteStatement:
    """A statement as SQLite takes it; `reads` when it can run on a read-only connection."""

    text: str
    reads: bool


_REWRITES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"::[a-z_][a-z0-9_]*(?:\(\d+\))?(?:\[\])?", re.IGNORECASE), ""),
    (re.compile(r"(?:=\s*any|\bin)\s*\(\s*\$(\d+)\s*\)", re.IGNORECASE), r"IN (SELECT value FROM json_each(?\1))"),
    (re.compile(r"<>\s*all\s*\(\s*\$(\d+)\s*\)", re.IGNORECASE), r"NOT IN (SELECT value FROM json_each(?\1))"),
    (re.compile(r"\$(\d+)"), r"?\1"),
    (re.compile(r"\bgreatest\s*\(", re.IGNORECASE), "max("),
    (re.compile(r"\bleast\s*\(", re.IGNORECASE), "min("),
    (re.compile(r"\bilike\b", re.IGNORECASE), "LIKE"),
    # SQLite learned the standard's words in 3.39; machines with Python 3.11 and an older one are common.
    (re.compile(r"\bis\s+not\s+distinct\s+from\b", re.IGNORECASE), "IS"),
    (re.compile(r"\bis\s+distinct\s+from\b", re.IGNORECASE), "IS NOT"),
    (
        re.compile(
            r"\bfor\s+(?:no\s+key\s+)?(?:update|share)(?:\s+of\s+[\w, ]+?)?"
            r"(?:\s+(?:nowait|skip\s+locked))?(?=\s*(?:\)|$|;))",
            re.IGNORECASE,
        ),
        "",
    ),
)
_WRITES = re.compile(r"\b(?:insert|update|delete|replace)\b", re.IGNORECASE)
_READS = re.compile(r"\s*(?:select|values|explain|with)\b", re.IGNORECASE)


@lru_cache(maxsize=1024)
def sqlite_statement(sql: str | Sql) -> SqliteStatement:
    """The SQLite form of a statement.

    Rewritten: `$1` -> `?1`, `= ANY($1)` / `<> ALL($1)` -> `json_each`, casts `::type` dropped, `greatest`/`least`,
    `ILIKE`, `IS [NOT] DISTINCT FROM`, and locking clauses, which one writer at a time makes unnecessary.
    """
    text = sql.sqlite if isinstance(sql, Sql) else sql
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    reads = _READS.match(text) is not None and not _WRITES.search(text)
    return SqliteStatement(text, reads)


def dumps(value: Any) -> str:
    """JSON text of a value for a JSON column, on both dialects."""
    return orjson.dumps(value).decode()


def loads(value: Any) -> Any:
    """The value of a JSON column; None stays None."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def instant(value: datetime | str | None) -> datetime | None:
    """An aware UTC datetime from an instant column: PostgreSQL gives a datetime, SQLite its text."""
    if value is None:
        return None
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def day(value: date | str | None) -> date | None:
    """A calendar date from a date column of either dialect."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


def utc(value: datetime) -> datetime:
    """The same instant in UTC; raises ValueError for a naive one, which has no meaning in a filter."""
    if value.tzinfo is None:
        raise ValueError("A naive datetime cannot be used in a statement.")
    return value.astimezone(UTC)


_ADAPT: dict[type, Callable[[Any], Any]] = {
    list: dumps,
    tuple: dumps,
    dict: dumps,
    set: lambda value: dumps(sorted(value)),
    frozenset: lambda value: dumps(sorted(value)),
    datetime: lambda value: utc(value).isoformat(" "),
    date: date.isoformat,
    UUID: str,
}


def sqlite_values(values: Sequence[Any]) -> Sequence[Any]:
    """Parameters as SQLite stores them: instants as UTC text like Tortoise writes them, lists as JSON."""
    if not any(type(value) in _ADAPT for value in values):
        return values
    return [_ADAPT[type(value)](value) if type(value) in _ADAPT else value for value in values]
