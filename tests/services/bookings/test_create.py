"""Making ordinary bookings: statuses, people, titles, errors, what is written."""

from dataclasses import replace
from typing import Any

import pytest

from app.context import Actor
from app.errors import (
    InvalidInputError,
    LimitReachedError,
    NotFoundError,
    PolicyViolationError,
    SlotUnavailableError,
)
from app.services.bookings.create import Booker, create_booking
from app.services.bookings.queries import get_booking
from app.services.slots.refs import EventTypeRef
from tests.services.bookings.desk import Desk, count, outbox, outbox_payloads
from tests.services.slots.world import at

PERSON_BUSY = "User either already has booking at this time or is not available"


async def test_an_accepted_booking(desk: Desk) -> None:
    """BK-15, BK-20 to BK-22: an accepted booking with its booker, told to the world once."""
    host = await desk.person(name="Bob Host")
    event_type = await desk.event_type(host, title="Intro")
    view = await desk.booked(event_type, "2026-05-04T08:00")
    assert (view.status, view.title, view.user_id) == ("ACCEPTED", "Intro between Bob Host and Ann", host.id)
    assert (view.start, view.duration_minutes) == (at("2026-05-04T08:00"), 30)
    assert [(person.kind, person.email) for person in view.attendees] == [("BOOKER", "ann@example.com")]
    assert [(one.user_id, one.is_organizer) for one in view.hosts] == [(host.id, True)]
    assert view.ical_uid == f"{view.uid}@Cal.com"
    assert view.location == "integrations:daily"
    assert await outbox() == [("booking.created", view.uid)]
    assert (await outbox_payloads("booking.created"))[0]["hostIds"] == [host.id]


async def test_what_is_answered_is_what_is_read_later(desk: Desk) -> None:
    """The view made without reading back equals the one read from the rows."""
    host = await desk.person(name="Bob")
    event_type = await desk.event_type(host)
    made = await desk.booked(
        event_type,
        "2026-05-04T08:00",
        guests=("guest@example.com",),
        metadata={"source": "test", "n": 3},
        responses={"notes": "Hello"},
    )
    read = await get_booking(desk.ctx, made.uid)
    assert read._replace(responses_json=None, metadata_json=None) == made._replace(
        responses_json=None, metadata_json=None
    )
    assert dict(read.responses) == dict(made.responses)
    assert dict(read.metadata) == {"source": "test", "n": 3}
    assert read.description == "Hello"
    assert read.guests == ("guest@example.com",)


async def test_start_need_not_lie_on_the_grid(desk: Desk) -> None:
    """BK-12: any start inside working hours is good; its seconds are kept."""
    event_type = await desk.event_type(await desk.person())
    view = await desk.booked(event_type, "2026-05-04T08:07:11")
    assert view.start == at("2026-05-04T08:07:11")


@pytest.mark.parametrize(
    ("fields", "start", "policy"),
    [
        pytest.param({}, "2026-04-30T08:00", "past", id="BT-32-past"),
        pytest.param({"minimum_notice": 5 * 24 * 60}, "2026-05-04T08:00", "minimum_notice", id="BT-32-notice"),
        pytest.param({"period_type": "ROLLING", "period_days": 1}, "2026-05-04T08:00", "booking_window", id="BT-26"),
        pytest.param(
            {"period_type": "ROLLING_WINDOW", "period_days": 1}, "2026-05-05T08:00", "booking_window", id="BT-31"
        ),
    ],
)
async def test_times_that_policies_forbid(desk: Desk, fields: dict[str, Any], start: str, policy: str) -> None:
    """BK-10: past, notice and window are 400s of their own, and nothing is written."""
    event_type = await desk.event_type(await desk.person(), **fields)
    with pytest.raises(PolicyViolationError) as caught:
        await desk.book(event_type, start)
    assert (caught.value.policy, caught.value.status) == (policy, 400)
    if policy == "past":
        assert caught.value.message == "Attempting to book a meeting in the past."
    else:
        assert caught.value.message.startswith('The event type can\'t be booked at the "start" time provided.')
    assert await count("bookings") == 0
    assert await count("outbox") == 0


