"""What each trigger's message says (WH-5, WH-7, WH-11, WH-12)."""

from datetime import date

import pytest

from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.claim_instant import ClaimInstantBooking, claim_instant_booking
from app.services.bookings.confirm import ConfirmBooking, confirm_booking
from app.services.bookings.decline import DeclineBooking, decline_booking
from app.services.bookings.mark_absent import AttendeeAbsence, MarkAbsent, mark_absent
from app.services.bookings.request_reschedule import RequestReschedule, request_reschedule
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from app.services.out_of_office.write import (
    CreateOutOfOffice,
    UpdateOutOfOffice,
    create_out_of_office,
    update_out_of_office,
)
from tests.services.bookings.desk import outbox_payloads
from tests.services.slots.world import at
from tests.services.webhooks.conftest import Office

COMMON = {
    *("bookerUrl", "type", "title", "startTime", "endTime", "additionalNotes", "description", "customInputs"),
    *("organizer", "attendees", "team", "location", "conferenceCredentialId", "destinationCalendar", "responses"),
    *("userFieldsResponses", "uid", "iCalUID", "iCalSequence", "schedulingType", "seatsPerTimeSlot"),
    *("seatsShowAttendees", "seatsShowAvailabilityCount", "attendeeSeatId", "recurringEvent", "requiresConfirmation"),
    *("hideCalendarNotes", "hideCalendarEventDetails", "hideOrganizerEmail", "customReplyToEmail", "appsStatus"),
    *("videoCallData", "oneTimePassword", "platformClientId", "platformRescheduleUrl", "platformCancelUrl"),
    *("platformBookingUrl", "eventTitle", "eventDescription", "price", "currency", "length", "eventTypeId"),
    *("bookingId", "status", "metadata", "smsReminderNumber"),
}
"""WH-7, the list of the common event payload."""


async def test_creation(office: Office) -> None:
    """WH-1, WH-5, WH-7, WH-11: envelope, every common field, offsets at the start of the booking, status ACCEPTED."""
    host = await office.person("Europe/Berlin", name="Pro Example", time_format=24, locale="de")
    field = {"name": "diet", "type": "text", "label": "Diet", "required": False}
    event_type = await office.event_type(
        host,
        title="Intro",
        slug="intro",
        description="About you",
        price=0,
        booking_fields=[field],
        custom_reply_to_email="desk@example.com",
    )
    await office.webhook("BOOKING_CREATED", user_id=host.id)
    booking = await office.booked(
        event_type, "2026-05-04T08:00", zone="Asia/Kolkata", responses={"diet": "vegan", "notes": "Be kind"},
        metadata={"order": "7"}, guests=("guest@example.com",),
    )  # fmt: skip
    (body,) = await office.deliver()
    assert list(body) == ["triggerEvent", "createdAt", "payload"]
    assert body["triggerEvent"] == "BOOKING_CREATED"
    assert body["createdAt"] == "2026-05-01T00:00:00.000Z"
    payload = body["payload"]
    assert set(payload) == COMMON
    assert payload["startTime"] == "2026-05-04T08:00:00Z"
    assert payload["endTime"] == "2026-05-04T08:30:00Z"
    assert payload["customReplyToEmail"] == "desk@example.com"
    assert payload["organizer"] == {
        "id": host.id, "name": "Pro Example", "email": host.email, "username": host.username,
        "timeZone": "Europe/Berlin", "language": {"locale": "de"}, "timeFormat": "HH:mm", "utcOffset": 120,
    }  # fmt: skip
    assert payload["attendees"][0] == {
        "email": "ann@example.com", "name": "Ann", "firstName": "Ann", "lastName": "", "timeZone": "Asia/Kolkata",
        "phoneNumber": None, "language": {"locale": "en"}, "utcOffset": 330,
    }  # fmt: skip
    assert [each["email"] for each in payload["attendees"]] == ["ann@example.com", "guest@example.com"]
    assert payload["description"] == "About you"
    assert payload["additionalNotes"] == "Be kind"
    assert payload["responses"]["name"] == {"label": "your_name", "value": "Ann", "isHidden": False}
    assert payload["responses"]["diet"] == {"label": "Diet", "value": "vegan", "isHidden": False}
    assert payload["userFieldsResponses"] == {"diet": payload["responses"]["diet"]}
    expected = {
        "bookerUrl": "https://book.example", "type": "intro", "title": booking.title, "uid": booking.uid,
        "iCalUID": booking.ical_uid, "iCalSequence": 0, "eventTitle": "Intro", "eventDescription": "About you",
        "price": 0, "currency": "usd", "length": 30, "eventTypeId": event_type.id, "bookingId": booking.id,
        "status": "ACCEPTED", "metadata": {"order": "7"}, "team": None, "schedulingType": None,
        "requiresConfirmation": False, "seatsPerTimeSlot": None,
    }  # fmt: skip
    assert {key: payload[key] for key in expected} == expected


