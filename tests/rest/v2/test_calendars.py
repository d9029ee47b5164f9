"""Feeds that block: saved, read again, chosen; slots go, bookings are refused, nobody else sees anything."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.applications import Starlette

from app.context import ANONYMOUS, Actor, RequestContext
from app.events.bus import Bus
from app.events.registry import WorkContext
from app.integrations.guard import Outbound
from app.models import CalendarBusy, CalendarFeed, Credential, SelectedCalendar, User
from app.services.calendars.feeds import Feed, refresh_feed
from app.services.calendars.register import refresh_due_feeds
from app.settings import Settings
from tests.contract.client import Caller, ContractClient
from tests.parts.caldav import calendar_server
from tests.parts.receiver import Received, Receiver
from tests.rest.v2.test_slots import event_type

SAVE, CHECK = "/v2/calendars/ics-feed/save", "/v2/calendars/ics-feed/check"
CALENDARS, BUSY = "/v2/calendars", "/v2/calendars/busy-times"
SELECTED, DESTINATION = "/v2/selected-calendars", "/v2/destination-calendars"
_TODAY = datetime.now(UTC).date()
DATE = _TODAY + timedelta(days=14 - _TODAY.weekday())
"""A Monday that is soon, and not before next week."""
NEXT = DATE + timedelta(days=1)
DAY = {"start": f"{DATE}", "end": f"{DATE}"}
NINE, NOON = f"{DATE:%Y%m%d}T090000Z", f"{DATE:%Y%m%d}T120000Z"
EVENT = "BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20260101T000000Z\nDTSTART:{start}\nDURATION:PT1H\n{more}END:VEVENT\n"


def ics(*events: tuple[str, str], name: str = "Work") -> bytes:
    """A file of hours that are taken, each by UID and start, e.g. `("a", NINE)`."""
    found = "".join(EVENT.format(uid=uid, start=start, more="") for uid, start in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nX-WR-CALNAME:{name}\n{found}END:VCALENDAR\n".encode()


class FeedServer:
    """Serves `body` under an ETag of its own and counts full answers."""

    def __init__(self) -> None:
        self.body = ics(("a", NINE))
        self.full = 0
        self.status = 200
        self.receiver = Receiver(self._answer)

    @property
    def url(self) -> str:
        return f"{self.receiver.url}/secret/feed.ics"

    def _answer(self, received: Received) -> Any:
        tag = f'"{hash(self.body)}"'
        if self.status != 200:
            return self.status
        if received.headers.get("if-none-match") == tag:
            return 304, ""
        self.full += 1
        head = f"HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Length: {len(self.body)}\r\nConnection: close\r\n\r\n"
        return head.encode() + self.body


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Feeds may be on this machine, and are asked again at once."""
    return settings.model_copy(update={"outbound_allow_private": True})


@pytest.fixture
async def feed() -> AsyncIterator[FeedServer]:
    """A feed."""
    server = FeedServer()
    async with server.receiver:
        yield server


async def saved(rest: ContractClient, caller: Caller, *urls: str) -> Any:
    return await rest.ok("POST", SAVE, caller, json={"urls": list(urls)})


async def starts(rest: ContractClient, number: int) -> list[str]:
    params = {**DAY, "eventTypeId": number}
    found = await rest.ok("GET", "/v2/slots", version="2024-09-04", params=params)
    return [slot["start"][11:16] for slots in found.values() for slot in slots]


async def again(app: Starlette) -> None:
    """Let all feeds be due, and do what the worker does."""
    ctx = RequestContext(ANONYMOUS, app.state.settings, app.state.bus)
    await CalendarFeed.all().update(next_fetch_at=ctx.now())
    await refresh_due_feeds(WorkContext(ctx.settings, ctx.bus, ctx.now, ctx.random))


