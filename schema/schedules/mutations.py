"""Make, change and remove schedules."""

from datetime import date, time
from typing import Annotated

import strawberry

from app.services.schedules.create import CreateSchedule, create_schedule
from app.services.schedules.delete import DeleteSchedule, delete_schedule
from app.services.schedules.update import UpdateSchedule, update_schedule
from app.services.schedules.views import Hours, Override
from schema.context import Info
from schema.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from schema.inputs import given, given_as
from schema.node import database_id
from schema.scalars import TimeZone
from schema.schedules.types import Schedule, WeekDay, minute

Date = date  # a field called `date` hides the type in its class


@strawberry.input(description="Weekly hours on some days.")
class WeeklyHoursInput:
    """Input form of `Hours`."""

    days: list[WeekDay] = strawberry.field(description="At least one day.")
    start_time: time = strawberry.field(description="From, wall-clock time of the schedule's zone.")
    end_time: time = strawberry.field(description="Until, after `startTime`; 23:59 means midnight.")

    def hours(self) -> Hours:
        """The service's value."""
        return Hours(
            tuple(dict.fromkeys(day.value for day in self.days)), minute(self.start_time), minute(self.end_time)
        )


@strawberry.input(description="Hours that replace one whole date; equal times close it.")
class DateOverrideInput:
    """Input form of `Override`."""

    date: Date = strawberry.field(description="Calendar date in the schedule's zone.")
    start_time: time = strawberry.field(description="From, wall-clock time of the schedule's zone.")
    end_time: time = strawberry.field(description="Until; 23:59 means midnight; equal to `startTime` closes the date.")

    def override(self) -> Override:
        """The service's value."""
        return Override(self.date, minute(self.start_time), minute(self.end_time))


def _hours(rows: list[WeeklyHoursInput]) -> tuple[Hours, ...]:
    return tuple(row.hours() for row in rows)


def _overrides(rows: list[DateOverrideInput]) -> tuple[Override, ...]:
    return tuple(row.override() for row in rows)


@strawberry.input(description="A new schedule of the caller.")
class CreateScheduleInput:
    """Input of `createSchedule`."""

    name: str = strawberry.field(description="What to call it.")
    time_zone: TimeZone = strawberry.field(description="Zone its times are read in.")
    is_default: bool = strawberry.field(default=False, description="Make it the caller's default schedule.")
    availability: list[WeeklyHoursInput] | None = strawberry.field(
        default=None, description="Weekly hours; left out = Monday to Friday 09:00-17:00."
    )
    overrides: list[DateOverrideInput] = strawberry.field(default_factory=list, description="Dates with other hours.")


@strawberry.input(description="New values for a schedule; what is left out stays, lists are replaced whole.")
class UpdateScheduleInput:
    """Input of `updateSchedule`."""

    id: strawberry.ID = strawberry.field(description="The schedule.")
    name: strawberry.Maybe[str] = strawberry.field(default=None, description="What to call it.")
    time_zone: strawberry.Maybe[TimeZone] = strawberry.field(default=None, description="Zone its times are read in.")
    is_default: strawberry.Maybe[bool] = strawberry.field(default=None, description="true makes it the default.")
    availability: strawberry.Maybe[list[WeeklyHoursInput]] = strawberry.field(default=None, description="Weekly hours.")
    overrides: strawberry.Maybe[list[DateOverrideInput]] = strawberry.field(default=None, description="Date overrides.")


@strawberry.input(description="Which schedule to remove.")
class DeleteScheduleInput:
    """Input of `deleteSchedule`."""

    id: strawberry.ID = strawberry.field(description="The schedule.")


@strawberry.type(description="The schedule as it is now, or was before its removal.")
class ScheduleSuccess:
    """Success member of the schedule results."""

    schedule: Schedule = strawberry.field(description="The schedule.")


CreateScheduleResult = Annotated[
    ScheduleSuccess | InvalidInput | Unauthenticated,
    strawberry.union("CreateScheduleResult", description="The new schedule, or what is wrong."),
]
UpdateScheduleResult = Annotated[
    ScheduleSuccess | InvalidInput | NotFound | Forbidden | Unauthenticated,
    strawberry.union("UpdateScheduleResult", description="The changed schedule, or what is wrong."),
]
DeleteScheduleResult = Annotated[
    ScheduleSuccess | NotFound | Forbidden | Unauthenticated,
    strawberry.union("DeleteScheduleResult", description="The removed schedule, or what is wrong."),
]


@strawberry.type
class ScheduleMutations:
    """Mixin for `Mutation`."""

    @strawberry.mutation(description="Make a schedule of the caller.")
    async def create_schedule(
        self, info: Info, input: Annotated[CreateScheduleInput, strawberry.argument(description="The schedule.")]
    ) -> CreateScheduleResult:
        view = await create_schedule(
            info.context.request,
            CreateSchedule(
                name=input.name,
                time_zone=input.time_zone,
                is_default=input.is_default,
                availability=None if input.availability is None else _hours(input.availability),
                overrides=_overrides(input.overrides),
            ),
        )
        return ScheduleSuccess(schedule=Schedule.from_view(view))

    @strawberry.mutation(description="Change a schedule; free slots follow at once.")
    async def update_schedule(
        self, info: Info, input: Annotated[UpdateScheduleInput, strawberry.argument(description="New values.")]
    ) -> UpdateScheduleResult:
        view = await update_schedule(
            info.context.request,
            UpdateSchedule(
                id=database_id(input.id, "Schedule"),
                name=given(input.name),
                time_zone=given(input.time_zone),
                is_default=given(input.is_default),
                availability=given_as(input.availability, _hours),
                overrides=given_as(input.overrides, _overrides),
            ),
        )
        return ScheduleSuccess(schedule=Schedule.from_view(view))

    @strawberry.mutation(description="Remove a schedule; the oldest remaining one takes over as default.")
    async def delete_schedule(
        self, info: Info, input: Annotated[DeleteScheduleInput, strawberry.argument(description="The schedule.")]
    ) -> DeleteScheduleResult:
        view = await delete_schedule(info.context.request, DeleteSchedule(database_id(input.id, "Schedule")))
        return ScheduleSuccess(schedule=Schedule.from_view(view))
