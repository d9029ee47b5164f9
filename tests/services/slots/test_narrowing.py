"""Round robins that ask fewer than all hosts (TM-4 to TM-6)."""

from typing import Any

from app.models import BookingHost, EventType, User
from app.services.slots.get_slots import GetManySlots, GetSlots, get_many, get_slots
from app.services.slots.refs import EventTypeRef
from tests.services.slots.world import MON_FRI, World, at

DAY: dict[str, Any] = {"start": at("2026-05-04T00:00"), "end": at("2026-05-04T23:59:59")}


async def two_hosts(world: World, **fields: Any) -> tuple[User, User, EventType]:
    """One is there from nine, the other from ten, an hour each."""
    early = await world.person("UTC", [(MON_FRI, 540, 600)])
    late = await world.person("UTC", [(MON_FRI, 600, 660)])
    return early, late, await world.team_event("ROUND_ROBIN", early, late, length_minutes=60, **fields)


async def hours(world: World, event: EventType, **options: Any) -> list[str]:
    """The free hours of May 4th."""
    command: dict[str, Any] = {"ref": EventTypeRef(id=event.id), **DAY, **options}
    return [text[11:13] for text in (await get_slots(world.ctx, GetSlots(**command))).texts]


async def test_tm4_a_moved_booking_may_keep_its_host(world: World) -> None:
    _, late, event = await two_hosts(world, same_host_on_reschedule=True)
    booking = await world.booking(event, [late], "2026-05-05T10:00")
    assert await hours(world, event) == ["09", "10"]
    assert await hours(world, event, moved_uid=booking.uid) == ["10"]


async def test_tm4_a_host_who_has_left_is_not_waited_for(world: World) -> None:
    _, _, event = await two_hosts(world, same_host_on_reschedule=True)
    booking = await world.booking(event, [await world.person()], "2026-05-05T10:00")
    assert await hours(world, event, moved_uid=booking.uid) == ["09", "10"]


async def test_tm4_without_the_setting_anybody_may_take_it(world: World) -> None:
    _, late, event = await two_hosts(world)
    booking = await world.booking(event, [late], "2026-05-05T10:00")
    assert await hours(world, event, moved_uid=booking.uid) == ["09", "10"]


async def test_tm5_who_leads_by_more_than_the_threshold_is_not_asked(world: World) -> None:
    early, _, event = await two_hosts(world, max_lead_threshold=1)
    await world.booking(event, [early], "2026-05-05T09:00")
    assert await hours(world, event) == ["09", "10"]
    await world.booking(event, [early], "2026-05-06T09:00")
    assert await hours(world, event) == ["10"]
    views = await get_many(world.ctx, GetManySlots(refs=(EventTypeRef(id=event.id),) * 2, **DAY))
    assert [len(view.starts) for view in views] == [1, 1]


async def test_tm5_fixed_hosts_are_always_asked(world: World) -> None:
    early, _, event = await two_hosts(world, max_lead_threshold=1)
    await world.host(event, await world.person("UTC", [(MON_FRI, 540, 660)]), is_fixed=True)
    for day in (5, 6):
        await world.booking(event, [early], f"2026-05-0{day}T09:00")
    assert await hours(world, event) == ["10"]


async def test_tm6_everybody_is_asked_when_the_fairest_are_busy_for_two_weeks(world: World) -> None:
    early, late, event = await two_hosts(world, max_lead_threshold=1)
    for day in (5, 6):
        await world.booking(event, [early], f"2026-05-0{day}T09:00")
    away = await world.booking(None, [late], "2026-05-01T00:00", minutes=14 * 24 * 60)
    assert await hours(world, event) == ["09"]
    await BookingHost.filter(booking_id=away.id).delete()
    assert await hours(world, event) == ["10"]
