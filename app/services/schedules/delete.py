"""Remove a schedule."""

from dataclasses import dataclass

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.models import EventType, Host, Schedule, User
from app.services.columns import numbers
from app.services.schedules.access import owned_schedule
from app.services.schedules.create import touch
from app.services.schedules.queries import load_view
from app.services.schedules.views import ScheduleView


@dataclass(frozen=True, slots=True)
class DeleteSchedule:
    """The schedule with this id."""

    id: int


async def delete_schedule(ctx: RequestContext, command: DeleteSchedule) -> ScheduleView:
    """Remove a schedule; the oldest remaining one takes over as default (AV-19 Do). Returns what it was."""
    schedule = await owned_schedule(ctx, command.id)

    async def work(uow: UnitOfWork) -> ScheduleView:
        owner: int = schedule.user_id
        await touch(uow, schedule.id, owner, "deleted")
        view = await load_view(schedule.id)
        for event_type_id in await _users_of(schedule.id):
            uow.bump_event_type(event_type_id)
            uow.hint(f"event-type:{event_type_id}")
        await _promote(owner, schedule.id)
        await Schedule.filter(id=schedule.id).delete()
        return view

    return await unit_of_work(ctx, work)


async def _users_of(schedule_id: int) -> list[int]:
    """Event types whose hours change when this schedule goes: their own, or a host's."""
    own = await numbers(EventType.filter(schedule_id=schedule_id), "id")
    hosts = await numbers(Host.filter(schedule_id=schedule_id), "event_type_id")
    return sorted({*own, *hosts})


async def _promote(owner: int, deleted: int) -> None:
    oldest = await Schedule.filter(user_id=owner).exclude(id=deleted).order_by("id").first()
    await User.filter(id=owner, default_schedule_id=deleted).update(default_schedule_id=oldest.id if oldest else None)
