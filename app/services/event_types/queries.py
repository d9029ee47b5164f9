"""Look event types up."""

from collections import defaultdict
from collections.abc import Sequence

from tortoise.queryset import QuerySet

from app.context import RequestContext
from app.errors import InvalidInputError, NotFoundError
from app.models import EventType, Host, Team, User
from app.services.event_types.access import can_edit
from app.services.event_types.views import EventTypeView, HostView
from app.services.permissions import Role, may_manage_user, team_role
from app.services.slots.refs import EventTypeRef
from app.services.users.queries import users_by_id

MAX_LIST = 500


async def get_event_type(ctx: RequestContext, ref: EventTypeRef) -> EventTypeView:
    """One event type, public (a hidden one too: who knows its name may book it, BK-13). Raises NotFoundError."""
    row = await find(ref)
    return (await load_views([row]))[0]


async def find(ref: EventTypeRef) -> EventType:
    """The row a reference names. Raises NotFoundError with the texts of BK-4."""
    ref.check()
    if ref.is_group:
        raise InvalidInputError.at("eventType", "A dynamic group has no event type of its own.", "ref")
    row = await _rows(ref).order_by("id").first()
    if row is None:
        raise NotFoundError(_missing(ref), path=("eventType",))
    return row


def _rows(ref: EventTypeRef) -> QuerySet[EventType]:
    if ref.id is not None:
        return EventType.filter(id=ref.id)
    if ref.username is not None:
        rows = EventType.filter(slug=ref.slug, owner__username=ref.username.lower())
        return rows.filter(owner__organization__slug=ref.organization_slug) if ref.organization_slug else rows
    rows = EventType.filter(slug=ref.slug, team__slug=ref.team_slug)
    return rows.filter(team__parent__slug=ref.organization_slug) if ref.organization_slug else rows


def _missing(ref: EventTypeRef) -> str:
    if ref.id is not None:
        return f"Event type with id {ref.id} not found."
    whose = f"user {ref.username}" if ref.username is not None else f"team {ref.team_slug}"
    within = f" within organization {ref.organization_slug}" if ref.organization_slug else ""
    return f"Event type with slug {ref.slug} belonging to {whose}{within} not found."


async def list_user_event_types(ctx: RequestContext, username: str | None = None) -> list[EventTypeView]:
    """Personal event types: all of the caller's own, or the public ones of `username`, by position and id."""
    if username is None:
        owner = ctx.require_user()
        everything = True
    else:
        user = await User.filter(username=username.lower()).order_by("id").first()
        if user is None:
            raise NotFoundError(f"User with username {username} not found", path=("username",))
        owner = user.id
        everything = not ctx.actor.is_anonymous and await may_manage_user(ctx, owner)
    rows = EventType.filter(owner_id=owner, **({} if everything else {"hidden": False}))
    return await load_views(await rows.order_by("position", "id").limit(MAX_LIST))


async def list_team_event_types(ctx: RequestContext, team_id: int) -> list[EventTypeView]:
    """A team's event types; hidden ones only for its admins. Raises NotFoundError."""
    if not await Team.filter(id=team_id).exists():
        raise NotFoundError(f"Team with id {team_id} not found", path=("teamId",))
    role = None if ctx.actor.is_anonymous else await team_role(ctx.require_user(), team_id)
    everything = ctx.actor.is_admin or (role is not None and role >= Role.ADMIN)
    rows = EventType.filter(team_id=team_id, **({} if everything else {"hidden": False}))
    return await load_views(await rows.order_by("position", "id").limit(MAX_LIST))


async def editable_event_types(ctx: RequestContext, ids: Sequence[int]) -> dict[int, bool]:
    """Which of these event types the caller may change, for loaders; asked once per owner or team."""
    if ctx.actor.is_anonymous:
        return {}
    by_holder: dict[tuple[int | None, int | None], list[EventType]] = defaultdict(list)
    for row in await EventType.filter(id__in=list(set(ids))).only("id", "owner_id", "team_id"):
        by_holder[row.owner_id, row.team_id].append(row)
    return {row.id: may for rows in by_holder.values() for may in [await can_edit(ctx, rows[0])] for row in rows}


async def event_types_by_id(ids: Sequence[int]) -> dict[int, EventTypeView]:
    """Event types by id without their hosts, for loaders. One statement for any number."""
    return {row.id: EventTypeView.of(row, []) for row in await EventType.filter(id__in=list(set(ids)))}


async def hosts_by_event_type(ids: Sequence[int]) -> dict[int, list[HostView]]:
    """The hosts of event types with their people, for loaders. Two statements for any number."""
    hosts: dict[int, list[Host]] = defaultdict(list)
    for host in await Host.filter(event_type_id__in=list(set(ids))).order_by("id"):
        hosts[host.event_type_id].append(host)
    people = await users_by_id([host.user_id for group in hosts.values() for host in group])
    return {key: [HostView.of(host, people) for host in group] for key, group in hosts.items()}


async def load_views(rows: Sequence[EventType]) -> list[EventTypeView]:
    """Views of rows in the given order, hosts and their people included. Two statements for any number."""
    hosts = await hosts_by_event_type([row.id for row in rows]) if rows else {}
    return [EventTypeView.of(row, hosts.get(row.id, [])) for row in rows]
