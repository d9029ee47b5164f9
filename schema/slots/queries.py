"""List free slots, of one event type or of several at once."""

from datetime import datetime
from typing import Annotated

import strawberry

from app.services.slots.explain_slot import ExplainSlot, explain_slot
from app.services.slots.get_slots import GetManySlots, GetSlots, get_many, get_slots
from schema.context import Info
from schema.event_types.refs import EventTypeRefInput
from schema.node import database_id, internal_id
from schema.slots.explain import SlotExplanationType
from schema.slots.types import Duration, Slots, Window, Zone


@strawberry.type
class SlotQueries:
    """Mixin for `Query`."""

    @strawberry.field(description="Free slots of an event type, or of a group of people, for anybody.")
    async def slots(
        self,
        info: Info,
        event_type: Annotated[EventTypeRefInput, strawberry.argument(description="What to book.")],
        window: Window,
        time_zone: Zone = None,
        duration: Duration = None,
        reschedule_uid: Annotated[
            str | None, strawberry.argument(description="A booking about to be moved; it does not block.")
        ] = None,
        hold: Annotated[
            strawberry.ID | None, strawberry.argument(description="The caller's own hold; it does not hide its slot.")
        ] = None,
    ) -> Slots | None:
        command = GetSlots(
            ref=event_type.ref(),
            start=window.start,
            end=window.end,
            zone=time_zone,
            duration=duration,
            moved_uid=reschedule_uid,
            own_hold_uid=internal_id(hold, "SlotHold") if hold is not None else None,
        )
        return Slots.from_view(await get_slots(info.context.request, command))

    @strawberry.field(description="Free slots of several event types or groups in one window, in the order asked for.")
    async def slots_of(
        self,
        info: Info,
        event_types: Annotated[list[EventTypeRefInput], strawberry.argument(description="What to book, 1 to 50.")],
        window: Window,
        time_zone: Zone = None,
        duration: Duration = None,
    ) -> list[Slots] | None:
        command = GetManySlots(
            refs=tuple(ref.ref() for ref in event_types),
            start=window.start,
            end=window.end,
            zone=time_zone,
            duration=duration,
        )
        return [Slots.from_view(view) for view in await get_many(info.context.request, command)]

    @strawberry.field(description="Why a start is offered or not: every rule that speaks about it.")
    async def explain_slot(
        self,
        info: Info,
        event_type: Annotated[EventTypeRefInput, strawberry.argument(description="What to book.")],
        start: Annotated[datetime, strawberry.argument(description="The start.")],
        time_zone: Zone = None,
        duration: Duration = None,
        host: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only this host; for those who work with them.")
        ] = None,
        reschedule_uid: Annotated[
            str | None, strawberry.argument(description="A booking about to be moved; it does not block.")
        ] = None,
    ) -> SlotExplanationType | None:
        command = ExplainSlot(
            ref=event_type.ref(),
            start=start,
            zone=time_zone,
            duration=duration,
            host_id=database_id(host, "User") if host is not None else None,
            moved_uid=reschedule_uid,
        )
        return SlotExplanationType.from_view(await explain_slot(info.context.request, command))
