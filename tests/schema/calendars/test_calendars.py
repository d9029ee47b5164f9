"""Connected calendars over GraphQL: the same services as behind the REST rows."""

from datetime import UTC, datetime, timedelta

from app.models import CalendarBusy, CalendarFeed
from tests.parts.receiver import Receiver
from tests.schema.api import Api, nothing_written

KIND = "ics-feed_calendar"


def ics(start: str) -> str:
    """A file with one hour that is taken."""
    event = f"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:{start}\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Work\r\n{event}END:VCALENDAR\r\n"


async def test_a_feed_from_saving_to_unselecting(api: Api) -> None:
    ann, bob = await api.person(), await api.person()
    async with Receiver(lambda _: (200, ics("20260504T100000Z"))) as receiver:
        url = f"{receiver.url}/feed.ics"
        saved = (await api.write("SaveIcsFeeds", by=ann, urls=[url]))["connection"]
        assert (saved["type"], saved["invalid"], len(saved["calendars"])) == (KIND, False, 1)
        calendar = saved["calendars"][0]
        assert (calendar["name"], calendar["externalId"], calendar["isSelected"]) == ("Work", url, True)
        checked = (await api.write("CheckIcsFeeds", by=ann, url=url))["connection"]
        assert checked["calendars"][0]["error"] is None
    found = await api.read("Calendars", by=ann)
    assert (found["connected"][0]["credentialId"], found["destination"]) == (saved["credentialId"], None)
    assert await api.read("Calendars", by=bob) == {"connected": [], "destination": None}
    ref = {"credentialId": saved["credentialId"], "externalId": url}
    busy = await api.read(
        "CalendarBusyTimes", by=ann, calendars=[ref], timeZone="UTC", firstDate="2026-05-04", lastDate="2026-05-04"
    )
    assert busy == [{"start": "2026-05-04T10:00:00Z", "end": "2026-05-04T11:00:00Z", "source": "ics-feed"}]
    chosen = {**ref, "integration": KIND}
    async with nothing_written():
        for name in ("SelectCalendar", "UnselectCalendar"):
            assert (await api.write(name, by=bob, **chosen))["__typename"] == "NotFound"
    assert (await api.write("UnselectCalendar", by=ann, **chosen))["calendar"]["externalId"] == url
    assert (await api.write("SelectCalendar", by=ann, **chosen))["calendar"]["externalId"] == url


async def test_feeds_that_cannot_be_read(api: Api) -> None:
    """Each is named with its reason, and nothing is written."""
    ann = await api.person()
    async with Receiver(lambda got: (200, ics("20260504T100000Z")) if got.path == "/good" else 404) as receiver:
        urls = [f"{receiver.url}/good", f"{receiver.url}/bad"]
        async with nothing_written():
            refused = await api.write("SaveIcsFeeds", by=ann, urls=urls)
            none = await api.write("CheckIcsFeeds", by=ann)
    assert [(fault["path"], fault["message"]) for fault in refused["fields"]] == [
        (["urls", "1"], "The server answered 404.")
    ]
    assert none["message"] == "Credentials for Ics Feed not found."


async def test_a_feed_that_fails_keeps_what_it_said(api: Api) -> None:
    ann = await api.person()
    async with Receiver(lambda _: (200, ics("20260504T100000Z"))) as receiver:
        await api.write("SaveIcsFeeds", by=ann, urls=[receiver.url])
    refused = await api.write("CheckIcsFeeds", by=ann)
    assert refused["message"] == "The connection was refused."
    kept = await CalendarFeed.get()
    assert (kept.failures, kept.error, await CalendarBusy.all().count()) == (1, refused["message"], 1)
    assert kept.next_fetch_at - datetime(2026, 5, 1, tzinfo=UTC) == timedelta(minutes=10)
