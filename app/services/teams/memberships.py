"""Who belongs to a team: invite, accept, change, remove."""

from dataclasses import dataclass

from app.context import RequestContext
from app.db.unit_of_work import ConstraintError, UnitOfWork, unit_of_work
from app.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, StrangerError
from app.events.outbox import EventType, OutboxEvent
from app.models import Membership, User
from app.services.event_types.members import member_joined, member_left
from app.services.permissions import Role, require_team_role, same_organization, team_role
from app.services.teams.views import MembershipView
from app.services.teams.write import require_existing
from app.services.unset import UNSET, Unset
from app.services.users.views import UserView

ROLES = tuple(role.name for role in Role)


@dataclass(frozen=True, slots=True)
class AddMember:
    """A person to invite, by one of id, username or e-mail."""

    team_id: int
    user_id: int | None = None
    username: str | None = None
    email: str | None = None
    role: str = "MEMBER"
    accepted: bool = False
    disable_impersonation: bool = False


@dataclass(frozen=True, slots=True)
class UpdateMembership:
    """New values for a membership; what is UNSET stays."""

    id: int
    role: str | Unset = UNSET
    accepted: bool | Unset = UNSET
    disable_impersonation: bool | Unset = UNSET


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """The membership with this id."""

    id: int


@dataclass(frozen=True, slots=True)
class AcceptMembership:
    """The caller's own invitation with this id."""

    id: int


async def add_member(ctx: RequestContext, command: AddMember) -> MembershipView:
    """Invite a person, as admin of the team; they accept themselves.

    `accepted` counts only inside one organization or from a system administrator: nobody can be made the host of a
    stranger's team. Raises NotFoundError, ForbiddenError, ConflictError (already in the team).
    """
    await require_existing(command.team_id)
    await require_team_role(ctx, command.team_id, Role.ADMIN)
    _check_role(command.role)
    await _check_giving(ctx, command.team_id, command.role)
    user = await _person(command)
    accepted = command.accepted and await _may_accept_for(ctx, user.id)

    async def work(uow: UnitOfWork) -> MembershipView:
        row = await Membership.create(
            team_id=command.team_id,
            user_id=user.id,
            role=command.role,
            accepted=accepted,
            disable_impersonation=command.disable_impersonation,
        )
        if accepted:
            await member_joined(uow, command.team_id, user.id)
        return _told(uow, row, "membership-created", UserView.of(user))

    try:
        return await unit_of_work(ctx, work)
    except ConstraintError as error:
        raise ConflictError("This person is already in the team.", path=("person",)) from error


async def accept_membership(ctx: RequestContext, command: AcceptMembership) -> MembershipView:
    """Join a team one was invited to. Raises NotFoundError for anybody else's invitation."""
    user_id = ctx.require_user()

    async def work(uow: UnitOfWork) -> MembershipView:
        row = await Membership.get_or_none(id=command.id, user_id=user_id)
        if row is None:
            raise NotFoundError("You have no invitation with this id.", path=("id",))
        if not row.accepted:
            row.accepted = True
            await row.save(update_fields=["accepted", "updated_at"])
            await member_joined(uow, row.team_id, user_id)
        return _told(uow, row, "membership-accepted")

    return await unit_of_work(ctx, work)


async def update_membership(ctx: RequestContext, command: UpdateMembership) -> MembershipView:
    """Change a role, as admin of the team (an owner's role: as owner). A team keeps at least one owner."""
    row = await _administered(ctx, command.id)
    if command.role is not UNSET:
        _check_role(command.role)
        await _check_giving(ctx, row.team_id, command.role)
        await _keep_an_owner(ctx, row, command.role)
        row.role = command.role
    joins = command.accepted is True and not row.accepted
    if joins and not await _may_accept_for(ctx, row.user_id):
        raise ForbiddenError("Only the invited person can accept this invitation.", path=("accepted",))
    if joins:
        row.accepted = True
    if command.disable_impersonation is not UNSET:
        row.disable_impersonation = command.disable_impersonation

    async def work(uow: UnitOfWork) -> MembershipView:
        await row.save()
        if joins:
            await member_joined(uow, row.team_id, row.user_id)
        return _told(uow, row, "membership-updated")

    return await unit_of_work(ctx, work)


async def remove_member(ctx: RequestContext, command: RemoveMember) -> MembershipView:
    """End a membership, as admin of the team or for oneself; the person stops hosting the team's event types."""
    row = await Membership.get_or_none(id=command.id)
    if row is None or row.user_id != ctx.require_user():
        row = await _administered(ctx, command.id)
    await _keep_an_owner(ctx, row, None)

    async def work(uow: UnitOfWork) -> MembershipView:
        view = _told(uow, row, "membership-deleted")
        await member_left(uow, view.team_id, view.user_id)
        await Membership.filter(id=row.id).delete()
        return view

    return await unit_of_work(ctx, work)


async def _administered(ctx: RequestContext, membership_id: int) -> Membership:
    user_id = ctx.require_user()
    row = await Membership.get_or_none(id=membership_id)
    missing = f"Membership with id {membership_id} not found."
    if row is None:
        raise NotFoundError(missing, path=("id",))
    if not ctx.actor.is_admin and await team_role(user_id, row.team_id) is None:
        raise StrangerError("You are not in the team of this membership.", missing, path=("id",))
    await require_team_role(ctx, row.team_id, Role.ADMIN)
    return row


async def _person(command: AddMember) -> User:
    if command.user_id is not None:
        row = await User.get_or_none(id=command.user_id)
    elif command.username is not None:
        row = await User.filter(username=command.username.lower()).order_by("id").first()
    else:
        row = await User.get_or_none(email=(command.email or "").lower())
    if row is None:
        raise NotFoundError("There is no such user.", path=("person",))
    return row


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise InvalidInputError.at("role", f"Must be one of {', '.join(ROLES)}.", "choice")


async def _check_giving(ctx: RequestContext, team_id: int, role: str) -> None:
    """Only an owner makes an owner."""
    if role == "OWNER":
        await require_team_role(ctx, team_id, Role.OWNER)


async def _may_accept_for(ctx: RequestContext, user_id: int) -> bool:
    caller = ctx.require_user()
    return ctx.actor.is_admin or caller == user_id or await same_organization(caller, user_id)


async def _keep_an_owner(ctx: RequestContext, row: Membership, new_role: str | None) -> None:
    if row.role != "OWNER" or new_role == "OWNER":
        return
    team_id: int = row.team_id
    if not ctx.actor.is_admin and await team_role(ctx.require_user(), team_id) is not Role.OWNER:
        raise ForbiddenError("Only an owner can change or remove an owner.", path=("id",))
    others = Membership.filter(team_id=team_id, role="OWNER", accepted=True).exclude(id=row.id)
    if not await others.exists():
        raise InvalidInputError.at("role", "A team keeps at least one owner.", "last_owner")


def _told(uow: UnitOfWork, row: Membership, change: str, user: UserView | None = None) -> MembershipView:
    view = MembershipView.of(row, user)
    payload = {"change": change, "id": view.id, "userId": view.user_id, "role": view.role, "accepted": view.accepted}
    uow.record(
        OutboxEvent(
            type=EventType.TEAM_CHANGED,
            key=f"team:{view.team_id}",
            topics=(f"user:{view.user_id}",),
            payload=payload,
            user_id=view.user_id,
            team_id=view.team_id,
        )
    )
    return view
