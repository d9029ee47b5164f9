"""Free slots as the API shows them."""

from datetime import UTC, date, datetime
from typing import Annotated, Self, cast

import strawberry

from app.domain.facts import UTC_ZONE
from app.domain.grouping import render_instants
from app.domain.outcomes import SeatInfo
from app.services.slots.views import SlotsView
from schema.context import Info
from schema.event_types.types import EventType
from schema.scalars import SlotsVersion, TimeZone

_FOR_EVER = 100_000_000_000  # the year 5138
Date = date  # a field called `date` hides the type in its class


@strawberry.input(description="A stretch of time; slots must start in it and end in it.")
class TimeWindow:
    """Bounds of a listing, at most 366 days apart."""

    start: datetime = strawberry.field(description="From, inclusive.")
    end: datetime = strawberry.field(description="Until, exclusive.")


@strawberry.type(description="Seats at one start.")
class SlotSeats:
    """GraphQL form of `SeatInfo` (SL-15)."""

    total: int = strawberry.field(description="How many there are.")
    booked: int = strawberry.field(description="How many are taken or kept.")
    remaining: int = strawberry.field(description="How many can be booked.")
    booking_uid: str | None = strawberry.field(description="The booking that holds them, once somebody has booked.")

    @classmethod
    def of(cls, info: SeatInfo) -> Self:
        """The type of a seat fact."""
        return cls(total=info.total, booked=info.taken, remaining=info.remaining, booking_uid=info.booking_uid)


@strawberry.type(description="A start that can be booked.")
class Slot:
    """One free start, as text in the asked zone."""

    start: datetime = strawberry.field(description="When it begins, in the asked time zone.")
    start_s: strawberry.Private[int]
    view: strawberry.Private[SlotsView]

    @strawberry.field(description="When it ends, in the asked time zone.")
    def end(self) -> datetime:
        text = render_instants([self.start_s + self.view.length_minutes * 60], self.view.zone)[0]
        return cast(datetime, text)

    @strawberry.field(description="Seats, for event types that have some.")
    def seats(self) -> SlotSeats | None:
        info = self.view.seats.get(self.start_s)
        return SlotSeats.of(info) if info is not None else None


@strawberry.type(description="The free slots of one date.")
class SlotDay:
    """A date of the asked zone; only dates with slots are listed (SL-11)."""

    date: Date = strawberry.field(description="Calendar date in the asked time zone.")
    starts: list[datetime] = strawberry.field(description="The starts alone, in time order; cheaper than `slots`.")
    seconds: strawberry.Private[list[int]]
    view: strawberry.Private[SlotsView]

    @strawberry.field(description="The slots, in time order.")
    def slots(self) -> list[Slot]:
        view = self.view
        return [Slot(start=text, start_s=at, view=view) for text, at in zip(self.starts, self.seconds, strict=True)]


@strawberry.type(description="The free slots of an event type, or of a group of people, in a window.")
class Slots:
    """GraphQL form of `SlotsView`."""

    slots_version: SlotsVersion = strawberry.field(description="Grows with everything that can change free slots.")
    time_zone: TimeZone = strawberry.field(description="Zone of the dates and times.")
    length_in_minutes: int = strawberry.field(description="Length of each slot.")
    view: strawberry.Private[SlotsView]

    @classmethod
    def from_view(cls, view: SlotsView) -> Self:
        """The type of a view."""
        return cls(
            slots_version=SlotsVersion(view.version),
            time_zone=TimeZone((view.zone or UTC_ZONE).key),
            length_in_minutes=view.length_minutes,
            view=view,
        )

    @strawberry.field(description="Dates that have slots, in order.")
    def days(self) -> list[SlotDay]:
        view = self.view
        seconds = view.starts_by_date
        return [
            SlotDay(date=cast(date, day), starts=cast(list[datetime], texts), seconds=seconds[day], view=view)
            for day, texts in view.days.items()
        ]

    @strawberry.field(description="All starts, in time order; cheapest.")
    def starts(self) -> list[datetime]:
        return cast(list[datetime], self.view.texts)

    @strawberry.field(description="How many slots there are.")
    def count(self) -> int:
        return len(self.view.starts)

    @strawberry.field(description="What is booked; null for a group of people.")
    async def event_type(self, info: Info) -> EventType | None:
        if self.view.event_type_id is None:
            return None
        view = await info.context.loaders.event_type_by_id.load(self.view.event_type_id)
        return EventType.from_view(view) if view is not None else None


def plain_slots(starts: list[int], length_minutes: int) -> list[Slot]:
    """Slots in UTC that stand outside of a listing: the next free ones, those of an error."""
    view = SlotsView(None, starts, length_minutes, {}, 0, None)
    return [
        Slot(start=cast(datetime, text), start_s=at, view=view) for text, at in zip(view.texts, starts, strict=True)
    ]


def instant(second: int) -> datetime:
    """Epoch seconds as an instant (UTC)."""
    return datetime.fromtimestamp(second, UTC)


def bound(second: int | None) -> datetime | None:
    """As `instant`; None for a bound that stands for "for ever", beyond the years a date can name."""
    return instant(second) if second is not None and abs(second) < _FOR_EVER else None


Window = Annotated[TimeWindow, strawberry.argument(description="Where slots may lie; at most 366 days.")]
Zone = Annotated[
    TimeZone | None, strawberry.argument(description="Zone of the booker: dates and times are in it. UTC if left out.")
]
Duration = Annotated[int | None, strawberry.argument(description="Length in minutes, one the event type offers.")]
