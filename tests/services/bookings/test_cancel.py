"""Cancelling bookings and seats (LC-14 to LC-20)."""

import asyncio

import pytest

from app.errors import (
    InvalidInputError,
    InvalidStateError,
    NotFoundError,
    PolicyViolationError,
    SlotgraphError,
    UnauthenticatedError,
)
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.queries import get_booking
from tests.services.bookings.desk import Desk, count, outbox, outbox_payloads, statuses


async def test_cancelling_frees_the_slot(desk: Desk) -> None:
    """LC-20, BT-4: status, reason, sequence; the time can be booked again; the slots version grows."""
    event_type = await desk.event_type(await desk.person())
    made = await desk.book(event_type, "2026-05-04T08:00")
    changed = await cancel_booking(desk.ctx, CancelBooking(uid=made.booking.uid, reason="ill"))
    view = changed.booking
    assert (view.status, view.cancellation_reason, view.cancelled_by, view.ical_sequence) == (
        "CANCELLED",
        "ill",
        None,
        1,
    )
    assert changed.slots_version > made.slots_version
    assert await outbox() == [("booking.created", view.uid), ("booking.cancelled", view.uid)]
    assert (await outbox_payloads("booking.cancelled"))[0]["reason"] == "ill"
    assert (await desk.booked(event_type, "2026-05-04T08:00")).status == "ACCEPTED"


async def test_cancelled_by_is_filled_for_signed_in_callers(desk: Desk) -> None:
    """LC-20, GP-64."""
    host = await desk.person()
    view = await desk.booked(await desk.event_type(host), "2026-05-04T08:00")
    changed = await cancel_booking(desk.as_user(host), CancelBooking(uid=view.uid, reason="away"))
    assert changed.booking.cancelled_by == host.email


async def test_hosts_must_say_why(desk: Desk) -> None:
    """LC-14: a host needs a reason, unless it is waived; the booker does not."""
    host = await desk.person()
    event_type = await desk.event_type(host)
    view = await desk.booked(event_type, "2026-05-04T08:00")
    with pytest.raises(InvalidInputError, match=r"^Cancellation reason is required when you are the host$"):
        await cancel_booking(desk.as_user(host), CancelBooking(uid=view.uid, reason=" "))
    assert await statuses(view.uid) == ["ACCEPTED"]
    waived = CancelBooking(uid=view.uid, reason_waived=True)
    assert (await cancel_booking(desk.as_user(host), waived)).booking.status == "CANCELLED"


async def test_cancelling_twice(desk: Desk) -> None:
    """LC-15, GP-12: a 400 that tells nobody again."""
    view = await desk.booked(await desk.event_type(await desk.person()), "2026-05-04T08:00")
    await cancel_booking(desk.ctx, CancelBooking(uid=view.uid))
    with pytest.raises(InvalidStateError) as caught:
        await cancel_booking(desk.ctx, CancelBooking(uid=view.uid))
    assert caught.value.status == 400
    assert await count("outbox") == 2


