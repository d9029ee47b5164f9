"""Whose webhooks a caller may see and change (WH-6)."""

from app.context import RequestContext
from app.errors import ForbiddenError, NotFoundError
from app.models import EventType, User, Webhook
from app.services.event_types.access import editable
from app.services.permissions import may_manage_user


async def require_scope(ctx: RequestContext, event_type_id: int | None) -> dict[str, int]:
    """The owner column of webhooks of this event type, or of the caller; checked.

    Raises NotFoundError and ForbiddenError as changing the event type would.
    """
    caller = ctx.require_user()
    if event_type_id is None:
        return {"user_id": caller}
    await editable(ctx, event_type_id)
    return {"event_type_id": event_type_id}


async def lock_scope(scope: dict[str, int]) -> None:
    """Keep others from adding webhooks to this owner until the transaction ends (there is no constraint on URLs)."""
    if "user_id" in scope:
        await User.filter(id=scope["user_id"]).select_for_update().only("id").first()
    else:
        await EventType.filter(id=scope["event_type_id"]).select_for_update().only("id").first()


async def owned_webhook(
    ctx: RequestContext, webhook_id: str, event_type_id: int | None, *, personal: bool = False
) -> Webhook:
    """A webhook the caller may touch; with an event type, one of that event type; `personal`, one of a person.

    Raises NotFoundError (`Webhook (id) not found`) and ForbiddenError for somebody else's (WH-6).
    """
    ctx.require_user()
    if event_type_id is not None:
        await editable(ctx, event_type_id)
    row = await Webhook.get_or_none(id=webhook_id)
    if row is None or (event_type_id is not None and row.event_type_id != event_type_id):
        raise NotFoundError(f"Webhook ({webhook_id}) not found", path=("id",))
    if (personal and row.user_id is None) or not await _may_touch(ctx, row):
        raise ForbiddenError(f"User ({ctx.actor.user_id}) is not the owner of webhook ({webhook_id})", path=("id",))
    return row


async def _may_touch(ctx: RequestContext, row: Webhook) -> bool:
    if row.user_id is not None:
        return await may_manage_user(ctx, row.user_id)
    if row.event_type_id is not None:
        try:
            await editable(ctx, row.event_type_id)
        except (NotFoundError, ForbiddenError):
            return ctx.actor.is_admin
        return True
    return ctx.actor.is_admin
