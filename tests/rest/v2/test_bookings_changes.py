"""The life of bookings over REST 2024-08-13 after they were made (LC-1 to LC-26, TM-15 to TM-18, BK-37, BK-38)."""

from typing import Any

import pytest

from app.db import raw
from app.models import Booking, Seat
from tests.contract.client import Caller, ContractClient
from tests.rest.v2.booking_desk import ELEVEN, NINE, PATH, TEN, VERSION, YAN, ZOE, BookingDesk

pytestmark = pytest.mark.usefixtures("app")
WEEKLY = {"interval": 1, "occurrences": 3, "frequency": "weekly"}


async def begun(uid: str) -> None:
    """As if it had begun an hour ago."""
    await raw.execute("UPDATE bookings SET start_s = 1700000000, end_s = 1700001800 WHERE uid = $1", uid)


async def test_a_whole_life(desk: BookingDesk, ann: Caller) -> None:
    """Requested, confirmed, moved by its booker (waits again), confirmed, cancelled by its host."""
    made = await desk.book(await desk.event_type(ann, requires_confirmation=True), metadata={"a": "b"})
    confirmed = await desk.post(f"/{made['uid']}/confirm", ann)
    assert confirmed == {**made, "status": "accepted", "updatedAt": confirmed["updatedAt"]}
    moved = await desk.post(
        f"/{made['uid']}/reschedule", start=TEN, reschedulingReason="Late", rescheduledBy="zoe@example.com"
    )
    assert (moved["status"], moved["start"], moved["reschedulingReason"]) == (
        "pending",
        "2050-09-05T08:00:00.000Z",
        "Late",
    )
    assert (moved["rescheduledFromUid"], moved["icsUid"]) == (made["uid"], made["icsUid"])
    assert (moved["metadata"], moved["attendees"]) == (made["metadata"], made["attendees"])
    old = await desk.get(made["uid"])
    assert (old["status"], old["rescheduledByEmail"]) == ("cancelled", "zoe@example.com")
    await desk.post(f"/{moved['uid']}/confirm", ann)
    gone = await desk.post(f"/{moved['uid']}/cancel", ann, cancellationReason="Ill")
    assert gone == await desk.get(moved["uid"])
    assert (gone["status"], gone["cancellationReason"], gone["cancelledByEmail"]) == ("cancelled", "Ill", ann.email)


async def test_the_organizer_confirms_by_moving(desk: BookingDesk, ann: Caller) -> None:
    """LC-5, LC-6: only when signed in; a name in the body is noted, not trusted."""
    event_type = await desk.event_type(ann, requires_confirmation=True)
    first, second = await desk.book(event_type), await desk.book(event_type, TEN, attendee=YAN)
    moved = await desk.post(f"/{first['uid']}/reschedule", ann, start=ELEVEN)
    assert (moved["status"], moved.get("rescheduledByEmail")) == ("accepted", None)
    moved = await desk.post(f"/{second['uid']}/reschedule", start=NINE, rescheduledBy=ann.email)
    assert moved["status"] == "pending"


async def test_a_custom_length_is_kept_when_moving(desk: BookingDesk, ann: Caller) -> None:
    """LC-4."""
    made = await desk.book(await desk.event_type(ann, length_options=[30, 60]), lengthInMinutes=60)
    assert (await desk.post(f"/{made['uid']}/reschedule", start=TEN))["duration"] == 60


async def test_declining(desk: BookingDesk, ann: Caller) -> None:
    made = await desk.book(await desk.event_type(ann, requires_confirmation=True))
    declined = await desk.post(f"/{made['uid']}/decline", ann, reason="No time")
    assert declined["status"] == "rejected"
    assert (await Booking.get(uid=made["uid"])).rejection_reason == "No time"


async def test_one_decision_about_a_series_changes_all_that_wait(desk: BookingDesk, ann: Caller) -> None:
    """LC-21: an occurrence is answered alone, the series as a list."""
    event_type = await desk.event_type(ann, recurrence=WEEKLY, requires_confirmation=True)
    made = await desk.book(event_type)
    confirmed = await desk.post(f"/{made[1]['uid']}/confirm", ann)
    assert (confirmed["uid"], confirmed["status"]) == (made[1]["uid"], "accepted")
    assert [one["status"] for one in await desk.get(made[0]["recurringBookingUid"])] == ["accepted"] * 3
    other = await desk.book(event_type, TEN, attendee=YAN)
    declined = await desk.post(f"/{other[0]['recurringBookingUid']}/decline", ann)
    assert [one["status"] for one in declined] == ["rejected"] * 3


