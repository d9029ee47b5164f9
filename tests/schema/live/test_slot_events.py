"""The subscription `slots` on a running server: everything that moves slots reaches those who watch."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from schema.node import global_id
from tests.schema.live.client import Client, Json, Person, Stream, Transport, coming_monday

MONDAY = coming_monday()
DAY = {"start": MONDAY.isoformat(), "end": (MONDAY + timedelta(days=1)).isoformat()}
BOTH = pytest.mark.parametrize("transport", ["ws", "sse"])


def o_clock(hour: int, minute: int = 0) -> str:
    """That time on the Monday watched."""
    return (MONDAY + timedelta(hours=hour, minutes=minute)).isoformat()


@dataclass
class Watcher:
    """What a client knows from the events it was sent."""

    stream: Stream
    starts: set[datetime] = field(default_factory=set)
    versions: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    cursor: str = ""

    async def hear(self) -> Json:
        """Take the next event and apply it."""
        body = await self.stream.next()
        assert "errors" not in body, body
        event: Json = body["data"]["slots"]
        self.kinds.append(event["__typename"])
        if event["__typename"] == "SlotSnapshot":
            days = event["days"]
            self.starts = {datetime.fromisoformat(slot["start"]) for day in days for slot in day["slots"]}
        elif event["__typename"] == "SlotDelta":
            added, removed = (
                {datetime.fromisoformat(slot["start"]) for slot in event[name]} for name in ("added", "removed")
            )
            assert int(event["previousVersion"]) == self.versions[-1]
            assert not added & self.starts
            assert removed <= self.starts
            self.starts = (self.starts | added) - removed
        if "version" in event:
            assert not self.versions or int(event["version"]) > self.versions[-1]
            self.versions.append(int(event["version"]))
            self.cursor = event["cursor"]
        return event

    async def until(self, starts: set[datetime]) -> None:
        """Hear until exactly these starts are known."""
        while self.starts != starts:
            await self.hear()


async def listed(live: Client, event_type: str) -> set[datetime]:
    """The free starts as a query lists them."""
    found = await live.run("Slots", None, eventType={"id": event_type}, window=DAY)
    return {datetime.fromisoformat(slot["start"]) for day in found["days"] for slot in day["slots"]}


def watching(live: Client, transport: Transport, event_type: str, **more: Any) -> Any:
    """An anonymous subscription to the slots of that Monday."""
    return live.follow(transport, "WatchSlots", None, eventType={"id": event_type}, window=DAY, **more)


Change = Callable[[], Awaitable[object]]


@BOTH
async def test_every_change_gives_a_delta_that_leads_to_what_a_query_lists(live: Client, transport: Transport) -> None:
    host = await live.person()
    event_type = await live.event_type(host)
    schedule = (await live.run("Viewer", host.key))["defaultSchedule"]["id"]
    made: Json = {}

    async def book() -> None:
        made["uid"] = (await live.book(event_type, o_clock(10)))["uid"]

    async def reschedule() -> None:
        made["uid"] = (await live.do("RescheduleBooking", None, uid=made["uid"], start=o_clock(13)))["booking"]["uid"]

    async def hold() -> None:
        made["hold"] = (await live.do("HoldSlot", None, eventType={"id": event_type}, start=o_clock(15)))["hold"]["id"]

    async def leave() -> None:
        day = MONDAY.date().isoformat()
        away = await live.do("CreateOutOfOffice", host.key, start=day, end=day)
        made["away"] = away["outOfOffice"]["id"]

    weekdays = ["MONDAY", "TUESDAY"]
    shorter = [{"days": weekdays, "startTime": "12:00", "endTime": "18:00"}]
    override = [{"date": MONDAY.date().isoformat(), "startTime": "12:00", "endTime": "16:00"}]
    changes: list[tuple[str, Change]] = [
        ("booking", book),
        ("reschedule", reschedule),
        ("cancel", lambda: live.do("CancelBooking", None, uid=made["uid"])),
        ("hold", hold),
        ("release", lambda: live.do("ReleaseHold", None, id=made["hold"])),
        ("hours", lambda: live.do("UpdateSchedule", host.key, id=schedule, availability=shorter)),
        ("override", lambda: live.do("UpdateSchedule", host.key, id=schedule, overrides=override)),
        ("away", leave),
        ("back", lambda: live.do("DeleteOutOfOffice", host.key, id=made["away"])),
        ("rules", lambda: live.do("UpdateEventType", host.key, id=event_type, fields={"slotInterval": 60})),
    ]
    async with watching(live, transport, event_type) as stream:
        watcher = Watcher(stream)
        first = await watcher.hear()
        assert (first["__typename"], len(watcher.starts), first["lengthInMinutes"]) == ("SlotSnapshot", 16, 30)
        for name, change in changes:
            before = watcher.starts
            await change()
            expected = await listed(live, event_type)
            assert expected != before, name
            await watcher.until(expected)
    assert set(watcher.kinds[1:]) == {"SlotDelta"}


@BOTH
async def test_hosts_who_come_and_go_move_slots(live: Client, transport: Transport) -> None:
    owner = await live.person()
    team = (await live.do("CreateTeam", owner.key, name="Team", slug=f"t-{owner.username}"))["team"]["id"]
    made = await live.do(
        "CreateTeamEventType",
        owner.key,
        teamId=team,
        schedulingType="ROUND_ROBIN",
        fields={"title": "Demo", "slug": "demo", "lengthInMinutes": 30, "minimumBookingNotice": 0},
        hosts=[],
    )
    event_type = made["eventType"]["id"]
    async with watching(live, transport, event_type) as stream:
        watcher = Watcher(stream)
        await watcher.hear()
        assert watcher.starts == set()
        await live.do("UpdateEventType", owner.key, id=event_type, hosts=[{"userId": owner.id}])
        await watcher.until(await listed(live, event_type))
        assert len(watcher.starts) == 16


@BOTH
async def test_a_stream_resumes_where_it_was_left(live: Client, transport: Transport) -> None:
    host = await live.person()
    event_type = await live.event_type(host)
    async with watching(live, transport, event_type) as stream:
        first = Watcher(stream)
        await first.hear()
        await live.book(event_type, o_clock(9))
        await first.until(await listed(live, event_type))
        await live.book(event_type, o_clock(11))
        async with watching(live, transport, event_type, after=first.cursor) as other:
            again = Watcher(other, set(first.starts), list(first.versions))
            await again.until(await listed(live, event_type))
            await live.book(event_type, o_clock(14))
            await again.until(await listed(live, event_type))
    assert set(again.kinds) == {"SlotDelta"}, again.kinds


@BOTH
async def test_an_unknown_cursor_gets_a_resync_and_a_snapshot(live: Client, transport: Transport) -> None:
    event_type = await live.event_type(await live.person())
    async with watching(live, transport, event_type, after="elsewhere.1") as stream:
        watcher = Watcher(stream)
        assert await watcher.hear() == {"__typename": "Resync", "reason": "CURSOR_UNKNOWN"}
        assert (await watcher.hear())["__typename"] == "SlotSnapshot"
        assert len(watcher.starts) == 16


@BOTH
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"eventType": {"databaseId": 999_999}}, "NOT_FOUND"),
        ({"eventType": {"id": global_id("User", 1)}}, "INVALID_ID"),
        ({"duration": 45}, "INVALID_INPUT"),
        ({"window": {"start": DAY["start"], "end": DAY["start"]}}, "INVALID_INPUT"),
    ],
    ids=["unknown", "id", "duration", "window"],
)
async def test_what_cannot_be_watched_ends_with_an_error_that_has_a_code(
    live: Client, transport: Transport, change: Json, code: str
) -> None:
    event_type = await live.event_type(await live.person())
    variables: Json = {"eventType": {"id": event_type}, "window": DAY, **change}
    async with live.follow(transport, "WatchSlots", None, **variables) as stream:
        body = await stream.next()
        (error,) = body["errors"]
        assert (error["extensions"]["code"], bool(error["extensions"]["requestId"])) == (code, True)
        with pytest.raises(StopAsyncIteration):
            await stream.next()


async def test_a_deleted_event_type_ends_its_streams(live: Client) -> None:
    host = await live.person()
    event_type = await live.event_type(host)
    async with watching(live, "ws", event_type) as stream:
        await Watcher(stream).hear()
        await live.do("DeleteEventType", host.key, id=event_type)
        body = await stream.next()
        assert body["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_seats_that_are_taken_are_told_as_changed(live: Client) -> None:
    host: Person = await live.person()
    event_type = await live.event_type(host, seats={"perSlot": 2})
    async with watching(live, "ws", event_type) as stream:
        watcher = Watcher(stream)
        await watcher.hear()
        await live.book(event_type, o_clock(9))
        event = await watcher.hear()
        while not event["changed"]:
            event = await watcher.hear()
        (slot,) = event["changed"]
        assert datetime.fromisoformat(slot["start"]) == MONDAY + timedelta(hours=9)
        assert cast(Json, slot["seats"]) == {"total": 2, "booked": 1, "remaining": 1}