async def test_description_falls_back_to_the_notes(office: Office) -> None:
    """WH-5."""
    host = await office.person()
    await office.webhook("BOOKING_CREATED", user_id=host.id)
    await office.book(await office.event_type(host), "2026-05-04T08:00", responses={"notes": "Only notes"})
    assert (await office.told("BOOKING_CREATED"))["description"] == "Only notes"


async def test_request_then_confirmation(office: Office) -> None:
    """BOOKING_REQUESTED is PENDING; confirming tells BOOKING_CREATED in the full shape (WH-12)."""
    host = await office.person()
    event_type = await office.event_type(host, requires_confirmation=True)
    await office.webhook("BOOKING_CREATED", "BOOKING_REQUESTED", user_id=host.id)
    booking = await office.booked(event_type, "2026-05-04T08:00")
    requested = await office.told("BOOKING_REQUESTED")
    assert (requested["status"], requested["requiresConfirmation"]) == ("PENDING", True)
    assert set(requested) == COMMON
    await confirm_booking(office.as_user(host), ConfirmBooking(uid=booking.uid))
    created = await office.told("BOOKING_CREATED")
    assert created["status"] == "ACCEPTED"
    assert created["startTime"] == "2026-05-04T08:00:00Z"
    assert created["organizer"]["id"] == host.id
    assert set(created) == COMMON


async def test_decline(office: Office) -> None:
    """BOOKING_REJECTED says why."""
    host = await office.person()
    await office.webhook("BOOKING_REJECTED", user_id=host.id)
    booking = await office.booked(await office.event_type(host, requires_confirmation=True), "2026-05-04T08:00")
    await decline_booking(office.as_user(host), DeclineBooking(uid=booking.uid, reason="full"))
    told = await office.told("BOOKING_REJECTED")
    assert (told["status"], told["rejectionReason"]) == ("REJECTED", "full")
    assert set(told) == COMMON | {"rejectionReason"}


async def test_reschedule(office: Office) -> None:
    """BOOKING_RESCHEDULED names the time before; the old half is not told as cancelled (WH-7)."""
    host = await office.person()
    await office.webhook("BOOKING_RESCHEDULED", "BOOKING_CANCELLED", user_id=host.id)
    old = await office.booked(await office.event_type(host), "2026-05-04T08:00")
    command = RescheduleBooking(uid=old.uid, start=at("2026-05-05T09:00"), rescheduled_by="ann@example.com")
    new = (await reschedule_booking(office.ctx, command)).booking
    told = await office.told("BOOKING_RESCHEDULED")
    expected = {
        "uid": new.uid, "startTime": "2026-05-05T09:00:00Z", "rescheduleId": old.id, "rescheduleUid": old.uid,
        "rescheduleStartTime": "2026-05-04T08:00:00Z", "rescheduleEndTime": "2026-05-04T08:30:00Z",
        "rescheduledBy": "ann@example.com", "status": "ACCEPTED",
    }  # fmt: skip
    assert {key: told[key] for key in expected} == expected
    assert len(office.receiver.received) == 1


async def test_cancellation(office: Office) -> None:
    """BOOKING_CANCELLED: reason, by whom, the event type's own length."""
    host = await office.person()
    event_type = await office.event_type(host, length_minutes=30, length_options=[30, 60])
    await office.webhook("BOOKING_CANCELLED", user_id=host.id)
    booking = await office.booked(event_type, "2026-05-04T08:00", length_minutes=60)
    await cancel_booking(office.as_user(host), CancelBooking(uid=booking.uid, reason="ill"))
    told = await office.told("BOOKING_CANCELLED")
    expected = {"status": "CANCELLED", "cancellationReason": "ill", "cancelledBy": host.email, "length": 30}
    assert {key: told[key] for key in expected} == expected
    assert (told["startTime"], told["endTime"]) == ("2026-05-04T08:00:00Z", "2026-05-04T09:00:00Z")


