"""EM-3 and EM-4: the calendar file, property by property."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from app.domain.titles import Reader
from app.services.mails.content import BookingContent, MailContent, MailKind, Participant, Recipient, Role
from app.services.mails.ics import calendar_file, method_of
from app.services.mails.places import place_text
from tests.services.mails.post import Post, calendar, message, people, rendered

NOW = datetime(2026, 5, 1, 12, 0, 0, 7, tzinfo=UTC)
ANN = "ann@example.com"
NONE = {
    MailKind.REQUEST, MailKind.REQUEST_RECEIVED, MailKind.REMINDER, MailKind.DECLINED, MailKind.SEAT_CANCELLED,
    MailKind.AWAY_CREATED, MailKind.AWAY_EDITED, MailKind.AWAY_REMOVED, MailKind.SLUG_REPLACED,
}  # fmt: skip
CANCEL = {MailKind.CANCELLED, MailKind.REASSIGNED, MailKind.RESCHEDULE_REQUESTED}


@pytest.mark.parametrize("kind", MailKind)
def test_which_mails_have_a_file(kind: MailKind) -> None:
    assert method_of(kind) == (None if kind in NONE else "CANCEL" if kind in CANCEL else "REQUEST")


def content(**fields: object) -> MailContent:
    values: dict[str, object] = {
        "uid": "u1",
        "ical_uid": "u1@Cal.com",
        "ical_sequence": 3,
        "title": "Talk; with, commas\\",
        "start_s": 1_777_885_245,  # 09:00:45Z
        "end_s": 1_777_887_045,
        "person": "Bo",
        "participants": (
            Participant(Role.ORGANIZER, 'Bo "the" Host', "bo@example.com"),
            Participant(Role.HOST, "Cy", "cy@example.com"),
            Participant(Role.ATTENDEE, "Ann; Äöü", ANN),
        ),
        "location": "integrations:zoom",
        "notes": "Line one\nLine two",
        **fields,
    }
    to = Recipient(email=ANN, name="Ann", zone="UTC", language="en", reader=Reader.ATTENDEE)
    return MailContent(kind=MailKind.SCHEDULED, recipient=to, booking=BookingContent(**values))  # type: ignore[arg-type]


def test_every_property() -> None:
    file = calendar_file(content(), NOW)
    assert file is not None
    whole = Calendar.from_ical(file)
    assert (whole["VERSION"], whole["PRODID"], whole["METHOD"]) == ("2.0", "calcom/ics", "REQUEST")
    (event,) = whole.events
    assert {name: event[name].to_ical() for name in event if name not in {"ATTENDEE", "ORGANIZER"}} == {
        "UID": b"u1@Cal.com",
        "SEQUENCE": b"3",
        "DTSTAMP": b"20260501T120000Z",
        "DTSTART": b"20260504T090000Z",
        "DTEND": b"20260504T093000Z",
        "SUMMARY": b"Talk\\; with\\, commas\\\\",
        "DESCRIPTION": b"Line one\\nLine two",
        "LOCATION": b"Zoom",
        "STATUS": b"CONFIRMED",
        "X-MICROSOFT-CDO-BUSYSTATUS": b"BUSY",
    }
    assert event["ORGANIZER"] == "mailto:bo@example.com"
    assert event["ORGANIZER"].params["CN"] == "Bo 'the' Host"
    invited = people(event)
    assert list(invited) == ["mailto:cy@example.com", f"mailto:{ANN}"]
    for params in invited.values():
        assert (params["ROLE"], params["PARTSTAT"], params["RSVP"]) == ("REQ-PARTICIPANT", "ACCEPTED", "TRUE")
    assert invited[f"mailto:{ANN}"]["CN"] == "Ann; Äöü"
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))


def test_hidden_details_stay_out() -> None:
    file = calendar_file(content(hide_details=True), NOW)
    assert file is not None
    assert b"CLASS:PRIVATE" in file
    assert b"DESCRIPTION" not in file


@pytest.mark.parametrize(
    ("location", "url", "text"),
    [
        (None, None, None),
        ("", None, None),
        ("1 High St", None, "1 High St"),
        ("integrations:daily", None, "Cal Video"),
        ("integrations:google:meet", "https://meet.example/x", "https://meet.example/x"),
        ("integrations:office365_video", None, "Microsoft Teams"),
        ("integrations:new_thing", None, "New Thing"),
    ],
)
def test_places(location: str | None, url: str | None, text: str | None) -> None:
    assert place_text(location, url) == text


async def test_the_file_is_attached_with_its_method(post: Post) -> None:
    host = await post.person()
    await post.book(await post.event_type(host), "2026-05-04T09:00")
    mail = await post.to(ANN)
    (attached,) = message(mail).iter_attachments()
    assert attached.get_filename() == "event.ics"
    assert attached.get_content_type() == "text/calendar"
    assert (attached.get_param("method"), attached.get_param("charset")) == ("REQUEST", "utf-8")
    assert attached.get_content().encode() == rendered(mail).calendar
    method, event = calendar(mail)
    assert (method, str(event["SUMMARY"])) == ("REQUEST", mail.booking.title if mail.booking else "")
