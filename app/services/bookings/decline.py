"""Decline a pending booking (LC-21 to LC-23)."""

from dataclasses import dataclass

from app.context import RequestContext
from app.services.bookings.views import ChangedBookings


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineBooking:
    """The pending booking, or the uid of its series, to refuse, and why."""

    uid: str
    reason: str | None = None
    idempotency_key: str | None = None


async def decline_booking(ctx: RequestContext, command: DeclineBooking) -> ChangedBookings:
    """Reject a pending booking; all pending occurrences of its series change together (LC-21)."""
    raise NotImplementedError
