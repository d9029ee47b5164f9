"""The fields of the messages about bookings (WH-5, WH-7, WH-11, WH-12)."""

from collections.abc import Mapping
from typing import Any

from app.domain.default_fields import DEFAULT_SLUGS
from app.domain.locations import CAL_VIDEO
from app.services.bookings.views import AttendeeKind, AttendeeView, BookingView, HostView
from app.services.webhooks.facts import BookingFacts
from app.services.webhooks.texts import clock_format, instant_text, seconds_text, utc_offset

Fields = dict[str, Any]

_LABELS = {
    "name": "your_name",
    "email": "email_address",
    "attendeePhoneNumber": "phone_number",
    "location": "location",
    "title": "what_is_this_meeting_about",
    "notes": "additional_notes",
    "guests": "additional_guests",
    "rescheduleReason": "reason_for_reschedule",
    "smsReminderNumber": "number_text_notifications",
}
_FREQUENCIES = {"yearly": 0, "monthly": 1, "weekly": 2}
PLATFORM: Mapping[str, Any] = {
    "platformClientId": None,
    "platformRescheduleUrl": None,
    "platformCancelUrl": None,
    "platformBookingUrl": None,
}
"""Set for bookings of a platform's client."""


def booking_fields(facts: BookingFacts, booker_url: str, *, status: str, seat_uid: str | None = None) -> Fields:
    """The common payload of everything about a booking (WH-7); `seat_uid` is the seat that the message is about."""
    view = facts.view
    notes = _notes(view, seat_uid)
    return {
        "bookerUrl": booker_url,
        "type": view.event_type_slug,
        "title": view.title,
        "startTime": seconds_text(view.start_s),
        "endTime": seconds_text(view.end_s),
        "additionalNotes": notes,
        "description": facts.description or notes,  # WH-5
        "customInputs": {},
        "organizer": _organizer(facts),
        "attendees": _attendees(view),
        "team": _team(facts),
        "location": view.location,
        "conferenceCredentialId": None,
        "destinationCalendar": facts.destination_calendar,
        **told_answers(facts, _answers(view, seat_uid)),
        "uid": view.uid,
        "iCalUID": view.ical_uid,
        "iCalSequence": view.ical_sequence,
        **_rules(facts, seat_uid),
        "appsStatus": [],
        "videoCallData": _video(view),
        "oneTimePassword": None,
        **PLATFORM,
        "eventTitle": view.event_type_title,
        "eventDescription": facts.description,
        "price": facts.price,
        "currency": facts.currency,
        "length": view.duration_minutes,
        "eventTypeId": view.event_type_id,
        "bookingId": view.id,
        "status": status,
        "metadata": metadata(view),
        "smsReminderNumber": view.sms_reminder_number,
    }


def moved_fields(told: Mapping[str, Any]) -> Fields:
    """What a reschedule adds: where the meeting came from."""
    return {
        "rescheduleId": told.get("rescheduleId"),
        "rescheduleUid": told.get("rescheduleUid"),
        "rescheduleStartTime": instant_text(told["rescheduleStart"]),
        "rescheduleEndTime": instant_text(told["rescheduleEnd"]),
        "rescheduledBy": told.get("rescheduledBy"),
    }


def cancelled_fields(facts: BookingFacts, told: Mapping[str, Any]) -> Fields:
    """What a cancellation adds; its `length` is the event type's, as documented."""
    view = facts.view
    return {
        "length": view.event_type_length or view.duration_minutes,
        "cancellationReason": told.get("reason"),
        "cancelledBy": told.get("cancelledBy") or told.get("byEmail"),
    }


def no_show_fields(facts: BookingFacts, told: Mapping[str, Any]) -> Fields:
    """The whole payload of marked absences: attendees only, never the host."""
    marked = told["attendees"]
    if len(marked) == 1:
        deed = "marked" if marked[0]["noShow"] else "unmarked"
        message = f"{marked[0]['email']} {deed} as no-show"
    else:
        message = "No-show status updated"
    uid, number = facts.view.uid, facts.view.id
    return {"message": message, "attendees": marked, "bookingUid": uid, "bookingId": number, **PLATFORM}


def instant_fields(facts: BookingFacts, told: Mapping[str, Any], booker_url: str, trigger: str) -> Fields:
    """The whole payload of a meeting that is wanted right now (BK-44)."""
    return {
        "triggerEvent": trigger,
        "uid": facts.view.uid,
        "responses": told_answers(facts, _answers(facts.view, None))["responses"],
        "connectAndJoinUrl": f"{booker_url}/connect-and-join?token={told.get('joinToken')}",
        "eventTypeId": facts.view.event_type_id,
        "eventTypeTitle": facts.view.event_type_title,
        "customInputs": {},
    }


def metadata(view: BookingView) -> Fields:
    """The booking's metadata, and the video link when there is one."""
    return {**view.metadata, **({"videoCallUrl": view.meeting_url} if view.meeting_url else {})}


