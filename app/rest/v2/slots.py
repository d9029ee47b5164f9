"""Slots and their reservations as of 2024-09-04 (SL-1, SL-2, SL-15, RS-1 to RS-9)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NotRequired, cast

from typing_extensions import TypedDict

from app.domain.grouping import render_instants
from app.domain.outcomes import SeatInfo
from app.errors import LimitReachedError, SlotgraphError
from app.rest.operation import AnyOperation, Auth, Failure, Instead, Operation, Shape
from app.rest.request import RestRequest
from app.rest.v2.inputs import Body, Int, Positive, QueryInt, QueryList, QueryMinutes
from app.rest.v2.slot_inputs import DateOrInstant, InstantText, SlotFormat, SlotQuery, SlotZone, parse_instant
from app.rest.v2.slot_texts import ranges_by_date, seated_by_date, times_by_date
from app.rest.v2.versions import V_2024_09_04
from app.services.holds.queries import get_hold
from app.services.holds.release import ReleaseHold, release_hold
from app.services.holds.take import HoldSlot, UpdateHold, hold_slot, update_hold
from app.services.holds.views import HoldView
from app.services.slots.get_slots import GetSlots, get_slots
from app.services.slots.queries import date_only_window
from app.services.slots.refs import EventTypeRef
from app.services.slots.views import SlotsView

VERSIONS = frozenset({V_2024_09_04})


class GetSlotsQuery(SlotQuery):
    """Whose slots, when and how."""

    start: DateOrInstant
    end: DateOrInstant
    event_type_id: QueryInt | None = None
    event_type_slug: str | None = None
    username: str | None = None
    team_slug: str | None = None
    organization_slug: str | None = None
    usernames: QueryList | None = None
    time_zone: SlotZone | None = None
    duration: QueryMinutes | None = None
    format: SlotFormat | None = None
    slot_format: SlotFormat | None = None
    booking_uid_to_reschedule: str | None = None


class ReserveSlotInput(Body):
    """Which slot to keep, and for how many minutes."""

    event_type_id: Int
    slot_start: InstantText
    slot_duration: Positive | None = None
    reservation_duration: Positive | None = None


class Slot(TypedDict):
    """A start that can be booked."""

    start: str
    end: NotRequired[str]
    seatsBooked: NotRequired[int]
    seatsRemaining: NotRequired[int]
    seatsTotal: NotRequired[int]
    bookingUid: NotRequired[str]


class KeptSlot(TypedDict):
    """A slot that somebody keeps."""

    eventTypeId: int
    slotStart: str
    slotEnd: str
    slotDuration: int
    reservationUid: str
    reservationUntil: str


class Reservation(KeptSlot):
    """The same for who keeps it: also for how many minutes it is kept from now on."""

    reservationDuration: int


def slots_command(_: RestRequest, query: GetSlotsQuery) -> GetSlots | Instead:
    """The service's question; with `range` another row renders the answer."""
    start, end = date_only_window(query.start, query.end)
    command = GetSlots(
        ref=_ref(query),
        start=start,
        end=end,
        zone=query.time_zone,
        duration=query.duration,
        moved_uid=query.booking_uid_to_reschedule,
    )
    return Instead(RANGES, command) if "range" in {query.format, query.slot_format} else command


def _ref(query: GetSlotsQuery) -> EventTypeRef:
    """An id says enough; whatever else names the event type is left aside then."""
    if query.event_type_id is not None:
        return EventTypeRef(id=query.event_type_id)
    if query.event_type_slug is None:
        return EventTypeRef(usernames=tuple(query.usernames or ()), organization_slug=query.organization_slug)
    return EventTypeRef(
        slug=query.event_type_slug,
        username=query.username,
        team_slug=query.team_slug,
        organization_slug=query.organization_slug,
    )


def reserve_command(_: RestRequest, body: ReserveSlotInput) -> HoldSlot:
    """The slot to keep."""
    return HoldSlot(
        event_type_id=body.event_type_id,
        start=_moment(body.slot_start),
        duration=body.slot_duration,
        hold_minutes=body.reservation_duration,
    )


def update_command(request: RestRequest, body: ReserveSlotInput) -> UpdateHold:
    """What the reservation becomes."""
    return UpdateHold(
        uid=request.text("uid"),
        event_type_id=body.event_type_id,
        start=_moment(body.slot_start),
        duration=body.slot_duration,
        hold_minutes=body.reservation_duration,
    )


def _moment(text: str) -> datetime:
    moment = parse_instant(text)
    assert moment is not None  # noqa: S101 validated by the model
    return moment.astimezone(UTC)


