"""Event types: BK-24, BT-15, SL-16, BK-34, TM-1, TM-20 to TM-22, VR-5, VR-6, AV-20."""

from typing import Any

import pytest

from app.errors import ForbiddenError, InvalidInputError, NotFoundError
from app.models import EventType, Host, OutboxEntry, User
from app.services.event_types.create import (
    CreateEventType,
    CreateTeamEventType,
    create_event_type,
    create_team_event_type,
)
from app.services.event_types.delete import DeleteEventType, delete_event_type
from app.services.event_types.fields import (
    BookingWindow,
    ConfirmationPolicy,
    EventTypeFields,
    HostInput,
    SeatsPolicy,
)
from app.services.event_types.queries import get_event_type, list_team_event_types, list_user_event_types
from app.services.event_types.update import UpdateEventType, update_event_type
from app.services.event_types.views import EventTypeView
from app.services.slots.refs import EventTypeRef
from tests.services.slots.world import World

OPTIONS = "'lengthInMinutesOptions' must include the provided 'lengthInMinutes'."
SEATS = "Seats Validation failed: Seats are enabled but requiresConfirmation is true."


def fields(**given: Any) -> EventTypeFields:
    """Values of half an hour's chat."""
    return EventTypeFields(**{"title": "Chat", "slug": "chat", "length_minutes": 30, **given})


async def made(world: World, user: User, **given: Any) -> EventTypeView:
    """A personal event type."""
    return await create_event_type(world.as_user(user), CreateEventType(fields(**given)))


async def test_vr_6_defaults_and_the_owner_as_host(world: World) -> None:
    user = await world.person()
    view = await made(world, user)
    assert (view.minimum_notice, view.before_buffer, view.period_type, view.price, view.currency) == (
        120,
        0,
        "UNLIMITED",
        0,
        "usd",
    )
    assert view.locations == [{"type": "integrations:daily"}]
    assert [field["name"] for field in view.booking_fields][:2] == ["name", "email"]
    assert [(host.user_id, host.is_fixed) for host in view.hosts] == [(user.id, True)]
    assert [entry.type for entry in await OutboxEntry.all()] == ["event-type.changed"]


@pytest.mark.parametrize(
    ("given", "path", "message"),
    [
        ({"title": None}, "title", "This field is required."),
        ({"slug": "Not A Slug"}, "slug", None),
        ({"length_minutes": 0}, "lengthInMinutes", "Must not be less than 1."),
        ({"length_options": [15, 60]}, "lengthInMinutesOptions", OPTIONS),
        ({"booking_limits": {"day": 5, "week": 2}}, "bookingLimitsCount", "Booking limits must be in ascending order."),
        ({"duration_limits": {"day": 10}}, "bookingLimitsDuration", None),
        ({"window": BookingWindow("ROLLING")}, "bookingWindow", None),
        ({"seats": SeatsPolicy(5), "confirmation": ConfirmationPolicy()}, "seats", SEATS),
        ({"recurrence": {"interval": 1, "occurrences": 0, "frequency": "weekly"}}, "recurrence", None),
        ({"recurrence": {"interval": 1}}, "input", None),
        ({"custom_name": "{Nonsense}"}, "customName", "Invalid event name variables: Nonsense"),
        ({"booking_fields": [{"type": "text"}]}, "bookingFields", None),
        ({"time_zone": "Nowhere"}, "timeZone", None),
    ],
    ids=[
        "title", "slug", "length", "SL-16", "BT-15", "BT-15 minutes", "BT-25", "BK-34", "BK-39", "shape", "BK-21",
        "BK-29", "zone",
    ],
)  # fmt: skip
async def test_a_wrong_value_is_named(world: World, given: dict[str, Any], path: str, message: str | None) -> None:
    user = await world.person()
    with pytest.raises(InvalidInputError) as refused:
        await made(world, user, **given)
    assert refused.value.faults[0].path[0] == path
    assert message is None or refused.value.faults[0].message == message
    assert await EventType.all().count() == 0


