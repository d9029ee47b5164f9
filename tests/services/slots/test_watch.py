"""Snapshots, deltas, resuming and sharing of watched slots."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest

from app.db import raw
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import InvalidInputError, NotFoundError
from app.events.outbox import event_type_topic, host_topic
from app.models import EventType, User
from app.services.slots.events import Resync, ResyncReason, SlotDelta, SlotEvent, SlotSnapshot
from app.services.slots.get_slots import GetSlots, get_slots
from app.services.slots.hub import HubTiming
from app.services.slots.hubs import hubs_of
from app.services.slots.refs import EventTypeRef
from app.services.slots.watch import watch_slots
from app.services.slots.watcher import WAITING_DELTAS
from tests.services.slots.world import MON_FRI, World, at, seconds

FAST = HubTiming(gather=0.001, poll=0.02, linger=0.05)
QUIET = HubTiming(gather=0.001, poll=60.0, linger=0.05)
NINE, HALF_PAST = seconds("2026-05-04T09:00"), seconds("2026-05-04T09:30")


def asking(event_type: EventType, **options: Any) -> GetSlots:
    """The slots of May 4th."""
    window = {"start": at("2026-05-04T00:00"), "end": at("2026-05-04T23:59:59")}
    return GetSlots(**{"ref": EventTypeRef(id=event_type.id), **window, **options})


async def soon(stream: AsyncIterator[SlotEvent]) -> SlotEvent:
    """The next event, which must come in time."""
    return await asyncio.wait_for(anext(stream), 5)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what nobody announces."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def one_hour(world: World, **fields: Any) -> tuple[User, EventType]:
    """A host with two half hours on working days."""
    host = await world.person("UTC", [(MON_FRI, 540, 600)])
    return host, await world.event_type(host, **fields)


async def book(world: World, host: User, event_type: EventType, start: str) -> None:
    """A booking, told as services tell it."""

    async def work(uow: UnitOfWork) -> None:
        await world.booking(event_type, [host], start)
        uow.bump_hosts([host.id])
        uow.hint(host_topic(host.id))

    await unit_of_work(world.ctx, work)


async def test_a_snapshot_then_a_delta_with_increasing_versions(world: World) -> None:
    host, event = await one_hour(world)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=QUIET)) as stream:
        first = await soon(stream)
        assert isinstance(first, SlotSnapshot)
        assert first.starts == [NINE, HALF_PAST]
        await book(world, host, event, "2026-05-04T09:00")
        second = await soon(stream)
        assert isinstance(second, SlotDelta)
        assert (second.added, second.removed) == ((), (NINE,))
        assert second.previous_version == first.version < second.version
        view = await get_slots(world.ctx, asking(event))
        assert (view.version, view.starts) == (second.version, [HALF_PAST])


async def test_what_moves_no_slot_moves_the_version(world: World) -> None:
    """So a booking that expects the version is not refused for a change elsewhere."""
    host, event = await one_hour(world)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=QUIET)) as stream:
        await soon(stream)
        await book(world, host, event, "2026-06-04T09:00")
        delta = await soon(stream)
        assert isinstance(delta, SlotDelta)
        assert (delta.added, delta.removed) == ((), ())
        assert delta.version == (await get_slots(world.ctx, asking(event))).version


async def test_time_takes_slots_away(world: World) -> None:
    _, event = await one_hour(world, minimum_notice=60)
    world.clock.moment = at("2026-05-04T07:59:58")
    async with aclosing(watch_slots(world.ctx, asking(event), timing=FAST)) as stream:
        first = await soon(stream)
        world.clock.moment = at("2026-05-04T08:00:01")
        second = await soon(stream)
        assert isinstance(first, SlotSnapshot)
        assert isinstance(second, SlotDelta)
        assert (second.removed, second.previous_version) == ((NINE,), first.version)
        assert second.version > first.version


async def test_an_expired_hold_gives_its_slot_back(world: World) -> None:
    host, event = await one_hour(world)
    await world.hold(event, host, "2026-05-04T09:00", "2026-05-01T00:05")
    async with aclosing(watch_slots(world.ctx, asking(event), timing=FAST)) as stream:
        first = await soon(stream)
        assert isinstance(first, SlotSnapshot)
        assert first.starts == [HALF_PAST]
        world.clock.moment = at("2026-05-01T00:05")
        second = await soon(stream)
        assert isinstance(second, SlotDelta)
        assert second.added == (NINE,)


async def test_a_rolling_window_moves_at_the_bookers_midnight(world: World) -> None:
    _, event = await one_hour(world, period_type="ROLLING", period_days=2)
    world.clock.moment = at("2026-05-02T03:59:59")
    command = asking(event, zone="America/New_York")
    async with aclosing(watch_slots(world.ctx, command, timing=FAST)) as stream:
        first = await soon(stream)
        assert isinstance(first, SlotSnapshot)
        assert first.starts == []
        world.clock.moment = at("2026-05-02T04:00:00")
        second = await soon(stream)
        assert isinstance(second, SlotDelta)
        assert second.added == (NINE, HALF_PAST)


async def test_a_lost_hint_is_found_by_the_poll(world: World) -> None:
    host, event = await one_hour(world)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=FAST)) as stream:
        await soon(stream)
        await world.booking(event, [host], "2026-05-04T09:00")
        await raw.execute("UPDATE users SET slots_changed_at = slots_changed_at + 1 WHERE id = $1", host.id)
        delta = await soon(stream)
        assert isinstance(delta, SlotDelta)
        assert delta.removed == (NINE,)


async def test_what_moves_no_version_is_found_in_time(world: World) -> None:
    """BT-1: the host is invited to somebody else's booking, which is not written to his row."""
    host, event = await one_hour(world)
    other = await world.person("UTC")
    timing = HubTiming(poll=0.02, reread=0.05)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=timing)) as stream:
        first = await soon(stream)
        await world.booking(None, [other], "2026-05-04T09:00", attendees={host.email: "GUEST"})
        delta = await soon(stream)
        assert isinstance(first, SlotSnapshot)
        assert isinstance(delta, SlotDelta)
        assert delta.removed == (NINE,)
        assert delta.version > first.version


