"""Instant meetings: `createBooking` with `instant`, taken by `claimInstantBooking` (BK-44)."""

from datetime import timedelta
from typing import Any

from app.models import Booking, EventType, User
from tests.schema.api import Api, gid, nothing_written
from tests.services.slots.world import at


async def waiting(api: Api) -> tuple[list[User], str, dict[str, Any]]:
    """The members of a team, the token of a meeting that waits for one of them, and the booking."""
    api.clock.moment = at("2026-05-04T08:00")
    hosts = [await api.person(), await api.person()]
    event_type = await api.team_event("ROUND_ROBIN", *hosts, is_instant=True)
    answer = await book(api, event_type)
    booking: dict[str, Any] = answer["booking"]
    token = (await Booking.get(uid=booking["uid"])).join_token
    assert token is not None
    return hosts, token, booking


async def book(api: Api, event_type: EventType) -> dict[str, Any]:
    """What Ann is answered who wants to meet at once."""
    attendee = {"name": "Ann", "email": "ann@example.com", "timeZone": "UTC"}
    return await api.write(
        "CreateBooking",
        eventType={"id": gid(event_type)},
        start="2026-05-04T08:00:00Z",
        attendee=attendee,
        instant=True,
    )


async def test_a_member_of_the_team_takes_the_meeting_and_it_is_taken_once(api: Api) -> None:
    hosts, token, booking = await waiting(api)
    assert (booking["status"], booking["hosts"]) == ("AWAITING_HOST", [])
    answer = await api.write("ClaimInstantBooking", by=hosts[1], token=token)
    taken = answer["booking"]
    assert (answer["__typename"], taken["uid"]) == ("ClaimInstantBookingSuccess", booking["uid"])
    assert (taken["status"], [host["user"]["id"] for host in taken["hosts"]]) == ("ACCEPTED", [gid(hosts[1])])
    async with nothing_written():
        late = await api.write("ClaimInstantBooking", by=hosts[0], token=token)
    assert late["__typename"] == "NotFound"


async def test_who_may_not_take_it(api: Api) -> None:
    hosts, token, _ = await waiting(api)
    stranger = await api.person()
    event_type = await api.event_type(hosts[0])
    await api.booking(event_type, [hosts[0]], "2026-05-04T08:00")
    async with nothing_written():
        foreign = await api.write("ClaimInstantBooking", by=stranger, token=token)
        busy = await api.write("ClaimInstantBooking", by=hosts[0], token=token)
        nobody = await api.write("ClaimInstantBooking", token=token)
        api.clock.moment += timedelta(minutes=10)
        late = await api.write("ClaimInstantBooking", by=hosts[1], token=token)
    assert [answer["__typename"] for answer in (foreign, nobody, late)] == [
        "Forbidden",
        "Unauthenticated",
        "InvalidState",
    ]
    assert busy["__typename"] == "SlotUnavailable"


async def test_only_event_types_that_offer_it_can_be_met_at_once(api: Api) -> None:
    personal = await api.event_type(await api.person())
    async with nothing_written():
        refused = await book(api, personal)
    assert refused["__typename"] == "InvalidInput"
