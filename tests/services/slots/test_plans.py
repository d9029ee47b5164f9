"""The slots statements as PostgreSQL plans them once and for all: no table that grows is read as a whole."""

import re
from itertools import product

import asyncpg
import pytest

from app.services.slots.busy_sql import BusyShape, busy_statement
from app.services.slots.facts_sql import facts_by_id, facts_by_name, version_by_id
from tests.db.test_plans import SEED, T0
from tests.parts.processes import run_apart

pytestmark = pytest.mark.postgres

TODAY = "'2026-03-01'"
BY_NAME = f"'u7', {TODAY}, 's6'"
FACTS = {
    "by id": (facts_by_id().postgres, f"7, {TODAY}"),
    "of a person": (facts_by_name(of_team=False, in_organization=False).postgres, BY_NAME),
    "of a person there": (facts_by_name(of_team=False, in_organization=True).postgres, f"{BY_NAME}, 't9'"),
    "of a team": (facts_by_name(of_team=True, in_organization=False).postgres, BY_NAME),
    "of a team there": (facts_by_name(of_team=True, in_organization=True).postgres, f"{BY_NAME}, 't9'"),
    "version": (version_by_id().postgres, "7"),
}
CHOICES = product((False, True), repeat=3)
SHAPES = [BusyShape(seats=seats, moved=moved, limits=limits) for seats, moved, limits in CHOICES]


@pytest.fixture(scope="module")
def seeded(module_database_url: str) -> str:
    """A database with thousands of rows in every table."""
    run_apart(seed(module_database_url))
    return module_database_url


async def seed(url: str) -> None:
    """Write the rows."""
    connection = await asyncpg.connect(url)
    for statement in SEED:
        await connection.execute(statement)
    await connection.close()


async def tables_read_as_a_whole(url: str, text: str, arguments: str) -> set[str]:
    """Tables that the generic plan of a statement scans sequentially; empty ones cost nothing."""
    connection = await asyncpg.connect(url, server_settings={"plan_cache_mode": "force_generic_plan"})
    try:
        await connection.execute(f"PREPARE slots AS {text}")
        lines = [row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE slots({arguments})")]
        empty = await connection.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples = 0")
    finally:
        await connection.close()
    scanned = {match[1] for line in lines if (match := re.search(r"Seq Scan on (\w+)", line))}
    return scanned - {row["relname"] for row in empty}


@pytest.mark.parametrize("name", FACTS)
async def test_facts_are_found_through_indexes(seeded: str, name: str) -> None:
    text, arguments = FACTS[name]
    assert await tables_read_as_a_whole(seeded, text, arguments) == set()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
async def test_busy_times_are_found_through_indexes(seeded: str, shape: BusyShape) -> None:
    span = f"{T0 + 100 * 86_400}, {T0 + 130 * 86_400}"
    arguments = f"'{{5,6,7}}', {span}, {T0}, '{{7}}'"
    arguments += ", '{7}'" if shape.seats else ""
    arguments += ", 'b77'" if shape.moved else ""
    arguments += f", '{{7}}', {span}" if shape.limits else ""
    text = busy_statement(shape).postgres
    assert await tables_read_as_a_whole(seeded, text, arguments) == set()