def render_times(view: SlotsView) -> dict[str, list[Slot]]:
    """Starts by date."""
    slots = seated_by_date(view, "start", None, _seats) if view.seats else times_by_date(view, "start")
    return cast(dict[str, list[Slot]], slots)


def render_ranges(view: SlotsView) -> dict[str, list[Slot]]:
    """Starts and ends by date."""
    slots = seated_by_date(view, "start", "end", _seats) if view.seats else ranges_by_date(view, "start", "end")
    return cast(dict[str, list[Slot]], slots)


def _seats(info: SeatInfo) -> Mapping[str, Any]:
    """SL-15: there is no `bookingUid` before somebody has booked."""
    seats: dict[str, Any] = {
        "seatsBooked": info.taken,
        "seatsRemaining": info.remaining,
        "seatsTotal": info.total,
    }
    return {**seats, "bookingUid": info.booking_uid} if info.booking_uid is not None else seats


def render_reservation(view: HoldView) -> Reservation:
    """RS-9: what was kept, and for how long."""
    return {**_kept(view), "reservationDuration": view.hold_minutes}


def render_found(view: HoldView | None) -> KeptSlot | None:
    """RS-8, RS-9: null once it has gone; reading does not tell its whole life."""
    return None if view is None else _kept(view)


def _kept(view: HoldView) -> KeptSlot:
    start, end, until = (render_instants([second], None)[0] for second in (view.start_s, view.end_s, view.expires_s))
    return {
        "eventTypeId": view.event_type_id,
        "slotStart": start,
        "slotEnd": end,
        "slotDuration": view.length_minutes,
        "reservationUid": view.uid,
        "reservationUntil": until,
    }


def render_nothing(_: HoldView | None) -> None:
    """The status says it all."""


def reserve_failure(error: SlotgraphError) -> Failure | None:
    """A limit that is used up has nothing to do with who asks: 422 like every slot that cannot be kept (RS-2)."""
    return Failure(422, error.message) if isinstance(error, LimitReachedError) else None


_NAMES: Mapping[str, str] = {
    "eventType": "eventTypeId", "eventType.usernames": "usernames", "window.start": "start", "window.end": "end",
}  # fmt: skip
_HELD: Mapping[str, str] = {
    "eventType": "eventTypeId", "start": "slotStart", "duration": "slotDuration", "holdMinutes": "reservationDuration",
}  # fmt: skip
_LISTING: Mapping[str, Any] = {
    "method": "GET", "path": "/v2/slots", "operation_id": "SlotsController_2024_09_04_getAvailableSlots",
    "field": "Query.slots", "versions": VERSIONS, "auth": Auth.OPTIONAL, "body": GetSlotsQuery,
    "command": slots_command, "call": get_slots, "names": _NAMES, "tag": "Slots", "summary": "Get available slots",
}  # fmt: skip
RANGES: AnyOperation = Operation(**_LISTING, render=render_ranges)
OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(**_LISTING, render=render_times),
    Operation(
        method="POST", path="/v2/slots/reservations", operation_id="SlotsController_2024_09_04_reserveSlot",
        field="Mutation.holdSlot", versions=VERSIONS, auth=Auth.OPTIONAL, status=201, body=ReserveSlotInput,
        command=reserve_command, call=hold_slot, render=render_reservation, names=_HELD, failure=reserve_failure,
        tag="Slots", summary="Reserve a slot",
    ),
    Operation(
        method="GET", path="/v2/slots/reservations/{uid}",
        operation_id="SlotsController_2024_09_04_getReservedSlot", field="Query.slotHold", versions=VERSIONS,
        auth=Auth.OPTIONAL, command=lambda request, _: request.text("uid"), call=get_hold, render=render_found,
        tag="Slots", summary="Get a reserved slot",
    ),
    Operation(
        method="PATCH", path="/v2/slots/reservations/{uid}",
        operation_id="SlotsController_2024_09_04_updateReservedSlot", field="Mutation.updateHold", versions=VERSIONS,
        auth=Auth.OPTIONAL, body=ReserveSlotInput, command=update_command, call=update_hold,
        render=render_reservation, names=_HELD, failure=reserve_failure,
        tag="Slots", summary="Update a reserved slot",
    ),
    Operation(
        method="DELETE", path="/v2/slots/reservations/{uid}",
        operation_id="SlotsController_2024_09_04_deleteReservedSlot", field="Mutation.releaseHold", versions=VERSIONS,
        auth=Auth.OPTIONAL, command=lambda request, _: ReleaseHold(uid=request.text("uid")), call=release_hold,
        render=render_nothing, shape=Shape.STATUS, tag="Slots", summary="Delete a reserved slot",
    ),
)  # fmt: skip
