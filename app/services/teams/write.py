"""Make, change and remove teams."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.context import RequestContext
from app.db.unit_of_work import ConstraintError, UnitOfWork, unit_of_work
from app.errors import ConflictError, InvalidInputError, NotFoundError
from app.events.outbox import EventType as Event
from app.events.outbox import OutboxEvent
from app.models import EventType, Host, Membership, Team
from app.services.checks import (
    check_choice,
    check_colour,
    check_slug,
    check_stored_metadata,
    check_text,
    check_url,
    check_zone,
)
from app.services.columns import numbers
from app.services.permissions import Role, require_team_role
from app.services.teams.views import TeamView
from app.services.unset import UNSET, Unset, given


@dataclass(frozen=True, slots=True)
class CreateTeam:
    """A new team whose owner the caller becomes; `parent_id` is an organization the caller administers."""

    name: str
    slug: str
    parent_id: int | None = None
    bio: str | None = None
    logo_url: str | None = None
    time_zone: str = "Europe/London"
    is_organization: bool = False
    is_platform: bool = False


@dataclass(frozen=True, slots=True)
class UpdateTeam:
    """New values; what is UNSET stays."""

    id: int
    name: str | Unset = UNSET
    slug: str | Unset = UNSET
    bio: str | None | Unset = UNSET
    logo_url: str | None | Unset = UNSET
    banner_url: str | None | Unset = UNSET
    time_zone: str | Unset = UNSET
    week_start: str | Unset = UNSET
    time_format: int | None | Unset = UNSET
    theme: str | None | Unset = UNSET
    brand_color: str | None | Unset = UNSET
    dark_brand_color: str | None | Unset = UNSET
    hide_branding: bool | Unset = UNSET
    hide_book_a_team_member: bool | Unset = UNSET
    is_private: bool | Unset = UNSET
    metadata: dict[str, Any] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteTeam:
    """The team with this id."""

    id: int


async def create_team(ctx: RequestContext, command: CreateTeam) -> TeamView:
    """Make a team; the caller is its accepted owner. Raises ConflictError for a taken slug, ForbiddenError."""
    user_id = ctx.require_user()
    if command.parent_id is not None:
        await require_team_role(ctx, command.parent_id, Role.ADMIN)
    if command.is_organization and not ctx.actor.is_admin:
        raise InvalidInputError.at("isOrganization", "An organization is made by the operator.", "forbidden")
    values: dict[str, Any] = {
        "name": check_text("name", command.name, least=1, most=200),
        "slug": check_slug("slug", command.slug),
        "bio": check_text("bio", command.bio, most=5000) if command.bio is not None else None,
        "logo_url": check_url("logoUrl", command.logo_url) if command.logo_url is not None else None,
        "time_zone": check_zone("timeZone", command.time_zone),
    }

    async def work(uow: UnitOfWork) -> TeamView:
        team = await Team.create(
            **values,
            parent_id=command.parent_id,
            is_organization=command.is_organization,
            is_platform=command.is_platform,
        )
        await Membership.create(team_id=team.id, user_id=user_id, role="OWNER", accepted=True)
        _tell(uow, team.id, "created")
        return TeamView.of(team)

    return await _saved(ctx, work)


async def update_team(ctx: RequestContext, command: UpdateTeam) -> TeamView:
    """Change a team, as its admin or owner. Raises NotFoundError, ForbiddenError, ConflictError."""
    await require_existing(command.id)
    await require_team_role(ctx, command.id, Role.ADMIN)
    values = {name: _check(name, value) for name, value in given(command, skip=frozenset({"id"})).items()}

    async def work(uow: UnitOfWork) -> TeamView:
        team = await Team.get(id=command.id)
        team.update_from_dict(values)
        await team.save()
        _tell(uow, team.id, "updated")
        return TeamView.of(team)

    return await _saved(ctx, work)


async def delete_team(ctx: RequestContext, command: DeleteTeam) -> TeamView:
    """Remove a team with its event types, as its owner. Bookings stay, without event type. Returns what it was."""
    await require_existing(command.id)
    await require_team_role(ctx, command.id, Role.OWNER)

    async def work(uow: UnitOfWork) -> TeamView:
        team = await Team.get(id=command.id)
        event_types = await numbers(EventType.filter(team_id=team.id), "id")
        hosts = await numbers(Host.filter(event_type_id__in=event_types), "user_id")
        uow.hint(*(f"event-type:{item}" for item in event_types))
        uow.bump_hosts(sorted(set(hosts)))
        _tell(uow, team.id, "deleted")
        await team.delete()
        return TeamView.of(team)

    return await unit_of_work(ctx, work)


async def require_existing(team_id: int) -> Team:
    """The team's row. Raises NotFoundError."""
    team = await Team.get_or_none(id=team_id)
    if team is None:
        raise NotFoundError(f"Team with id {team_id} not found", path=("id",))
    return team


async def _saved(ctx: RequestContext, work: Any) -> TeamView:
    try:
        view: TeamView = await unit_of_work(ctx, work)
    except ConstraintError as error:
        raise ConflictError("This slug is already taken.", path=("slug",)) from error
    return view


def _tell(uow: UnitOfWork, team_id: int, change: str) -> None:
    payload = {"id": team_id, "change": change}
    uow.record(OutboxEvent(type=Event.TEAM_CHANGED, key=f"team:{team_id}", payload=payload, team_id=team_id))


def _check(name: str, value: Any) -> Any:
    check = _CHECKS.get(name)
    return value if value is None or check is None else check(value)


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "name": lambda value: check_text("name", value, least=1, most=200),
    "slug": lambda value: check_slug("slug", value),
    "bio": lambda value: check_text("bio", value, most=5000),
    "logo_url": lambda value: check_url("logoUrl", value),
    "banner_url": lambda value: check_url("bannerUrl", value),
    "time_zone": lambda value: check_zone("timeZone", value),
    "theme": lambda value: check_choice("theme", value, ("light", "dark")),
    "brand_color": lambda value: check_colour("brandColor", value),
    "dark_brand_color": lambda value: check_colour("darkBrandColor", value),
    "metadata": check_stored_metadata,
}
