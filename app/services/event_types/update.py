"""Change an event type."""

from dataclasses import dataclass

from app.context import RequestContext
from app.db.unit_of_work import ConstraintError, UnitOfWork, unit_of_work
from app.domain.enums import SchedulingType
from app.models import EventType, Host
from app.services.columns import numbers
from app.services.event_types.access import editable
from app.services.event_types.checks import check_columns, check_destination, check_schedule
from app.services.event_types.create import slug_error, tell
from app.services.event_types.fields import EventTypeFields, HostInput, columns
from app.services.event_types.hosts import resolve_hosts, write_hosts
from app.services.event_types.managed import sync_children
from app.services.event_types.queries import load_views
from app.services.event_types.views import EventTypeView
from app.services.unset import UNSET, Unset


@dataclass(frozen=True, slots=True)
class UpdateEventType:
    """New values; what is UNSET stays (VR-5). `hosts` replaces the whole list (team event types only)."""

    id: int
    fields: EventTypeFields
    hosts: tuple[HostInput, ...] | Unset = UNSET


async def update_event_type(ctx: RequestContext, command: UpdateEventType) -> EventTypeView:
    """Change an event type; slots follow at once, children of a managed one too. Raises as for creation."""
    row = await editable(ctx, command.id)
    values = await check_columns(row, columns(command.fields))
    owner: int | None = row.owner_id
    if owner is not None:
        await check_schedule(values, owner)
    await check_destination(values, ctx.require_user() if owner is None else owner)
    hosts = await _hosts(row, command, values.get("assign_all_members", row.assign_all_members))

    async def work(uow: UnitOfWork) -> EventTypeView:
        row.update_from_dict(values)
        await tell(uow, row, "updated")
        await row.save(update_fields=[*values, "updated_at"] if values else None)
        await _write_hosts(uow, row, hosts)
        return (await load_views([row]))[0]

    try:
        return await unit_of_work(ctx, work)
    except ConstraintError as error:
        team = row.team_id is not None
        taken = (
            "Team event type with this slug already exists"
            if team
            else "User already has an event type with this slug."
        )
        raise slug_error(error, taken) from error


async def _hosts(row: EventType, command: UpdateEventType, everybody: bool) -> list[HostInput] | None:
    """The hosts to write, or None when they stay."""
    team_id: int | None = row.team_id
    if team_id is None or (command.hosts is UNSET and not everybody):
        return None
    given = () if command.hosts is UNSET else command.hosts
    if everybody and not given:
        kept = await Host.filter(event_type_id=row.id)
        given = tuple(HostInput(h.user_id, h.is_fixed, h.priority, h.weight, h.schedule_id) for h in kept)
    return await resolve_hosts(team_id, given, everybody=everybody)


async def _write_hosts(uow: UnitOfWork, row: EventType, hosts: list[HostInput] | None) -> None:
    if row.scheduling_type == SchedulingType.MANAGED:
        owners = await numbers(EventType.filter(parent_id=row.id), "owner_id")
        assigned = [host.user_id for host in hosts] if hosts is not None else owners
        await sync_children(uow, row, assigned)
    elif hosts is not None:
        await write_hosts(row, hosts)
