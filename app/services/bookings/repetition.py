"""How a series is written in a calendar file so that calendars show the booked times.

EM-3 gives a series as start and RRULE in UTC. That is wrong where clocks change in between, and where a month lacks the
day; so a rule is only written where it yields the booked times: in UTC, else in the booker's zone with its VTIMEZONE,
else every start is listed (RDATE). Starts are epoch seconds, in order.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event, Timezone, vRecur

from app.domain.recurrence import Recurrence, repeats_exactly, rrule

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Repetition:
    """When a series is: `rule` is the RRULE that gives its starts in `zone`, None where none does or is needed."""

    starts: tuple[int, ...]
    zone: tzinfo = UTC
    rule: str | None = None

    @property
    def needs_list(self) -> bool:
        """Whether each start must be listed."""
        return self.rule is None and len(self.starts) > 1

    def local(self, epoch_s: int) -> datetime:
        """An instant as the file tells it, to the minute."""
        return datetime.fromtimestamp(epoch_s - epoch_s % 60, self.zone)

    def write(self, event: Event) -> Timezone | None:
        """Write when the event begins and repeats; the VTIMEZONE that this needs."""
        event.add("dtstart", self.local(self.starts[0]))
        if self.rule is not None:
            event.add("rrule", vRecur.from_ical(self.rule))
        elif self.needs_list:
            event.add("rdate", [self.local(start) for start in self.starts[1:]])
        return _time_zone(self.zone, self.starts) if isinstance(self.zone, ZoneInfo) else None


def repetition(starts: tuple[int, ...], recurrence: Recurrence | None, zone: ZoneInfo) -> Repetition:
    """Choose how to write these starts; `zone` is where the series keeps its clock time."""
    if recurrence is not None and len(starts) > 1:
        rule = rrule(recurrence, len(starts))
        if repeats_exactly(recurrence, starts, _UTC):
            return Repetition(starts, UTC, rule)
        if repeats_exactly(recurrence, starts, zone):
            return Repetition(starts, zone, rule)
    return Repetition(starts)


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
