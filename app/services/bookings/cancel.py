"""Cancel a booking, one seat of it, or occurrences of a series (LC-14 to LC-20)."""

from dataclasses import dataclass
from functools import partial

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import UnitOfWork
from app.domain.denials import Denial
from app.domain.enums import BookingStatus
from app.domain.seats import SeatedBooking, SeatLeave, plan_seat_cancel
from app.domain.series import SeriesScope, cancel_scope, select_occurrences
from app.domain.transitions import CancelFacts, check_cancel
from app.errors import NotFoundError
from app.events.outbox import EventType
from app.services.bookings.available import now_s
from app.services.bookings.changes import booking_event
from app.services.bookings.changing import Found, answer, end, find, switches
from app.services.bookings.keyed import once
from app.services.bookings.refusals import deny, error_of_denial
from app.services.bookings.seats import load_seated, tell_seat
from app.services.bookings.texts import check_storable, is_name
from app.services.bookings.views import AttendeeView, BookingView, ChangedBookings


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBooking:
    """What to cancel: `uid` of a booking, or of a series (then all occurrences still to come, LC-16).

    `reason_waived` is for event types of platform clients, whose hosts need no reason (LC-14).
    """

    uid: str
    reason: str | None = None
    seat_uid: str | None = None
    scope: SeriesScope = SeriesScope.THIS
    reason_waived: bool = False
    idempotency_key: str | None = None


async def cancel_booking(ctx: RequestContext, command: CancelBooking) -> ChangedBookings:
    """Cancel; anybody who knows the uid may (LC-14). Answers the whole series for series cancels (LC-16).

    Raises NotFoundError, InvalidStateError, PolicyViolationError (`disableCancelling`), InvalidInputError (reason,
    seat, scope), UnauthenticatedError (a whole seated booking, by neither host nor owner).
    """
    return await once(ctx, "cancelBooking", command, partial(cancel_in, ctx, command), key=command.idempotency_key)


async def cancel_in(ctx: RequestContext, command: CancelBooking, uow: UnitOfWork) -> ChangedBookings:
    """Cancel inside a unit of work."""
    check_storable("reason", command.reason)
    if command.seat_uid is not None:
        await _check_seat_exists(command.seat_uid)
    found = await find(ctx, command.uid)
    scope = _scope(command, found)
    await _check(ctx, command, found)
    if command.seat_uid is not None:
        return await _cancel_seat(uow, command, found.first, command.seat_uid)
    if scope is SeriesScope.THIS:
        return await _cancel_all(uow, command, [found.first], [found.uid])
    chosen = select_occurrences(found.occurrences, scope, now=now_s(ctx), named_uid=command.uid)
    return await _cancel_all(uow, command, found.views(chosen), [view.uid for view in found.series])


def _scope(command: CancelBooking, found: Found) -> SeriesScope:
    if command.scope is SeriesScope.ALL and found.first.recurring_uid is not None:
        return SeriesScope.ALL
    scope = cancel_scope(
        command.uid,
        is_series_uid=found.is_series_uid,
        in_series=found.first.recurring_uid is not None,
        following=command.scope is not SeriesScope.THIS,
    )
    if isinstance(scope, Denial):
        raise error_of_denial(scope)
    return scope


async def _check(ctx: RequestContext, command: CancelBooking, found: Found) -> None:
    booking = _representative(found)
    forbidden, _ = await switches(booking.event_type_id)
    one_seat = command.seat_uid is not None
    deny(
        check_cancel(
            CancelFacts(
                status=booking.booking_status,
                has_owner=booking.user_id is not None,
                cancelling_disabled=forbidden,
                by_host=not ctx.actor.is_anonymous and booking.viewer_manages,
                reason=command.reason,
                reason_waived=command.reason_waived,
                whole_seated=booking.is_seated and not one_seat,
                one_seat=one_seat,
            )
        )
    )


def _representative(found: Found) -> BookingView:
    """For the uid of a series, an occurrence that is still alive, if there is one."""
    live = (view for view in found.series if view.status in {BookingStatus.ACCEPTED, BookingStatus.PENDING})
    return found.named or next(live, found.series[0])


async def _cancel_all(
    uow: UnitOfWork, command: CancelBooking, bookings: list[BookingView], answered: list[str]
) -> ChangedBookings:
    """GP-11: only live occurrences change, and each is told on its own."""
    by = uow.ctx.actor.email
    columns = ", cancellation_reason = $4, cancelled_by = $5"
    await end(uow, bookings, BookingStatus.CANCELLED, columns, command.reason, by)
    facts = {"reason": command.reason, "cancelledBy": by, "scope": command.scope.value, "named": command.uid}
    for booking in bookings:
        payload = {**facts, "oldStatus": booking.status}
        uow.record(booking_event(EventType.BOOKING_CANCELLED, uow.ctx.actor, booking, payload))
    return ChangedBookings(await answer(uow.ctx, answered))


async def _check_seat_exists(seat_uid: str) -> None:
    """LC-18 comes before anything else."""
    if not is_name(seat_uid) or not await raw.rows("SELECT 1 FROM seats WHERE uid = $1", seat_uid):
        denial = plan_seat_cancel(SeatedBooking("", 0, ()), seat_uid, seat_exists=False)
        assert isinstance(denial, Denial)  # noqa: S101 no seat, no plan
        deny(denial, seat_missing_is_input=True)


async def _cancel_seat(uow: UnitOfWork, command: CancelBooking, booking: BookingView, seat_uid: str) -> ChangedBookings:
    seated = await load_seated(booking.uid)
    plan = plan_seat_cancel(seated, seat_uid, seat_exists=True)
    if isinstance(plan, Denial):
        raise error_of_denial(plan, seat_missing_is_input=True)
    leaver = _holder(booking, seat_uid)
    await raw.execute("DELETE FROM seats WHERE uid = $1", seat_uid)
    await raw.execute("DELETE FROM attendees WHERE id = $1", leaver.id)
    facts = {"seatUid": seat_uid, "attendee": _facts_of(leaver), "reason": command.reason}
    if plan is SeatLeave.WHOLE_BOOKING:
        changed = await _cancel_all(uow, command, [booking], [booking.uid])
        uow.record(booking_event(EventType.BOOKING_SEAT_LEFT, uow.ctx.actor, booking, facts))
        return changed
    await raw.execute("UPDATE bookings SET updated_at = $2 WHERE id = $1", booking.id, uow.ctx.now())
    tell_seat(uow, EventType.BOOKING_SEAT_LEFT, booking, facts)
    return ChangedBookings(await answer(uow.ctx, [booking.uid]))


def _holder(booking: BookingView, seat_uid: str) -> AttendeeView:
    found = next((person for person in booking.attendees if person.seat_uid == seat_uid), None)
    if found is None:
        raise NotFoundError(f"Seat with uid={seat_uid} does not exist.", path=("seatUid",))
    return found


def _facts_of(person: AttendeeView) -> dict[str, object]:
    """What the deleted row said: webhooks and mails need it later."""
    return {
        "email": person.email,
        "name": person.name,
        "timeZone": person.time_zone,
        "locale": person.locale,
        "phoneNumber": person.phone_number,
        "responses": dict(person.seat_responses),
    }