async def test_vr_5_a_partial_change_keeps_what_is_absent(world: World) -> None:
    user = await world.person()
    view = await made(
        world, user, length_options=[30, 60], seats=SeatsPolicy(5, show_attendees=True), booking_limits={"day": 3},
        booker_layouts={"defaultLayout": "week", "enabledLayouts": ["week", "month"]},
    )  # fmt: skip
    changed = await update_event_type(world.as_user(user), UpdateEventType(view.id, EventTypeFields(title="Talk")))
    assert changed.title == "Talk"
    for name in ("length_options", "seats_per_slot", "seats_show_attendees", "booking_limits", "booker_layouts"):
        assert getattr(changed, name) == getattr(view, name)
    emptied = await update_event_type(
        world.as_user(user), UpdateEventType(view.id, EventTypeFields(seats=None, booking_limits=None))
    )
    assert (emptied.seats_per_slot, emptied.booking_limits) == (None, None)


async def test_bk_24_disabled_guests_stay_disabled_and_hide_the_field(world: World) -> None:
    user = await world.person()
    view = await made(world, user, disable_guests=True)
    guests = next(field for field in view.booking_fields if field["name"] == "guests")
    assert (view.disable_guests, guests["hidden"]) == (True, True)
    changed = await update_event_type(world.as_user(user), UpdateEventType(view.id, EventTypeFields(title="Talk")))
    assert changed.disable_guests is True


async def test_vr_6_a_slug_is_taken_only_for_its_owner(world: World) -> None:
    user, other = await world.person(), await world.person()
    await made(world, user)
    await made(world, other)
    with pytest.raises(InvalidInputError, match=r"User already has an event type with this slug\."):
        await made(world, user)
    assert await EventType.all().count() == 2


async def test_av_20_only_a_schedule_of_the_owner(world: World) -> None:
    user, other = await world.person(), await world.person()
    with pytest.raises(NotFoundError, match="does not own schedule"):
        await made(world, user, schedule_id=other.default_schedule_id)
    view = await made(world, user, schedule_id=user.default_schedule_id)
    change = EventTypeFields(schedule_id=other.default_schedule_id)
    with pytest.raises(NotFoundError):
        await update_event_type(world.as_user(user), UpdateEventType(view.id, change))
    assert (await EventType.get(id=view.id)).schedule_id == user.default_schedule_id


async def test_a_stranger_changes_nothing(world: World) -> None:
    user, stranger = await world.person(), await world.person()
    view = await made(world, user)
    before = await OutboxEntry.all().count()
    for attempt in (
        update_event_type(world.as_user(stranger), UpdateEventType(view.id, EventTypeFields(title="Mine"))),
        delete_event_type(world.as_user(stranger), DeleteEventType(view.id)),
        create_event_type(world.as_user(stranger), CreateEventType(fields(slug="x"), user_id=user.id)),
    ):
        with pytest.raises(ForbiddenError):
            await attempt
    assert (await EventType.get(id=view.id)).title == "Chat"
    assert await OutboxEntry.all().count() == before


async def test_hidden_event_types_are_found_by_name_and_left_out_of_lists(world: World) -> None:
    user, stranger = await world.person(), await world.person()
    view = await made(world, user, hidden=True)
    ref = EventTypeRef(username=user.username.upper(), slug="chat")
    assert (await get_event_type(world.ctx, ref)).id == view.id
    assert await list_user_event_types(world.as_user(stranger), user.username) == []
    assert [found.id for found in await list_user_event_types(world.as_user(user))] == [view.id]
    with pytest.raises(NotFoundError, match=r"Event type with slug nope belonging to user .* not found\."):
        await get_event_type(world.ctx, EventTypeRef(username=user.username, slug="nope"))


async def test_a_removed_event_type_keeps_its_bookings_and_frees_its_slug(world: World) -> None:
    user = await world.person()
    view = await made(world, user)
    await delete_event_type(world.as_user(user), DeleteEventType(view.id))
    assert (await EventType.all().count(), await Host.all().count()) == (0, 0)
    await made(world, user)


