"""Bookings as the API shows them.

Fields read the view when they are selected: a page has hundreds of bookings, and most queries want few of the columns.
"""

from datetime import datetime
from typing import Self

import strawberry
from strawberry.scalars import JSON

from app.services.bookings.views import AttendeeView, BookingView
from app.services.bookings.views import HostView as BookingHostView
from schema.bookings.calendar_links import CalendarLink, calendar_links_field
from schema.bookings.enums import AttendeeKind, BookingStatus
from schema.context import Info
from schema.event_types.types import EventType
from schema.node import Node, global_id
from schema.scalars import EmailAddress, Locale, TimeZone
from schema.teams.types import Team
from schema.users.types import User


@strawberry.type(description="Somebody invited to a booking.")
class Attendee:
    """GraphQL form of `AttendeeView`."""

    view: strawberry.Private[AttendeeView]

    @strawberry.field(description="Name; empty for guests.")
    def name(self) -> str:
        return self.view.name

    @strawberry.field(description="Address; one made of the phone number where there is none.")
    def email(self) -> EmailAddress:
        return EmailAddress(self.view.email)

    @strawberry.field(description="Why the person is here.")
    def kind(self) -> AttendeeKind:
        return AttendeeKind(self.view.kind)

    @strawberry.field(description="Zone of the person.")
    def time_zone(self) -> TimeZone:
        return TimeZone(self.view.time_zone)

    @strawberry.field(description="Language of the person.")
    def language(self) -> Locale:
        return Locale(self.view.locale)

    @strawberry.field(description="Phone number, if given.")
    def phone_number(self) -> str | None:
        return self.view.phone_number

    @strawberry.field(description="Whether the person did not show up.")
    def absent(self) -> bool:
        return self.view.absent

    @strawberry.field(description="The seat on a seated booking; its key for cancelling and moving.")
    def seat_uid(self) -> str | None:
        return self.view.seat_uid

    @strawberry.field(description="Answers of this attendee on a seated booking.")
    def responses(self) -> JSON | None:
        return JSON(dict(self.view.seat_responses)) if self.view.seat_uid is not None else None


@strawberry.type(description="Somebody who holds a booking.")
class BookingHost:
    """GraphQL form of a booking's `HostView`."""

    view: strawberry.Private[BookingHostView]

    @strawberry.field(description="Name.")
    def name(self) -> str | None:
        return self.view.name

    @strawberry.field(description="Address shown to attendees.")
    def email(self) -> EmailAddress:
        return EmailAddress(self.view.email)

    @strawberry.field(description="Zone of the host.")
    def time_zone(self) -> TimeZone:
        return TimeZone(self.view.time_zone)

    @strawberry.field(description="Whether this host is in charge.")
    def is_organizer(self) -> bool:
        return self.view.is_organizer

    @strawberry.field(description="The host's profile.")
    async def user(self, info: Info) -> User | None:
        view = await info.context.loaders.user_by_id.load(self.view.user_id)
        return User.from_view(view) if view is not None else None


@strawberry.type(description="A meeting.")
class Booking(Node):
    """GraphQL form of `BookingView`."""

    view: strawberry.Private[BookingView]

    @classmethod
    def from_view(cls, view: BookingView) -> Self:
        """The type of a view."""
        return cls(id=global_id("Booking", view.uid), view=view)

    @strawberry.field(description="Number of this booking in the REST API.")
    def database_id(self) -> int:
        return self.view.id

    @strawberry.field(description="Identifier in links; who knows it can read, move and cancel the booking.")
    def uid(self) -> str:
        return self.view.uid

    @strawberry.field(description="Where it stands in its life.")
    def status(self) -> BookingStatus:
        return BookingStatus(self.view.status)

    @strawberry.field(description="Title for the host.")
    def title(self) -> str:
        return self.view.title

    @strawberry.field(description="Notes of the booker.")
    def description(self) -> str | None:
        return self.view.description

    @strawberry.field(description="When it begins (UTC).")
    def start(self) -> datetime:
        return self.view.start

    @strawberry.field(description="When it ends (UTC).")
    def end(self) -> datetime:
        return self.view.end

    @strawberry.field(description="Length in minutes.")
    def duration_in_minutes(self) -> int:
        return self.view.duration_minutes

    @strawberry.field(description="Where it takes place.")
    def location(self) -> str | None:
        return self.view.location

    @strawberry.field(description="Web address of the meeting.")
    def meeting_url(self) -> str | None:
        return self.view.meeting_url

    @strawberry.field(description="Identifier shared by the occurrences of a series.")
    def recurring_uid(self) -> str | None:
        return self.view.recurring_uid

    @strawberry.field(description="The booking this one replaces.")
    def rescheduled_from_uid(self) -> str | None:
        return self.view.from_reschedule_uid

    @strawberry.field(description="Whether another booking replaced this one.")
    def rescheduled(self) -> bool:
        return self.view.rescheduled

    @strawberry.field(description="Who moved it.")
    def rescheduled_by_email(self) -> str | None:
        return self.view.rescheduled_by

    @strawberry.field(description="Why it was moved.")
    def rescheduling_reason(self) -> str | None:
        return self.view.rescheduling_reason

    @strawberry.field(description="Why it was cancelled.")
    def cancellation_reason(self) -> str | None:
        return self.view.cancellation_reason

    @strawberry.field(description="Who cancelled it.")
    def cancelled_by_email(self) -> str | None:
        return self.view.cancelled_by

    @strawberry.field(description="Why it was declined.")
    def rejection_reason(self) -> str | None:
        return self.view.rejection_reason

    @strawberry.field(description="UID of its calendar event; kept when it is moved.")
    def ical_uid(self) -> str:
        return self.view.ical_uid

    @strawberry.field(description="Revision of its calendar event.")
    def ical_sequence(self) -> int:
        return self.view.ical_sequence

    @strawberry.field(description="Whether the host did not show up.")
    def absent_host(self) -> bool:
        return self.view.host_absent

    @strawberry.field(description="Answers by field slug; on seated bookings each attendee has their own.")
    def responses(self) -> JSON:
        return JSON(dict(self.view.responses))

    @strawberry.field(description="What the booker's client stored with it.")
    def metadata(self) -> JSON:
        return JSON(dict(self.view.metadata))

    @strawberry.field(description="When it was made.")
    def created_at(self) -> datetime:
        return self.view.created_at

    @strawberry.field(description="When it last changed.")
    def updated_at(self) -> datetime:
        return self.view.updated_at

    @strawberry.field(description="Everybody invited whom the caller may see: booker, guests, further hosts.")
    def attendees(self) -> list[Attendee]:
        return [Attendee(view=person) for person in self.view.attendees]

    @strawberry.field(description="Who holds it, the organizer first.")
    def hosts(self) -> list[BookingHost]:
        return [BookingHost(view=host) for host in self.view.hosts]

    @strawberry.field(description="What was booked; null once it is deleted.")
    async def event_type(self, info: Info) -> EventType | None:
        if self.view.event_type_id is None:
            return None
        view = await info.context.loaders.event_type_by_id.load(self.view.event_type_id)
        return EventType.from_view(view) if view is not None else None

    @strawberry.field(description="The team it belongs to.")
    async def team(self, info: Info) -> Team | None:
        if self.view.team_id is None:
            return None
        view = await info.context.loaders.team_by_id.load(self.view.team_id)
        return Team.from_view(view) if view is not None else None

    calendar_links: list[CalendarLink] | None = calendar_links_field
