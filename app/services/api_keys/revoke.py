"""End an API key."""

from dataclasses import dataclass

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import NotFoundError
from app.models import ApiKey
from app.services.api_keys.views import ApiKeyView


@dataclass(frozen=True, slots=True)
class RevokeApiKey:
    """The caller's key with this id."""

    id: str


async def revoke_api_key(ctx: RequestContext, command: RevokeApiKey) -> ApiKeyView:
    """Delete one of the caller's own keys; it stops working at once, open sockets included."""
    user_id = ctx.require_user()

    async def work(uow: UnitOfWork) -> ApiKeyView:
        row = await ApiKey.filter(id=command.id, user_id=user_id).first()
        if row is None:
            raise NotFoundError("You have no API key with this id.", path=("id",))
        await row.delete()
        uow.hint(f"api-key:{row.id}")
        return ApiKeyView.of(row)

    return await unit_of_work(ctx, work)


async def get_api_key(ctx: RequestContext, key_id: str) -> ApiKeyView:
    """One of the caller's keys, without its secret. Raises NotFoundError."""
    row = await ApiKey.filter(id=key_id, user_id=ctx.require_user()).first()
    if row is None:
        raise NotFoundError("You have no API key with this id.", path=("id",))
    return ApiKeyView.of(row)


async def list_api_keys(ctx: RequestContext) -> list[ApiKeyView]:
    """The caller's keys, newest first, without secrets."""
    rows = await ApiKey.filter(user_id=ctx.require_user()).order_by("-created_at", "id").limit(200)
    return [ApiKeyView.of(row) for row in rows]
