"""Confirm a pending booking (LC-21 to LC-23)."""

from dataclasses import dataclass

from app.context import RequestContext
from app.services.bookings.views import ChangedBookings


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmBooking:
    """The pending booking, or the uid of its series, to accept."""

    uid: str
    idempotency_key: str | None = None


async def confirm_booking(ctx: RequestContext, command: ConfirmBooking) -> ChangedBookings:
    """Accept a pending booking; all pending occurrences of its series change together (LC-21)."""
    raise NotImplementedError
