"""Rules of repetition, expanded by dateutil within a known number of steps.

A rule may never match (30 February), and dateutil then searches up to the year 9999. It adds the interval of a rule in
every step, so an interval that counts ends any rule exactly where what comes later is of no interest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import prod
from typing import Any, Final, NamedTuple

from dateutil.rrule import rrulestr
from icalendar import vRecur

MAX_INTERVAL: Final = 10_000
MAX_SERIES_WORK: Final = 5_000_000
MAX_FILE_WORK: Final = 80_000_000
"""What the rules of one series and of one file may cost; a unit takes at most a fifth of a microsecond."""

MAX_OCCURRENCES: Final = 5_000
MAX_FILE_OCCURRENCES: Final = 1_000_000
_RULE_WORK: Final = 500
_STEP_WORK: Final = 10
_DAYS_OF: Final = {"YEARLY": 366, "MONTHLY": 31, "WEEKLY": 7, "DAILY": 1, "HOURLY": 1}
_LENGTH_OF: Final = {"WEEKLY": timedelta(days=7), "DAILY": timedelta(days=1), "HOURLY": timedelta(hours=1)}
_TIMES: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")

Local = Callable[[date], datetime]
"""Makes a date or time of the file a clock time of the series."""


class SeriesError(Exception):
    """A series is left out; the message says why."""


@dataclass(slots=True)
class Budget:
    """What is left for one file."""

    work: int = MAX_FILE_WORK
    occurrences: int = MAX_FILE_OCCURRENCES

    def take_work(self, amount: int) -> None:
        """Raises SeriesError when it is more than one series may cost or than is left."""
        if amount > min(MAX_SERIES_WORK, self.work):
            raise SeriesError("it repeats too often since its start")
        self.work -= amount

    def take_occurrences(self, amount: int) -> None:
        """Raises SeriesError when these are more than one series may have or than are left."""
        if amount > min(MAX_OCCURRENCES, self.occurrences):
            raise SeriesError(f"it repeats more than {MAX_OCCURRENCES} times, or the feed too often in all")
        self.occurrences -= amount


class Reach(NamedTuple):
    """The clock times of interest, both included."""

    begin: datetime
    end: datetime


class _AllStepsError(Exception):
    """What would come now lies beyond the end."""


class _Counted(int):
    """An interval that can be added so many times."""

    left: int

    def __radd__(self, other: int) -> int:
        self._take()
        return int(other) + int(self)

    def __mul__(self, other: int) -> int:
        self._take()
        return int(self) * other

    def _take(self) -> None:
        if self.left <= 0:
            raise _AllStepsError
        self.left -= 1


def expand(rule: vRecur, start: datetime, reach: Reach, local: Local, budget: Budget) -> Iterator[datetime]:
    """Clock times of a rule that begins at `start`, none after the reach, maybe some before it. Raises SeriesError."""
    frequency, interval = _frequency(rule)
    until = last(rule, local)
    end = reach.end if until is None else min(reach.end, until)
    if start > end:
        return
    counts = [count for count in rule.get("COUNT", ()) if count >= 0]
    if frequency in _LENGTH_OF and not counts:
        period = _LENGTH_OF[frequency] * interval
        start += max((reach.begin - start) // period, 0) * period
    steps = _steps(frequency, start, end) // interval + 1
    budget.take_work(_work(rule, frequency, steps))
    counted = _Counted(interval)
    counted.left = steps
    left_out = {"UNTIL", "INTERVAL"} if counts else {"UNTIL", "INTERVAL", "COUNT"}  # -1 is written for "for ever"
    kept: Any = vRecur({name: value for name, value in rule.items() if name not in left_out})
    yield from _until(iter(rrulestr(kept.to_ical().decode(), dtstart=start).replace(interval=counted)), end)


def last(rule: vRecur, local: Local) -> datetime | None:
    """The clock time that a rule does not pass; a date is meant with the whole of its day."""
    for value in rule.get("UNTIL", ()):
        if not isinstance(value, datetime):
            return datetime.combine(value, time.max)
        return local(value)
    return None


def _until(found: Iterator[datetime], end: datetime) -> Iterator[datetime]:
    while True:
        try:
            start = next(found)
        except (StopIteration, _AllStepsError):
            return
        if start > end:
            return
        yield start


def _frequency(rule: vRecur) -> tuple[str, int]:
    frequency, interval = str(_one(rule, "FREQ", "")).upper(), int(_one(rule, "INTERVAL", 1))
    if frequency not in _DAYS_OF:
        raise SeriesError(f"FREQ={frequency[:20]} is not read")
    if not 1 <= interval <= MAX_INTERVAL:
        raise SeriesError(f"INTERVAL must be 1 to {MAX_INTERVAL}")
    return frequency, interval


def _one(rule: vRecur, name: str, default: Any) -> Any:
    values = rule.get(name)
    return values[0] if values else default


def _steps(frequency: str, start: datetime, end: datetime) -> int:
    """How many periods begin after the one of `start` and not after `end`, or one more."""
    if frequency == "YEARLY":
        return end.year - start.year
    if frequency == "MONTHLY":
        return (end.year - start.year) * 12 + end.month - start.month
    return (end - start) // _LENGTH_OF[frequency] + 1


def _work(rule: vRecur, frequency: str, steps: int) -> int:
    """dateutil looks at every day of every step, and at every value for each of its times."""
    times = prod(max(len(rule.get(name, ())), 1) for name in _TIMES)
    values = sum(len(found) for name, found in rule.items() if name.startswith("BY"))
    return _RULE_WORK + steps * (_STEP_WORK + _DAYS_OF[frequency] * times * (1 + values))