async def test_saving_a_feed_blocks_at_once(rest: ContractClient, ann: Caller, bob: Caller, feed: FeedServer) -> None:
    """BT-7, BT-11: its busy times take slots and refuse bookings; another tenant keeps theirs."""
    made = await event_type(rest, ann, minimumBookingNotice=0, beforeEventBuffer=30)
    other = await event_type(rest, bob, minimumBookingNotice=0)
    before = await starts(rest, made["id"])
    credential = await saved(rest, ann, feed.url)
    assert credential == {
        "id": credential["id"],
        "type": "ics-feed_calendar",
        "userId": ann.id,
        "teamId": None,
        "appId": "ics-feed",
        "invalid": False,
    }
    # BT-7: the buffer before the event type's own slot begins when the external time ends.
    assert [start for start in before if start not in await starts(rest, made["id"])] == ["09:00", "09:30", "10:00"]
    assert len(await starts(rest, other["id"])) == 16
    body = {
        "eventTypeId": made["id"],
        "start": f"{DATE}T09:00:00Z",
        "attendee": {"name": "Eve", "email": "eve@example.com", "timeZone": "UTC"},
    }
    status, _ = await rest.refused("POST", "/v2/bookings", version="2024-08-13", json=body)
    assert status == 400
    held = {"eventTypeId": made["id"], "slotStart": f"{DATE}T09:30:00Z"}
    refused = await rest.refused("POST", "/v2/slots/reservations", version="2024-09-04", json=held)
    assert refused[0] == 422
    assert (
        await rest("POST", "/v2/bookings", version="2024-08-13", json={**body, "eventTypeId": other["id"]})
    ).status_code == 201
    stored = await Credential.get()
    assert "secret" not in stored.sealed_key
    assert "secret" not in str(await SelectedCalendar.all().values()) + str(await CalendarFeed.all().values())


async def test_what_is_connected(rest: ContractClient, ann: Caller, bob: Caller, feed: FeedServer) -> None:
    """An empty object where there is no destination calendar: null crashes a client."""
    assert await rest.ok("GET", CALENDARS, ann) == {"connectedCalendars": [], "destinationCalendar": {}}
    made = await saved(rest, ann, feed.url)
    connected = (await rest.ok("GET", CALENDARS, ann))["connectedCalendars"]
    assert [(each["credentialId"], each["integration"]["type"]) for each in connected] == [(made["id"], made["type"])]
    assert connected[0]["calendars"] == [
        {
            "externalId": feed.url,
            "integration": "ics-feed_calendar",
            "name": "Work",
            "primary": None,
            "readOnly": True,
            "isSelected": True,
            "credentialId": made["id"],
            "delegationCredentialId": None,
        }
    ]
    assert await rest.ok("GET", CALENDARS, bob) == {"connectedCalendars": [], "destinationCalendar": {}}
    for method, path in (("GET", CALENDARS), ("GET", CHECK), ("GET", BUSY), ("POST", SAVE), ("PUT", DESTINATION)):
        assert (await rest(method, path)).status_code == 401


async def test_saving_again_replaces(rest: ContractClient, ann: Caller, feed: FeedServer) -> None:
    """One credential; feeds that are not named any more block no more."""
    made = await event_type(rest, ann, minimumBookingNotice=0)
    first = await saved(rest, ann, feed.url, f"{feed.url}?two")
    assert await CalendarFeed.all().count() == 2
    assert (await saved(rest, ann, f"{feed.url}?two"))["id"] == first["id"]
    assert (await CalendarFeed.all().count(), await CalendarBusy.all().count()) == (1, 1)
    assert len(await starts(rest, made["id"])) == 14


async def test_feeds_that_cannot_be_had(rest: ContractClient, ann: Caller, feed: FeedServer) -> None:
    """Nothing is kept of a save of which one feed fails; the reason is told and names no address."""
    feed.status = 404
    answer = await rest("POST", SAVE, ann, json={"urls": [feed.url]})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Could not add ICS feeds")
    assert "The server answered 404." in answer.text
    assert "secret" not in answer.text
    feed.status, feed.body = 200, b"<html></html>"
    assert (await rest("POST", SAVE, ann, json={"urls": [feed.url]})).status_code == 400
    feed.body = b"x" * (5 * 1024 * 1024 + 1)
    assert "larger than 5 MiB" in (await rest("POST", SAVE, ann, json={"urls": [feed.url]})).text
    wrong = [[], ["file:///etc/passwd"], ["nowhere"], [1], ["https://x.example/"] * 21]
    for urls in wrong:
        assert (await rest("POST", SAVE, ann, json={"urls": urls})).status_code == 400
    assert await Credential.all().count() == 0
    assert (await rest.refused("GET", CHECK, ann))[1] == "Credentials for Ics Feed not found."


