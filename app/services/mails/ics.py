"""The calendar file of a mail: `event.ics` (EM-3, EM-4)."""

from datetime import UTC, datetime
from typing import Final

from icalendar import Calendar, Event, vCalAddress, vText

from app.services.mails.content import BookingContent, MailContent, MailKind, Participant, Role
from app.services.mails.ics_times import when_of
from app.services.mails.places import place_text

PRODUCT: Final = "calcom/ics"
NO_ADDRESS: Final = "invalid:nomail"
"""What stands for the organizer's address where it is hidden (BK-26): the property needs one."""

CONFIRMED: Final = frozenset(
    {
        MailKind.SCHEDULED,
        MailKind.RESCHEDULED,
        MailKind.SEAT_ADDED,
        MailKind.SEAT_MOVED,
        MailKind.UPDATED,
        MailKind.LOCATION_CHANGED,
        MailKind.GUESTS_ADDED,
    }
)
CANCELLED: Final = frozenset({MailKind.CANCELLED, MailKind.REASSIGNED, MailKind.RESCHEDULE_REQUESTED})


def method_of(kind: MailKind) -> str | None:
    """REQUEST, or CANCEL so that strict clients remove the event (EM-4); None for mails without a calendar file."""
    if kind in CONFIRMED:
        return "REQUEST"
    return "CANCEL" if kind in CANCELLED else None


def calendar_file(content: MailContent, now: datetime) -> bytes | None:
    """The file in the receiver's view, stamped with `now`; None where EM-3 has none, or nothing is settled yet."""
    method = method_of(content.kind)
    if method is None or content.booking is None or content.booking.waits:
        return None
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    for component in when_of(content.booking):
        calendar.add_component(component)
    for event in calendar.events:
        _describe(event, content.booking, confirmed=method == "REQUEST", now=now)
    return bytes(calendar.to_ical())


def _describe(event: Event, booking: BookingContent, *, confirmed: bool, now: datetime) -> None:
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("summary", booking.title)
    if booking.notes and not booking.hide_details:
        event.add("description", booking.notes)
    if place := place_text(booking.location, booking.meeting_url):
        event.add("location", place)
    event.add("status", "CONFIRMED" if confirmed else "CANCELLED")
    event.add("x-microsoft-cdo-busystatus", "BUSY")
    if booking.hide_details:
        event.add("class", "PRIVATE")
    _add_people(event, booking.participants)


def _add_people(event: Event, people: tuple[Participant, ...]) -> None:
    for person in people:
        if person.role is Role.ORGANIZER:
            event.add("organizer", _address(person), encode=False)
        elif person.email is not None:
            attendee = _address(person)
            attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
            attendee.params["PARTSTAT"] = vText("ACCEPTED")
            attendee.params["RSVP"] = vText("TRUE")
            event.add("attendee", attendee, encode=False)


def _address(person: Participant) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}" if person.email else NO_ADDRESS)
    address.params["CN"] = vText(_printable(person.name))
    return address


def _printable(name: str) -> str:
    """A parameter value cannot hold double quotes or control characters (RFC 5545, 3.2)."""
    return "".join(" " if ord(letter) < 32 or ord(letter) == 127 else letter for letter in name).replace('"', "'")
