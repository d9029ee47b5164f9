"""Bring a database to the current tables."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import ModuleType

from aerich.coder import encoder
from aerich.migrate import Migrate
from aerich.utils import decompress_dict, import_py_module
from tortoise import BaseDBAsyncClient
from tortoise.connection import get_connection

from app.db.connection import database_apart
from app.db.file_lock import file_lock
from app.db.postgres import ALIAS
from app.db.session import Database, Session
from app.db.sql import Sql
from app.settings import Settings

MIGRATIONS = Path(__file__).parents[2] / "migrations"
APP = "models"
_LOCK_KEY = 7_306_291_547  # any number nobody else locks
_HAS_HISTORY = Sql(
    postgres="SELECT 1 FROM pg_tables WHERE tablename = 'aerich' AND schemaname = ANY(current_schemas(false))",
    sqlite="SELECT 1 FROM sqlite_master WHERE name = 'aerich'",
)


async def upgrade(database_url: str, migrations: Path = MIGRATIONS) -> list[str]:
    """Apply what is missing and answer the names of the applied files; any number of processes may do so at once.

    Each file is one transaction, with its mark. Raises ServiceUnavailableError when the server cannot be reached.
    """
    settings = migration_settings(database_url)
    pragmas = {"foreign_keys": "OFF"} if settings.is_sqlite else {}
    async with _one_at_a_time(settings), database_apart(settings, **pragmas) as database:
        applied = [await _apply(database, name, module) for name, module in _files(migrations)]
    return [name for name in applied if name]


def migration_settings(database_url: str) -> Settings:
    """Settings for work on tables: no statement timeout, one connection."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        database_statement_timeout=timedelta(),
        database_pool_max=1,
    )


@asynccontextmanager
async def _one_at_a_time(settings: Settings) -> AsyncIterator[None]:
    path = settings.database_url.removeprefix("sqlite://").partition("?")[0]
    if not settings.is_sqlite or path == ":memory:":
        yield
        return
    async with file_lock(Path(path + ".migrating")):
        yield


def _files(migrations: Path) -> list[tuple[str, ModuleType]]:
    Migrate.migrate_location = migrations / APP
    return [(f"{module.name}.py", import_py_module(module)) for module in Migrate.get_all_version_modules()]


async def _apply(database: Database, name: str, module: ModuleType) -> str | None:
    async with database.transaction() as session:
        if database.dialect == "postgres":
            await session.run("SELECT pg_advisory_xact_lock($1)", [_LOCK_KEY])
        if name in await _applied(session):
            return None
        await _run(get_connection(ALIAS), module)
        await _check_foreign_keys(session)
        state = encoder(decompress_dict(module.MODELS_STATE))
        await session.run("INSERT INTO aerich (version, app, content) VALUES ($1, $2, $3)", [name, APP, state])
    return name


async def _run(db: BaseDBAsyncClient, module: ModuleType) -> None:
    script = await module.upgrade(db)
    for statement in filter(str.strip, script.split(";")):
        await db.execute_query(statement)


async def _applied(session: Session) -> set[str]:
    if not await session.fetch(_HAS_HISTORY, ()):
        return set()
    return {row["version"] for row in await session.fetch("SELECT version FROM aerich WHERE app = $1", [APP])}


async def _check_foreign_keys(session: Session) -> None:
    if session.dialect == "sqlite" and (broken := await session.fetch("PRAGMA foreign_key_check", ())):
        raise RuntimeError(f"{len(broken)} rows point to nothing, the first in {broken[0]['table']}")
