"""Seats of a seated booking: joining, moving and leaving (BK-34 to BK-36, LC-11, LC-12, LC-18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from app.domain.denials import Denial, DenialCode

MIN_SEATS: Final = 1
MAX_SEATS: Final = 1000


@dataclass(frozen=True, slots=True)
class Seat:
    """One taken seat: its secret reference and the attendee's address."""

    uid: str
    email: str


@dataclass(frozen=True, slots=True)
class SeatedBooking:
    """An ACCEPTED booking of a seated event type with the seats taken in it, read under its row lock (BK-36)."""

    uid: str
    capacity: int
    seats: Sequence[Seat]


@unique
class SeatMove(StrEnum):
    """How a seat gets to its new time (LC-11)."""

    JOIN = "JOIN"
    FRESH = "FRESH"


@unique
class SeatLeave(StrEnum):
    """What giving up a seat does to the booking (LC-18)."""

    SEAT_ONLY = "SEAT_ONLY"
    WHOLE_BOOKING = "WHOLE_BOOKING"


@dataclass(frozen=True, slots=True)
class SeatMovePlan:
    """Where the seat goes, and whether its old booking ends CANCELLED because nobody is left."""

    move: SeatMove
    empties_original: bool


@dataclass(frozen=True, slots=True)
class BookingMovePlan:
    """A whole seated booking moved by its owner (LC-12): in place (`target_uid` None) or merged into another.

    `moved` seats change booking, `dropped` ones belong to people who already sit in the target.
    """

    target_uid: str | None
    moved: tuple[Seat, ...] = ()
    dropped: tuple[Seat, ...] = ()


def join_seat(booking: SeatedBooking, email: str, reserved: int = 0) -> Denial | None:
    """Refuse a seat in a full booking or a second one for the same address (BK-35); None allows it.

    `reserved` are seat holds of others at that start (RS-6); pass 0 where holds are only advice (RS-7).
    """
    if any(_same(seat.email, email) for seat in booking.seats):
        code = DenialCode.ALREADY_SIGNED_UP
        return Denial(code, code.value)
    if len(booking.seats) + reserved >= booking.capacity:
        return Denial(DenialCode.NO_SEATS_LEFT, "No more seats left at this seated booking.")
    return None


def seats_left(booking: SeatedBooking, reserved: int = 0) -> int:
    """Count the free seats, never below 0 (BT-14)."""
    return max(0, booking.capacity - len(booking.seats) - reserved)


def plan_seat_move(original: SeatedBooking, seat_uid: str, target: SeatedBooking | None) -> SeatMovePlan | Denial:
    """Plan the reschedule of one seat; its seat uid survives in both cases (LC-11).

    `target` is the ACCEPTED booking of the event type at the new start, None when there is none.
    """
    seat = find_seat(original, seat_uid)
    if seat is None:
        return Denial(DenialCode.SEAT_NOT_FOUND, f"Seat with uid={seat_uid} does not exist.")
    empties = len(original.seats) == 1
    if target is None:
        return SeatMovePlan(SeatMove.FRESH, empties)
    return join_seat(target, seat.email) or SeatMovePlan(SeatMove.JOIN, empties)


def plan_booking_move(original: SeatedBooking, target: SeatedBooking | None) -> BookingMovePlan | Denial:
    """Plan the reschedule of all seats by the owner: move in place, or merge into the booking there (LC-12)."""
    if target is None:
        return BookingMovePlan(None)
    there = {seat.email.casefold() for seat in target.seats}
    moved = tuple(seat for seat in original.seats if seat.email.casefold() not in there)
    if len(moved) > seats_left(target):
        code = DenialCode.NOT_ENOUGH_SEATS
        return Denial(code, code.value)
    dropped = tuple(seat for seat in original.seats if seat.email.casefold() in there)
    return BookingMovePlan(target.uid, moved, dropped)


def plan_seat_cancel(booking: SeatedBooking, seat_uid: str, *, seat_exists: bool) -> SeatLeave | Denial:
    """Decide what cancelling one seat does (LC-18); `seat_exists` tells whether any booking has that seat."""
    if not seat_exists:
        message = "Invalid seatUid: this seat does not exist or has already been cancelled."
        return Denial(DenialCode.SEAT_NOT_FOUND, message)
    if find_seat(booking, seat_uid) is None:
        message = "Invalid seatUid: this seat does not belong to this booking."
        return Denial(DenialCode.SEAT_OF_OTHER_BOOKING, message)
    return SeatLeave.SEAT_ONLY if len(booking.seats) > 1 else SeatLeave.WHOLE_BOOKING


def visible_seats(
    seats: Sequence[Seat], *, sees_all: bool, own_uid: str | None, own_email: str | None
) -> tuple[Seat, ...]:
    """Pick the seats a reader of the booking may see, since a seat uid is the key to cancel it (BK-38).

    `sees_all`: the reader is a host or the owner, or the event type shows its attendees; others see their own seat,
    known by the seat uid they hold or by their authenticated address.
    """
    if sees_all:
        return tuple(seats)
    return tuple(
        seat for seat in seats if seat.uid == own_uid or (own_email is not None and _same(seat.email, own_email))
    )


def find_seat(booking: SeatedBooking, seat_uid: str) -> Seat | None:
    """Find a seat of this booking by its reference."""
    return next((seat for seat in booking.seats if seat.uid == seat_uid), None)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