async def test_tm_1_collective_hosts_are_fixed_whatever_is_asked(world: World) -> None:
    owner, member = await world.person(), await world.person()
    team = await world.team(owner, member)
    command = CreateTeamEventType(team.id, "COLLECTIVE", fields(), (HostInput(owner.id), HostInput(member.id)))
    (view,) = await create_team_event_type(world.as_user(owner), command)
    assert [(host.user_id, host.is_fixed) for host in view.hosts] == [(owner.id, True), (member.id, True)]
    assert [found.id for found in await list_team_event_types(world.ctx, team.id)] == [view.id]


async def test_tm_20_hosts_are_accepted_members(world: World) -> None:
    owner, stranger = await world.person(), await world.person()
    team = await world.team(owner)
    command = CreateTeamEventType(team.id, "ROUND_ROBIN", fields(), (HostInput(owner.id), HostInput(stranger.id)))
    with pytest.raises(NotFoundError) as refused:
        await create_team_event_type(world.as_user(owner), command)
    assert refused.value.message == f"Invalid hosts: {stranger.id} are not members of team with id {team.id}."
    with pytest.raises(ForbiddenError):
        await create_team_event_type(world.as_user(stranger), CreateTeamEventType(team.id, "ROUND_ROBIN", fields()))
    with pytest.raises(InvalidInputError):
        await create_team_event_type(world.as_user(owner), CreateTeamEventType(team.id, "LOTTERY", fields()))
    assert await EventType.all().count() == 0


async def test_changed_hosts_keep_the_day_they_were_added_and_move_the_version(world: World) -> None:
    owner, member = await world.person(), await world.person()
    team = await world.team(owner, member)
    (view,) = await create_team_event_type(
        world.as_user(owner), CreateTeamEventType(team.id, "ROUND_ROBIN", fields(), (HostInput(owner.id),))
    )
    added = (await Host.get(event_type_id=view.id, user=owner)).created_at
    version = (await EventType.get(id=view.id)).slots_changed_at
    hosts = (HostInput(owner.id, weight=300, priority=4), HostInput(member.id, is_fixed=True))
    changed = await update_event_type(world.as_user(owner), UpdateEventType(view.id, EventTypeFields(), hosts))
    assert [(host.user_id, host.weight, host.priority, host.is_fixed) for host in changed.hosts] == [
        (owner.id, 300, 4, False),
        (member.id, 100, 2, True),
    ]
    assert (await Host.get(event_type_id=view.id, user=owner)).created_at == added
    assert (await EventType.get(id=view.id)).slots_changed_at > version


async def test_tm_22_a_managed_event_type_gives_each_member_one_and_rewrites_what_it_locks(world: World) -> None:
    owner, member = await world.person(), await world.person()
    team = await world.team(owner, member)
    ctx = world.as_user(owner)
    personal = await made(world, member)
    command = CreateTeamEventType(team.id, "MANAGED", fields(), (HostInput(owner.id), HostInput(member.id)))
    parent, *children = await create_team_event_type(ctx, command)
    assert (parent.hosts, [child.owner_id for child in children]) == ((), [owner.id, member.id])
    assert not await EventType.filter(id=personal.id).exists()
    child = children[1]
    await update_event_type(
        world.as_user(member), UpdateEventType(child.id, EventTypeFields(schedule_id=member.default_schedule_id))
    )
    await update_event_type(ctx, UpdateEventType(parent.id, EventTypeFields(title="Standard", length_minutes=45)))
    row = await EventType.get(id=child.id)
    assert (row.title, row.length_minutes, row.schedule_id) == ("Standard", 45, member.default_schedule_id)
    await update_event_type(ctx, UpdateEventType(parent.id, EventTypeFields(), (HostInput(owner.id),)))
    assert not await EventType.filter(id=child.id).exists()
    await delete_event_type(ctx, DeleteEventType(parent.id))
    assert await EventType.all().count() == 0