@pytest.mark.parametrize(
    "start",
    [
        pytest.param("2026-05-04T08:00", id="BK-10-equal"),
        pytest.param("2026-05-04T07:45", id="BK-14-overlapping-before"),
        pytest.param("2026-05-04T08:15", id="BK-14-overlapping-after"),
        pytest.param("2026-05-04T05:00", id="BK-12-outside-hours"),
    ],
)
async def test_taken_times(desk: Desk, start: str) -> None:
    """BK-10: the documented 400, the rules behind it, and at most five later starts that are free."""
    event_type = await desk.event_type(await desk.person())
    await desk.book(event_type, "2026-05-04T08:00")
    with pytest.raises(SlotUnavailableError) as caught:
        await desk.book(event_type, start, "carl@example.com")
    assert (caught.value.message, caught.value.status) == (PERSON_BUSY, 400)
    assert caught.value.reasons
    assert len(caught.value.next_slots) == 5
    assert at("2026-05-04T08:00") not in caught.value.next_slots
    assert await count("bookings") == 1


async def test_touching_bookings_do_not_conflict(desk: Desk) -> None:
    """BT-6: half open."""
    event_type = await desk.event_type(await desk.person())
    for start in ("2026-05-04T08:00", "2026-05-04T08:30", "2026-05-04T07:30"):
        await desk.book(event_type, start)
    assert await count("bookings") == 3


async def test_buffers_are_kept(desk: Desk) -> None:
    """BT-7: the buffers of both sides add up."""
    host = await desk.person()
    first = await desk.event_type(host, after_buffer=15)
    second = await desk.event_type(host, before_buffer=10)
    await desk.book(first, "2026-05-04T08:00")
    with pytest.raises(SlotUnavailableError):
        await desk.book(second, "2026-05-04T08:50")
    assert (await desk.booked(second, "2026-05-04T08:55")).status == "ACCEPTED"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        pytest.param({"booking_limits": {"day": 1}}, "booking_limit_reached", id="BT-22-count"),
        pytest.param({"duration_limits": {"day": 45}}, "duration_limit_reached", id="BT-23-duration"),
    ],
)
async def test_limits(desk: Desk, limits: dict[str, Any], code: str) -> None:
    """BT-22, BT-23: 401 with the documented text, saying when the period ends."""
    event_type = await desk.event_type(await desk.person(), **limits)
    await desk.book(event_type, "2026-05-04T08:00")
    with pytest.raises(LimitReachedError) as caught:
        await desk.book(event_type, "2026-05-04T12:00")
    error = caught.value
    assert (error.message, error.status, error.period) == (code, 401, "day")
    assert error.frees_at == at("2026-05-04T22:00")
    assert (await desk.booked(event_type, "2026-05-05T08:00")).status == "ACCEPTED"


@pytest.mark.parametrize(
    ("fields", "status", "kind"),
    [
        pytest.param({"requires_confirmation": True}, "PENDING", "booking.requested", id="BK-15-confirmation"),
        pytest.param({"price": 500}, "PENDING", "booking.requested", id="BK-15-price"),
        pytest.param(
            {"requires_confirmation": True, "confirmation_threshold": {"count": 24, "unit": "hours"}},
            "ACCEPTED",
            "booking.created",
            id="BK-16-far-away",
        ),
        pytest.param(
            {"requires_confirmation": True, "confirmation_threshold": {"count": 80, "unit": "hours"}},
            "PENDING",
            "booking.requested",
            id="BK-16-close",
        ),
        pytest.param({"confirmation_free_email_only": True}, "ACCEPTED", "booking.created", id="BK-17-own-domain"),
    ],
)
async def test_first_status(desk: Desk, fields: dict[str, Any], status: str, kind: str) -> None:
    """BK-15 to BK-17: the clock says Friday 00:00Z, the start is Monday 08:00Z, 80 hours away."""
    event_type = await desk.event_type(await desk.person(), **fields)
    view = await desk.booked(event_type, "2026-05-04T08:00")
    assert view.status == status
    assert await outbox() == [(kind, view.uid)]


async def test_free_mail_bookers_wait(desk: Desk) -> None:
    """BK-17."""
    event_type = await desk.event_type(await desk.person(), confirmation_free_email_only=True)
    assert (await desk.booked(event_type, "2026-05-04T08:00", "ann@gmail.com")).status == "PENDING"


async def test_pending_blocks_its_own_type_only_if_asked(desk: Desk) -> None:
    """BT-2."""
    host = await desk.person()
    blocking = await desk.event_type(host, requires_confirmation=True, pending_blocks=True)
    other = await desk.event_type(host)
    await desk.book(blocking, "2026-05-04T08:00")
    with pytest.raises(SlotUnavailableError):
        await desk.book(blocking, "2026-05-04T08:00", "carl@example.com")
    assert (await desk.booked(other, "2026-05-04T08:00")).status == "ACCEPTED"


