"""What is refused when booking over REST 2024-08-13, with status and text (BK-1 to BK-10, BK-31, AU-32)."""

from typing import Any

import pytest

from app.db import raw
from app.models import Booking
from app.rest.v2.bookings_errors import BAD_REQUEST, NOT_AUTHORIZED
from app.services.bookings.blocked import BLOCKED
from app.settings import Settings
from tests.contract.client import Caller, ContractClient
from tests.rest.v2.booking_desk import NINE, PATH, SUNDAY, TEN, VERSION, YAN, ZOE, BookingDesk, wish

pytestmark = pytest.mark.usefixtures("app")
TAKEN = "User either already has booking at this time or is not available"
TEAM_TAKEN = "One of the hosts either already has booking at this time or is not available"
NO_CONTACT = "Attendee must have at least one contact method (email or phone number)"
LINK = {"type": "link"}
PLACE = "BookingInputLocationValidator_2024_08_13 - "
METADATA = "Metadata must have at most 50 keys, each key up to 40 characters, and string values up to 500 characters."
LANGUAGE = (
    "language must be one of the following values: ar, ca, de, es, eu, he, id, ja, lv, pl, ro, sr, th, vi, az, cs, el, "
    "es-419, fi, hr, it, km, nl, pt, ru, sv, tr, zh-CN, bg, da, en, et, fr, hu, iw, ko, no, pt-BR, sk, ta, uk, zh-TW"
)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"foo": 1}, "foo property is wrong,property foo should not exist "),
        (
            {"attendee": {**ZOE, "foo": 1}},
            "attendee property is wrong, foo property is wrong,property foo should not exist ",
        ),
        ({"start": "soon"}, "start property is wrong,start must be a valid ISO 8601 date string "),
        ({"start": 5}, "start property is wrong,start must be a valid ISO 8601 date string "),
        ({"start": None}, "start property is wrong,start must be a valid ISO 8601 date string "),
        ({"attendee": None}, "attendee property is wrong,attendee must be an object "),
        ({"attendee": {"name": "Zoe", "timeZone": "UTC"}}, f"attendee property is wrong,{NO_CONTACT} "),
        (
            {"attendee": {**ZOE, "timeZone": "Mars"}},
            "attendee property is wrong, timeZone property is wrong,timeZone must be a valid IANA time-zone ",
        ),
        (
            {"attendee": {**ZOE, "email": "zoe"}},
            "attendee property is wrong, email property is wrong,email must be an email ",
        ),
        (
            {"attendee": {**ZOE, "phoneNumber": "12"}},
            "attendee property is wrong, phoneNumber property is wrong,phoneNumber must be a valid phone number ",
        ),
        (
            {"attendee": {**ZOE, "language": "xx"}},
            f"attendee property is wrong, language property is wrong,{LANGUAGE} ",
        ),
        ({"guests": ["gus"]}, "guests property is wrong,each value in guests must be an email "),
        ({"guests": "gus@example.com"}, "guests property is wrong,guests must be an array "),
        ({"metadata": []}, "metadata property is wrong,metadata must be an object "),
        ({"metadata": {"k" * 41: "v"}}, f"metadata property is wrong,{METADATA} "),
        ({"metadata": {"k": "v" * 501}}, f"metadata property is wrong,{METADATA} "),
        ({"metadata": {f"k{i}": "v" for i in range(51)}}, f"metadata property is wrong,{METADATA} "),
        (
            {"lengthInMinutes": "30"},
            "lengthInMinutes property is wrong,lengthInMinutes must not be less than 1, "
            "lengthInMinutes must be an integer number ",
        ),
        ({"recurrenceCount": 0}, "recurrenceCount property is wrong,recurrenceCount must not be less than 1 "),
        (
            {"recurrenceCount": 1e30},
            "recurrenceCount property is wrong,recurrenceCount must not be greater than 2147483647 ",
        ),
        ({"instant": "yes"}, "instant property is wrong,instant must be a boolean value "),
        ({"location": 5}, f"location property is wrong,{PLACE}Booking 'location' must have a 'type' property. "),
        (
            {"location": {"type": "moon"}},
            f"location property is wrong,{PLACE}Unsupported booking location type 'moon'. Valid types are address, "
            "link, integration, phone, attendeePhone, attendeeAddress, attendeeDefined and organizersDefaultApp. ",
        ),
        (
            {"location": {"type": "attendeePhone", "phone": "1"}},
            f"location property is wrong,{PLACE}Validation failed for attendeePhone location: "
            "phone must be a valid phone number ",
        ),
        (
            {"location": {"type": "attendeeAddress"}},
            f"location property is wrong,{PLACE}Validation failed for attendeeAddress location: "
            "address must be longer than or equal to 1 characters, address must be a string ",
        ),
        (
            {"start": "soon", "instant": 1},
            "start property is wrong,start must be a valid ISO 8601 date string , "
            "instant property is wrong,instant must be a boolean value ",
        ),
    ],
)
async def test_wrong_properties(desk: BookingDesk, ann: Caller, values: dict[str, Any], message: str) -> None:
    """BK-1, BK-2, BK-3: everything that is wrong, in one line; unknown properties are wrong too."""
    event_type = await desk.event_type(ann)
    assert await desk.refused("", **{**wish(event_type), **values}) == (400, message)
    assert await Booking.all().count() == 0


