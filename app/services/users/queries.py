"""Look people up."""

from collections.abc import Sequence

from app.context import RequestContext
from app.errors import NotFoundError, UnauthenticatedError
from app.models import User
from app.services.users.viewer_sql import read_user, view_of
from app.services.users.views import UserView


async def get_viewer(ctx: RequestContext) -> UserView:
    """The caller. Raises UnauthenticatedError for an anonymous one."""
    user_id = ctx.require_user()
    if ctx.actor.profile is not None:
        return view_of(ctx.actor.profile)
    view = await read_user(user_id)
    if view is None:
        raise UnauthenticatedError("This account is gone.")
    return view


async def get_user(ctx: RequestContext, username: str) -> UserView:
    """A person by username, public. Raises NotFoundError."""
    row = await User.filter(username=username.lower(), locked=False).order_by("id").first()
    if row is None:
        raise NotFoundError(f"User with username {username} not found", path=("username",))
    return UserView.of(row)


async def users_by_id(ids: Sequence[int]) -> dict[int, UserView]:
    """People by id, for loaders; the missing are left out. One statement."""
    return {row.id: UserView.of(row) for row in await User.filter(id__in=list(set(ids)))}
