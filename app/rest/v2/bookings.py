"""Bookings as of 2024-08-13 (BK-1 to BK-10, LC-1 to LC-28, TM-15 to TM-18, VR-3)."""

from collections.abc import Sequence

from app.domain.series import SeriesScope
from app.rest.idempotency import REPLAYED
from app.rest.operation import AnyOperation, Auth, Operation, Wrong
from app.rest.request import Header, RestRequest
from app.rest.v2.bookings_errors import create_failure, decide_failure
from app.rest.v2.bookings_inputs import (
    BookingsQuery,
    CancelBookingInput,
    CreateBookingInput,
    MarkAbsentInput,
    ReasonInput,
    RescheduleBookingInput,
)
from app.rest.v2.bookings_outputs import (
    render_cancelled,
    render_changed,
    render_created,
    render_decided,
    render_found,
    render_links,
    render_marked,
    render_page,
    render_reassigned,
)
from app.rest.v2.versions import V_2024_08_13
from app.services.bookings.calendar_links import CalendarLinksOf, calendar_links
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.confirm import ConfirmBooking, confirm_booking
from app.services.bookings.create import Booker, CreateBooking, create_booking
from app.services.bookings.decline import DeclineBooking, decline_booking
from app.services.bookings.mark_absent import AttendeeAbsence, MarkAbsent, mark_absent
from app.services.bookings.queries import BookingSort, ListBookings, get_booking_or_series, list_bookings
from app.services.bookings.reassign import ReassignBooking, ReassignedBooking, reassign_booking
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from app.services.bookings.texts import is_name
from app.services.bookings.views import BookingParts, ChangedBookings
from app.services.slots.refs import EventTypeRef

VERSIONS = frozenset({V_2024_08_13})
TAG = "Bookings"
SOURCE = "API_V2"


def create_command(request: RestRequest, body: CreateBookingInput) -> CreateBooking:
    """What to book."""
    attendee = body.attendee
    return CreateBooking(
        event_type=_event_type(body),
        start=body.start,
        attendee=Booker(
            name=attendee.name,
            time_zone=attendee.time_zone,
            email=attendee.email,
            phone_number=attendee.phone_number,
            language=attendee.language or "en",
        ),
        length_minutes=body.length_in_minutes,
        responses=body.booking_fields_responses or {},
        guests=tuple(body.guests or ()),
        location=_location(body),
        metadata=body.metadata or {},
        recurrence_count=body.recurrence_count,
        instant=bool(body.instant),
        hold=hold_of(request),
        creation_source=SOURCE,
    )


def list_command(_: RestRequest, query: BookingsQuery) -> ListBookings:
    """Which bookings; of several orders the first counts."""
    sort, descending = _order(query)
    return ListBookings(
        limit=query.take,
        skip=query.skip,
        sort=sort,
        descending=descending,
        statuses=frozenset(query.status or ()),
        attendee_email=query.attendee_email,
        attendee_name=query.attendee_name,
        event_type_ids=_ids(query.event_type_ids, query.event_type_id),
        team_ids=_ids([*(query.teams_ids or ()), *(query.team_ids or ())], query.team_id),
        after_start=query.after_start,
        before_end=query.before_end,
        after_created=query.after_created_at,
        before_created=query.before_created_at,
        after_updated=query.after_updated_at,
        before_updated=query.before_updated_at,
        parts=BookingParts.ATTENDEES,
    )


def reschedule_command(request: RestRequest, body: RescheduleBookingInput) -> RescheduleBooking:
    """Where to move it."""
    return RescheduleBooking(
        uid=request.text("bookingUid"),
        start=body.start,
        reason=body.rescheduling_reason,
        rescheduled_by=body.rescheduled_by,
        seat_uid=body.seat_uid,
    )


def cancel_command(request: RestRequest, body: CancelBookingInput) -> CancelBooking:
    """What to cancel (LC-16)."""
    return CancelBooking(
        uid=request.text("bookingUid"),
        reason=body.cancellation_reason,
        seat_uid=body.seat_uid,
        scope=SeriesScope.THIS_AND_FOLLOWING if body.cancel_subsequent_bookings else SeriesScope.THIS,
    )


def absent_command(request: RestRequest, body: MarkAbsentInput) -> MarkAbsent:
    """Who did not come."""
    people = tuple(AttendeeAbsence(item.email, item.absent) for item in body.attendees or ())
    return MarkAbsent(uid=request.text("bookingUid"), host=body.host, attendees=people)


def reassign_to_command(request: RestRequest, body: ReasonInput) -> ReassignBooking:
    """Whom to hand it to."""
    return ReassignBooking(uid=request.text("bookingUid"), to_user_id=request.number("userId"), reason=body.reason)


def hold_of(request: RestRequest) -> str | None:
    """The caller's reservation, which reserving left in a cookie: it ends with the booking (RS-7)."""
    uid = request.cookie("uid")
    return uid if uid and is_name(uid) else None


def replayed(changed: ChangedBookings) -> Sequence[Header]:
    """Says that this is the answer of an earlier request with the same key (BK-18)."""
    return [REPLAYED] if changed.replayed else ()


def _reassign_replayed(done: ReassignedBooking) -> Sequence[Header]:
    return replayed(done.changed)


def _event_type(body: CreateBookingInput) -> EventTypeRef:
    """BK-1: the id, else the slug with its user, else with its team."""
    if body.event_type_id is not None:
        return EventTypeRef(id=body.event_type_id)
    team = None if body.username else body.team_slug
    organization = body.organization_slug or None
    return EventTypeRef(
        slug=body.event_type_slug, username=body.username or None, team_slug=team, organization_slug=organization
    )


