"""Teams and who belongs to them: AU-12, TM-20, TM-22."""

import pytest

from app.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from app.models import EventType, Host, Membership, OutboxEntry, Team, User
from app.services.permissions import Role, team_role
from app.services.teams.memberships import (
    AcceptMembership,
    AddMember,
    RemoveMember,
    UpdateMembership,
    accept_membership,
    add_member,
    remove_member,
    update_membership,
)
from app.services.teams.queries import get_team, list_invitations, list_memberships, list_teams
from app.services.teams.write import CreateTeam, DeleteTeam, UpdateTeam, create_team, delete_team, update_team
from tests.services.slots.world import World


async def test_the_founder_owns_the_team(world: World) -> None:
    user = await world.person()
    team = await create_team(world.as_user(user), CreateTeam("Acme", "acme"))
    assert await team_role(user.id, team.id) is Role.OWNER
    assert [view.slug for view in await list_teams(world.as_user(user))] == ["acme"]
    with pytest.raises(ConflictError):
        await create_team(world.as_user(await world.person()), CreateTeam("Other", "acme"))
    assert await Team.all().count() == 1


async def test_an_organization_is_not_founded_by_anybody(world: World) -> None:
    user = await world.person()
    with pytest.raises(InvalidInputError):
        await create_team(world.as_user(user), CreateTeam("Acme", "acme", is_organization=True))
    organization = await world.team(await world.person(), is_organization=True)
    with pytest.raises(ForbiddenError):
        await create_team(world.as_user(user), CreateTeam("Acme", "acme", parent_id=organization.id))
    assert await Team.all().count() == 1


async def test_nobody_becomes_a_member_without_accepting(world: World) -> None:
    owner, invited, stranger = await world.person(), await world.person(), await world.person()
    team = await world.team(owner)
    made = await add_member(world.as_user(owner), AddMember(team.id, username=invited.username, accepted=True))
    assert made.accepted is False
    assert await team_role(invited.id, team.id) is None
    with pytest.raises(ForbiddenError):
        await update_membership(world.as_user(owner), UpdateMembership(made.id, accepted=True))
    with pytest.raises(NotFoundError):
        await accept_membership(world.as_user(stranger), AcceptMembership(made.id))
    assert [view.id for view in await list_invitations(world.as_user(invited))] == [made.id]
    await accept_membership(world.as_user(invited), AcceptMembership(made.id))
    assert await team_role(invited.id, team.id) is Role.MEMBER


async def test_inside_one_organization_an_admin_accepts_for_members(world: World) -> None:
    admin, member = await world.person(), await world.person()
    organization = await world.team(admin, member, is_organization=True)
    team = await create_team(world.as_user(admin), CreateTeam("Sales", "sales", parent_id=organization.id))
    made = await add_member(world.as_user(admin), AddMember(team.id, user_id=member.id, accepted=True))
    assert made.accepted is True
    assert await team_role(member.id, team.id) is Role.MEMBER


async def test_au_12_an_organization_admin_passes_team_checks_and_an_outsider_in_the_team_does_not(
    world: World,
) -> None:
    admin, outsider = await world.person(), await world.person()
    organization = await world.team(admin, is_organization=True)
    team = await world.team(outsider, parent=organization)
    assert await team_role(admin.id, team.id) is Role.OWNER
    assert await team_role(outsider.id, team.id) is None


async def test_a_stranger_changes_nothing(world: World) -> None:
    owner, member, stranger = await world.person(), await world.person(), await world.person()
    team = await world.team(owner, member)
    membership = await Membership.get(team=team, user=member)
    for person in (stranger, member):
        ctx = world.as_user(person)
        for attempt in (
            update_team(ctx, UpdateTeam(team.id, name="Mine")),
            delete_team(ctx, DeleteTeam(team.id)),
            add_member(ctx, AddMember(team.id, user_id=stranger.id)),
            update_membership(ctx, UpdateMembership(membership.id, role="OWNER")),
        ):
            with pytest.raises(ForbiddenError):
                await attempt
    with pytest.raises(ForbiddenError):
        await remove_member(world.as_user(stranger), RemoveMember(membership.id))
    with pytest.raises(ForbiddenError):
        await list_memberships(world.as_user(stranger), team.id)
    assert (await Team.get(id=team.id)).name == team.name
    assert (await Membership.all().count(), await OutboxEntry.all().count()) == (2, 0)


async def test_only_an_owner_makes_owners_and_one_always_stays(world: World) -> None:
    owner, admin = await world.person(), await world.person()
    team = await world.team(owner, admin)
    own, other = await Membership.get(team=team, user=owner), await Membership.get(team=team, user=admin)
    await update_membership(world.as_user(owner), UpdateMembership(other.id, role="ADMIN"))
    with pytest.raises(ForbiddenError):
        await update_membership(world.as_user(admin), UpdateMembership(other.id, role="OWNER"))
    with pytest.raises(ForbiddenError):
        await remove_member(world.as_user(admin), RemoveMember(own.id))
    with pytest.raises(InvalidInputError):
        await remove_member(world.as_user(owner), RemoveMember(own.id))
    await update_membership(world.as_user(owner), UpdateMembership(other.id, role="OWNER"))
    await remove_member(world.as_user(owner), RemoveMember(own.id))
    assert [row.role for row in await Membership.filter(team=team)] == ["OWNER"]


async def test_tm_20_all_members_means_later_ones_too_and_leavers_stop_hosting(world: World) -> None:
    owner, late = await world.person(), await world.person()
    team = await world.team(owner)
    event_type = await world.team_event("ROUND_ROBIN", owner, team=team, assign_all_members=True)
    before = (await EventType.get(id=event_type.id)).slots_changed_at
    made = await add_member(world.as_user(owner), AddMember(team.id, email=late.email.upper()))
    assert await Host.filter(event_type=event_type).count() == 1
    await accept_membership(world.as_user(late), AcceptMembership(made.id))
    assert await Host.filter(event_type=event_type, user=late).exists()
    assert (await EventType.get(id=event_type.id)).slots_changed_at > before
    await remove_member(world.as_user(late), RemoveMember(made.id))
    assert not await Host.filter(event_type=event_type, user=late).exists()


async def test_a_removed_team_takes_its_event_types_and_frees_its_hosts(world: World) -> None:
    owner = await world.person()
    team = await world.team(owner)
    await world.team_event("COLLECTIVE", owner, team=team)
    before = (await User.get(id=owner.id)).slots_changed_at
    await delete_team(world.as_user(owner), DeleteTeam(team.id))
    assert (await Team.all().count(), await EventType.all().count(), await Host.all().count()) == (0, 0, 0)
    assert (await User.get(id=owner.id)).slots_changed_at > before


async def test_a_private_team_is_seen_by_members_only(world: World) -> None:
    owner, stranger = await world.person(), await world.person()
    team = await world.team(owner, is_private=True)
    assert (await get_team(world.as_user(owner), team_id=team.id)).id == team.id
    for ctx in (world.ctx, world.as_user(stranger)):
        with pytest.raises(NotFoundError):
            await get_team(ctx, slug=team.slug)
