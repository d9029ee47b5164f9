"""Zones of a file: by their names in the tz database, else as the file describes them, else by their Windows names.

icalendar takes its zones from a provider. Its own asks dateutil about descriptions, which searches from 1601 for every
time that is looked up and never ends on hostile rules; here a description becomes a table of offsets once.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from io import BytesIO
from struct import pack
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Component
from icalendar.timezone import tzp
from icalendar.timezone.provider import TZProvider

from app.integrations.calendars.ics_rules import Budget, Reach, expand

MAX_NAMES: Final = 1_000
MAX_OFFSETS: Final = 200


class Change(NamedTuple):
    """From this second on the clock is so many seconds ahead of UTC; `before` it was so many."""

    at_s: int
    before: int
    after: int


class Zones(TZProvider):
    """The zones of one file; `until` is when nothing is of interest any more."""

    def __init__(self, until: datetime, budget: Budget) -> None:
        self._reach = Reach(datetime.min, until)  # noqa: DTZ901 clock times
        self._budget = budget
        self._known: dict[str, ZoneInfo | None] = {}

    @property
    def name(self) -> str:
        """What icalendar calls it."""
        return "slotgraph"

    def timezone(self, name: str) -> ZoneInfo | None:
        """A zone of the tz database."""
        if name not in self._known:
            if len(self._known) >= MAX_NAMES:
                return None
            self._known[name] = named(name)
        return self._known[name]

    def knows_timezone_id(self, tzid: str) -> bool:
        """Whether the name counts more than a description: `EST` may be anything, `America/New_York` may not."""
        return "/" in tzid and self.timezone(tzid) is not None

    def create_timezone(self, component: Component) -> ZoneInfo | None:  # type: ignore[override] # the base is pytz's
        """The zone that a VTIMEZONE describes; None when it describes none."""
        try:
            return _described(str(one(component, "TZID")), component.subcomponents, self._reach, self._budget)
        except Exception:  # whatever a hostile description makes the libraries raise: it is no zone
            return None

    def localize(self, dt: datetime, tz: tzinfo) -> datetime:
        """The clock time in a zone."""
        return dt.replace(tzinfo=tz)

    def localize_utc(self, dt: datetime) -> datetime:
        """The clock time in UTC."""
        return dt.astimezone(UTC) if dt.tzinfo else dt.replace(tzinfo=UTC)

    def fix_rrule_until(self, rrule: Any, ical_rrule: Any) -> None:
        """For descriptions that icalendar expands, which it does not here."""

    def uses_pytz(self) -> bool:
        """No."""
        return False

    def uses_zoneinfo(self) -> bool:
        """Yes."""
        return True


def named(name: str) -> ZoneInfo | None:
    """A zone of the tz database."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # what zoneinfo raises for names it does not know
        return None


def found_zone(name: str) -> tzinfo | None:
    """A zone by the name that the file uses, in any of the ways above."""
    return tzp.timezone(name) if name else None


def _described(tzid: str, parts: Iterable[Component], reach: Reach, budget: Budget) -> ZoneInfo:
    changes = sorted(change for part in parts for change in _changes(part, reach, budget))
    return compiled(tzid, changes[0].before, changes)


def _changes(part: Component, reach: Reach, budget: Budget) -> Iterator[Change]:
    """Onsets of STANDARD or DAYLIGHT; their clock times are those before the change (RFC 5545, 3.6.5)."""
    before, after = (_offset(part, name) for name in ("TZOFFSETFROM", "TZOFFSETTO"))

    def local(value: date) -> datetime:
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None) + before

    start = local(one(part, "DTSTART").dt)
    onsets = {start, *(local(value.dt) for given in listed(part, "RDATE") for value in given.dts)}
    for rule in listed(part, "RRULE"):
        onsets.update(expand(rule, start, reach, local, budget))
    budget.take_occurrences(len(onsets))
    for onset in onsets:
        at = (onset - before).replace(tzinfo=UTC)
        yield Change(int(at.timestamp()), _seconds(before), _seconds(after))


def listed(component: Component, name: str) -> list[Any]:
    """The values of a property, however often it is given."""
    found: Any = component.get(name, [])
    return found if isinstance(found, list) else [found]


def one(component: Component, name: str) -> Any:
    """The first value of a property; raises IndexError."""
    return listed(component, name)[0]


def _offset(part: Component, name: str) -> timedelta:
    found: timedelta = one(part, name).td
    return found


def _seconds(offset: timedelta) -> int:
    return offset.days * 86_400 + offset.seconds


def compiled(name: str, first: int, changes: Iterable[Change]) -> ZoneInfo:
    """A zone of offsets in seconds: `first`, then those after each change, in order. The format is RFC 8536."""
    changes = list(changes)
    offsets = list(dict.fromkeys([first, *(change.after for change in changes)]))
    if len(offsets) > MAX_OFFSETS:
        raise ValueError("A zone of too many offsets.")
    magic, none = b"TZif2" + bytes(15), pack(">6l", *[0] * 6)
    counts = pack(">6l", 0, 0, 0, len(changes), len(offsets), 4)
    times = pack(f">{len(changes)}q", *(change.at_s for change in changes))
    kinds = bytes(offsets.index(change.after) for change in changes)
    infos = b"".join(pack(">lbb", offset, 0, 0) for offset in offsets)
    return ZoneInfo.from_file(BytesIO(magic + none + magic + counts + times + kinds + infos + b"LMT\0\n\n"), key=name)
