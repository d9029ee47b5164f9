"""Schedules as of 2024-06-11 (AV-1 to AV-5, AV-19, VR-7)."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from app.domain.schedule_validation import DAYS, format_clock, parse_clock, parse_date
from app.errors import NotFoundError, SlotgraphError
from app.rest.operation import AnyOperation, Failure, Operation, Shape
from app.rest.request import RestRequest
from app.rest.v2.constraints import ISO_8601, STRING, Constraint, Told
from app.rest.v2.inputs import Body, Text, TimeZone, WeekDay
from app.rest.v2.validation import wrong
from app.rest.v2.versions import V_2024_06_11, V_2024_06_14
from app.services.schedules.create import CreateSchedule, create_schedule
from app.services.schedules.delete import DeleteSchedule, delete_schedule
from app.services.schedules.queries import get_default_schedule, get_schedule, list_schedules
from app.services.schedules.update import UpdateSchedule, update_schedule
from app.services.schedules.views import Hours, Override, ScheduleView
from app.services.unset import UNSET

VERSIONS = frozenset({V_2024_06_11, V_2024_06_14})
CLOCK = Constraint("matches", "$property must be a valid time in format HH:MM e.g. 08:00")


def _clock(text: str) -> str:
    if parse_clock(text) is None:
        raise wrong(CLOCK)
    return text


def _date(text: str) -> str:
    if parse_date(text) is None:
        raise wrong(ISO_8601)
    return text


Clock = Annotated[str, AfterValidator(_clock), Told((CLOCK, STRING))]
Date = Annotated[str, AfterValidator(_date), Told((ISO_8601,))]


class AvailabilityInput(Body):
    """Weekly hours."""

    days: Annotated[list[WeekDay], Field(min_length=1)]
    start_time: Clock
    end_time: Clock

    def hours(self) -> Hours:
        """The service's value."""
        days = tuple(DAYS.index(day) for day in dict.fromkeys(self.days))
        return Hours(days, _minutes(self.start_time), _minutes(self.end_time))


class OverrideInput(Body):
    """Hours of one date."""

    date: Date
    start_time: Clock
    end_time: Clock

    def override(self) -> Override:
        """The service's value; a date that is closed has equal times."""
        day = parse_date(self.date)
        assert day is not None  # noqa: S101 validated above
        return Override(day, _minutes(self.start_time), _minutes(self.end_time))


class CreateScheduleInput(Body):
    """A new schedule."""

    name: Text
    time_zone: TimeZone
    is_default: bool
    availability: list[AvailabilityInput] | None = None
    overrides: list[OverrideInput] | None = None


class UpdateScheduleInput(Body):
    """New values; lists are replaced whole."""

    name: Text | None = None
    time_zone: TimeZone | None = None
    is_default: bool | None = None
    availability: list[AvailabilityInput] | None = None
    overrides: list[OverrideInput] | None = None


class Availability(TypedDict):
    """Weekly hours."""

    days: list[str]
    startTime: str
    endTime: str


class DateHours(TypedDict):
    """Hours of one date."""

    date: str
    startTime: str
    endTime: str


class Schedule(TypedDict):
    """A schedule."""

    id: int
    ownerId: int
    name: str
    timeZone: str
    availability: list[Availability]
    isDefault: bool
    overrides: list[DateHours]


def create_command(_: RestRequest, body: CreateScheduleInput) -> CreateSchedule:
    """A schedule of the caller."""
    return CreateSchedule(
        name=body.name,
        time_zone=body.time_zone,
        is_default=body.is_default,
        availability=_hours(body.availability) if body.availability is not None else None,
        overrides=_overrides(body.overrides or ()),
    )


def update_command(request: RestRequest, body: UpdateScheduleInput) -> UpdateSchedule:
    """What to change."""
    return UpdateSchedule(
        id=request.number("scheduleId"),
        name=UNSET if body.name is None else body.name,
        time_zone=UNSET if body.time_zone is None else body.time_zone,
        is_default=UNSET if body.is_default is None else body.is_default,
        availability=UNSET if body.availability is None else _hours(body.availability),
        overrides=UNSET if body.overrides is None else _overrides(body.overrides),
    )


