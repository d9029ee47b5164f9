"""The new times of a series that is moved as a whole (GP-70)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.services.bookings.views import BookingView


def shifted_starts(occurrences: Sequence[BookingView], named: BookingView, new_start: int, zone: ZoneInfo) -> list[int]:
    """Each occurrence moves by as many local days as the named one and takes its new local clock time.

    So a series moved across a change of clocks keeps its local time, like a new one does (BK-39). Epoch seconds; `zone`
    is the booker's.
    """
    target = datetime.fromtimestamp(new_start, zone)
    days = (target.date() - datetime.fromtimestamp(named.start_s, zone).date()).days
    return [_moved(one.start_s, days, target, zone) for one in occurrences]


def _moved(start_s: int, days: int, target: datetime, zone: ZoneInfo) -> int:
    day = datetime.fromtimestamp(start_s, zone).date() + timedelta(days=days)
    return int(datetime.combine(day, target.time(), zone).timestamp())