def _location(body: CreateBookingInput) -> dict[str, str] | str | None:
    """The location object or text; `meetingUrl` is its old name (BK-1)."""
    return body.meeting_url or None if body.location is None else body.location


def _order(query: BookingsQuery) -> tuple[BookingSort | None, bool]:
    asked = (
        (BookingSort.START, query.sort_start),
        (BookingSort.END, query.sort_end),
        (BookingSort.CREATED, query.sort_created),
        (BookingSort.UPDATED, query.sort_updated_at),
    )
    return next(((sort, order == "desc") for sort, order in asked if order is not None), (None, False))


def _ids(several: Sequence[int] | None, one: int | None) -> tuple[int, ...]:
    return (*(several or ()), *(() if one is None else (one,)))


def _uid(request: RestRequest, _: object) -> str:
    return request.text("bookingUid")


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="POST", path="/v2/bookings", operation_id="BookingsController_2024_08_13_createBooking",
        field="Mutation.createBooking", versions=VERSIONS, status=201, auth=Auth.LENIENT, wrong=Wrong.JOINED,
        body=CreateBookingInput, command=create_command, call=create_booking, render=render_created,
        names={"eventType": "eventTypeId"}, keyed=True, headers=replayed, failure=create_failure,
        tag=TAG, summary="Create a booking",
    ),
    Operation(
        method="GET", path="/v2/bookings", operation_id="BookingsController_2024_08_13_getBookings",
        field="Viewer.bookings", versions=VERSIONS, body=BookingsQuery, command=list_command, call=list_bookings,
        render=render_page, tag=TAG, summary="Get all bookings",
    ),
    Operation(
        method="GET", path="/v2/bookings/{bookingUid}", operation_id="BookingsController_2024_08_13_getBooking",
        field="Query.bookingSeries", versions=VERSIONS, auth=Auth.LENIENT, command=_uid, call=get_booking_or_series,
        render=render_found, by_request=True, tag=TAG, summary="Get a booking",
    ),
    Operation(
        method="POST", path="/v2/bookings/{bookingUid}/reschedule",
        operation_id="BookingsController_2024_08_13_rescheduleBooking", field="Mutation.rescheduleBooking",
        versions=VERSIONS, status=201, auth=Auth.LENIENT, wrong=Wrong.JOINED, body=RescheduleBookingInput,
        command=reschedule_command, call=reschedule_booking, render=render_changed, keyed=True, headers=replayed,
        tag=TAG, summary="Reschedule a booking",
    ),
    Operation(
        method="POST", path="/v2/bookings/{bookingUid}/cancel",
        operation_id="BookingsController_2024_08_13_cancelBooking", field="Mutation.cancelBooking",
        versions=VERSIONS, auth=Auth.LENIENT, wrong=Wrong.JOINED, body=CancelBookingInput, command=cancel_command,
        call=cancel_booking, render=render_cancelled, by_request=True, keyed=True, headers=replayed,
        names={"reason": "cancellationReason"}, tag=TAG, summary="Cancel a booking",
    ),
    Operation(
        method="POST", path="/v2/bookings/{bookingUid}/mark-absent",
        operation_id="BookingsController_2024_08_13_markNoShow", field="Mutation.markAbsent", versions=VERSIONS,
        body=MarkAbsentInput, command=absent_command, call=mark_absent, render=render_marked, keyed=True,
        headers=replayed, tag=TAG, summary="Mark a booking absence",
    ),
    Operation(
        method="POST", path="/v2/bookings/{bookingUid}/reassign",
        operation_id="BookingsController_2024_08_13_reassignBooking", field="Mutation.reassignBooking",
        versions=VERSIONS, command=lambda request, _: ReassignBooking(uid=request.text("bookingUid")),
        call=reassign_booking, render=render_reassigned, keyed=True, headers=_reassign_replayed,
        tag=TAG, summary="Reassign a booking to auto-selected host",
    ),
    Operation(
        method="POST", path="/v2/bookings/{bookingUid}/reassign/{userId}",
        operation_id="BookingsController_2024_08_13_reassignBookingToUser", field="Mutation.reassignBooking",
        versions=VERSIONS, body=ReasonInput, command=reassign_to_command, call=reassign_booking,
        render=render_reassigned, keyed=True, headers=_reassign_replayed,
        tag=TAG, summary="Reassign a booking to a specific host",
    ),
    Operation(
        method="POST", path="/v2/bookings/{bookingUid}/confirm",
        operation_id="BookingsController_2024_08_13_confirmBooking", field="Mutation.confirmBooking",
        versions=VERSIONS, command=lambda request, _: ConfirmBooking(uid=request.text("bookingUid")),
        call=confirm_booking, render=render_decided, by_request=True, keyed=True, headers=replayed,
        failure=decide_failure, tag=TAG, summary="Confirm a booking",
    ),
    Operation(
        method="POST", path="/v2/bookings/{bookingUid}/decline",
        operation_id="BookingsController_2024_08_13_declineBooking", field="Mutation.declineBooking",
        versions=VERSIONS, body=ReasonInput,
        command=lambda request, body: DeclineBooking(uid=request.text("bookingUid"), reason=body.reason),
        call=decline_booking, render=render_decided, by_request=True, keyed=True, headers=replayed,
        failure=decide_failure, tag=TAG, summary="Decline a booking",
    ),
    Operation(
        method="GET", path="/v2/bookings/{bookingUid}/calendar-links",
        operation_id="BookingsController_2024_08_13_getCalendarLinks", field="Booking.calendarLinks",
        versions=VERSIONS, command=lambda request, _: CalendarLinksOf(request.text("bookingUid")),
        call=calendar_links, render=render_links, tag=TAG, summary="Get 'Add to Calendar' links for a booking",
    ),
)  # fmt: skip
