"""Bookings as the API shows them.

Fields read the view when they are selected: a page has hundreds of bookings, and most queries want few of the columns.
"""

from datetime import datetime
from functools import partial
from typing import Self

import strawberry
from strawberry.scalars import JSON

from app.services.bookings.views import AttendeeView, BookingView
from app.services.bookings.views import HostView as BookingHostView
from schema.bookings.calendar_links import CalendarLink, calendar_links_field
from schema.bookings.enums import AttendeeKind, BookingStatus
from schema.context import Info
from schema.event_types.types import EventType
from schema.instants import microsecond_text, second_text
from schema.node import NODE_ID, Node, global_id
from schema.scalars import EmailAddress, Locale, TimeZone
from schema.teams.types import Team
from schema.users.types import User
from schema.viewed import viewed


@strawberry.type(description="Somebody invited to a booking.")
class Attendee:
    """GraphQL form of `AttendeeView`."""

    view: strawberry.Private[AttendeeView]

    name: str = viewed("name", "Name; empty for guests.")
    email: EmailAddress = viewed("email", "Address; one made of the phone number where there is none.")
    kind: AttendeeKind = viewed("kind", "Why the person is here.", AttendeeKind)
    time_zone: TimeZone = viewed("time_zone", "Zone of the person.")
    language: Locale = viewed("locale", "Language of the person.")
    phone_number: str | None = viewed("phone_number", "Phone number, if given.")
    absent: bool = viewed("absent", "Whether the person did not show up.")
    seat_uid: str | None = viewed("seat_uid", "The seat on a seated booking; its key for cancelling and moving.")

    @strawberry.field(description="Answers of this attendee on a seated booking.")
    def responses(self) -> JSON | None:
        return JSON(dict(self.view.seat_responses)) if self.view.seat_uid is not None else None


@strawberry.type(description="Somebody who holds a booking.")
class BookingHost:
    """GraphQL form of a booking's `HostView`."""

    view: strawberry.Private[BookingHostView]

    name: str | None = viewed("name", "Name.")
    email: EmailAddress = viewed("email", "Address shown to attendees.")
    time_zone: TimeZone = viewed("time_zone", "Zone of the host.")
    is_organizer: bool = viewed("is_organizer", "Whether this host is in charge.")

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
        return cls(view=view)

    id: strawberry.ID = viewed("uid", NODE_ID, partial(global_id, "Booking"))
    database_id: int = viewed("id", "Number of this booking in the REST API.")
    uid: str = viewed("uid", "Identifier in links; who knows it can read, move and cancel the booking.")
    status: BookingStatus = viewed("status", "Where it stands in its life.", BookingStatus)
    title: str = viewed("title", "Title for the host.")
    description: str | None = viewed("description", "Notes of the booker.")
    start: datetime = viewed("start_s", "When it begins (UTC).", second_text)
    end: datetime = viewed("end_s", "When it ends (UTC).", second_text)
    duration_in_minutes: int = viewed("duration_minutes", "Length in minutes.")
    location: str | None = viewed("location", "Where it takes place.")
    meeting_url: str | None = viewed("meeting_url", "Web address of the meeting.")
    recurring_uid: str | None = viewed("recurring_uid", "Identifier shared by the occurrences of a series.")
    rescheduled_from_uid: str | None = viewed("from_reschedule_uid", "The booking this one replaces.")
    rescheduled: bool = viewed("rescheduled", "Whether another booking replaced this one.")
    rescheduled_by_email: str | None = viewed("rescheduled_by", "Who moved it.")
    rescheduling_reason: str | None = viewed("rescheduling_reason", "Why it was moved.")
    cancellation_reason: str | None = viewed("cancellation_reason", "Why it was cancelled.")
    cancelled_by_email: str | None = viewed("cancelled_by", "Who cancelled it.")
    rejection_reason: str | None = viewed("rejection_reason", "Why it was declined.")
    ical_uid: str = viewed("ical_uid", "UID of its calendar event; kept when it is moved.")
    ical_sequence: int = viewed("ical_sequence", "Revision of its calendar event.")
    absent_host: bool = viewed("host_absent", "Whether the host did not show up.")
    responses: JSON = viewed(
        "responses", "Answers by field slug; on seated bookings each attendee has their own.", dict
    )
    metadata: JSON = viewed("metadata", "What the booker's client stored with it.", dict)
    created_at: datetime = viewed("created_us", "When it was made.", microsecond_text)
    updated_at: datetime = viewed("updated_us", "When it last changed.", microsecond_text)

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
