"""Make a schedule."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.events.outbox import EventType, OutboxEvent
from app.models import Schedule, ScheduleOverride, ScheduleRow, User
from app.services.checks import check_text, check_zone
from app.services.schedules.access import owner_for
from app.services.schedules.checks import check_hours, check_overrides
from app.services.schedules.queries import load_view
from app.services.schedules.views import WORKING_HOURS, Hours, Override, ScheduleView, mask_of, order_of


@dataclass(frozen=True, slots=True)
class CreateSchedule:
    """A new schedule of the caller, or of `user_id` whom the caller administers; no hours means Mon-Fri 09:00-17:00."""

    name: str
    time_zone: str
    is_default: bool = False
    availability: tuple[Hours, ...] | None = None
    overrides: tuple[Override, ...] = ()
    user_id: int | None = None


async def create_schedule(ctx: RequestContext, command: CreateSchedule) -> ScheduleView:
    """Make a schedule; only `is_default` makes it the default (AV-19). Raises InvalidInputError, ForbiddenError."""
    user_id = await owner_for(ctx, command.user_id)
    name = check_text("name", command.name, least=1, most=200)
    zone = check_zone("timeZone", command.time_zone)
    rows = WORKING_HOURS if command.availability is None else command.availability
    check_hours(rows)
    check_overrides(command.overrides)

    async def work(uow: UnitOfWork) -> ScheduleView:
        schedule = await add_schedule(user_id, name, zone, rows, command.overrides)
        if command.is_default:
            await User.filter(id=user_id).update(default_schedule_id=schedule.id)
        await touch(uow, schedule.id, user_id, "created")
        return await load_view(schedule.id)

    return await unit_of_work(ctx, work)


async def add_schedule(
    user_id: int, name: str, zone: str, rows: Sequence[Hours], overrides: Sequence[Override]
) -> Schedule:
    """Insert a schedule with its parts inside a running transaction."""
    schedule = await Schedule.create(user_id=user_id, name=name, time_zone=zone)
    await write_hours(schedule.id, rows)
    await write_overrides(schedule.id, overrides)
    return schedule


async def write_hours(schedule_id: int, rows: Sequence[Hours]) -> None:
    """Insert weekly rows."""
    await ScheduleRow.bulk_create(
        ScheduleRow(
            schedule_id=schedule_id,
            days=mask_of(row.days),
            day_order=order_of(row.days),
            start_minute=row.start,
            end_minute=row.end,
        )
        for row in rows
    )


async def write_overrides(schedule_id: int, overrides: Sequence[Override]) -> None:
    """Insert date rows."""
    await ScheduleOverride.bulk_create(
        ScheduleOverride(schedule_id=schedule_id, date=item.date, start_minute=item.start, end_minute=item.end)
        for item in overrides
    )


async def touch(uow: UnitOfWork, schedule_id: int, user_id: int, change: str) -> None:
    """Mark what a schedule change moves, and tell the world."""
    uow.bump_schedule(schedule_id)
    uow.bump_hosts([user_id])
    uow.record(
        OutboxEvent(
            type=EventType.SCHEDULE_CHANGED,
            key=f"schedule:{schedule_id}",
            topics=(f"schedule:{schedule_id}", f"host:{user_id}"),
            payload={"id": schedule_id, "change": change},
            user_id=user_id,
        )
    )
