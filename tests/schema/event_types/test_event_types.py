"""Event types: made, changed and removed by those who may, read by everybody."""

from typing import Any

import pytest

from app.models import EventType, Host, Schedule, User
from schema.node import global_id
from tests.parts.statements import counted_statements
from tests.schema.api import Api, gid, nothing_written

INTRO: dict[str, Any] = {"title": "Intro", "slug": "intro", "lengthInMinutes": 30}
NOBODY = global_id("EventType", 9_999)


async def made(api: Api, by: User, **fields: Any) -> dict[str, Any]:
    """The new event type of this person."""
    answer = await api.write("CreateEventType", by=by, fields={**INTRO, **fields})
    assert answer["__typename"] == "EventTypeSuccess", answer
    event_type: dict[str, Any] = answer["eventType"]
    return event_type


async def test_every_value_is_served_as_it_was_given(api: Api) -> None:
    user = await api.person()
    values: dict[str, Any] = {
        "description": "Half an hour",
        "lengthInMinutesOptions": [15, 30, 60],
        "slotInterval": 15,
        "offsetStart": 5,
        "minimumBookingNotice": 60,
        "beforeEventBuffer": 10,
        "afterEventBuffer": 20,
        "onlyShowFirstAvailableSlot": True,
        "timeZone": "Europe/Rome",
        "lockTimeZone": True,
        "bookingWindow": {"type": "ROLLING", "days": 10, "businessDays": True, "start": None, "end": None},
        "bookingLimitsCount": {"day": 2, "week": 5, "month": None, "year": None},
        "bookingLimitsDuration": {"day": 60, "week": None, "month": 600, "year": None},
        "confirmationPolicy": {"thresholdCount": 2, "thresholdUnit": "HOURS", "pendingBlocks": True},
        "recurrence": {"interval": 1, "occurrences": 4, "frequency": "WEEKLY"},
        "disableGuests": True,
        "disableCancelling": True,
        "disableRescheduling": True,
        "customName": "{Organiser} and {Scheduler}",
        "successRedirectUrl": "https://example.com/thanks",
        "color": {"lightThemeHex": "#292929", "darkThemeHex": "#fafafa"},
        "bookerLayouts": {"defaultLayout": "MONTH", "enabledLayouts": ["MONTH", "WEEK"]},
        "hideCalendarNotes": True,
        "hideOrganizerEmail": True,
        "customReplyToEmail": "team@example.com",
        "metadata": {"crm": "42"},
    }
    event_type = await made(api, user, **values)
    assert {name: event_type[name] for name in values} == values
    assert (event_type["owner"]["id"], event_type["team"]) == (gid(user), None)
    assert [host["user"]["id"] for host in event_type["hosts"]["nodes"]] == [gid(user)]


async def test_places_and_questions_are_served_in_order(api: Api) -> None:
    user = await api.person()
    places = [
        {"type": "ADDRESS", "address": "Main Street 1", "public": True},
        {"type": "LINK", "link": "https://meet.example.com/ann", "public": True},
        {"type": "ATTENDEE_PHONE"},
    ]
    question = {
        "type": "SELECT",
        "slug": "size",
        "label": "Size",
        "required": True,
        "options": [{"value": "small", "label": "Small"}, {"value": "large", "label": "Large"}],
    }
    event_type = await made(api, user, locations=places, bookingFields=[question])
    assert [place["type"] for place in event_type["locations"]] == ["ADDRESS", "LINK", "ATTENDEE_PHONE"]
    assert event_type["locations"][0]["address"] == "Main Street 1"
    asked = [field for field in event_type["bookingFields"] if not field["isDefault"]]
    assert [field["slug"] for field in asked] == ["size"]
    assert [option["value"] for option in asked[0]["options"]] == ["small", "large"]


async def test_a_private_place_and_metadata_are_for_those_who_may_change_it(api: Api) -> None:
    user = await api.person()
    place = {"type": "LINK", "link": "https://meet.example.com/ann", "public": False}
    desk = "Desk@Example.com"
    event_type = await made(api, user, locations=[place], metadata={"crm": "42"}, customReplyToEmail=desk)
    ref = {"id": event_type["id"]}
    for caller, link, metadata, reply_to in (
        (user, place["link"], {"crm": "42"}, "desk@example.com"),
        (None, None, None, None),
        (await api.person(), None, None, None),
    ):
        found = await api.read("EventType", by=caller, ref=ref)
        assert (found["locations"][0]["link"], found["metadata"]) == (link, metadata)
        assert found["customReplyToEmail"] == reply_to