@pytest.mark.parametrize(("reason", "told"), [("Ill", "Please reschedule. Ill"), (None, "Please reschedule.")])
async def test_another_time_is_asked_for(office: Office, reason: str | None, told: str) -> None:
    """LC-13."""
    host = await office.person()
    await office.webhook("BOOKING_CANCELLED", user_id=host.id)
    booking = await office.booked(await office.event_type(host), "2026-05-04T08:00")
    await request_reschedule(office.as_user(host), RequestReschedule(uid=booking.uid, reason=reason))
    payload = await office.told("BOOKING_CANCELLED")
    expected = {"status": "CANCELLED", "cancellationReason": told, "cancelledBy": host.email}
    assert {key: payload[key] for key in expected} == expected


async def test_seats(office: Office) -> None:
    """Each new seat is told as created, a seat given back as cancelled; the last one once only."""
    host = await office.person()
    event_type = await office.event_type(host, seats_per_slot=3)
    await office.webhook("BOOKING_CREATED", "BOOKING_CANCELLED", user_id=host.id)
    first = await office.book(event_type, "2026-05-04T08:00", responses={"notes": "Mine"})
    second = await office.book(event_type, "2026-05-04T08:00", "bob@example.com", responses={"notes": "His"})
    created = [body["payload"] for body in await office.deliver()]
    assert [each["attendeeSeatId"] for each in created] == [first.seat_uid, second.seat_uid]
    assert created[1]["responses"]["email"]["value"] == "bob@example.com"
    uid = first.booking.uid
    await cancel_booking(office.ctx, CancelBooking(uid=uid, seat_uid=first.seat_uid, reason="ill"))
    await office.deliver()
    await cancel_booking(office.ctx, CancelBooking(uid=uid, seat_uid=second.seat_uid))
    *_, left, last = await office.deliver()
    assert len(office.receiver.received) == 4
    assert (left["payload"]["attendeeSeatId"], left["payload"]["cancellationReason"]) == (first.seat_uid, "ill")
    assert last["payload"]["attendeeSeatId"] == second.seat_uid
    for told, person, notes in ((left, "ann@example.com", "Mine"), (last, "bob@example.com", "His")):
        assert (told["triggerEvent"], told["payload"]["status"]) == ("BOOKING_CANCELLED", "CANCELLED")
        assert [each["email"] for each in told["payload"]["attendees"]] == [person]
        assert told["payload"]["responses"]["email"]["value"] == person, "nobody else's answers"
        assert told["payload"]["additionalNotes"] == told["payload"]["description"] == notes


