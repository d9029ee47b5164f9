"""Event types as the API shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry
from strawberry.scalars import JSON

from app.domain.enums import SchedulingType
from app.services.event_types.views import EventTypeView
from app.services.event_types.views import HostView as HostFacts
from schema.bounded_lists import connect
from schema.context import Info
from schema.event_types.parts import (
    BookerLayouts,
    BookingField,
    BookingWindow,
    ConfirmationPolicy,
    EventTypeColor,
    Location,
    PeriodLimits,
    Recurrence,
    SeatsPolicy,
)
from schema.node import Node, global_id
from schema.pagination import After, Before, Connection, First, Last
from schema.scalars import URL, EmailAddress, TimeZone
from schema.users.types import User

if TYPE_CHECKING:
    from schema.teams.types import Team


@strawberry.type(description="Somebody who takes bookings of an event type.")
class Host:
    """GraphQL form of an event type's `HostView`."""

    is_fixed: bool = strawberry.field(description="Whether the person takes part in every booking.")
    priority: int = strawberry.field(description="0 (lowest) to 4 (highest); round robin prefers higher ones.")
    weight: int = strawberry.field(description="Share of round-robin bookings; 100 is normal.")
    user: User | None = strawberry.field(description="The person.")

    @classmethod
    def of(cls, facts: HostFacts) -> Self:
        """The type of a host."""
        user = User.from_view(facts.user) if facts.user is not None else None
        return cls(is_fixed=facts.is_fixed, priority=facts.priority, weight=facts.weight, user=user)