async def test_a_list_is_read_in_the_same_number_of_statements_however_long_it_is(api: Api) -> None:
    user = await api.person()
    document = """{ viewer { eventTypes { nodes {
      id metadata locations { link } owner { id } hosts { nodes { user { id name } } }
    } } } }"""
    place = {"type": "LINK", "link": "https://meet.example.com/ann", "public": False}
    numbers = []
    for number in range(4):
        await made(api, user, slug=f"intro{number}", locations=[place])
        with counted_statements() as seen:
            found = await api.read(document, by=user)
        assert len(found["eventTypes"]["nodes"]) == number + 1
        numbers.append(len(seen))
    assert len(set(numbers)) == 1, numbers


async def test_an_event_type_is_found_in_each_way(api: Api) -> None:
    user = await api.person()
    team = await api.team(user)
    own = await api.event_type(user)
    shared = await api.team_event("ROUND_ROBIN", user, team=team)
    for ref, expected in (
        ({"id": gid(own)}, own),
        ({"databaseId": own.id}, own),
        ({"personal": {"username": user.username, "slug": own.slug}}, own),
        ({"team": {"team": team.slug, "slug": shared.slug}}, shared),
    ):
        assert (await api.read("EventType", ref=ref))["databaseId"] == expected.id
    assert await api.refusal("EventType", ref={"id": NOBODY}) == "NOT_FOUND"
    assert await api.refusal("EventType", ref={"id": gid(user)}) == "INVALID_ID"
    assert await api.refusal("EventType", ref={"id": gid(own), "databaseId": own.id}) == "INVALID_VARIABLES"


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"title": ""}, ["title"]),
        ({"slug": "no spaces"}, ["slug"]),
        ({"lengthInMinutes": 0}, ["lengthInMinutes"]),
        ({"minimumBookingNotice": -1}, ["minimumBookingNotice"]),
        ({"bookingLimitsCount": {"day": 5, "week": 2}}, ["bookingLimitsCount"]),
        ({"metadata": [1]}, ["metadata"]),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_a_wrong_value_is_named_as_the_input_names_it(api: Api, fields: dict[str, Any], path: list[str]) -> None:
    user = await api.person()
    event_type = await api.event_type(user)
    async with nothing_written():
        new = await api.write("CreateEventType", by=user, fields={**INTRO, **fields})
        changed = await api.write("UpdateEventType", by=user, id=gid(event_type), fields=fields)
    for answer in (new, changed):
        assert answer["__typename"] == "InvalidInput", answer
        assert answer["path"][: len(path)] == path


async def test_what_creation_needs_is_named(api: Api) -> None:
    user = await api.person()
    async with nothing_written():
        refused = await api.write("CreateEventType", by=user, fields={})
    assert refused["__typename"] == "InvalidInput"
    assert {tuple(fault["path"]) for fault in refused["fields"]} == {("title",), ("slug",), ("lengthInMinutes",)}


async def test_vr_6_a_taken_slug_is_a_wrong_input(api: Api) -> None:
    user = await api.person()
    first, second = await api.event_type(user), await api.event_type(user)
    async with nothing_written():
        new = await api.write("CreateEventType", by=user, fields={**INTRO, "slug": first.slug})
        renamed = await api.write("UpdateEventType", by=user, id=gid(second), fields={"slug": first.slug})
    for answer in (new, renamed):
        assert answer["__typename"] == "InvalidInput"
        assert [(fault["path"], fault["code"]) for fault in answer["fields"]] == [(["slug"], "taken")]


async def test_a_schedule_of_somebody_else_is_not_found(api: Api) -> None:
    user, other = await api.person(), await api.person()
    event_type = await api.event_type(user)
    theirs = gid(await Schedule.get(user=other))
    async with nothing_written():
        new = await api.write("CreateEventType", by=user, fields={**INTRO, "scheduleId": theirs})
        changed = await api.write("UpdateEventType", by=user, id=gid(event_type), fields={"scheduleId": theirs})
    assert [(answer["__typename"], answer["path"]) for answer in (new, changed)] == [("NotFound", ["scheduleId"])] * 2


async def test_an_update_keeps_what_is_left_out_and_null_takes_away(api: Api) -> None:
    user = await api.person()
    event_type = await made(api, user, description="About", bookingLimitsCount={"day": 2}, slotInterval=15)
    answer = await api.write(
        "UpdateEventType", by=user, id=event_type["id"], fields={"slotInterval": None, "bookingLimitsCount": None}
    )
    changed = answer["eventType"]
    assert (changed["slotInterval"], changed["bookingLimitsCount"]) == (None, None)
    assert (changed["description"], changed["title"]) == ("About", "Intro")


