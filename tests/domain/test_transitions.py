"""Which changes of a booking are allowed, and what refuses them."""

from itertools import product

import pytest

from app.domain.denials import DenialCode
from app.domain.enums import BookingStatus
from app.domain.transitions import (
    CancelFacts,
    RescheduleFacts,
    can_become,
    check_cancel,
    check_confirm,
    check_decline,
    check_mark_absent,
    check_reschedule,
)

ACCEPTED, PENDING, CANCELLED, REJECTED, AWAITING = BookingStatus
NOW = 1_777_888_800


def test_bk_19_allowed_changes_are_exactly_these() -> None:
    allowed = {(old, new) for old, new in product(BookingStatus, repeat=2) if can_become(old, new)}

    assert allowed == {
        (PENDING, ACCEPTED),
        (PENDING, REJECTED),
        (PENDING, CANCELLED),
        (ACCEPTED, CANCELLED),
        (AWAITING, ACCEPTED),
    }


def move(status: BookingStatus, ahead: int = 3600, **more: bool) -> RescheduleFacts:
    return RescheduleFacts(status=status, end=NOW + ahead, now=NOW, **more)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        pytest.param(move(ACCEPTED), None, id="LC-3 accepted"),
        pytest.param(move(PENDING), None, id="LC-3 pending"),
        pytest.param(move(CANCELLED, rescheduled=True), None, id="LC-13 host asked for a new time"),
        pytest.param(move(CANCELLED), DenialCode.CANCELLED_CANNOT_BE_RESCHEDULED, id="LC-3 cancelled"),
        pytest.param(
            move(CANCELLED, rescheduled=True, has_successor=True),
            DenialCode.ALREADY_RESCHEDULED,
            id="LC-3 Do: moved once",
        ),
        pytest.param(move(REJECTED), DenialCode.ORIGINAL_NOT_FOUND, id="LC-3 rejected"),
        pytest.param(move(AWAITING), DenialCode.ORIGINAL_NOT_FOUND, id="LC-3 instant meeting nobody joined"),
        pytest.param(
            move(ACCEPTED, rescheduling_disabled=True), DenialCode.RESCHEDULING_DISABLED, id="LC-10 Do: switched off"
        ),
        pytest.param(move(ACCEPTED, ahead=0), DenialCode.PAST_BOOKING, id="LC-10 Do: over"),
        pytest.param(move(ACCEPTED, ahead=1), None, id="LC-10 still running"),
        pytest.param(move(ACCEPTED, ahead=0, allow_past=True), None, id="LC-10 event type allows past ones"),
        pytest.param(move(ACCEPTED, ahead=0, refuse_past=False), None, id="LC-10 operator's setting"),
    ],
)
def test_reschedule(facts: RescheduleFacts, code: DenialCode | None) -> None:
    denial = check_reschedule(facts)

    assert (denial and denial.code) == code


def test_lc_3_wire_code_of_a_cancelled_original() -> None:
    denial = check_reschedule(move(CANCELLED))

    assert denial is not None
    assert denial.message == "cancelled_bookings_cannot_be_rescheduled"


def cancel(status: BookingStatus = ACCEPTED, **more: bool | str) -> CancelFacts:
    return CancelFacts(status=status, **more)  # type: ignore[arg-type]  # one helper for all facts


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        pytest.param(cancel(), None, id="LC-14 by anyone"),
        pytest.param(cancel(PENDING), None, id="BK-19 pending"),
        pytest.param(cancel(CANCELLED), "Booking has already been cancelled.", id="LC-15 Do: cancelled"),
        pytest.param(cancel(REJECTED), "Booking has been rejected and cannot be cancelled.", id="LC-15 Do: rejected"),
        pytest.param(cancel(AWAITING, has_owner=False), "User not found", id="LC-14 unclaimed instant meeting"),
        pytest.param(
            cancel(cancelling_disabled=True, by_host=True),
            "This event type does not allow cancellations",
            id="LC-14 switched off comes before the reason",
        ),
        pytest.param(
            cancel(by_host=True),
            "Cancellation reason is required when you are the host",
            id="LC-14 host without reason",
        ),
        pytest.param(
            cancel(by_host=True, reason=" "), "Cancellation reason is required when you are the host", id="LC-14 blank"
        ),
        pytest.param(cancel(by_host=True, reason="ill"), None, id="LC-14 host with reason"),
        pytest.param(cancel(by_host=True, reason_waived=True), None, id="LC-14 platform event type"),
        pytest.param(cancel(by_host=True, one_seat=True), None, id="LC-19 Do: host frees a seat"),
        pytest.param(cancel(whole_seated=True), "User not a host of this event", id="LC-14 seated, not a host"),
        pytest.param(cancel(whole_seated=True, by_host=True, reason="ill"), None, id="LC-14 seated, by the host"),
    ],
)
def test_cancel(facts: CancelFacts, message: str | None) -> None:
    denial = check_cancel(facts)

    assert (denial and denial.message) == message


@pytest.mark.parametrize(
    ("status", "code"),
    [
        pytest.param(PENDING, None, id="LC-22 pending"),
        pytest.param(ACCEPTED, DenialCode.ALREADY_ACCEPTED, id="LC-21 accepted"),
        pytest.param(CANCELLED, DenialCode.NOT_PENDING, id="LC-22 Do: cancelled stays cancelled"),
        pytest.param(REJECTED, DenialCode.NOT_PENDING, id="LC-22 Do: rejected stays rejected"),
        pytest.param(AWAITING, DenialCode.NOT_PENDING, id="LC-22 Do: awaiting host"),
    ],
)
def test_confirm_and_decline(status: BookingStatus, code: DenialCode | None) -> None:
    for denial in (check_confirm(status), check_decline(status)):
        assert (denial and denial.code) == code


def test_lc_22_text_names_the_status() -> None:
    denial = check_decline(CANCELLED)

    assert denial is not None
    assert denial.message == "Only pending bookings can be declined; this booking is cancelled."


def test_lc_24_absence_needs_a_started_meeting() -> None:
    assert check_mark_absent(NOW, NOW) is None
    denial = check_mark_absent(NOW + 1, NOW)
    assert denial is not None
    assert denial.code is DenialCode.NOT_STARTED
