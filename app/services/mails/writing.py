"""From a letter to the facts that its mail keeps: title, answers and people as this recipient may see them."""

from collections.abc import Mapping
from typing import Any, Final

from app.domain.attendees import gets_mail
from app.domain.default_fields import DEFAULT_SLUGS
from app.domain.enums import BookingStatus, SchedulingType
from app.domain.titles import Reader, TitleFacts, booking_title
from app.services.bookings.views import AttendeeView, BookingView
from app.services.mails.content import BookingContent, CalendarEntry, MailContent, Recipient, Series
from app.services.mails.entries import entry_of
from app.services.mails.facts import EventTypeFacts, Facts
from app.services.mails.letters import Letter
from app.services.mails.people import invited, organizer_name, participants

_OTHER_SIDE: Final = "{HOST/ATTENDEE}"
_LONGEST_ANSWER: Final = 2_000
_ANYBODY: Final = "\N{WORD JOINER}"
"""Stands for a name in a title."""


def content_of(letter: Letter, facts: Facts) -> MailContent:
    """Everything the mail will need when it is written."""
    event_type = facts.event_type(letter.booking)
    booking = _booking(letter, event_type, entry_of(letter, facts))
    return MailContent(kind=letter.kind, recipient=letter.to, booking=booking)


def _booking(letter: Letter, event_type: EventTypeFacts, entry: CalendarEntry | None) -> BookingContent:
    booking, to = letter.booking, letter.to
    own = letter.only or _own_seat(booking, to.seat_uid)
    return BookingContent(
        uid=booking.uid,
        ical_uid=booking.ical_uid or booking.uid,
        ical_sequence=booking.ical_sequence,
        title=_title(booking, event_type, to),
        start_s=booking.start_s,
        end_s=booking.end_s,
        person=letter.person,
        participants=tuple(participants(booking, to, letter.only)),
        location=booking.location,
        meeting_url=booking.meeting_url,
        notes=(own.seat_description if own else None) or booking.description,
        answers=_answers(own.seat_responses if own else booking.responses, event_type),
        reason=letter.reason,
        old_start_s=letter.old_start_s,
        old_end_s=letter.old_end_s,
        series=_series(letter.occurrences, event_type),
        entry=entry,
        hide_details=event_type.hide_details,
        reply_to=_reply_to(letter, event_type),
        may_reschedule=event_type.may_reschedule,
        may_cancel=event_type.may_cancel,
        waits=booking.status == BookingStatus.PENDING,
    )


def _title(booking: BookingView, event_type: EventTypeFacts, to: Recipient) -> str:
    """BK-21: the stored title is the host's; the template is asked again only if it still gives that one."""
    template = event_type.custom_name or ""
    if to.reader is Reader.HOST:
        return booking.title
    if booking.is_seated and not booking.seats_show_attendees:
        return _title_of_seat(booking, event_type, to)
    people = invited(booking)
    said = _title_facts(booking, event_type, people[0].name if people else "")
    if _OTHER_SIDE not in template or booking_title(template, said)[:1000] != booking.title:
        return booking.title
    return booking_title(template, said, Reader.ATTENDEE)


def _title_of_seat(booking: BookingView, event_type: EventTypeFacts, to: Recipient) -> str:
    """BK-38: the stored title names whoever came first; the others read their own names there."""
    template = event_type.custom_name
    parts = booking_title(template, _title_facts(booking, event_type, _ANYBODY)).split(_ANYBODY)
    if not (booking.title.startswith(parts[0]) and booking.title.endswith(parts[-1])):
        return booking.title  # somebody has edited it
    return booking_title(template, _title_facts(booking, event_type, to.name or to.email), Reader.ATTENDEE)


def _title_facts(booking: BookingView, event_type: EventTypeFacts, attendee_name: str) -> TitleFacts:
    many = booking.scheduling_type == SchedulingType.COLLECTIVE or len(booking.hosts) > 1
    return TitleFacts(
        event_type_title=event_type.title,
        organizer_name=organizer_name(booking),
        attendee_name=attendee_name,
        length=booking.duration_minutes,
        team_name=event_type.team_name if many else None,
        location=booking.location or "",
        answers=booking.responses,
    )


def _own_seat(booking: BookingView, seat_uid: str | None) -> AttendeeView | None:
    return next((person for person in booking.attendees if seat_uid and person.seat_uid == seat_uid), None)


def _answers(responses: Mapping[str, Any], event_type: EventTypeFacts) -> tuple[tuple[str, str], ...]:
    """Answers to the organizer's own questions; the others have lines of their own."""
    labels = event_type.labels or {}
    found = ((labels.get(slug, slug), _text(value)) for slug, value in responses.items() if slug not in DEFAULT_SLUGS)
    return tuple((label, text[:_LONGEST_ANSWER]) for label, text in found if text)


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("optionValue") or value.get("value") or "")
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return "" if value is None else str(value)


def _series(occurrences: int, event_type: EventTypeFacts) -> Series | None:
    if occurrences < 2 or event_type.recurrence is None:
        return None
    return Series(event_type.recurrence, occurrences)


def _reply_to(letter: Letter, event_type: EventTypeFacts) -> str | None:
    """Answers go to the other side, unless its address is hidden (BK-26) or none (BK-25).

    Those to the organizer go to the event type's own address for them, if it has one.
    """
    booking = letter.booking
    if letter.to.reader is Reader.ATTENDEE:
        return event_type.reply_to or (None if booking.hide_organizer_email else booking.organizer_email)
    people = [letter.only] if letter.only is not None else invited(booking)
    return people[0].email if people and gets_mail(people[0].email) else None
