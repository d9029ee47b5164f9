"""Joining, moving and leaving seated bookings."""

import pytest

from app.domain.denials import Denial, DenialCode
from app.domain.seats import (
    BookingMovePlan,
    Seat,
    SeatedBooking,
    SeatLeave,
    SeatMove,
    SeatMovePlan,
    join_seat,
    plan_booking_move,
    plan_seat_cancel,
    plan_seat_move,
    seats_left,
    visible_seats,
)

ANN, BOB, CAT = Seat("s-ann", "ann@x.org"), Seat("s-bob", "Bob@x.org"), Seat("s-cat", "cat@x.org")


def booking(uid: str, capacity: int, *seats: Seat) -> SeatedBooking:
    return SeatedBooking(uid, capacity, seats)


@pytest.mark.parametrize(
    ("there", "email", "reserved", "message"),
    [
        pytest.param(booking("b", 3, ANN, BOB), "cat@x.org", 0, None, id="BK-35 the last seat"),
        pytest.param(
            booking("b", 2, ANN, BOB), "cat@x.org", 0, "No more seats left at this seated booking.", id="BK-35 full"
        ),
        pytest.param(
            booking("b", 3, ANN, BOB), "cat@x.org", 1, "No more seats left at this seated booking.", id="RS-6 on hold"
        ),
        pytest.param(
            booking("b", 3, ANN, BOB),
            "bob@X.org",
            0,
            "already_signed_up_for_this_booking_error",
            id="BK-35 same address in other case",
        ),
        pytest.param(
            booking("b", 2, ANN, BOB),
            "ann@x.org",
            0,
            "already_signed_up_for_this_booking_error",
            id="BK-35 signed up comes before full",
        ),
    ],
)
def test_join(there: SeatedBooking, email: str, reserved: int, message: str | None) -> None:
    denial = join_seat(there, email, reserved)

    assert (denial and denial.message) == message


def test_bt_14_free_seats_are_never_negative() -> None:
    assert seats_left(booking("b", 3, ANN)) == 2
    assert seats_left(booking("b", 3, ANN), reserved=1) == 1
    assert seats_left(booking("b", 1, ANN, BOB)) == 0


@pytest.mark.parametrize(
    ("original", "target", "expected"),
    [
        pytest.param(
            booking("b", 2, ANN, BOB),
            booking("t", 2, CAT),
            SeatMovePlan(SeatMove.JOIN, False),
            id="LC-11 joins another",
        ),
        pytest.param(
            booking("b", 2, ANN),
            booking("t", 2, CAT),
            SeatMovePlan(SeatMove.JOIN, True),
            id="LC-11 last one",
        ),
        pytest.param(booking("b", 2, ANN, BOB), None, SeatMovePlan(SeatMove.FRESH, False), id="LC-11 fresh booking"),
    ],
)
def test_seat_move(original: SeatedBooking, target: SeatedBooking | None, expected: SeatMovePlan) -> None:
    assert plan_seat_move(original, "s-ann", target) == expected


@pytest.mark.parametrize(
    ("seat_uid", "target", "code"),
    [
        pytest.param("s-x", None, DenialCode.SEAT_NOT_FOUND, id="LC-11 unknown seat"),
        pytest.param("s-ann", booking("t", 1, CAT), DenialCode.NO_SEATS_LEFT, id="LC-11 Do: full target"),
        pytest.param(
            "s-ann", booking("t", 5, Seat("z", "ann@x.org")), DenialCode.ALREADY_SIGNED_UP, id="LC-11 already there"
        ),
    ],
)
def test_refused_seat_move(seat_uid: str, target: SeatedBooking | None, code: DenialCode) -> None:
    denial = plan_seat_move(booking("b", 2, ANN, BOB), seat_uid, target)

    assert isinstance(denial, Denial)
    assert denial.code is code


def test_lc_11_text_names_the_seat() -> None:
    assert plan_seat_move(booking("b", 2, ANN), "s-x", None) == Denial(
        DenialCode.SEAT_NOT_FOUND, "Seat with uid=s-x does not exist."
    )


ANN_ELSEWHERE = Seat("s-ann-2", "ANN@x.org")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param(None, BookingMovePlan(None), id="LC-12 free time: moved in place"),
        pytest.param(
            booking("t", 3, ANN_ELSEWHERE, CAT), BookingMovePlan("t", (BOB,), (ANN,)), id="LC-12 merged without doubles"
        ),
    ],
)
def test_booking_move(target: SeatedBooking | None, expected: BookingMovePlan) -> None:
    assert plan_booking_move(booking("b", 3, ANN, BOB), target) == expected


def test_lc_12_too_many_for_the_target() -> None:
    denial = plan_booking_move(booking("b", 3, ANN, BOB), booking("t", 2, CAT))

    assert isinstance(denial, Denial)
    assert denial.message == "not_enough_available_seats_error"


@pytest.mark.parametrize(
    ("seats", "expected"),
    [
        pytest.param((ANN, BOB), SeatLeave.SEAT_ONLY, id="LC-18 others stay"),
        pytest.param((ANN,), SeatLeave.WHOLE_BOOKING, id="LC-18 nobody stays"),
    ],
)
def test_seat_cancel(seats: tuple[Seat, ...], expected: SeatLeave) -> None:
    assert plan_seat_cancel(booking("b", 3, *seats), "s-ann", seat_exists=True) is expected


@pytest.mark.parametrize(
    ("exists", "message"),
    [
        pytest.param(
            False, "Invalid seatUid: this seat does not exist or has already been cancelled.", id="LC-18 unknown"
        ),
        pytest.param(True, "Invalid seatUid: this seat does not belong to this booking.", id="LC-18 other booking"),
    ],
)
def test_refused_seat_cancel(exists: bool, message: str) -> None:
    denial = plan_seat_cancel(booking("b", 3, ANN), "s-cat", seat_exists=exists)

    assert isinstance(denial, Denial)
    assert denial.message == message


@pytest.mark.parametrize(
    ("sees_all", "own_uid", "own_email", "visible"),
    [
        pytest.param(True, None, None, (ANN, BOB, CAT), id="BK-38 host, owner or public"),
        pytest.param(False, None, None, (), id="BK-38 Do: anybody with the booking uid"),
        pytest.param(False, "s-cat", None, (CAT,), id="BK-38 Do: holder of a seat uid"),
        pytest.param(False, None, "bob@x.org", (BOB,), id="BK-38 Do: authenticated attendee"),
    ],
)
def test_visible_seats(sees_all: bool, own_uid: str | None, own_email: str | None, visible: tuple[Seat, ...]) -> None:
    assert visible_seats((ANN, BOB, CAT), sees_all=sees_all, own_uid=own_uid, own_email=own_email) == visible
