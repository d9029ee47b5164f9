"""Look teams and memberships up."""

from collections.abc import Sequence

from app.context import RequestContext
from app.errors import NotFoundError
from app.models import Membership, Team
from app.services.permissions import Role, require_team_role, team_role
from app.services.teams.views import MembershipView, TeamView
from app.services.teams.write import require_existing
from app.services.users.queries import users_by_id


async def get_team(ctx: RequestContext, team_id: int | None = None, slug: str | None = None) -> TeamView:
    """A team by id or slug (public profile; a private one only for members). Raises NotFoundError."""
    row = await (Team.get_or_none(id=team_id) if team_id is not None else Team.filter(slug=slug).order_by("id").first())
    if row is None or (row.is_private and not await _is_member(ctx, row.id)):
        name = f"id {team_id}" if team_id is not None else f"slug {slug}"
        raise NotFoundError(f"Team with {name} not found")
    return TeamView.of(row)


async def list_teams(ctx: RequestContext) -> list[TeamView]:
    """Teams and organizations the caller is an accepted member of, by id."""
    ids = await Membership.filter(user_id=ctx.require_user(), accepted=True).values_list("team_id", flat=True)
    return [TeamView.of(row) for row in await Team.filter(id__in=list(ids)).order_by("id")]


async def list_invitations(ctx: RequestContext) -> list[MembershipView]:
    """The caller's memberships that wait for acceptance."""
    rows = await Membership.filter(user_id=ctx.require_user(), accepted=False).order_by("id")
    return [MembershipView.of(row) for row in rows]


async def get_membership(ctx: RequestContext, membership_id: int) -> MembershipView:
    """The caller's own membership, or one of a team the caller belongs to. Raises NotFoundError, ForbiddenError."""
    caller = ctx.require_user()
    row = await Membership.get_or_none(id=membership_id)
    if row is None:
        raise NotFoundError(f"Membership with id {membership_id} not found.", path=("id",))
    if row.user_id != caller:
        await require_team_role(ctx, row.team_id, Role.MEMBER)
    return MembershipView.of(row)


async def list_memberships(ctx: RequestContext, team_id: int) -> list[MembershipView]:
    """Everybody in the team with their person, by id; for its members."""
    await require_existing(team_id)
    await require_team_role(ctx, team_id, Role.MEMBER)
    rows = await Membership.filter(team_id=team_id).order_by("id")
    people = await users_by_id([row.user_id for row in rows])
    return [MembershipView.of(row, people.get(row.user_id)) for row in rows]


async def teams_by_id(ids: Sequence[int]) -> dict[int, TeamView]:
    """Teams by id, for loaders. One statement."""
    return {row.id: TeamView.of(row) for row in await Team.filter(id__in=list(set(ids)))}


async def _is_member(ctx: RequestContext, team_id: int) -> bool:
    if ctx.actor.is_anonymous:
        return False
    return ctx.actor.is_admin or await team_role(ctx.require_user(), team_id) is not None
