"""Teams as the API shows them."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from app.services.event_types.queries import list_team_event_types
from app.services.teams.queries import list_memberships
from app.services.teams.views import MembershipView, TeamView
from schema.bounded_lists import connect
from schema.context import Info
from schema.enums import describe_enum
from schema.node import Node, global_id
from schema.pagination import After, Before, Connection, First, Last
from schema.scalars import URL, TimeZone
from schema.users.types import LazyEventType, User

if TYPE_CHECKING:
    from schema.bookings.queries import BookingFilter, BookingOrder
    from schema.bookings.types import Booking
    from schema.event_types.types import EventType  # noqa: F401 named by LazyEventType

LazyBooking = Annotated["Booking", strawberry.lazy("schema.bookings.types")]
LazyFilter = Annotated["BookingFilter", strawberry.lazy("schema.bookings.queries")]
LazyOrder = Annotated["BookingOrder", strawberry.lazy("schema.bookings.queries")]


class TeamRole(Enum):
    """The ladder inside a team (AU-12)."""

    MEMBER = "MEMBER"
    ADMIN = "ADMIN"
    OWNER = "OWNER"


describe_enum(
    TeamRole,
    name="TeamRole",
    description="What a member may do in the team.",
    values={
        "MEMBER": "Hosts events and sees the team.",
        "ADMIN": "Also changes the team, its members and its event types.",
        "OWNER": "Also removes the team and makes other owners.",
    },
)


@strawberry.type(description="Several people who share event types; an organization when `isOrganization`.")
class Team(Node):
    """GraphQL form of `TeamView`."""

    database_id: int = strawberry.field(description="Number of this team in the REST API.")
    name: str = strawberry.field(description="Name.")
    slug: str = strawberry.field(description="Name in links.")
    is_organization: bool = strawberry.field(description="Whether it is an organization with teams below it.")
    bio: str | None = strawberry.field(description="What the team says about itself.")
    logo_url: URL | None = strawberry.field(description="Logo.")
    time_zone: TimeZone = strawberry.field(description="Zone of the team.")
    week_start: str = strawberry.field(description="First day of the week.")
    theme: str | None = strawberry.field(description="`light`, `dark`, or null for the system's.")
    brand_color: str | None = strawberry.field(description="Colour of the booking pages.")
    dark_brand_color: str | None = strawberry.field(description="Colour of the booking pages in dark mode.")
    is_private: bool = strawberry.field(description="Whether only members may see it.")
    created_at: datetime = strawberry.field(description="When it was made.")
    view: strawberry.Private[TeamView]

    @classmethod
    def from_view(cls, view: TeamView) -> Self:
        """The type of a view."""
        return cls(
            id=global_id("Team", view.id),
            database_id=view.id,
            name=view.name,
            slug=view.slug,
            is_organization=view.is_organization,
            bio=view.bio,
            logo_url=URL(view.logo_url) if view.logo_url else None,
            time_zone=TimeZone(view.time_zone),
            week_start=view.week_start,
            theme=view.theme,
            brand_color=view.brand_color,
            dark_brand_color=view.dark_brand_color,
            is_private=view.is_private,
            created_at=view.created_at,
            view=view,
        )

    @strawberry.field(description="The organization above it.")
    async def parent(self, info: Info) -> "Team | None":
        if self.view.parent_id is None:
            return None
        view = await info.context.loaders.team_by_id.load(self.view.parent_id)
        return Team.from_view(view) if view is not None else None

    @strawberry.field(description="Members and invited people, in order of joining; for members of the team.")
    async def members(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection["Membership"] | None:
        rows = await list_memberships(info.context.request, self.view.id)
        return connect(
            Connection[Membership], info, rows, name="team.members", node=Membership.from_view,
            first=first, after=after, last=last, before=before,
        )  # fmt: skip

    @strawberry.field(description="Event types of the team, by position; hidden ones only for its admins.")
    async def event_types(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[LazyEventType] | None:
        from schema.event_types.types import EventType  # noqa: PLC0415 the two types name each other

        rows = await list_team_event_types(info.context.request, self.view.id)
        return connect(
            Connection[EventType], info, rows, name="team.eventTypes", node=EventType.from_view,
            first=first, after=after, last=last, before=before,
        )  # fmt: skip

    @strawberry.field(description="Bookings of the team that the caller may see.")
    async def bookings(
        self,
        info: Info,
        filter: Annotated[LazyFilter | None, strawberry.argument(description="Which bookings.")] = None,
        order_by: Annotated[
            LazyOrder | None, strawberry.argument(description="In which order; by start if left out.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[LazyBooking] | None:
        from schema.bookings.queries import booking_page  # noqa: PLC0415 the two types name each other

        return await booking_page(
            info, filter=filter, order_by=order_by, first=first, after=after, last=last, before=before,
            scope_team_id=self.view.id,
        )  # fmt: skip


@strawberry.type(description="A person's place in a team; it counts once accepted.")
class Membership(Node):
    """GraphQL form of `MembershipView`."""

    database_id: int = strawberry.field(description="Number of this membership in the REST API.")
    role: TeamRole = strawberry.field(description="What the person may do in the team.")
    accepted: bool = strawberry.field(description="Whether the person has joined.")
    disable_impersonation: bool = strawberry.field(description="Whether admins may not act as the person.")
    created_at: datetime = strawberry.field(description="When the person was invited.")
    view: strawberry.Private[MembershipView]

    @classmethod
    def from_view(cls, view: MembershipView) -> Self:
        """The type of a view."""
        return cls(
            id=global_id("Membership", view.id),
            database_id=view.id,
            role=TeamRole(view.role),
            accepted=view.accepted,
            disable_impersonation=view.disable_impersonation,
            created_at=view.created_at,
            view=view,
        )

    @strawberry.field(description="The person.")
    async def user(self, info: Info) -> User | None:
        view = self.view.user or await info.context.loaders.user_by_id.load(self.view.user_id)
        return User.from_view(view) if view is not None else None

    @strawberry.field(description="The team.")
    async def team(self, info: Info) -> Team | None:
        view = await info.context.loaders.team_by_id.load(self.view.team_id)
        return Team.from_view(view) if view is not None else None