def person(name: str | None, email: str, zone: str, locale: str, start_s: int) -> Fields:
    """What is said of everybody; the offset is that of the booking's start (WH-5)."""
    first, _, last = (name or "").strip().partition(" ")
    return {
        "email": email,
        "name": name or "",
        "firstName": first,
        "lastName": last.strip(),
        "timeZone": zone,
        "language": {"locale": locale},
        "utcOffset": utc_offset(zone, start_s),
    }


def first_seat(view: BookingView) -> str | None:
    """The uid of the seat that was taken first; None without seats."""
    return next((each.seat_uid for each in view.attendees if each.seat_uid is not None), None)


def _organizer(facts: BookingFacts) -> Fields | None:
    view = facts.view
    if view.user_id is None or view.organizer_email is None:
        return None
    return {
        "id": view.user_id,
        "name": view.organizer_name or "Nameless",
        "email": view.organizer_email,
        "username": view.organizer_username,
        "timeZone": view.organizer_time_zone,
        "language": {"locale": facts.locale},
        "timeFormat": clock_format(facts.time_format),
        "utcOffset": utc_offset(view.organizer_time_zone or "UTC", view.start_s),
    }


def _attendees(view: BookingView) -> list[Fields]:
    """Booker and guests; hosts are members of the team."""
    return [_attendee(each, view.start_s) for each in view.attendees if each.kind != AttendeeKind.HOST]


def _attendee(each: AttendeeView, start_s: int) -> Fields:
    about = person(each.name, each.email, each.time_zone, each.locale, start_s)
    return {**about, "phoneNumber": each.phone_number}


def _team(facts: BookingFacts) -> Fields | None:
    if facts.team_id is None:
        return None
    members = [_member(host) for host in facts.view.hosts if not host.is_organizer]
    return {"id": facts.team_id, "name": facts.team_name, "members": members}


def _member(host: HostView) -> Fields:
    return {
        "id": host.user_id,
        "name": host.name or "",
        "email": host.email,
        "timeZone": host.time_zone,
        "language": {"locale": host.locale},
    }


def told_answers(facts: BookingFacts, answers: Mapping[str, Any]) -> Fields:
    """Answers by slug with label, and the owner's own fields once more by themselves."""
    form = {field.slug: field for field in facts.form}
    told: Fields = {}
    for slug in dict.fromkeys([*form, *answers]):
        field = form.get(slug)
        label = (field.label if field else None) or _LABELS.get(slug, slug)
        value = {"value": answers[slug]} if slug in answers else {}
        told[slug] = {"label": label, **value, "isHidden": bool(field and field.hidden)}
    own = {slug: entry for slug, entry in told.items() if slug not in DEFAULT_SLUGS}
    return {"responses": told, "userFieldsResponses": own}


def _answers(view: BookingView, seat_uid: str | None) -> Mapping[str, Any]:
    """What the booker has answered; a seat has its own (BK-35)."""
    seated = _seated(view, seat_uid)
    return seated.seat_responses if seated else view.responses


def _notes(view: BookingView, seat_uid: str | None) -> str:
    seated = _seated(view, seat_uid)
    return (seated.seat_description if seated else view.description) or ""


def _seated(view: BookingView, seat_uid: str | None) -> AttendeeView | None:
    """Whose seat it is; for a booking with seats of which none is named, the first one's."""
    seats = [each for each in view.attendees if each.seat_uid is not None]
    named = next((each for each in seats if each.seat_uid == seat_uid), None)
    return named or (seats[0] if seats else None)


def _rules(facts: BookingFacts, seat_uid: str | None) -> Fields:
    view = facts.view
    seats = [each.seat_uid for each in view.attendees if each.seat_uid is not None]
    return {
        "schedulingType": view.scheduling_type,
        "seatsPerTimeSlot": view.seats_per_slot,
        "seatsShowAttendees": bool(view.seats_show_attendees),
        "seatsShowAvailabilityCount": facts.shows_seat_count,
        "attendeeSeatId": seat_uid or (seats[0] if len(seats) == 1 else None),
        "recurringEvent": _recurring(facts.recurrence),
        "requiresConfirmation": facts.requires_confirmation,
        "hideCalendarNotes": facts.hides_notes,
        "hideCalendarEventDetails": facts.hides_details,
        "hideOrganizerEmail": bool(view.hide_organizer_email),
        "customReplyToEmail": facts.reply_to,
    }


def _recurring(stored: Mapping[str, Any] | None) -> Fields | None:
    """The series as RFC 5545 libraries of JavaScript write it, with the frequency as a number."""
    if not stored:
        return None
    frequency = _FREQUENCIES[stored["frequency"]]
    return {"freq": frequency, "count": stored["occurrences"], "interval": stored["interval"]}


def _video(view: BookingView) -> Fields | None:
    if view.location != CAL_VIDEO or not view.meeting_url:
        return None
    return {"type": "daily_video", "id": view.uid, "password": "", "url": view.meeting_url}