@strawberry.type(description="Something that can be booked: lengths, rules and questions, of a person or a team.")
class EventType(Node):
    """GraphQL form of `EventTypeView`; lengths, buffers, notice and intervals in minutes."""

    database_id: int = strawberry.field(description="Number of this event type in the REST API.")
    title: str = strawberry.field(description="What bookers read.")
    slug: str = strawberry.field(description="Name in links, unique for its owner.")
    description: str | None = strawberry.field(description="More about it.")
    hidden: bool = strawberry.field(description="Whether lists leave it out; who knows its name can book it.")
    scheduling_type: SchedulingType | None = strawberry.field(description="How a team's hosts share; null = personal.")
    length_in_minutes: int = strawberry.field(description="Default length.")
    length_in_minutes_options: list[int] = strawberry.field(
        description="Lengths a booker can choose; empty = one length."
    )
    slot_interval: int | None = strawberry.field(description="Minutes from start to start; null = the length.")
    offset_start: int = strawberry.field(description="Minutes every start is moved by.")
    minimum_booking_notice: int = strawberry.field(description="Minutes a booking must lie ahead.")
    before_event_buffer: int = strawberry.field(description="Minutes kept free before.")
    after_event_buffer: int = strawberry.field(description="Minutes kept free after.")
    only_show_first_available_slot: bool = strawberry.field(
        description="Whether only the first slot of a day is listed."
    )
    time_zone: TimeZone | None = strawberry.field(description="Zone of its own, if any.")
    lock_time_zone: bool = strawberry.field(description="Whether the booking page fixes the zone.")
    disable_guests: bool = strawberry.field(description="Whether guests are ignored.")
    disable_cancelling: bool = strawberry.field(description="Whether bookings cannot be cancelled.")
    disable_rescheduling: bool = strawberry.field(description="Whether bookings cannot be moved.")
    requires_booker_email_verification: bool = strawberry.field(description="Whether the form asks for a code.")
    assign_all_team_members: bool = strawberry.field(description="Whether everybody in the team hosts it.")
    is_instant_event: bool = strawberry.field(description="Whether it can be met at once.")
    price: int = strawberry.field(description="In minor units of the currency; 0 = free.")
    currency: str = strawberry.field(description="Three lower-case letters.")
    custom_name: str | None = strawberry.field(description="Template of booking titles.")
    success_redirect_url: URL | None = strawberry.field(description="Where bookers are sent afterwards.")
    hide_calendar_notes: bool = strawberry.field(description="Whether notes stay out of calendars.")
    hide_organizer_email: bool = strawberry.field(description="Whether the organizer's address is not shown.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    view: strawberry.Private[EventTypeView]

    @classmethod
    def from_view(cls, view: EventTypeView) -> Self:
        """The type of a view."""
        return cls(
            id=global_id("EventType", view.id),
            database_id=view.id,
            title=view.title,
            slug=view.slug,
            description=view.description,
            hidden=view.hidden,
            scheduling_type=SchedulingType(view.scheduling_type) if view.scheduling_type else None,
            length_in_minutes=view.length_minutes,
            length_in_minutes_options=view.length_options,
            slot_interval=view.slot_interval,
            offset_start=view.offset_start,
            minimum_booking_notice=view.minimum_notice,
            before_event_buffer=view.before_buffer,
            after_event_buffer=view.after_buffer,
            only_show_first_available_slot=view.only_first_slot,
            time_zone=TimeZone(view.time_zone) if view.time_zone else None,
            lock_time_zone=view.lock_time_zone,
            disable_guests=view.disable_guests,
            disable_cancelling=view.disable_cancelling,
            disable_rescheduling=view.disable_rescheduling,
            requires_booker_email_verification=view.requires_email_verification,
            assign_all_team_members=view.assign_all_members,
            is_instant_event=view.is_instant,
            price=view.price,
            currency=view.currency,
            custom_name=view.custom_name,
            success_redirect_url=URL(view.success_redirect_url) if view.success_redirect_url else None,
            hide_calendar_notes=view.hide_calendar_notes,
            hide_organizer_email=view.hide_organizer_email,
            created_at=view.created_at,
            updated_at=view.updated_at,
            view=view,
        )

    @strawberry.field(description="Places a booker can choose; the first is the default. Details only where public.")
    async def locations(self, info: Info) -> list[Location]:
        places = [Location.of(stored) for stored in self.view.locations]
        if all(place.public or not place.has_detail for place in places) or await self._may_edit(info):
            return places
        return [place if place.public else place.without_detail() for place in places]

    @strawberry.field(description="Questions of the booking form, in order.")
    def booking_fields(self) -> list[BookingField]:
        return [BookingField.of(stored) for stored in self.view.booking_fields]

    @strawberry.field(description="How far ahead one can book.")
    def booking_window(self) -> BookingWindow:
        return BookingWindow.of(self.view)

    @strawberry.field(description="How many bookings a period takes, over all hosts.")
    def booking_limits_count(self) -> PeriodLimits | None:
        return PeriodLimits.of(self.view.booking_limits)

    @strawberry.field(description="How many minutes a period takes, over all hosts.")
    def booking_limits_duration(self) -> PeriodLimits | None:
        return PeriodLimits.of(self.view.duration_limits)

    @strawberry.field(description="Which bookings wait for the host; null = none.")
    def confirmation_policy(self) -> ConfirmationPolicy | None:
        return ConfirmationPolicy.of(self.view)

    @strawberry.field(description="Seats; null = one booker a slot.")
    def seats(self) -> SeatsPolicy | None:
        return SeatsPolicy.of(self.view)

    @strawberry.field(description="Repetition; null = single bookings.")
    def recurrence(self) -> Recurrence | None:
        return Recurrence.of(self.view.recurrence)

    @strawberry.field(description="Colour in calendars.")
    def color(self) -> EventTypeColor | None:
        return EventTypeColor.of(self.view.color)

    @strawberry.field(description="Layouts of the booking page.")
    def booker_layouts(self) -> BookerLayouts | None:
        return BookerLayouts.of(self.view.booker_layouts)

    @strawberry.field(description="What clients stored with it; for those who may change it, else null.")
    async def metadata(self, info: Info) -> JSON | None:
        return JSON(self.view.metadata) if await self._may_edit(info) else None

    @strawberry.field(description="Where answers to mails go instead of the organizer; for those who may change it.")
    async def custom_reply_to_email(self, info: Info) -> EmailAddress | None:
        address = self.view.custom_reply_to_email
        return EmailAddress(address) if address is not None and await self._may_edit(info) else None

    @strawberry.field(description="The person it belongs to; null for a team's.")
    async def owner(self, info: Info) -> User | None:
        if self.view.owner_id is None:
            return None
        view = await info.context.loaders.user_by_id.load(self.view.owner_id)
        return User.from_view(view) if view is not None else None

    @strawberry.field(description="The team it belongs to; null for a personal one.")
    async def team(self, info: Info) -> Annotated["Team", strawberry.lazy("schema.teams.types")] | None:
        from schema.teams.types import Team  # noqa: PLC0415 the two types name each other

        if self.view.team_id is None:
            return None
        view = await info.context.loaders.team_by_id.load(self.view.team_id)
        return Team.from_view(view) if view is not None else None

    @strawberry.field(description="Who takes its bookings; a personal one has its owner.")
    async def hosts(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Host] | None:
        hosts = self.view.hosts or await info.context.loaders.hosts_by_event_type.load(self.view.id) or []
        return connect(
            Connection[Host], info, hosts, name="eventType.hosts", node=Host.of,
            key=lambda host: (host.user_id,), first=first, after=after, last=last, before=before,
        )  # fmt: skip

    async def _may_edit(self, info: Info) -> bool:
        return bool(await info.context.loaders.may_edit_event_type.load(self.view.id))
