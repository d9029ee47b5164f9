"""Bookings as 2024-08-13 shows them: regular, recurring and seated (VR-3, BK-22, BK-33, BK-37)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NotRequired, cast

import orjson
from typing_extensions import TypedDict

from app.bounded import Bounded
from app.rest.request import RestRequest
from app.services.bookings.calendar_links import CalendarLink
from app.services.bookings.queries import BookingPage
from app.services.bookings.reassign import ReassignedBooking
from app.services.bookings.views import AttendeeView, BookingView, ChangedBookings

UNKNOWN_HOST = {"id": "unknown", "name": "unknown", "email": "unknown", "username": "unknown", "timeZone": "unknown"}
"""Who holds an instant meeting that nobody has joined yet (BK-44)."""


class BookingHost(TypedDict):
    """The organizer."""

    id: int | str
    name: str | None
    email: str
    username: str
    timeZone: str


class BookedEventType(TypedDict):
    """What was booked."""

    id: int
    slug: str


class BookingAttendee(TypedDict):
    """Somebody invited; of seated bookings with their seat."""

    name: str
    email: str
    timeZone: str
    language: str
    absent: bool
    phoneNumber: NotRequired[str]
    seatUid: NotRequired[str]
    bookingFieldsResponses: NotRequired[dict[str, Any]]
    metadata: NotRequired[dict[str, Any]]


class Booking(TypedDict):
    """A booking; `recurringBookingUid` is there for occurrences of a series, `seatUid` after booking a seat."""

    id: int
    uid: str
    title: str
    description: str | None
    hosts: list[BookingHost]
    status: str
    cancellationReason: NotRequired[str]
    cancelledByEmail: NotRequired[str]
    reschedulingReason: NotRequired[str]
    rescheduledByEmail: NotRequired[str]
    rescheduledFromUid: NotRequired[str]
    start: str
    end: str
    duration: int
    eventTypeId: int | None
    eventType: BookedEventType | None
    meetingUrl: str | None
    location: str | None
    absentHost: bool
    createdAt: str
    updatedAt: str
    metadata: dict[str, Any]
    rating: int | None
    icsUid: str
    attendees: list[BookingAttendee]
    guests: NotRequired[list[str]]
    bookingFieldsResponses: NotRequired[dict[str, Any]]
    recurringBookingUid: NotRequired[str]
    seatUid: NotRequired[str]


class ReassignedTo(TypedDict):
    """Who has a booking now."""

    id: int
    name: str | None
    email: str


class Reassigned(TypedDict):
    """A booking that was handed over (TM-18)."""

    bookingUid: str
    reassignedTo: ReassignedTo


class Link(TypedDict):
    """A link that adds the booking to a calendar."""

    label: str
    link: str


_texts: Bounded[BookingView, Booking] = Bounded(2_048)
"""Bookings look the same until anything about them changes."""


def render_booking(view: BookingView) -> Booking:
    """One booking, in the shape of its kind."""
    return _seated(view) if view.is_seated else _regular(view)


def render_created(changed: ChangedBookings) -> Booking | list[Booking]:
    """What was booked; a series is a list, also one of a single occurrence (BK-42)."""
    if changed.booking.recurring_uid is not None:
        return [render_booking(view) for view in changed.bookings]
    return render_changed(changed)


def render_changed(changed: ChangedBookings) -> Booking:
    """A booking after a change of it, or of one of its seats (BK-37)."""
    shown = render_booking(changed.booking)
    if changed.booking.is_seated:
        shown["seatUid"] = changed.seat_uid or ""
    return shown


def render_marked(changed: ChangedBookings) -> Booking:
    """A booking after somebody's absence was noted; documented without seats."""
    return _regular(changed.booking)


def render_found(request: RestRequest, found: Sequence[BookingView]) -> Booking | list[Booking]:
    """The booking that was asked for, or all occurrences of the series that was."""
    uid = request.text("bookingUid")
    named = next((view for view in found if view.uid == uid), None)
    return render_booking(named) if named is not None else [render_booking(view) for view in found]


def render_decided(request: RestRequest, changed: ChangedBookings) -> Booking | list[Booking]:
    """The same after a decision, which may have changed further occurrences (LC-21)."""
    return render_found(request, changed.bookings)


def render_cancelled(request: RestRequest, changed: ChangedBookings) -> Booking | list[Booking]:
    """The booking; after the cancelling of a series the whole series (LC-16)."""
    if len(changed.bookings) > 1:
        return [render_booking(view) for view in changed.bookings]
    return render_found(request, changed.bookings)


def render_page(page: BookingPage) -> list[Booking]:
    """One page of a list."""
    return [_texts.get(view) or _text(view) for view in page.bookings]


def _text(view: BookingView) -> Booking:
    """The booking as JSON, which goes into the answer as it is."""
    text = orjson.dumps(render_booking(view))
    return _texts.keep(view, cast(Booking, orjson.Fragment(text)), size=len(text))


