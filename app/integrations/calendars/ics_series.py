"""One event of a file with all its occurrences and exceptions, as stretches of time that are taken.

Occurrences are clock times in the zone of the start; they become seconds one by one, so that a series keeps its hour
over DST changes.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final, NamedTuple

from icalendar import Component

from app.integrations.calendars.ics_rules import Budget, Reach, SeriesError, expand, last
from app.integrations.calendars.ics_zones import listed, one

Span = tuple[int, int]
"""First and last second (half open, epoch)."""

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_NONE: Final = timedelta()
_FREE: Final = (("STATUS", "CANCELLED"), ("TRANSP", "TRANSPARENT"), ("X-MICROSOFT-CDO-BUSYSTATUS", "FREE"))


@dataclass(slots=True)
class Sight:
    """The time that matters in epoch seconds; `zone` is that of times without one, `utc` the one of series that say Z.

    `unknown` gathers names of zones that nobody knows, with what was taken for them.
    """

    start_s: int
    end_s: int
    zone: tzinfo
    utc: tzinfo
    unknown: dict[str, str]
    budget: Budget


class Event(NamedTuple):
    """A VEVENT; its length is `nominal` on the clock and `exact` after that (RFC 5545, 3.3.6)."""

    part: Component
    start: datetime
    zone: tzinfo
    whole_day: bool
    nominal: timedelta
    exact: timedelta
    takes_time: bool

    def local(self, value: date) -> datetime:
        """A date or time as a clock time of this event; where it takes whole days, the date counts as it is written."""
        if not isinstance(value, datetime):
            return datetime.combine(value, time())
        if self.whole_day:
            return datetime.combine(value.date(), time())
        if value.tzinfo is None or value.tzinfo is self.zone:
            return value.replace(tzinfo=None)
        return value.astimezone(self.zone).replace(tzinfo=None)

    def second(self, local: datetime) -> int:
        """The second of a clock time of this event."""
        return int(local.replace(tzinfo=self.zone).timestamp())

    def span(self, start: datetime, exact: timedelta | None = None) -> Span:
        """The occurrence that starts then, with a length of its own if it has one."""
        nominal, exact = (self.nominal, self.exact) if exact is None else (_NONE, exact)
        return self.second(start), self.second(start + nominal) + exact // _SECOND


class Change(NamedTuple):
    """An exception of a series: RECURRENCE-ID as a second, and how far it moves the occurrence."""

    of_s: int
    event: Event
    shift: timedelta
    and_later: bool


def busy_spans(parts: Sequence[Component], sight: Sight) -> Iterator[Span]:
    """When the events of one UID take time, in any order. Raises SeriesError, and anything for bad values."""
    series = [_event(part, sight) for part in parts if "RECURRENCE-ID" not in part]
    changes = _changes([part for part in parts if "RECURRENCE-ID" in part], series[0] if series else None, sight)
    gone: set[int] = set()
    for event in series:
        excluded = _Excluded(event)
        gone |= excluded.seconds
        yield from _unchanged(event, changes, excluded, sight)
    for of_s, change in changes.items():
        if of_s not in gone and change.event.takes_time:
            yield change.event.span(change.event.start)


def _event(part: Component, sight: Sight) -> Event:
    start = _moment(part, "DTSTART", sight)
    if start is None:
        raise SeriesError("it has no start")
    end = _moment(part, "DTEND", sight)
    zone = (start.tzinfo if isinstance(start, datetime) else None) or sight.zone
    if zone is UTC and "RRULE" in part:
        zone = sight.utc
    whole_day = not isinstance(start, datetime) and not isinstance(end, datetime)
    event = Event(part, datetime.min, zone, whole_day, _NONE, _NONE, True)  # noqa: DTZ901 replaced below
    event = event._replace(start=event.local(start))
    nominal, exact = _length(event, start, end)
    if min(nominal, exact) < _NONE:
        raise SeriesError("it ends before it starts")
    takes_time = not any(str(part.get(name, "")).strip().upper() == free for name, free in _FREE)
    return event._replace(nominal=nominal, exact=exact, takes_time=takes_time)


def _moment(part: Component, name: str, sight: Sight) -> date | None:
    """A date or time; the name of a zone that nobody knows is noted."""
    if name not in part:
        return None
    value: date = one(part, name).dt
    if not isinstance(value, date):
        raise SeriesError(f"{name} is no time")
    if isinstance(value, datetime) and value.tzinfo is None and "TZID" in one(part, name).params:
        sight.unknown[str(one(part, name).params["TZID"])] = str(sight.zone)
    return value


def _length(event: Event, start: date, end: date | None) -> tuple[timedelta, timedelta]:
    if end is not None:
        if isinstance(start, datetime) and isinstance(end, datetime) and _apart(start.tzinfo, end.tzinfo):
            return _NONE, end - start
        nominal = event.local(end) - event.start
        return (_DAY if event.whole_day and not nominal else nominal), _NONE
    for duration in listed(event.part, "DURATION")[:1]:
        length: timedelta = duration.td
        if length < _NONE:
            return length, _NONE
        return timedelta(days=length.days), timedelta(seconds=length.seconds)
    return (_DAY if event.whole_day else _NONE), _NONE


def _apart(start: tzinfo | None, end: tzinfo | None) -> bool:
    """Whether the length is what lies between two instants, not between two times of one clock."""
    return start is not None and end is not None and (start is not end or start is UTC)


class _Excluded:
    """The occurrences that EXDATE names, by second or by date."""

    def __init__(self, event: Event) -> None:
        values = [value.dt for given in listed(event.part, "EXDATE") for value in given.dts]
        self._dates = {value for value in values if not isinstance(value, datetime)}
        self.seconds = {event.second(event.local(value)) for value in values}

    def has(self, start: datetime, second: int) -> bool:
        """Whether this occurrence is left out."""
        return second in self.seconds or (bool(self._dates) and start.date() in self._dates)


def _unchanged(event: Event, changes: dict[int, Change], excluded: _Excluded, sight: Sight) -> Iterator[Span]:
    """The occurrences that no exception stands for, as they are or as an earlier exception left all later ones."""
    later = [change for _, change in sorted(changes.items()) if change.and_later]
    later_s = [change.of_s for change in later]
    for start, exact in _occurrences(event, later, sight).items():
        span = event.span(start, exact)
        if span[0] in changes or excluded.has(start, span[0]):
            continue
        before = bisect_left(later_s, span[0])
        shown, shift = (later[before - 1].event, later[before - 1].shift) if before else (event, _NONE)
        if shown.takes_time:
            yield span if shown is event else shown.span(start + shift, exact)


def _occurrences(event: Event, later: Iterable[Change], sight: Sight) -> dict[datetime, timedelta | None]:
    """Clock times in reach; the length where RDATE gives one (a period)."""
    reach = _reach(event, later, sight)
    found: dict[datetime, timedelta | None] = {}
    rules = listed(event.part, "RRULE")
    for rule in rules:
        found.update(dict.fromkeys(expand(rule, event.start, reach, event.local, sight.budget)))
    ends = [end for rule in rules if (end := last(rule, event.local)) is not None]
    if not ends or event.start <= max(ends):
        found[event.start] = None
    for value in (value.dt for given in listed(event.part, "RDATE") for value in given.dts):
        start, exact = _period(value)
        found[event.local(start)] = exact
    for rule in listed(event.part, "EXRULE"):
        for start in expand(rule, event.start, reach, event.local, sight.budget):
            found.pop(start, None)
    found = {start: exact for start, exact in found.items() if reach.begin <= start <= reach.end}
    sight.budget.take_occurrences(len(found))
    return found


def _period(value: Any) -> tuple[date, timedelta | None]:
    if not isinstance(value, tuple):
        return value, None
    start, end = value
    return start, end if isinstance(end, timedelta) else end - start


def _reach(event: Event, later: Iterable[Change], sight: Sight) -> Reach:
    """Clock times whose occurrences may touch the time that matters; the day is for offsets of any zone."""
    periods = (_period(value.dt)[1] for given in listed(event.part, "RDATE") for value in given.dts)
    lengths = [event.nominal + event.exact, *(each for each in periods if each is not None)]
    lengths += [change.event.nominal + change.event.exact for change in later]
    slack = max((abs(change.shift) for change in later), default=_NONE) + _DAY
    start, end = (datetime.fromtimestamp(second, UTC).replace(tzinfo=None) for second in (sight.start_s, sight.end_s))
    return Reach(start - min(slack + max(lengths), start - datetime.min), end + slack)  # noqa: DTZ901 clock times


def _sequence(part: Component) -> int:
    return int(one(part, "SEQUENCE")) if "SEQUENCE" in part else -1


def _changes(parts: Sequence[Component], series: Event | None, sight: Sight) -> dict[int, Change]:
    """Exceptions by what they stand for; of several for one occurrence the highest SEQUENCE counts."""
    found: dict[int, Change] = {}
    for part in sorted(parts, key=_sequence, reverse=True):
        event = _event(part, sight)
        of = (series or event).local(one(part, "RECURRENCE-ID").dt)
        of_s = (series or event).second(of)
        and_later = str(one(part, "RECURRENCE-ID").params.get("RANGE", "")).upper() == "THISANDFUTURE"
        found.setdefault(of_s, Change(of_s, event, event.start - of, and_later))
    return found
