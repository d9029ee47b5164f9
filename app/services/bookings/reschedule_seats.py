"""Moving one seat of a seated booking, or the booking with all its seats (LC-11, LC-12)."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from app.db import raw
from app.db.unit_of_work import ConstraintError
from app.domain.denials import Denial
from app.domain.enums import BookingStatus
from app.domain.outcomes import Bookable
from app.domain.rescheduling import ReschedulePlan
from app.domain.seats import BookingMovePlan, SeatedBooking, SeatMove, SeatMovePlan, plan_booking_move, plan_seat_move
from app.domain.uids import ical_uid
from app.errors import SeatsFullError
from app.events.outbox import EventType, booking_topic
from app.services.bookings.available import Unavailable, check_starts, load_query, now_s
from app.services.bookings.changes import booking_event
from app.services.bookings.changing import answer, bump, load_all, require_manager
from app.services.bookings.choosing import assign
from app.services.bookings.insert_steps import insert_in
from app.services.bookings.locking import lock_bookings
from app.services.bookings.moving import Move, close_original, old_facts, successor, successor_options
from app.services.bookings.refusals import NO_SEATS, error_of_denial
from app.services.bookings.seats import load_seated
from app.services.bookings.views import AttendeeKind, AttendeeView, BookingView, ChangedBookings

_AT = """
SELECT uid FROM bookings
 WHERE event_type_id = $1 AND start_s = $2 AND status = 'ACCEPTED' AND uid <> $3 ORDER BY id LIMIT 1
"""
_MOVE_SEAT = "UPDATE seats SET booking_id = $2 WHERE attendee_id = $1"
_MOVE_ATTENDEE = """
UPDATE attendees SET booking_id = $2,
       position = (SELECT coalesce(max(p.position), -1) + 1 FROM attendees p WHERE p.booking_id = $2)
 WHERE id = $1
