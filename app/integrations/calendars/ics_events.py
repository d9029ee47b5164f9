"""What is taken according to an iCalendar file: written by anybody, so every series is bounded before it is expanded.

Runs in a process of its own (`ics_worker`), where a series that takes too long can be left out.
"""

import signal
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import FrameType
from typing import Any, Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component
from recurring_ical_events import of as recurring

MAX_EVENTS: Final = 20_000
MAX_STEPS: Final = 50_000
"""How often a rule may repeat between its start and the end of the window."""

MAX_OCCURRENCES: Final = 5_000
MAX_PROBLEMS: Final = 20
SERIES_SECONDS: Final = 2.0
_SECONDS_OF: Final = {
    "YEARLY": 365 * 86_400, "MONTHLY": 28 * 86_400, "WEEKLY": 7 * 86_400, "DAILY": 86_400, "HOURLY": 3_600,
}  # fmt: skip
_MULTIPLYING: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")
_RECURRING: Final = ("RRULE", "RDATE", "EXRULE", "RECURRENCE-ID")

Busy = tuple[int, int, str]
"""First and last second (half open, epoch) and the UID of the event."""


class FileError(Exception):
    """The file as a whole cannot be read; the message is for its owner."""


class SeriesError(Exception):
    """A series is left out; the message says why."""


@dataclass
class FeedEvents:
    """Busy times in the window, and what was left out."""

    name: str | None = None
    spans: list[Busy] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Window:
    """The time that matters, in epoch seconds, and the zone of dates that say none."""

    start_s: int
    end_s: int
    zone: ZoneInfo


def read_events(body: bytes, window: Window) -> FeedEvents:
    """Busy times of a file; cancelled and transparent events take no time. Raises FileError."""
    if body.count(b"BEGIN:VEVENT") > MAX_EVENTS:
        raise FileError(f"The feed has more than {MAX_EVENTS} events.")
    try:
        calendars = Calendar.from_ical(body, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise FileError("The feed is not an iCalendar file.") from error
    found = FeedEvents()
    for calendar in calendars:
        if isinstance(calendar, Calendar):
            _read_calendar(calendar, window, found)
    if not any(isinstance(calendar, Calendar) for calendar in calendars):
        raise FileError("The feed is not an iCalendar file.")
    found.spans.sort()
    return found


def _read_calendar(calendar: Calendar, window: Window, found: FeedEvents) -> None:
    found.name = found.name or str(calendar.get("X-WR-CALNAME", "")).strip()[:200] or None
    window = Window(window.start_s, window.end_s, _zone_of(calendar) or window.zone)
    groups: dict[str, list[Component]] = defaultdict(list)
    for event in calendar.walk("VEVENT"):
        groups[str(event.get("UID", id(event)))].append(event)
    for uid, events in groups.items():
        try:
            found.spans += _spans(calendar, uid, events, window)
        except SeriesError as error:
            if len(found.problems) < MAX_PROBLEMS:
                found.problems.append(f"{uid[:100]}: {error}")


def _spans(calendar: Calendar, uid: str, events: Sequence[Component], window: Window) -> list[Busy]:
    try:
        if any(name in event for event in events for name in _RECURRING):
            events = _expanded(calendar, events, window)
        spans = (_span(event, window.zone) for event in events if _takes_time(event))
        return [
            (start, end, uid[:255])
            for start, end in spans
            if start < end and start < window.end_s and end > window.start_s
        ]
    except SeriesError:
        raise
    except Exception as error:  # whatever a hostile file makes the libraries raise concerns this series alone
        raise SeriesError("it cannot be read") from error


def _takes_time(event: Component) -> bool:
    status, transparency = str(event.get("STATUS", "")).upper(), str(event.get("TRANSP", "")).upper()
    return status != "CANCELLED" and transparency != "TRANSPARENT"


def _span(event: Component, zone: ZoneInfo) -> tuple[int, int]:
    start = event.decoded("DTSTART")
    if "DTEND" in event:
        end = event.decoded("DTEND")
    elif "DURATION" in event:
        end = start + event.decoded("DURATION")
    else:
        end = start if isinstance(start, datetime) else start + timedelta(days=1)
    return _second(start, zone), _second(end, zone)


def _second(value: date | datetime, zone: ZoneInfo) -> int:
    """Epoch seconds; dates begin at midnight of the calendar's zone, and so do times without a zone count."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())


def _expanded(calendar: Calendar, events: Sequence[Component], window: Window) -> list[Component]:
    for event in events:
        _check_rules(event, window)
    alone = Calendar()
    for name in ("VERSION", "PRODID", "X-WR-TIMEZONE"):
        if name in calendar:
            alone.add(name, calendar[name])
    for part in (*calendar.walk("VTIMEZONE"), *events):
        alone.add_component(part)
    start, end = (datetime.fromtimestamp(second, UTC) for second in (window.start_s, window.end_s))
    with _at_most(SERIES_SECONDS):
        occurrences = list(recurring(alone).between(start, end))
    if len(occurrences) > MAX_OCCURRENCES:
        raise SeriesError(f"it repeats more than {MAX_OCCURRENCES} times")
    return occurrences


def _check_rules(event: Component, window: Window) -> None:
    for name in ("RRULE", "EXRULE"):
        rules = event.get(name, [])
        for rule in rules if isinstance(rules, list) else [rules]:
            _check_rule(rule, _second(event.decoded("DTSTART"), window.zone), window)


def _check_rule(rule: Any, start_s: int, window: Window) -> None:
    frequency, interval = str(_first(rule, "FREQ", "")).upper(), int(_first(rule, "INTERVAL", 1))
    if frequency not in _SECONDS_OF:
        raise SeriesError(f"FREQ={frequency[:20]} is not read")
    if interval < 1:
        raise SeriesError("INTERVAL must be at least 1")
    if int(_first(rule, "COUNT", 1)) > MAX_STEPS:
        raise SeriesError(f"COUNT is more than {MAX_STEPS}")
    steps = max(window.end_s - start_s, 0) // (_SECONDS_OF[frequency] * interval) + 1
    for name in _MULTIPLYING:
        steps *= max(len(rule.get(name, ())), 1)
    if steps > MAX_STEPS:
        raise SeriesError("it repeats too often since its start")


def _first(rule: Any, name: str, default: Any) -> Any:
    values = rule.get(name)
    return (values[0] if isinstance(values, list) else values) if values else default


def _zone_of(calendar: Calendar) -> ZoneInfo | None:
    """The zone that the file says it is in, or the only one that it describes."""
    described = [str(zone.get("TZID", "")) for zone in calendar.walk("VTIMEZONE")]
    names = [str(calendar.get("X-WR-TIMEZONE", "")), *(described if len(described) == 1 else [])]
    for name in filter(None, names):
        try:
            return ZoneInfo(name.strip())
        except (ValueError, OSError, KeyError):  # what zoneinfo raises for names it does not know
            continue
    return None


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise SeriesError("it takes too long to work out")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
