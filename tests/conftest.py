"""What every test may ask for. `DB=sqlite` (default) or `DB=postgres` chooses the dialect of the run."""

import os
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import hypothesis
import pytest

from app.settings import Settings
from tests.parts import postgres, redis
from tests.parts.database import Databases, Dialect, PostgresDatabases, SqliteDatabases, dialect
from tests.parts.postgres import PostgresCluster
from tests.parts.redis import RedisServer
from tests.parts.server import Slotgraph, SlotgraphProcess

if TYPE_CHECKING:
    from app.db.session import Database

DATABASE_FIXTURES = {"database_url", "module_database_url", "empty_database_url", "own_postgres"}

hypothesis.settings.register_profile("default", deadline=None, derandomize=True, max_examples=100)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Forget a developer's own settings, and let the tests reach the servers that TEST_..._URL names."""
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)
    given = (urlsplit(os.environ.get(name, "")).hostname for name in ("TEST_DATABASE_URL", "TEST_REDIS_URL"))
    config.option.allow_hosts = ",".join([config.option.allow_hosts, *(host for host in given if host)])


def pytest_report_header() -> list[str]:
    """Say which real servers the run uses."""
    database = f"PostgreSQL, {postgres.choose()}" if dialect() == "postgres" else "SQLite"
    return [f"database: {database}", f"redis: {redis.choose()}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what touches a database, and leave out what only means something on the other dialect."""
    other = "sqlite" if dialect() == "postgres" else "postgres"
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        if DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())) or any(item.iter_markers(dialect())):
            item.add_marker(pytest.mark.database)
        (left_out if any(item.iter_markers(other)) else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


@pytest.fixture(scope="session")
def db_dialect() -> Dialect:
    """`sqlite` or `postgres`."""
    return dialect()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Makes migrated databases: `make()`, `make_empty()`, `drop(url)`."""
    made: Databases = (
        PostgresDatabases() if dialect() == "postgres" else SqliteDatabases(tmp_path_factory.mktemp("databases"))
    )
    yield made
    made.close()


@pytest.fixture(scope="module")
def module_database_url(databases: Databases) -> Iterator[str]:
    """A migrated database of this test module, shared by its tests and not cleaned between them."""
    url = databases.make()
    yield url
    databases.drop(url)


@pytest.fixture(scope="module")
def _reused_database_url(databases: Databases) -> Iterator[str]:
    url = databases.make()
    yield url
    databases.drop(url)


@pytest.fixture
def database_url(databases: Databases, _reused_database_url: str) -> Iterator[str]:
    """A migrated database without rows, of this test alone (ids may start anywhere)."""
    yield _reused_database_url
    databases.clean(_reused_database_url)


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """A database without tables, for tests of migrations."""
    url = databases.make_empty()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def redis_server_url() -> Iterator[str]:
    """A Redis shared with other tests (and perhaps with other programs): use keys of your own only."""
    choice = redis.choose()
    if choice.url is not None:
        yield choice.url
        return
    server = RedisServer()
    server.start()
    yield server.url
    server.remove()


@pytest.fixture
def redis_url(redis_server_url: str) -> str:
    """A Redis; `redis_prefix` keeps the keys and channels of this test apart."""
    return redis_server_url


@pytest.fixture
def redis_prefix() -> str:
    """Start of every Redis key and channel of this test."""
    return f"slotgraph-test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A Redis of this test alone that it may stop, kill, pause and restart."""
    server = RedisServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def own_postgres() -> Iterator[PostgresCluster]:
    """A PostgreSQL of this test alone that it may stop, crash and restart; `url` is an empty database."""
    choice = postgres.choose()
    binaries = choice.binaries or (postgres.installed() or postgres.embedded()).binaries
    assert binaries is not None
    cluster = PostgresCluster(binaries)
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture
def make_settings(redis_prefix: str) -> Callable[..., Settings]:
    """Settings of a test: no limits, cheap passwords, no `.env`; any field as a keyword argument."""

    def make(**fields: object) -> Settings:
        defaults: dict[str, object] = {
            "redis_prefix": redis_prefix,
            "secret_key": "a-secret-key-that-only-tests-use",
            "password_hash_cost": "cheap",
            "rate_limit_api_key": 0,
            "rate_limit_access_token": 0,
            "rate_limit_client": 0,
            "rate_limit_ip": 0,
            "outbound_allow_private": True,
        }
        return Settings(_env_file=None, **{**defaults, **fields})  # type: ignore[arg-type]

    return make


@pytest.fixture
def settings(make_settings: Callable[..., Settings], database_url: str) -> Settings:
    """Settings on this test's own database, without Redis."""
    return make_settings(database_url=database_url)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator["Database"]:
    """The ORM and `app.db.raw`, connected to this test's own database."""
    from app.db import connection  # noqa: PLC0415 tests of the core need no database layer

    yield await connection.connect(settings)
    await connection.close()


@pytest.fixture
async def slotgraph(tmp_path: Path, database_url: str, redis_prefix: str) -> AsyncIterator[Slotgraph]:
    """Starts real processes on this test's own database: `await slotgraph.serve()`, `.worker()`, `.run("doctor")`.

    Set `slotgraph.redis_url` before starting several, so that they act as one.
    """
    commands = Slotgraph(tmp_path / "processes", database_url)
    commands.defaults["REDIS_PREFIX"] = redis_prefix
    yield commands
    await commands.close()


@pytest.fixture
async def server(slotgraph: Slotgraph) -> SlotgraphProcess:
    """One `slotgraph serve` process with its worker inside, ready."""
    return await slotgraph.serve()
