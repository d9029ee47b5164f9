"""Addresses the operator does not want: as bookers refused (BK-27), as guests dropped (BK-23)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.errors import ForbiddenError
from app.models import User
from app.services.bookings.blocked import BLOCKED
from app.settings import Settings
from tests.services.bookings.desk import Desk, count, outbox

SPAM = "spam@example.com"
START = "2026-05-04T08:00"


@pytest.fixture(autouse=True)
def _list_of_the_operator(desk: Desk) -> None:
    desk.settings = Settings(**{**desk.settings.model_dump(), "blacklisted_guest_emails": (SPAM,)})


@pytest.mark.parametrize("address", [SPAM, "Spam+tag@Example.com"])
@pytest.mark.parametrize("fields", [{}, {"instant": True}, {"dry_run": True}, {"idempotency_key": "once"}])
async def test_a_blocked_booker_writes_nothing(desk: Desk, address: str, fields: dict[str, Any]) -> None:
    """BK-27: whatever tag or case the address is written with."""
    event_type = await desk.team_event("ROUND_ROBIN", await desk.person())
    with pytest.raises(ForbiddenError) as caught:
        await desk.book(event_type, START, address, **fields)
    assert caught.value.message == BLOCKED
    assert (await count("bookings"), await outbox()) == (0, [])


async def test_a_blocked_booker_gets_no_seat(desk: Desk) -> None:
    """BK-27: nor a seat of a booking that is there."""
    event_type = await desk.event_type(await desk.person(), seats_per_slot=3)
    await desk.book(event_type, START)
    with pytest.raises(ForbiddenError):
        await desk.book(event_type, START, SPAM)
    assert await count("attendees") == 1


async def test_only_the_verified_owner_books(desk: Desk) -> None:
    """BK-27: signed in is not enough, verified is not enough, both are."""
    event_type = await desk.event_type(await desk.person())
    owner, other = await desk.person(), await desk.person()
    await User.filter(id=owner.id).update(email=SPAM)
    owner.email = SPAM
    await User.filter(id=other.id).update(email_verified_at=datetime(2026, 1, 1, tzinfo=UTC))
    for ctx in (desk.ctx, desk.as_user(owner), desk.as_user(other)):
        with pytest.raises(ForbiddenError):
            await desk.book(event_type, START, SPAM, ctx=ctx)
    assert await count("bookings") == 0
    await User.filter(id=owner.id).update(email_verified_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert (await desk.book(event_type, START, SPAM, ctx=desk.as_user(owner))).booking.status == "ACCEPTED"


async def test_instant_meetings_drop_blocked_guests(desk: Desk) -> None:
    """BK-23: like every booking."""
    event_type = await desk.team_event("ROUND_ROBIN", await desk.person())
    guests = ("spam+x@example.com", "gus@example.com")
    view = await desk.booked(event_type, START, instant=True, guests=guests)
    assert [person.email for person in view.attendees] == ["ann@example.com", "gus@example.com"]
    assert view.responses["guests"] == ["gus@example.com"]


async def test_an_instant_seat_keeps_its_answers_to_itself(desk: Desk) -> None:
    """BK-35: no guests come with a seat, and the booking has neither description nor metadata of its own."""
    event_type = await desk.team_event("ROUND_ROBIN", await desk.person(), seats_per_slot=2)
    wish: dict[str, Any] = {"guests": ("gus@example.com",), "metadata": {"secret": "x"}, "responses": {"notes": "mine"}}
    view = await desk.booked(event_type, START, instant=True, **wish)
    assert [person.email for person in view.attendees] == ["ann@example.com"]
    assert (view.description, view.metadata) == (None, {})
    assert (view.attendees[0].seat_description, view.attendees[0].seat_metadata) == ("mine", {"secret": "x"})


@pytest.mark.parametrize("instant", [False, True])
async def test_dropped_guests_are_no_answers(desk: Desk, *, instant: bool) -> None:
    """BK-23: also when nobody is left, neither mails nor readers hear of them."""
    event_type = await desk.team_event("ROUND_ROBIN", await desk.person())
    view = await desk.booked(event_type, START, instant=instant, guests=("spam+x@example.com",))
    assert "guests" not in view.responses
