"""Which events a calendar file holds, and when they are: one booking, a whole series, or occurrences of one.

EM-3 gives a series as start and RRULE in UTC. That is wrong where clocks change in between, and where a month lacks the
day; so a rule is only written where it yields the booked times: in UTC, else in the booker's zone with its VTIMEZONE,
else every start is listed (RDATE).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component, Event, Timezone, vRecur

from app.domain.recurrence import Recurrence, repeats_exactly, rrule
from app.services.mails.content import BookingContent, CalendarEntry, Occurrence

_UTC = ZoneInfo("UTC")


def when_of(booking: BookingContent) -> Iterator[Component]:
    """The events of a booking's file, with identity and times only, after the time zones that they need."""
    entry = booking.entry
    if entry is None:
        yield _event(booking.ical_uid, booking.ical_sequence, booking.start_s, booking.end_s)
    elif entry.whole:
        yield from _whole(entry)
    else:
        yield from (_one(entry, occurrence, occurrence.place_s) for occurrence in entry.occurrences)


def repetition(
    event: Event, starts: tuple[int, ...], length_s: int, recurrence: Recurrence | None, zone: ZoneInfo
) -> Timezone | None:
    """Write when an event begins, ends and repeats; the VTIMEZONE that this needs. Epoch seconds, seconds."""
    rule = recurrence if len(starts) > 1 else None
    fits = next((each for each in (_UTC, zone) if rule and repeats_exactly(rule, starts, each)), None)
    written = zone if fits is zone and fits is not _UTC else UTC
    event.add("dtstart", _minute(starts[0]).astimezone(written))
    event.add("dtend", _minute(starts[0] + length_s).astimezone(written))
    if rule is not None and fits is not None:
        event.add("rrule", vRecur.from_ical(rrule(rule, len(starts))))
    elif len(starts) > 1:
        event.add("rdate", [_minute(start) for start in starts[1:]])
    return _time_zone(zone, starts) if written is zone else None


def _whole(entry: CalendarEntry) -> Iterator[Component]:
    """The entry itself, then the occurrences that last longer or shorter than its first."""
    first = entry.occurrences[0]
    length = first.end_s - first.start_s
    event = _identity(entry.uid, entry.sequence)
    starts = tuple(each.start_s for each in entry.occurrences)
    zone = repetition(event, starts, length, entry.recurrence, ZoneInfo(entry.zone))
    if zone is not None:
        yield zone
    yield event
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


def _time_zone(zone: ZoneInfo, starts: tuple[int, ...]) -> Timezone:
    """The zone's rules from a year before the series to a year after."""
    around = timedelta(days=366)
    first, last = (datetime.fromtimestamp(each, zone).date() for each in (starts[0], starts[-1]))
    made = Timezone.from_tzid(zone.key, first_date=_bounded(first, -around), last_date=_bounded(last, around))
    for observance in made.subcomponents:
        _set_onset(observance)
    return made


def _set_onset(observance: Any) -> None:
    """RFC 5545, 3.6.5: an onset is told in the clock time before it; the library tells spring's in the time after."""
    gap = observance["TZOFFSETTO"].td - observance["TZOFFSETFROM"].td
    if gap <= timedelta():
        return
    onsets = [observance.pop("DTSTART").dt, *(each.dt for each in _listed(observance.pop("RDATE", [])))]
    first, *others = (onset - gap for onset in onsets)
    observance.add("dtstart", first)
    if others:
        observance.add("rdate", others)


def _listed(lists: Any) -> list[Any]:
    return [each for one in (lists if isinstance(lists, list) else [lists]) for each in one.dts]


def _bounded(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return day


def _minute(epoch_s: int) -> datetime:
    return datetime.fromtimestamp(epoch_s - epoch_s % 60, UTC)
