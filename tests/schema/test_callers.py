"""Every mutation by nobody and by somebody of another tenant: refused as data, and nothing is written."""

from typing import Any

from graphql import GraphQLUnionType, get_named_type

from app.models import Membership, Schedule
from schema.app import schema
from schema.node import global_id, read_global_id
from tests.schema.api import Api, Caller, gid, nothing_written

MUTATION = schema._schema.mutation_type
assert MUTATION is not None
UNIONS: dict[str, GraphQLUnionType] = {name: get_named_type(field.type) for name, field in MUTATION.fields.items()}

FOR_EVERYBODY = {"signUp", "signIn", "createBooking", "holdSlot", "updateHold", "releaseHold"}
"""Sign-up and booking are for everybody, and whoever has its id may change a hold."""
BY_UID = {"rescheduleBooking", "cancelBooking"}
"""LC-1, LC-14: whoever knows the uid may."""
OF_ONESELF = {
    "updateProfile",
    "createApiKey",
    "refreshApiKey",
    "createSchedule",
    "createOutOfOffice",
    "createTeam",
    "createEventType",
    "saveIcsFeeds",
    "checkIcsFeeds",
    "selectCalendar",
    "unselectCalendar",
    "setDestinationCalendar",
}
"""They concern nobody but the caller."""
TESTED_WITH_THEIR_SERVICE = {
    "createWebhook",
    "updateWebhook",
    "deleteWebhook",
    "deleteEventTypeWebhooks",
    "pingWebhook",
    "redeliverWebhook",
}
OF_SOMEBODY = set(UNIONS) - FOR_EVERYBODY - BY_UID - OF_ONESELF - TESTED_WITH_THEIR_SERVICE


async def inputs(api: Api) -> dict[str, dict[str, Any]]:
    """What would succeed for the owner of everything, by mutation."""
    owner, member, guest = await api.person(), await api.person(), await api.person()
    team = await api.team(owner, member)
    event_type = await api.team_event("ROUND_ROBIN", owner, member, team=team)
    booking = await api.booking(event_type, [owner], "2026-05-04T10:00")
    invited = await Membership.create(team=team, user=guest, role="MEMBER", accepted=False)
    joined = await Membership.get(team=team, user=member)
    away = await api.write("CreateOutOfOffice", by=owner, start="2026-07-01", end="2026-07-02")
    key = await api.write("CreateApiKey", by=owner)
    schedule = gid(await Schedule.get(user=owner))
    fields = {"title": "Mine", "slug": "mine", "lengthInMinutes": 30}
    week = {"start": "2026-08-01", "end": "2026-08-02"}
    uid = {"uid": booking.uid}
    calendar = {"credentialId": 1, "integration": "ics-feed_calendar", "externalId": "https://example.com/a.ics"}
    return {
        "acceptMembership": {"id": gid(invited)},
        "addMember": {"teamId": gid(team), "person": {"username": guest.username}},
        "cancelBooking": uid,
        "checkIcsFeeds": {},
        "claimInstantBooking": {"token": "unknown"},
        "confirmBooking": uid,
        "createApiKey": {},
        "createEventType": {"fields": fields},
        "createOutOfOffice": week,
        "createSchedule": {"name": "Mine", "timeZone": "UTC"},
        "createTeam": {"name": "Mine", "slug": "mine"},
        "createTeamEventType": {"teamId": gid(team), "schedulingType": "COLLECTIVE", "fields": fields},
        "declineBooking": uid,
        "deleteEventType": {"id": gid(event_type)},
        "deleteOutOfOffice": {"id": away["outOfOffice"]["id"]},
        "deleteSchedule": {"id": schedule},
        "deleteTeam": {"id": gid(team)},
        "addGuests": {**uid, "guests": ["more@example.com"]},
        "changeBookingLocation": {**uid, "location": {"address": "Elsewhere"}},
        "requestReschedule": uid,
        "editBooking": {**uid, "title": "Mine"},
        "markAbsent": {**uid, "host": True},
        "reassignBooking": uid,
        "refreshApiKey": {},
        "removeMember": {"id": gid(joined)},
        "rescheduleBooking": {**uid, "start": "2026-05-04T11:00:00Z"},
        "revokeApiKey": {"id": key["apiKey"]["id"]},
        "saveIcsFeeds": {"urls": [calendar["externalId"]]},
        "selectCalendar": calendar,
        "setDestinationCalendar": calendar,
        "unselectCalendar": calendar,
        "updateEventType": {"id": gid(event_type), "fields": {"title": "Mine"}},
        "updateMembership": {"id": gid(joined), "role": "ADMIN"},
        "updateOutOfOffice": {"id": away["outOfOffice"]["id"], "notes": "Mine"},
        "updateProfile": {"name": "Mine"},
        "updateSchedule": {"id": schedule, "name": "Mine"},
        "updateTeam": {"id": gid(team), "name": "Mine"},
    }


def stored(name: str) -> str:
    """The name of the mutation's document."""
    return name[0].upper() + name[1:]


async def answers(api: Api, names: set[str], given: dict[str, dict[str, Any]], by: Caller = None) -> dict[str, str]:
    """The type that each mutation answers; all of them write nothing."""
    async with nothing_written():
        found = {name: await api.write(stored(name), by=by, **given[name]) for name in sorted(names)}
    assert {name: answer["code"] for name, answer in found.items() if "code" in answer}.keys() == names
    return {name: answer["__typename"] for name, answer in found.items()}


async def test_nobody_may_without_a_key(api: Api) -> None:
    names = OF_SOMEBODY | OF_ONESELF
    assert await answers(api, names, await inputs(api)) == dict.fromkeys(names, "Unauthenticated")


async def test_somebody_of_another_tenant_may_not(api: Api) -> None:
    given = await inputs(api)
    stranger = await api.person()
    await api.team(stranger)
    found = await answers(api, OF_SOMEBODY, given, stranger)
    private = {"deleteSchedule", "updateSchedule", "removeMember", "updateMembership"}
    mine_alone = {"acceptMembership", "claimInstantBooking", "deleteOutOfOffice", "revokeApiKey", "updateOutOfOffice"}
    hidden = private | mine_alone
    assert found == {name: "NotFound" if name in hidden else "Forbidden" for name in OF_SOMEBODY}


async def test_what_is_not_there_is_not_found(api: Api) -> None:
    given = await inputs(api)
    for name in OF_SOMEBODY:
        for field, value in given[name].items():
            if field in {"id", "teamId"}:
                given[name] = {**given[name], field: global_id(read_global_id(value)[0], 99_999)}
            if field == "uid":
                given[name] = {**given[name], field: "nowhere"}
    found = await answers(api, OF_SOMEBODY, given, await api.person())
    assert found == dict.fromkeys(OF_SOMEBODY, "NotFound")


def test_every_union_has_a_member_for_callers_without_a_key() -> None:
    missing = [
        name
        for name in OF_SOMEBODY | OF_ONESELF
        if "Unauthenticated" not in {member.name for member in UNIONS[name].types}
    ]
    assert missing == []
