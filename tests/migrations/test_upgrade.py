"""Any number of processes may upgrade, rows survive, and the outcome is what is checked in."""

import ast
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from app.db import connection, raw
from app.db.catalogue import read_catalogue
from app.db.connection import database_apart
from app.db.errors import ConstraintError
from app.db.history import missing_migrations
from app.db.migrate import upgrade
from app.db.migration_checks import catalogue_file
from app.db.sql import Dialect
from app.db.upgrade import MIGRATIONS, migration_settings
from app.settings import Settings

ROOT = MIGRATIONS.parent
SECOND = '''
"""A second migration as a release would bring it."""

from app.db.migration_steps import rebuild_sqlite_table, run_statements

RUN_IN_TRANSACTION = True


async def upgrade(db):
    if db.capabilities.dialect == "sqlite":
        create = (await db.execute_query_dict("SELECT sql FROM sqlite_master WHERE name = 'teams'"))[0]["sql"]
        create = create.replace('"name" VARCHAR(200) NOT NULL', '"name" VARCHAR(50) NOT NULL, "motto" TEXT')
        columns = [row["name"] for row in await db.execute_query_dict("SELECT name FROM pragma_table_info('teams')")]
        filled = {name: f'"{name}"' for name in columns} | {"motto": "upper(name)"}
        await rebuild_sqlite_table(db, "teams", create, filled)
        return "SELECT 1;"
    return await run_statements(
        db,
        postgres=[
            'ALTER TABLE teams ALTER COLUMN name TYPE VARCHAR(50), ADD motto TEXT',
            'UPDATE teams SET motto = upper(name)',
        ],
        sqlite=[],
    )


async def downgrade(db):
    return "SELECT 1;"
'''
FAILING = """
from app.db.migration_steps import run_statements

RUN_IN_TRANSACTION = True


async def upgrade(db):
    both = ["CREATE TABLE half_way (id INT)", "INSERT INTO no_such_table VALUES (1)"]
    return await run_statements(db, postgres=both, sqlite=both)


async def downgrade(db):
    return "SELECT 1;"
"""


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A copy of the history, to which tests add files."""
    copy = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, copy)
    return copy


def add_file(history: Path, name: str, text: str) -> None:
    """Add a migration with the state of the last one."""
    last = sorted((history / "models").glob("0_*.py"))[-1].read_text()
    state = last[last.index("MODELS_STATE = (") :]
    (history / "models" / name).write_text(textwrap.dedent(text) + "\n\n" + state)


async def counts(database_url: str) -> dict[str, int]:
    """Rows of each seeded table."""
    async with database_apart(migration_settings(database_url)) as database:
        tables = ("users", "teams", "memberships", "event_types", "bookings", "booking_hosts")
        return {table: (await database.fetch(f"SELECT count(*) FROM {table}", ()))[0][0] for table in tables}


async def seed(settings: Settings) -> None:
    """A few rows that refer to each other."""
    async with connection.database(settings):
        await raw.execute("INSERT INTO users (id, username, email) VALUES (1, 'ann', 'a@example.com')")
        await raw.execute("INSERT INTO teams (id, name, slug) VALUES (1, 'Sales', 'sales')")
        await raw.execute("INSERT INTO teams (id, name, slug, parent_id) VALUES (2, 'South', 'south', 1)")
        await raw.execute("INSERT INTO memberships (team_id, user_id) VALUES (1, 1), (2, 1)")
        await raw.execute(
            "INSERT INTO event_types (id, team_id, title, slug, length_minutes) VALUES (1, 2, 't', 's', 30)"
        )
        await raw.execute(
            "INSERT INTO bookings (id, uid, ical_uid, user_id, event_type_id, status, title, start_s, end_s,"
            " booker_email) VALUES (1, 'b', 'b', 1, 1, 'ACCEPTED', 't', 0, 9, 'x@example.com')"
        )
        await raw.execute(
            "INSERT INTO booking_hosts (booking_id, host_id, event_type_id, start_s, end_s, blocks, blocks_same_type)"
            " VALUES (1, 1, 1, 0, 9, true, true)"
        )


async def test_an_empty_database_is_brought_up_once(
    empty_database_url: str, make_settings: Callable[..., Settings]
) -> None:
    settings = make_settings(database_url=empty_database_url)
    names = sorted(file.name for file in (MIGRATIONS / "models").glob("*_*.py"))
    async with connection.database(settings):
        assert await missing_migrations() == names
    assert await upgrade(empty_database_url) == names
    assert await upgrade(empty_database_url) == []
    async with connection.database(settings):
        assert await missing_migrations() == []


async def test_the_catalogue_is_as_checked_in(empty_database_url: str, db_dialect: Dialect) -> None:
    """After a wanted change: `python -m app.db.migrate catalogue --write`, and read the difference."""
    await upgrade(empty_database_url)
    async with database_apart(migration_settings(empty_database_url)) as database:
        found = await read_catalogue(database)
    assert found == catalogue_file(db_dialect).read_text().splitlines()


def test_three_processes_upgrading_at_once_all_succeed(empty_database_url: str) -> None:
    program = f"import asyncio; from app.db.migrate import upgrade; print(asyncio.run(upgrade({empty_database_url!r})))"
    started = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    ended = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], ended
    # They take turns file by file; each file is applied once, whoever does it.
    applied = [name for out, _ in ended for name in ast.literal_eval(out.decode())]
    assert sorted(applied) == sorted(path.name for path in (ROOT / "migrations" / "models").glob("[0-9]*.py"))


async def test_a_seeded_database_keeps_its_rows(
    empty_database_url: str, history: Path, make_settings: Callable[..., Settings]
) -> None:
    """On SQLite the changed table is rebuilt: its children, indexes and triggers stay."""
    await upgrade(empty_database_url)
    settings = make_settings(database_url=empty_database_url)
    await seed(settings)
    before = await counts(empty_database_url)
    async with database_apart(settings) as database:
        indexes = [line for line in await read_catalogue(database) if "ux_teams" in line or "fk_" in line]
    add_file(history, "1_20991231000000_motto.py", SECOND)
    assert await upgrade(empty_database_url, history) == ["1_20991231000000_motto.py"]
    assert await counts(empty_database_url) == before
    async with connection.database(settings):
        found = await raw.rows("SELECT id, motto FROM teams ORDER BY id")
        assert [tuple(row) for row in found] == [(1, "SALES"), (2, "SOUTH")]
        with pytest.raises(ConstraintError) as caught:
            await raw.execute("INSERT INTO teams (id, name, slug) VALUES (9, 'x', 'SALES')")
        assert caught.value.name == "ux_teams_slug"
        await raw.execute("DELETE FROM teams WHERE id = 1")
        assert await raw.value("SELECT count(*) FROM memberships") == 0  # children still cascade
        after = await read_catalogue(connection.current())
    changed = {
        line.split()[1] for line in set(indexes) ^ {line for line in after if "ux_teams" in line or "fk_" in line}
    }
    assert changed <= {"teams"}  # SQLite lists a table with its foreign keys on one line


async def test_a_failing_migration_leaves_nothing(empty_database_url: str, history: Path) -> None:
    add_file(history, "1_20991231000000_fails.py", FAILING)
    with pytest.raises(Exception, match="no_such_table"):
        await upgrade(empty_database_url, history)
    async with database_apart(migration_settings(empty_database_url)) as database:
        assert not [line for line in await read_catalogue(database) if "half_way" in line]
        marked = await database.fetch("SELECT version FROM aerich", ())
    assert "1_20991231000000_fails.py" not in [row["version"] for row in marked]


@pytest.mark.sqlite
async def test_a_rebuild_that_loses_a_parent_is_refused(
    empty_database_url: str, history: Path, make_settings: Callable[..., Settings]
) -> None:
    await upgrade(empty_database_url)
    await seed(make_settings(database_url=empty_database_url))
    text = FAILING.replace(
        '"CREATE TABLE half_way (id INT)", "INSERT INTO no_such_table VALUES (1)"', '"DELETE FROM users"'
    )
    add_file(history, "1_20991231000000_fails.py", text)
    with pytest.raises(RuntimeError, match="point to nothing"):
        await upgrade(empty_database_url, history)
    assert (await counts(empty_database_url))["users"] == 1


def test_models_and_migrations_agree(db_dialect: Dialect) -> None:
    program = f"""
import asyncio
from app.db.migration_checks import find_drift
url = {"sqlite://:memory:" if db_dialect == "sqlite" else "postgres://nobody@127.0.0.1:1/nothing"!r}
print(asyncio.run(find_drift(url)).text)
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "the migrations say what the models say", ended.stderr


def test_a_changed_model_is_noticed(db_dialect: Dialect) -> None:
    program = f"""
import asyncio
from tortoise import fields
from app.models import Team
from app.db.migration_checks import find_drift
Team._meta.add_field("motto", fields.TextField(null=True))
url = {"sqlite://:memory:" if db_dialect == "sqlite" else "postgres://nobody@127.0.0.1:1/nothing"!r}
finding = asyncio.run(find_drift(url))
print(finding.good, "motto" in finding.text)
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False True", ended.stderr
