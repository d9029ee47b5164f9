"""The attached files go into real calendars (EM-3): stored, found again, changed, cancelled."""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
import recurring_ical_events
from icalendar import Calendar

from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from app.services.mails.content import MailContent
from tests.parts.caldav import SERVERS, CalendarServer, calendar_server
from tests.services.mails.post import Post, rendered
from tests.services.slots.world import EVERY_DAY, at

ANN = "ann@example.com"


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalendarServer]:
    """Each calendar server."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    with calendar_server(request.param, folder) as running:
        yield running


def importable(mail: MailContent) -> bytes:
    """The file as calendar programs store it: METHOD belongs to the mail (RFC 4791, 4.1)."""
    file = rendered(mail).calendar
    assert file is not None
    calendar = Calendar.from_ical(file)
    del calendar["METHOD"]
    return bytes(calendar.to_ical())


async def test_a_booking_through_its_life(post: Post, server: CalendarServer) -> None:
    await server.make()
    host = await post.person(name="Hedda; Äöü, Host")
    meeting = await post.event_type(host, title="Talk; with, commas")
    booking = await post.booked(meeting, "2026-05-04T09:00", guests=("ben@example.com",))
    assert await server.put("life", importable(await post.to(ANN))) in {201, 204}
    (stored,) = (await server.get("life")).events
    assert str(stored["UID"]) == booking.ical_uid
    assert str(stored["SUMMARY"]) == booking.title
    assert stored["ORGANIZER"].params["CN"] == "Hedda; Äöü, Host"
    assert len(await server.between("20260504T085500Z", "20260504T091000Z")) == 1
    assert await server.between("20260504T093000Z", "20260504T100000Z") == []

    moved = await reschedule_booking(post.ctx, RescheduleBooking(uid=booking.uid, start=at("2026-05-04T11:00")))
    assert await server.put("life", importable(await post.to(ANN))) in {201, 204}
    (found,) = await server.between("20260504T110000Z", "20260504T113000Z")
    assert (str(found.events[0]["UID"]), found.events[0]["SEQUENCE"]) == (booking.ical_uid, 1)
    assert await server.between("20260504T085500Z", "20260504T091000Z") == []

    await cancel_booking(post.ctx, CancelBooking(uid=moved.booking.uid))
    assert await server.put("life", importable(await post.to(ANN))) in {201, 204}
    (gone,) = (await server.get("life")).events
    assert (gone["STATUS"], gone["SEQUENCE"]) == ("CANCELLED", 2)


async def test_a_series_is_found_in_each_of_its_weeks(post: Post, server: CalendarServer) -> None:
    """RRULE with a count: the server expands it by itself."""
    await server.make()
    host = await post.person()
    weekly = {"interval": 1, "occurrences": 3, "frequency": "weekly"}
    await post.book(await post.event_type(host, recurrence=weekly), "2026-06-01T09:00")
    assert await server.put("series", importable(await post.to(ANN))) in {201, 204}
    found = [
        len(await server.between(f"2026{day}T080000Z", f"2026{day}T100000Z"))
        for day in ("0601", "0608", "0615", "0622")
    ]
    assert found == [1, 1, 1, 0]


def shown(stored: Calendar) -> list[str]:
    """When a calendar program shows meetings that are not cancelled, such as `1026T10`, in UTC."""
    found = recurring_ical_events.of(stored).between((2026, 1, 1), (2028, 1, 1))
    kept = [event["DTSTART"].dt for event in found if event["STATUS"] != "CANCELLED"]
    return [f"{start.astimezone(UTC):%m%dT%H}" for start in sorted(kept)]


@pytest.mark.parametrize(
    ("first", "frequency", "booked"),
    [
        pytest.param("2026-10-12T09:00", "weekly", ["1012T09", "1019T09", "1026T10"], id="over the end of summer time"),
        pytest.param("2026-07-31T09:00", "monthly", ["0731T09", "0831T09", "0930T09"], id="the 31st"),
    ],
)
async def test_a_series_that_no_rule_in_utc_gives(
    post: Post, server: CalendarServer, first: str, frequency: str, booked: list[str]
) -> None:
    """EM-3: what the server gives back are the times that were booked."""
    await server.make()
    host = await post.person(hours=((EVERY_DAY, 0, 1440),))
    rule = {"interval": 1, "occurrences": 3, "frequency": frequency}
    await post.book(await post.event_type(host, recurrence=rule), first)
    assert await server.put(frequency, importable(await post.to(ANN))) in {201, 204}
    assert shown(await server.get(frequency)) == booked
    if frequency == "weekly":  # Xandikos looks at rules only when it searches, not at lists
        spans = [(f"2026{day}0000Z", f"2026{day}3000Z") for day in (*booked, "1026T09")]
        assert [len(await server.between(*span)) for span in spans] == [1, 1, 1, 0]


async def test_one_occurrence_moved_and_one_cancelled(post: Post, server: CalendarServer) -> None:
    """Their files are part of the series' entry: stored with it, they move and remove just themselves."""
    await server.make()
    host = await post.person()
    weekly = {"interval": 1, "occurrences": 3, "frequency": "weekly"}
    made = await post.book(await post.event_type(host, recurrence=weekly), "2026-06-01T09:00")
    files = [await post.to(ANN)]
    await reschedule_booking(post.ctx, RescheduleBooking(uid=made.bookings[1].uid, start=at("2026-06-09T11:00")))
    files.append(await post.to(ANN))
    await cancel_booking(post.ctx, CancelBooking(uid=made.bookings[2].uid))
    files.append(await post.to(ANN))
    assert await server.put("parts", together(files)) in {201, 204}
    stored = await server.get("parts")
    assert {str(event["UID"]) for event in stored.events} == {made.booking.ical_uid}
    assert shown(stored) == ["0601T09", "0609T11"]


def together(mails: list[MailContent]) -> bytes:
    """One entry with all its occurrences, as calendar programs store it (RFC 4791, 4.1)."""
    whole = Calendar.from_ical(importable(mails[0]))
    for mail in mails[1:]:
        for event in Calendar.from_ical(importable(mail)).events:
            whole.add_component(event)
    return bytes(whole.to_ical())


async def test_a_hidden_organizer_is_no_obstacle(post: Post, server: CalendarServer) -> None:
    """BK-26: `invalid:nomail` stands for the address."""
    await server.make()
    host = await post.person()
    await post.book(await post.event_type(host, hide_organizer_email=True), "2026-05-05T09:00")
    assert await server.put("hidden", importable(await post.to(ANN))) in {201, 204}
    assert str((await server.get("hidden")).events[0]["ORGANIZER"]) == "invalid:nomail"
