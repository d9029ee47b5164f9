"""Who may touch what. Roles are read afresh each time, so a removed role counts at once (AU-12, AU-13)."""

from collections.abc import Sequence
from enum import IntEnum

from app.context import RequestContext
from app.errors import ForbiddenError
from app.models import Membership, Team
from app.services.columns import numbers


class Role(IntEnum):
    """The ladder inside one team or organization."""

    MEMBER = 1
    ADMIN = 2
    OWNER = 3


async def team_role(user_id: int, team_id: int) -> Role | None:
    """The caller's strongest accepted role in the team; an admin of its organization counts as its owner (AU-12)."""
    team = await Team.get_or_none(id=team_id)
    if team is None:
        return None
    parent_id: int | None = team.parent_id
    rows = await Membership.filter(user_id=user_id, accepted=True, team_id__in=[team_id, parent_id or team_id])
    roles = {row.team_id: Role[row.role] for row in rows}
    if parent_id is not None:
        above = roles.get(parent_id)
        if above is None:
            return None
        if above >= Role.ADMIN:
            return Role.OWNER
    return roles.get(team_id)


async def require_team_role(ctx: RequestContext, team_id: int, least: Role) -> None:
    """Refuse a caller below `least` in this team; a system administrator passes."""
    user_id = ctx.require_user()
    if ctx.actor.is_admin:
        return
    role = await team_role(user_id, team_id)
    if role is None or role < least:
        raise ForbiddenError(
            f"RolesGuard - user with id={user_id} does not have the minimum required role=TEAM_{least.name} "
            f"within team with id={team_id}."
        )


async def administered_teams(user_id: int) -> Sequence[int]:
    """Ids of the teams whose admin or owner the user is, the teams of administered organizations included."""
    own = await numbers(Membership.filter(user_id=user_id, accepted=True, role__in=["ADMIN", "OWNER"]), "team_id")
    below = await numbers(Team.filter(parent_id__in=own), "id") if own else []
    return sorted({*own, *below})


async def share_team(user_id: int, other_id: int) -> bool:
    """Whether both are accepted members of one team or organization."""
    teams = await Membership.filter(user_id=user_id, accepted=True).values_list("team_id", flat=True)
    return await Membership.filter(user_id=other_id, accepted=True, team_id__in=teams).exists()


async def same_organization(user_id: int, other_id: int) -> bool:
    """Whether both are accepted members of one organization."""
    return await _share(user_id, other_id, roles=("MEMBER", "ADMIN", "OWNER"))


async def may_manage_user(ctx: RequestContext, user_id: int) -> bool:
    """Whether the caller is the user, a system administrator or an admin of the user's organization.

    Being admin of a plain team gives no power over its members' own things: anybody may found a team.
    """
    caller = ctx.require_user()
    if caller == user_id or ctx.actor.is_admin:
        return True
    return await _share(caller, user_id, roles=("ADMIN", "OWNER"))


async def _share(user_id: int, other_id: int, *, roles: Sequence[str]) -> bool:
    organizations = await Membership.filter(
        user_id=user_id, accepted=True, role__in=list(roles), team__is_organization=True
    ).values_list("team_id", flat=True)
    if not organizations:
        return False
    return await Membership.filter(user_id=other_id, accepted=True, team_id__in=list(organizations)).exists()
