"""Which event types a caller may change."""

from app.context import RequestContext
from app.errors import ForbiddenError, NotFoundError
from app.models import EventType
from app.services.permissions import Role, may_manage_user, team_role


async def editable(ctx: RequestContext, event_type_id: int) -> EventType:
    """An event type the caller may change. Raises NotFoundError, ForbiddenError (VR-6)."""
    user_id = ctx.require_user()
    row = await EventType.get_or_none(id=event_type_id)
    if row is None:
        raise NotFoundError(f"Event type with id {event_type_id} not found", path=("id",))
    if not await can_edit(ctx, row):
        raise ForbiddenError(f"User with ID={user_id} does not own event type with ID={event_type_id}", path=("id",))
    return row


async def can_edit(ctx: RequestContext, row: EventType) -> bool:
    """Whether the caller owns it, administers its owner, or administers its team."""
    if ctx.actor.is_anonymous:
        return False
    owner: int | None = row.owner_id
    team: int | None = row.team_id
    if ctx.actor.is_admin or (team is None and owner is not None and await may_manage_user(ctx, owner)):
        return True
    role = await team_role(ctx.require_user(), team) if team is not None else None
    return role is not None and role >= Role.ADMIN
