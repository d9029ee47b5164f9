"""Managed event types: a template in the team, one child for each assigned member (TM-22)."""

from collections.abc import Sequence
from typing import Any

from app.db.unit_of_work import UnitOfWork
from app.events.outbox import EventType as Event
from app.events.outbox import OutboxEvent
from app.models import EventType, Host
from app.services.event_types.views import EventTypeView

_OWN = frozenset(
    {"id", "owner_id", "team_id", "parent_id", "scheduling_type", "position", "assign_all_members", "hosts"}
    | {"created_at", "updated_at"}
)
UNLOCKED = frozenset({"locations", "schedule_id", "destination_calendar"})


async def add_child(uow: UnitOfWork, parent: EventType, user_id: int) -> EventType:
    """Give a member their copy; a personal event type with the same slug makes room for it."""
    existing = await EventType.filter(parent_id=parent.id, owner_id=user_id).first()
    if existing is not None:
        return existing
    await _make_room(uow, parent, user_id)
    child = await EventType.create(**_locked(parent, keep=frozenset()), owner_id=user_id, parent_id=parent.id)
    await Host.create(event_type_id=child.id, user_id=user_id, is_fixed=True)
    uow.bump_hosts([user_id])
    return child


async def sync_children(uow: UnitOfWork, parent: EventType, user_ids: Sequence[int]) -> None:
    """Make children exist for exactly these members and rewrite what the template locks."""
    children = {row.owner_id: row for row in await EventType.filter(parent_id=parent.id) if row.owner_id is not None}
    for gone in set(children) - set(user_ids):
        await remove_child(uow, parent, gone)
    values = _locked(parent, keep=UNLOCKED)
    for user_id in user_ids:
        child = children.get(user_id)
        if child is None:
            await add_child(uow, parent, user_id)
            continue
        child.update_from_dict(values)
        await child.save()
        uow.bump_event_type(child.id)
        uow.hint(f"event-type:{child.id}")


async def remove_child(uow: UnitOfWork, parent: EventType, user_id: int) -> None:
    """Take a member's copy away; its bookings stay."""
    for child in await EventType.filter(parent_id=parent.id, owner_id=user_id):
        uow.hint(f"event-type:{child.id}")
        await child.delete()


async def _make_room(uow: UnitOfWork, parent: EventType, user_id: int) -> None:
    for personal in await EventType.filter(owner_id=user_id, team_id=None, slug=parent.slug):
        payload = {
            "change": "slug-replaced",
            "id": personal.id,
            "slug": personal.slug,
            "userId": user_id,
            "parentId": parent.id,
        }
        key = f"event-type:{personal.id}"
        uow.record(OutboxEvent(type=Event.EVENT_TYPE_CHANGED, key=key, topics=(key,), payload=payload, user_id=user_id))
        await personal.delete()


def _locked(parent: EventType, *, keep: frozenset[str]) -> dict[str, Any]:
    names = [name for name in EventTypeView.__slots__ if name not in _OWN and name not in keep]
    values = {name: getattr(parent, name) for name in names}
    # The template's schedule belongs to somebody else; a child starts with its member's own hours.
    return {**values, "schedule_id": None} if "schedule_id" in values else values