async def test_cancelling_twice_at_once(desk: Desk) -> None:
    """LC-15: of many at the same time one succeeds."""
    view = await desk.booked(await desk.event_type(await desk.person()), "2026-05-04T08:00")
    answers = await asyncio.gather(
        *(cancel_booking(desk.ctx, CancelBooking(uid=view.uid)) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(answer, InvalidStateError) for answer in answers) == 7
    assert [kind for kind, _ in await outbox()] == ["booking.created", "booking.cancelled"]


async def test_cancelling_forbidden_by_the_event_type(desk: Desk) -> None:
    """LC-14."""
    view = await desk.booked(await desk.event_type(await desk.person(), disable_cancelling=True), "2026-05-04T08:00")
    with pytest.raises(PolicyViolationError, match=r"^This event type does not allow cancellations$"):
        await cancel_booking(desk.ctx, CancelBooking(uid=view.uid))
    assert await statuses(view.uid) == ["ACCEPTED"]


async def test_unknown_bookings(desk: Desk) -> None:
    """LC-14: 404 with the documented text."""
    with pytest.raises(NotFoundError, match=r"^Booking with uid=nothing not found$"):
        await cancel_booking(desk.ctx, CancelBooking(uid="nothing"))


async def test_unclaimed_instant_meetings(desk: Desk) -> None:
    """LC-14: no owner, no cancelling."""
    event_type = await desk.team_event("ROUND_ROBIN", await desk.person())
    view = await desk.booked(event_type, "2026-05-04T08:00", instant=True)
    with pytest.raises(SlotgraphError, match=r"^User not found$"):
        await cancel_booking(desk.ctx, CancelBooking(uid=view.uid))


async def test_one_seat_leaves(desk: Desk) -> None:
    """LC-18: only this attendee and seat vanish; the last one takes the booking with it."""
    event_type = await desk.event_type(await desk.person(), seats_per_slot=2)
    first = await desk.book(event_type, "2026-05-04T08:00")
    second = await desk.book(event_type, "2026-05-04T08:00", "carl@example.com")
    uid = first.booking.uid
    await cancel_booking(desk.ctx, CancelBooking(uid=uid, seat_uid=first.seat_uid))
    assert (await statuses(uid), await count("seats"), await count("attendees")) == (["ACCEPTED"], 1, 1)
    left = (await outbox_payloads("booking.seat-left"))[0]
    assert left["attendee"]["email"] == "ann@example.com"
    await cancel_booking(desk.ctx, CancelBooking(uid=uid, seat_uid=second.seat_uid))
    assert (await statuses(uid), await count("seats"), await count("attendees")) == (["CANCELLED"], 0, 0)


async def test_hosts_free_seats_without_a_reason(desk: Desk) -> None:
    """LC-19, GP-65."""
    host = await desk.person()
    event_type = await desk.event_type(host, seats_per_slot=2)
    first = await desk.book(event_type, "2026-05-04T08:00")
    await desk.book(event_type, "2026-05-04T08:00", "carl@example.com")
    await cancel_booking(desk.as_user(host), CancelBooking(uid=first.booking.uid, seat_uid=first.seat_uid))
    assert await count("seats") == 1


async def test_wrong_seats(desk: Desk) -> None:
    """LC-18: unknown and foreign seats have their own texts."""
    event_type = await desk.event_type(await desk.person(), seats_per_slot=2)
    first = await desk.book(event_type, "2026-05-04T08:00")
    other = await desk.book(event_type, "2026-05-04T09:00")
    with pytest.raises(InvalidInputError, match="this seat does not exist or has already been cancelled"):
        await cancel_booking(desk.ctx, CancelBooking(uid=first.booking.uid, seat_uid="no-such-seat"))
    with pytest.raises(InvalidInputError, match="this seat does not belong to this booking"):
        await cancel_booking(desk.ctx, CancelBooking(uid=first.booking.uid, seat_uid=other.seat_uid))
    assert await count("seats") == 2


async def test_a_whole_seated_booking_is_for_hosts(desk: Desk) -> None:
    """LC-14: neither an anonymous caller nor another tenant's host may, and nothing is written."""
    host, stranger = await desk.person(), await desk.person()
    made = await desk.book(await desk.event_type(host, seats_per_slot=2), "2026-05-04T08:00")
    uid = made.booking.uid
    for ctx in (desk.ctx, desk.as_user(stranger)):
        with pytest.raises(UnauthenticatedError, match=r"^User not a host of this event$"):
            await cancel_booking(ctx, CancelBooking(uid=uid, reason="x"))
    assert (await statuses(uid), await count("outbox")) == (["ACCEPTED"], 1)
    await cancel_booking(desk.as_user(host), CancelBooking(uid=uid, reason="x"))
    assert await statuses(uid) == ["CANCELLED"]


async def test_a_cancelled_booking_frees_its_key(desk: Desk) -> None:
    """The idempotency key of a cancelled booking may book anew."""
    event_type = await desk.event_type(await desk.person())
    first = await desk.book(event_type, "2026-05-04T08:00", idempotency_key="k")
    await cancel_booking(desk.ctx, CancelBooking(uid=first.booking.uid))
    second = await desk.book(event_type, "2026-05-04T08:00", idempotency_key="k")
    assert (second.replayed, second.booking.uid != first.booking.uid) == (False, True)


async def test_a_keyed_cancel_is_answered_again(desk: Desk) -> None:
    """The same key gives the stored answer instead of "already cancelled"."""
    view = await desk.booked(await desk.event_type(await desk.person()), "2026-05-04T08:00")
    command = CancelBooking(uid=view.uid, idempotency_key="c")
    await cancel_booking(desk.ctx, command)
    again = await cancel_booking(desk.ctx, command)
    assert (again.replayed, again.booking.status) == (True, "CANCELLED")


async def test_reading_after_cancel(desk: Desk) -> None:
    """LC-27: anybody who knows the uid reads it; unknown ones are 404."""
    view = await desk.booked(await desk.event_type(await desk.person()), "2026-05-04T08:00")
    assert (await get_booking(desk.ctx, view.uid)).uid == view.uid
    with pytest.raises(NotFoundError):
        await get_booking(desk.ctx, "unknown")
