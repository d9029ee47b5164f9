"""Bodies of what is due at a meeting's start and end: the booking's row (WH-8, WH-10)."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.services.bookings.views import AttendeeKind, AttendeeView, BookingView
from app.services.webhooks.facts import BookingFacts
from app.services.webhooks.payloads import Fields, metadata
from app.services.webhooks.receivers import Receiver
from app.services.webhooks.texts import created_text, seconds_text
from app.services.webhooks.triggers import Trigger


def flat_fields(facts: BookingFacts) -> Fields:
    """The booking as its row has it, with its people."""
    view = facts.view
    return {
        "id": view.id,
        "uid": view.uid,
        "userId": view.user_id,
        "eventTypeId": view.event_type_id,
        "title": view.title,
        "description": view.description,
        "customInputs": {},
        "responses": dict(view.responses),
        "startTime": seconds_text(view.start_s),
        "endTime": seconds_text(view.end_s),
        "location": view.location,
        "createdAt": created_text(view.created_at),
        "updatedAt": created_text(view.updated_at),
        "status": view.status,
        "paid": view.paid,
        "metadata": metadata(view),
        **_history(view),
        "user": _user(facts),
        "attendees": [_attendee(each) for each in view.attendees],
        "eventType": _event_type(facts),
    }


def no_show_due_fields(
    facts: BookingFacts, trigger: str, participants: Sequence[Mapping[str, Any]], receiver: Receiver
) -> Fields:
    """Who was expected, who was there, and the webhook that asked, without its secret (WH-10)."""
    view = facts.view
    hosts = trigger == Trigger.AFTER_HOSTS_CAL_VIDEO_NO_SHOW
    who = "Host" if hosts else "Guest"
    guests = [each for each in view.attendees if each.kind != AttendeeKind.HOST]
    return {
        "title": view.title,
        "bookingId": view.id,
        "bookingUid": view.uid,
        "startTime": seconds_text(view.start_s),
        "endTime": seconds_text(view.end_s),
        "attendees": [_attendee(each) for each in guests],
        "participants": list(participants),
        **({"hostEmail": view.organizer_email} if hosts else {}),
        **({"rescheduledBy": view.rescheduled_by} if view.rescheduled_by else {}),
        "eventType": _event_type(facts),
        "webhook": {
            "id": receiver.webhook_id,
            "subscriberUrl": receiver.url,
            "time": receiver.time,
            "timeUnit": receiver.time_unit,
            "eventTriggers": [trigger],
        },
        "message": f"{who} did not join the call or didn't join before {seconds_text(view.start_s)}",
    }


def _history(view: BookingView) -> Fields:
    return {
        "cancellationReason": view.cancellation_reason,
        "rejectionReason": view.rejection_reason,
        "reassignReason": view.reassign_reason,
        "rescheduled": view.rescheduled,
        "fromReschedule": view.from_reschedule_uid,
        "recurringEventId": view.recurring_uid,
        "smsReminderNumber": view.sms_reminder_number,
        "noShowHost": view.host_absent,
        "rating": view.rating,
        "iCalUID": view.ical_uid,
        "iCalSequence": view.ical_sequence,
    }


def _user(facts: BookingFacts) -> Fields | None:
    view = facts.view
    if view.user_id is None:
        return None
    return {
        "id": view.user_id,
        "email": view.organizer_email,
        "name": view.organizer_name,
        "username": view.organizer_username,
        "timeZone": view.organizer_time_zone,
        "locale": facts.locale,
    }


def _attendee(each: AttendeeView) -> Fields:
    return {
        "id": each.id,
        "email": each.email,
        "name": each.name,
        "timeZone": each.time_zone,
        "locale": each.locale,
        "phoneNumber": each.phone_number,
        "bookingId": each.booking_id,
        "noShow": each.absent,
    }


def _event_type(facts: BookingFacts) -> Fields | None:
    view = facts.view
    if view.event_type_id is None:
        return None
    return {
        "id": view.event_type_id,
        "slug": view.event_type_slug,
        "title": view.event_type_title,
        "length": view.event_type_length,
        "teamId": facts.team_id,
    }
