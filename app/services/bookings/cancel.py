"""Cancel a booking, one seat of it, or occurrences of a series (LC-14 to LC-20)."""

from dataclasses import dataclass

from app.context import RequestContext
from app.domain.series import SeriesScope
from app.services.bookings.views import ChangedBookings


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBooking:
    """What to cancel: `uid` of a booking, or of a series (then all occurrences still to come, LC-16)."""

    uid: str
    reason: str | None = None
    seat_uid: str | None = None
    scope: SeriesScope = SeriesScope.THIS
    idempotency_key: str | None = None


async def cancel_booking(ctx: RequestContext, command: CancelBooking) -> ChangedBookings:
    """Cancel; anybody who knows the uid may (LC-14). Answers the whole series for series cancels (LC-16)."""
    raise NotImplementedError
