"""A test's database is migrated, empty and its own, on both dialects."""

from datetime import UTC, datetime

import asyncpg
import pytest

from app.db.session import Database
from app.models.event import OutboxEntry
from app.settings import Settings
from tests.parts.database import Databases, Dialect, PostgresDatabases


async def count(database: Database, table: str) -> int:
    rows = await database.fetch(f"SELECT count(*) AS n FROM {table}", [])
    return int(rows[0]["n"])


async def test_is_of_the_dialect_of_the_run(database: Database, settings: Settings, db_dialect: Dialect) -> None:
    assert settings.database_url.startswith(db_dialect + "://")
    assert settings.is_sqlite is (db_dialect == "sqlite")
    assert await count(database, "bookings") == 0


@pytest.mark.parametrize("turn", [1, 2])
async def test_rows_of_one_test_are_gone_in_the_next(database: Database, turn: int) -> None:
    assert await count(database, "outbox") == 0, f"turn {turn}"
    await OutboxEntry.create(type="made.up", key="k", created_at=datetime.now(UTC))
    assert await count(database, "outbox") == 1


def test_copies_are_told_apart(databases: Databases) -> None:
    one, other = databases.make(), databases.make()
    assert one != other
    databases.drop(one)
    databases.drop(other)


@pytest.mark.postgres
async def test_dropped_databases_are_gone(databases: PostgresDatabases) -> None:
    url = databases.make()
    databases.drop(url)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(url)
