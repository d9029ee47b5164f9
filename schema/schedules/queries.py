"""Look a schedule up."""

from typing import Annotated

import strawberry

from app.services.schedules.queries import get_schedule
from schema.context import Info
from schema.node import database_id
from schema.schedules.types import Schedule


@strawberry.type
class ScheduleQueries:
    """Mixin for `Query`."""

    @strawberry.field(description="A schedule of the caller by id.")
    async def schedule(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Which one.")]
    ) -> Schedule | None:
        return Schedule.from_view(await get_schedule(info.context.request, database_id(id, "Schedule")))
