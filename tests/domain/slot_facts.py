"""Short ways to say the facts of a slots test: times as ISO text, hours as text, hosts and queries."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.facts import (
    BusyFacts,
    DateOverride,
    EventTypeRules,
    HostBusy,
    HostFacts,
    OutOfOffice,
    ScheduleFacts,
    SlotQuery,
    Span,
    TravelEntry,
    WeeklyRow,
)
from app.domain.slots import list_slots
from app.domain.zones import day_of

UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
NEW_YORK = ZoneInfo("America/New_York")
LONDON = ZoneInfo("Europe/London")
TOKYO = ZoneInfo("Asia/Tokyo")

WEEKDAYS = 0b0111110
EVERY_DAY = 0b1111111

EARLY = "2026-05-01T00:00Z"


def at(text: str) -> int:
    """Epoch seconds of ISO text with an offset."""
    return int(datetime.fromisoformat(text).timestamp())


def spans_of(*texts: str) -> list[Span]:
    """Spans written `2026-05-04T07:00Z/2026-05-04T15:00Z`."""
    return [(at(start), at(end)) for start, end in (text.split("/") for text in texts)]


def day(text: str) -> int:
    return day_of(date.fromisoformat(text))


def minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def row(hours: str, days: int = WEEKDAYS) -> WeeklyRow:
    """A weekly row written `09:00-17:00`."""
    start, end = hours.split("-")
    return WeeklyRow(days, minutes(start), minutes(end))


def override(on: str, hours: str) -> DateOverride:
    start, end = hours.split("-")
    return DateOverride(date.fromisoformat(on), minutes(start), minutes(end))


def away(first: str, last: str | None = None, to_user_id: int | None = None) -> OutOfOffice:
    return OutOfOffice(date.fromisoformat(first), date.fromisoformat(last or first), to_user_id)


def travel(first: str, last: str | None, zone: ZoneInfo) -> TravelEntry:
    return TravelEntry(date.fromisoformat(first), date.fromisoformat(last) if last else None, zone)


def schedule(
    zone: ZoneInfo | None,
    *hours: str,
    days: int = WEEKDAYS,
    overrides: Iterable[DateOverride] = (),
    default: bool = True,
) -> ScheduleFacts:
    return ScheduleFacts(1, zone, tuple(row(text, days) for text in hours), tuple(overrides), is_default=default)


def host(
    user_id: int = 1,
    zone: ZoneInfo = UTC_ZONE,
    *hours: str,
    days: int = WEEKDAYS,
    overrides: Iterable[DateOverride] = (),
    fixed: bool = False,
    out_of_office: Iterable[OutOfOffice] = (),
    trips: Iterable[TravelEntry] = (),
) -> HostFacts:
    """A host with a default schedule in his own zone, 09:00-17:00 on weekdays unless said."""
    chosen = schedule(zone, *(hours or ("09:00-17:00",)), days=days, overrides=overrides)
    return HostFacts(user_id, zone, chosen, is_fixed=fixed, out_of_office=tuple(out_of_office), travel=tuple(trips))


def rules(length: int = 60, **settings: object) -> EventTypeRules:
    """An event type without notice, unless said."""
    return replace(EventTypeRules(1, length, notice=0), **settings)  # type: ignore[arg-type]


def query(
    event_type: EventTypeRules,
    *hosts: HostFacts,
    start: str = "2026-05-04T00:00Z",
    end: str = "2026-05-04T23:59:59Z",
    now: str = EARLY,
    busy: BusyFacts | None = None,
    **settings: object,
) -> SlotQuery:
    """A query for one UTC day, asked some days before."""
    asked = SlotQuery(event_type, hosts, busy or BusyFacts(), at(start), at(end), at(now))
    return replace(asked, **settings)  # type: ignore[arg-type]


def busy(spans: Mapping[int, Iterable[str]], **facts: object) -> BusyFacts:
    """Busy times by host, each written `2026-05-04T10:00Z/2026-05-04T10:20Z`."""
    taken = {host_id: HostBusy.of(spans_of(*texts)) for host_id, texts in spans.items()}
    return replace(BusyFacts(taken), **facts)  # type: ignore[arg-type]


def clock(starts: Iterable[int], zone: ZoneInfo = UTC_ZONE) -> str:
    """Starts of one day as `09:00 09:30`."""
    return " ".join(f"{datetime.fromtimestamp(start, zone):%H:%M}" for start in starts)


def dated(starts: Iterable[int], zone: ZoneInfo = UTC_ZONE) -> dict[str, str]:
    """Starts by date, as `{"2026-05-04": "09:00 09:30"}`."""
    days: dict[str, list[int]] = {}
    for start in starts:
        days.setdefault(f"{datetime.fromtimestamp(start, zone):%Y-%m-%d}", []).append(start)
    return {text: clock(found, zone) for text, found in days.items()}


def listed(asked: SlotQuery, zone: ZoneInfo = UTC_ZONE) -> str:
    """The free starts of a query on one day as `09:00 09:30`."""
    return clock(list_slots(asked).starts, zone)


def every(first: str, last: str, step: int) -> str:
    """Clock times from first to last, both included, every so many minutes."""
    times = range(minutes(first), minutes(last) + 1, step)
    return " ".join(f"{time // 60:02}:{time % 60:02}" for time in times)
