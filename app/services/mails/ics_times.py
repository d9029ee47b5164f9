"""Which events a calendar file holds, and when they are: one booking, a whole series, or occurrences of one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Component, Event

from app.services.bookings.repetition import repetition
from app.services.mails.content import BookingContent, CalendarEntry, Occurrence


def when_of(booking: BookingContent) -> Iterator[Component]:
    """The events of a booking's file, with identity and times only, after the time zone that they need."""
    entry = booking.entry
    if entry is None:
        yield _event(booking.ical_uid, booking.ical_sequence, booking.start_s, booking.end_s)
    elif entry.whole:
        yield from _whole(entry)
    else:
        yield from (_one(entry, occurrence, occurrence.place_s) for occurrence in entry.occurrences)


def _whole(entry: CalendarEntry) -> Iterator[Component]:
    """The entry itself, then the occurrences that last longer or shorter than its first."""
    first = entry.occurrences[0]
    event = _identity(entry.uid, entry.sequence)
    series = repetition(tuple(each.start_s for each in entry.occurrences), entry.recurrence, ZoneInfo(entry.zone))
    zone = series.write(event)
    event.add("dtend", series.local(first.end_s))
    if zone is not None:
        yield zone
    yield event
    length = first.end_s - first.start_s
    others = (each for each in entry.occurrences if each.end_s - each.start_s != length)
    yield from (_one(entry, each, each.start_s) for each in others)


def _one(entry: CalendarEntry, occurrence: Occurrence, place_s: int) -> Event:
    event = _event(entry.uid, entry.sequence, occurrence.start_s, occurrence.end_s)
    event.add("recurrence-id", _minute(place_s))
    return event


def _event(uid: str, sequence: int, start_s: int, end_s: int) -> Event:
    event = _identity(uid, sequence)
    event.add("dtstart", _minute(start_s))
    event.add("dtend", _minute(end_s))
    return event


def _identity(uid: str, sequence: int) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    return event


def _minute(epoch_s: int) -> datetime:
    return datetime.fromtimestamp(epoch_s - epoch_s % 60, UTC)
