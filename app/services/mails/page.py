"""What stands in a mail, line by line, in the reader's words; the templates only lay it out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote

from app.domain.titles import Reader
from app.services.mails.content import BookingContent, MailContent, MailKind, Participant
from app.services.mails.language import Language, language
from app.services.mails.places import is_link, place_text

_OVER: Final = frozenset(
    {
        MailKind.CANCELLED,
        MailKind.DECLINED,
        MailKind.SEAT_CANCELLED,
        MailKind.REASSIGNED,
        MailKind.RESCHEDULE_REQUESTED,
    }
)
"""Mails after which the receiver is not expected: the time is struck out."""

_GOOD, _CALM, _BAD = "#1a9c5b", "#3b66e0", "#d13c3c"
_ACCENTS: Final = {MailKind.SCHEDULED: _GOOD, MailKind.UPDATED: _GOOD, MailKind.SEAT_ADDED: _GOOD}


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what belongs under it; `link` says that the values are web addresses."""

    label: str
    values: tuple[str, ...]
    struck: bool = False
    link: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """Something the reader can do."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything a template shows."""

    language: str
    subject: str
    heading: str
    intro: str
    lines: tuple[Line, ...]
    actions: tuple[Action, ...]
    footer: tuple[str, ...]
    accent: str


def page_of(content: MailContent, *, booking_pages: str | None, sender: str) -> Page:
    """Put a mail into words. `booking_pages` is where links lead (None: none), `sender` the name at the end."""
    words = language(content.recipient.language)
    zone = _zone_line(words, content)
    return Page(
        language=words.code,
        subject=subject_of(content),
        heading=_said(words, "heading", content),
        intro=_said(words, "intro", content),
        lines=tuple(_lines(words, content)),
        actions=tuple(_actions(words, content, booking_pages)),
        footer=(*zone, words.say("footer", "sent_by", sender=sender)),
        accent=_BAD if content.kind in _OVER else _ACCENTS.get(content.kind, _CALM),
    )


def subject_of(content: MailContent) -> str:
    """The subject line: one line, whatever titles hold."""
    words = language(content.recipient.language)
    text = _said(words, "subject", content)
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _values(words: Language, content: MailContent) -> dict[str, str]:
    """What sentences may mention."""
    to, booking, away = content.recipient, content.booking, content.away
    values = {"name": away.name if away else "", "slug": content.slug or ""}
    if away is not None:
        values |= {key: words.day(date.fromisoformat(getattr(away, key))) for key in ("start", "end")}
    if booking is not None:
        when = words.brief(booking.start_s, to.zone, to.time_format)
        values |= {"title": booking.title, "person": booking.person, "when": when}
    return values


def _said(words: Language, section: str, content: MailContent) -> str:
    """The sentence of this kind of mail, the one for this reader if there is one."""
    by_reader = f"{content.kind}_{content.recipient.reader.value.lower()}"
    key = by_reader if words.knows(section, by_reader) else content.kind
    return words.say(section, key, **_values(words, content))


def _lines(words: Language, content: MailContent) -> Iterator[Line]:
    if content.away is not None and content.away.notes:
        yield Line(words.say("label", "notes"), (content.away.notes,))
    booking = content.booking
    if booking is None:
        return
    if booking.reason:
        yield Line(words.say("label", "reason"), (booking.reason,))
    yield Line(words.say("label", "what"), (booking.title,))
    yield from _times(words, content, booking)
    yield from _place(words, booking)
    yield Line(words.say("label", "who"), tuple(_person(words, one, content) for one in booking.participants))
    if booking.notes:
        yield Line(words.say("label", "notes"), (booking.notes,))
    yield from (Line(label, (answer,)) for label, answer in booking.answers)


def _times(words: Language, content: MailContent, booking: BookingContent) -> Iterator[Line]:
    to = content.recipient
    now = words.span(booking.start_s, booking.end_s, to.zone, to.time_format)
    yield Line(words.say("label", "when"), (now,), struck=content.kind in _OVER)
    if booking.old_start_s is not None and booking.old_end_s is not None:
        before = words.span(booking.old_start_s, booking.old_end_s, to.zone, to.time_format)
        yield Line(words.say("label", "before"), (before,), struck=True)
    if booking.series is not None:
        yield Line(words.say("label", "repeats"), (words.repeats(booking.series),))


def _place(words: Language, booking: BookingContent) -> Iterator[Line]:
    place = place_text(booking.location, booking.meeting_url)
    if place:
        yield Line(words.say("label", "where"), (place,), link=is_link(place))


def _person(words: Language, person: Participant, content: MailContent) -> str:
    mine = person.email is not None and person.email.casefold() == content.recipient.email.casefold()
    role = words.say("label", "you" if mine else person.role)
    reached = [each for each in (person.email, person.phone) if each and each != person.name]
    return " · ".join([f"{person.name} ({role})", *reached])


def _actions(words: Language, content: MailContent, base: str | None) -> Iterator[Action]:
    """Links to the booking pages, as documented for Cal.com; a seat has its own."""
    booking = content.booking
    if booking is None or base is None:
        return
    to = content.recipient
    uid, mine = quote(booking.uid, safe=""), quote(to.seat_uid or booking.uid, safe="")
    seat = f"&seatReferenceUid={mine}" if to.seat_uid else ""
    page = f"{base}/booking/{uid}"
    if content.kind is MailKind.RESCHEDULE_REQUESTED and to.reader is Reader.ATTENDEE:
        yield Action(words.say("action", "book"), f"{base}/reschedule/{mine}")
    if content.kind in _OVER:
        return
    if content.kind in {MailKind.REQUEST, MailKind.REMINDER}:
        yield Action(words.say("action", "review"), page)
        return
    if booking.may_reschedule:
        by = quote(to.email, safe="@")
        yield Action(words.say("action", "reschedule"), f"{base}/reschedule/{mine}?rescheduledBy={by}")
    if booking.may_cancel:
        yield Action(words.say("action", "cancel"), f"{page}?cancel=true{seat}")


def _zone_line(words: Language, content: MailContent) -> tuple[str, ...]:
    if content.booking is None:
        return ()
    return (words.say("footer", "zone", zone=words.zone(content.recipient.zone, content.booking.start_s)),)
