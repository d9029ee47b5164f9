"""What is taken according to an iCalendar file: written by anybody, so everything is bounded before it is read.

Runs in a process of its own (`ics_worker`): icalendar keeps zones for the whole process, and a file may take seconds.
"""

import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.timezone import tzp

from app.integrations.calendars.ics_rules import Budget, SeriesError
from app.integrations.calendars.ics_series import Sight, Span, busy_spans
from app.integrations.calendars.ics_zones import Zones, found_zone

MAX_EVENTS: Final = 20_000
MAX_LINES: Final = 400_000
MAX_SPANS: Final = 20_000
MAX_PROBLEMS: Final = 20
MAX_ZONES_NAMED: Final = 5
_FOLD: Final = re.compile(rb"\r?\n[ \t]")
_TELLING: Final = re.compile(
    rb"^(?:BEGIN|END|UID|SUMMARY|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|EXRULE|RECURRENCE-ID|SEQUENCE|STATUS|TRANSP"
    rb"|X-MICROSOFT-CDO-BUSYSTATUS|X-WR-CALNAME|X-WR-TIMEZONE|TZID|TZOFFSETFROM|TZOFFSETTO)[ \t]*[;:][^\r\n]*",
    re.MULTILINE | re.IGNORECASE,
)
"""Lines that say when and what; the others are most of a file, and their mistakes are nobody's trouble."""

_PARTS: Final = frozenset({b"VCALENDAR", b"VEVENT", b"VTIMEZONE", b"STANDARD", b"DAYLIGHT"})
for _part in (Calendar, Timezone, TimezoneStandard, TimezoneDaylight):
    _part.ignore_exceptions = True  # as events do: what cannot be read is missed where it is needed


class FileError(Exception):
    """The file as a whole cannot be read; the message is for its owner."""


@dataclass
class FeedEvents:
    """Busy times in the window, ordered and merged; what was left out, and what was read in a way that may be wrong."""

    name: str | None = None
    spans: list[Span] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The time that matters, in epoch seconds, and the zone of times that say none."""

    start_s: int
    end_s: int
    zone: ZoneInfo


def read_events(body: bytes, window: Window, own: Collection[tuple[str, int]] = ()) -> FeedEvents:
    """Busy times of a file; `own` are occurrences (UID, first second) that do not count. Raises FileError."""
    found, spans, unknown = FeedEvents(), set[Span](), dict[str, str]()
    budget = Budget()
    for calendar in _calendars(body, window, budget):
        found.name = found.name or printable(calendar.get("X-WR-CALNAME", ""), 200) or None
        utc = found_zone(str(calendar.get("X-WR-TIMEZONE", "")).strip())
        zone = utc or _only_zone(calendar) or window.zone
        sight = Sight(window.start_s, window.end_s, zone, utc or UTC, unknown, budget)
        spans |= _spans(calendar, sight, set(own), found.problems)
    every = merged(spans)
    found.note = " ".join([*_cut(every, found.problems), *_unknown(unknown)]) or None
    found.spans, found.problems = every[:MAX_SPANS], found.problems[:MAX_PROBLEMS]
    return found


def merged(spans: Iterable[Span]) -> list[Span]:
    """Ordered spans that do not touch."""
    whole: list[Span] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def printable(value: object, most: int) -> str:
    """Text of a file for people and databases: without control characters and halves of characters."""
    return "".join(character for character in str(value)[:most] if character.isprintable()).strip()


def _calendars(body: bytes, window: Window, budget: Budget) -> list[Calendar]:
    lines = list(_telling(_TELLING.findall(_FOLD.sub(b"", body.removeprefix(b"\xef\xbb\xbf")))))
    if sum(line[:12].upper() == b"BEGIN:VEVENT" for line in lines) > MAX_EVENTS:
        raise FileError(f"The feed has more than {MAX_EVENTS} events.")
    if len(lines) > MAX_LINES:
        raise FileError(f"The feed has more than {MAX_LINES} lines that say when.")
    tzp.use(Zones(datetime.fromtimestamp(window.end_s, UTC).replace(tzinfo=None) + timedelta(days=366), budget))
    try:
        with warnings.catch_warnings(action="ignore"):  # about names of zones that it guesses well
            parts: Sequence[Component] = Calendar.from_ical(b"\r\n".join(lines), multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise FileError("The feed is not an iCalendar file.") from error
    calendars = [part for part in parts if isinstance(part, Calendar)]
    if not calendars:
        raise FileError("The feed is not an iCalendar file.")
    return calendars


def _telling(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Without alarms, tasks and whatever else has times of its own, and all that is in them."""
    other, depth = b"", 0
    for line in lines:
        kind, _, name = line.upper().partition(b":")
        if depth:
            depth += {b"BEGIN": 1, b"END": -1}.get(kind, 0) if name == other else 0
        elif kind == b"BEGIN" and name not in _PARTS:
            other, depth = name, 1
        else:
            yield line


def _spans(calendar: Calendar, sight: Sight, own: Collection[tuple[str, int]], problems: list[str]) -> set[Span]:
    found: set[Span] = set()
    for uid, events in _groups(calendar).items():
        try:
            found |= {
                (start, end)
                for start, end in busy_spans(events, sight)
                if start < end and start < sight.end_s and end > sight.start_s and (uid, start) not in own
            }
        except SeriesError as error:
            problems.append(f"{_name(events[0])}: {error}")
        except Exception:  # whatever a hostile file makes the libraries raise concerns this series alone
            problems.append(f"{_name(events[0])}: it cannot be read")
    return found


def _groups(calendar: Calendar) -> dict[object, list[Component]]:
    """Events by their UID; those without one stand alone."""
    groups: dict[object, list[Component]] = {}
    for event in _parts(calendar, "VEVENT"):
        groups.setdefault(str(event["UID"]) if event.get("UID") else (id(event),), []).append(event)
    return groups


def _parts(calendar: Calendar, name: str) -> list[Component]:
    """Parts of this name; those within others are none of the calendar's."""
    return [part for part in calendar.subcomponents if part.name == name]


def _name(event: Component) -> str:
    """What its owner knows an event by."""
    uid = printable(event.get("UID", ""), 100)
    if uid:
        return uid
    start = event.get("DTSTART")
    when = printable(start.to_ical().decode(), 40) if start is not None and not isinstance(start, list) else ""
    return f"{printable(event.get('SUMMARY', ''), 100) or 'an event'} ({when or 'no start'})"


def _only_zone(calendar: Calendar) -> ZoneInfo | None:
    """The zone of a file that describes one alone."""
    names = [str(zone.get("TZID", "")) for zone in _parts(calendar, "VTIMEZONE")]
    zone = found_zone(names[0]) if len(names) == 1 else None
    return zone if isinstance(zone, ZoneInfo) else None


def _cut(spans: Sequence[Span], problems: Sequence[str]) -> Iterator[str]:
    if len(spans) > MAX_SPANS:
        yield f"Only the first {MAX_SPANS} busy times count."
    if len(problems) > MAX_PROBLEMS:
        yield f"{len(problems)} series are left out."


def _unknown(names: dict[str, str]) -> Iterator[str]:
    """Told to the owner, who may know that these times are in another zone."""
    for name, zone in sorted(names.items())[:MAX_ZONES_NAMED]:
        yield f'The time zone "{printable(name, 60)}" is not known; its times are read as {printable(zone, 60)}.'
    if len(names) > MAX_ZONES_NAMED:
        yield f"{len(names) - MAX_ZONES_NAMED} more time zones are not known either."
