"""What hosts change of a booking that stays or is asked for anew: another time (LC-13), another place, more guests."""

import pytest

from app.errors import (
    ForbiddenError,
    InvalidInputError,
    InvalidStateError,
    NotFoundError,
    PolicyViolationError,
    SlotgraphError,
    UnauthenticatedError,
)
from app.models import EventType, User
from app.services.bookings.add_guests import AddGuests, add_guests
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.change_location import ChangeLocation, change_location
from app.services.bookings.request_reschedule import RequestReschedule, request_reschedule
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from app.services.bookings.views import BookingView
from app.settings import Settings
from tests.services.bookings.desk import Desk, count, outbox, outbox_payloads, statuses
from tests.services.slots.world import at

MONDAY, LATER = "2026-05-04T09:00", "2026-05-04T11:00"
ANN, BEN, CARL = "ann@example.com", "ben@example.com", "carl@example.com"


async def booked(desk: Desk, **fields: object) -> tuple[User, EventType, BookingView]:
    host = await desk.person()
    event_type = await desk.event_type(host, **fields)
    return host, event_type, await desk.booked(event_type, MONDAY)


async def test_the_booker_may_follow_the_request_once(desk: Desk) -> None:
    """LC-13, LC-3: cancelled in order to be moved; the time is free again."""
    host, event_type, view = await booked(desk)
    asked = (await request_reschedule(desk.as_user(host), RequestReschedule(uid=view.uid, reason="Ill"))).booking
    assert (asked.status, asked.rescheduled, asked.cancellation_reason) == ("CANCELLED", True, "Ill")
    assert (asked.cancelled_by, asked.ical_sequence) == (host.email, view.ical_sequence + 1)
    assert (await desk.booked(event_type, MONDAY, CARL)).status == "ACCEPTED"
    moved = (await reschedule_booking(desk.ctx, RescheduleBooking(uid=view.uid, start=at(LATER)))).booking
    assert (moved.status, moved.from_reschedule_uid) == ("ACCEPTED", view.uid)
    with pytest.raises(InvalidStateError):
        await reschedule_booking(desk.ctx, RescheduleBooking(uid=view.uid, start=at("2026-05-04T12:00")))


async def test_asking_keeps_the_rest_of_a_series(desk: Desk) -> None:
    host = await desk.person()
    weekly = {"interval": 1, "occurrences": 3, "frequency": "weekly"}
    views = (await desk.book(await desk.event_type(host, recurrence=weekly), MONDAY)).bookings
    await request_reschedule(desk.as_user(host), RequestReschedule(uid=views[1].uid))
    assert await statuses(*(view.uid for view in views)) == ["ACCEPTED", "CANCELLED", "ACCEPTED"]


async def test_when_no_other_time_can_be_asked_for(desk: Desk) -> None:
    """LC-10: what the booker could not do afterwards is not asked for."""
    host, event_type, view = await booked(desk)
    command = RequestReschedule(uid=view.uid)
    before = await count("outbox")
    await EventType.filter(id=event_type.id).update(disable_rescheduling=True)
    with pytest.raises(PolicyViolationError):
        await request_reschedule(desk.as_user(host), command)
    await EventType.filter(id=event_type.id).update(disable_rescheduling=False)
    desk.clock.moment = at("2026-05-04T09:30")
    with pytest.raises(PolicyViolationError):
        await request_reschedule(desk.as_user(host), command)
    desk.clock.moment = at("2026-05-01T00:00")
    assert await count("outbox") == before
    await cancel_booking(desk.ctx, CancelBooking(uid=view.uid))
    with pytest.raises(InvalidStateError):
        await request_reschedule(desk.as_user(host), command)


async def test_seats_are_left_to_those_who_hold_them(desk: Desk) -> None:
    host, _, view = await booked(desk, seats_per_slot=3)
    ctx = desk.as_user(host)
    with pytest.raises(InvalidStateError):
        await request_reschedule(ctx, RequestReschedule(uid=view.uid))
    with pytest.raises(InvalidStateError):
        await add_guests(ctx, AddGuests(uid=view.uid, guests=(BEN,)))
    assert await count("attendees") == 1


@pytest.mark.parametrize(
    ("kind", "value", "text", "answer"),
    [
        ("address", " Room 5 ", "Room 5", {"value": "inPerson", "optionValue": ""}),
        ("link", "https://meet.example/x", "https://meet.example/x", {"value": "link", "optionValue": ""}),
        ("phone", "+37120993151", "+37120993151", {"value": "userPhone", "optionValue": ""}),
        ("integration", "zoom", "integrations:zoom", {"value": "integrations:zoom", "optionValue": ""}),
    ],
)
async def test_another_place(desk: Desk, kind: str, value: str, text: str, answer: dict[str, str]) -> None:
    host, _, view = await booked(desk)
    ctx = desk.as_user(host)
    command = ChangeLocation(uid=view.uid, kind=kind, value=value)
    changed = (await change_location(ctx, command)).booking
    assert (changed.uid, changed.location, changed.responses["location"]) == (view.uid, text, answer)
    assert (changed.start_s, changed.ical_sequence) == (view.start_s, view.ical_sequence + 1)
    payload = (await outbox_payloads("booking.edited"))[0]
    assert (payload["oldLocation"], payload["location"]) == (view.location, text)
    again = (await change_location(ctx, command)).booking
    assert again.ical_sequence == changed.ical_sequence
    assert [kind for kind, _ in await outbox()] == ["booking.created", "booking.edited"]