@pytest.mark.parametrize(
    ("fields", "path", "message"),
    [
        pytest.param(
            {"length_minutes": 45},
            ("lengthInMinutes",),
            "Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths.",
            id="BK-6-fixed",
        ),
        pytest.param({"location": {"type": "attendeeAddress", "address": "x"}}, ("location",), "Location", id="BK-7"),
        pytest.param({"recurrence_count": 2}, ("recurrenceCount",), "The event type is not recurring", id="BK-39"),
        pytest.param({"metadata": {"k" * 41: 1}}, ("metadata", "k" * 41), "Metadata keys", id="BK-3"),
        pytest.param(
            {"guests": ("a@x.org", "A@x.org")},
            ("bookingFieldsResponses", "guests"),
            "{guests}duplicate_email",
            id="BK-23",
        ),
        pytest.param(
            {"attendee": Booker(name="Ann", time_zone="UTC")},
            ("attendee",),
            "Attendee must have at least one",
            id="BK-2",
        ),
        pytest.param(
            {"attendee": Booker(name="Ann", time_zone="Mars/X", email="a@x.org")},
            ("attendee", "timeZone"),
            "'Mars/X'",
            id="BK-1-zone",
        ),
        pytest.param(
            {"attendee": Booker(name="Ann", time_zone="UTC", email="a@x.org", language="xx")},
            ("attendee", "language"),
            "'xx' is not",
            id="BK-2-language",
        ),
        pytest.param(
            {"attendee": Booker(name="Ann", time_zone="UTC", phone_number="12")},
            ("attendee", "phoneNumber"),
            "Not an international",
            id="BK-2-phone",
        ),
    ],
)
async def test_wrong_requests(desk: Desk, fields: dict[str, Any], path: tuple[str, ...], message: str) -> None:
    """BK-1 to BK-8: the field is named and nothing is written."""
    event_type = await desk.event_type(await desk.person())
    with pytest.raises(InvalidInputError) as caught:
        await desk.book(event_type, "2026-05-04T08:00", **fields)
    assert caught.value.path == path
    assert caught.value.message.startswith(message)
    assert await count("bookings") == 0


async def test_required_own_fields(desk: Desk) -> None:
    """BK-5, BK-32: a missing answer is named; unknown slugs are kept."""
    field = {"name": "diet", "type": "text", "required": True, "hidden": False, "editable": "user"}
    event_type = await desk.event_type(await desk.person(), booking_fields=[field])
    with pytest.raises(InvalidInputError) as caught:
        await desk.book(event_type, "2026-05-04T08:00")
    assert caught.value.message.startswith("Missing required booking field response: diet - it is required")
    with pytest.raises(InvalidInputError, match=r"^\{diet\}Invalid string$"):
        await desk.book(event_type, "2026-05-04T08:00", responses={"diet": 7})
    view = await desk.booked(event_type, "2026-05-04T08:00", responses={"diet": "vegan", "other": 1})
    assert (view.responses["diet"], view.responses["other"]) == ("vegan", 1)


async def test_variable_length(desk: Desk) -> None:
    """BK-6, BK-21: an offered length is taken, also in the title."""
    event_type = await desk.event_type(
        await desk.person(), length_options=[30, 60], custom_name="{Event duration} with {Scheduler}"
    )
    view = await desk.booked(event_type, "2026-05-04T08:00", length_minutes=60)
    assert (view.duration_minutes, view.title) == (60, "60 mins with Ann")
    with pytest.raises(InvalidInputError, match="The possible lengths are: 30, 60"):
        await desk.book(event_type, "2026-05-05T08:00", length_minutes=45)


@pytest.mark.parametrize(
    ("location", "stored"),
    [
        pytest.param("https://meet.example/x", "https://meet.example/x", id="BK-7-url"),
        pytest.param("somewhere nice", "somewhere nice", id="BK-7-text"),
        pytest.param({"type": "attendeePhone", "phone": "+37120993151"}, "+37120993151", id="BK-8-phone"),
        pytest.param({"type": "address"}, "1 High St", id="BK-8-address"),
        pytest.param(None, "1 High St", id="BK-33-first"),
    ],
)
async def test_locations(desk: Desk, location: Any, stored: str) -> None:
    """BK-7, BK-8, BK-33."""
    offered = [{"type": "inPerson", "address": "1 High St"}, {"type": "phone"}]
    event_type = await desk.event_type(await desk.person(), locations=offered)
    assert (await desk.booked(event_type, "2026-05-04T08:00", location=location)).location == stored


async def test_phone_only_booker(desk: Desk) -> None:
    """BK-25: a stand-in address of the digits."""
    event_type = await desk.event_type(await desk.person())
    booker = Booker(name="Ann", time_zone="UTC", phone_number="+37120993151")
    view = await desk.booked(event_type, "2026-05-04T08:00", attendee=booker)
    assert view.booker_email == "37120993151@sms.cal.com"
    assert view.attendees[0].phone_number == "+37120993151"


