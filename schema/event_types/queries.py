"""Look an event type up."""

from typing import Annotated

import strawberry

from app.services.event_types.queries import get_event_type
from schema.context import Info
from schema.event_types.refs import EventTypeRefInput
from schema.event_types.types import EventType


@strawberry.type
class EventTypeQueries:
    """Mixin for `Query`."""

    @strawberry.field(description="An event type by id, by username and slug, or by team and slug.")
    async def event_type(
        self, info: Info, ref: Annotated[EventTypeRefInput, strawberry.argument(description="Which one.")]
    ) -> EventType | None:
        return EventType.from_view(await get_event_type(info.context.request, ref.ref()))