async def test_a_gap_in_the_bus_is_a_resync(world: World) -> None:
    _, event = await one_hour(world)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=QUIET)) as stream:
        first = await soon(stream)
        world.bus._hub.gap()  # type: ignore[attr-defined] # what a reconnected Redis bus does
        assert await soon(stream) == Resync(ResyncReason.HINTS_LOST)
        again = await soon(stream)
        assert isinstance(again, SlotSnapshot)
        assert isinstance(first, SlotSnapshot)
        assert again.starts == first.starts


async def test_many_watchers_cost_one_computation_per_change(world: World) -> None:
    """Zones do not matter to the instants, so watchers in several zones share as well."""
    host, event = await one_hour(world)
    zones = [None, "Europe/Berlin", "Asia/Tokyo"] * 10
    streams = [watch_slots(world.ctx, asking(event, zone=zone), timing=QUIET) for zone in zones]
    await asyncio.gather(*(soon(stream) for stream in streams))
    (hub,) = hubs_of(world.bus)
    before = hub.recomputed
    await book(world, host, event, "2026-05-04T09:00")
    deltas = await asyncio.gather(*(soon(stream) for stream in streams))
    assert hub.recomputed == before + 1
    assert len({id(delta) for delta in deltas}) == 1
    for stream in streams:
        await stream.aclose()


async def test_a_burst_is_gathered(world: World) -> None:
    host, event = await one_hour(world)
    slow = HubTiming(gather=0.2, poll=60.0, linger=0.05)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=slow)) as stream:
        await soon(stream)
        for start in ("2026-05-04T09:00", "2026-05-04T09:30", "2026-05-05T09:00"):
            await book(world, host, event, start)
        delta = await soon(stream)
        assert isinstance(delta, SlotDelta)
        assert delta.removed == (NINE, HALF_PAST)


async def test_a_cursor_resumes_where_it_left(world: World) -> None:
    host, event = await one_hour(world)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=QUIET)) as stream:
        first = await soon(stream)
        await book(world, host, event, "2026-05-04T09:00")
        second = await soon(stream)
        assert isinstance(first, SlotSnapshot)
        assert isinstance(second, SlotDelta)
    async with aclosing(watch_slots(world.ctx, asking(event), first.cursor, timing=QUIET)) as stream:
        assert await soon(stream) is second
    async with aclosing(watch_slots(world.ctx, asking(event), second.cursor, timing=QUIET)) as stream:
        await book(world, host, event, "2026-05-04T09:30")
        third = await soon(stream)
        assert isinstance(third, SlotDelta)
        assert (third.removed, third.previous_version) == ((HALF_PAST,), second.version)


@pytest.mark.parametrize("cursor", ["unknown.1", "", "a.b.c"])
async def test_an_unknown_cursor_is_a_resync(world: World, cursor: str) -> None:
    _, event = await one_hour(world)
    async with aclosing(watch_slots(world.ctx, asking(event), cursor, timing=QUIET)) as stream:
        assert await soon(stream) == Resync(ResyncReason.CURSOR_UNKNOWN)
        assert isinstance(await soon(stream), SlotSnapshot)


