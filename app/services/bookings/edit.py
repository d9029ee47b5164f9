"""Edit a booking in place, as API v1 does (AU-41 ff.)."""

from dataclasses import dataclass
from datetime import datetime

from app.context import RequestContext
from app.domain.enums import BookingStatus
from app.services.bookings.views import ChangedBookings
from app.services.unset import UNSET, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class EditBooking:
    """New values for a booking that keeps its uid; what is UNSET stays."""

    uid: str
    title: str | Unset = UNSET
    description: str | Unset | None = UNSET
    status: BookingStatus | Unset = UNSET
    start: datetime | Unset = UNSET
    end: datetime | Unset = UNSET
    idempotency_key: str | None = None


async def edit_booking(ctx: RequestContext, command: EditBooking) -> ChangedBookings:
    """Change title, description, status or times; new times pass the same availability rule as a booking."""
    raise NotImplementedError