async def test_an_occurrence_is_moved_alone(desk: BookingDesk, ann: Caller) -> None:
    """LC-1, LC-9: it stays in its series."""
    made = await desk.book(await desk.event_type(ann, recurrence=WEEKLY))
    moved = await desk.post(f"/{made[1]['uid']}/reschedule", start="2050-09-13T07:00:00Z")
    assert moved["recurringBookingUid"] == made[0]["recurringBookingUid"]
    series = await desk.get(made[0]["recurringBookingUid"])
    assert [(one["start"][:10], one["status"]) for one in series] == [
        ("2050-09-05", "accepted"), ("2050-09-12", "cancelled"), ("2050-09-13", "accepted"), ("2050-09-19", "accepted"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("which", "body", "left"),
    [
        ("series", {}, []),
        ("second", {"cancelSubsequentBookings": True}, [0]),
        ("second", {}, [0, 2]),
    ],
    ids=["series", "following", "one"],
)
async def test_cancelling_of_a_series(
    desk: BookingDesk, ann: Caller, which: str, body: dict[str, Any], left: list[int]
) -> None:
    """LC-16: the whole series is answered, one occurrence alone is answered alone."""
    made = await desk.book(await desk.event_type(ann, recurrence=WEEKLY))
    series = made[0]["recurringBookingUid"]
    answered = await desk.post(f"/{series if which == 'series' else made[1]['uid']}/cancel", **body)
    now = await desk.get(series)
    assert [index for index, one in enumerate(now) if one["status"] == "accepted"] == left
    assert answered == (now[1] if left == [0, 2] else now)


async def test_series_uid_with_following_is_refused(desk: BookingDesk, ann: Caller) -> None:
    made = await desk.book(await desk.event_type(ann, recurrence=WEEKLY))
    status, message = await desk.refused(f"/{made[0]['recurringBookingUid']}/cancel", cancelSubsequentBookings=True)
    assert (status, message[:63]) == (400, "Cannot cancel subsequent bookings for recurring event - you hav")


async def test_absences_are_marked_and_taken_back(desk: BookingDesk, ann: Caller) -> None:
    """LC-24, LC-25: unknown addresses are skipped."""
    made = await desk.book(await desk.event_type(ann))
    await begun(made["uid"])
    path = f"/{made['uid']}/mark-absent"
    people = [{"email": "ZOE@example.com", "absent": True}, {"email": "nobody@example.com", "absent": True}]
    marked = await desk.post(path, ann, host=True, attendees=people)
    assert (marked["absentHost"], [person["absent"] for person in marked["attendees"]]) == (True, [True])
    back = await desk.post(path, ann, host=False)
    assert (back["absentHost"], back["attendees"][0]["absent"]) == (False, True)


async def test_absences_of_a_seated_booking(desk: BookingDesk, ann: Caller) -> None:
    made = await desk.book(await desk.event_type(ann, seats_per_slot=3))
    await begun(made["uid"])
    marked = await desk.post(f"/{made['uid']}/mark-absent", ann, attendees=[{"email": ZOE["email"], "absent": True}])
    assert [person["absent"] for person in marked["attendees"]] == [True]


async def test_reassigning_to_the_next_and_to_somebody(
    desk: BookingDesk, ann: Caller, bob: Caller, rest: ContractClient
) -> None:
    """TM-15 to TM-18: who has it now; the uid stays."""
    made = await desk.book(await desk.team_event("ROUND_ROBIN", ann, bob))
    holder = made["hosts"][0]["username"]
    first, other = (ann, bob) if holder == "ann" else (bob, ann)
    path = f"/{made['uid']}/reassign"
    person = {"id": other.id, "name": other.username.title(), "email": other.email}
    assert await desk.post(path, ann) == {"bookingUid": made["uid"], "reassignedTo": person}
    assert (await desk.get(made["uid"]))["hosts"][0]["username"] == other.username
    back = await desk.post(f"{path}/{first.id}", ann, reason="Ill")
    assert back["reassignedTo"]["id"] == first.id
    assert (await Booking.get(uid=made["uid"])).reassign_reason == "Ill"
    headers = {"Idempotency-Key": "k"}
    answers = [
        await rest("POST", f"{PATH}{path}/{other.id}", ann, version=VERSION, json={}, headers=headers) for _ in range(2)
    ]
    assert [answer.json()["data"]["reassignedTo"]["id"] for answer in answers] == [other.id, other.id]
    assert answers[1].headers["idempotency-replayed"] == "true"


async def test_changes_with_a_key_happen_once(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    """BK-18: repeating a move or a cancelling is no error with the same key."""
    made = await desk.book(await desk.event_type(ann))
    path, headers = f"{PATH}/{made['uid']}/reschedule", {"Idempotency-Key": "k"}
    moved = [await rest.ok("POST", path, version=VERSION, json={"start": TEN}, headers=headers) for _ in range(2)]
    assert moved[0] == moved[1]
    path = f"{PATH}/{moved[0]['uid']}/cancel"
    gone = [await rest.ok("POST", path, version=VERSION, json={}, headers=headers) for _ in range(2)]
    assert gone[0] == gone[1]
    assert await Booking.all().count() == 2


async def test_calendar_links(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    """EM-5: for signed-in callers."""
    made = await desk.book(await desk.event_type(ann))
    path = f"{PATH}/{made['uid']}/calendar-links"
    links = await rest.ok("GET", path, ann, version=VERSION)
    assert [link["label"] for link in links] == ["Google Calendar", "Microsoft Office", "Microsoft Outlook", "ICS"]
    assert (await rest.refused("GET", path, version=VERSION))[0] == 401


async def test_each_booker_of_seats_sees_their_own_seat(desk: BookingDesk, ann: Caller) -> None:
    """BK-35, BK-37, BK-38: no answers or description of the booking itself; hosts see everybody."""
    event_type = await desk.event_type(ann, seats_per_slot=3)
    first = await desk.book(event_type, metadata={"a": "b"}, bookingFieldsResponses={"notes": "Hello"})
    second = await desk.book(event_type, attendee=YAN)
    assert (first["uid"], first["description"]) == (second["uid"], None)
    assert "bookingFieldsResponses" not in first
    assert first["attendees"] == [
        {
            "name": "Zoe", "email": "zoe@example.com", "timeZone": "Europe/Rome", "language": "en", "absent": False,
            "seatUid": first["seatUid"], "metadata": {"a": "b"},
            "bookingFieldsResponses": {
                "name": "Zoe", "notes": "Hello", "location": {"value": "integrations:daily", "optionValue": ""},
            },
        }
    ]  # fmt: skip
    assert [person["seatUid"] for person in second["attendees"]] == [second["seatUid"]]
    assert (await desk.get(first["uid"]))["attendees"] == []
    everybody = await desk.get(first["uid"], ann)
    assert [person["seatUid"] for person in everybody["attendees"]] == [first["seatUid"], second["seatUid"]]
    assert [one["attendees"] for one in await desk.list(ann)] == [everybody["attendees"]]


async def test_public_seats_are_shown_to_everybody(desk: BookingDesk, ann: Caller) -> None:
    event_type = await desk.event_type(ann, seats_per_slot=3, seats_show_attendees=True)
    made = await desk.book(event_type)
    await desk.book(event_type, attendee=YAN)
    assert len((await desk.get(made["uid"]))["attendees"]) == 2


async def test_a_seat_is_moved_and_cancelled_alone(desk: BookingDesk, ann: Caller) -> None:
    """LC-11, LC-18: the seat keeps its uid; the last one to leave ends the booking."""
    event_type = await desk.event_type(ann, seats_per_slot=3)
    first, second = await desk.book(event_type), await desk.book(event_type, attendee=YAN)
    moved = await desk.post(f"/{first['uid']}/reschedule", start=TEN, seatUid=first["seatUid"])
    assert (moved["seatUid"], moved["start"]) == (first["seatUid"], "2050-09-05T08:00:00.000Z")
    assert moved["uid"] != first["uid"]
    assert (await desk.get(first["uid"]))["status"] == "accepted"
    await desk.book(event_type, TEN, attendee=YAN)
    left = await desk.post(f"/{moved['uid']}/cancel", ann, seatUid=first["seatUid"])
    assert (left["status"], len(left["attendees"])) == ("accepted", 1)
    gone = await desk.post(f"/{second['uid']}/cancel", seatUid=second["seatUid"])
    assert (gone["status"], await Seat.all().count()) == ("cancelled", 1)


async def test_seats_that_cannot_be_moved(desk: BookingDesk, ann: Caller) -> None:
    """LC-11, LC-12, LC-14, LC-18."""
    event_type = await desk.event_type(ann, seats_per_slot=1)
    made, other = await desk.book(event_type), await desk.book(event_type, TEN, attendee=YAN)
    path = f"/{made['uid']}/reschedule"
    assert await desk.refused(path, start=TEN, seatUid="nothing") == (404, "Seat with uid=nothing does not exist.")
    assert (await desk.refused(path, start=TEN, seatUid=made["seatUid"]))[0] == 409
    assert (await desk.refused(path, start=ELEVEN))[0] == 401
    text = "Invalid seatUid: this seat does not belong to this booking."
    assert await desk.refused(f"/{made['uid']}/cancel", seatUid=other["seatUid"]) == (400, text)
    assert await desk.refused(f"/{made['uid']}/cancel") == (401, "User not a host of this event")


async def test_the_owner_moves_everybody(desk: BookingDesk, ann: Caller) -> None:
    """LC-12: the same booking at another time; no seat is meant."""
    made = await desk.book(await desk.event_type(ann, seats_per_slot=3))
    moved = await desk.post(f"/{made['uid']}/reschedule", ann, start=TEN)
    assert (moved["uid"], moved["start"], moved["seatUid"]) == (made["uid"], "2050-09-05T08:00:00.000Z", "")


async def test_a_booking_outlives_its_event_type(desk: BookingDesk, ann: Caller) -> None:
    event_type = await desk.event_type(ann)
    made = await desk.book(event_type)
    await event_type.delete()
    shown = await desk.get(made["uid"])
    assert (shown["eventTypeId"], shown["eventType"], shown["status"]) == (None, None, "accepted")
