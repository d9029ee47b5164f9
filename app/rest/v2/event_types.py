"""Event types as of 2024-06-14 (VR-4, VR-6)."""

from collections.abc import Sequence
from typing import Any, NotRequired

from typing_extensions import TypedDict

from app.rest.operation import AnyOperation, Auth, Operation
from app.rest.request import RestRequest
from app.rest.v2.event_type_inputs import CreateEventTypeInput, UpdateEventTypeInput
from app.rest.v2.event_type_parts import shown_fields, shown_location
from app.rest.v2.inputs import Query, QueryInt, QueryList
from app.rest.v2.versions import V_2024_06_14
from app.services.event_types.create import CreateEventType, create_event_type
from app.services.event_types.delete import DeleteEventType, delete_event_type
from app.services.event_types.search import (
    FoundEventType,
    SearchEventTypes,
    get_own_event_type,
    search_event_types,
)
from app.services.event_types.update import UpdateEventType, update_event_type
from app.services.event_types.views import EventTypeView, HostView

VERSIONS = frozenset({V_2024_06_14})
DISABLED: dict[str, Any] = {"disabled": True}
_LAYOUTS = "defaultBookerLayouts"


class EventTypesQuery(Query):
    """Which event types; nothing means the caller's own."""

    username: str | None = None
    event_slug: str | None = None
    usernames: QueryList | None = None
    org_slug: str | None = None
    org_id: QueryInt | None = None


class EventTypeUser(TypedDict):
    """Somebody who takes its bookings, as everybody may see them."""

    id: int
    name: str | None
    username: str
    avatarUrl: str | None
    weekStart: str
    brandColor: str | None
    darkBrandColor: str | None
    metadata: dict[str, Any]


class EventTypeOutput(TypedDict):
    """An event type; limits, colour, layouts, title template and destination calendar are left out when unset."""

    id: int
    ownerId: int | None
    lengthInMinutes: int
    lengthInMinutesOptions: NotRequired[list[int]]
    title: str
    slug: str
    description: str
    hidden: bool
    locations: list[dict[str, Any]]
    bookingFields: list[dict[str, Any]]
    disableGuests: bool
    slotInterval: int | None
    minimumBookingNotice: int
    beforeEventBuffer: int
    afterEventBuffer: int
    recurrence: dict[str, Any] | None
    metadata: dict[str, Any]
    price: int
    currency: str
    lockTimeZoneToggleOnBookingPage: bool
    seatsPerTimeSlot: int | None
    forwardParamsSuccessRedirect: bool | None
    successRedirectUrl: str | None
    isInstantEvent: bool
    seatsShowAvailabilityCount: bool | None
    scheduleId: int | None
    bookingLimitsCount: NotRequired[dict[str, int]]
    onlyShowFirstAvailableSlot: bool
    bookingLimitsDuration: NotRequired[dict[str, int]]
    bookingWindow: dict[str, Any]
    bookerLayouts: NotRequired[dict[str, Any]]
    confirmationPolicy: dict[str, Any]
    requiresBookerEmailVerification: bool
    hideCalendarNotes: bool
    color: NotRequired[dict[str, str]]
    seats: dict[str, Any]
    offsetStart: int
    customName: NotRequired[str]
    destinationCalendar: NotRequired[dict[str, str]]
    useDestinationCalendarEmail: bool
    hideCalendarEventDetails: bool
    hideOrganizerEmail: bool
    users: list[EventTypeUser]
    parentEventTypeId: NotRequired[int]


class DeletedEventType(TypedDict):
    """What was removed."""

    id: int
    lengthInMinutes: int
    slug: str
    title: str


def search_command(_: RestRequest, query: EventTypesQuery) -> SearchEventTypes:
    """Which event types."""
    return SearchEventTypes(
        username=query.username or None,
        slug=query.event_slug or None,
        usernames=tuple(query.usernames or ()),
        organization_slug=query.org_slug or None,
        organization_id=query.org_id,
    )


def create_command(_: RestRequest, body: CreateEventTypeInput) -> CreateEventType:
    """A personal event type of the caller."""
    return CreateEventType(body.fields())


def update_command(request: RestRequest, body: UpdateEventTypeInput) -> UpdateEventType:
    """What to change (VR-5: what is absent stays)."""
    return UpdateEventType(request.number("eventTypeId"), body.fields())


def render_found(found: FoundEventType) -> EventTypeOutput:
    """The documented event type, with what is not public for those only who may change it."""
    return _event_type(found.view, own=found.may_edit)


def render_all(found: Sequence[FoundEventType]) -> list[EventTypeOutput]:
    """A list of event types."""
    return [render_found(one) for one in found]


def render_own(view: EventTypeView) -> EventTypeOutput:
    """The documented event type for who has just changed it."""
    return _event_type(view, own=True)


def render_deleted(view: EventTypeView) -> DeletedEventType:
    """What was removed."""
    return {"id": view.id, "lengthInMinutes": view.length_minutes, "slug": view.slug, "title": view.title}


