"""Look an event type up."""

from typing import Annotated

import strawberry

from app.services.event_types.queries import get_event_type
from app.services.event_types.search import FoundEventType, SearchEventTypes, search_event_types
from schema.bounded_lists import connect
from schema.context import Info
from schema.event_types.refs import EventTypeRefInput
from schema.event_types.types import EventType
from schema.pagination import After, Before, Connection, First, Last


def _node(found: FoundEventType) -> EventType:
    return EventType.from_view(found.view)


def _key(found: FoundEventType) -> tuple[int]:
    return (found.view.id,)


@strawberry.type
class EventTypeQueries:
    """Mixin for `Query`."""

    @strawberry.field(description="An event type by id, by username and slug, or by team and slug.")
    async def event_type(
        self, info: Info, ref: Annotated[EventTypeRefInput, strawberry.argument(description="Which one.")]
    ) -> EventType | None:
        return EventType.from_view(await get_event_type(info.context.request, ref.ref()))

    @strawberry.field(description="Event types as booking pages find them: of a person, of a group, or one's own.")
    async def event_types(
        self,
        info: Info,
        username: Annotated[str | None, strawberry.argument(description="Whose; hidden ones are left out.")] = None,
        slug: Annotated[str | None, strawberry.argument(description="Only this one, hidden or not.")] = None,
        usernames: Annotated[
            list[str] | None, strawberry.argument(description="Two to twenty people: their meeting together.")
        ] = None,
        organization: Annotated[
            str | None, strawberry.argument(description="Slug of the organization the people belong to.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[EventType] | None:
        command = SearchEventTypes(username, slug, tuple(usernames or ()), organization)
        rows = await search_event_types(info.context.request, command)
        return connect(
            Connection[EventType], info, rows, name="eventTypes", node=_node, key=_key,
            first=first, after=after, last=last, before=before,
        )  # fmt: skip
