"""Take an instant meeting: the first host to open the join link gets it (BK-44)."""

from dataclasses import dataclass

from app.context import RequestContext
from app.services.bookings.views import ChangedBookings


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimInstantBooking:
    """The join token of the link."""

    token: str


async def claim_instant_booking(ctx: RequestContext, command: ClaimInstantBooking) -> ChangedBookings:
    """Become the organizer of a waiting instant meeting; an expired or used token is refused."""
    raise NotImplementedError