async def test_the_last_seat_and_its_booking_in_different_batches(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the relay takes at once, the end of the booking is told once."""
    host = await office.person()
    event_type = await office.event_type(host, seats_per_slot=3)
    await office.webhook("BOOKING_CANCELLED", user_id=host.id)
    only = await office.book(event_type, "2026-05-04T08:00")
    await office.deliver()
    await cancel_booking(office.ctx, CancelBooking(uid=only.booking.uid, seat_uid=only.seat_uid))
    assert office.worker is not None
    monkeypatch.setattr(office.worker.relay, "_batch", 1)
    assert [body["triggerEvent"] for body in await office.deliver()] == ["BOOKING_CANCELLED"]


async def test_series(office: Office) -> None:
    """Each occurrence is told by itself, with the series in the form that calendar libraries read."""
    host = await office.person()
    rule = {"interval": 2, "occurrences": 3, "frequency": "weekly"}
    event_type = await office.event_type(host, recurrence=rule)
    await office.webhook("BOOKING_CREATED", user_id=host.id)
    await office.book(event_type, "2026-05-04T08:00", recurrence_count=3)
    told = [body["payload"] for body in await office.deliver()]
    assert sorted(each["startTime"] for each in told) == [
        *("2026-05-04T08:00:00Z", "2026-05-18T08:00:00Z", "2026-06-01T08:00:00Z")
    ]
    assert [each["recurringEvent"] for each in told] == [{"freq": 2, "count": 3, "interval": 2}] * 3


@pytest.mark.parametrize("absent", [True, False])
async def test_absence_of_attendees(office: Office, absent: bool) -> None:
    """BOOKING_NO_SHOW_UPDATED: a payload of its own, for attendees only."""
    host = await office.person()
    await office.webhook("BOOKING_NO_SHOW_UPDATED", user_id=host.id)
    booking = await office.booked(await office.event_type(host), "2026-05-04T08:00")
    office.wait(days=4)
    mine = office.as_user(host)
    await mark_absent(mine, MarkAbsent(uid=booking.uid, host=True))
    await mark_absent(mine, MarkAbsent(uid=booking.uid, attendees=(AttendeeAbsence("ann@example.com", absent),)))
    told = await office.told("BOOKING_NO_SHOW_UPDATED")
    assert told == {
        "message": f"ann@example.com {'marked' if absent else 'unmarked'} as no-show",
        "attendees": [{"email": "ann@example.com", "noShow": absent}],
        "bookingUid": booking.uid, "bookingId": booking.id,
        "platformClientId": None, "platformRescheduleUrl": None, "platformCancelUrl": None, "platformBookingUrl": None,
    }  # fmt: skip


async def test_team_booking(office: Office) -> None:
    """The organizer by themselves, the other hosts as members of the team, not among the attendees."""
    ann, ben = await office.person("UTC"), await office.person("UTC", name="Ben")
    event_type = await office.team_event("COLLECTIVE", ann, ben)
    await office.webhook("BOOKING_CREATED", team_id=event_type.team_id)
    await office.book(event_type, "2026-05-04T10:00", "guest@example.com")
    told = await office.told("BOOKING_CREATED")
    assert told["schedulingType"] == "COLLECTIVE"
    assert told["team"]["id"] == event_type.team_id
    people = {told["organizer"]["email"], *(member["email"] for member in told["team"]["members"])}
    assert people == {ann.email, ben.email}
    assert [each["email"] for each in told["attendees"]] == ["guest@example.com"]


async def test_instant_meeting(office: Office) -> None:
    """INSTANT_MEETING: the link to join, for the team; once taken, nothing more is created."""
    ann = await office.person()
    event_type = await office.team_event("ROUND_ROBIN", ann, is_instant=True)
    await office.webhook("INSTANT_MEETING", "BOOKING_CREATED", team_id=event_type.team_id)
    booking = await office.booked(event_type, "2026-05-01T00:00", instant=True)
    token = (await outbox_payloads("booking.instant-requested"))[0]["joinToken"]
    told = await office.told("INSTANT_MEETING")
    assert told["connectAndJoinUrl"] == f"https://book.example/connect-and-join?token={token}"
    assert set(told) == {
        *("triggerEvent", "uid", "responses", "connectAndJoinUrl", "eventTypeId", "eventTypeTitle", "customInputs")
    }
    assert (told["triggerEvent"], told["uid"], told["eventTypeId"]) == ("INSTANT_MEETING", booking.uid, event_type.id)
    await claim_instant_booking(office.as_user(ann), ClaimInstantBooking(token=token))
    assert len(await office.deliver()) == 1


async def test_days_away(office: Office) -> None:
    """OOO_CREATED: the entry with its person; days are whole in the person's zone; changes are not told."""
    host = await office.person("Europe/Berlin")
    await office.webhook("OOO_CREATED", user_id=host.id)
    mine = office.as_user(host)
    command = CreateOutOfOffice(date(2026, 5, 4), date(2026, 5, 5), reason="sick", notes="flu")
    entry = await create_out_of_office(mine, command)
    await update_out_of_office(mine, UpdateOutOfOffice(entry.id, notes="better"))
    told = (await office.told("OOO_CREATED"))["oooEntry"]
    assert (told["start"], told["end"]) == ("2026-05-03T22:00:00Z", "2026-05-05T21:59:59Z")
    assert (told["id"], told["uuid"], told["notes"], told["reasonId"]) == (entry.id, entry.uuid, "flu", 4)
    assert told["user"]["email"] == host.email
    assert told["toUser"] is None
    assert set(told) == {
        *("id", "start", "end", "createdAt", "updatedAt", "notes", "reason", "reasonId", "user", "toUser", "uuid")
    }


async def test_dry_runs_and_replays_tell_nothing(office: Office) -> None:
    """WH-9."""
    host = await office.person()
    event_type = await office.event_type(host, requires_confirmation=True)
    await office.webhook("BOOKING_REQUESTED", user_id=host.id)
    await office.book(event_type, "2026-05-04T08:00", dry_run=True)
    assert await office.deliver() == []
    await office.book(event_type, "2026-05-04T08:00")
    again = await office.book(event_type, "2026-05-04T08:00")
    assert again.replayed
    assert len(await office.deliver()) == 1
