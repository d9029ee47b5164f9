"""Keep a slot for a few minutes: it vanishes for others until it is booked, released or expires."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from app.services.event_types.queries import get_event_type
from app.services.holds.queries import get_hold
from app.services.holds.release import ReleaseHold, release_hold
from app.services.holds.take import HoldSlot, UpdateHold, hold_slot, update_hold
from app.services.holds.views import HoldView
from app.services.slots.refs import EventTypeRef
from app.services.slots.versions import slots_version
from schema.context import Info
from schema.errors import Forbidden, InvalidInput, LimitReached, NotFound, PolicyViolation, SeatsFull, Unauthenticated
from schema.event_types.refs import EventTypeRefInput
from schema.event_types.types import EventType
from schema.node import Node, global_id, internal_id
from schema.scalars import SlotsVersion, TimeZone
from schema.slots.explain import HostUnavailable, SlotUnavailable
from schema.slots.types import instant


@strawberry.type(description="A slot kept for somebody; who knows its id can book with it, change and release it.")
class SlotHold(Node):
    """GraphQL form of `HoldView`."""

    start: datetime = strawberry.field(description="When the slot begins (UTC).")
    end: datetime = strawberry.field(description="When the slot ends (UTC).")
    expires_at: datetime = strawberry.field(description="When the hold ends by itself (UTC).")
    is_seat: bool = strawberry.field(description="Whether it keeps one seat of a seated start.")
    view: strawberry.Private[HoldView]

    @classmethod
    def from_view(cls, view: HoldView) -> Self:
        """The type of a view."""
        return cls(
            id=global_id("SlotHold", view.uid),
            start=instant(view.start_s),
            end=instant(view.end_s),
            expires_at=instant(view.expires_s),
            is_seat=view.is_seat,
            view=view,
        )

    @strawberry.field(description="What is held.")
    async def event_type(self, info: Info) -> EventType | None:
        view = await info.context.loaders.event_type_by_id.load(self.view.event_type_id)
        return EventType.from_view(view) if view is not None else None


@strawberry.input(description="A slot to keep.")
class HoldSlotInput:
    """Input of `holdSlot`."""

    event_type: EventTypeRefInput = strawberry.field(description="What to book.")
    start: datetime = strawberry.field(description="When the slot begins.")
    duration: int | None = strawberry.field(default=None, description="Length in minutes, one the event type offers.")
    hold_minutes: int | None = strawberry.field(
        default=None, description="For how long; only for those who work with the event type. 5 if left out."
    )
    time_zone: TimeZone | None = strawberry.field(default=None, description="Zone of the booker; UTC if left out.")


@strawberry.input(description="New values for a hold; what is left out stays, its life starts again.")
class UpdateHoldInput:
    """Input of `updateHold`."""

    id: strawberry.ID = strawberry.field(description="The hold.")
    start: datetime | None = strawberry.field(default=None, description="Another slot.")
    duration: int | None = strawberry.field(default=None, description="Another length.")
    hold_minutes: int | None = strawberry.field(default=None, description="For how long from now.")


@strawberry.input(description="Which hold to give back.")
class ReleaseHoldInput:
    """Input of `releaseHold`."""

    id: strawberry.ID = strawberry.field(description="The hold.")


@strawberry.type(description="The hold as it is now.")
class HoldSuccess:
    """Success member of the results that keep a slot."""

    hold: SlotHold = strawberry.field(description="The hold.")
    slots_version: SlotsVersion = strawberry.field(description="Version of the availability with it.")


@strawberry.type(description="The slot is free again.")
class ReleaseHoldSuccess:
    """Success member of `ReleaseHoldResult`."""

    hold: SlotHold | None = strawberry.field(description="What was held; null if nothing was.")


HoldSlotResult = Annotated[
    HoldSuccess
    | SlotUnavailable
    | HostUnavailable
    | SeatsFull
    | LimitReached
    | PolicyViolation
    | InvalidInput
    | NotFound
    | Forbidden
    | Unauthenticated,
    strawberry.union("HoldSlotResult", description="The hold, or what stands against it."),
]
UpdateHoldResult = Annotated[
    HoldSuccess
    | SlotUnavailable
    | HostUnavailable
    | SeatsFull
    | LimitReached
    | PolicyViolation
    | InvalidInput
    | NotFound
    | Forbidden
    | Unauthenticated,
    strawberry.union("UpdateHoldResult", description="The hold, or what stands against it."),
]
ReleaseHoldResult = Annotated[
    ReleaseHoldSuccess | InvalidInput,
    strawberry.union("ReleaseHoldResult", description="What was released; twice is no error."),
]


async def _success(info: Info, view: HoldView) -> HoldSuccess:
    version = await slots_version(info.context.request, EventTypeRef(id=view.event_type_id))
    return HoldSuccess(hold=SlotHold.from_view(view), slots_version=SlotsVersion(version))


async def _event_type_id(info: Info, ref: EventTypeRef) -> int:
    return ref.id if ref.id is not None else (await get_event_type(info.context.request, ref)).id


@strawberry.type
class HoldQueries:
    """Mixin for `Query`."""

    @strawberry.field(description="A hold by its id; null once it is booked, released or expired.")
    async def slot_hold(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The hold.")]
    ) -> SlotHold | None:
        view = await get_hold(info.context.request, internal_id(id, "SlotHold"))
        return SlotHold.from_view(view) if view is not None else None


@strawberry.type
class HoldMutations:
    """Mixin for `Mutation`."""

    @strawberry.mutation(description="Keep a slot for a few minutes; others no longer see it as free.")
    async def hold_slot(
        self, info: Info, input: Annotated[HoldSlotInput, strawberry.argument(description="The slot.")]
    ) -> HoldSlotResult:
        command = HoldSlot(
            event_type_id=await _event_type_id(info, input.event_type.ref()),
            start=input.start,
            duration=input.duration,
            hold_minutes=input.hold_minutes,
            zone=input.time_zone,
        )
        return await _success(info, await hold_slot(info.context.request, command))

    @strawberry.mutation(description="Move a hold to another slot, or keep it longer.")
    async def update_hold(
        self, info: Info, input: Annotated[UpdateHoldInput, strawberry.argument(description="New values.")]
    ) -> UpdateHoldResult:
        command = UpdateHold(
            uid=internal_id(input.id, "SlotHold"),
            start=input.start,
            duration=input.duration,
            hold_minutes=input.hold_minutes,
        )
        return await _success(info, await update_hold(info.context.request, command))

    @strawberry.mutation(description="Give a hold back before it expires.")
    async def release_hold(
        self, info: Info, input: Annotated[ReleaseHoldInput, strawberry.argument(description="The hold.")]
    ) -> ReleaseHoldResult:
        view = await release_hold(info.context.request, ReleaseHold(uid=internal_id(input.id, "SlotHold")))
        return ReleaseHoldSuccess(hold=SlotHold.from_view(view) if view is not None else None)