async def test_disabled_guests_are_ignored(desk: Desk) -> None:
    """BK-24."""
    event_type = await desk.event_type(await desk.person(), disable_guests=True)
    view = await desk.booked(event_type, "2026-05-04T08:00", guests=("guest@example.com",))
    assert view.guests == ()


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        pytest.param(EventTypeRef(id=987654), "Event type with id 987654 not found.", id="BK-4-id"),
        pytest.param(
            EventTypeRef(slug="x", username="bob"),
            "Event type with slug x belonging to user bob not found.",
            id="BK-4-slug",
        ),
        pytest.param(EventTypeRef(slug="x", username="nobody"), "User with username nobody not found", id="BK-4-user"),
        pytest.param(EventTypeRef(slug="x", team_slug="nowhere"), "Team with slug nowhere not found", id="BK-4-team"),
    ],
)
async def test_unknown_event_types(desk: Desk, ref: EventTypeRef, message: str) -> None:
    """BK-4: the documented 404s."""
    await desk.person(username="bob")
    with pytest.raises(NotFoundError) as caught:
        await desk.book(ref, "2026-05-04T08:00")
    assert caught.value.message == message


async def test_booking_by_slug(desk: Desk) -> None:
    """BK-1, BK-13: hidden types too."""
    event_type = await desk.event_type(await desk.person(username="bob"), slug="intro", hidden=True)
    view = await desk.booked(EventTypeRef(slug="intro", username="bob"), "2026-05-04T08:00")
    assert view.event_type_id == event_type.id


async def test_managed_templates_cannot_be_booked(desk: Desk) -> None:
    """BK-13: they have no hosts."""
    event_type = await desk.event_type(None, team=await desk.team(await desk.person()), scheduling_type="MANAGED")
    with pytest.raises(NotFoundError, match=r"^eventTypeUser\.notFound$"):
        await desk.book(event_type, "2026-05-04T08:00")


async def test_a_hold_goes_with_the_booking(desk: Desk) -> None:
    """RS-7: the reservation that led to the booking is removed, others stay."""
    host = await desk.person()
    event_type = await desk.event_type(host)
    mine = await desk.hold(event_type, host, "2026-05-04T08:00", "2026-05-01T01:00")
    await desk.hold(event_type, host, "2026-05-04T12:00", "2026-05-01T01:00")
    await desk.book(event_type, "2026-05-04T08:00", hold=mine.uid)
    assert await count("slot_holds") == 1
    assert await count("slot_hold_hosts") == 1


async def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    """WH-9: everything is checked, nothing written."""
    event_type = await desk.event_type(await desk.person())
    rehearsed = await desk.book(event_type, "2026-05-04T08:00", dry_run=True)
    assert (rehearsed.dry_run, rehearsed.booking.status) == (True, "ACCEPTED")
    assert [await count(table) for table in ("bookings", "booking_hosts", "attendees", "outbox")] == [0, 0, 0, 0]
    await desk.book(event_type, "2026-05-04T08:00")
    with pytest.raises(SlotUnavailableError):
        await desk.book(event_type, "2026-05-04T08:00", dry_run=True)


async def test_naive_starts_are_refused(desk: Desk) -> None:
    """A start without offset means nothing."""
    event_type = await desk.event_type(await desk.person())
    command = desk.command(event_type, "2026-05-04T08:00")
    with pytest.raises(InvalidInputError, match="UTC offset"):
        await create_booking(desk.ctx, replace(command, start=command.start.replace(tzinfo=None)))


async def test_bookings_of_a_guest_block_him_as_host(desk: Desk) -> None:
    """BT-1: a host invited to somebody else's accepted booking is busy then."""
    host, other = await desk.person(), await desk.person()
    event_type, elsewhere = await desk.event_type(host), await desk.event_type(other)
    await desk.book(elsewhere, "2026-05-04T08:00", host.email)
    with pytest.raises(SlotUnavailableError):
        await desk.book(event_type, "2026-05-04T08:00")


async def test_another_tenants_booker_sees_no_more_than_anybody(desk: Desk) -> None:
    """Booking needs no permission; a signed-in stranger is not made a manager by it."""
    stranger = await desk.person()
    event_type = await desk.event_type(await desk.person())
    ctx = desk.as_actor(Actor(user_id=stranger.id, email=stranger.email))
    view = await desk.booked(event_type, "2026-05-04T08:00", ctx=ctx)
    assert view.viewer_manages is False
