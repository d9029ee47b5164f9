"""Look a team up."""

from typing import Annotated

import strawberry

from app.services.teams.queries import get_team
from schema.context import Info
from schema.node import database_id
from schema.teams.types import Team


@strawberry.input(one_of=True, description="A team, named in one way.")
class TeamRef:
    """Names a team."""

    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="By id.")
    slug: str | None = strawberry.field(default=strawberry.UNSET, description="By name in links.")


@strawberry.type
class TeamQueries:
    """Mixin for `Query`."""

    @strawberry.field(description="A team by id or slug.")
    async def team(
        self, info: Info, ref: Annotated[TeamRef, strawberry.argument(description="Which one.")]
    ) -> Team | None:
        team_id = database_id(ref.id, "Team") if ref.id else None
        return Team.from_view(await get_team(info.context.request, team_id=team_id, slug=ref.slug or None))
