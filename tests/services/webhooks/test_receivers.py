"""Who is told (WH-3)."""

from typing import Any
from uuid import uuid4

from app.models import Booking, EventType, Webhook
from app.services.webhooks.receivers import Question, receivers_for_bookings, receivers_for_user
from tests.services.slots.world import World


async def hook(**owner: object) -> str:
    """An active webhook for three triggers; its id."""
    fields: dict[str, Any] = {
        "id": str(uuid4()),
        "subscriber_url": "http://127.0.0.1/x",
        "triggers": ["BOOKING_CREATED", "BOOKING_REJECTED", "INSTANT_MEETING"],
        **owner,
    }
    return (await Webhook.create(**fields)).id


async def told(booking: Booking, trigger: str = "BOOKING_CREATED") -> set[str]:
    """Ids of the receivers, each found once."""
    (found,) = await receivers_for_bookings([Question(booking.id, trigger)])
    ids = [each.webhook_id for each in found]
    assert len(ids) == len(set(ids))
    return set(ids)


async def test_personal_event_type(world: World) -> None:
    """The organizer, the event type and the installation; nobody else's, nothing inactive or of other triggers."""
    host, other = await world.person(), await world.person()
    event_type, elsewhere = await world.event_type(host), await world.event_type(other)
    booking = await world.booking(event_type, [host], "2026-05-04T08:00")
    mine = {await hook(user_id=host.id), await hook(event_type_id=event_type.id), await hook(platform=True)}
    await hook(user_id=other.id)
    await hook(event_type_id=elsewhere.id)
    await hook(user_id=host.id, active=False)
    await hook(user_id=host.id, triggers=["BOOKING_CANCELLED"])
    assert await told(booking) == mine


async def test_team_event_type(world: World) -> None:
    """Team and organization, not the organizer's own; declining is told to the owner all the same."""
    host = await world.person()
    organization = await world.team(host, is_organization=True)
    team = await world.team(host, parent_id=organization.id)
    event_type = await world.team_event("ROUND_ROBIN", host, team=team)
    booking = await world.booking(event_type, [host], "2026-05-04T08:00")
    personal = await hook(user_id=host.id)
    ours = {await hook(team_id=team.id), await hook(team_id=organization.id), await hook(event_type_id=event_type.id)}
    await hook(team_id=(await world.team(host)).id)
    assert await told(booking) == ours
    assert await told(booking, "BOOKING_REJECTED") == ours | {personal}


async def test_managed_child(world: World) -> None:
    """The person, the child, its parent and the parent's team."""
    host = await world.person()
    team = await world.team(host)
    parent = await EventType.create(
        title="Managed", slug="managed", length_minutes=30, team=team, scheduling_type="MANAGED"
    )
    child = await world.event_type(host, parent=parent)
    booking = await world.booking(child, [host], "2026-05-04T08:00")
    ours = {
        await hook(user_id=host.id),
        await hook(event_type_id=child.id),
        await hook(event_type_id=parent.id),
        await hook(team_id=team.id),
    }
    assert await told(booking) == ours


async def test_organization_of_the_organizer(world: World) -> None:
    """A personal event of a member is told to their organization."""
    organization = await world.team(await world.person(), is_organization=True)
    host = await world.person(organization_id=organization.id)
    booking = await world.booking(await world.event_type(host), [host], "2026-05-04T08:00")
    theirs = await hook(team_id=organization.id)
    assert await told(booking) == {theirs}


async def test_instant_meetings(world: World) -> None:
    """Team, organization and event type only."""
    host = await world.person()
    event_type = await world.team_event("ROUND_ROBIN", host)
    booking = await world.booking(event_type, [host], "2026-05-04T08:00")
    ours = {await hook(team_id=event_type.team_id), await hook(event_type_id=event_type.id)}
    await hook(platform=True)
    await hook(user_id=host.id)
    assert await told(booking, "INSTANT_MEETING") == ours


async def test_deleted_event_type(world: World) -> None:
    """Without event type it is the organizer's."""
    host = await world.person()
    booking = await world.booking(None, [host], "2026-05-04T08:00")
    mine = await hook(user_id=host.id)
    assert await told(booking) == {mine}


async def test_many_questions_are_one_statement(world: World) -> None:
    """Answers in the order of the questions."""
    first, second = await world.person(), await world.person()
    bookings = [
        await world.booking(await world.event_type(each), [each], "2026-05-04T08:00") for each in (first, second)
    ]
    mine = await hook(user_id=second.id)
    answers = await receivers_for_bookings([Question(each.id, "BOOKING_CREATED") for each in bookings])
    assert [[each.webhook_id for each in found] for found in answers] == [[], [mine]]


async def test_people_without_booking(world: World) -> None:
    """Days away: the person's own, their teams', their organization's, the installation's."""
    host, other = await world.person(), await world.person()
    organization = await world.team(other, is_organization=True)
    team = await world.team(host, parent_id=organization.id)
    triggers = ["OOO_CREATED"]
    ours = {
        await hook(user_id=host.id, triggers=triggers),
        await hook(team_id=team.id, triggers=triggers),
        await hook(team_id=organization.id, triggers=triggers),
        await hook(platform=True, triggers=triggers),
    }
    await hook(user_id=other.id, triggers=triggers)
    await hook(team_id=(await world.team(other)).id, triggers=triggers)
    assert {each.webhook_id for each in await receivers_for_user(host.id, "OOO_CREATED")} == ours