def render_schedule(view: ScheduleView) -> Schedule:
    """The documented schedule."""
    return {
        "id": view.id,
        "ownerId": view.owner_id,
        "name": view.name,
        "timeZone": view.time_zone,
        "availability": [
            {
                "days": [DAYS[day] for day in row.days],
                "startTime": format_clock(row.start),
                "endTime": format_clock(row.end),
            }
            for row in view.availability
        ],
        "isDefault": view.is_default,
        "overrides": [
            {
                "date": item.date.isoformat(),
                "startTime": format_clock(item.start),
                "endTime": format_clock(item.end),
            }
            for item in view.overrides
        ],
    }


def render_default(view: ScheduleView | None) -> Schedule | None:
    """The default schedule, or null."""
    return render_schedule(view) if view is not None else None


def render_schedules(views: Sequence[ScheduleView]) -> list[Schedule]:
    """All schedules."""
    return [render_schedule(view) for view in views]


def delete_failure(error: SlotgraphError) -> Failure | None:
    """AV-19: what is not there cannot be deleted is a 400, unlike reading and changing it."""
    return Failure(400, error.message) if isinstance(error, NotFoundError) else None


def render_nothing(_: ScheduleView) -> None:
    """The status says it all."""


def _hours(rows: Sequence[AvailabilityInput]) -> tuple[Hours, ...]:
    return tuple(row.hours() for row in rows)


def _overrides(rows: Sequence[OverrideInput]) -> tuple[Override, ...]:
    return tuple(row.override() for row in rows)


def _minutes(clock: str) -> int:
    return parse_clock(clock) or 0


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="POST", path="/v2/schedules", operation_id="SchedulesController_2024_06_11_createSchedule",
        field="Mutation.createSchedule", versions=VERSIONS, status=201, body=CreateScheduleInput,
        command=create_command, call=create_schedule, render=render_schedule,
        tag="Schedules", summary="Create a schedule",
    ),
    Operation(
        method="GET", path="/v2/schedules", operation_id="SchedulesController_2024_06_11_getSchedules",
        field="Viewer.schedules", versions=VERSIONS, call=list_schedules, render=render_schedules,
        tag="Schedules", summary="Get all schedules",
    ),
    Operation(
        method="GET", path="/v2/schedules/default", operation_id="SchedulesController_2024_06_11_getDefaultSchedule",
        field="Viewer.defaultSchedule", versions=VERSIONS, call=get_default_schedule, render=render_default,
        tag="Schedules", summary="Get the default schedule",
    ),
    Operation(
        method="GET", path="/v2/schedules/{scheduleId}", operation_id="SchedulesController_2024_06_11_getSchedule",
        field="Query.schedule", versions=VERSIONS, command=lambda request, _: request.number("scheduleId"),
        call=get_schedule, render=render_schedule, tag="Schedules", summary="Get a schedule",
    ),
    Operation(
        method="PATCH", path="/v2/schedules/{scheduleId}",
        operation_id="SchedulesController_2024_06_11_updateSchedule", field="Mutation.updateSchedule",
        versions=VERSIONS, body=UpdateScheduleInput, command=update_command, call=update_schedule,
        render=render_schedule, tag="Schedules", summary="Update a schedule",
    ),
    Operation(
        method="DELETE", path="/v2/schedules/{scheduleId}",
        operation_id="SchedulesController_2024_06_11_deleteSchedule", field="Mutation.deleteSchedule",
        versions=VERSIONS, command=lambda request, _: DeleteSchedule(request.number("scheduleId")),
        call=delete_schedule, render=render_nothing, shape=Shape.STATUS, failure=delete_failure,
        tag="Schedules", summary="Delete a schedule",
    ),
)  # fmt: skip
