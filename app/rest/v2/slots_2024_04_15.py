"""Slots as they were before 2024-09-04, which component clients still use (VR-1, VR-8)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, NotRequired, cast

from pydantic import AliasChoices, Field
from typing_extensions import TypedDict

from app.domain.outcomes import SeatInfo
from app.rest.operation import AnyOperation, Auth, Instead, Operation, Shape
from app.rest.request import Header, RestRequest
from app.rest.v2.inputs import Body, Int, QueryBool, QueryInt, QueryList, QueryMinutes
from app.rest.v2.slot_inputs import DateOrInstant, InstantText, SlotFormat, SlotQuery, SlotZone, parse_instant
from app.rest.v2.slot_texts import ranges_by_date, seated_by_date, times_by_date
from app.rest.v2.slots import reserve_failure
from app.rest.v2.versions import V_2024_04_15, V_2024_06_11, V_2024_06_14, V_2024_08_13
from app.services.holds.release import ReleaseHold, release_hold
from app.services.holds.take import HoldSlot, hold_slot
from app.services.holds.views import HoldView
from app.services.slots.get_slots import GetSlots, get_slots
from app.services.slots.refs import EventTypeRef
from app.services.slots.views import SlotsView

VERSIONS = frozenset({V_2024_04_15, V_2024_06_11, V_2024_06_14, V_2024_08_13})
COOKIE = "uid"


class AvailableQuery(SlotQuery):
    """Whose slots, when and how."""

    start_time: DateOrInstant
    end_time: DateOrInstant
    event_type_id: QueryInt | None = None
    event_type_slug: str | None = None
    username_list: QueryList | None = Field(
        default=None, validation_alias=AliasChoices("usernameList", "usernameList[]")
    )
    org_slug: str | None = None
    is_team_event: QueryBool | None = None
    time_zone: SlotZone | None = None
    duration: QueryMinutes | None = None
    slot_format: SlotFormat | None = None
    reschedule_uid: str | None = None


class ReserveInput(Body):
    """Which slot to keep."""

    event_type_id: Int
    slot_utc_start_date: InstantText
    slot_utc_end_date: InstantText
    is_dry_run: bool | None = Field(default=None, alias="_isDryRun")


class SelectedSlotQuery(SlotQuery):
    """Which slot to let go of."""

    uid: str | None = None


class OldSlot(TypedDict):
    """A start that can be booked: `time`, or `startTime` and `endTime`."""

    time: NotRequired[str]
    startTime: NotRequired[str]
    endTime: NotRequired[str]
    attendees: NotRequired[int]
    bookingUid: NotRequired[str]


class AvailableSlots(TypedDict):
    """Slots by date."""

    slots: dict[str, list[OldSlot]]


def available_command(_: RestRequest, query: AvailableQuery) -> GetSlots | Instead:
    """The service's question; with `range` another row renders the answer."""
    command = GetSlots(
        ref=_ref(query),
        start=_instant(query.start_time),
        end=_instant(query.end_time),
        zone=query.time_zone,
        duration=query.duration,
        moved_uid=query.reschedule_uid,
    )
    return Instead(RANGES, command) if query.slot_format == "range" else command


def _ref(query: AvailableQuery) -> EventTypeRef:
    """Clients send the id beside everything else; one name with a slug is a person or team, several are a group."""
    names = tuple(query.username_list or ())
    if query.event_type_id is not None:
        return EventTypeRef(id=query.event_type_id)
    slug, organization = query.event_type_slug, query.org_slug
    if len(names) > 1:
        return EventTypeRef(usernames=names, organization_slug=organization)
    name = names[0] if names else None
    if query.is_team_event:
        return EventTypeRef(slug=slug, team_slug=name, organization_slug=organization)
    return EventTypeRef(slug=slug, username=name, organization_slug=organization)


def _instant(bound: Any) -> datetime:
    return bound if isinstance(bound, datetime) else datetime.combine(bound, time(), UTC)


