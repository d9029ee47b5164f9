"""What becomes of a booking: rescheduled, cancelled, confirmed, declined, reassigned, absent, edited."""

from typing import Any

import pytest

from app.models import Booking, EventType, User
from tests.schema.api import Api, Caller, gid, nothing_written
from tests.services.bookings.desk import outbox_payloads
from tests.services.slots.world import at

MONDAY_10, MONDAY_11 = "2026-05-04T08:00:00Z", "2026-05-04T09:00:00Z"
"""10:00 and 11:00 in Berlin, where the hosts work from 9 to 5."""
WEEKLY = {"interval": 1, "occurrences": 3, "frequency": "weekly"}


async def booked(api: Api, event_type: EventType, start: str = MONDAY_10, **more: Any) -> dict[str, Any]:
    attendee = {"name": "Ann", "email": "ann@example.com", "timeZone": "Europe/Rome"}
    values = {"eventType": {"id": gid(event_type)}, "start": start, "attendee": attendee, **more}
    answer = await api.write("CreateBooking", **values)
    assert answer["__typename"] == "CreateBookingSuccess", answer
    return answer


async def uid_of(api: Api, event_type: EventType, start: str = MONDAY_10) -> str:
    uid: str = (await booked(api, event_type, start))["booking"]["uid"]
    return uid


async def refused(api: Api, name: str, by: Caller = None, **input: Any) -> dict[str, Any]:
    """The error, after which nothing is different."""
    async with nothing_written():
        answer = await api.write(name, by=by, **input)
    assert not answer["__typename"].endswith("Success"), answer
    return answer