async def test_without_an_event_type(desk: BookingDesk) -> None:
    status, message = await desk.refused("", start=NINE, attendee=ZOE, eventTypeSlug="intro")
    assert (status, message[:38]) == (400, "eventTypeId property is wrong,Name the")


async def test_nobody_is_free(desk: BookingDesk, ann: Caller, bob: Caller) -> None:
    """BK-10: personal and team event types have their own texts."""
    personal = await desk.event_type(ann)
    assert await desk.not_booked(personal, SUNDAY) == (400, TAKEN)
    for kind in ("ROUND_ROBIN", "COLLECTIVE"):
        shared = await desk.team_event(kind, ann, bob)
        assert await desk.not_booked(shared, SUNDAY) == (400, TEAM_TAKEN)
    await desk.book(personal)
    assert await desk.not_booked(personal, attendee=YAN) == (400, TAKEN)
    assert await Booking.all().count() == 1


@pytest.mark.parametrize(
    ("fields", "start", "message"),
    [
        ({"minimum_notice": 10**8}, NINE, "minimum booking notice"),
        ({"period_type": "ROLLING", "period_days": 7}, NINE, "outside of the event's booking window"),
    ],
    ids=["notice", "window"],
)
async def test_a_start_out_of_bounds(
    desk: BookingDesk, ann: Caller, fields: dict[str, Any], start: str, message: str
) -> None:
    """BK-10: the text begins as documented."""
    status, text = await desk.not_booked(await desk.event_type(ann, **fields), start)
    assert status == 400
    assert text.startswith('The event type can\'t be booked at the "start" time provided.')
    assert message in text


async def test_a_start_in_the_past(desk: BookingDesk, ann: Caller) -> None:
    event_type = await desk.event_type(ann)
    answer = (400, "Attempting to book a meeting in the past.")
    assert await desk.not_booked(event_type, "2020-05-04T08:00:00Z") == answer


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"booking_limits": {"day": 1}}, "booking_limit_reached"),
        ({"duration_limits": {"day": 40}}, "duration_limit_reached"),
    ],
)
async def test_limits(desk: BookingDesk, ann: Caller, fields: dict[str, Any], code: str) -> None:
    event_type = await desk.event_type(ann, **fields)
    await desk.book(event_type)
    assert await desk.not_booked(event_type, TEN, attendee=YAN) == (401, code)
    assert await Booking.all().count() == 1


