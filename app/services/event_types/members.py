"""What a membership change does to the team's event types (TM-20, TM-22)."""

from app.db.unit_of_work import UnitOfWork
from app.domain.enums import SchedulingType
from app.models import EventType, Host
from app.services.event_types.managed import add_child, remove_child


async def member_joined(uow: UnitOfWork, team_id: int, user_id: int) -> None:
    """Event types assigned to all members take the newcomer in."""
    for event_type in await EventType.filter(team_id=team_id, assign_all_members=True):
        if event_type.scheduling_type == SchedulingType.MANAGED:
            await add_child(uow, event_type, user_id)
        elif not await Host.filter(event_type_id=event_type.id, user_id=user_id).exists():
            fixed = event_type.scheduling_type == SchedulingType.COLLECTIVE
            await Host.create(event_type_id=event_type.id, user_id=user_id, is_fixed=fixed)
            await _changed(uow, event_type.id)


async def member_left(uow: UnitOfWork, team_id: int, user_id: int) -> None:
    """Somebody who leaves stops hosting, and their managed event types go."""
    for event_type in await EventType.filter(team_id=team_id):
        if event_type.scheduling_type == SchedulingType.MANAGED:
            await remove_child(uow, event_type, user_id)
        elif await Host.filter(event_type_id=event_type.id, user_id=user_id).delete():
            await _changed(uow, event_type.id)


async def _changed(uow: UnitOfWork, event_type_id: int) -> None:
    uow.bump_event_type(event_type_id)
    uow.hint(f"event-type:{event_type_id}")
