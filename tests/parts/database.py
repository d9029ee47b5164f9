"""Databases for the tests: migrated once into a template, copied for whoever asks, gone at the end."""

import asyncio
import contextlib
import itertools
import os
import shutil
import time
from pathlib import Path
from typing import Literal, Protocol

import asyncpg

from tests.parts import postgres
from tests.parts.postgres import PostgresCluster
from tests.parts.processes import is_alive, run_apart

Dialect = Literal["sqlite", "postgres"]

PREFIX = "slotgraph_test"


def dialect() -> Dialect:
    """The dialect of this test run, from DB. Tortoise caches SQL per connection name, so one process knows one only."""
    wanted = os.environ.get("DB", "sqlite")
    if wanted not in {"sqlite", "postgres"}:
        raise ValueError(f"DB must be sqlite or postgres, not {wanted!r}")
    return "postgres" if wanted == "postgres" else "sqlite"


class Databases(Protocol):
    """Makes migrated databases."""

    def make(self) -> str:
        """A new migrated database; returns its URL."""
        ...

    def make_empty(self) -> str:
        """A new database without any table, for tests of migrations; returns its URL."""
        ...

    def clean(self, url: str) -> None:
        """Bring a database that `make` made back to how it was."""
        ...

    def drop(self, url: str) -> None:
        """Remove a database that `make` or `make_empty` made."""
        ...

    def close(self) -> None:
        """Remove everything that is left, and the server if it is ours."""
        ...


def migrate(url: str) -> None:
    """Apply every migration of the project."""
    from app.db.migrate import upgrade  # noqa: PLC0415 tests of the core need no database layer

    run_apart(upgrade(url))


class SqliteDatabases:
    """Files: the template is migrated when first asked for, and copying it takes a millisecond."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._template: Path | None = None

    def _new_path(self) -> Path:
        return self._folder / f"{next(self._numbers)}.sqlite3"

    def make(self) -> str:
        """A copy of the template."""
        path = self._new_path()
        shutil.copyfile(self._migrated(), path)
        return f"sqlite://{path}"

    def _migrated(self) -> Path:
        if self._template is None:
            template = self._folder / "template.sqlite3"
            migrate(f"sqlite://{template}")
            leftover = template.with_name(template.name + "-wal")
            if leftover.exists() and leftover.stat().st_size:
                raise RuntimeError("The migrated template was not closed: its write-ahead log is not empty.")
            self._template = template
        return self._template

    def make_empty(self) -> str:
        """A path at which nothing is yet."""
        return f"sqlite://{self._new_path()}"

    def clean(self, url: str) -> None:
        """Copy the template over it; nobody may be connected."""
        self.drop(url)
        shutil.copyfile(self._migrated(), url.removeprefix("sqlite://"))

    def drop(self, url: str) -> None:
        """Delete the file and what SQLite keeps beside it."""
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(url.removeprefix("sqlite://") + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        """The folder belongs to pytest, which removes it."""


class PostgresDatabases:
    """Databases of one server; names carry this process's id, so that what a killed run left is known and dropped."""

    def __init__(self) -> None:
        choice = postgres.choose()
        self._cluster: PostgresCluster | None = None
        if choice.url is None:
            assert choice.binaries is not None
            self._cluster = PostgresCluster(choice.binaries)
            self._cluster.start()
        self.server = self._cluster.url if self._cluster else choice.url or ""
        self._numbers = itertools.count()
        self._run = f"{PREFIX}_{os.getpid()}_{int(time.time()) % 100_000}"
        self._template: str | None = None
        run_apart(drop_leftovers(self.server))

    def _new_name(self) -> str:
        return f"{self._run}_{next(self._numbers)}"

    def make(self) -> str:
        """A copy of the template."""
        return run_apart(postgres.create_database(self.server, self._new_name(), self._migrated()))

    def _migrated(self) -> str:
        if self._template is None:
            name = self._new_name()
            migrate(run_apart(postgres.create_database(self.server, name)))
            self._template = name
        return self._template

    def make_empty(self) -> str:
        """A database without any table."""
        return run_apart(postgres.create_database(self.server, self._new_name()))

    def clean(self, url: str) -> None:
        """Delete all rows but those of the migrations themselves."""
        run_apart(delete_rows(url))

    def drop(self, url: str) -> None:
        """Drop it with whoever is connected."""
        run_apart(postgres.drop_database(self.server, url.rpartition("/")[2]))

    def close(self) -> None:
        """Drop what this process made, and the cluster if it is ours."""
        if self._cluster is not None:
            self._cluster.remove()
            return
        run_apart(drop_named(self.server, self._run))


async def delete_rows(url: str) -> None:
    """Delete the rows of every table that may have some, foreign keys aside; sequences go on counting."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'aerich'"
        )
        deletes = "; ".join(f'DELETE FROM "{row["tablename"]}"' for row in tables)
        await connection.execute(f"SET session_replication_role = replica; {deletes}")
    finally:
        await connection.close()


async def drop_named(server: str, start: str) -> None:
    """Drop the databases whose names start so."""
    connection = await asyncpg.connect(server, timeout=10)
    try:
        names = await connection.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", start)
    finally:
        await connection.close()
    for row in names:
        await postgres.drop_database(server, row["datname"])


async def drop_leftovers(server: str) -> None:
    """Drop the databases of test processes that are gone."""
    if "@127.0.0.1" not in server and "@localhost" not in server:
        return  # process ids of another machine say nothing
    connection = await asyncpg.connect(server, timeout=10)
    try:
        rows = await connection.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", PREFIX + "_")
    finally:
        await connection.close()
    for name in (row["datname"] for row in rows):
        owner = name.removeprefix(PREFIX + "_").split("_")[0]
        if owner.isdigit() and not is_alive(int(owner)):
            with contextlib.suppress(asyncpg.PostgresError, asyncio.TimeoutError):  # another worker may be faster
                await postgres.drop_database(server, name)
