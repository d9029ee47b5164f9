"""Taking, changing and giving back holds (RS-1 to RS-9)."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from app.context import Actor
from app.errors import (
    ForbiddenError,
    InvalidInputError,
    LimitReachedError,
    NotFoundError,
    PolicyViolationError,
    SlotgraphError,
    UnauthenticatedError,
)
from app.models import EventType, OutboxEntry, SlotHold, SlotHoldHost, User
from app.services.holds.queries import get_hold
from app.services.holds.release import ReleaseHold, release_hold
from app.services.holds.take import HoldSlot, UpdateHold, hold_slot, update_hold
from app.services.holds.views import HoldSeatsFullError, HoldUnavailableError
from app.services.slots.get_slots import GetSlots, get_slots
from app.services.slots.refs import EventTypeRef
from tests.services.slots.world import MON_FRI, World, at, seconds

NINE = "2026-05-04T09:00"


async def one_hour(world: World, **fields: Any) -> tuple[User, EventType]:
    """A host with two half hours on working days."""
    host = await world.person("UTC", [(MON_FRI, 540, 600)])
    return host, await world.event_type(host, **fields)


def at_nine(event_type: EventType, **options: Any) -> HoldSlot:
    """A hold of the first slot."""
    return HoldSlot(event_type_id=event_type.id, start=at(NINE), **options)


async def free(world: World, event_type: EventType) -> list[str]:
    """Free times of May 4th."""
    command = GetSlots(ref=EventTypeRef(id=event_type.id), start=at("2026-05-04T00:00"), end=at("2026-05-04T23:59:59"))
    return [text[11:16] for text in (await get_slots(world.ctx, command)).texts]


async def nothing_written() -> bool:
    """Whether there is neither a hold nor an event."""
    return not (await SlotHold.exists() or await SlotHoldHost.exists() or await OutboxEntry.exists())


async def test_rs1_a_hold_lasts_five_minutes_and_hides_its_slot(world: World) -> None:
    host, event = await one_hour(world)
    hold = await hold_slot(world.ctx, at_nine(event))
    assert UUID(hold.uid).version == 4
    assert (hold.start_s, hold.end_s) == (seconds(NINE), seconds("2026-05-04T09:30"))
    assert (hold.expires_s, hold.hold_minutes) == (seconds("2026-05-01T00:05"), 5)
    assert (hold.host_ids, hold.is_seat, hold.length_minutes) == ((host.id,), False, 30)
    assert await get_hold(world.ctx, hold.uid) == hold
    assert await free(world, event) == ["09:30"]
    entry = await OutboxEntry.get()
    assert (entry.type, entry.key) == ("hold.taken", f"hold:{hold.uid}")
    assert entry.topics == [f"event-type:{event.id}", f"host:{host.id}"]


async def test_an_expired_hold_is_gone(world: World) -> None:
    _, event = await one_hour(world)
    hold = await hold_slot(world.ctx, at_nine(event))
    world.clock.moment = at("2026-05-01T00:05")
    assert await get_hold(world.ctx, hold.uid) is None
    assert await free(world, event) == ["09:00", "09:30"]
    assert await release_hold(world.ctx, ReleaseHold(uid=hold.uid)) is None
    with pytest.raises(NotFoundError, match=f"Slot with uid={hold.uid} not found"):
        await update_hold(world.ctx, UpdateHold(uid=hold.uid))
    assert (await hold_slot(world.ctx, at_nine(event))).uid != hold.uid


async def test_a_hold_moves_the_slots_version(world: World) -> None:
    _, event = await one_hour(world)
    command = GetSlots(ref=EventTypeRef(id=event.id), start=at("2026-05-04T00:00"), end=at("2026-05-05T00:00"))
    before = (await get_slots(world.ctx, command)).version
    hold = await hold_slot(world.ctx, at_nine(event))
    taken = (await get_slots(world.ctx, command)).version
    await release_hold(world.ctx, ReleaseHold(uid=hold.uid))
    assert before < taken < (await get_slots(world.ctx, command)).version


async def test_rs8_releasing_needs_only_the_uid_and_may_be_repeated(world: World) -> None:
    _, event = await one_hour(world)
    hold = await hold_slot(world.ctx, at_nine(event))
    assert await release_hold(world.ctx, ReleaseHold(uid=hold.uid)) == hold
    assert await release_hold(world.ctx, ReleaseHold(uid=hold.uid)) is None
    assert await release_hold(world.ctx, ReleaseHold(uid="unknown")) is None
    assert await get_hold(world.ctx, hold.uid) is None
    assert await free(world, event) == ["09:00", "09:30"]
    assert [entry.type for entry in await OutboxEntry.all().order_by("id")] == ["hold.taken", "hold.released"]


async def test_rs3_a_held_slot_cannot_be_held_again(world: World) -> None:
    """Not for another event type of the same host either, nor when it only overlaps."""
    host, event = await one_hour(world)
    other = await world.event_type(host, length_minutes=45)
    await hold_slot(world.ctx, at_nine(event))
    late = HoldSlot(event_type_id=other.id, start=at("2026-05-04T09:15"))
    offered = {}
    for command in (at_nine(event), at_nine(other), late):
        with pytest.raises(HoldUnavailableError, match="Can't reserve a slot if the event is already booked") as caught:
            await hold_slot(world.ctx, command)
        assert caught.value.status == 422
        assert caught.value.reasons[0].code == "on_hold"
        offered[command] = caught.value.next_slots
    assert offered[at_nine(event)][0] == at("2026-05-04T09:30")
    assert offered[late] == tuple(at(f"2026-05-{day}T09:00") for day in ("05", "06", "07", "08", "11"))
    assert await SlotHold.all().count() == 1


@pytest.mark.parametrize(("status", "refused"), [("ACCEPTED", True), ("CANCELLED", False), ("PENDING", False)])
async def test_rs3_only_blocking_bookings_count(world: World, status: str, refused: bool) -> None:
    host, event = await one_hour(world)
    await world.booking(event, [host], "2026-05-04T09:15", status=status)
    if refused:
        with pytest.raises(HoldUnavailableError):
            await hold_slot(world.ctx, at_nine(event))
        assert await nothing_written()
    else:
        assert (await hold_slot(world.ctx, at_nine(event))).host_ids == (host.id,)


async def test_rs3_outside_of_working_hours_is_refused(world: World) -> None:
    _, event = await one_hour(world)
    with pytest.raises(HoldUnavailableError) as caught:
        await hold_slot(world.ctx, HoldSlot(event_type_id=event.id, start=at("2026-05-04T12:00")))
    assert caught.value.reasons[0].code == "outside_working_hours"
    assert await nothing_written()


async def test_policies_and_limits_have_their_own_errors(world: World) -> None:
    host, event = await one_hour(world, minimum_notice=60, booking_limits={"day": 1})
    await world.booking(event, [host], "2026-05-04T09:30")
    with pytest.raises(LimitReachedError):
        await hold_slot(world.ctx, at_nine(event))
    with pytest.raises(PolicyViolationError):
        await hold_slot(world.ctx, HoldSlot(event_type_id=event.id, start=at("2026-05-01T00:30")))


async def test_rs4_a_collective_hold_keeps_every_host(world: World) -> None:
    hosts = [await world.person("UTC") for _ in range(3)]
    event = await world.team_event("COLLECTIVE", *hosts)
    hold = await hold_slot(world.ctx, at_nine(event))
    assert sorted(hold.host_ids) == sorted(host.id for host in hosts)
    alone = await world.event_type(hosts[1])
    assert "09:00" not in await free(world, alone)


async def test_rs4_round_robin_keeps_one_free_host_at_a_time(world: World) -> None:
    fixed, *others = [await world.person("UTC") for _ in range(4)]
    event = await world.team_event("ROUND_ROBIN", *others)
    await world.host(event, fixed, is_fixed=True)
    await world.booking(None, [others[0]], NINE)
    first = await hold_slot(world.ctx, at_nine(event))
    assert first.host_ids[0] == fixed.id
    assert first.host_ids[1:] in [(others[1].id,), (others[2].id,)]
    with pytest.raises(HoldUnavailableError):
        await hold_slot(world.ctx, at_nine(event))


async def test_rs4_round_robin_has_as_many_holds_as_free_hosts(world: World) -> None:
    hosts = [await world.person("UTC") for _ in range(3)]
    event = await world.team_event("ROUND_ROBIN", *hosts)
    results = await asyncio.gather(*(hold_slot(world.ctx, at_nine(event)) for _ in range(10)), return_exceptions=True)
    kept = [result.host_ids for result in results if not isinstance(result, BaseException)]
    assert sorted(kept) == sorted((host.id,) for host in hosts)
    assert all(isinstance(result, HoldUnavailableError) for result in results if isinstance(result, BaseException))


async def test_exactly_one_of_fifty_concurrent_holders_wins(world: World) -> None:
    _, event = await one_hour(world)
    results = await asyncio.gather(*(hold_slot(world.ctx, at_nine(event)) for _ in range(50)), return_exceptions=True)
    lost = [result for result in results if isinstance(result, BaseException)]
    assert len(lost) == 49
    assert {type(error) for error in lost} == {HoldUnavailableError}
    assert await SlotHold.all().count() == await SlotHoldHost.all().count() == await OutboxEntry.all().count() == 1


async def test_a_race_for_two_overlapping_slots_has_one_winner(world: World) -> None:
    host, short = await one_hour(world)
    long = await world.event_type(host, length_minutes=60)
    wanted = [at_nine(long), HoldSlot(event_type_id=short.id, start=at("2026-05-04T09:30"))] * 10
    results = await asyncio.gather(*(hold_slot(world.ctx, command) for command in wanted), return_exceptions=True)
    assert sum(not isinstance(result, BaseException) for result in results) == 1


async def test_rs6_seats_are_held_one_by_one(world: World) -> None:
    host, event = await one_hour(world, seats_per_slot=3)
    await world.booking(event, [host], NINE)
    results = await asyncio.gather(*(hold_slot(world.ctx, at_nine(event)) for _ in range(6)), return_exceptions=True)
    kept = [result for result in results if not isinstance(result, BaseException)]
    lost = [result for result in results if isinstance(result, BaseException)]
    assert [(hold.is_seat, hold.host_ids) for hold in kept] == [(True, (host.id,))] * 2
    assert {(type(error), str(error)) for error in lost} == {
        (
            HoldSeatsFullError,
            f"Booking with id={event.id} at 2026-05-04T09:00:00.000Z has no more seats left.",
        )
    }


@pytest.mark.parametrize("duration", [15, 30])
async def test_rs2_a_duration_must_be_offered(world: World, duration: int) -> None:
    _, event = await one_hour(world, length_options=[15, 30])
    assert (await hold_slot(world.ctx, at_nine(event, duration=duration))).length_minutes == duration
    with pytest.raises(InvalidInputError):
        await hold_slot(world.ctx, at_nine(event, duration=20))


async def test_rs2_what_cannot_be_held(world: World) -> None:
    _, event = await one_hour(world)
    empty = await world.team_event("ROUND_ROBIN", team=await world.team(await world.person()))
    with pytest.raises(NotFoundError, match=f"Event Type with ID={event.id + 999} not found"):
        await hold_slot(world.ctx, HoldSlot(event_type_id=event.id + 999, start=at(NINE)))
    with pytest.raises(InvalidInputError, match="has no hosts"):
        await hold_slot(world.ctx, at_nine(empty))
    with pytest.raises(InvalidInputError):
        await hold_slot(world.ctx, HoldSlot(event_type_id=event.id, start=at(NINE).replace(tzinfo=None)))
    assert await nothing_written()


async def test_rs1_who_may_choose_how_long(world: World) -> None:
    """The owner, a team-mate, a system administrator; nobody else, another tenant least of all."""
    host, event = await one_hour(world)
    mate, stranger = await world.person(), await world.person()
    await world.team(host, mate)
    await world.team(stranger)
    wanted = at_nine(event, hold_minutes=30)
    with pytest.raises(UnauthenticatedError, match="reservationDuration can only be used for authenticated requests"):
        await hold_slot(world.ctx, wanted)
    with pytest.raises(ForbiddenError):
        await hold_slot(world.as_user(stranger), wanted)
    assert await nothing_written()
    for ctx in (world.as_user(host), world.as_user(mate), world.as_actor(Actor(user_id=stranger.id, is_admin=True))):
        hold = await hold_slot(ctx, wanted)
        assert (hold.hold_minutes, hold.expires_s) == (30, seconds("2026-05-01T00:30"))
        await release_hold(ctx, ReleaseHold(uid=hold.uid))


async def test_rs1_members_of_the_team_may_choose_how_long(world: World) -> None:
    host, member, stranger = [await world.person("UTC") for _ in range(3)]
    team = await world.team(host, member)
    event = await world.team_event("COLLECTIVE", host, team=team)
    with pytest.raises(ForbiddenError):
        await hold_slot(world.as_user(stranger), at_nine(event, hold_minutes=10))
    assert (await hold_slot(world.as_user(member), at_nine(event, hold_minutes=10))).created_by_id == member.id


@pytest.mark.parametrize("minutes", [0, -5, 24 * 60 + 1])
async def test_a_life_has_bounds(world: World, minutes: int) -> None:
    host, event = await one_hour(world)
    with pytest.raises(InvalidInputError):
        await hold_slot(world.as_user(host), at_nine(event, hold_minutes=minutes))


async def test_rs8_a_hold_moves_past_itself(world: World) -> None:
    host, event = await one_hour(world)
    hold = await hold_slot(world.ctx, at_nine(event))
    world.clock.moment = at("2026-05-01T00:03")
    moved = await update_hold(world.ctx, UpdateHold(uid=hold.uid, start=at("2026-05-04T09:15")))
    assert (moved.uid, moved.start_s, moved.length_minutes) == (hold.uid, seconds("2026-05-04T09:15"), 30)
    assert (moved.expires_s, moved.hold_minutes) == (seconds("2026-05-01T00:08"), 5)
    assert await get_hold(world.ctx, hold.uid) == moved
    assert await SlotHoldHost.filter(host_id=host.id).count() == 1
    assert await free(world, event) == []


async def test_rs8_a_longer_life_needs_its_right_on_update_too(world: World) -> None:
    host, event = await one_hour(world)
    hold = await hold_slot(world.ctx, at_nine(event))
    with pytest.raises(UnauthenticatedError):
        await update_hold(world.ctx, UpdateHold(uid=hold.uid, hold_minutes=60))
    with pytest.raises(ForbiddenError):
        await update_hold(world.as_user(await world.person()), UpdateHold(uid=hold.uid, hold_minutes=60))
    assert await get_hold(world.ctx, hold.uid) == hold
    assert (await update_hold(world.as_user(host), UpdateHold(uid=hold.uid, hold_minutes=60))).hold_minutes == 60


async def test_an_update_that_fails_leaves_the_hold(world: World) -> None:
    host, event = await one_hour(world)
    hold = await hold_slot(world.ctx, at_nine(event))
    await world.booking(event, [host], "2026-05-04T09:30")
    with pytest.raises(HoldUnavailableError):
        await update_hold(world.ctx, UpdateHold(uid=hold.uid, start=at("2026-05-04T09:30")))
    assert await get_hold(world.ctx, hold.uid) == hold


async def test_a_hold_changes_its_event_type(world: World) -> None:
    host, event = await one_hour(world)
    other = await world.event_type(host, length_minutes=60)
    hold = await hold_slot(world.ctx, at_nine(event))
    moved = await update_hold(world.ctx, UpdateHold(uid=hold.uid, event_type_id=other.id))
    assert (moved.event_type_id, moved.length_minutes) == (other.id, 60)


async def test_errors_are_ones_a_caller_can_branch_on(world: World) -> None:
    _, event = await one_hour(world)
    await hold_slot(world.ctx, at_nine(event))
    with pytest.raises(SlotgraphError) as caught:
        await hold_slot(world.ctx, at_nine(event))
    assert caught.value.code == "SLOT_UNAVAILABLE"