"""


async def move_seat(move: Move, booking: BookingView, seat_uid: str, start: int) -> ChangedBookings:
    """One attendee leaves for another start: joins the booking there or opens one; the seat uid stays (LC-11)."""
    original = await load_seated(booking.uid)
    target = original if start == booking.start_s else await _seated_at(booking, start)
    plan = plan_seat_move(original, seat_uid, target)
    if isinstance(plan, Denial):
        raise error_of_denial(plan)
    leaver = next(person for person in booking.attendees if person.seat_uid == seat_uid)
    if plan.empties_original:
        await close_original(move, booking)
    if plan.move is SeatMove.JOIN and target is not None:
        uid = target.uid
        await _bring(leaver, (await load_all([uid]))[0])
        await _tell_joined(move, booking, uid, leaver)
    else:
        uid = await _fresh(move, booking, plan, leaver, start)
    await _left(move, booking, plan, leaver)
    return ChangedBookings(await answer(move.ctx, [uid], seat_uid), seat_uid=seat_uid)


async def move_seated_booking(move: Move, booking: BookingView, start: int) -> ChangedBookings:
    """The owner moves everybody: in place, or into the booking that stands there (LC-12)."""
    require_manager(move.ctx, booking, "reschedule")
    target = await _seated_at(booking, start)
    plan = plan_booking_move(await load_seated(booking.uid), target)
    if isinstance(plan, Denial):
        raise error_of_denial(plan)
    if plan.target_uid is None:
        return await _in_place(move, booking, start)
    return await _merge(move, booking, plan, plan.target_uid)


async def _seated_at(booking: BookingView, start: int) -> SeatedBooking | None:
    uid = await raw.value(_AT, booking.event_type_id, start, booking.uid)
    if uid is None:
        return None
    await lock_bookings([uid])
    return await load_seated(uid)


async def _bring(leaver: AttendeeView, target: BookingView) -> None:
    """Attendee and seat change booking. Raises SeatsFullError when the database says so (BK-36)."""
    try:
        await raw.execute(_MOVE_SEAT, leaver.id, target.id)
    except ConstraintError as error:
        if error.name != "ck_seats_capacity":
            raise
        raise SeatsFullError(NO_SEATS) from error
    await raw.execute(_MOVE_ATTENDEE, leaver.id, target.id)


async def _tell_joined(move: Move, booking: BookingView, uid: str, leaver: AttendeeView) -> None:
    target = (await load_all([uid]))[0]
    await raw.execute("UPDATE bookings SET updated_at = $2 WHERE id = $1", target.id, move.ctx.now())
    payload = {**old_facts(move, booking), "seatUid": leaver.seat_uid, "email": leaver.email}
    move.uow.record(booking_event(EventType.BOOKING_SEAT_MOVED, move.ctx.actor, target, payload))
    bump(move.uow, [target])


async def _fresh(move: Move, booking: BookingView, seats: SeatMovePlan, leaver: AttendeeView, start: int) -> str:
    """A booking of its own for the leaver, linked to the one left."""
    length = booking.duration_minutes
    free = await _free(move, booking, start, without_own=False)
    hosts = assign(move.profile, free, now_s(move.ctx))
    if hosts is None:
        raise Unavailable([start])
    plan = ReschedulePlan(start, start + length * 60, BookingStatus.ACCEPTED, None)
    new = successor(move, booking, plan, hosts)
    hosting = tuple(one for one in new.attendees if one.kind is AttendeeKind.HOST)
    new = new._replace(attendees=hosting, booker_email=leaver.email)
    if not seats.empties_original:  # which stays in the host's calendar beside this one
        made = new.occurrences[0]
        new = new._replace(occurrences=(made._replace(ical_uid=ical_uid(made.uid), ical_sequence=0),))
    options = successor_options(move, booking, plan.status)
    options = replace(options, payload={**(options.payload or {}), "seatUid": leaver.seat_uid})
    try:
        inserted = (await insert_in(move.uow, new, options))[0]
    except ConstraintError as error:
        if error.kind != "exclusion":
            raise
        raise Unavailable([start]) from error
    await _bring(leaver, (await load_all([inserted.uid]))[0])
    return inserted.uid


async def _left(move: Move, booking: BookingView, plan: SeatMovePlan, leaver: AttendeeView) -> None:
    bump(move.uow, [booking])
    move.uow.hint(booking_topic(booking.uid))
    if not plan.empties_original:
        await raw.execute("UPDATE bookings SET updated_at = $2 WHERE id = $1", booking.id, move.ctx.now())
        payload = {"seatUid": leaver.seat_uid, "email": leaver.email, "moved": True}
        move.uow.record(booking_event(EventType.BOOKING_SEAT_LEFT, move.ctx.actor, booking, payload))


async def _free(move: Move, booking: BookingView, start: int, *, without_own: bool) -> list[Bookable]:
    length = booking.duration_minutes
    moved = booking.uid if without_own else None
    query = await load_query(move.ctx, move.facts, [start], length, ZoneInfo("UTC"), moved)
    if without_own:
        seats = [seat for seat in query.busy.seats if seat.booking_uid != booking.uid]
        query = replace(query, busy=replace(query.busy, seats=seats))
    return check_starts(query, [start], length)


async def _in_place(move: Move, booking: BookingView, start: int) -> ChangedBookings:
    """The same booking, uid and seats at another time."""
    await _free(move, booking, start, without_own=True)
    end = start + booking.end_s - booking.start_s
    try:
        await raw.execute(
            "UPDATE booking_hosts SET start_s = $2, end_s = $3 WHERE booking_id = $1", booking.id, start, end
        )
    except ConstraintError as error:
        if error.kind != "exclusion":
            raise
        raise Unavailable([start]) from error
    text = (
        "UPDATE bookings SET start_s = $2, end_s = $3, updated_at = $4, ical_sequence = ical_sequence + 1,"
        " rescheduling_reason = $5, rescheduled_by = $6 WHERE id = $1"
    )
    await raw.execute(text, booking.id, start, end, move.ctx.now(), move.command.reason, move.by)
    payload = {**old_facts(move, booking), "inPlace": True}
    move.uow.record(booking_event(EventType.BOOKING_RESCHEDULED, move.ctx.actor, booking, payload))
    bump(move.uow, [booking])
    return ChangedBookings(await answer(move.ctx, [booking.uid]))


async def _merge(move: Move, booking: BookingView, plan: BookingMovePlan, target_uid: str) -> ChangedBookings:
    """Everybody joins the booking at the new time; who already sits there keeps one seat."""
    target = (await load_all([target_uid]))[0]
    await close_original(move, booking)
    by_seat = {person.seat_uid: person for person in booking.attendees}
    for seat in plan.moved:
        await _bring(by_seat[seat.uid], target)
    for seat in plan.dropped:
        await raw.execute("DELETE FROM seats WHERE uid = $1", seat.uid)
        await raw.execute("DELETE FROM attendees WHERE id = $1", by_seat[seat.uid].id)
    await raw.execute("UPDATE bookings SET updated_at = $2 WHERE id = $1", target.id, move.ctx.now())
    payload = {**old_facts(move, booking), "merged": [seat.uid for seat in plan.moved]}
    move.uow.record(booking_event(EventType.BOOKING_RESCHEDULED, move.ctx.actor, target, payload))
    bump(move.uow, [target])
    return ChangedBookings(await answer(move.ctx, [target_uid]))
