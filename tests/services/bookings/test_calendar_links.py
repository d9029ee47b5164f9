"""EM-5: links that add a booking to a calendar."""

from datetime import UTC
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import recurring_ical_events
from icalendar import Calendar

from app.db import raw
from app.errors import InvalidStateError, NotFoundError, UnauthenticatedError
from app.services.bookings.calendar_links import CalendarLinksOf, calendar_links
from app.services.bookings.cancel import CancelBooking, cancel_booking
from tests.services.bookings.desk import Desk


async def test_four_links_in_order(desk: Desk) -> None:
    host = await desk.person(name="Hedda & Co")
    location = [{"type": "inPerson", "address": "1 High St, Room #2", "displayLocationPublicly": True}]
    meeting = await desk.event_type(host, locations=location)
    booking = await desk.booked(meeting, "2026-05-04T09:00", responses={"notes": "Bring: a+b & c"})
    links = await calendar_links(desk.as_user(await desk.person()), CalendarLinksOf(booking.uid))
    assert [(link.id.value, link.label) for link in links] == [
        ("googleCalendar", "Google Calendar"),
        ("microsoftOffice", "Microsoft Office"),
        ("microsoftOutlook", "Microsoft Outlook"),
        ("ics", "ICS"),
    ]
    google, office, outlook, ics = (link.link for link in links)
    assert google.startswith(
        "https://calendar.google.com/calendar/r/eventedit?dates=20260504T090000Z%2F20260504T093000Z&"
    )
    assert values(google) == {
        "dates": "20260504T090000Z/20260504T093000Z",
        "text": booking.title,
        "details": "Bring: a+b & c",
        "location": "1 High St, Room #2",
    }
    assert office.startswith("https://outlook.office.com/calendar/0/deeplink/compose?body=Bring%3A%20a%2Bb%20%26%20c&")
    assert values(office) == {
        "body": "Bring: a+b & c",
        "enddt": "2026-05-04T09:30:00Z",
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "startdt": "2026-05-04T09:00:00Z",
        "subject": booking.title,
        "location": "1 High St, Room #2",
    }
    assert outlook == office.replace("outlook.office.com", "outlook.live.com")
    file = calendar(ics)
    assert (file["METHOD"], file["PRODID"], file["VERSION"]) == ("PUBLISH", "calcom/ics", "2.0")
    (event,) = file.events
    assert {name: event[name].to_ical() for name in event if name not in {"UID", "DTSTAMP"}} == {
        "SUMMARY": booking.title.encode(),
        "DTSTART": b"20260504T090000Z",
        "DURATION": b"PT30M",
        "DESCRIPTION": b"Bring: a+b & c",
        "LOCATION": b"1 High St\\, Room #2",
    }
    assert str(event["UID"]) != booking.ical_uid


def values(link: str) -> dict[str, str]:
    return {name: found[0] for name, found in parse_qs(urlsplit(link).query, keep_blank_values=True).items()}


def calendar(link: str) -> Calendar:
    head, _, data = link.partition(",")
    assert head == "data:text/calendar"
    return Calendar.from_ical(unquote(data))


async def test_a_series_goes_on_from_this_occurrence(desk: Desk) -> None:
    """What is over or cancelled is not added."""
    host = await desk.person()
    weekly = {"interval": 2, "occurrences": 4, "frequency": "weekly"}
    made = await desk.book(await desk.event_type(host, recurrence=weekly), "2026-05-04T09:00")
    ctx = desk.as_user(host)
    await cancel_booking(desk.ctx, CancelBooking(uid=made.bookings[3].uid))
    google, *_, ics = await calendar_links(ctx, CalendarLinksOf(made.bookings[1].uid))
    assert values(google.link)["recur"] == "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2"
    assert calendar(ics.link).events[0]["RRULE"].to_ical() == b"FREQ=WEEKLY;COUNT=2;INTERVAL=2"
    google, *_ = await calendar_links(ctx, CalendarLinksOf(made.bookings[2].uid))
    assert "recur" not in values(google.link)


async def test_a_series_over_a_change_of_clocks(desk: Desk) -> None:
    """It keeps its clock time in the booker's zone."""
    host = await desk.person()
    weekly = {"interval": 1, "occurrences": 3, "frequency": "weekly"}
    booking = await desk.booked(await desk.event_type(host, recurrence=weekly), "2026-10-19T09:00")
    google, *_, ics = await calendar_links(desk.as_user(host), CalendarLinksOf(booking.uid))
    found = values(google.link)
    assert (found["dates"], found["ctz"]) == ("20261019T110000/20261019T113000", "Europe/Rome")
    assert found["recur"] == "RRULE:FREQ=WEEKLY;INTERVAL=1;COUNT=3"
    assert shown(ics.link) == ["19T09", "26T10", "02T10"]


async def test_a_series_with_a_gap(desk: Desk) -> None:
    """No rule gives what is left, so the file lists it; Google's link is for this occurrence alone."""
    host = await desk.person()
    weekly = {"interval": 1, "occurrences": 4, "frequency": "weekly"}
    made = await desk.book(await desk.event_type(host, recurrence=weekly), "2026-05-04T09:00")
    await cancel_booking(desk.ctx, CancelBooking(uid=made.bookings[1].uid))
    google, *_, ics = await calendar_links(desk.as_user(host), CalendarLinksOf(made.booking.uid))
    assert "recur" not in values(google.link)
    assert shown(ics.link) == ["04T09", "18T09", "25T09"]


def shown(link: str) -> list[str]:
    """When a calendar shows the meetings of a file, such as `19T09`, in UTC."""
    found = recurring_ical_events.of(calendar(link)).between((2026, 1, 1), (2027, 1, 1))
    return [f"{start.astimezone(UTC):%dT%H}" for start in sorted(event["DTSTART"].dt for event in found)]


async def test_an_app_without_a_link_is_no_place(desk: Desk) -> None:
    host = await desk.person()
    booking = await desk.booked(await desk.event_type(host), "2026-05-04T09:00")
    assert booking.location == "integrations:daily"
    google, *_ = await calendar_links(desk.as_user(host), CalendarLinksOf(booking.uid))
    assert "location" not in values(google.link)


async def test_refusals(desk: Desk) -> None:
    """Documented texts; a caller who is not signed in hears nothing of the booking."""
    host = await desk.person()
    booking = await desk.booked(await desk.event_type(host), "2026-05-04T09:00")
    with pytest.raises(UnauthenticatedError):
        await calendar_links(desk.ctx, CalendarLinksOf(booking.uid))
    with pytest.raises(NotFoundError, match="Booking with uid nothing not found"):
        await calendar_links(desk.as_user(host), CalendarLinksOf("nothing"))
    await raw.execute("UPDATE bookings SET event_type_id = NULL")
    with pytest.raises(InvalidStateError, match=f"Booking with uid {booking.uid} has no event type") as caught:
        await calendar_links(desk.as_user(host), CalendarLinksOf(booking.uid))
    assert caught.value.status == 400
