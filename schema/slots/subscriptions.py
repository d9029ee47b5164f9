"""Follow free slots: a snapshot, then versioned deltas, resync, resume by cursor."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast
from zoneinfo import ZoneInfo

import strawberry

from app.domain.outcomes import SeatInfo
from app.services.slots import events
from app.services.slots.get_slots import GetSlots
from app.services.slots.queries import zone_of
from app.services.slots.views import SlotsView
from app.services.slots.watch import watch_slots
from schema.context import Info
from schema.event_types.refs import EventTypeRefInput
from schema.resync import Resync, ResyncReason, resync_for
from schema.scalars import EventCursor, SlotsVersion
from schema.slots.types import Duration, Slot, SlotDay, Slots, Window, Zone
from schema.transport.shared_subscriptions import SHARED


@dataclass(frozen=True, slots=True)
class _State:
    """Everything a reader knows after an event."""

    event_type_id: int | None
    starts: Sequence[int]
    seats: Mapping[int, SeatInfo]
    length_minutes: int
    version: int
    cursor: str
    zone: ZoneInfo | None

    def view(self, starts: Sequence[int]) -> SlotsView:
        return SlotsView(self.event_type_id, starts, self.length_minutes, self.seats, self.version, self.zone)


@strawberry.type(description="All free slots; the first event of a stream, and what follows a resync.")
class SlotSnapshot:
    """GraphQL form of a service's snapshot."""

    version: SlotsVersion = strawberry.field(description="Version of the availability; grows with every event.")
    cursor: EventCursor = strawberry.field(description="Resumes the stream after this event.")
    length_in_minutes: int = strawberry.field(description="Length of each slot.")
    state: strawberry.Private[_State]

    @classmethod
    def of(cls, state: _State) -> "SlotSnapshot":
        """The snapshot of a state."""
        return cls(
            version=SlotsVersion(state.version),
            cursor=EventCursor(state.cursor),
            length_in_minutes=state.length_minutes,
            state=state,
        )

    @strawberry.field(description="The slots, in time order.")
    def slots(self) -> list[Slot]:
        return _slots(self.state, self.state.starts)

    @strawberry.field(description="The starts alone; cheaper than `slots`.")
    def starts(self) -> list[datetime]:
        return cast(list[datetime], self.state.view(self.state.starts).texts)

    @strawberry.field(description="The slots by date of the asked zone.")
    def days(self) -> list[SlotDay]:
        days: list[SlotDay] = Slots.from_view(self.state.view(self.state.starts)).days()
        return days

    @property
    def event_cursor(self) -> str | None:
        """For `Last-Event-ID`."""
        return self.state.cursor

    def current_snapshot(self) -> "SlotSnapshot":
        """Itself."""
        return self

    def resync(self, reason: str) -> Resync:
        """For a reader that did not keep up, or comes with an unknown cursor."""
        return resync_for(reason)


@strawberry.type(description="What changed since the previous event.")
class SlotDelta:
    """GraphQL form of a service's delta; knows the whole state, for those who join now."""

    version: SlotsVersion = strawberry.field(description="Version after this event.")
    previous_version: SlotsVersion = strawberry.field(
        description="Version of the event before; if it is not the last one seen, subscribe anew."
    )
    cursor: EventCursor = strawberry.field(description="Resumes the stream after this event.")
    state: strawberry.Private[_State]
    delta: strawberry.Private[events.SlotDelta]

    @strawberry.field(description="Slots that have become free.")
    def added(self) -> list[Slot]:
        return _slots(self.state, self.delta.added)

    @strawberry.field(description="Slots that are no longer free: booked, held, or out of the rules.")
    def removed(self) -> list[Slot]:
        return _slots(self.state, self.delta.removed)

    @strawberry.field(description="Slots whose seats have changed.")
    def changed(self) -> list[Slot]:
        added = set(self.delta.added)
        return _slots(self.state, sorted(start for start in self.delta.seats if start not in added))

    @property
    def event_cursor(self) -> str | None:
        """For `Last-Event-ID`."""
        return self.state.cursor

    def current_snapshot(self) -> SlotSnapshot:
        """The state this event leads to."""
        return SlotSnapshot.of(self.state)

    def resync(self, reason: str) -> Resync:
        """For a reader that did not keep up, or comes with an unknown cursor."""
        return resync_for(reason)


SlotEvent = Annotated[
    SlotSnapshot | SlotDelta | Resync,
    strawberry.union("SlotEvent", description="A snapshot first, then deltas; a resync is followed by a snapshot."),
]


def _slots(state: _State, starts: Iterable[int]) -> list[Slot]:
    wanted = list(starts)
    view = state.view(wanted)
    return [
        Slot(start=cast(datetime, text), start_s=at, view=view) for text, at in zip(view.texts, wanted, strict=True)
    ]


@strawberry.type
class SlotSubscriptions:
    """Mixin for `Subscription`."""

    @strawberry.subscription(
        metadata=SHARED,
        description="Free slots as they change: bookings, holds, hours, rules and time itself. For anybody.",
    )
    async def slots(
        self,
        info: Info,
        event_type: Annotated[EventTypeRefInput, strawberry.argument(description="What to book.")],
        window: Window,
        time_zone: Zone = None,
        duration: Duration = None,
        after: Annotated[
            EventCursor | None, strawberry.argument(description="Cursor of the last event seen; resumes after it.")
        ] = None,
    ) -> AsyncGenerator[SlotEvent, None]:
        command = GetSlots(ref=event_type.ref(), start=window.start, end=window.end, zone=time_zone, duration=duration)
        zone = zone_of(time_zone)
        async for event in watch_slots(info.context.request, command, after):
            if isinstance(event, events.Resync):
                yield Resync(reason=ResyncReason(event.reason.value))
            elif isinstance(event, events.SlotSnapshot):
                yield SlotSnapshot.of(_state(event, event.cursor, zone))
            else:
                yield SlotDelta(
                    version=SlotsVersion(event.version),
                    previous_version=SlotsVersion(event.previous_version),
                    cursor=EventCursor(event.cursor),
                    state=_state(event.state, event.cursor, zone),
                    delta=event,
                )


def _state(known: events.SlotSnapshot | events.SlotState, cursor: str, zone: ZoneInfo | None) -> _State:
    return _State(known.event_type_id, known.starts, known.seats, known.length_minutes, known.version, cursor, zone)
