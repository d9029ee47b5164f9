"""Find event types as booking pages and dashboards do: the caller's own, somebody's, or those of a dynamic group."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.context import RequestContext
from app.errors import NotFoundError, PolicyViolationError
from app.models import EventType, Team, User
from app.services.event_types.access import can_edit
from app.services.event_types.queries import find, list_user_event_types, load_views
from app.services.event_types.views import EventTypeView, HostView
from app.services.permissions import may_manage_user
from app.services.slots.facts import GROUP_REFUSED
from app.services.slots.refs import EventTypeRef
from app.services.users.views import UserView

GROUP_LENGTHS = [15, 30, 45, 60, 90]


@dataclass(frozen=True, slots=True)
class SearchEventTypes:
    """Which event types: of `username` (nobody = one's own), of these that with `slug`, or of the group `usernames`.

    `organization_slug` or `organization_id` narrow to people of that organization.
    """

    username: str | None = None
    slug: str | None = None
    usernames: tuple[str, ...] = ()
    organization_slug: str | None = None
    organization_id: int | None = None


@dataclass(frozen=True, slots=True)
class FoundEventType:
    """An event type, and whether the caller may change it: what is not public is for those only."""

    view: EventTypeView
    may_edit: bool

    @property
    def id(self) -> int:
        """Its id."""
        return self.view.id


async def search_event_types(ctx: RequestContext, command: SearchEventTypes) -> list[FoundEventType]:
    """Event types by position and id; lists leave hidden ones out, a slug finds them (BK-13). Public.

    An unknown user or slug finds nothing. Raises NotFoundError for a group with somebody unknown,
    PolicyViolationError for one whose members do not allow it (TM-24).
    """
    if command.usernames:
        return [await _group(command)]
    if command.username is None:
        own = [] if ctx.actor.is_anonymous else await list_user_event_types(ctx)
        return [FoundEventType(view, may_edit=True) for view in own if command.slug in {None, view.slug}]
    organization = await _organization(command)
    if command.slug is not None:
        return await _by_slug(ctx, command.username, command.slug, organization)
    return await _of_user(ctx, command.username, organization)


async def get_own_event_type(ctx: RequestContext, event_type_id: int) -> FoundEventType:
    """An event type the caller may change; somebody else's is not found (VR-6). Raises NotFoundError."""
    ctx.require_user()
    row = await EventType.get_or_none(id=event_type_id)
    if row is None or not await can_edit(ctx, row):
        raise NotFoundError(f"Event type with id {event_type_id} not found", path=("id",))
    return FoundEventType((await load_views([row]))[0], may_edit=True)


async def _of_user(ctx: RequestContext, username: str, organization: str | None) -> list[FoundEventType]:
    user = await _people([username], organization)
    if not user:
        return []
    may_edit = not ctx.actor.is_anonymous and await may_manage_user(ctx, user[0].id)
    views = await list_user_event_types(ctx, username)
    return [FoundEventType(view, may_edit) for view in views if may_edit or not view.hidden]


async def _by_slug(ctx: RequestContext, username: str, slug: str, organization: str | None) -> list[FoundEventType]:
    try:
        row = await find(EventTypeRef(username=username, slug=slug, organization_slug=organization))
    except NotFoundError:
        return []
    return [FoundEventType((await load_views([row]))[0], await can_edit(ctx, row))]


async def _group(command: SearchEventTypes) -> FoundEventType:
    """The virtual event type of two or more people (TM-24)."""
    EventTypeRef(usernames=command.usernames).check()
    people = await _people(command.usernames, await _organization(command))
    if len(people) < len(set(command.usernames)):
        raise NotFoundError("Some of the users in this group do not exist", path=("usernames",))
    if not all(user.allow_dynamic_booking for user in people):
        raise PolicyViolationError(GROUP_REFUSED, policy="dynamic_booking", rule="TM-24", path=("usernames",))
    row = EventType(
        id=0, title="Group Meeting", slug="dynamic", length_minutes=30, length_options=GROUP_LENGTHS,
        scheduling_type="COLLECTIVE", disable_guests=True, locations=[{"type": "integrations:daily"}],
        owner_id=None, team_id=None, parent_id=None, schedule_id=None,
    )  # fmt: skip
    hosts = [HostView(user.id, True, 2, 100, None, UserView.of(user)) for user in people]
    return FoundEventType(EventTypeView.of(row, hosts), may_edit=False)


async def _people(usernames: Sequence[str], organization: str | None) -> list[User]:
    names = [name.lower() for name in dict.fromkeys(usernames)]
    rows = User.filter(username__in=names, locked=False)
    found = await (rows.filter(organization__slug=organization) if organization is not None else rows).order_by("id")
    return sorted(found, key=lambda user: names.index(user.username))


async def _organization(command: SearchEventTypes) -> str | None:
    if command.organization_slug is not None or command.organization_id is None:
        return command.organization_slug
    team = await Team.get_or_none(id=command.organization_id, is_organization=True)
    return team.slug if team is not None else ""
