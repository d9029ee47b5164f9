"""The rows of the old shape (VR-2); none of them is in the document of the API."""

from dataclasses import replace

from app.domain.series import SeriesScope
from app.errors import InvalidInputError
from app.rest.operation import AnyOperation, Auth, Instead, Operation
from app.rest.request import RestRequest
from app.rest.v2.bookings import SOURCE, TAG, hold_of, replayed
from app.rest.v2.bookings_2024_04_15.errors import raw_failure
from app.rest.v2.bookings_2024_04_15.inputs import (
    BookingInput,
    BookingsQuery,
    CancelInput,
    NoShowInput,
    RecurringInput,
)
from app.rest.v2.bookings_2024_04_15.outputs import (
    render_booking,
    render_cancelled,
    render_created,
    render_for_moving,
    render_instant,
    render_no_show,
    render_page,
    render_series,
)
from app.rest.v2.versions import V_2024_04_15, V_2024_06_11, V_2024_06_14
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.create import Booker, CreateBooking, create_booking
from app.services.bookings.mark_absent import AttendeeAbsence, MarkAbsent, mark_absent
from app.services.bookings.queries import ListBookings, get_booking, list_bookings
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from app.services.bookings.views import BookingParts

VERSIONS = frozenset({V_2024_04_15, V_2024_06_11, V_2024_06_14})
NOT_AN_UID = "Please provide booking uid instead of booking id."


def create_command(request: RestRequest, body: BookingInput) -> CreateBooking | Instead:
    """What to book; with `rescheduleUid` a booking is moved instead."""
    if body.reschedule_uid:
        return Instead(MOVE, move_command(request, body))
    return replace(booking_command(request, body), once=True)


def booking_command(request: RestRequest, body: BookingInput) -> CreateBooking:
    """The wish, as the service knows it."""
    answers = body.responses
    return CreateBooking(
        event_type=body.event_type,
        start=body.start,
        end=body.end,
        attendee=Booker(
            name=body.name,
            time_zone=body.time_zone,
            email=answers.get("email"),
            phone_number=answers.get("attendeePhoneNumber"),
            language=body.known_language,
        ),
        responses=body.answers,
        guests=tuple(answers.get("guests") or ()),
        location=body.location_url if body.location_url and not answers.get("location") else None,
        metadata=body.metadata or {},
        hold=hold_of(request),
        dry_run=bool(body.is_dry_run),
        creation_source=SOURCE,
        any_location=True,
    )


def move_command(request: RestRequest, body: BookingInput) -> RescheduleBooking:
    """Where to move it; clients name a seat by its own uid beside that of the booking."""
    if body.is_dry_run:
        raise InvalidInputError.at("_isDryRun", "Moving a booking cannot be rehearsed.", "dry_run")
    uid, seat = body.reschedule_uid or "", body.seat_reference_uid
    if body.booking_uid and body.booking_uid != uid:
        uid, seat = body.booking_uid, seat or uid
    reason = body.responses.get("rescheduleReason")
    return RescheduleBooking(
        uid=uid,
        start=body.start,
        reason=reason,
        rescheduled_by=body.rescheduled_by,
        seat_uid=seat or None,
        hold=hold_of(request),
    )


def series_command(request: RestRequest, body: RecurringInput) -> CreateBooking:
    """The first occurrence and how many there are (BK-39)."""
    return replace(booking_command(request, body.root[0]), recurrence_count=len(body.root))


def instant_command(request: RestRequest, body: BookingInput) -> CreateBooking:
    """A meeting right now (BK-44)."""
    return replace(booking_command(request, body), instant=True)


def cancel_command(request: RestRequest, body: CancelInput) -> CancelBooking:
    """What to cancel; the path has the uid."""
    uid = request.text("bookingId")
    if uid.isdecimal():
        raise InvalidInputError.at("bookingId", NOT_AN_UID, "uid")
    return CancelBooking(
        uid=uid,
        reason=body.cancellation_reason,
        seat_uid=body.seat_reference_uid or None,
        scope=SeriesScope.ALL if body.all_remaining_bookings else SeriesScope.THIS,
    )


def no_show_command(request: RestRequest, body: NoShowInput) -> MarkAbsent:
    """Who did not come."""
    people = tuple(AttendeeAbsence(item.email, item.no_show) for item in body.attendees or ())
    return MarkAbsent(uid=request.text("bookingUid"), host=body.no_show_host, attendees=people)


