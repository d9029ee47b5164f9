"""Schedules: AV-3 to AV-5, AV-11, AV-19."""

from datetime import date
from typing import Any

import pytest

from app.errors import ForbiddenError, InvalidInputError, NotFoundError, UnauthenticatedError
from app.models import EventType, OutboxEntry, Schedule, User
from app.services.schedules.create import CreateSchedule, create_schedule
from app.services.schedules.delete import DeleteSchedule, delete_schedule
from app.services.schedules.queries import get_default_schedule, get_schedule, list_schedules
from app.services.schedules.update import UpdateSchedule, update_schedule
from app.services.schedules.views import WORKING_HOURS, Hours, Override
from tests.services.slots.world import World

NIGHT = Hours((0, 6), 22 * 60, 23 * 60 + 59)


def new(**fields: Any) -> CreateSchedule:
    """A schedule to make."""
    return CreateSchedule(**{"name": "Work", "time_zone": "Europe/Berlin", **fields})


async def test_av_19_only_is_default_makes_it_the_default(world: World) -> None:
    user = await world.person()
    ctx = world.as_user(user)
    plain = await create_schedule(ctx, new())
    assert (plain.is_default, plain.availability) == (False, WORKING_HOURS)
    default = await create_schedule(
        ctx, new(is_default=True, availability=(NIGHT,), overrides=(Override(date(2026, 5, 5), 0, 0),))
    )
    found = await get_default_schedule(ctx)
    assert found == default
    assert default.availability == (NIGHT,)
    assert [view.id for view in await list_schedules(ctx)] == [user.default_schedule_id, plain.id, default.id]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"availability": (Hours((1,), 600, 540),)}, ("availability", "0", "endTime")),
        ({"availability": (Hours((1,), 600, 600),)}, ("availability", "0", "endTime")),
        ({"availability": (WORKING_HOURS[0], Hours((), 0, 60))}, ("availability", "1", "days")),
        ({"overrides": (Override(date(2026, 5, 5), 60, 0),)}, ("overrides", "0", "endTime")),
        ({"time_zone": "Nowhere"}, ("timeZone",)),
        ({"name": "  "}, ("name",)),
    ],
    ids=["AV-4 inverted", "AV-5 empty", "AV-1 no day", "AV-11 inverted", "zone", "name"],
)
async def test_what_would_yield_nothing_is_refused(world: World, fields: dict[str, Any], path: tuple[str, ...]) -> None:
    user = await world.person(hours=None)
    with pytest.raises(InvalidInputError) as refused:
        await create_schedule(world.as_user(user), new(**fields))
    assert refused.value.faults[0].path == path
    assert await Schedule.all().count() == 0


async def test_av_19_a_change_replaces_whole_lists_and_keeps_what_is_not_given(world: World) -> None:
    ctx = world.as_user(await world.person())
    made = await create_schedule(ctx, new(overrides=(Override(date(2026, 5, 5), 0, 0),)))
    changed = await update_schedule(ctx, UpdateSchedule(made.id, availability=(NIGHT,)))
    assert (changed.name, changed.availability, changed.overrides) == ("Work", (NIGHT,), made.overrides)
    emptied = await update_schedule(ctx, UpdateSchedule(made.id, overrides=(), name="Nights"))
    assert (emptied.name, emptied.availability, emptied.overrides) == ("Nights", (NIGHT,), ())


async def test_a_change_moves_versions_and_tells_the_world(world: World) -> None:
    user = await world.person()
    ctx = world.as_user(user)
    before = (await User.get(id=user.id)).slots_changed_at
    await update_schedule(ctx, UpdateSchedule(user.default_schedule_id or 0, time_zone="Asia/Tokyo"))
    assert (await User.get(id=user.id)).slots_changed_at > before
    assert (await Schedule.get(id=user.default_schedule_id or 0)).slots_changed_at > before
    entry = await OutboxEntry.get()
    assert (entry.type, entry.topics) == (
        "schedule.changed",
        [f"schedule:{user.default_schedule_id}", f"host:{user.id}"],
    )


async def test_av_19_the_oldest_remaining_schedule_takes_over(world: World) -> None:
    user = await world.person()
    ctx = world.as_user(user)
    first, second = await create_schedule(ctx, new()), await create_schedule(ctx, new())
    event_type = await world.event_type(user, schedule_id=user.default_schedule_id)
    await delete_schedule(ctx, DeleteSchedule(user.default_schedule_id or 0))
    assert (await User.get(id=user.id)).default_schedule_id == first.id
    stored = await EventType.get(id=event_type.id)
    assert stored.schedule_id is None
    assert stored.slots_changed_at > event_type.slots_changed_at
    for view in (first, second):
        await delete_schedule(ctx, DeleteSchedule(view.id))
    assert await get_default_schedule(ctx) is None


async def test_a_stranger_reads_and_changes_nothing(world: World) -> None:
    owner, stranger = await world.person(), await world.person()
    schedule_id = owner.default_schedule_id or 0
    ctx = world.as_user(stranger)
    for attempt in (
        get_schedule(ctx, schedule_id),
        update_schedule(ctx, UpdateSchedule(schedule_id, name="Mine", is_default=True)),
        delete_schedule(ctx, DeleteSchedule(schedule_id)),
        create_schedule(ctx, new(user_id=owner.id)),
    ):
        with pytest.raises(ForbiddenError):
            await attempt
    with pytest.raises(UnauthenticatedError):
        await get_schedule(world.ctx, schedule_id)
    with pytest.raises(NotFoundError, match=r"Schedule with ID=999999 does not exist\."):
        await get_schedule(ctx, 999999)
    assert (await Schedule.get(id=schedule_id)).name == "Hours"
    assert (await Schedule.all().count(), await OutboxEntry.all().count()) == (2, 0)


async def test_an_admin_of_the_organization_manages_its_members_but_no_team_admin_does(world: World) -> None:
    admin, member, captain = await world.person(), await world.person(), await world.person()
    await world.team(admin, member, is_organization=True)
    await world.team(captain, member)
    made = await create_schedule(world.as_user(admin), new(user_id=member.id))
    assert made.owner_id == member.id
    with pytest.raises(ForbiddenError):
        await update_schedule(world.as_user(captain), UpdateSchedule(made.id, name="Mine"))
