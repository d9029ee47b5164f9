"""The starts by which calendars know the occurrences of a series (RFC 5545, RECURRENCE-ID).

Whoever was invited has one entry for the whole series. An occurrence that moves alone keeps its place in that entry;
when all that is left of the series moves at once, the entry is written anew and every place with it.
"""

from collections.abc import Sequence

from app.db import raw
from app.domain.enums import BookingStatus
from app.domain.transitions import LIVE_STATUSES
from app.services.bookings.views import BookingView

_KEEP = """
UPDATE bookings SET original_start_s = (
  SELECT coalesce(o.original_start_s, $2::bigint) FROM bookings o WHERE o.uid = bookings.from_reschedule_uid)
 WHERE uid = $1
"""


async def keep_places(series: Sequence[BookingView], moved: Sequence[BookingView], successors: Sequence[str]) -> None:
    """Give the successors the places of the bookings that moved; `series` is as it was before."""
    live = {view.uid for view in series if view.booking_status in LIVE_STATUSES}
    if moved[0].recurring_uid is None or live <= {view.uid for view in moved}:
        return
    pairs = zip(moved, successors, strict=True)
    await raw.execute_many(_KEEP, [(uid, _known_start(view)) for view, uid in pairs])


def _known_start(view: BookingView) -> int | None:
    """No calendar knows of what waits for confirmation."""
    return None if view.booking_status is BookingStatus.PENDING else view.start_s
