"""Edit a booking in place, as API v1 does: title, description, status, times."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import ConstraintError, UnitOfWork
from app.domain.bookable import time_outcomes
from app.domain.enums import BookingStatus
from app.domain.host_check import HostCheck
from app.domain.outcomes import Refusal
from app.domain.transitions import LIVE_STATUSES
from app.errors import InvalidInputError, InvalidStateError
from app.events.outbox import EventType
from app.services.bookings.available import Unavailable, load_query
from app.services.bookings.cancel import CancelBooking, cancel_in
from app.services.bookings.changes import booking_event
from app.services.bookings.changing import answer, bump, find, require_access
from app.services.bookings.confirm import ConfirmBooking, confirm_in, lost_error
from app.services.bookings.decline import DeclineBooking, decline_in
from app.services.bookings.keyed import once
from app.services.bookings.locking import lock_hosts
from app.services.bookings.preparing import facts_of
from app.services.bookings.queries import get_booking, not_found
from app.services.bookings.refusals import policy_error
from app.services.bookings.texts import check_storable
from app.services.bookings.views import BookingView, ChangedBookings
from app.services.bookings.wish import epoch
from app.services.checks import check_text
from app.services.slots.refs import EventTypeRef
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
    """Change title, description, status or times; new times pass the same availability rule as a booking.

    A new status goes through cancelling, confirming or declining. Raises NotFoundError, ForbiddenError,
    InvalidInputError, InvalidStateError, PolicyViolationError, SlotUnavailableError.
    """
    try:
        return await once(ctx, "editBooking", command, partial(_edit, ctx, command), key=command.idempotency_key)
    except Unavailable as lost:
        raise await lost_error(ctx, await get_booking(ctx, command.uid), lost) from None


@dataclass(frozen=True, slots=True)
class _Values:
    """What an edit may write; times in epoch seconds."""

    title: str
    description: str | None
    start_s: int
    end_s: int

    @classmethod
    def of(cls, booking: BookingView) -> "_Values":
        """What the booking has."""
        return cls(booking.title, booking.description, booking.start_s, booking.end_s)


async def _edit(ctx: RequestContext, command: EditBooking, uow: UnitOfWork) -> ChangedBookings:
    if not isinstance(command.description, Unset):
        check_storable("description", command.description)
    found = await find(ctx, command.uid)
    if found.named is None:
        raise not_found(command.uid)
    booking = found.named
    require_access(ctx, booking, "edit")
    old, new = _Values.of(booking), _wanted(command, booking)
    if (new.start_s, new.end_s) != (old.start_s, old.end_s):
        await _move(ctx, booking, new)
        bump(uow, [booking])
    if new != old:
        await _write(uow, booking, new)
    if not isinstance(command.status, Unset) and command.status != booking.status:
        return await _change_status(ctx, uow, command.uid, command.status)
    return ChangedBookings(await answer(ctx, [booking.uid]))


def _wanted(command: EditBooking, booking: BookingView) -> _Values:
    old = _Values.of(booking)
    wanted = _Values(
        title=old.title if isinstance(command.title, Unset) else check_text("title", command.title, most=1000, least=1),
        description=old.description if isinstance(command.description, Unset) else command.description,
        start_s=old.start_s if isinstance(command.start, Unset) else epoch("start", command.start),
        end_s=old.end_s if isinstance(command.end, Unset) else epoch("end", command.end),
    )
    if wanted.end_s <= wanted.start_s:
        raise InvalidInputError.at("end", "Must be after the start.", "order")
    return wanted


async def _move(ctx: RequestContext, booking: BookingView, new: _Values) -> None:
    """Other times, if every host of the booking is free then."""
    if booking.booking_status not in LIVE_STATUSES or booking.is_seated:
        raise InvalidStateError("The times of this booking cannot be edited; reschedule it.")
    await lock_hosts(host.user_id for host in booking.hosts)
    if booking.event_type_id is not None:
        await _check_times(ctx, booking, booking.event_type_id, new)
    text = "UPDATE booking_hosts SET start_s = $2, end_s = $3 WHERE booking_id = $1"
    try:
        await raw.execute(text, booking.id, new.start_s, new.end_s)
    except ConstraintError as error:
        if error.kind != "exclusion":
            raise
        raise Unavailable([new.start_s]) from error


async def _check_times(ctx: RequestContext, booking: BookingView, event_type_id: int, new: _Values) -> None:
    facts = await facts_of(ctx, EventTypeRef(id=event_type_id))
    length = -((new.start_s - new.end_s) // 60)
    query = await load_query(ctx, facts, [new.start_s], length, ZoneInfo("UTC"), booking.uid)
    for outcome in time_outcomes(query, new.start_s):
        if not outcome.allows:
            raise policy_error(Refusal(outcome.code, (outcome.rule_id,)))
    check = HostCheck(query, new.start_s, new.end_s)
    hosting = {host.user_id for host in booking.hosts}
    if any(check.refusal(host) for host in facts.hosts if host.user_id in hosting):
        raise Unavailable([new.start_s])


async def _write(uow: UnitOfWork, booking: BookingView, new: _Values) -> None:
    # Calendars know an occurrence of a series by the start that they were told first.
    text = (
        "UPDATE bookings SET title = $2, description = $3, start_s = $4, end_s = $5, updated_at = $6,"
        " ical_sequence = ical_sequence + 1, original_start_s = CASE WHEN recurring_uid IS NULL OR status <> 'ACCEPTED'"
        " OR (start_s = $4 AND end_s = $5) THEN original_start_s ELSE coalesce(original_start_s, start_s) END"
        " WHERE id = $1"
    )
    await raw.execute(text, booking.id, new.title, new.description, new.start_s, new.end_s, uow.ctx.now())
    payload = {"oldStart": booking.start.isoformat(), "oldEnd": booking.end.isoformat(), "oldTitle": booking.title}
    uow.record(booking_event(EventType.BOOKING_EDITED, uow.ctx.actor, booking, payload))


async def _change_status(ctx: RequestContext, uow: UnitOfWork, uid: str, status: BookingStatus) -> ChangedBookings:
    """Through the operation that the status stands for; v1 has no reason, so hosts need none."""
    match status:
        case BookingStatus.CANCELLED:
            return await cancel_in(ctx, CancelBooking(uid=uid, reason_waived=True), uow)
        case BookingStatus.ACCEPTED:
            return await confirm_in(ctx, ConfirmBooking(uid=uid), uow)
        case BookingStatus.REJECTED:
            return await decline_in(ctx, DeclineBooking(uid=uid), uow)
    raise InvalidInputError.at("status", "Must be ACCEPTED, REJECTED or CANCELLED.", "choice")
