"""Series say the same as in recurring-ical-events, which was not written by us and takes twenty times as long.

Left out is where we differ on purpose: EXRULE, lengths of hours over a DST change, dates in UNTIL of timed events,
events that end before they start, and several events of one UID without RECURRENCE-ID (all count here).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from icalendar.timezone import tzp

from app.integrations.calendars.ics_events import Window, merged, read_events
from tests.integrations.calendars.ics import feed, second, zone

WINDOW = Window(second("2026-03-01"), second("2026-11-30"), ZoneInfo("Europe/Berlin"))
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Own Time", "UTC", "", "DATE"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


@dataclass(frozen=True)
class Clock:
    """Writes clock times in a zone: `""` is floating, `DATE` means whole days."""

    zone: str

    def value(self, name: str, moment: datetime, more: str = "") -> str:
        if self.zone == "DATE":
            return f"{name};VALUE=DATE{more}:{moment:%Y%m%d}"
        if self.zone in {"", "UTC"}:
            return f"{name}{more}:{moment:%Y%m%dT%H%M%S}{'Z' if self.zone else ''}"
        return f"{name};TZID={self.zone}{more}:{moment:%Y%m%dT%H%M%S}"

    def until(self, moment: datetime) -> str:
        """UNTIL is a date, a floating time or UTC, as the start is (RFC 5545, 3.3.10)."""
        if self.zone == "DATE":
            return f"{moment:%Y%m%d}"
        if not self.zone:
            return f"{moment:%Y%m%dT%H%M%S}"
        zone = ZoneInfo("Europe/Berlin" if self.zone == "Own Time" else self.zone)
        return f"{moment.replace(tzinfo=zone).astimezone(UTC):%Y%m%dT%H%M%S}Z"


def library(body: bytes, window: Window) -> list[tuple[int, int]]:
    """What the library says, with our rules for what takes time; it knows no zone for floating times."""
    tzp.use_default()
    first, last = (datetime.fromtimestamp(edge, UTC) for edge in (window.start_s - 172_800, window.end_s + 172_800))
    found: Any = recurring_ical_events.of(Calendar.from_ical(body)).between(first, last)
    busy = [each for each in found if each.get("STATUS") != "CANCELLED" and each.get("TRANSP") != "TRANSPARENT"]
    spans = [(_second(each["DTSTART"].dt, window), _second(each["DTEND"].dt, window)) for each in busy]
    return merged(span for span in spans if span[0] < span[1] and span[0] < window.end_s and span[1] > window.start_s)


def _second(value: date, window: Window) -> int:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return int((moment if moment.tzinfo else moment.replace(tzinfo=window.zone)).timestamp())


@st.composite
def rules(draw: st.DrawFn, clock: Clock, start: datetime) -> str:
    """Rules as calendar programs write them, and odd ones."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 4))}"]
    days = ",".join(draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True)))
    if draw(st.booleans()):
        nth = draw(st.sampled_from(["", "1", "2", "-1"])) if frequency in {"MONTHLY", "YEARLY"} else ""
        parts.append("BYDAY=" + ",".join(f"{nth}{day}" for day in days.split(",")))
    if frequency in {"MONTHLY", "YEARLY"} and draw(st.booleans()):
        parts.append(draw(st.sampled_from(["BYMONTHDAY=1,15,31", "BYMONTHDAY=-1", "BYMONTH=3,4,10", "BYSETPOS=1,-1"])))
    if draw(st.booleans()):
        parts.append("WKST=SU")
    end = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if end == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, 60))}")
    if end == "UNTIL":
        parts.append(f"UNTIL={clock.until(start + timedelta(days=draw(st.integers(0, 400))))}")
    return "RRULE:" + ";".join(parts)


@st.composite
def series(draw: st.DrawFn) -> list[str]:
    """A series with dates left out and added, and exceptions that are moved, cancelled, or for all that follow."""
    clock = Clock(draw(st.sampled_from(ZONES)))
    start = datetime(2025, 9, 1) + timedelta(  # noqa: DTZ001 a clock time
        days=draw(st.integers(0, 300)), minutes=15 * draw(st.integers(0, 95)) if clock.zone != "DATE" else 0
    )
    length = timedelta(days=draw(st.integers(1, 3))) if clock.zone == "DATE" else timedelta(minutes=draw(LENGTHS))
    base = ["UID:s", clock.value("DTSTART", start), clock.value("DTEND", start + length), draw(rules(clock, start))]
    near = st.integers(0, 40).map(lambda days: start + timedelta(days=days))
    base += [clock.value("EXDATE", moment) for moment in draw(st.lists(near, max_size=3))]
    base += [clock.value("RDATE", moment + timedelta(days=3)) for moment in draw(st.lists(near, max_size=2))]
    events = ["\n".join(base)]
    for number, moment in enumerate(draw(st.lists(near, max_size=3, unique=True))):
        moved = moment + timedelta(days=draw(st.integers(-2, 2)), hours=draw(st.integers(0, 3)))
        later = ";RANGE=THISANDFUTURE" if draw(st.booleans()) else ""
        told = ["UID:s", f"SEQUENCE:{number}", clock.value("RECURRENCE-ID", moment, later)]
        told += [clock.value("DTSTART", moved), clock.value("DTEND", moved + length * 2)]
        told += draw(st.sampled_from([[], ["STATUS:CANCELLED"], ["TRANSP:TRANSPARENT"]]))
        events.append("\n".join(told))
    return events


LENGTHS = st.sampled_from([15, 60, 24 * 60, 27 * 60])


@given(st.lists(series(), min_size=1, max_size=2))
@settings(deadline=None, max_examples=200)
def test_series_say_what_the_library_says(several: list[list[str]]) -> None:
    """Over two DST changes, in zones on both sides of the equator, with half-hour changes and with none."""
    events = [event.replace("UID:s", f"UID:{number}") for number, each in enumerate(several) for event in each]
    body = feed(*events, head=zone("Own Time"))
    expected = library(body, WINDOW)
    found = read_events(body, WINDOW)
    assert (found.spans, found.problems) == (expected, [])