def list_command(_: RestRequest, query: BookingsQuery) -> ListBookings:
    """Which bookings, which page."""
    filters = query.filters
    return ListBookings(
        limit=query.limit,
        skip=query.cursor,
        statuses=frozenset({filters.status} if filters.status is not None else ()),
        event_type_ids=tuple(filters.event_type_ids or ()),
        team_ids=tuple(filters.team_ids or ()),
        parts=BookingParts.ATTENDEES,
    )


def _uid(request: RestRequest, _: object) -> str:
    return request.text("bookingUid")


CREATE: AnyOperation = Operation(
    method="POST", path="/v2/bookings", operation_id="BookingsController_2024_04_15_createBooking",
    field="Mutation.createBooking", versions=VERSIONS, status=201, auth=Auth.LENIENT, body=BookingInput,
    command=create_command, call=create_booking, render=render_created, keyed=True, headers=replayed,
    failure=raw_failure, tag=TAG, summary="Create a booking (old shape)",
)  # fmt: skip
MOVE: AnyOperation = replace(CREATE, field="Mutation.rescheduleBooking", command=None, call=reschedule_booking)
"""Takes the place of CREATE for bodies with `rescheduleUid`; it has no path of its own."""

OPERATIONS: tuple[AnyOperation, ...] = (
    CREATE,
    Operation(
        method="POST", path="/v2/bookings/recurring",
        operation_id="BookingsController_2024_04_15_createRecurringBooking", field="Mutation.createBooking",
        versions=VERSIONS, status=201, auth=Auth.LENIENT, body=RecurringInput, command=series_command,
        call=create_booking, render=render_series, keyed=True, headers=replayed, failure=raw_failure,
        tag=TAG, summary="Create a series of bookings (old shape)",
    ),
    Operation(
        method="POST", path="/v2/bookings/instant",
        operation_id="BookingsController_2024_04_15_createInstantBooking", field="Mutation.createBooking",
        versions=VERSIONS, status=201, auth=Auth.LENIENT, body=BookingInput, command=instant_command,
        call=create_booking, render=render_instant, keyed=True, headers=replayed, failure=raw_failure,
        tag=TAG, summary="Create an instant booking (old shape)",
    ),
    Operation(
        method="POST", path="/v2/bookings/{bookingId}/cancel",
        operation_id="BookingsController_2024_04_15_cancelBooking", field="Mutation.cancelBooking",
        versions=VERSIONS, status=201, auth=Auth.LENIENT, body=CancelInput, command=cancel_command,
        call=cancel_booking, render=render_cancelled, keyed=True, headers=replayed, failure=raw_failure,
        names={"reason": "cancellationReason"}, tag=TAG, summary="Cancel a booking (old shape)",
    ),
    Operation(
        method="POST", path="/v2/bookings/{bookingUid}/mark-no-show",
        operation_id="BookingsController_2024_04_15_markNoShow", field="Mutation.markAbsent", versions=VERSIONS,
        status=201, body=NoShowInput, command=no_show_command, call=mark_absent, render=render_no_show, keyed=True,
        headers=replayed, failure=raw_failure, tag=TAG, summary="Mark absences (old shape)",
    ),
    Operation(
        method="GET", path="/v2/bookings", operation_id="BookingsController_2024_04_15_getBookings",
        field="Viewer.bookings", versions=VERSIONS, body=BookingsQuery, command=list_command, call=list_bookings,
        render=render_page, failure=raw_failure, tag=TAG, summary="Get bookings (old shape)",
    ),
    Operation(
        method="GET", path="/v2/bookings/{bookingUid}", operation_id="BookingsController_2024_04_15_getBooking",
        field="Query.booking", versions=VERSIONS, auth=Auth.LENIENT, command=_uid, call=get_booking,
        render=render_booking, failure=raw_failure, tag=TAG, summary="Get a booking (old shape)",
    ),
    Operation(
        method="GET", path="/v2/bookings/{bookingUid}/reschedule",
        operation_id="BookingsController_2024_04_15_getBookingForReschedule", field="Query.booking",
        versions=VERSIONS, auth=Auth.LENIENT, command=_uid, call=get_booking, render=render_for_moving,
        by_request=True, failure=raw_failure, tag=TAG, summary="Get a booking to move it (old shape)",
    ),
)  # fmt: skip
