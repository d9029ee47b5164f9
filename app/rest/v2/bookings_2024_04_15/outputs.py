"""Bookings as columns: upper-case status, `startTime`, `locale` (VR-2)."""

from collections.abc import Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

from app.domain.enums import BookingStatus
from app.rest.request import RestRequest
from app.rest.v2.bookings_outputs import iso, iso_us
from app.services.bookings.queries import BookingPage
from app.services.bookings.views import AttendeeView, BookingView, ChangedBookings


def render_booking(view: BookingView) -> dict[str, Any]:
    """One booking with its people."""
    return {
        "id": view.id,
        "uid": view.uid,
        "userId": view.user_id,
        "userPrimaryEmail": view.organizer_email,
        "eventTypeId": view.event_type_id,
        "eventType": _event_type(view),
        "title": view.title,
        "description": view.description,
        "customInputs": {},
        "startTime": iso(view.start_s),
        "endTime": iso(view.end_s),
        "location": view.location,
        "createdAt": iso_us(view.created_us),
        "updatedAt": iso_us(view.updated_us),
        "status": view.status,
        "paid": view.paid,
        "cancellationReason": view.cancellation_reason,
        "cancelledBy": view.cancelled_by,
        "rejectionReason": view.rejection_reason,
        "reassignReason": view.reassign_reason,
        "rescheduled": view.rescheduled,
        "rescheduledBy": view.rescheduled_by,
        "fromReschedule": view.from_reschedule_uid,
        "recurringEventId": view.recurring_uid,
        "smsReminderNumber": view.sms_reminder_number,
        "metadata": _metadata(view),
        "iCalUID": view.ical_uid,
        "iCalSequence": view.ical_sequence,
        "rating": view.rating,
        "noShowHost": view.host_absent,
        "responses": dict(view.responses),
        "user": _user(view),
        "attendees": [_attendee(person) for person in view.attendees],
        "references": [],
        "payment": [],
    }


def render_created(changed: ChangedBookings) -> dict[str, Any]:
    """What was booked or moved; nothing is to be paid here."""
    return _created(changed.booking, changed)


def render_series(changed: ChangedBookings) -> list[dict[str, Any]]:
    """Every occurrence."""
    return [_created(view, changed) for view in changed.bookings]


def render_instant(changed: ChangedBookings) -> dict[str, Any]:
    """The meeting that waits for a host."""
    booking = changed.booking
    return {"message": "Success", "bookingId": booking.id, "bookingUid": booking.uid, "userId": booking.user_id}


def render_cancelled(changed: ChangedBookings) -> dict[str, Any]:
    """Which booking, and whether it goes on for others."""
    booking = changed.booking
    goes_on = booking.booking_status is not BookingStatus.CANCELLED
    return {"bookingId": booking.id, "bookingUid": booking.uid, "onlyRemovedAttendee": goes_on}


def render_no_show(changed: ChangedBookings) -> dict[str, Any]:
    """Who was absent."""
    booking = changed.booking
    attendees = [{"email": person.email, "noShow": person.absent} for person in booking.attendees]
    return {"message": "No-show status updated", "noShowHost": booking.host_absent, "attendees": attendees}


def render_page(page: BookingPage) -> dict[str, Any]:
    """One page, what its series look like, and where the next page begins."""
    series = sorted((view for view in page.bookings if view.recurring_uid), key=attrgetter("recurring_uid"))
    return {
        "bookings": [render_booking(view) for view in page.bookings],
        "recurringInfo": [
            _series(str(uid), list(views)) for uid, views in groupby(series, key=attrgetter("recurring_uid"))
        ],
        "nextCursor": page.next_skip,
    }


def render_for_moving(request: RestRequest, view: BookingView) -> dict[str, Any]:
    """What a form needs to move a booking, or the seat that was asked for."""
    asked = request.text("bookingUid")
    seat = next((person for person in view.attendees if person.seat_uid == asked), None)
    people = [seat] if seat is not None else view.attendees
    return {
        "id": view.id,
        "uid": view.uid,
        "startTime": iso(view.start_s),
        "endTime": iso(view.end_s),
        "description": seat.seat_description if seat is not None else view.description,
        "customInputs": {},
        "responses": dict(seat.seat_responses if seat is not None else view.responses),
        "smsReminderNumber": view.sms_reminder_number,
        "location": view.location,
        "eventTypeId": view.event_type_id,
        "status": view.status,
        "userId": view.user_id,
        "eventType": {"disableRescheduling": bool(view.disable_rescheduling)},
        "attendees": [{"name": person.name, "email": person.email} for person in people],
        "user": None if view.user_id is None else {"id": view.user_id, "username": view.organizer_username},
    }


def _created(view: BookingView, changed: ChangedBookings) -> dict[str, Any]:
    return {
        **render_booking(view),
        "paymentRequired": False,
        "seatReferenceUid": changed.seat_uid,
        "isDryRun": changed.dry_run,
    }


def _event_type(view: BookingView) -> dict[str, Any] | None:
    if view.event_type_id is None:
        return None
    return {
        "id": view.event_type_id,
        "slug": view.event_type_slug,
        "title": view.event_type_title,
        "length": view.event_type_length,
        "schedulingType": view.scheduling_type,
        "seatsPerTimeSlot": view.seats_per_slot,
    }


def _metadata(view: BookingView) -> Mapping[str, Any]:
    return {**view.metadata, "videoCallUrl": view.meeting_url} if view.meeting_url else view.metadata


def _user(view: BookingView) -> dict[str, Any] | None:
    if view.user_id is None:
        return None
    return {
        "id": view.user_id,
        "name": view.organizer_name,
        "email": view.organizer_email,
        "username": view.organizer_username,
        "timeZone": view.organizer_time_zone,
    }


def _attendee(person: AttendeeView) -> dict[str, Any]:
    shown = {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "timeZone": person.time_zone,
        "phoneNumber": person.phone_number,
        "locale": person.locale,
        "bookingId": person.booking_id,
        "noShow": person.absent,
    }
    if person.seat_uid is not None:
        shown["bookingSeat"] = {"referenceUid": person.seat_uid, "data": {"responses": dict(person.seat_responses)}}
    return shown


def _series(uid: str, views: list[BookingView]) -> dict[str, Any]:
    dates: dict[str, list[str]] = {status.value: [] for status in BookingStatus}
    for view in views:
        dates[view.status].append(iso(view.start_s))
    first = min(view.start_s for view in views)
    return {"recurringEventId": uid, "count": len(views), "firstDate": iso(first), "bookings": dates}
