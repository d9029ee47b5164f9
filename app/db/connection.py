"""Opening and closing the database of this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext

from app.db.errors import UNREACHABLE, meaning_of
from app.db.postgres import ALIAS, Connection, PostgresDatabase
from app.db.session import Database
from app.db.sqlite import PRAGMAS, SqliteDatabase
from app.errors import ServiceUnavailableError
from app.settings import Settings

MODELS = ("app.models",)
_ACQUIRE_SECONDS = 5.0


class _Process:
    database: Database | None = None


def current() -> Database:
    """The open database; raises ServiceUnavailableError when there is none."""
    if _Process.database is None:
        raise ServiceUnavailableError(UNREACHABLE)
    return _Process.database


async def connect(settings: Settings) -> Database:
    """Open the database that the settings name and make it the current one.

    One database per process: Tortoise keeps generated SQL per connection name, so two dialects in one process mix.
    Raises ServiceUnavailableError when the server cannot be reached.
    """
    await close()
    context = TortoiseContext()
    try:
        with context:
            await context.init(config=tortoise_config(settings), _enable_global_fallback=True)
        _Process.database = database = await _open(context, settings)
    except Exception as error:
        await context.close_connections()
        raise (meaning_of(error) or error) from error
    return database


async def _open(context: TortoiseContext, settings: Settings) -> Database:
    await context.connections.get(ALIAS).create_connection(with_db=True)
    if not settings.is_sqlite:
        return PostgresDatabase(context, _ACQUIRE_SECONDS)
    database = SqliteDatabase(context, settings.database_statement_timeout.total_seconds())
    await database.learn_names()
    return database


async def close() -> None:
    """Close the current database, if one is open."""
    if _Process.database is not None:
        database, _Process.database = _Process.database, None
        await database.close()


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The database, open for the length of the block."""
    opened = await connect(settings)
    try:
        yield opened
    finally:
        await close()


@asynccontextmanager
async def database_apart(settings: Settings, **credentials: Any) -> AsyncIterator[Database]:
    """A database for raw statements only, beside the current one; `credentials` go to the driver (SQLite: pragmas)."""
    context = TortoiseContext()
    config = tortoise_config(settings)["connections"]
    config[ALIAS]["credentials"].update(credentials)
    context.connections._init_config(config)
    with context:
        try:
            opened = await _open(context, settings)
        except Exception as error:
            await context.close_connections()
            raise (meaning_of(error) or error) from error
        try:
            yield opened
        finally:
            await opened.close()


def tortoise_config(settings: Settings) -> dict[str, Any]:
    """Tortoise's configuration of `settings.database_url` (`sqlite://` or `postgres://`)."""
    connection = _sqlite(settings) if settings.is_sqlite else _postgres(settings)
    return {
        "connections": {ALIAS: connection},
        "apps": {"models": {"models": [*MODELS], "default_connection": ALIAS}},
        "use_tz": True,
        "timezone": "UTC",
    }


def _sqlite(settings: Settings) -> dict[str, Any]:
    path = settings.database_url.removeprefix("sqlite://").partition("?")[0]
    if path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    return {"engine": "app.db.sqlite", "credentials": {"file_path": path, **PRAGMAS}}


def _postgres(settings: Settings) -> dict[str, Any]:
    scheme, _, rest = settings.database_url.partition("://")
    url = f"postgres://{rest}" if scheme == "postgresql" else settings.database_url
    expanded = expand_db_url(url)
    timeout = settings.database_statement_timeout.total_seconds()
    credentials = {
        "minsize": 0,  # a floor would be restored, and complained about, by a task of the pool's own
        "init_size": min(settings.database_pool_min, settings.database_pool_max),
        "maxsize": settings.database_pool_max,
        "connection_class": Connection,
        "statement_cache_size": 500,
        "max_inactive_connection_lifetime": 0,
        # The server's own timeout comes first unless the network is gone.
        "command_timeout": timeout + 2 if timeout else None,
        "server_settings": _server_settings(timeout),
        **expanded["credentials"],
    }
    return {"engine": "app.db.postgres", "credentials": credentials}


def _server_settings(timeout: float) -> dict[str, str]:
    milliseconds = str(int(timeout * 1000))
    return {
        "application_name": "slotgraph",
        "statement_timeout": milliseconds,
        "idle_in_transaction_session_timeout": "60000",
        "tcp_keepalives_idle": "60",  # connections lie idle for long; firewalls forget silent ones
        "timezone": "UTC",
        "jit": "off",  # compiling costs more than these short statements
        # Planning the slots and booking statements takes ten times as long as running them: plan once a connection.
        "plan_cache_mode": "force_generic_plan",
    }
