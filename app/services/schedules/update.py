"""Change a schedule."""

from dataclasses import dataclass

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.models import Schedule, ScheduleOverride, ScheduleRow, User
from app.services.checks import check_text, check_zone
from app.services.schedules.access import owned_schedule
from app.services.schedules.checks import check_hours, check_overrides
from app.services.schedules.create import touch, write_hours, write_overrides
from app.services.schedules.queries import load_view
from app.services.schedules.views import Hours, Override, ScheduleView
from app.services.unset import UNSET, Unset


@dataclass(frozen=True, slots=True)
class UpdateSchedule:
    """New values; `availability` and `overrides` replace the whole list (AV-19), what is UNSET stays."""

    id: int
    name: str | Unset = UNSET
    time_zone: str | Unset = UNSET
    is_default: bool | Unset = UNSET
    availability: tuple[Hours, ...] | Unset = UNSET
    overrides: tuple[Override, ...] | Unset = UNSET


async def update_schedule(ctx: RequestContext, command: UpdateSchedule) -> ScheduleView:
    """Change a schedule; slots follow at once. Raises NotFoundError, ForbiddenError, InvalidInputError."""
    schedule = await owned_schedule(ctx, command.id)
    _check(command)

    async def work(uow: UnitOfWork) -> ScheduleView:
        owner: int = schedule.user_id
        await touch(uow, schedule.id, owner, "updated")
        await _write(schedule.id, owner, command)
        return await load_view(schedule.id)

    return await unit_of_work(ctx, work)


def _check(command: UpdateSchedule) -> None:
    if command.name is not UNSET:
        check_text("name", command.name, least=1, most=200)
    if command.time_zone is not UNSET:
        check_zone("timeZone", command.time_zone)
    if command.availability is not UNSET:
        check_hours(command.availability)
    if command.overrides is not UNSET:
        check_overrides(command.overrides)


async def _write(schedule_id: int, owner: int, command: UpdateSchedule) -> None:
    row = await Schedule.get(id=schedule_id)
    if command.name is not UNSET:
        row.name = command.name.strip()
    if command.time_zone is not UNSET:
        row.time_zone = command.time_zone
    await row.save(update_fields=["name", "time_zone", "updated_at"])
    if command.availability is not UNSET:
        await ScheduleRow.filter(schedule_id=schedule_id).delete()
        await write_hours(schedule_id, command.availability)
    if command.overrides is not UNSET:
        await ScheduleOverride.filter(schedule_id=schedule_id).delete()
        await write_overrides(schedule_id, command.overrides)
    if command.is_default is True:
        await User.filter(id=owner).update(default_schedule_id=schedule_id)