async def test_who_knows_the_uid_moves_a_booking_to_a_successor(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    first = (await booked(api, event_type))["booking"]
    answer = await api.write("RescheduleBooking", uid=first["uid"], start=MONDAY_11, reason="Train")
    successor = answer["booking"]
    assert answer["__typename"] == "RescheduleBookingSuccess"
    assert (successor["start"], successor["rescheduledFromUid"], successor["reschedulingReason"]) == (
        MONDAY_11,
        first["uid"],
        "Train",
    )
    assert successor["icalUid"] == first["icalUid"]
    assert successor["icalSequence"] == first["icalSequence"] + 1
    original = await api.read("Booking", uid=first["uid"])
    assert (original["status"], original["rescheduled"]) == ("CANCELLED", True)


async def test_why_a_booking_cannot_be_moved(api: Api) -> None:
    host = await api.person()
    event_type = await api.event_type(host, booking_limits={"day": 2})
    uid, other = await uid_of(api, event_type), await uid_of(api, event_type, MONDAY_11)
    taken = await refused(api, "RescheduleBooking", uid=uid, start=MONDAY_11)
    assert (taken["__typename"], taken["path"]) == ("SlotUnavailable", ["start"])
    assert at(taken["nextSlots"][0]["start"]) > at(MONDAY_11)
    past = await refused(api, "RescheduleBooking", uid=uid, start="2026-04-27T08:00:00Z")
    assert (past["__typename"], past["policy"]) == ("PolicyViolation", "past")
    unknown = await refused(api, "RescheduleBooking", uid="nowhere", start=MONDAY_11)
    assert unknown["__typename"] == "NotFound"
    await uid_of(api, event_type, "2026-05-05T08:00:00Z")
    await uid_of(api, event_type, "2026-05-05T09:00:00Z")
    full = await refused(api, "RescheduleBooking", uid=uid, start="2026-05-05T10:00:00Z")
    assert (full["__typename"], full["limit"]) == ("LimitReached", 2)
    stale = await refused(api, "RescheduleBooking", uid=uid, start="2026-05-04T10:00:00Z", expectedVersion="1")
    assert stale["__typename"] == "VersionConflict"
    await api.write("CancelBooking", uid=other)
    ended = await refused(api, "RescheduleBooking", uid=other, start="2026-05-04T11:00:00Z")
    assert ended["__typename"] == "InvalidState"
    await EventType.filter(id=event_type.id).update(disable_rescheduling=True)
    barred = await refused(api, "RescheduleBooking", uid=uid, start="2026-05-04T12:00:00Z")
    assert (barred["__typename"], barred["policy"]) == ("PolicyViolation", "rescheduling_disabled")


async def test_a_booking_is_cancelled_once(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    uid = await uid_of(api, event_type)
    answer = await api.write("CancelBooking", uid=uid, reason="Ill")
    assert (answer["booking"]["status"], answer["booking"]["cancellationReason"]) == ("CANCELLED", "Ill")
    again = await refused(api, "CancelBooking", uid=uid)
    assert (again["__typename"], again["code"]) == ("InvalidState", "INVALID_STATE")
    assert (await refused(api, "CancelBooking", uid="nowhere"))["__typename"] == "NotFound"


async def test_a_host_says_why_and_some_event_types_cannot_be_cancelled(api: Api) -> None:
    host = await api.person()
    event_type = await api.event_type(host)
    uid = await uid_of(api, event_type)
    silent = await refused(api, "CancelBooking", by=host, uid=uid)
    assert (silent["__typename"], silent["path"]) == ("InvalidInput", ["reason"])
    await EventType.filter(id=event_type.id).update(disable_cancelling=True)
    barred = await refused(api, "CancelBooking", uid=uid)
    assert (barred["__typename"], barred["policy"]) == ("PolicyViolation", "cancelling_disabled")


async def test_a_seat_is_cancelled_and_moved_by_itself(api: Api) -> None:
    event_type = await api.event_type(await api.person(), seats_per_slot=2)
    first = await booked(api, event_type)
    bob = {"name": "Bob", "email": "bob@example.com", "timeZone": "UTC"}
    second = await booked(api, event_type, attendee=bob)
    uid = first["booking"]["uid"]
    wrong = await refused(api, "CancelBooking", uid=uid, seatUid="nowhere")
    assert wrong["__typename"] == "InvalidInput"
    moved = await api.write("RescheduleBooking", uid=uid, seatUid=second["seatUid"], start=MONDAY_11)
    assert (moved["__typename"], moved["booking"]["start"]) == ("RescheduleBookingSuccess", MONDAY_11)
    cancelled = await api.write("CancelBooking", uid=uid, seatUid=first["seatUid"])
    assert cancelled["__typename"] == "CancelBookingSuccess"
    await booked(api, event_type)


async def test_series_are_cancelled_and_moved_in_scopes(api: Api) -> None:
    event_type = await api.event_type(await api.person(), recurrence=WEEKLY)
    first, second, third = [item["uid"] for item in (await booked(api, event_type))["bookings"]]
    moved = await api.write("RescheduleBooking", uid=second, start="2026-05-11T10:00:00Z", scope="THIS_AND_FOLLOWING")
    assert [item["start"] for item in moved["bookings"]] == ["2026-05-11T10:00:00Z", "2026-05-18T10:00:00Z"]
    gone = await api.write("CancelBooking", uid=first, scope="ALL")
    assert {row.status for row in await Booking.all()} == {"CANCELLED"}
    # LC-16: the whole series is answered, the occurrences that were moved away included.
    assert {first, second, third} < {item["uid"] for item in gone["bookings"]}
    ended = await outbox_payloads("booking.cancelled")
    assert len(ended) == 3


async def pending(api: Api, host: User) -> tuple[EventType, str]:
    event_type = await api.event_type(host, requires_confirmation=True)
    booking = (await booked(api, event_type))["booking"]
    assert booking["status"] == "PENDING"
    return event_type, booking["uid"]


async def test_a_waiting_booking_is_confirmed_by_its_host(api: Api) -> None:
    host = await api.person()
    _, uid = await pending(api, host)
    answer = await api.write("ConfirmBooking", by=host, uid=uid)
    assert (answer["__typename"], answer["booking"]["status"]) == ("ConfirmBookingSuccess", "ACCEPTED")
    assert (await refused(api, "ConfirmBooking", by=host, uid=uid))["__typename"] == "InvalidState"
    assert (await refused(api, "DeclineBooking", by=host, uid=uid))["__typename"] == "InvalidState"
    for name in ("ConfirmBooking", "DeclineBooking"):
        assert (await refused(api, name, by=host, uid="nowhere"))["__typename"] == "NotFound"


async def test_a_waiting_booking_whose_time_is_taken_cannot_be_confirmed(api: Api) -> None:
    host = await api.person()
    _, uid = await pending(api, host)
    await api.booking(await api.event_type(host), [host], "2026-05-04T08:00")
    answer = await refused(api, "ConfirmBooking", by=host, uid=uid)
    assert answer["__typename"] == "SlotUnavailable"


async def test_a_waiting_booking_is_declined_with_a_reason(api: Api) -> None:
    host = await api.person()
    _, uid = await pending(api, host)
    answer = await api.write("DeclineBooking", by=host, uid=uid, reason="Full week")
    assert (answer["booking"]["status"], answer["booking"]["rejectionReason"]) == ("REJECTED", "Full week")


async def test_a_booking_is_handed_to_a_host_who_is_free(api: Api) -> None:
    hosts = [await api.person(), await api.person(), await api.person()]
    owner = hosts[0]
    event_type = await api.team_event("ROUND_ROBIN", *hosts)
    booking = (await booked(api, event_type))["booking"]
    holder = booking["hosts"][0]["user"]["id"]
    free = next(host for host in hosts if gid(host) != holder)
    answer = await api.write("ReassignBooking", by=owner, uid=booking["uid"], toUserId=gid(free), reason="Holiday")
    assert answer["__typename"] == "ReassignBookingSuccess", answer
    assert answer["reassignedTo"]["user"]["id"] == gid(free)
    assert [host["user"]["id"] for host in answer["booking"]["hosts"]] == [gid(free)]
    third = next(host for host in hosts if gid(host) not in {holder, gid(free)})
    await api.booking(await api.event_type(third), [third], "2026-05-04T08:00")
    busy = await refused(api, "ReassignBooking", by=owner, uid=booking["uid"], toUserId=gid(third))
    assert busy["__typename"] == "HostUnavailable"
    outsider = await api.person()
    strange = await refused(api, "ReassignBooking", by=owner, uid=booking["uid"], toUserId=gid(outsider))
    assert strange["__typename"] == "InvalidInput"
    assert (await refused(api, "ReassignBooking", by=owner, uid="nowhere"))["__typename"] == "NotFound"


async def test_absence_is_noted_after_the_start_and_taken_back(api: Api) -> None:
    host = await api.person()
    uid = await uid_of(api, await api.event_type(host))
    ann = {"email": "ann@example.com", "absent": True}
    early = await refused(api, "MarkAbsent", by=host, uid=uid, attendees=[ann])
    assert early["__typename"] == "InvalidState"
    api.clock.moment = at("2026-05-04T08:10")
    answer = await api.write("MarkAbsent", by=host, uid=uid, host=True, attendees=[ann])
    assert answer["booking"]["absentHost"] is True
    assert [person["absent"] for person in answer["booking"]["attendees"]] == [True]
    taken_back = await api.write("MarkAbsent", by=host, uid=uid, host=False)
    assert taken_back["booking"]["absentHost"] is False
    nobody = await refused(api, "MarkAbsent", by=host, uid=uid)
    assert (nobody["__typename"], nobody["path"]) == ("InvalidInput", ["attendees"])
    assert (await refused(api, "MarkAbsent", by=host, uid="nowhere", host=True))["__typename"] == "NotFound"


async def test_a_booking_is_edited_in_place(api: Api) -> None:
    host = await api.person()
    event_type = await api.event_type(host)
    uid = await uid_of(api, event_type)
    answer = await api.write("EditBooking", by=host, uid=uid, title="Review", description=None)
    assert (answer["booking"]["uid"], answer["booking"]["title"]) == (uid, "Review")
    moved = await api.write("EditBooking", by=host, uid=uid, start=MONDAY_11, end="2026-05-04T09:30:00Z")
    assert moved["booking"]["start"] == MONDAY_11
    backwards = await refused(api, "EditBooking", by=host, uid=uid, start=MONDAY_11, end=MONDAY_10)
    assert backwards["__typename"] == "InvalidInput"
    await api.booking(event_type, [host], "2026-05-04T12:00")
    busy = await refused(api, "EditBooking", by=host, uid=uid, start="2026-05-04T12:00:00Z", end="2026-05-04T12:30:00Z")
    assert busy["__typename"] == "SlotUnavailable"
    gone = await api.write("EditBooking", by=host, uid=uid, status="CANCELLED")
    assert gone["booking"]["status"] == "CANCELLED"
    assert (await refused(api, "EditBooking", by=host, uid="nowhere", title="x"))["__typename"] == "NotFound"


async def test_hosts_ask_for_another_time_meet_elsewhere_and_invite_more(api: Api) -> None:
    """LC-13, BK-23; each names what is wrong with its input."""
    host = await api.person()
    uid = await uid_of(api, await api.event_type(host))
    elsewhere = await api.write("ChangeBookingLocation", by=host, uid=uid, location={"address": "Room 5"})
    assert elsewhere["booking"]["location"] == "Room 5"
    invited = await api.write("AddGuests", by=host, uid=uid, guests=["ben@example.com"])
    assert [person["kind"] for person in invited["booking"]["attendees"]] == ["BOOKER", "GUEST"]
    twice = await refused(api, "AddGuests", by=host, uid=uid, guests=["ben@example.com"])
    assert (twice["__typename"], twice["fields"][0]["code"]) == ("InvalidInput", "duplicate_email")
    nowhere = await refused(api, "ChangeBookingLocation", by=host, uid=uid, location={"link": "javascript:alert(1)"})
    assert (nowhere["__typename"], nowhere["fields"][0]["path"]) == ("InvalidInput", ["location", "link"])
    asked = await api.write("RequestReschedule", by=host, uid=uid, reason="Ill")
    assert (asked["booking"]["status"], asked["booking"]["rescheduled"]) == ("CANCELLED", True)
    again = await refused(api, "RequestReschedule", by=host, uid=uid)
    assert again["__typename"] == "InvalidState"
    moved = await api.write("RescheduleBooking", uid=uid, start=MONDAY_11)
    assert moved["booking"]["rescheduledFromUid"] == uid


HOSTS_ONLY: dict[str, dict[str, Any]] = {
    "ConfirmBooking": {},
    "DeclineBooking": {},
    "ReassignBooking": {},
    "MarkAbsent": {"host": True},
    "EditBooking": {"title": "Mine"},
    "RequestReschedule": {"reason": "Ill"},
    "ChangeBookingLocation": {"location": {"link": "https://meet.example/x"}},
    "AddGuests": {"guests": ["ben@example.com"]},
}


@pytest.mark.parametrize("name", HOSTS_ONLY)
async def test_what_only_those_in_charge_may_do(api: Api, name: str) -> None:
    hosts = [await api.person(), await api.person()]
    event_type = await api.team_event("ROUND_ROBIN", *hosts, requires_confirmation=name[0] in "CD")
    uid = (await booked(api, event_type))["booking"]["uid"]
    api.clock.moment = at("2026-05-04T08:10" if name == "MarkAbsent" else "2026-05-02T00:00")
    stranger, organizer = await api.person(), await api.person()
    await api.team(organizer)
    for caller, expected in ((None, "Unauthenticated"), (stranger, "Forbidden"), (organizer, "Forbidden")):
        answer = await refused(api, name, by=caller, uid=uid, **HOSTS_ONLY[name])
        assert answer["__typename"] == expected, answer


async def test_a_seat_cannot_be_moved_to_a_full_start_or_one_it_has_already(api: Api) -> None:
    """LC-11, LC-12."""
    event_type = await api.event_type(await api.person(), seats_per_slot=1)
    first = await booked(api, event_type)
    bob = {"name": "Bob", "email": "bob@example.com", "timeZone": "UTC"}
    await booked(api, event_type, MONDAY_11, attendee=bob)
    seat = {"uid": first["booking"]["uid"], "seatUid": first["seatUid"]}
    full = await refused(api, "RescheduleBooking", **seat, start=MONDAY_11)
    assert (full["__typename"], full["code"]) == ("SeatsFull", "SEATS_FULL")
    await EventType.filter(id=event_type.id).update(seats_per_slot=3)
    await booked(api, event_type, MONDAY_11)
    again = await refused(api, "RescheduleBooking", **seat, start=MONDAY_11)
    assert again["__typename"] == "AlreadySignedUp"


async def test_a_whole_seated_booking_is_for_its_host(api: Api) -> None:
    event_type = await api.event_type(await api.person(), seats_per_slot=3)
    uid = await uid_of(api, event_type)
    assert (await refused(api, "CancelBooking", uid=uid))["__typename"] == "Unauthenticated"
    moved = await refused(api, "RescheduleBooking", uid=uid, start=MONDAY_11)
    assert moved["__typename"] == "Unauthenticated"


async def test_a_cancelled_booking_is_not_handed_over_or_edited(api: Api) -> None:
    hosts = [await api.person(), await api.person()]
    event_type = await api.team_event("ROUND_ROBIN", *hosts)
    uid = await uid_of(api, event_type)
    await api.write("CancelBooking", uid=uid)
    later: dict[str, Any] = {"start": MONDAY_11, "end": "2026-05-04T09:30:00Z"}
    for name, more in (("ReassignBooking", {}), ("EditBooking", later)):
        answer = await refused(api, name, by=hosts[0], uid=uid, **more)
        assert answer["__typename"] == "InvalidState", answer


async def test_nobody_else_is_free_to_take_it(api: Api) -> None:
    hosts = [await api.person(), await api.person()]
    event_type = await api.team_event("ROUND_ROBIN", *hosts)
    own = await api.event_type(hosts[0])
    uid = await uid_of(api, event_type)
    holder = (await api.read("Booking", uid=uid))["hosts"][0]["user"]["id"]
    other = next(host for host in hosts if gid(host) != holder)
    await api.booking(own, [other], "2026-05-04T08:00")
    answer = await refused(api, "ReassignBooking", by=hosts[0], uid=uid)
    assert answer["__typename"] == "HostUnavailable"


KEYED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "ConfirmBooking": ({}, {}),
    "DeclineBooking": ({"reason": "Ill"}, {"reason": "Other"}),
    "ReassignBooking": ({"reason": "Ill"}, {"reason": "Other"}),
    "MarkAbsent": ({"host": True}, {"host": False}),
    "EditBooking": ({"title": "Review"}, {"title": "Other"}),
}


@pytest.mark.parametrize("name", KEYED)
async def test_every_change_is_replayed_by_its_key_and_refused_for_another_input(api: Api, name: str) -> None:
    hosts = [await api.person(), await api.person()]
    event_type = await api.team_event("ROUND_ROBIN", *hosts, requires_confirmation=name[0] in "CD")
    uid, second = await uid_of(api, event_type), await uid_of(api, event_type, MONDAY_11)
    api.clock.moment = at("2026-05-04T09:10" if name == "MarkAbsent" else "2026-05-02T00:00")
    given, other = KEYED[name]
    first = await api.write(name, by=hosts[0], uid=uid, idempotencyKey="once", **given)
    assert (first["__typename"], first["replayed"]) == (f"{name}Success", False)
    async with nothing_written():
        again = await api.write(name, by=hosts[0], uid=uid, idempotencyKey="once", **given)
    assert (again["replayed"], again["booking"]["uid"]) == (True, first["booking"]["uid"])
    conflict = await refused(api, name, by=hosts[0], uid=second, idempotencyKey="once", **other)
    assert conflict["__typename"] == "IdempotencyConflict"
