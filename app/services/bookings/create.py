"""Make a booking: regular, recurring, seated, for a team, for a dynamic group, or instant (BK-1 to BK-44)."""

from app.context import RequestContext
from app.services.bookings.create_command import Booker, CreateBooking
from app.services.bookings.views import ChangedBookings

__all__ = ["Booker", "CreateBooking", "create_booking"]


async def create_booking(ctx: RequestContext, command: CreateBooking) -> ChangedBookings:
    """Book a start; a series gives one booking per occurrence, sorted by start (BK-42).

    Raises InvalidInputError, NotFoundError, SlotUnavailableError, HostUnavailableError, PolicyViolationError,
    LimitReachedError, SeatsFullError, AlreadySignedUpError, VersionConflictError, IdempotencyConflictError (BK-10).
    """
    raise NotImplementedError
