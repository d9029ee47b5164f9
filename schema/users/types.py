"""People as the API shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry
from strawberry.scalars import JSON

from app.services.event_types.queries import list_user_event_types
from app.services.users.views import UserView
from schema.bounded_lists import connect
from schema.context import Info
from schema.node import Node, global_id
from schema.pagination import After, Before, Connection, First, Last
from schema.scalars import URL, EmailAddress, Locale, TimeZone

if TYPE_CHECKING:
    from schema.event_types.types import EventType

LazyEventType = Annotated["EventType", strawberry.lazy("schema.event_types.types")]


@strawberry.type(description="A person who publishes event types or hosts them in a team; what everybody may see.")
class User(Node):
    """Public side of a `UserView`."""

    database_id: int = strawberry.field(description="Number of this user in the REST API.")
    username: str = strawberry.field(description="Name in links, unique.")
    name: str | None = strawberry.field(description="Full name.")
    bio: str | None = strawberry.field(description="What the person says about themselves.")
    avatar_url: URL | None = strawberry.field(description="Picture.")
    time_zone: TimeZone = strawberry.field(description="Zone of the person's own profile.")
    week_start: str = strawberry.field(description="First day of the week: `Monday`, `Sunday`, ...")
    time_format: int = strawberry.field(description="12 or 24.")
    locale: Locale = strawberry.field(description="Language of the person.")
    view: strawberry.Private[UserView]

    @classmethod
    def from_view(cls, view: UserView) -> Self:
        """The type of a view."""
        return cls(
            id=global_id("User", view.id),
            database_id=view.id,
            username=view.username,
            name=view.name,
            bio=view.bio,
            avatar_url=URL(view.avatar_url) if view.avatar_url else None,
            time_zone=TimeZone(view.time_zone),
            week_start=view.week_start,
            time_format=view.time_format,
            locale=Locale(view.locale),
            view=view,
        )

    @strawberry.field(description="Event types of this person, by position; hidden ones only for the person.")
    async def event_types(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[LazyEventType] | None:
        from schema.event_types.types import EventType  # noqa: PLC0415 the two types name each other

        rows = await list_user_event_types(info.context.request, self.view.username)
        return connect(
            Connection[EventType], info, rows, name="user.eventTypes", node=EventType.from_view,
            first=first, after=after, last=last, before=before,
        )  # fmt: skip


@strawberry.type(description="The caller's own side of their account.")
class Account:
    """Private side of a `UserView`."""

    email: EmailAddress = strawberry.field(description="Address for mails and sign-in.")
    theme: str | None = strawberry.field(description="`light`, `dark`, or null for the system's.")
    brand_color: str | None = strawberry.field(description="Colour of the booking page, such as `#292929`.")
    dark_brand_color: str | None = strawberry.field(description="Colour of the booking page in dark mode.")
    allow_dynamic_booking: bool = strawberry.field(description="Whether groups may be booked that include the person.")
    is_admin: bool = strawberry.field(description="Whether the person administers this installation.")
    metadata: JSON = strawberry.field(description="What clients stored with the account.")
    created_at: datetime = strawberry.field(description="When the account was made.")

    @classmethod
    def from_view(cls, view: UserView) -> Self:
        """The type of a view."""
        return cls(
            email=EmailAddress(view.email),
            theme=view.theme,
            brand_color=view.brand_color,
            dark_brand_color=view.dark_brand_color,
            allow_dynamic_booking=view.allow_dynamic_booking,
            is_admin=view.is_admin,
            metadata=JSON(view.metadata),
            created_at=view.created_at,
        )