def reserve_command(request: RestRequest, body: ReserveInput) -> HoldSlot:
    """The slot to keep.

    These clients keep a slot by reserving it again and again, and most of them send no cookie back: so somebody's
    reservation does not stand in the way of another one, only bookings and availability do.
    """
    start, end = parse_instant(body.slot_utc_start_date), parse_instant(body.slot_utc_end_date)
    assert start is not None  # noqa: S101 validated by the model
    assert end is not None  # noqa: S101
    minutes = int((end - start).total_seconds()) // 60
    return HoldSlot(
        event_type_id=body.event_type_id,
        start=start.astimezone(UTC),
        duration=minutes,
        renews_uid=request.cookie(COOKIE),
        beside_others=True,
        dry_run=bool(body.is_dry_run),
    )


def release_command(request: RestRequest, query: SelectedSlotQuery) -> ReleaseHold:
    """The reservation named in the query, or in the cookie; none is none."""
    return ReleaseHold(uid=query.uid or request.cookie(COOKIE) or "")


def render_times(view: SlotsView) -> AvailableSlots:
    """Starts by date."""
    slots = seated_by_date(view, "time", None, _seats) if view.seats else times_by_date(view, "time")
    return {"slots": cast(dict[str, list[OldSlot]], slots)}


def render_ranges(view: SlotsView) -> AvailableSlots:
    """Starts and ends by date."""
    if view.seats:
        return {"slots": cast(dict[str, list[OldSlot]], seated_by_date(view, "startTime", "endTime", _seats))}
    return {"slots": cast(dict[str, list[OldSlot]], ranges_by_date(view, "startTime", "endTime"))}


def _seats(info: SeatInfo) -> Mapping[str, Any]:
    """Only what somebody has taken."""
    if info.booking_uid is None:
        return {"attendees": info.taken} if info.taken else {}
    return {"attendees": info.taken, "bookingUid": info.booking_uid}


def render_uid(view: HoldView) -> str:
    """The uid alone."""
    return view.uid


def remember_uid(view: HoldView) -> Sequence[Header]:
    """The cookie by which a browser's next reservation takes the place of this one."""
    cookie = f"{COOKIE}={view.uid}; Max-Age={view.hold_minutes * 60}; Path=/; HttpOnly; SameSite=Lax"
    return [(b"set-cookie", cookie.encode())]


def render_nothing(_: HoldView | None) -> None:
    """The status says it all."""


_NAMES: Mapping[str, str] = {
    "eventType": "eventTypeId", "eventType.usernames": "usernameList", "window.start": "startTime",
    "window.end": "endTime",
}  # fmt: skip
_HELD: Mapping[str, str] = {"eventType": "eventTypeId", "start": "slotUtcStartDate", "duration": "slotUtcEndDate"}
_AVAILABLE: Mapping[str, Any] = {
    "method": "GET", "path": "/v2/slots/available", "operation_id": "SlotsController_2024_04_15_getAvailableSlots",
    "field": "Query.slots", "versions": VERSIONS, "auth": Auth.LENIENT, "body": AvailableQuery,
    "command": available_command, "call": get_slots, "names": _NAMES,
    "tag": "Slots", "summary": "Get available slots (old shape)",
}  # fmt: skip
RANGES: AnyOperation = Operation(**_AVAILABLE, render=render_ranges)
OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(**_AVAILABLE, render=render_times),
    Operation(
        method="POST", path="/v2/slots/reserve", operation_id="SlotsController_2024_04_15_reserveSlot",
        field="Mutation.holdSlot", versions=VERSIONS, auth=Auth.LENIENT, status=201, body=ReserveInput,
        command=reserve_command, call=hold_slot, render=render_uid, headers=remember_uid, failure=reserve_failure,
        names=_HELD, tag="Slots", summary="Reserve a slot (old shape)",
    ),
    Operation(
        method="DELETE", path="/v2/slots/selected-slot",
        operation_id="SlotsController_2024_04_15_deleteSelectedSlot", field="Mutation.releaseHold",
        versions=VERSIONS, auth=Auth.LENIENT, body=SelectedSlotQuery, command=release_command, call=release_hold,
        render=render_nothing, shape=Shape.STATUS, tag="Slots", summary="Let go of a reserved slot (old shape)",
    ),
)  # fmt: skip