def render_reassigned(done: ReassignedBooking) -> Reassigned:
    """Who has the booking now."""
    host = done.reassigned_to
    return {
        "bookingUid": done.changed.booking.uid,
        "reassignedTo": {"id": host.user_id, "name": host.name, "email": host.email},
    }


def render_links(links: Sequence[CalendarLink]) -> list[Link]:
    """Links with the names of the calendars."""
    return [{"label": link.label, "link": link.link} for link in links]


# A page of bookings has hundreds of instants; people meet at the same times, and look at the same bookings again.
@lru_cache(maxsize=16_384)
def iso(epoch_seconds: int) -> str:
    """An instant as the API writes it."""
    return f"{datetime.fromtimestamp(epoch_seconds, UTC).isoformat()[:19]}.000Z"


@lru_cache(maxsize=16_384)
def iso_us(epoch_us: int) -> str:
    """The same of microseconds, cut to milliseconds."""
    seconds, micros = divmod(epoch_us, 1_000_000)
    return f"{iso(seconds)[:19]}.{micros // 1000:03}Z"


def visible_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What the caller stored; the meeting's link is shown as location (BK-33)."""
    return {name: value for name, value in metadata.items() if name != "videoCallUrl"} if metadata else {}


def _regular(view: BookingView) -> Booking:
    with_phone = view.recurring_uid is None
    shown = _common(view, [_attendee(person, with_phone=with_phone) for person in view.attendees])
    answers = dict(view.responses)
    if answers.get("guests"):
        shown["guests"] = answers["guests"]
    shown["bookingFieldsResponses"] = answers
    return shown


def _seated(view: BookingView) -> Booking:
    return _common(view, [_seat(person) for person in view.attendees])


def _common(view: BookingView, attendees: list[BookingAttendee]) -> Booking:
    place = view.meeting_url or view.location
    event_type: BookedEventType | None = None
    if view.event_type_id is not None:
        event_type = {"id": view.event_type_id, "slug": view.event_type_slug or ""}
    shown: Booking = {
        "id": view.id,
        "uid": view.uid,
        "title": view.title,
        "description": view.description if view.is_seated else view.description or "",
        "hosts": [_host(view)],
        "status": view.status.lower(),
        "start": iso(view.start_s),
        "end": iso(view.end_s),
        "duration": view.duration_minutes,
        "eventTypeId": view.event_type_id,
        "eventType": event_type,
        "meetingUrl": place,
        "location": place,
        "absentHost": view.host_absent,
        "createdAt": iso_us(view.created_us),
        "updatedAt": iso_us(view.updated_us),
        "metadata": visible_metadata(view.metadata),
        "rating": view.rating,
        "icsUid": view.ical_uid,
        "attendees": attendees,
    }
    _add_changes(shown, view)
    return shown


def _add_changes(shown: Booking, view: BookingView) -> None:
    """What is there only when it happened."""
    if view.cancellation_reason:
        shown["cancellationReason"] = view.cancellation_reason
    if view.cancelled_by:
        shown["cancelledByEmail"] = view.cancelled_by
    if view.rescheduling_reason:
        shown["reschedulingReason"] = view.rescheduling_reason
    if view.rescheduled_by:
        shown["rescheduledByEmail"] = view.rescheduled_by
    if view.from_reschedule_uid:
        shown["rescheduledFromUid"] = view.from_reschedule_uid
    if view.recurring_uid is not None:
        shown["recurringBookingUid"] = view.recurring_uid


def _host(view: BookingView) -> BookingHost:
    """BK-22: the organizer alone; co-hosts are among the attendees."""
    if view.user_id is None or view.organizer_email is None:
        return dict(UNKNOWN_HOST)  # type: ignore[return-value] # the documented keys
    return {
        "id": view.user_id,
        "name": view.organizer_name,
        "email": view.organizer_email,
        "username": view.organizer_username or "",
        "timeZone": view.organizer_time_zone or "UTC",
    }


def _attendee(person: AttendeeView, *, with_phone: bool) -> BookingAttendee:
    shown: BookingAttendee = {
        "name": person.name,
        "email": person.email,
        "timeZone": person.time_zone,
        "language": person.locale,
        "absent": person.absent,
    }
    if with_phone and person.phone_number:
        shown["phoneNumber"] = person.phone_number
    return shown


def _seat(person: AttendeeView) -> BookingAttendee:
    """BK-37: with the seat and its own answers, which do not repeat the address; co-hosts have none."""
    shown = _attendee(person, with_phone=True)
    shown["seatUid"] = person.seat_uid or ""
    shown["bookingFieldsResponses"] = {name: value for name, value in person.seat_responses.items() if name != "email"}
    shown["metadata"] = visible_metadata(person.seat_metadata)
    return shown
