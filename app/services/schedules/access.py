"""Whose schedules a caller may see and change."""

from app.context import RequestContext
from app.errors import ForbiddenError, NotFoundError, StrangerError
from app.models import Schedule
from app.services.permissions import may_manage_user


async def owner_for(ctx: RequestContext, user_id: int | None) -> int:
    """The person acted for: the caller, or somebody the caller administers. Raises ForbiddenError."""
    caller = ctx.require_user()
    if user_id is None or user_id == caller:
        return caller
    if not await may_manage_user(ctx, user_id):
        raise ForbiddenError("You may not act for this user.", path=("userId",))
    return user_id


async def owned_schedule(ctx: RequestContext, schedule_id: int) -> Schedule:
    """A schedule the caller may touch. Raises NotFoundError, ForbiddenError (AV-19)."""
    ctx.require_user()
    row = await Schedule.get_or_none(id=schedule_id)
    missing = f"Schedule with ID={schedule_id} does not exist."
    if row is None:
        raise NotFoundError(missing, path=("id",))
    owner: int = row.user_id
    if not await may_manage_user(ctx, owner):
        refused = f"User with ID={ctx.actor.user_id} does not own schedule with ID={schedule_id}"
        raise StrangerError(refused, missing, path=("id",))
    return row
