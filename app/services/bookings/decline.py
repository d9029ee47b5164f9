"""Decline a pending booking (LC-21 to LC-23)."""

from dataclasses import dataclass
from functools import partial

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork
from app.domain.enums import BookingStatus
from app.domain.transitions import check_decline
from app.events.outbox import EventType
from app.services.bookings.changes import booking_event
from app.services.bookings.changing import answer, end, find
from app.services.bookings.confirm import pending_of
from app.services.bookings.keyed import once
from app.services.bookings.texts import check_storable
from app.services.bookings.views import ChangedBookings


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineBooking:
    """The pending booking, or the uid of its series, to refuse, and why."""

    uid: str
    reason: str | None = None
    idempotency_key: str | None = None


async def decline_booking(ctx: RequestContext, command: DeclineBooking) -> ChangedBookings:
    """Reject a pending booking; all pending occurrences of its series change together (LC-21).

    Raises NotFoundError, NotAuthorizedError, InvalidStateError.
    """
    return await once(ctx, "declineBooking", command, partial(decline_in, ctx, command), key=command.idempotency_key)


async def decline_in(ctx: RequestContext, command: DeclineBooking, uow: UnitOfWork) -> ChangedBookings:
    """Decline inside a unit of work."""
    check_storable("reason", command.reason)
    found = await find(ctx, command.uid)
    chosen = pending_of(ctx, found, check_decline, "decline")
    await end(uow, chosen, BookingStatus.REJECTED, ", rejection_reason = $4", command.reason)
    for booking in chosen:
        payload = {"reason": command.reason, "named": booking.uid == found.first.uid, "occurrences": len(chosen)}
        uow.record(booking_event(EventType.BOOKING_DECLINED, ctx.actor, booking, payload))
    return ChangedBookings(await answer(ctx, [booking.uid for booking in chosen]))
