"""Make an event type, of a person or a team."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.context import RequestContext
from app.db.unit_of_work import ConstraintError, UnitOfWork, unit_of_work
from app.domain.enums import SchedulingType
from app.errors import ConflictError, InvalidInputError
from app.events.outbox import EventType as Event
from app.events.outbox import OutboxEvent, event_type_topic
from app.models import EventType
from app.services.event_types.checks import check_columns, check_destination, check_schedule
from app.services.event_types.fields import EventTypeFields, HostInput, columns
from app.services.event_types.hosts import resolve_hosts, write_hosts
from app.services.event_types.managed import sync_children
from app.services.event_types.queries import load_views
from app.services.event_types.views import EventTypeView
from app.services.permissions import Role, require_team_role
from app.services.schedules.access import owner_for
from app.services.teams.write import require_existing


@dataclass(frozen=True, slots=True)
class CreateEventType:
    """A new personal event type of the caller, or of `user_id` whom the caller administers."""

    fields: EventTypeFields
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class CreateTeamEventType:
    """A new event type of a team; `scheduling_type` is COLLECTIVE, ROUND_ROBIN or MANAGED."""

    team_id: int
    scheduling_type: str
    fields: EventTypeFields
    hosts: tuple[HostInput, ...] = ()


async def create_event_type(ctx: RequestContext, command: CreateEventType) -> EventTypeView:
    """Make a personal event type. Raises InvalidInputError (also for a taken slug, VR-6), NotFoundError (schedule)."""
    user_id = await owner_for(ctx, command.user_id)
    values = await check_columns(None, columns(command.fields))
    await check_schedule(values, user_id)
    await check_destination(values, user_id)

    async def work(uow: UnitOfWork) -> EventTypeView:
        row = await EventType.create(**values, owner_id=user_id)
        await write_hosts(row, [HostInput(user_id, is_fixed=True)])
        await tell(uow, row, "created")
        return (await load_views([row]))[0]

    return (await _saved(ctx, work, "User already has an event type with this slug."))[0]


async def create_team_event_type(ctx: RequestContext, command: CreateTeamEventType) -> list[EventTypeView]:
    """Make an event type of a team, as its admin; a managed one comes with its children (TM-22).

    Raises NotFoundError (hosts, TM-20), ForbiddenError, InvalidInputError.
    """
    await require_existing(command.team_id)
    await require_team_role(ctx, command.team_id, Role.ADMIN)
    kind = _kind(command.scheduling_type)
    values = await check_columns(None, columns(command.fields))
    await check_destination(values, ctx.require_user())
    everybody = bool(values.get("assign_all_members"))
    hosts = await resolve_hosts(command.team_id, command.hosts, everybody=everybody)

    async def work(uow: UnitOfWork) -> Sequence[EventTypeView]:
        row = await EventType.create(**values, team_id=command.team_id, scheduling_type=kind)
        if kind is SchedulingType.MANAGED:
            await sync_children(uow, row, [host.user_id for host in hosts])
        else:
            await write_hosts(row, hosts)
        await tell(uow, row, "created")
        children = await EventType.filter(parent_id=row.id).order_by("id")
        return await load_views([row, *children])

    return list(await _saved(ctx, work, "Team event type with this slug already exists"))


async def tell(uow: UnitOfWork, row: EventType, change: str) -> None:
    """Mark the event type as changed and tell the world."""
    uow.bump_event_type(row.id)
    uow.record(
        OutboxEvent(
            type=Event.EVENT_TYPE_CHANGED,
            key=f"event-type:{row.id}",
            topics=(event_type_topic(row.id),),
            payload={"change": change, "id": row.id, "slug": row.slug},
            user_id=row.owner_id,
            team_id=row.team_id,
            event_type_id=row.id,
        )
    )


async def _saved(ctx: RequestContext, work: Any, taken: str) -> Sequence[EventTypeView]:
    try:
        views: EventTypeView | Sequence[EventTypeView] = await unit_of_work(ctx, work)
    except ConstraintError as error:
        raise slug_error(error, taken) from error
    return [views] if isinstance(views, EventTypeView) else views


def slug_error(error: ConstraintError, message: str) -> Exception:
    """The documented answer to a taken slug is a 400 (VR-6, TM-20); anything else collides in another way."""
    if "slug" in error.name:
        return InvalidInputError.at("slug", message, "taken")
    return ConflictError(message)


def _kind(name: str) -> SchedulingType:
    try:
        return SchedulingType(name)
    except ValueError as error:
        raise InvalidInputError.at("schedulingType", "Must be COLLECTIVE, ROUND_ROBIN or MANAGED.", "choice") from error
