"""The subscription `bookings` on a running server: who may follow, what is told, and how a stream goes on."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.schema.live.client import Client, Json, Person, Stream, Transport, coming_monday

MONDAY = coming_monday()
BOTH = pytest.mark.parametrize("transport", ["ws", "sse"])


def o_clock(hour: int) -> str:
    return (MONDAY + timedelta(hours=hour)).isoformat()


async def heard(stream: Stream) -> Json:
    """The next event."""
    body = await stream.next()
    assert "errors" not in body, body
    event: Json = body["data"]["bookings"]
    return event


async def until(stream: Stream, kind: str, uid: str) -> Json:
    """The event of this type about this booking; others may come before it."""
    while True:
        event = await heard(stream)
        if event.get("type") == kind and event["booking"]["uid"] == uid:
            return event


async def refused(live: Client, transport: Transport, key: str | None, **variables: Any) -> str:
    """The code of the error that ends the stream."""
    async with live.follow(transport, "WatchBookings", key, **variables) as stream:
        (error,) = (await stream.next())["errors"]
        with pytest.raises(StopAsyncIteration):
            await stream.next()
    code: str = error["extensions"]["code"]
    return code


@BOTH
async def test_a_host_is_told_of_everything_that_happens_to_bookings(live: Client, transport: Transport) -> None:
    host = await live.person()
    event_type = await live.event_type(host)
    earlier = await live.book(event_type, o_clock(9))
    async with live.follow(transport, "WatchBookings", host.key) as stream:
        first = await heard(stream)
        assert first["__typename"] == "BookingSnapshot"
        assert [booking["uid"] for booking in first["bookings"]] == [earlier["uid"]]
        booking = await live.book(event_type, o_clock(10))
        made = await until(stream, "booking.created", booking["uid"])
        assert made["booking"] == booking
        moved = (await live.do("RescheduleBooking", None, uid=booking["uid"], start=o_clock(11)))["booking"]
        told = await until(stream, "booking.rescheduled", moved["uid"])
        assert told["booking"]["rescheduledFromUid"] == booking["uid"]
        await live.do("CancelBooking", None, uid=moved["uid"], reason="Ill")
        gone = await until(stream, "booking.cancelled", moved["uid"])
        assert (gone["booking"]["status"], gone["booking"]["cancellationReason"]) == ("CANCELLED", "Ill")
    cursors = [int(event["cursor"]) for event in (first, made, told, gone)]
    assert cursors == sorted(set(cursors))


@BOTH
async def test_waiting_bookings_are_told_when_they_are_decided(live: Client, transport: Transport) -> None:
    host = await live.person()
    event_type = await live.event_type(host, confirmationPolicy={})
    async with live.follow(transport, "WatchBookings", host.key, scope={"userId": host.id}) as stream:
        await heard(stream)
        one, two = await live.book(event_type, o_clock(9)), await live.book(event_type, o_clock(10))
        assert one["status"] == two["status"] == "PENDING"
        await live.do("ConfirmBooking", host.key, uid=one["uid"])
        await live.do("DeclineBooking", host.key, uid=two["uid"])
        statuses: dict[str, str] = {}
        while statuses != {one["uid"]: "ACCEPTED", two["uid"]: "REJECTED"}:
            event = await heard(stream)
            statuses[event["booking"]["uid"]] = event["booking"]["status"]


@BOTH
async def test_one_booking_is_followed_by_whoever_knows_its_uid(live: Client, transport: Transport) -> None:
    event_type = await live.event_type(await live.person())
    booking = await live.book(event_type, o_clock(9))
    async with live.follow(transport, "WatchBookings", None, scope={"uid": booking["uid"]}) as stream:
        first = await heard(stream)
        assert [item["uid"] for item in first["bookings"]] == [booking["uid"]]
        await live.book(event_type, o_clock(10))
        await live.do("CancelBooking", None, uid=booking["uid"])
        event = await until(stream, "booking.cancelled", booking["uid"])
        assert event["booking"]["status"] == "CANCELLED"


@BOTH
async def test_a_stream_of_bookings_resumes_after_its_cursor(live: Client, transport: Transport) -> None:
    host = await live.person()
    event_type = await live.event_type(host)
    async with live.follow(transport, "WatchBookings", host.key) as stream:
        await heard(stream)
        seen = await live.book(event_type, o_clock(9))
        cursor = (await until(stream, "booking.created", seen["uid"]))["cursor"]
    missed = [await live.book(event_type, o_clock(hour)) for hour in (10, 11)]
    async with live.follow(transport, "WatchBookings", host.key, after=cursor) as stream:
        events = [await heard(stream) for _ in missed]
    assert [(event["__typename"], event["booking"]["uid"]) for event in events] == [
        ("BookingChange", booking["uid"]) for booking in missed
    ]


@BOTH
async def test_a_cursor_that_the_log_does_not_know_gets_a_resync_and_a_snapshot(
    live: Client, transport: Transport
) -> None:
    host = await live.person()
    async with live.follow(transport, "WatchBookings", host.key, after="999999999") as stream:
        assert await heard(stream) == {"__typename": "Resync", "reason": "CURSOR_UNKNOWN"}
        assert (await heard(stream))["__typename"] == "BookingSnapshot"


async def test_bookings_are_read_anew_for_every_event(live: Client) -> None:
    """No loader remembers what it has read for an earlier event."""
    host = await live.person()
    event_type = await live.event_type(host, title="Old")
    async with live.follow("ws", "WatchBookings", host.key) as stream:
        await heard(stream)
        first = await live.book(event_type, o_clock(9))
        assert (await until(stream, "booking.created", first["uid"]))["booking"]["eventType"]["title"] == "Old"
        await live.do("UpdateEventType", host.key, id=event_type, fields={"title": "New"})
        second = await live.book(event_type, o_clock(10))
        assert (await until(stream, "booking.created", second["uid"]))["booking"]["eventType"]["title"] == "New"


@BOTH
async def test_bookings_of_others_are_not_followed(live: Client, transport: Transport) -> None:
    host, stranger = await live.person(), await live.person()
    team = (await live.do("CreateTeam", host.key, name="T", slug=f"team-{host.username}"))["team"]["id"]
    assert await refused(live, transport, None) == "UNAUTHENTICATED"
    for scope in ({"userId": host.id}, {"teamId": team}):
        assert await refused(live, transport, stranger.key, scope=scope) == "FORBIDDEN"
        assert await refused(live, transport, None, scope=scope) == "UNAUTHENTICATED"
    assert await refused(live, transport, host.key, scope={"uid": "nowhere"}) == "NOT_FOUND"
    assert await refused(live, transport, host.key, scope={"userId": team}) == "INVALID_ID"


async def test_a_team_is_followed_by_its_admins(live: Client) -> None:
    host = await live.person()
    team = (await live.do("CreateTeam", host.key, name="T", slug=f"team-{host.username}"))["team"]["id"]
    made = await live.do(
        "CreateTeamEventType",
        host.key,
        teamId=team,
        schedulingType="COLLECTIVE",
        fields={"title": "Demo", "slug": "demo", "lengthInMinutes": 30, "minimumBookingNotice": 0},
        hosts=[{"userId": host.id}],
    )
    async with live.follow("ws", "WatchBookings", host.key, scope={"teamId": team}) as stream:
        await heard(stream)
        booking = await live.book(made["eventType"]["id"], o_clock(9))
        event = await until(stream, "booking.created", booking["uid"])
        assert event["booking"]["team"]["id"] == team


End = Callable[[Client, Person], Awaitable[object]]


async def _revoke(live: Client, person: Person) -> None:
    (key,) = (await live.run("ViewerApiKeys", person.key))["apiKeys"]["nodes"]
    await live.do("RevokeApiKey", person.key, id=key["id"])


async def _refresh(live: Client, person: Person) -> None:
    await live.do("RefreshApiKey", person.key)


async def _only_errors(stream: Stream) -> None:
    while True:
        body = await stream.next()
        assert not body.get("data"), body


@BOTH
@pytest.mark.parametrize("end", [_revoke, _refresh])
async def test_a_key_that_has_ended_ends_its_streams(live: Client, transport: Transport, end: End) -> None:
    host = await live.person()
    event_type = await live.event_type(host)
    async with live.follow(transport, "WatchBookings", host.key) as stream:
        await heard(stream)
        await end(live, host)
        await live.book(event_type, o_clock(9))
        with pytest.raises(StopAsyncIteration):
            await _only_errors(stream)
