"""Bookings in the shape of 2024-04-15, exactly as component clients send and read them (VR-2)."""

from typing import Any

import pytest

from app.db import raw
from app.models import Booking, EventType, SlotHold, Team, User
from tests.contract.client import Caller, ContractClient
from tests.rest.v2.booking_desk import PATH, SUNDAY, BookingDesk, wish

pytestmark = pytest.mark.usefixtures("app")
COMPONENTS = "2024-06-14"
WEEKLY = {"interval": 1, "occurrences": 3, "frequency": "weekly"}


def body(event_type: EventType | None, hour: int = 9, **values: Any) -> dict[str, Any]:
    """What the booker component posts; everything below `metadata` is beside the point and ignored."""
    return {
        "responses": {
            "name": "Zoe", "email": "zoe@example.com", "guests": [],
            "location": {"value": "integrations:daily", "optionValue": ""},
        },
        "user": "ann", "start": f"2050-09-05T{hour:02}:00:00+02:00", "end": f"2050-09-05T{hour:02}:30:00+02:00",
        "eventTypeId": event_type.id if event_type is not None else 0,
        "eventTypeSlug": event_type.slug if event_type is not None else "dynamic",
        "timeZone": "Europe/Rome", "language": "en", "metadata": {"a": "b"},
        "hasHashedBookingLink": False, "routedTeamMemberIds": None, "skipContactOwner": False, "_isDryRun": False,
        "dub_id": None, "tracking": {"utm_source": "x"}, "crmAppSlug": "", **values,
    }  # fmt: skip


async def post(rest: ContractClient, path: str, given: Any, caller: Caller | None = None) -> Any:
    return await rest.ok("POST", PATH + path, caller, version=COMPONENTS, json=given)


async def refused(rest: ContractClient, path: str, given: Any, caller: Caller | None = None) -> tuple[int, str]:
    return await rest.refused("POST", PATH + path, caller, version=COMPONENTS, json=given)


async def read(rest: ContractClient, path: str, caller: Caller | None = None, **params: Any) -> Any:
    return await rest.ok("GET", PATH + path, caller, version=COMPONENTS, params=params)


@pytest.mark.parametrize("version", [None, "2024-04-15", "2024-06-11", "2024-06-14"])
async def test_the_old_shape_is_served_for_old_dates_and_without_a_date(
    rest: ContractClient, desk: BookingDesk, ann: Caller, version: str | None
) -> None:
    """VR-1."""
    answer = await rest("POST", PATH, version=version, json=body(await desk.event_type(ann)))
    assert (answer.status_code, answer.json()["data"]["status"]) == (201, "ACCEPTED")
    assert answer.headers["cal-api-version"] == (version or "2024-04-15")


async def test_a_booking_has_the_columns_that_clients_read(
    rest: ContractClient, desk: BookingDesk, ann: Caller
) -> None:
    event_type = await desk.event_type(ann)
    made = await post(rest, "", body(event_type))
    row = await Booking.get(uid=made["uid"])
    assert {key: made[key] for key in ("id", "title", "startTime", "endTime", "status", "location", "metadata")} == {
        "id": row.id, "title": "Meeting between Ann and Zoe", "startTime": "2050-09-05T07:00:00.000Z",
        "endTime": "2050-09-05T07:30:00.000Z", "status": "ACCEPTED", "location": "integrations:daily",
        "metadata": {"a": "b"},
    }  # fmt: skip
    assert (made["paymentRequired"], made["isDryRun"], made["eventTypeId"]) == (False, False, event_type.id)
    assert made["responses"]["location"] == {"value": "integrations:daily", "optionValue": ""}
    assert (made["user"]["username"], made["userId"]) == ("ann", ann.id)
    (attendee,) = made["attendees"]
    assert (attendee["locale"], attendee["timeZone"], attendee["email"]) == ("en", "Europe/Rome", "zoe@example.com")
    shown = await read(rest, f"/{made['uid']}")
    assert shown == {key: made[key] for key in shown}


