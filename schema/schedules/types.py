"""Schedules as the API shows them."""

from datetime import date, datetime, time
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from app.services.schedules.views import Hours, Override, ScheduleView
from schema.context import Info
from schema.enums import describe_enum
from schema.node import Node, global_id
from schema.scalars import TimeZone

if TYPE_CHECKING:
    from schema.users.types import User

Date = date  # a field called `date` hides the type in its class


class WeekDay(Enum):
    """Days by the number the core uses: 0 = Sunday (AV-1)."""

    SUNDAY = 0
    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6


describe_enum(
    WeekDay,
    name="WeekDay",
    description="A day of the week, in the schedule's zone.",
    values={day.name: f"{day.name.capitalize()}." for day in WeekDay},
)

MIDNIGHT = 24 * 60


def clock(minute: int) -> time:
    """Minutes of the local day as a wall-clock time; midnight at the end of the day is 23:59 (AV-3)."""
    return time(23, 59) if minute >= MIDNIGHT else time(minute // 60, minute % 60)


def minute(value: time) -> int:
    """A wall-clock time as minutes of the local day."""
    return value.hour * 60 + value.minute


@strawberry.type(description="Weekly hours on some days.")
class WeeklyHours:
    """GraphQL form of `Hours`."""

    days: list[WeekDay] = strawberry.field(description="Days of the week, in the schedule's zone.")
    start_time: time = strawberry.field(description="From, wall-clock time of the schedule's zone.")
    end_time: time = strawberry.field(description="Until, exclusive; 23:59 means midnight.")

    @classmethod
    def of(cls, hours: Hours) -> Self:
        """The type of a row."""
        return cls(days=[WeekDay(day) for day in hours.days], start_time=clock(hours.start), end_time=clock(hours.end))


@strawberry.type(description="Hours that replace one whole date; equal times close it.")
class DateOverride:
    """GraphQL form of `Override`."""

    date: Date = strawberry.field(description="Calendar date in the schedule's zone.")
    start_time: time = strawberry.field(description="From, wall-clock time of the schedule's zone.")
    end_time: time = strawberry.field(
        description="Until, exclusive; 23:59 means midnight; equal to `startTime` = closed."
    )

    @classmethod
    def of(cls, item: Override) -> Self:
        """The type of a date row."""
        return cls(date=item.date, start_time=clock(item.start), end_time=clock(item.end))


@strawberry.type(description="Weekly hours and date overrides in one time zone.")
class Schedule(Node):
    """GraphQL form of `ScheduleView`."""

    database_id: int = strawberry.field(description="Number of this schedule in the REST API.")
    name: str = strawberry.field(description="What its owner calls it.")
    time_zone: TimeZone = strawberry.field(description="Zone its times are read in.")
    is_default: bool = strawberry.field(description="Whether event types without a schedule of their own use it.")
    availability: list[WeeklyHours] = strawberry.field(description="Weekly hours.")
    overrides: list[DateOverride] = strawberry.field(description="Dates with hours of their own, by date.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    view: strawberry.Private[ScheduleView]

    @classmethod
    def from_view(cls, view: ScheduleView) -> Self:
        """The type of a view."""
        return cls(
            id=global_id("Schedule", view.id),
            database_id=view.id,
            name=view.name,
            time_zone=TimeZone(view.time_zone),
            is_default=view.is_default,
            availability=[WeeklyHours.of(row) for row in view.availability],
            overrides=[DateOverride.of(item) for item in view.overrides],
            created_at=view.created_at,
            updated_at=view.updated_at,
            view=view,
        )

    @strawberry.field(description="Whose schedule it is.")
    async def owner(self, info: Info) -> Annotated["User", strawberry.lazy("schema.users.types")] | None:
        from schema.users.types import User  # noqa: PLC0415 the two types name each other

        view = await info.context.loaders.user_by_id.load(self.view.owner_id)
        return User.from_view(view) if view is not None else None
