"""Connected calendars as the API shows them."""

from datetime import datetime
from typing import Self

import strawberry

from app.services.calendars.views import BusyView, CalendarView, ChosenView, ConnectedView, ConnectionView
from schema.slots.types import instant


@strawberry.type(description="A calendar of a connection.")
class ExternalCalendar:
    """GraphQL form of `CalendarView`."""

    credential_id: int = strawberry.field(description="The connection it belongs to.")
    integration: str = strawberry.field(description="The kind of system it is in.")
    external_id: str = strawberry.field(description="Its id there; for a feed its URL.")
    name: str = strawberry.field(description="What it is called there.")
    read_only: bool = strawberry.field(description="Whether nothing can be written into it.")
    is_selected: bool = strawberry.field(description="Whether its busy times block.")
    error: str | None = strawberry.field(description="Why it could not be read the last time.")
    problems: list[str] = strawberry.field(description="Series that could not be read, at most 20, and why.")
    fetched_at: datetime | None = strawberry.field(description="When it was read, or tried to be, the last time.")

    @classmethod
    def from_view(cls, view: CalendarView) -> Self:
        """The type of a view."""
        return cls(
            credential_id=view.credential_id,
            integration=view.integration,
            external_id=view.external_id,
            name=view.name,
            read_only=view.read_only,
            is_selected=view.is_selected,
            error=view.error,
            problems=list(view.problems),
            fetched_at=view.fetched_at,
        )


@strawberry.type(description="Access to another system.")
class ConnectedCalendar:
    """GraphQL form of `ConnectionView`."""

    credential_id: int = strawberry.field(description="Number of the connection.")
    type: str = strawberry.field(description="The kind of system, for instance `ics-feed_calendar`.")
    app_slug: str = strawberry.field(description="The app that connects it.")
    invalid: bool = strawberry.field(description="Whether it has to be connected anew.")
    calendars: list[ExternalCalendar] = strawberry.field(description="Its calendars, at most 20.")

    @classmethod
    def from_view(cls, view: ConnectionView) -> Self:
        """The type of a view."""
        return cls(
            credential_id=view.id,
            type=view.type,
            app_slug=view.app_slug,
            invalid=view.invalid,
            calendars=[ExternalCalendar.from_view(each) for each in view.calendars],
        )


@strawberry.type(description="A calendar chosen by its id.")
class ChosenCalendar:
    """GraphQL form of `ChosenView`."""

    credential_id: int = strawberry.field(description="The connection it belongs to.")
    integration: str = strawberry.field(description="The kind of system it is in.")
    external_id: str = strawberry.field(description="Its id there.")

    @classmethod
    def from_view(cls, view: ChosenView) -> Self:
        """The type of a view."""
        return cls(credential_id=view.credential_id, integration=view.integration, external_id=view.external_id)


@strawberry.type(description="What the caller has connected.")
class Calendars:
    """GraphQL form of `ConnectedView`."""

    connected: list[ConnectedCalendar] = strawberry.field(description="All connections, oldest first.")
    destination: ChosenCalendar | None = strawberry.field(description="Where bookings are written.")

    @classmethod
    def from_view(cls, view: ConnectedView) -> Self:
        """The type of a view."""
        return cls(
            connected=[ConnectedCalendar.from_view(each) for each in view.connections],
            destination=ChosenCalendar.from_view(view.destination) if view.destination is not None else None,
        )


@strawberry.type(description="A stretch of time that is taken in a calendar.")
class CalendarBusyTime:
    """GraphQL form of `BusyView`."""

    start: datetime = strawberry.field(description="From (UTC).")
    end: datetime = strawberry.field(description="Until (UTC).")
    source: str = strawberry.field(description="The app it comes from.")

    @classmethod
    def from_view(cls, view: BusyView) -> Self:
        """The type of a view."""
        return cls(start=instant(view.start_s), end=instant(view.end_s), source=view.source)
