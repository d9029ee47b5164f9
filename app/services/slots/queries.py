"""From a command and facts to the core's question; the checks every slots operation shares."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from app.context import RequestContext
from app.domain.enums import SlotAlignment
from app.domain.facts import UTC_ZONE, BusyFacts, EventTypeRules, SlotQuery
from app.errors import InvalidInputError
from app.services.checks import check_zone
from app.services.slots.busy import BusyWindow
from app.services.slots.facts import EventTypeFacts

MAX_WINDOW_DAYS: Final = 366
YEARS = range(1900, 3000)
_DAY: Final = 86_400


def now_s(ctx: RequestContext) -> int:
    """The present in whole epoch seconds."""
    return int(ctx.now().timestamp())


def window_of(ctx: RequestContext, start: datetime, end: datetime, zone: str | None) -> BusyWindow:
    """The checked window; InvalidInputError for a naive bound, an end before the start or more than 366 days."""
    start_s, end_s = second_of("window.start", start), second_of("window.end", end)
    if end_s <= start_s:
        raise InvalidInputError.at("window.end", "The window must end after it starts.", "window")
    if end_s - start_s > MAX_WINDOW_DAYS * _DAY:
        raise InvalidInputError.at(
            "window.end", f"The window may span {MAX_WINDOW_DAYS} days at most.", "window_too_long"
        )
    return BusyWindow(start_s, end_s, now_s(ctx), zone_of(zone) or UTC_ZONE)


def second_of(path: str, moment: datetime) -> int:
    """The epoch second of an instant that a caller asks about. Raises InvalidInputError for one without offset."""
    if moment.tzinfo is None:
        raise InvalidInputError.at(path, "Give an offset, for instance 2026-05-04T00:00:00Z.", "offset")
    check_year(path, moment)
    return int(moment.timestamp())


def check_year(path: str, day: date) -> None:
    """Local times of the first and last years of the calendar may lie outside of it. Raises InvalidInputError."""
    if day.year not in YEARS:
        raise InvalidInputError.at(path, f"Must lie in the years {YEARS.start} to {YEARS.stop - 1}.", "range")


@lru_cache(maxsize=1024)
def zone_of(name: str | None) -> ZoneInfo | None:
    """The zone of an IANA name; None stays None; InvalidInputError for an unknown name."""
    return None if name is None else ZoneInfo(check_zone("timeZone", name))


def date_only_window(start: date | datetime, end: date | datetime) -> tuple[datetime, datetime]:
    """The bounds that dates and midnights stand for (SL-2): a date begins at 00:00Z, an end at 00:00:00 is that day's
    last second."""
    first = start if isinstance(start, datetime) else datetime.combine(start, time(), UTC)
    last = end if isinstance(end, datetime) else datetime.combine(end, time(), UTC)
    if last.astimezone(UTC).time() == time():
        last = last.astimezone(UTC).replace(hour=23, minute=59, second=59)
    return first, last


def check_duration(rules: EventTypeRules, duration: int | None) -> None:
    """Raise InvalidInputError for a duration (minutes) that the event type does not offer (SL-1, SL-16)."""
    offered = rules.length_options or (rules.length,)
    if duration is not None and duration not in offered and duration != rules.length:
        minutes = ", ".join(str(option) for option in offered)
        raise InvalidInputError.at("duration", f"This event type lasts {minutes} minutes, not {duration}.", "duration")


def slot_query(
    ctx: RequestContext,
    facts: EventTypeFacts,
    busy: BusyFacts,
    window: BusyWindow,
    duration: int | None = None,
    own_hold_uid: str | None = None,
) -> SlotQuery:
    """The core's question."""
    return SlotQuery(
        rules=facts.rules,
        hosts=facts.hosts,
        busy=busy,
        start_s=window.start_s,
        end_s=window.end_s,
        now_s=window.now_s,
        booker_zone=window.booker_zone,
        length=duration,
        alignment=SlotAlignment(ctx.settings.slot_alignment),
        own_hold_uid=own_hold_uid,
    )