async def test_names_in_two_parts_unknown_languages_and_answers(
    rest: ContractClient, desk: BookingDesk, ann: Caller
) -> None:
    responses = {
        "name": {"firstName": "Zoe", "lastName": "Zett"}, "email": "zoe@example.com", "notes": "Hello",
        "guests": ["gus@example.com"], "location": {"value": "phone", "optionValue": "+37120993151"},
    }  # fmt: skip
    event_type = await desk.event_type(ann, locations=[{"type": "phone"}])
    made = await post(rest, "", body(event_type, responses=responses, language="xx", user=["ann"]))
    assert (made["attendees"][0]["name"], made["attendees"][0]["locale"]) == ("Zoe Zett", "en")
    assert (made["location"], made["description"]) == ("+37120993151", "Hello")
    assert [person["email"] for person in made["attendees"]] == ["zoe@example.com", "gus@example.com"]


async def test_by_slug_and_user(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    event_type = await desk.event_type(ann)
    made = await post(rest, "", body(event_type, eventTypeId=None))
    assert made["eventTypeId"] == event_type.id


async def test_the_length_is_what_lies_between_start_and_end(
    rest: ContractClient, desk: BookingDesk, ann: Caller
) -> None:
    """BK-10: a length the event type does not have is refused."""
    event_type = await desk.event_type(ann, length_options=[30, 60])
    made = await post(rest, "", body(event_type, end="2050-09-05T10:00:00+02:00"))
    assert made["endTime"] == "2050-09-05T08:00:00.000Z"
    for end in ("2050-09-05T10:45:00+02:00", "2050-09-05T08:00:00+02:00", "2050-09-05T09:30:30+02:00"):
        assert await refused(rest, "", body(event_type, end=end)) == (400, "Invalid event length")


async def test_a_group_of_people(rest: ContractClient, desk: BookingDesk, ann: Caller, bob: Caller) -> None:
    """TM-24: clients send the id 0 and the names joined by a plus."""
    await User.all().update(allow_dynamic_booking=True)
    made = await post(rest, "", body(None, user="ann+bob"))
    assert made["eventTypeId"] is None
    assert {person["email"] for person in made["attendees"]} | {made["user"]["email"]} == {
        "zoe@example.com", ann.email, bob.email,
    }  # fmt: skip
    assert len(await read(rest, "", ann)) == 3
    assert [one["uid"] for one in await desk.list(bob)] == [made["uid"]]


async def test_a_group_within_an_organization(
    rest: ContractClient, desk: BookingDesk, ann: Caller, bob: Caller
) -> None:
    """TM-24: nobody outside of it is booked because of a name."""
    await User.all().update(allow_dynamic_booking=True)
    wish = body(None, user="ann+bob", orgSlug="acme")
    assert (await refused(rest, "", wish))[0] == 404
    assert await desk.list(ann) == []
    acme = await Team.create(name="Acme", slug="acme", is_organization=True)
    await User.filter(id__in=[ann.id, bob.id]).update(organization_id=acme.id)
    made = await post(rest, "", wish)
    assert [one["uid"] for one in await desk.list(bob)] == [made["uid"]]


async def test_a_series(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    """BK-39: as many as are sent; one posted alone is one booking."""
    event_type = await desk.event_type(ann, recurrence=WEEKLY)
    bodies = [
        body(event_type, start=f"2050-09-{day:02}T09:00:00+02:00", end=f"2050-09-{day:02}T09:30:00+02:00",
             recurringEventId="theirs", recurringCount=2, schedulingType=None)
        for day in (5, 12)
    ]  # fmt: skip
    made = await post(rest, "/recurring", bodies)
    assert [one["startTime"][:10] for one in made] == ["2050-09-05", "2050-09-12"]
    assert len({one["recurringEventId"] for one in made}) == 1
    await post(rest, "", body(event_type, 11))
    assert await Booking.all().count() == 3
    assert (await refused(rest, "/recurring", []))[0] == 400
    assert (await refused(rest, "/recurring", body(event_type)))[0] == 400


async def test_an_instant_meeting(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    """BK-44."""
    made = await post(rest, "/instant", body(await desk.team_event("ROUND_ROBIN", ann)))
    row = await Booking.get()
    assert made == {"message": "Success", "bookingId": row.id, "bookingUid": row.uid, "userId": None}
    message = "Instant bookings are only supported for team event types, not individual user event types."
    assert await refused(rest, "/instant", body(await desk.event_type(ann))) == (400, message)


async def test_a_rehearsal_writes_nothing(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    """WH-9."""
    event_type = await desk.event_type(ann)
    assert (await post(rest, "", body(event_type, _isDryRun=True)))["isDryRun"] is True
    assert (await refused(rest, "", body(event_type, _isDryRun=True, rescheduleUid="x")))[0] == 400
    assert await Booking.all().count() == 0


async def test_moving_is_booking_with_the_uid_of_another(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    """What the form is prefilled with, the move, and the old booking afterwards."""
    made = await post(rest, "", body(await desk.event_type(ann)))
    form = await read(rest, f"/{made['uid']}/reschedule")
    assert (form["uid"], form["startTime"], form["status"]) == (made["uid"], made["startTime"], "ACCEPTED")
    assert form["responses"] == made["responses"]
    assert form["attendees"] == [{"name": "Zoe", "email": "zoe@example.com"}]
    assert (form["user"], form["eventType"]) == ({"id": ann.id, "username": "ann"}, {"disableRescheduling": False})
    event_type = await EventType.get()
    responses = {**body(event_type)["responses"], "rescheduleReason": "Late"}
    given = body(event_type, 11, rescheduleUid=made["uid"], rescheduledBy="zoe@example.com", responses=responses)
    moved = await post(rest, "", given)
    assert (moved["fromReschedule"], moved["startTime"]) == (made["uid"], "2050-09-05T09:00:00.000Z")
    old = await read(rest, f"/{made['uid']}")
    assert (old["status"], old["rescheduled"], old["rescheduledBy"]) == ("CANCELLED", True, "zoe@example.com")
    assert await Booking.all().count() == 2


async def test_a_seat_is_read_moved_and_cancelled_by_its_own_uid(
    rest: ContractClient, desk: BookingDesk, ann: Caller
) -> None:
    """LC-11, LC-18: whoever has the uid of a seat sees that seat alone."""
    event_type = await desk.event_type(ann, seats_per_slot=3)
    other = {"name": "Yan", "email": "yan@example.com"}
    first, second = await post(rest, "", body(event_type)), await post(rest, "", body(event_type, responses=other))
    seat = first["seatReferenceUid"]
    form = await read(rest, f"/{seat}/reschedule")
    assert (form["uid"], form["attendees"]) == (first["uid"], [{"name": "Zoe", "email": "zoe@example.com"}])
    assert form["responses"]["email"] == "zoe@example.com"
    moved = await post(rest, "", body(event_type, 11, rescheduleUid=seat, bookingUid=first["uid"]))
    assert (moved["seatReferenceUid"], moved["startTime"]) == (seat, "2050-09-05T09:00:00.000Z")
    await post(rest, "", body(event_type, 11, responses=other))
    moved = await post(rest, "", body(event_type, 13, rescheduleUid=seat))
    assert (moved["seatReferenceUid"], moved["startTime"]) == (seat, "2050-09-05T11:00:00.000Z")
    await post(rest, "", body(event_type, 13, responses={"name": "Xan", "email": "xan@example.com"}))
    gone = await post(rest, f"/{moved['uid']}/cancel", {"uid": moved["uid"], "seatReferenceUid": seat})
    assert gone == {"bookingId": moved["id"], "bookingUid": moved["uid"], "onlyRemovedAttendee": True}
    path, left = f"/{second['uid']}/cancel", {"seatReferenceUid": second["seatReferenceUid"]}
    assert (await post(rest, path, left))["onlyRemovedAttendee"] is False


async def test_cancelling(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    made = await post(rest, "", body(await desk.event_type(ann)))
    path = f"/{made['uid']}/cancel"
    assert await refused(rest, f"/{made['id']}/cancel", {}) == (
        400,
        "Please provide booking uid instead of booking id.",
    )
    assert await refused(rest, path, {}, ann) == (400, "Cancellation reason is required when you are the host")
    given = {"uid": made["uid"], "cancellationReason": "Ill", "allRemainingBookings": False, "cancelledBy": "x"}
    gone = await post(rest, path, given, ann)
    assert gone == {"bookingId": made["id"], "bookingUid": made["uid"], "onlyRemovedAttendee": False}
    shown = await read(rest, f"/{made['uid']}")
    assert (shown["status"], shown["cancellationReason"], shown["cancelledBy"]) == ("CANCELLED", "Ill", ann.email)


async def test_cancelling_all_that_remains(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    event_type = await desk.event_type(ann, recurrence=WEEKLY)
    made = await post(rest, "/recurring", [body(event_type)] * 3)
    await post(rest, f"/{made[1]['uid']}/cancel", {"allRemainingBookings": True})
    assert {row.status for row in await Booking.all()} == {"CANCELLED"}


async def test_absences(rest: ContractClient, desk: BookingDesk, ann: Caller, bob: Caller) -> None:
    made = await post(rest, "", body(await desk.event_type(ann)))
    await raw.execute("UPDATE bookings SET start_s = 1700000000, end_s = 1700001800")
    path, given = f"/{made['uid']}/mark-no-show", {"attendees": [{"email": "zoe@example.com", "noShow": True}]}
    assert (await refused(rest, path, given))[0] == 401
    assert (await refused(rest, path, given, bob))[0] == 403
    marked = await post(rest, path, {**given, "noShowHost": True}, ann)
    assert (marked["noShowHost"], marked["attendees"]) == (True, given["attendees"])


async def test_lists(rest: ContractClient, desk: BookingDesk, ann: Caller, bob: Caller) -> None:
    """Ten a page unless told otherwise; the cursor is where the next page begins."""
    event_type = await desk.event_type(ann)
    user = await desk.user(ann)
    rows = [await desk.world.booking(event_type, [user], f"2050-09-05T{hour:02}:00") for hour in range(12)]
    await raw.execute(
        "UPDATE bookings SET recurring_uid = 'series' WHERE id = ANY($1::int[])", [r.id for r in rows[:2]]
    )
    page = await read(rest, "", ann, **{"filters[status]": "upcoming"})
    assert ([one["uid"] for one in page["bookings"]], page["nextCursor"]) == ([row.uid for row in rows[:10]], 10)
    dates = ["2050-09-05T00:00:00.000Z", "2050-09-05T01:00:00.000Z"]
    (info,) = page["recurringInfo"]
    assert (info["recurringEventId"], info["count"], info["firstDate"]) == ("series", 2, dates[0])
    assert info["bookings"]["ACCEPTED"] == dates
    page = await read(rest, "", ann, **{"filters[status]": "upcoming", "cursor": 10, "limit": 5})
    assert (len(page["bookings"]), page["nextCursor"]) == (2, None)
    assert (await read(rest, "", ann, **{"filters[status]": "past"}))["bookings"] == []
    assert (await read(rest, "", bob))["bookings"] == []
    assert (await rest.refused("GET", PATH, version=COMPONENTS))[0] == 401
    wrong = await rest.wrong("GET", PATH, ann, version=COMPONENTS, params={"filters[status]": "open", "limit": 0})
    assert set(wrong) == {"filters.status", "limit"}


async def test_errors_are_codes_that_clients_translate(
    rest: ContractClient, desk: BookingDesk, ann: Caller, bob: Caller
) -> None:
    """VR-2: the documented status with the core's code as message."""
    event_type = await desk.event_type(ann, length_options=[30, 60])
    sunday: dict[str, Any] = {"start": SUNDAY, "end": "2050-09-04T08:30:00Z"}
    assert await refused(rest, "", body(event_type, **sunday)) == (400, "no_available_users_found_error")
    late = await desk.event_type(ann, minimum_notice=10**8)
    assert await refused(rest, "", body(late)) == (400, "booking_time_out_of_bounds_error")
    past: dict[str, Any] = {"start": "2020-05-04T08:00:00Z", "end": "2020-05-04T08:30:00Z"}
    assert await refused(rest, "", body(event_type, **past)) == (400, "Attempting to book a meeting in the past.")
    both = await desk.team_event("COLLECTIVE", ann, bob)
    assert await refused(rest, "", body(both, **sunday)) == (400, "hosts_unavailable_for_booking")
    assert await refused(rest, "", body(event_type, eventTypeId=999999)) == (404, "event_type_not_found_error")
    limited = await desk.event_type(ann, booking_limits={"day": 1})
    await post(rest, "", body(limited))
    other = {"name": "Yan", "email": "yan@example.com"}
    assert await refused(rest, "", body(limited, 12, responses=other)) == (401, "booking_limit_reached")
    seats = await desk.event_type(ann, seats_per_slot=2)
    await post(rest, "", body(seats, 13))
    assert await refused(rest, "", body(seats, 13)) == (409, "already_signed_up_for_this_booking_error")
    await post(rest, "", body(seats, 13, responses=other))
    third = {"name": "Xan", "email": "xan@example.com"}
    assert await refused(rest, "", body(seats, 13, responses=third)) == (409, "booking_seats_full_error")
    missing = {"name": "Yan"}
    assert (await refused(rest, "", body(event_type, responses=missing)))[0] == 400


@pytest.mark.parametrize(
    "values",
    [
        {"responses": "x"}, {"responses": {"email": 5}}, {"responses": {"guests": "x"}}, {"start": "soon"},
        {"timeZone": "Mars"}, {"eventTypeId": "x"}, {"metadata": []}, {"user": 5},
        {"eventTypeSlug": None, "eventTypeId": 0}, {"user": None, "eventTypeId": 0},
        {"user": "+".join(f"u{i}" for i in range(30)), "eventTypeId": 0},
        {"responses": {"name": "\x00", "email": "z@example.com"}}, {"responses": {"name": 5, "email": "z@example.com"}},
    ],
)  # fmt: skip
async def test_wrong_bodies_write_nothing(
    rest: ContractClient, desk: BookingDesk, ann: Caller, values: dict[str, Any]
) -> None:
    status, _ = await refused(rest, "", body(await desk.event_type(ann), **values))
    assert (status, await Booking.all().count()) == (400, 0)


@pytest.mark.parametrize("user", [5, {"str": 1}, [5]], ids=["number", "object", "list of numbers"])
async def test_what_is_wrong_is_told_by_its_name(rest: ContractClient, user: Any) -> None:
    """AU-31: and not by the names of our types, where a property may be of several."""
    given = {**body(None), "user": user, "eventTypeId": 1}
    told = await rest.wrong("POST", PATH, version=COMPONENTS, json=given)
    assert told == {"user": ["user must be a string"]}


async def test_what_is_not_there(rest: ContractClient, ann: Caller) -> None:
    answer = (404, "Booking with uid=nothing not found")
    for path in ("/nothing", "/nothing/reschedule"):
        assert await rest.refused("GET", PATH + path, version=COMPONENTS) == answer
    assert await refused(rest, "/nothing/cancel", {}) == answer
    assert await refused(rest, "/nothing/mark-no-show", {"noShowHost": True}, ann) == answer


async def test_a_key_books_and_moves_once(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    """BK-18."""
    event_type, headers = await desk.event_type(ann), {"Idempotency-Key": "k"}
    made = [await rest.ok("POST", PATH, version=COMPONENTS, json=body(event_type), headers=headers) for _ in range(2)]
    assert made[0]["uid"] == made[1]["uid"]
    given = body(event_type, 11, rescheduleUid=made[0]["uid"])
    moved = [await rest.ok("POST", PATH, version=COMPONENTS, json=given, headers=headers) for _ in range(2)]
    assert moved[0]["uid"] == moved[1]["uid"]
    assert await Booking.all().count() == 2


@pytest.mark.parametrize("shape", [COMPONENTS, "2024-08-13"])
async def test_the_callers_reservation_ends_with_the_booking(
    rest: ContractClient, desk: BookingDesk, ann: Caller, shape: str
) -> None:
    """RS-7: reserving left a cookie; a cookie with anything else in it is no hindrance."""
    event_type = await desk.event_type(ann)
    slot = {"slotUtcStartDate": "2050-09-05T07:00:00Z", "slotUtcEndDate": "2050-09-05T07:30:00Z"}
    reserve = {**slot, "eventTypeId": event_type.id}
    await rest.ok("POST", "/v2/slots/reserve", version=COMPONENTS, json=reserve)
    assert await SlotHold.all().count() == 1
    given = body(event_type) if shape == COMPONENTS else wish(event_type)
    await rest.ok("POST", PATH, version=shape, json=given)
    assert await SlotHold.all().count() == 0
    later = body(event_type, 11) if shape == COMPONENTS else wish(event_type, "2050-09-05T09:00:00Z")
    await rest.ok("POST", PATH, version=shape, json=later, headers={"Cookie": f"uid={'x' * 100}"})