async def test_a_removed_event_type_is_gone(api: Api) -> None:
    user = await api.person()
    event_type = await made(api, user)
    removed = await api.write("DeleteEventType", by=user, id=event_type["id"])
    assert removed["eventType"]["id"] == event_type["id"]
    assert await api.refusal("EventType", ref={"id": event_type["id"]}) == "NOT_FOUND"
    for name in ("UpdateEventType", "DeleteEventType"):
        assert (await api.write(name, by=user, id=event_type["id"]))["__typename"] == "NotFound"


async def test_a_team_gets_an_event_type_with_hosts_and_changes_them(api: Api) -> None:
    owner, member = await api.person(), await api.person()
    team = await api.team(owner, member)
    hosts = [
        {"userId": gid(owner), "isFixed": True, "priority": 3, "weight": 50},
        {"userId": gid(member)},
    ]
    answer = await api.write(
        "CreateTeamEventType", by=owner, teamId=gid(team), schedulingType="ROUND_ROBIN", fields=INTRO, hosts=hosts
    )
    event_type = answer["eventType"]
    assert (event_type["schedulingType"], event_type["team"]["id"], answer["children"]) == (
        "ROUND_ROBIN",
        gid(team),
        [],
    )
    found = {node["user"]["id"]: node for node in event_type["hosts"]["nodes"]}
    assert {name: found[gid(owner)][name] for name in ("isFixed", "priority", "weight")} == {
        "isFixed": True,
        "priority": 3,
        "weight": 50,
    }
    changed = await api.write("UpdateEventType", by=owner, id=event_type["id"], hosts=[{"userId": gid(member)}])
    assert [node["user"]["id"] for node in changed["eventType"]["hosts"]["nodes"]] == [gid(member)]


async def test_a_managed_event_type_answers_the_ones_of_its_members(api: Api) -> None:
    owner, member = await api.person(), await api.person()
    team = await api.team(owner, member)
    answer = await api.write(
        "CreateTeamEventType",
        by=owner,
        teamId=gid(team),
        schedulingType="MANAGED",
        fields={**INTRO, "assignAllTeamMembers": True},
    )
    assert {child["owner"]["id"] for child in answer["children"]} == {gid(owner), gid(member)}


async def test_only_members_host_and_only_admins_make_event_types_of_a_team(api: Api) -> None:
    owner, member, stranger = await api.person(), await api.person(), await api.person()
    team = await api.team(owner, member)
    shared = await api.team_event("ROUND_ROBIN", owner, team=team)
    values: dict[str, Any] = {"teamId": gid(team), "schedulingType": "ROUND_ROBIN", "fields": INTRO}
    outsider = [{"userId": gid(stranger)}]
    async with nothing_written():
        hosted = await api.write("CreateTeamEventType", by=owner, **values, hosts=outsider)
        rehosted = await api.write("UpdateEventType", by=owner, id=gid(shared), hosts=outsider)
        taken = await api.write("CreateTeamEventType", by=owner, **{**values, "fields": {**INTRO, "slug": shared.slug}})
        missing = await api.write("CreateTeamEventType", by=owner, **{**values, "teamId": global_id("Team", 9_999)})
        for caller in (member, stranger):
            assert (await api.write("CreateTeamEventType", by=caller, **values))["__typename"] == "Forbidden"
            assert (await api.write("DeleteEventType", by=caller, id=gid(shared)))["__typename"] == "Forbidden"
        twice = await api.write("UpdateEventType", by=owner, id=gid(shared), hosts=[{"userId": gid(member)}] * 2)
        doubled = await api.write("CreateTeamEventType", by=owner, **values, hosts=[{"userId": gid(member)}] * 2)
    for answer in (hosted, rehosted):
        assert (answer["__typename"], answer["path"]) == ("NotFound", ["hosts"])
    for answer in (twice, doubled):
        assert (answer["__typename"], answer["path"]) == ("Conflict", ["hosts"])
    assert (taken["__typename"], taken["path"]) == ("InvalidInput", ["slug"])
    assert missing["__typename"] == "NotFound"
    assert await Host.filter(event_type=shared).count() == 1


async def test_a_strangers_event_type_is_left_alone(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    stranger = await api.person()
    async with nothing_written():
        for caller, expected in ((stranger, "Forbidden"), (None, "Unauthenticated")):
            changed = await api.write("UpdateEventType", by=caller, id=gid(event_type), fields={"title": "Mine"})
            removed = await api.write("DeleteEventType", by=caller, id=gid(event_type))
            assert [changed["__typename"], removed["__typename"]] == [expected, expected]
    assert (await EventType.get(id=event_type.id)).title == "Meeting"
