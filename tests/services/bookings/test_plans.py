"""Statements of bookings as PostgreSQL plans them on its first day, since a connection keeps its plans for good."""

import asyncpg
import pytest

from app.context import Actor, utc_now
from app.services.bookings.list_command import ListBookings
from app.services.bookings.list_sql import conditions_of, page_of
from app.services.bookings.loading_sql import select_bookings
from app.services.bookings.remembered_sql import busy_and_standing
from app.services.bookings.views import BookingParts
from app.services.slots.busy_sql import BusyShape

pytestmark = pytest.mark.postgres

GROWING = ("booking_hosts", "attendees", "seats", "slot_holds", "outbox", "out_of_office", "schedule_rows")


async def plan_of(url: str, text: str, arguments: str) -> list[str]:
    """The generic plan of a statement, in tables of which nothing is known yet."""
    connection = await asyncpg.connect(url, server_settings={"plan_cache_mode": "force_generic_plan"})
    try:
        await connection.execute(f"PREPARE early AS {text}")
        return [row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE early({arguments})")]
    finally:
        await connection.close()


def whole_reads(plan: list[str]) -> list[str]:
    """Where it reads a table that will grow from end to end; bookings may be read once, but joined by a hash."""
    return [line for line in plan if any(f"Seq Scan on {table}" in line for table in GROWING)]


@pytest.mark.parametrize("skip", [0, 50])
async def test_a_page_goes_through_the_callers_bookings_only(module_database_url: str, skip: int) -> None:
    """Never through all of them in order, comparing each with the caller's: that took a second for 5,000."""
    command = ListBookings(limit=100, skip=skip, one_month_back=False)
    found = conditions_of(Actor(user_id=7, email="a@example.com"), command, utc_now())
    rest = page_of(found, command)
    arguments = "7, FALSE, 0, 'a@example.com', 101" + (f", {skip}" if skip else "")
    plan = await plan_of(module_database_url, select_bookings(rest, BookingParts.ALL).postgres, arguments)
    assert [line for line in plan if "Join Filter: (b" in line] == []
    assert whole_reads(plan) == []


async def test_how_an_event_type_stands_is_found_through_indexes(module_database_url: str) -> None:
    plan = await plan_of(module_database_url, busy_and_standing(BusyShape()), "'{7}', 0, 1, 0, '{7}', 7")
    assert whole_reads(plan) == []
