"""Ask the booker for another time (LC-13)."""

from dataclasses import dataclass
from functools import partial

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork
from app.domain.enums import BookingStatus
from app.domain.transitions import LIVE_STATUSES, RescheduleFacts, check_reschedule
from app.errors import InvalidStateError
from app.events.outbox import EventType
from app.services.bookings.available import now_s
from app.services.bookings.changes import booking_event
from app.services.bookings.changing import answer, end, find, require_access, switches
from app.services.bookings.keyed import once
from app.services.bookings.queries import not_found
from app.services.bookings.refusals import deny
from app.services.bookings.texts import check_storable
from app.services.bookings.views import BookingView, ChangedBookings


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReschedule:
    """Which booking shall be at another time, and why."""

    uid: str
    reason: str | None = None
    idempotency_key: str | None = None


async def request_reschedule(ctx: RequestContext, command: RequestReschedule) -> ChangedBookings:
    """Cancel the booking, which its booker may still move once; of a series this occurrence only.

    Raises NotFoundError, ForbiddenError, InvalidStateError (not live, seated), PolicyViolationError (LC-10: the booker
    could not follow the request).
    """
    work = partial(_request, ctx, command)
    return await once(ctx, "requestReschedule", command, work, key=command.idempotency_key)


async def _request(ctx: RequestContext, command: RequestReschedule, uow: UnitOfWork) -> ChangedBookings:
    check_storable("reason", command.reason)
    found = await find(ctx, command.uid)
    if found.named is None:
        raise not_found(command.uid)
    booking = found.named
    require_access(ctx, booking, "ask for another time of")
    await _check(ctx, booking)
    columns = ", cancellation_reason = $4, cancelled_by = $5, rescheduled = TRUE, rescheduled_by = $5"
    await end(uow, [booking], BookingStatus.CANCELLED, columns, command.reason, ctx.actor.email)
    payload = {"reason": command.reason, "cancelledBy": ctx.actor.email, "oldStatus": booking.status}
    uow.record(booking_event(EventType.BOOKING_RESCHEDULE_REQUESTED, ctx.actor, booking, payload))
    return ChangedBookings(await answer(ctx, [booking.uid]))


async def _check(ctx: RequestContext, booking: BookingView) -> None:
    if booking.booking_status not in LIVE_STATUSES:
        raise InvalidStateError(f"No other time can be asked for: the booking is {booking.status.lower()}.")
    if booking.is_seated:
        raise InvalidStateError("Seats are moved by those who hold them; move or cancel the whole booking.")
    _, forbidden = await switches(booking.event_type_id)
    facts = RescheduleFacts(
        status=booking.booking_status,
        end=booking.end_s,
        now=now_s(ctx),
        rescheduling_disabled=forbidden,
        allow_past=ctx.settings.allow_past_reschedule,
    )
    deny(check_reschedule(facts))
