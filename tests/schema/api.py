"""The served schema over an open test database with a fixed clock: what clients send, what they are answered."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from app.context import RequestContext
from app.db import raw
from app.db.raw import Sql
from app.models import User
from app.web.graphql import OPERATIONS
from schema.app import schema
from schema.context import Context
from schema.executor.engine import Engine, Outcome
from schema.executor.requests import GraphRequest
from schema.loaders import Loaders
from schema.node import global_id
from tests.services.bookings.desk import Desk

REQUEST_ID = "req-1"
Caller = User | RequestContext | None


@cache
def operation(name: str) -> str:
    """The text of a stored operation."""
    (path,) = OPERATIONS.rglob(f"{name}.graphql")
    return path.read_text(encoding="utf-8")


def gid(row: Any, type_name: str | None = None) -> str:
    """The global id of a model's row."""
    return global_id(type_name or type(row).__name__, row.id)


@dataclass
class Api(Desk):
    """Executes operations as the endpoint does, without HTTP; `by` is the caller, None = anonymous."""

    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = Engine(schema, self.settings)

    def context(self, by: Caller = None) -> Context:
        """What the operation of this caller is given."""
        request = by if isinstance(by, RequestContext) else self.as_user(by) if by is not None else self.ctx
        return Context(replace(request, request_id=REQUEST_ID), Loaders)

    async def run(self, document: str, variables: dict[str, Any] | None = None, *, by: Caller = None) -> Outcome:
        """The outcome of a stored operation (by its name) or of a document."""
        text = document if "{" in document else operation(document)
        return await self.engine.run(GraphRequest(query=text, variables=variables or {}), self.context(by))

    async def read(self, document: str, /, *, by: Caller = None, **variables: Any) -> Any:
        """The value of the one root field; there are no errors."""
        outcome = await self.run(document, variables, by=by)
        assert outcome.errors == []
        assert outcome.data is not None
        (value,) = outcome.data.values()
        return value

    async def refusal(self, document: str, /, *, by: Caller = None, **variables: Any) -> str:
        """The code of the one error; the field it is about is null and the error names this request."""
        outcome = await self.run(document, variables, by=by)
        (error,) = outcome.errors
        assert error["extensions"]["requestId"] == REQUEST_ID
        assert not any((outcome.data or {}).values())
        code: str = error["extensions"]["code"]
        return code

    async def write(self, name: str, /, *, by: Caller = None, **input: Any) -> dict[str, Any]:
        """The member of the result union that a stored mutation answers."""
        member: dict[str, Any] = await self.read(name, by=by, input=input)
        return member


async def contents() -> dict[str, str]:
    """A fingerprint of every table; when keys were last used is noted in the background and does not count."""
    tables = [row["name"] for row in await raw.rows(_TABLES)]
    if raw.dialect() == "postgres":
        parts = (_PRINT.format(table=table) for table in tables)
        return {row["name"]: row["print"] for row in await raw.rows(" UNION ALL ".join(parts))}
    found = {}
    for table in tables:
        stored = [dict(row) for row in await raw.rows(f"SELECT * FROM {table}")]
        rows = sorted(repr({**row, "last_used_at": None}) for row in stored)
        found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


_TABLES = Sql(
    postgres="SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1",
    sqlite="SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
)
_PRINT = """SELECT '{table}' AS name, md5(coalesce(string_agg(r.text, ' ' ORDER BY r.text), '')) AS print
              FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS text FROM {table} t) r"""


@asynccontextmanager
async def nothing_written() -> AsyncIterator[None]:
    """What is done inside the block leaves every table as it was."""
    before = await contents()
    yield
    after = await contents()
    changed = [table for table in before if before[table] != after[table]]
    assert changed == [], changed
