"""What a signed-in caller reads of their own."""

from typing import Annotated

import strawberry

from app.services.api_keys.revoke import list_api_keys
from app.services.event_types.queries import list_user_event_types
from app.services.event_types.search import get_own_event_type
from app.services.out_of_office.write import list_out_of_office
from app.services.schedules.queries import get_default_schedule, list_schedules
from app.services.teams.queries import list_invitations, list_teams
from app.services.users.queries import get_user, get_viewer
from app.services.users.views import UserView
from app.services.webhooks.queries import ListWebhooks, list_webhooks
from schema.api_keys.types import ApiKey
from schema.bookings.queries import Filter, Order, booking_page
from schema.bookings.types import Booking
from schema.bounded_lists import connect
from schema.context import Info
from schema.event_types.types import EventType
from schema.node import database_id
from schema.out_of_office.types import OutOfOffice
from schema.pagination import After, Before, Connection, First, Last
from schema.schedules.types import Schedule
from schema.teams.types import Membership, Team
from schema.users.types import Account, User
from schema.webhooks.types import Webhook


@strawberry.type(description="The signed-in caller.")
class Viewer:
    """Everything that belongs to the caller."""

    view: strawberry.Private[UserView]

    @strawberry.field(description="The caller as everybody sees them.")
    def user(self) -> User:
        return User.from_view(self.view)

    @strawberry.field(description="The caller's own side of their account.")
    def account(self) -> Account:
        return Account.from_view(self.view)

    @strawberry.field(description="The schedule of event types without one of their own.")
    async def default_schedule(self, info: Info) -> Schedule | None:
        view = await get_default_schedule(info.context.request)
        return Schedule.from_view(view) if view is not None else None

    @strawberry.field(description="The caller's schedules, oldest first.")
    async def schedules(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Schedule] | None:
        rows = await list_schedules(info.context.request)
        return connect(
            Connection[Schedule], info, rows, name="viewer.schedules", node=Schedule.from_view,
            first=first, after=after, last=last, before=before,
        )  # fmt: skip

    @strawberry.field(description="An event type the caller may change; null for anybody else's.")
    async def event_type(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Which one.")]
    ) -> EventType | None:
        found = await get_own_event_type(info.context.request, database_id(id, "EventType"))
        return EventType.from_view(found.view)

    @strawberry.field(description="The caller's personal event types, hidden ones too, by position.")
    async def event_types(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[EventType] | None:
        rows = await list_user_event_types(info.context.request)
        return connect(
            Connection[EventType], info, rows, name="viewer.eventTypes", node=EventType.from_view,
            first=first, after=after, last=last, before=before,
        )  # fmt: skip

    @strawberry.field(description="Days away, latest first.")
    async def out_of_office(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[OutOfOffice] | None:
        rows = await list_out_of_office(info.context.request)
        return connect(
            Connection[OutOfOffice], info, rows, name="viewer.outOfOffice", node=OutOfOffice.from_view,
            first=first, after=after, last=last, before=before,
        )  # fmt: skip

    @strawberry.field(description="Teams and organizations the caller has joined.")
    async def teams(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Team] | None:
        rows = await list_teams(info.context.request)
        return connect(
            Connection[Team], info, rows, name="viewer.teams", node=Team.from_view,
            first=first, after=after, last=last, before=before,
        )  # fmt: skip

    @strawberry.field(description="Bookings the caller hosts, attends or administers.")
    async def bookings(
        self,
        info: Info,
        filter: Filter = None,
        order_by: Order = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Booking] | None:
        return await booking_page(
            info, filter=filter, order_by=order_by, first=first, after=after, last=last, before=before
        )

    @strawberry.field(description="The caller's own webhooks, oldest first.")
    async def webhooks(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Webhook] | None:
        rows = await list_webhooks(info.context.request, ListWebhooks())
        return connect(
            Connection[Webhook], info, rows, name="viewer.webhooks", node=Webhook.from_view,
            first=first, after=after, last=last, before=before,
        )  # fmt: skip

    @strawberry.field(description="Invitations the caller has not accepted yet.")
    async def invitations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Membership] | None:
        rows = await list_invitations(info.context.request)
        return connect(
            Connection[Membership], info, rows, name="viewer.invitations", node=Membership.from_view,
            first=first, after=after, last=last, before=before,
        )  # fmt: skip

    @strawberry.field(description="The caller's API keys without their secrets, newest first.")
    async def api_keys(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[ApiKey] | None:
        rows = await list_api_keys(info.context.request)
        return connect(
            Connection[ApiKey], info, rows, name="viewer.apiKeys", node=ApiKey.from_view,
            first=first, after=after, last=last, before=before,
        )  # fmt: skip


@strawberry.type
class UserQueries:
    """Mixin for `Query`."""

    @strawberry.field(description="The signed-in caller; null for an anonymous one.")
    async def viewer(self, info: Info) -> Viewer | None:
        if info.context.request.actor.is_anonymous:
            return None
        return Viewer(view=await get_viewer(info.context.request))

    @strawberry.field(description="A person by username.")
    async def user(
        self, info: Info, username: Annotated[str, strawberry.argument(description="Name in links.")]
    ) -> User | None:
        return User.from_view(await get_user(info.context.request, username))