async def test_feeds_on_this_machine_are_refused(
    app: Starlette, rest: ContractClient, ann: Caller, feed: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard for addresses, also behind a redirect."""
    guarded = app.state.settings.model_copy(update={"outbound_allow_private": False})

    def context(actor: Actor, _: Settings, bus: Bus, **more: Any) -> RequestContext:
        return RequestContext(actor, guarded, bus, **more)

    monkeypatch.setattr("app.rest.v2.auth.RequestContext", context)
    answer = await rest("POST", SAVE, ann, json={"urls": [feed.url]})
    assert (answer.status_code, feed.full) == (400, 0)
    assert "not public" in answer.text


async def test_feeds_are_read_again(app: Starlette, rest: ContractClient, ann: Caller, feed: FeedServer) -> None:
    """By their ETag; a change moves slots and their version, no change moves nothing, a failure keeps what was."""
    made = await event_type(rest, ann, minimumBookingNotice=0)
    await saved(rest, ann, feed.url)
    version = (await User.get(id=ann.id)).slots_changed_at
    await again(app)
    assert (feed.full, (await User.get(id=ann.id)).slots_changed_at) == (1, version)
    feed.body = ics(("a", NOON))
    await again(app)
    assert feed.full == 2
    assert (await User.get(id=ann.id)).slots_changed_at > version
    assert [time for time in ("09:00", "12:00") if time in await starts(rest, made["id"])] == ["09:00"]
    feed.status = 500
    await again(app)
    kept = await CalendarFeed.get()
    assert (kept.failures, kept.error) == (1, "The server answered 500.")
    assert "12:00" not in await starts(rest, made["id"])
    assert await rest.refused("GET", CHECK, ann) == (400, "The server answered 500.")
    assert (await rest.ok("GET", CALENDARS, ann))["connectedCalendars"][0]["error"]["message"] == kept.error
    feed.status = 200
    assert (await rest("GET", CHECK, ann)).json() == {"status": "success"}
    assert (await CalendarFeed.get()).failures == 0


async def test_a_hostile_series_is_left_out_and_told(rest: ContractClient, ann: Caller, feed: FeedServer) -> None:
    """The rest of the feed counts."""
    made = await event_type(rest, ann, minimumBookingNotice=0)
    bad = EVENT.format(uid="bad", start="20200101T000000Z", more="RRULE:FREQ=SECONDLY\n").encode()
    feed.body = feed.body.replace(b"END:VCALENDAR", bad + b"END:VCALENDAR")
    await saved(rest, ann, feed.url)
    assert len(await starts(rest, made["id"])) == 14
    error = (await rest.ok("GET", CALENDARS, ann))["connectedCalendars"][0]["error"]["message"]
    assert error == "bad: FREQ=SECONDLY is not read"


async def test_an_unknown_zone_is_told_and_blocks(rest: ContractClient, ann: Caller, feed: FeedServer) -> None:
    """BT-11: its times are taken for those of the owner's zone; the feed is kept, and checking it is no error."""
    made = await event_type(rest, ann, minimumBookingNotice=0)
    zone = (await User.get(id=ann.id)).time_zone
    start = datetime.fromisoformat(f"{DATE}T09:00:00Z").astimezone(ZoneInfo(zone))
    local = f"DTSTART;TZID=Mars/Base:{start:%Y%m%dT%H%M%S}"
    feed.body = feed.body.replace(f"DTSTART:{NINE}".encode(), local.encode())
    await saved(rest, ann, feed.url)
    assert [time for time in ("09:00", "09:30", "10:00") if time in await starts(rest, made["id"])] == ["10:00"]
    told = f'The time zone "Mars/Base" is not known; its times are read as {zone}.'
    assert (await rest.ok("GET", CALENDARS, ann))["connectedCalendars"][0]["error"]["message"] == told
    assert (await rest("GET", CHECK, ann)).json() == {"status": "success"}


async def test_texts_of_a_feed_fit_any_database(rest: ContractClient, ann: Caller, feed: FeedServer) -> None:
    """Control characters and halves of characters in names and problems."""
    bad = EVENT.format(uid="b\x00\x1bad", start="never", more="").encode()
    feed.body = feed.body.replace(b":Work", b":W\x00o\xed\xa0\x80rk").replace(b"END:VCALENDAR", bad + b"END:VCALENDAR")
    await saved(rest, ann, feed.url)
    connected = (await rest.ok("GET", CALENDARS, ann))["connectedCalendars"][0]
    assert connected["error"]["message"] == "bad: it cannot be read"
    assert connected["calendars"][0]["name"].startswith("Wo")
    assert await CalendarBusy.all().count() == 1


async def test_feeds_are_read_side_by_side(rest: ContractClient, ann: Caller, feed: FeedServer) -> None:
    """One that takes its time does not keep the next one waiting."""
    await saved(rest, ann, feed.url, f"{feed.url}?two")
    feed.receiver.most_at_once, feed.receiver.delay = 0, 0.2
    assert (await rest("GET", CHECK, ann)).json() == {"status": "success"}
    assert feed.receiver.most_at_once == 2


async def test_a_feed_that_fails_oddly_stops_no_other(
    app: Starlette, rest: ContractClient, ann: Caller, feed: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker tells of it when all others have been read."""
    await saved(rest, ann, feed.url, f"{feed.url}?two")
    feed.body = ics(("a", NOON))
    first = await CalendarFeed.all().order_by("id").first()

    async def refresh(ctx: RequestContext, outbound: Outbound, each: Feed) -> str | None:
        if first is not None and each.id == first.id:
            raise RuntimeError("odd")
        await asyncio.sleep(0.05)
        return await refresh_feed(ctx, outbound, each)

    monkeypatch.setattr("app.services.calendars.register.refresh_feed", refresh)
    with pytest.raises(RuntimeError, match="odd"):
        await again(app)
    noon = int(datetime.fromisoformat(f"{DATE}T12:00:00Z").timestamp())
    assert [busy.start_s for busy in await CalendarBusy.all().order_by("-start_s")] == [noon, noon - 3 * 3600]


async def test_copies_of_own_bookings_do_not_block(rest: ContractClient, ann: Caller, feed: FeedServer) -> None:
    """BT-5, BT-11: a booking that is in the feed as well can still be moved into its own time."""
    made = await event_type(rest, ann, minimumBookingNotice=0)
    attendee = {"name": "Eve", "email": "eve@example.com", "timeZone": "UTC"}
    body = {"eventTypeId": made["id"], "start": f"{DATE}T09:00:00Z", "attendee": attendee}
    booking = await rest.ok("POST", "/v2/bookings", version="2024-08-13", json=body)
    feed.body = ics((booking["icsUid"], NINE))
    await saved(rest, ann, feed.url)
    assert await CalendarBusy.all().count() == 0


async def test_selecting(rest: ContractClient, ann: Caller, bob: Caller, feed: FeedServer) -> None:
    """Only selected calendars block; only one's own can be selected."""
    made = await event_type(rest, ann, minimumBookingNotice=0)
    credential = await saved(rest, ann, feed.url)
    chosen = {"credentialId": credential["id"], "integration": "ics-feed_calendar", "externalId": feed.url}
    assert await rest.ok("DELETE", SELECTED, ann, params=chosen) == {"userId": ann.id, **chosen}
    assert len(await starts(rest, made["id"])) == 16
    assert (await rest.refused("DELETE", SELECTED, ann, params=chosen))[0] == 404
    assert (await rest.refused("POST", SELECTED, bob, json=chosen))[0] == 404
    assert (await rest.refused("DELETE", SELECTED, bob, params=chosen))[0] == 404
    assert (await rest.refused("POST", SELECTED, ann, json={**chosen, "externalId": "https://x.example/"}))[0] == 404
    assert await rest.ok("POST", SELECTED, ann, json=chosen) == {"userId": ann.id, **chosen}
    assert await rest.ok("POST", SELECTED, ann, json=chosen) == {"userId": ann.id, **chosen}
    assert len(await starts(rest, made["id"])) == 14
    assert sorted(await rest.wrong("POST", SELECTED, ann, json={})) == ["credentialId", "externalId", "integration"]


async def test_busy_times(rest: ContractClient, ann: Caller, bob: Caller, feed: FeedServer) -> None:
    """In both spellings of clients; nobody reads another's."""
    credential = await saved(rest, ann, feed.url)
    dates = {"dateFrom": f"{DATE}", "dateTo": f"{DATE}", "loggedInUsersTz": "Europe/Berlin"}
    one = {**dates, "credentialId": credential["id"], "externalId": feed.url}
    listed = {
        **dates,
        "calendarsToLoad[0][credentialId]": credential["id"],
        "calendarsToLoad[0][externalId]": feed.url,
    }
    expected = [{"start": f"{DATE}T09:00:00.000Z", "end": f"{DATE}T10:00:00.000Z", "source": "ics-feed"}]
    assert await rest.ok("GET", BUSY, ann, params=one) == expected
    assert await rest.ok("GET", BUSY, ann, params=listed) == expected
    later = {**one, "dateFrom": f"{NEXT}", "dateTo": f"{NEXT}"}
    assert await rest.ok("GET", BUSY, ann, params=later) == []
    assert await rest.refused("GET", BUSY, bob, params=one) == (404, "Calendar credentials not found")
    assert (await rest.refused("GET", BUSY, ann, params={**one, "loggedInUsersTz": "Mars"}))[0] == 400
    assert (await rest.refused("GET", BUSY, ann, params={**one, "dateTo": f"{DATE + timedelta(days=400)}"}))[0] == 400


async def test_destination(rest: ContractClient, ann: Caller, feed: FeedServer) -> None:
    """Only calendars of a connection that can be written; feeds are none."""
    body = {"integration": "google_calendar", "externalId": "ann@example.com"}
    assert await rest.refused("PUT", DESTINATION, ann, json=body) == (404, "Could not find calendar ann@example.com")
    assert (await rest.refused("PUT", DESTINATION, ann, json={**body, "integration": "ics-feed_calendar"}))[0] == 400
    google = await Credential.create(
        type="google_calendar", app_slug="google-calendar", user_id=ann.id, key_id="x", sealed_key="x"
    )
    expected = {"userId": ann.id, **body, "credentialId": google.id}
    assert await rest.ok("PUT", DESTINATION, ann, json=body) == expected
    assert await rest.ok("PUT", DESTINATION, ann, json=body) == expected
    found = (await rest.ok("GET", CALENDARS, ann))["destinationCalendar"]
    assert (found["externalId"], found["credentialId"]) == ("ann@example.com", google.id)


async def test_a_collection_of_a_calendar_server(
    app: Starlette, rest: ContractClient, ann: Caller, tmp_path: Path
) -> None:
    """Radicale gives a whole calendar as a feed: a series takes its slots, and gives them back when it is moved."""
    made = await event_type(rest, ann, minimumBookingNotice=0)
    with calendar_server("radicale", tmp_path / "radicale") as server:
        await server.make()
        daily = EVENT.format(
            uid="daily", start=f"{DATE - timedelta(days=20):%Y%m%d}T090000Z", more="RRULE:FREQ=DAILY;COUNT=60\n"
        )
        body = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{daily}END:VCALENDAR\n"
        assert await server.put("daily", body.encode()) == 201
        await saved(rest, ann, server.url)
        assert [time for time in ("09:00", "09:30", "12:00") if time in await starts(rest, made["id"])] == ["12:00"]
        await server.put("daily", body.replace("T090000Z", "T120000Z").encode())
        await again(app)
        assert [time for time in ("09:00", "09:30", "12:00") if time in await starts(rest, made["id"])] == [
            "09:00",
            "09:30",
        ]