class TestBlockedBookers:
    """An operator who keeps somebody out."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """With a list of one."""
        return settings.model_copy(update={"blacklisted_guest_emails": ("zoe@example.com",)})

    async def test_in_both_shapes(self, desk: BookingDesk, ann: Caller) -> None:
        """BK-27: 403 in the envelope; the owner of the event type is refused like anybody."""
        event_type = await desk.event_type(ann)
        tagged = {**ZOE, "email": "Zoe+x@example.com"}
        for caller in (None, ann):
            assert await desk.not_booked(event_type, NINE, caller, attendee=tagged) == (403, BLOCKED)
        answers = {"name": "Zoe", "email": "zoe@example.com"}
        old = {"eventTypeId": event_type.id, "start": NINE, "timeZone": "Europe/Rome", "responses": answers}
        assert await desk.rest.refused("POST", PATH, version="2024-06-14", json=old) == (403, BLOCKED)
        assert await Booking.all().count() == 0
        await desk.book(event_type, attendee=YAN)


async def test_seats(desk: BookingDesk, ann: Caller) -> None:
    """BK-35: full, or taken by the same person."""
    event_type = await desk.event_type(ann, seats_per_slot=2)
    await desk.book(event_type)
    assert await desk.not_booked(event_type) == (409, "already_signed_up_for_this_booking_error")
    await desk.book(event_type, attendee=YAN)
    third = {**ZOE, "email": "third@example.com"}
    assert await desk.not_booked(event_type, attendee=third) == (409, "No more seats left at this seated booking.")


async def test_lengths(desk: BookingDesk, ann: Caller) -> None:
    """BK-6."""
    fixed = await desk.event_type(ann)
    status, message = await desk.not_booked(fixed, lengthInMinutes=30)
    assert status == 400
    assert message.startswith("Can't specify 'lengthInMinutes' because event type does not have multiple possible")
    several = await desk.event_type(ann, length_options=[30, 60])
    message = (
        "Provided 'lengthInMinutes' is not one of the possible lengths for the event type. "
        "The possible lengths are: 30, 60"
    )
    assert await desk.not_booked(several, lengthInMinutes=45) == (400, message)


async def test_series_and_seats_exclude_each_other_and_counts_have_a_limit(desk: BookingDesk, ann: Caller) -> None:
    """BK-10, BK-39."""
    weekly = {"interval": 1, "occurrences": 2, "frequency": "weekly"}
    both = await desk.event_type(ann, recurrence=weekly, seats_per_slot=2)
    assert await desk.not_booked(both) == (400, "recurring_event_seats_error")
    series = await desk.event_type(ann, recurrence=weekly)
    message = "Provided recurrence count is higher than the event type's recurring event count."
    assert await desk.not_booked(series, recurrenceCount=3) == (400, message)
    assert (await desk.not_booked(await desk.event_type(ann), recurrenceCount=2))[0] == 400


async def test_an_occurrence_that_is_taken_fails_the_series_and_is_named(desk: BookingDesk, ann: Caller) -> None:
    """BK-40, BK-41: all or nothing."""
    await desk.book(await desk.event_type(ann), "2050-09-12T07:00:00Z")
    series = await desk.event_type(ann, recurrence={"interval": 1, "occurrences": 2, "frequency": "weekly"})
    assert (await desk.not_booked(series))[0] == 400
    assert await Booking.all().count() == 1


async def test_a_location_that_is_not_offered(desk: BookingDesk, ann: Caller) -> None:
    """BK-7."""
    event_type = await desk.event_type(ann, locations=[{"type": "integrations:zoom"}])
    status, message = await desk.not_booked(event_type, location=LINK)
    assert (status, message[:15]) == (400, "Location 'link'")
    other = {"type": "integration", "integration": "google-meet"}
    assert (await desk.not_booked(event_type, location=other))[0] == 400


async def test_missing_and_wrong_answers(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    """BK-5, BK-31: a missing answer has a text of its own; wrong ones read like errors of a schema."""
    field = {"name": "topic", "slug": "topic", "type": "text", "label": "Topic", "required": True}
    number = {"name": "size", "slug": "size", "type": "number", "label": "Size", "required": False}
    event_type = await desk.event_type(ann, booking_fields=[field, number])
    message = (
        "Missing required booking field response: topic - it is required by the event type booking fields, but "
        "missing in the bookingFieldsResponses. You can fetch the event type with ID "
        f"{event_type.id} to see the required fields."
    )
    assert await desk.not_booked(event_type) == (400, message)
    body = wish(event_type, bookingFieldsResponses={"topic": 5, "size": "big"})
    answer = await rest("POST", PATH, version=VERSION, json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "BAD_REQUEST")
    assert error["message"].startswith("responses - {size}")
    assert error["message"].endswith("responses - {topic}Invalid string, ")


async def test_text_that_no_database_keeps(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    event_type = await desk.event_type(ann)
    assert (await desk.not_booked(event_type, attendee={**ZOE, "name": "a\x00b"}))[0] == 400
    body = b'{"start": "%s", "eventTypeId": %d, "attendee": {"name": "\\ud800", "timeZone": "UTC", "email": "z@e.com"}}'
    status, _ = await rest.refused("POST", PATH, version=VERSION, content=body % (NINE.encode(), event_type.id))
    assert (status, await Booking.all().count()) == (400, 0)


async def test_bookings_that_are_not_there(desk: BookingDesk, ann: Caller) -> None:
    """LC-2, LC-14, LC-21, LC-27: the same text everywhere."""
    answer = (404, "Booking with uid=nothing not found")
    assert await desk.rest.refused("GET", f"{PATH}/nothing", version=VERSION) == answer
    assert await desk.refused("/nothing/reschedule", start=NINE) == answer
    for deed, body in (
        ("cancel", {}), ("confirm", {}), ("decline", {}), ("mark-absent", {"host": True}), ("reassign", {}),
        (f"reassign/{ann.id}", {}),
    ):  # fmt: skip
        assert await desk.refused(f"/nothing/{deed}", ann, **body) == answer, deed


async def test_moving(desk: BookingDesk, ann: Caller) -> None:
    """LC-2, LC-3, LC-9, LC-10: what cannot be moved, and where to."""
    event_type = await desk.event_type(ann)
    first, second = await desk.book(event_type), await desk.book(event_type, TEN, attendee=YAN)
    path = f"/{first['uid']}/reschedule"
    assert await desk.refused(path, start=TEN) == (400, TAKEN)
    message = "start property is wrong,start must be a valid ISO 8601 date string "
    assert await desk.refused(path) == (400, message)
    assert await desk.refused(path, start="2020-01-01T00:00:00Z") == (400, "Attempting to book a meeting in the past.")
    await desk.post(f"/{second['uid']}/cancel")
    cancelled = (400, "cancelled_bookings_cannot_be_rescheduled")
    assert await desk.refused(f"/{second['uid']}/reschedule", start=TEN) == cancelled
    await desk.post(path, start=TEN)
    assert (await desk.refused(path, start=NINE))[0] == 400
    assert await Booking.all().count() == 3


async def test_moving_a_series_or_a_declined_booking(desk: BookingDesk, ann: Caller) -> None:
    """LC-3, LC-9: 404."""
    series = await desk.event_type(ann, recurrence={"interval": 1, "occurrences": 2, "frequency": "weekly"})
    uid = (await desk.book(series))[0]["recurringBookingUid"]
    assert await desk.refused(f"/{uid}/reschedule", start=TEN) == (404, f"Booking with uid={uid} not found")
    waiting = await desk.book(await desk.event_type(ann, requires_confirmation=True), TEN)
    await desk.post(f"/{waiting['uid']}/decline", ann)
    answer = (404, "Could not find original booking")
    assert await desk.refused(f"/{waiting['uid']}/reschedule", start=NINE) == answer


async def test_event_types_that_allow_neither(desk: BookingDesk, ann: Caller) -> None:
    """LC-10, LC-14."""
    event_type = await desk.event_type(ann, disable_cancelling=True, disable_rescheduling=True)
    made = await desk.book(event_type)
    answer = (400, "This event type does not allow cancellations")
    assert await desk.refused(f"/{made['uid']}/cancel") == answer
    assert (await desk.refused(f"/{made['uid']}/reschedule", start=TEN))[0] == 400
    assert (await desk.get(made["uid"]))["status"] == "accepted"


async def test_cancelling(desk: BookingDesk, ann: Caller) -> None:
    """LC-14 to LC-16."""
    made = await desk.book(await desk.event_type(ann))
    path = f"/{made['uid']}/cancel"
    reason = "Cancellation reason is required when you are the host"
    assert await desk.refused(path, ann) == (400, reason)
    told = await desk.rest.wrong("POST", PATH + path, ann, version=VERSION, json={})
    assert told == {"cancellationReason": [reason]}
    text = f"Booking with bookingUid={made['uid']} is not part of a recurring booking."
    assert await desk.refused(path, cancelSubsequentBookings=True) == (400, text)
    text = "Invalid seatUid: this seat does not exist or has already been cancelled."
    assert await desk.refused(path, seatUid="nothing") == (400, text)
    wrong = "cancellationReason property is wrong,cancellationReason must be a string "
    assert await desk.refused(path, cancellationReason=5) == (400, wrong)
    await desk.post(path)
    assert (await desk.refused(path))[0] == 400


async def test_an_instant_meeting_without_host_cannot_be_cancelled(desk: BookingDesk, ann: Caller) -> None:
    made = await desk.book(await desk.team_event("ROUND_ROBIN", ann), instant=True)
    assert await desk.refused(f"/{made['uid']}/cancel") == (400, "User not found")


async def test_deciding(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    """LC-21, LC-22, AU-32: general texts with their own code."""
    made = await desk.book(await desk.event_type(ann))
    for deed in ("confirm", "decline"):
        path = f"/{made['uid']}/{deed}"
        answer = await rest("POST", PATH + path, ann, version=VERSION, json={})
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["message"]) == (400, "TRPCError", BAD_REQUEST)
        assert (await desk.refused(path))[0] == 401


async def test_confirming_when_the_host_was_booked_meanwhile(desk: BookingDesk, ann: Caller) -> None:
    """LC-22."""
    waiting = await desk.book(await desk.event_type(ann, requires_confirmation=True))
    await desk.book(await desk.event_type(ann), attendee=YAN)
    assert await desk.refused(f"/{waiting['uid']}/confirm", ann) == (400, TAKEN)
    assert (await desk.get(waiting["uid"]))["status"] == "pending"


async def test_absence(desk: BookingDesk, ann: Caller) -> None:
    """LC-24, LC-25."""
    made = await desk.book(await desk.event_type(ann))
    path = f"/{made['uid']}/mark-absent"
    assert (await desk.refused(path, ann, host=True))[0] == 400  # it has not begun
    assert (await desk.refused(path, ann))[0] == 400  # nobody is named
    assert (await desk.refused(path, host=True))[0] == 401
    wrong = await desk.rest.wrong("POST", PATH + path, ann, version=VERSION, json={"attendees": [{"email": "x"}]})
    assert wrong == {
        "attendees.0.email": ["email must be an email"],
        "attendees.0.absent": ["absent must be a boolean value"],
    }


STRANGE = [
    ("confirm", {}, (401, NOT_AUTHORIZED)),
    ("decline", {"reason": "No"}, (401, NOT_AUTHORIZED)),
    ("mark-absent", {"host": True}, (403, "You are not allowed to mark absences of this booking.")),
    ("reassign", {}, (403, "You are not allowed to reassign this booking.")),
]


@pytest.mark.parametrize(("deed", "body", "answer"), STRANGE, ids=[deed for deed, _, _ in STRANGE])
async def test_people_of_another_tenant_change_nothing(
    desk: BookingDesk, ann: Caller, bob: Caller, deed: str, body: dict[str, Any], answer: tuple[int, str]
) -> None:
    """LC-21, LC-25, TM-19."""
    made = await desk.book(await desk.team_event("ROUND_ROBIN", ann, requires_confirmation=True))
    before = await raw.rows("SELECT * FROM bookings"), await raw.value("SELECT count(*) FROM outbox")
    assert await desk.refused(f"/{made['uid']}/{deed}", bob, **body) == answer
    assert await desk.list(bob) == []
    assert (await raw.rows("SELECT * FROM bookings"), await raw.value("SELECT count(*) FROM outbox")) == before


async def test_reassigning(desk: BookingDesk, ann: Caller, bob: Caller) -> None:
    """TM-15, TM-17."""
    personal = await desk.book(await desk.event_type(ann))
    assert (await desk.refused(f"/{personal['uid']}/reassign", ann))[0] == 400
    shared = await desk.team_event("ROUND_ROBIN", ann)
    made = await desk.book(shared, TEN)
    path = f"/{made['uid']}/reassign"
    message = "Can't reassign the booking because no other host is available at that time."
    assert await desk.refused(path, ann) == (400, message)
    status, text = await desk.refused(f"{path}/{bob.id}", ann)
    assert (status, text.startswith(f"User with id={bob.id} is not a valid Round Robin host")) == (400, True)
    assert await desk.refused(f"{path}/999999", ann) == (404, "User with id=999999 was not found.")
    assert (await desk.refused(f"{path}/abc", ann))[0] == 400
