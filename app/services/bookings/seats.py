"""Seats of a booking: read under its lock, taken by a further attendee (BK-35, BK-36)."""

from collections.abc import Mapping
from uuid import uuid4

from app.db import raw
from app.db.unit_of_work import ConstraintError, UnitOfWork
from app.domain.seats import Seat, SeatedBooking, join_seat
from app.errors import NotFoundError, SeatsFullError
from app.events.outbox import EventType
from app.services.bookings.building import Prepared
from app.services.bookings.changes import booking_event
from app.services.bookings.insert_steps import insert_seat, release_hold
from app.services.bookings.keyed import by_uids
from app.services.bookings.locking import lock_bookings
from app.services.bookings.planning import NewSeat
from app.services.bookings.refusals import NO_SEATS, deny
from app.services.bookings.views import AttendeeKind, BookingView, ChangedBookings

_SEATS = """
SELECT b.id, b.uid, coalesce(b.seat_capacity, e.seats_per_slot) AS capacity, s.uid AS seat_uid, a.email
  FROM bookings b LEFT JOIN event_types e ON e.id = b.event_type_id
       LEFT JOIN seats s ON s.booking_id = b.id LEFT JOIN attendees a ON a.id = s.attendee_id
 WHERE b.uid = $1 ORDER BY s.id
"""
_JOINER = """
INSERT INTO attendees (booking_id, position, kind, email, name, time_zone, locale, phone_number)
SELECT $1::int, coalesce(max(position), -1) + 1, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text
  FROM attendees WHERE booking_id = $1::int
RETURNING id
"""


async def load_seated(uid: str) -> SeatedBooking:
    """A booking with its seats; the caller holds its lock. Raises NotFoundError."""
    rows = await raw.rows(_SEATS, uid)
    if not rows:
        raise NotFoundError(f"Booking with uid={uid} not found")
    seats = [Seat(row["seat_uid"], row["email"]) for row in rows if row["seat_uid"] is not None]
    return SeatedBooking(uid, rows[0]["capacity"] or len(seats), seats)


async def lock_seated(event_type_id: int | None, start_s: int) -> None:
    """Lock the booking a further seat would join, before its hosts: the order in which everybody locks."""
    if event_type_id is not None and raw.dialect() == "postgres":
        text = "SELECT id FROM bookings WHERE event_type_id = $1 AND start_s = $2 AND status = 'ACCEPTED' FOR UPDATE"
        await raw.rows(text, event_type_id, start_s)


async def join_booking(uow: UnitOfWork, made: Prepared, uid: str) -> ChangedBookings:
    """Take one more seat of an ACCEPTED booking. Raises SeatsFullError, AlreadySignedUpError."""
    await lock_bookings([uid])
    booking = await load_seated(uid)
    deny(join_seat(booking, made.wish.booker.email))
    seat = NewSeat(str(uuid4()), made.wish.answers, made.wish.notes, made.wish.metadata)
    await _write(uow, made, uid, seat)
    view = (await by_uids(uow.ctx, [uid], seat.uid))[0]
    tell_seat(uow, EventType.BOOKING_SEAT_TAKEN, view, {"seatUid": seat.uid, "email": made.wish.booker.email})
    if made.command.hold is not None:
        await release_hold(made.command.hold, made.profile.id)
    return ChangedBookings((view,), seat_uid=seat.uid)


def tell_seat(uow: UnitOfWork, kind: str, view: BookingView, payload: Mapping[str, object]) -> None:
    """Record a change of seats and mark the slots as changed."""
    uow.record(booking_event(kind, uow.ctx.actor, view, payload))
    uow.bump_hosts(host.user_id for host in view.hosts)
    if view.event_type_id is not None:
        uow.bump_event_type(view.event_type_id)


async def _write(uow: UnitOfWork, made: Prepared, uid: str, seat: NewSeat) -> None:
    booking_id = await raw.value("SELECT id FROM bookings WHERE uid = $1", uid)
    person = made.wish.booker
    row = (AttendeeKind.BOOKER.value, person.email, person.name, person.zone, person.language, person.phone)
    attendee_id = await raw.value(_JOINER, booking_id, *row)
    try:
        await insert_seat(seat, booking_id, attendee_id)
    except ConstraintError as error:
        if error.name != "ck_seats_capacity":
            raise
        raise SeatsFullError(NO_SEATS) from error
    await raw.execute("UPDATE bookings SET updated_at = $2 WHERE id = $1", booking_id, uow.ctx.now())
