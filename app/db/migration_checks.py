"""What `python -m app.db.migrate check` proves, dialect by dialect."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import asyncpg
from aerich import Command

from app.db.catalogue import read_catalogue
from app.db.connection import database_apart, tortoise_config
from app.db.sql import Dialect
from app.db.upgrade import APP, MIGRATIONS, migration_settings, upgrade

_OFFLINE = {"sqlite": "sqlite://:memory:", "postgres": "postgres://nobody@127.0.0.1:1/nothing"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says."""

    good: bool
    text: str


def drift_of_both() -> list[Finding]:
    """Whether the models say what the last migration says, for each dialect in a process of its own.

    Tortoise keeps what it generated for the first dialect it met.
    """
    return [_drift_in_process(dialect, url) for dialect, url in _OFFLINE.items()]


def _drift_in_process(dialect: str, database_url: str) -> Finding:
    command = [sys.executable, "-m", "app.db.migrate", "drift", "--url", database_url]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 ourselves
    return Finding(ended.returncode == 0, f"{dialect}: {ended.stdout.strip() or ended.stderr.strip()}")


async def find_drift(database_url: str, migrations: Path = MIGRATIONS) -> Finding:
    """Let aerich write the migration that the models still need into a scratch copy; nothing is connected to."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(migrations, folder, dirs_exist_ok=True)
        command = Command(aerich_config(database_url), location=folder)
        await command.init(offline=True)
        written = await command.migrate("drift", no_input=True, offline=True)
        if not written:
            return Finding(True, "the migrations say what the models say")
        return Finding(False, f"the models need a migration:\n{_text(Path(folder, APP, written))}")


def _text(file: Path) -> str:
    return file.read_text()


def aerich_config(database_url: str) -> dict[str, object]:
    """Tortoise's configuration with aerich's own table."""
    config = tortoise_config(migration_settings(database_url))
    config["apps"][APP]["models"].append("aerich.models")
    return config


def compare_catalogues(server: str | None, *, write: bool = False) -> list[Finding]:
    """Whether an upgrade from nothing makes what is checked in: on SQLite, and on `server` when there is one."""
    with tempfile.TemporaryDirectory() as folder:
        sqlite = asyncio.run(catalogue_of_fresh(f"sqlite://{folder}/check.sqlite3"))
    findings = [_compare("sqlite", sqlite, write=write)]
    if server is None:
        left_out = "postgres: tables not compared here (TEST_DATABASE_URL is not set); `make test` compares them"
        return [*findings, Finding(True, left_out)]
    return [*findings, _compare("postgres", asyncio.run(_on_server(server)), write=write)]


async def catalogue_of_fresh(database_url: str) -> list[str]:
    """Upgrade an empty database and list what is in it."""
    await upgrade(database_url)
    async with database_apart(migration_settings(database_url)) as database:
        return await read_catalogue(database)


def catalogue_file(dialect: Dialect) -> Path:
    """The checked-in list of what the database of a dialect consists of."""
    return MIGRATIONS / "catalogue" / f"{dialect}.txt"


def _compare(dialect: Dialect, lines: list[str], *, write: bool) -> Finding:
    file = catalogue_file(dialect)
    if write:
        file.write_text("\n".join(lines) + "\n")
    expected = file.read_text().splitlines()
    difference = list(unified_diff(expected, lines, "checked in", "found", lineterm="", n=0))
    same = f"{len(lines)} lines of catalogue as checked in"
    return Finding(not difference, f"{dialect}: " + ("\n".join(difference) or same))


async def _on_server(server: str) -> list[str]:
    async with scratch_database(server) as database_url:
        return await catalogue_of_fresh(database_url)


@asynccontextmanager
async def scratch_database(server: str) -> AsyncIterator[str]:
    """A new database on a PostgreSQL server, dropped at the end of the block."""
    name = f"slotgraph_check_{uuid.uuid4().hex[:12]}"
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server.rpartition('/')[0]}/{name}"
        finally:
            await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()
