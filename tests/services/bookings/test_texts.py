"""Text that no database keeps is refused as input, never met as a crash."""

from typing import Any

import pytest

from app.errors import InvalidInputError, NotFoundError, PolicyViolationError
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.decline import DeclineBooking, decline_booking
from app.services.bookings.queries import ListBookings, get_booking, get_booking_or_series, list_bookings
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from tests.services.bookings.desk import Desk, count
from tests.services.slots.world import at


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        pytest.param({"responses": {"notes": "a\x00b"}}, "bookingFieldsResponses", id="nul-answer"),
        pytest.param({"responses": {"notes": "\ud800"}}, "bookingFieldsResponses", id="half-pair"),
        pytest.param({"metadata": {"k": "\x00"}}, "metadata", id="nul-metadata"),
        pytest.param({"location": "x" * 2001}, "location", id="long-location"),
        pytest.param({"location": "x\x00"}, "location", id="nul-location"),
        pytest.param({"hold": "\x00"}, "hold", id="nul-hold"),
        pytest.param({"guests": ("a\x00@x.org",)}, "guests", id="nul-guest"),
    ],
)
async def test_texts_of_a_request(desk: Desk, fields: dict[str, Any], path: str) -> None:
    """Each is an InvalidInputError naming the field."""
    event_type = await desk.event_type(await desk.person())
    with pytest.raises(InvalidInputError) as caught:
        await desk.book(event_type, "2026-05-04T08:00", **fields)
    assert caught.value.path[0] == path
    assert await count("bookings") == 0


@pytest.mark.parametrize(
    "uid", ["\x00", "é" * 5, "x" * 41, "\ud800", ""], ids=["nul", "letters", "long", "half", "empty"]
)
async def test_names_that_nothing_has(desk: Desk, uid: str) -> None:
    """A uid that cannot be one is not found."""
    with pytest.raises(NotFoundError):
        await get_booking(desk.ctx, uid)
    with pytest.raises(NotFoundError):
        await get_booking_or_series(desk.ctx, uid)
    with pytest.raises(NotFoundError):
        await cancel_booking(desk.ctx, CancelBooking(uid=uid))
    with pytest.raises(InvalidInputError, match="this seat does not exist"):
        await cancel_booking(desk.ctx, CancelBooking(uid="x", seat_uid=uid))
    with pytest.raises(NotFoundError):
        await reschedule_booking(desk.ctx, RescheduleBooking(uid=uid, start=at("2026-05-05T08:00")))


async def test_reasons(desk: Desk) -> None:
    """Reasons are texts too; a long address of whoever moved it is cut."""
    host = await desk.person()
    view = await desk.booked(await desk.event_type(host, requires_confirmation=True), "2026-05-04T08:00")
    with pytest.raises(InvalidInputError):
        await cancel_booking(desk.ctx, CancelBooking(uid=view.uid, reason="\x00"))
    with pytest.raises(InvalidInputError):
        await decline_booking(desk.as_user(host), DeclineBooking(uid=view.uid, reason="\x00"))
    command = RescheduleBooking(uid=view.uid, start=at("2026-05-05T08:00"), reason="\x00")
    with pytest.raises(InvalidInputError):
        await reschedule_booking(desk.ctx, command)
    moved = RescheduleBooking(uid=view.uid, start=at("2026-05-05T08:00"), rescheduled_by="x" * 1000)
    await reschedule_booking(desk.ctx, moved)
    assert len((await get_booking(desk.ctx, view.uid)).rescheduled_by or "") == 320


@pytest.mark.parametrize(
    ("start", "error"),
    [
        pytest.param("9999-12-31T23:59:59", InvalidInputError, id="after-2199"),
        pytest.param("2200-01-01T00:00:00", InvalidInputError, id="2200"),
        pytest.param("0001-01-01T00:00:00", PolicyViolationError, id="BT-32-year-1"),
        pytest.param("2199-12-31T08:00:00", None, id="2199"),
    ],
)
async def test_times_at_the_ends_of_the_calendar(desk: Desk, start: str, error: type[Exception] | None) -> None:
    """Every instant gives a booking or an error of ours."""
    event_type = await desk.event_type(await desk.person())
    if error is None:
        assert (await desk.booked(event_type, start)).status == "ACCEPTED"
        return
    with pytest.raises(error):
        await desk.book(event_type, start)


async def test_filters_of_a_list(desk: Desk) -> None:
    """Filters too."""
    ctx = desk.as_user(await desk.person())
    with pytest.raises(InvalidInputError):
        await list_bookings(ctx, ListBookings(attendee_name="\x00"))