async def test_a_slow_reader_gets_the_newest_snapshot(world: World) -> None:
    host, event = await one_hour(world)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=QUIET)) as stream:
        await soon(stream)
        (hub,) = hubs_of(world.bus)
        for _ in range(WAITING_DELTAS + 1):
            before = hub.snapshot().version

            async def bump(uow: UnitOfWork) -> None:
                uow.bump_hosts([host.id])
                uow.hint(host_topic(host.id))

            await unit_of_work(world.ctx, bump)
            await until(lambda before=before: hub.snapshot().version != before)  # type: ignore[misc]
        assert await soon(stream) == Resync(ResyncReason.TOO_SLOW)
        last = await soon(stream)
        assert isinstance(last, SlotSnapshot)
        assert last.version == hub.snapshot().version


async def test_rules_that_begin_to_depend_on_the_zone_part_the_watchers(world: World) -> None:
    _, event = await one_hour(world)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=QUIET)) as stream:
        await soon(stream)

        async def work(uow: UnitOfWork) -> None:
            await EventType.filter(id=event.id).update(period_type="ROLLING", period_days=1)
            uow.bump_event_type(event.id)
            uow.hint(event_type_topic(event.id))

        await unit_of_work(world.ctx, work)
        assert await soon(stream) == Resync(ResyncReason.RULES_CHANGED)
        snapshot = await soon(stream)
        assert isinstance(snapshot, SlotSnapshot)
        assert snapshot.starts == []


async def test_another_host_is_listened_to(world: World) -> None:
    first, second = [await world.person("UTC", [(MON_FRI, 540, 600)]) for _ in range(2)]
    event = await world.team_event("ROUND_ROBIN", first)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=QUIET)) as stream:
        await soon(stream)

        async def work(uow: UnitOfWork) -> None:
            await world.host(event, second)
            uow.bump_event_type(event.id)
            uow.hint(event_type_topic(event.id))

        await unit_of_work(world.ctx, work)
        await soon(stream)
        await book(world, first, event, "2026-05-04T09:00")
        await soon(stream)
        await book(world, second, event, "2026-05-04T09:00")
        delta = await soon(stream)
        assert isinstance(delta, SlotDelta)
        assert delta.removed == (NINE,)


async def test_deleting_the_event_type_ends_the_stream(world: World) -> None:
    _, event = await one_hour(world)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=FAST)) as stream:
        await soon(stream)
        await event.delete()
        with pytest.raises(NotFoundError, match="Event Type not found"):
            await soon(stream)


async def test_closing_the_bus_ends_the_stream(world: World) -> None:
    _, event = await one_hour(world)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=QUIET)) as stream:
        await soon(stream)
        await world.bus.close()
        with pytest.raises(StopAsyncIteration):
            await soon(stream)


async def test_nobody_watching_stops_the_hub(world: World) -> None:
    _, event = await one_hour(world)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=FAST)) as stream:
        await soon(stream)
        (hub,) = hubs_of(world.bus)
    await until(lambda: hub.finished)
    assert hubs_of(world.bus) == []


async def test_wrong_watches_are_refused(world: World) -> None:
    _, event = await one_hour(world)
    wrong = [asking(event, moved_uid="x"), asking(event, own_hold_uid="x"), asking(event, duration=45)]
    for command in wrong:
        with pytest.raises(InvalidInputError):
            await soon(watch_slots(world.ctx, command))
    missing = asking(event, ref=EventTypeRef(id=event.id + 999))
    with pytest.raises(NotFoundError):
        await soon(watch_slots(world.ctx, missing))


async def test_a_group_is_watched(world: World) -> None:
    people = [await world.person("UTC", [(MON_FRI, 540, 600)]) for _ in range(2)]
    command = asking(await world.event_type(people[0]), ref=EventTypeRef(usernames=tuple(p.username for p in people)))
    async with aclosing(watch_slots(world.ctx, command, timing=QUIET)) as stream:
        await soon(stream)
        await book(world, people[1], await world.event_type(people[1]), "2026-05-04T09:00")
        delta = await soon(stream)
        assert isinstance(delta, SlotDelta)
        assert delta.removed == (NINE,)


async def test_a_clock_that_runs_behind_is_noticed(world: World) -> None:
    """The newest change is of another row with a later time; the change is told all the same."""
    host, event = await one_hour(world)
    later = int((world.clock.moment + timedelta(days=400)).timestamp() * 1_000_000)
    await raw.execute("UPDATE event_types SET slots_changed_at = $2 WHERE id = $1", event.id, later)
    async with aclosing(watch_slots(world.ctx, asking(event), timing=QUIET)) as stream:
        first = await soon(stream)
        await book(world, host, event, "2026-05-04T09:00")
        delta = await soon(stream)
        assert isinstance(first, SlotSnapshot)
        assert isinstance(delta, SlotDelta)
        assert delta.removed == (NINE,)
        assert delta.version > first.version