def _event_type(view: EventTypeView, *, own: bool) -> EventTypeOutput:
    shown: EventTypeOutput = {
        "id": view.id,
        "ownerId": view.owner_id,
        "lengthInMinutes": view.length_minutes,
        "title": view.title,
        "slug": view.slug,
        "description": view.description or "",
        "hidden": view.hidden,
        "locations": [shown_location(item, with_details=own) for item in view.locations],
        "bookingFields": shown_fields(view.booking_fields, several_places=len(view.locations) > 1, with_hidden=own),
        "disableGuests": view.disable_guests,
        "slotInterval": view.slot_interval,
        "minimumBookingNotice": view.minimum_notice,
        "beforeEventBuffer": view.before_buffer,
        "afterEventBuffer": view.after_buffer,
        "recurrence": view.recurrence,
        "metadata": view.metadata if own else {},
        "price": view.price,
        "currency": view.currency,
        "lockTimeZoneToggleOnBookingPage": view.lock_time_zone,
        "seatsPerTimeSlot": view.seats_per_slot,
        "forwardParamsSuccessRedirect": view.forward_params_redirect,
        "successRedirectUrl": view.success_redirect_url,
        "isInstantEvent": view.is_instant,
        "seatsShowAvailabilityCount": view.seats_show_availability,
        "scheduleId": view.schedule_id,
        "onlyShowFirstAvailableSlot": view.only_first_slot,
        "bookingWindow": _window(view),
        "confirmationPolicy": _confirmation(view),
        "requiresBookerEmailVerification": view.requires_email_verification,
        "hideCalendarNotes": view.hide_calendar_notes,
        "seats": _seats(view),
        "offsetStart": view.offset_start,
        "useDestinationCalendarEmail": view.use_destination_email,
        "hideCalendarEventDetails": view.hide_calendar_details,
        "hideOrganizerEmail": view.hide_organizer_email,
        "users": [_user(host) for host in view.hosts if host.user is not None],
    }
    _add_optional(shown, view, own=own)
    return shown


def _add_optional(shown: EventTypeOutput, view: EventTypeView, *, own: bool) -> None:
    """What is left out while unset (VR-4)."""
    if view.length_options:
        shown["lengthInMinutesOptions"] = view.length_options
    if view.booking_limits:
        shown["bookingLimitsCount"] = view.booking_limits
    if view.duration_limits:
        shown["bookingLimitsDuration"] = view.duration_limits
    if view.booker_layouts:
        shown["bookerLayouts"] = view.booker_layouts
    if view.color:
        shown["color"] = view.color
    if view.custom_name:
        shown["customName"] = view.custom_name
    if own and view.destination_calendar:
        shown["destinationCalendar"] = view.destination_calendar
    if view.parent_id is not None:
        shown["parentEventTypeId"] = view.parent_id


def _window(view: EventTypeView) -> dict[str, Any]:
    """BT-25: a range as two dates, a rolling window always with `rolling`."""
    if view.period_type == "RANGE" and view.period_start is not None and view.period_end is not None:
        return {"type": "range", "value": [view.period_start.isoformat(), view.period_end.isoformat()]}
    if view.period_type == "UNLIMITED":
        return DISABLED
    kind = "calendarDays" if view.period_calendar_days else "businessDays"
    return {"type": kind, "value": view.period_days, "rolling": view.period_type == "ROLLING_WINDOW"}


def _confirmation(view: EventTypeView) -> dict[str, Any]:
    if not view.requires_confirmation:
        return DISABLED
    policy: dict[str, Any] = {
        "type": "time" if view.confirmation_threshold else "always",
        "blockUnconfirmedBookingsInBooker": view.pending_blocks,
    }
    if view.confirmation_threshold:
        policy["noticeThreshold"] = view.confirmation_threshold
    return policy


def _seats(view: EventTypeView) -> dict[str, Any]:
    if view.seats_per_slot is None:
        return DISABLED
    return {
        "seatsPerTimeSlot": view.seats_per_slot,
        "showAttendeeInfo": view.seats_show_attendees,
        "showAvailabilityCount": view.seats_show_availability,
    }


def _user(host: HostView) -> EventTypeUser:
    user = host.user
    assert user is not None  # noqa: S101 asked before
    layouts = user.metadata.get(_LAYOUTS)
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "avatarUrl": user.avatar_url,
        "weekStart": user.week_start,
        "brandColor": user.brand_color,
        "darkBrandColor": user.dark_brand_color,
        "metadata": {_LAYOUTS: layouts} if layouts is not None else {},
    }


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="POST", path="/v2/event-types", operation_id="EventTypesController_2024_06_14_createEventType",
        field="Mutation.createEventType", versions=VERSIONS, status=201, body=CreateEventTypeInput,
        command=create_command, call=create_event_type, render=render_own,
        tag="Event types", summary="Create an event type",
    ),
    Operation(
        method="GET", path="/v2/event-types", operation_id="EventTypesController_2024_06_14_getEventTypes",
        field="Query.eventTypes", versions=VERSIONS, auth=Auth.OPTIONAL, body=EventTypesQuery,
        command=search_command, call=search_event_types, render=render_all,
        tag="Event types", summary="Get all event types",
    ),
    Operation(
        method="GET", path="/v2/event-types/{eventTypeId}",
        operation_id="EventTypesController_2024_06_14_getEventTypeById", field="Viewer.eventType",
        versions=VERSIONS, command=lambda request, _: request.number("eventTypeId"), call=get_own_event_type,
        render=render_found, tag="Event types", summary="Get an event type",
    ),
    Operation(
        method="PATCH", path="/v2/event-types/{eventTypeId}",
        operation_id="EventTypesController_2024_06_14_updateEventType", field="Mutation.updateEventType",
        versions=VERSIONS, body=UpdateEventTypeInput, command=update_command, call=update_event_type,
        render=render_own, tag="Event types", summary="Update an event type",
    ),
    Operation(
        method="DELETE", path="/v2/event-types/{eventTypeId}",
        operation_id="EventTypesController_2024_06_14_deleteEventType", field="Mutation.deleteEventType",
        versions=VERSIONS, command=lambda request, _: DeleteEventType(request.number("eventTypeId")),
        call=delete_event_type, render=render_deleted, tag="Event types", summary="Delete an event type",
    ),
)  # fmt: skip