@pytest.mark.parametrize(
    ("kind", "value", "path"),
    [
        ("address", " ", ("location", "address")),
        ("address", "x" * 2001, ("location", "address")),
        ("address", "a\x00b", ("location", "address")),
        ("link", "javascript:alert(1)", ("location", "link")),
        ("phone", "12", ("location", "phone")),
        ("integration", "nothing", ("location", "integration")),
        ("moon", "x", ("location",)),
    ],
)
async def test_what_is_no_place(desk: Desk, kind: str, value: str, path: tuple[str, ...]) -> None:
    host, _, view = await booked(desk)
    with pytest.raises(InvalidInputError) as caught:
        await change_location(desk.as_user(host), ChangeLocation(uid=view.uid, kind=kind, value=value))
    assert caught.value.faults[0].path == path
    assert [kind for kind, _ in await outbox()] == ["booking.created"]


async def test_guests_become_attendees(desk: Desk) -> None:
    """BK-22, BK-23: nameless, in English, in the booker's zone; positions go on."""
    host, _, view = await booked(desk)
    command = AddGuests(uid=view.uid, guests=("Ben@Example.com", CARL))
    changed = (await add_guests(desk.as_user(host), command)).booking
    assert changed.guests == (BEN, CARL)
    assert changed.responses["guests"] == [BEN, CARL]
    assert [(each.position, each.kind, each.time_zone) for each in changed.attendees] == [
        (0, "BOOKER", "Europe/Rome"),
        (1, "GUEST", "Europe/Rome"),
        (2, "GUEST", "Europe/Rome"),
    ]
    assert changed.ical_sequence == view.ical_sequence + 1
    assert (await outbox_payloads("booking.edited"))[0]["addedGuests"] == [BEN, CARL]


@pytest.mark.parametrize(
    ("guests", "code"),
    [
        ((), "empty"),
        (("nobody",), "email"),
        ((BEN, BEN.upper()), "duplicate_email"),
        ((ANN,), "duplicate_email"),
        (tuple(f"g{number}@example.com" for number in range(101)), "length"),
    ],
)
async def test_guests_that_are_refused(desk: Desk, guests: tuple[str, ...], code: str) -> None:
    """BK-23."""
    host, _, view = await booked(desk)
    with pytest.raises(InvalidInputError) as caught:
        await add_guests(desk.as_user(host), AddGuests(uid=view.uid, guests=guests))
    assert caught.value.faults[0].code == code
    assert await count("attendees") == 1


async def test_guests_that_are_dropped(desk: Desk) -> None:
    """BK-23: hosts of team events, and whom the operator does not want; then nothing has happened."""
    one, two = await desk.person(), await desk.person()
    desk.settings = Settings(**{**desk.settings.model_dump(), "blacklisted_guest_emails": (BEN,)})
    meeting = await desk.team_event("COLLECTIVE", one, two)
    view = await desk.booked(meeting, MONDAY, guests=("ben+x@example.com",))
    assert view.guests == ()
    unwanted = AddGuests(uid=view.uid, guests=("ben+tag@example.com", two.email))
    assert (await add_guests(desk.as_user(one), unwanted)).booking.guests == ()
    assert [kind for kind, _ in await outbox()] == ["booking.created"]


def test_the_blacklist_is_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """The documented variable."""
    monkeypatch.setenv("BLACKLISTED_GUEST_EMAILS", f"{ANN}, {BEN}")
    assert Settings().blacklisted_guest_emails == (ANN, BEN)


COMMANDS = {
    "request": lambda ctx, uid: request_reschedule(ctx, RequestReschedule(uid=uid)),
    "place": lambda ctx, uid: change_location(ctx, ChangeLocation(uid=uid, kind="address", value="x")),
    "guests": lambda ctx, uid: add_guests(ctx, AddGuests(uid=uid, guests=(BEN,))),
}


@pytest.mark.parametrize("name", COMMANDS)
async def test_only_those_in_charge(desk: Desk, name: str) -> None:
    """Neither anybody, nor the booker, nor a host of another tenant; nothing is written."""
    host, _, view = await booked(desk)
    stranger = await desk.person()
    await desk.team(stranger)
    expected: list[tuple[object, type[SlotgraphError], str]] = [
        (desk.ctx, UnauthenticatedError, view.uid),
        (desk.as_user(stranger), ForbiddenError, view.uid),
        (desk.as_user(host), NotFoundError, "nowhere"),
    ]
    for ctx, error, uid in expected:
        with pytest.raises(error):
            await COMMANDS[name](ctx, uid)
    assert [kind for kind, _ in await outbox()] == ["booking.created"]
    assert await count("attendees") == 1


@pytest.mark.parametrize("name", COMMANDS)
async def test_a_booking_that_is_over_stays_as_it_is(desk: Desk, name: str) -> None:
    host, _, view = await booked(desk)
    await cancel_booking(desk.ctx, CancelBooking(uid=view.uid))
    with pytest.raises(InvalidStateError):
        await COMMANDS[name](desk.as_user(host), view.uid)
    assert [kind for kind, _ in await outbox()] == ["booking.created", "booking.cancelled"]


async def test_the_same_key_invites_once(desk: Desk) -> None:
    host, _, view = await booked(desk)
    command = AddGuests(uid=view.uid, guests=(BEN,), idempotency_key="k1")
    first = await add_guests(desk.as_user(host), command)
    again = await add_guests(desk.as_user(host), command)
    assert (first.replayed, again.replayed, await count("attendees")) == (False, True, 2)
