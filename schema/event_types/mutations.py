"""Make, change and remove event types."""

from typing import Annotated

import strawberry

from app.domain.enums import SchedulingType
from app.services.event_types.create import (
    CreateEventType,
    CreateTeamEventType,
    create_event_type,
    create_team_event_type,
)
from app.services.event_types.delete import DeleteEventType, delete_event_type
from app.services.event_types.update import UpdateEventType, update_event_type
from schema.context import Info
from schema.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from schema.event_types.inputs import EventTypeFieldsInput, HostRefInput
from schema.event_types.types import EventType
from schema.inputs import given_as
from schema.node import database_id


@strawberry.input(description="A new personal event type of the caller.")
class CreateEventTypeInput:
    """Input of `createEventType`."""

    fields: EventTypeFieldsInput = strawberry.field(description="Its values; title, slug and length are needed.")


@strawberry.input(description="A new event type of a team.")
class CreateTeamEventTypeInput:
    """Input of `createTeamEventType`."""

    team_id: strawberry.ID = strawberry.field(description="The team; the caller must be its admin.")
    scheduling_type: SchedulingType = strawberry.field(description="How its hosts share bookings.")
    fields: EventTypeFieldsInput = strawberry.field(description="Its values; title, slug and length are needed.")
    hosts: list[HostRefInput] = strawberry.field(default_factory=list, description="Who takes its bookings.")


@strawberry.input(description="New values for an event type; what is left out stays.")
class UpdateEventTypeInput:
    """Input of `updateEventType`."""

    id: strawberry.ID = strawberry.field(description="The event type.")
    fields: EventTypeFieldsInput = strawberry.field(default_factory=EventTypeFieldsInput, description="New values.")
    hosts: strawberry.Maybe[list[HostRefInput]] = strawberry.field(
        default=None, description="Who takes its bookings, replaces the list; teams only."
    )


@strawberry.input(description="Which event type to remove.")
class DeleteEventTypeInput:
    """Input of `deleteEventType`."""

    id: strawberry.ID = strawberry.field(description="The event type.")


@strawberry.type(description="The event type as it is now, or was before its removal.")
class EventTypeSuccess:
    """Success member of the event type results."""

    event_type: EventType = strawberry.field(description="The event type.")


@strawberry.type(description="The new event type of the team.")
class TeamEventTypeSuccess:
    """Success member of `CreateTeamEventTypeResult`."""

    event_type: EventType = strawberry.field(description="The event type.")
    children: list[EventType] = strawberry.field(
        description="For a managed one: the event type of each member, at most 1000."
    )


CreateEventTypeResult = Annotated[
    EventTypeSuccess | InvalidInput | Conflict | NotFound | Unauthenticated,
    strawberry.union("CreateEventTypeResult", description="The new event type, or what is wrong."),
]
CreateTeamEventTypeResult = Annotated[
    TeamEventTypeSuccess | InvalidInput | Conflict | NotFound | Forbidden | Unauthenticated,
    strawberry.union("CreateTeamEventTypeResult", description="The new event type, or what is wrong."),
]
UpdateEventTypeResult = Annotated[
    EventTypeSuccess | InvalidInput | Conflict | NotFound | Forbidden | Unauthenticated,
    strawberry.union("UpdateEventTypeResult", description="The changed event type, or what is wrong."),
]
DeleteEventTypeResult = Annotated[
    EventTypeSuccess | NotFound | Forbidden | Unauthenticated,
    strawberry.union("DeleteEventTypeResult", description="The removed event type, or what is wrong."),
]


@strawberry.type
class EventTypeMutations:
    """Mixin for `Mutation`."""

    @strawberry.mutation(description="Make a personal event type of the caller.")
    async def create_event_type(
        self, info: Info, input: Annotated[CreateEventTypeInput, strawberry.argument(description="The event type.")]
    ) -> CreateEventTypeResult:
        view = await create_event_type(info.context.request, CreateEventType(input.fields.fields()))
        return EventTypeSuccess(event_type=EventType.from_view(view))

    @strawberry.mutation(description="Make an event type of a team, as its admin.")
    async def create_team_event_type(
        self, info: Info, input: Annotated[CreateTeamEventTypeInput, strawberry.argument(description="The event type.")]
    ) -> CreateTeamEventTypeResult:
        command = CreateTeamEventType(
            team_id=database_id(input.team_id, "Team"),
            scheduling_type=input.scheduling_type.value,
            fields=input.fields.fields(),
            hosts=tuple(host.host() for host in input.hosts),
        )
        views = [EventType.from_view(view) for view in await create_team_event_type(info.context.request, command)]
        return TeamEventTypeSuccess(event_type=views[0], children=views[1:])

    @strawberry.mutation(description="Change an event type; free slots follow at once.")
    async def update_event_type(
        self, info: Info, input: Annotated[UpdateEventTypeInput, strawberry.argument(description="New values.")]
    ) -> UpdateEventTypeResult:
        command = UpdateEventType(
            id=database_id(input.id, "EventType"),
            fields=input.fields.fields(),
            hosts=given_as(input.hosts, lambda hosts: tuple(host.host() for host in hosts)),
        )
        return EventTypeSuccess(event_type=EventType.from_view(await update_event_type(info.context.request, command)))

    @strawberry.mutation(description="Remove an event type; its bookings stay.")
    async def delete_event_type(
        self, info: Info, input: Annotated[DeleteEventTypeInput, strawberry.argument(description="The event type.")]
    ) -> DeleteEventTypeResult:
        view = await delete_event_type(info.context.request, DeleteEventType(database_id(input.id, "EventType")))
        return EventTypeSuccess(event_type=EventType.from_view(view))
