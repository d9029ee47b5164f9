"""What is asked for when rescheduling (LC-2, LC-11, GP-70)."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.series import SeriesScope


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleBooking:
    """One wish to move a booking to `start`; the length stays (LC-4).

    `seat_uid` moves one seat of a seated booking (LC-11). With a wider `scope`, `start` is the new time of the
    occurrence named by `uid` and every occurrence in scope moves by the same number of days and to the same local clock
    time of the booker (GP-70). `rescheduled_by` is an e-mail address that is noted, never trusted (LC-5).
    """

    uid: str
    start: datetime
    reason: str | None = None
    rescheduled_by: str | None = None
    seat_uid: str | None = None
    scope: SeriesScope = SeriesScope.THIS
    hold: str | None = None
    expected_version: int | None = None
    idempotency_key: str | None = None
