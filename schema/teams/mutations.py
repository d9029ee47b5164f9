"""Make, change and remove teams and memberships."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

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
from app.services.teams.write import CreateTeam, DeleteTeam, UpdateTeam, create_team, delete_team, update_team
from schema.context import Info
from schema.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from schema.inputs import given, given_as
from schema.node import database_id
from schema.scalars import URL, EmailAddress, TimeZone
from schema.teams.types import Membership, Team, TeamRole


@strawberry.input(description="A new team; the caller becomes its owner.")
class CreateTeamInput:
    """Input of `createTeam`."""

    name: str = strawberry.field(description="Name.")
    slug: str = strawberry.field(description="Name in links, unique: lower-case letters, digits, `.`, `-`, `_`.")
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="An organization the caller administers."
    )
    bio: str | None = strawberry.field(default=None, description="About the team.")
    logo_url: URL | None = strawberry.field(default=None, description="Logo.")
    time_zone: TimeZone = strawberry.field(default=TimeZone("Europe/London"), description="Zone of the team.")


@strawberry.input(description="New values for a team; what is left out stays.")
class UpdateTeamInput:
    """Input of `updateTeam`."""

    id: strawberry.ID = strawberry.field(description="The team.")
    name: strawberry.Maybe[str] = strawberry.field(default=None, description="Name.")
    slug: strawberry.Maybe[str] = strawberry.field(default=None, description="Name in links.")
    bio: strawberry.Maybe[str | None] = strawberry.field(default=None, description="About the team.")
    logo_url: strawberry.Maybe[URL | None] = strawberry.field(default=None, description="Logo.")
    time_zone: strawberry.Maybe[TimeZone] = strawberry.field(default=None, description="Zone of the team.")
    theme: strawberry.Maybe[str | None] = strawberry.field(default=None, description="`light` or `dark`.")
    brand_color: strawberry.Maybe[str | None] = strawberry.field(default=None, description="Such as `#292929`.")
    dark_brand_color: strawberry.Maybe[str | None] = strawberry.field(default=None, description="Such as `#fafafa`.")
    is_private: strawberry.Maybe[bool] = strawberry.field(default=None, description="Only members may see the team.")
    metadata: strawberry.Maybe[JSON] = strawberry.field(default=None, description="What clients store with the team.")


@strawberry.input(description="Which team to remove.")
class DeleteTeamInput:
    """Input of `deleteTeam`."""

    id: strawberry.ID = strawberry.field(description="The team.")


@strawberry.input(one_of=True, description="A person, named in one way.")
class PersonRef:
    """Names a user."""

    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="By id.")
    username: str | None = strawberry.field(default=strawberry.UNSET, description="By name in links.")
    email: EmailAddress | None = strawberry.field(default=strawberry.UNSET, description="By address.")


@strawberry.input(description="A person to invite to a team.")
class AddMemberInput:
    """Input of `addMember`."""

    team_id: strawberry.ID = strawberry.field(description="The team.")
    person: PersonRef = strawberry.field(description="Whom to invite.")
    role: TeamRole = strawberry.field(default=TeamRole.MEMBER, description="What the person may do.")
    accepted: bool = strawberry.field(
        default=False, description="Join at once; counts only inside one organization or from an administrator."
    )


@strawberry.input(description="New values for a membership; what is left out stays.")
class UpdateMembershipInput:
    """Input of `updateMembership`."""

    id: strawberry.ID = strawberry.field(description="The membership.")
    role: strawberry.Maybe[TeamRole] = strawberry.field(default=None, description="What the person may do.")
    disable_impersonation: strawberry.Maybe[bool] = strawberry.field(
        default=None, description="Admins may not act as them."
    )


@strawberry.input(description="Which membership to end.")
class RemoveMemberInput:
    """Input of `removeMember`."""

    id: strawberry.ID = strawberry.field(description="The membership.")


@strawberry.input(description="Which invitation to accept.")
class AcceptMembershipInput:
    """Input of `acceptMembership`."""

    id: strawberry.ID = strawberry.field(description="The caller's own invitation.")


@strawberry.type(description="The team as it is now, or was before its removal.")
class TeamSuccess:
    """Success member of the team results."""

    team: Team = strawberry.field(description="The team.")


@strawberry.type(description="The membership as it is now, or was before its end.")
class MembershipSuccess:
    """Success member of the membership results."""

    membership: Membership = strawberry.field(description="The membership.")


CreateTeamResult = Annotated[
    TeamSuccess | InvalidInput | Conflict | Forbidden | Unauthenticated,
    strawberry.union("CreateTeamResult", description="The new team, or what is wrong."),
]
UpdateTeamResult = Annotated[
    TeamSuccess | InvalidInput | Conflict | NotFound | Forbidden | Unauthenticated,
    strawberry.union("UpdateTeamResult", description="The changed team, or what is wrong."),
]
DeleteTeamResult = Annotated[
    TeamSuccess | NotFound | Forbidden | Unauthenticated,
    strawberry.union("DeleteTeamResult", description="The removed team, or what is wrong."),
]
AddMemberResult = Annotated[
    MembershipSuccess | InvalidInput | Conflict | NotFound | Forbidden | Unauthenticated,
    strawberry.union("AddMemberResult", description="The new membership, or what is wrong."),
]
UpdateMembershipResult = Annotated[
    MembershipSuccess | InvalidInput | NotFound | Forbidden | Unauthenticated,
    strawberry.union("UpdateMembershipResult", description="The changed membership, or what is wrong."),
]
RemoveMemberResult = Annotated[
    MembershipSuccess | InvalidInput | NotFound | Forbidden | Unauthenticated,
    strawberry.union("RemoveMemberResult", description="The ended membership, or what is wrong."),
]
AcceptMembershipResult = Annotated[
    MembershipSuccess | NotFound | Unauthenticated,
    strawberry.union("AcceptMembershipResult", description="The membership, or what is wrong."),
]


@strawberry.type
class TeamMutations:
    """Mixin for `Mutation`."""

    @strawberry.mutation(description="Make a team; the caller becomes its owner.")
    async def create_team(
        self, info: Info, input: Annotated[CreateTeamInput, strawberry.argument(description="The team.")]
    ) -> CreateTeamResult:
        command = CreateTeam(
            name=input.name,
            slug=input.slug,
            parent_id=database_id(input.parent_id, "Team") if input.parent_id is not None else None,
            bio=input.bio,
            logo_url=input.logo_url,
            time_zone=input.time_zone,
        )
        return TeamSuccess(team=Team.from_view(await create_team(info.context.request, command)))

    @strawberry.mutation(description="Change a team, as its admin.")
    async def update_team(
        self, info: Info, input: Annotated[UpdateTeamInput, strawberry.argument(description="New values.")]
    ) -> UpdateTeamResult:
        command = UpdateTeam(
            id=database_id(input.id, "Team"),
            name=given(input.name),
            slug=given(input.slug),
            bio=given(input.bio),
            logo_url=given(input.logo_url),
            time_zone=given(input.time_zone),
            theme=given(input.theme),
            brand_color=given(input.brand_color),
            dark_brand_color=given(input.dark_brand_color),
            is_private=given(input.is_private),
            metadata=given(input.metadata),
        )
        return TeamSuccess(team=Team.from_view(await update_team(info.context.request, command)))

    @strawberry.mutation(description="Remove a team with its event types, as its owner; bookings stay.")
    async def delete_team(
        self, info: Info, input: Annotated[DeleteTeamInput, strawberry.argument(description="The team.")]
    ) -> DeleteTeamResult:
        view = await delete_team(info.context.request, DeleteTeam(database_id(input.id, "Team")))
        return TeamSuccess(team=Team.from_view(view))

    @strawberry.mutation(description="Invite a person to a team, as its admin.")
    async def add_member(
        self, info: Info, input: Annotated[AddMemberInput, strawberry.argument(description="The person.")]
    ) -> AddMemberResult:
        command = AddMember(
            team_id=database_id(input.team_id, "Team"),
            user_id=database_id(input.person.id, "User") if input.person.id else None,
            username=input.person.username or None,
            email=input.person.email or None,
            role=input.role.value,
            accepted=input.accepted,
        )
        return MembershipSuccess(membership=Membership.from_view(await add_member(info.context.request, command)))

    @strawberry.mutation(description="Change what a member may do, as admin of the team.")
    async def update_membership(
        self, info: Info, input: Annotated[UpdateMembershipInput, strawberry.argument(description="New values.")]
    ) -> UpdateMembershipResult:
        command = UpdateMembership(
            id=database_id(input.id, "Membership"),
            role=given_as(input.role, lambda role: role.value),
            disable_impersonation=given(input.disable_impersonation),
        )
        view = await update_membership(info.context.request, command)
        return MembershipSuccess(membership=Membership.from_view(view))

    @strawberry.mutation(description="End a membership, as admin of the team or for oneself.")
    async def remove_member(
        self, info: Info, input: Annotated[RemoveMemberInput, strawberry.argument(description="The membership.")]
    ) -> RemoveMemberResult:
        view = await remove_member(info.context.request, RemoveMember(database_id(input.id, "Membership")))
        return MembershipSuccess(membership=Membership.from_view(view))

    @strawberry.mutation(description="Join a team one was invited to.")
    async def accept_membership(
        self, info: Info, input: Annotated[AcceptMembershipInput, strawberry.argument(description="The invitation.")]
    ) -> AcceptMembershipResult:
        view = await accept_membership(info.context.request, AcceptMembership(database_id(input.id, "Membership")))
        return MembershipSuccess(membership=Membership.from_view(view))
