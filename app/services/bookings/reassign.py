"""Hand a round-robin booking to another host (TM-15 to TM-19)."""

from dataclasses import dataclass

from app.context import RequestContext
from app.services.bookings.views import ChangedBookings, HostView


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassignBooking:
    """The booking to hand over; without `to_user_id` the fairest free host gets it (TM-15)."""

    uid: str
    to_user_id: int | None = None
    reason: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class ReassignedBooking:
    """The booking after the change and who has it now (TM-18)."""

    changed: ChangedBookings
    reassigned_to: HostView


async def reassign_booking(ctx: RequestContext, command: ReassignBooking) -> ReassignedBooking:
    """Replace the round-robin host of a booking; a busy target is refused (HostUnavailableError)."""
    raise NotImplementedError
