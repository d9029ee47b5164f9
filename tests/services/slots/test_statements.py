"""How many statements slots cost, that they find the same as the floor, and that nothing grows with the calendar."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.db.connection import current
from app.db.sql import Sql
from app.models import Schedule
from app.services.slots.explain_slot import ExplainSlot, explain_slot
from app.services.slots.get_slots import GetManySlots, GetSlots, get_many, get_slots
from app.services.slots.refs import EventTypeRef
from app.services.slots.versions import slots_version
from bench.fixture import CASES, MONTH, write_cases
from tests.services.slots.world import World, at

WEEK: dict[str, Any] = {"start": at("2026-05-04T00:00"), "end": at("2026-05-09T00:00")}


@pytest.fixture
def statements(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of all statements that are run."""
    database = type(current())
    fetch, run = database.fetch, database.run
    texts: list[str] = []

    async def counting_fetch(self: Any, sql: str | Sql, params: Sequence[Any]) -> Any:
        texts.append(str(sql))
        return await fetch(self, sql, params)

    async def counting_run(self: Any, sql: str | Sql, params: Sequence[Any]) -> Any:
        texts.append(str(sql))
        return await run(self, sql, params)

    monkeypatch.setattr(database, "fetch", counting_fetch)
    monkeypatch.setattr(database, "run", counting_run)
    return texts


async def test_p10_slots_of_any_size_cost_two_statements(world: World, statements: list[str]) -> None:
    hosts = [await world.person() for _ in range(12)]
    limited = await world.team_event("ROUND_ROBIN", *hosts, booking_limits={"week": 5}, duration_limits={"year": 900})
    seated = await world.event_type(hosts[0], seats_per_slot=3, period_type="ROLLING_WINDOW", period_days=9)
    booking = await world.booking(limited, hosts[:1], "2026-05-08T09:00")
    for number, host in enumerate(hosts):
        await world.booking(limited, [host], f"2026-05-0{4 + number % 4}T09:00")
        await world.hold(seated, host, "2026-05-04T12:00", "2026-05-01T00:05", is_seat=True)
    for event_type in (limited, seated):
        statements.clear()
        await get_slots(world.ctx, GetSlots(ref=EventTypeRef(id=event_type.id), moved_uid=booking.uid, **WEEK))
        assert len(statements) == 2
    named = EventTypeRef(username=hosts[0].username, slug=seated.slug)
    group = EventTypeRef(usernames=(hosts[0].username, hosts[1].username))
    statements.clear()
    await get_many(world.ctx, GetManySlots(refs=(EventTypeRef(id=limited.id), named, group), **WEEK))
    assert len(statements) == 2


async def test_explaining_costs_two_statements_and_the_version_one(world: World, statements: list[str]) -> None:
    event = await world.event_type(await world.person())
    statements.clear()
    await explain_slot(world.ctx, ExplainSlot(ref=EventTypeRef(id=event.id), start=at("2026-05-04T09:00")))
    assert len(statements) == 2
    statements.clear()
    await slots_version(world.ctx, EventTypeRef(id=event.id))
    assert len(statements) == 1


async def test_many_event_types_answer_as_each_one_does(world: World) -> None:
    """Shared busy times: pending and seated bookings block other event types, not their own in the same way."""
    hosts = [await world.person() for _ in range(3)]
    plain = await world.event_type(hosts[0])
    seated = await world.event_type(hosts[0], seats_per_slot=2, before_buffer=10)
    other_seats = await world.event_type(hosts[0], seats_per_slot=5)
    confirmed = await world.event_type(hosts[0], requires_confirmation=True, pending_blocks=True)
    shared = await world.team_event("ROUND_ROBIN", *hosts, booking_limits={"day": 3}, after_buffer=15)
    together = await world.team_event("COLLECTIVE", *hosts)
    await world.booking(seated, [hosts[0]], "2026-05-04T09:00")
    await world.booking(other_seats, [hosts[0]], "2026-05-04T11:00")
    await world.booking(confirmed, [hosts[0]], "2026-05-05T09:00", status="PENDING", pending_blocks=True)
    for hour in ("08", "09", "10"):
        await world.booking(shared, [hosts[1]], f"2026-05-06T{hour}:00")
    await world.hold(plain, hosts[2], "2026-05-07T09:00", "2026-05-01T00:05")
    refs = tuple(EventTypeRef(id=event.id) for event in (plain, seated, other_seats, confirmed, shared, together))
    many = await get_many(world.ctx, GetManySlots(refs=refs, **WEEK))
    one_by_one = [await get_slots(world.ctx, GetSlots(ref=ref, **WEEK)) for ref in refs]
    assert [(view.starts, view.seats) for view in many] == [(view.starts, view.seats) for view in one_by_one]
    assert len({tuple(view.starts) for view in many}) == 6


@pytest.mark.parametrize("name", CASES)
async def test_the_facts_of_the_benchmark(world: World, name: str) -> None:
    """The floor, Slotgraph and the peer agree: 368, 168, 368 and 368 free slots."""
    case = CASES[name]
    await write_cases([case])
    ref = EventTypeRef(id=case.event_id)
    view = await get_slots(world.ctx, GetSlots(ref=ref, start=MONTH[0], end=MONTH[1], zone="Europe/Berlin"))
    assert len(view.starts) == case.free


async def test_a_version_moves_with_the_host_the_event_type_and_the_schedule(world: World) -> None:
    host = await world.person()
    event = await world.event_type(host)
    ref = EventTypeRef(id=event.id)
    versions = [await slots_version(world.ctx, ref)]
    for number, row in enumerate((host, event, await Schedule.get(user_id=host.id)), 1):
        row.slots_changed_at = 1_000 * number
        await row.save()
        versions.append(await slots_version(world.ctx, ref))
    assert versions == [0, 1_000, 2_000, 3_000]
    named = EventTypeRef(username=host.username, slug=event.slug)
    assert await slots_version(world.ctx, named) == 3_000
    stranger = await world.event_type(await world.person())
    assert await slots_version(world.ctx, EventTypeRef(id=stranger.id)) == 0


def test_the_month_has_a_change_of_clocks() -> None:
    assert MONTH[1] - MONTH[0] == timedelta(days=31)
    assert (MONTH[1].astimezone(UTC) - MONTH[0].astimezone(UTC)) == timedelta(days=30, hours=23)
    assert datetime(2027, 3, 1, tzinfo=UTC).weekday() == 0
