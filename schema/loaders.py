"""Loaders of one operation, named by access path and made when first asked for."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import TypeVar

from strawberry.dataloader import DataLoader

from app.context import RequestContext
from app.services.event_types.queries import editable_event_types, event_types_by_id, hosts_by_event_type
from app.services.event_types.views import EventTypeView, HostView
from app.services.teams.queries import teams_by_id
from app.services.teams.views import TeamView
from app.services.users.queries import users_by_id
from app.services.users.views import UserView

View = TypeVar("View")


class Loaders:
    """Everything field resolvers may load in batches on behalf of one caller.

    Add one `cached_property` of type `DataLoader` per access path; its load function calls a service query with
    `self.request` and returns one value per key, in the order of the keys.
    """

    def __init__(self, request: RequestContext) -> None:
        self.request = request

    @cached_property
    def user_by_id(self) -> DataLoader[int, UserView | None]:
        """People by number."""
        return by_key(users_by_id)

    @cached_property
    def team_by_id(self) -> DataLoader[int, TeamView | None]:
        """Teams by number."""
        return by_key(teams_by_id)

    @cached_property
    def event_type_by_id(self) -> DataLoader[int, EventTypeView | None]:
        """Event types by number, without their hosts."""
        return by_key(event_types_by_id)

    @cached_property
    def hosts_by_event_type(self) -> DataLoader[int, list[HostView] | None]:
        """The hosts of event types by their number; None for those that have none."""
        return by_key(hosts_by_event_type)

    @cached_property
    def may_edit_event_type(self) -> DataLoader[int, bool | None]:
        """Whether the caller may change an event type."""
        return by_key(partial(editable_event_types, self.request))


def by_key(query: Callable[[Sequence[int]], Awaitable[Mapping[int, View]]]) -> DataLoader[int, View | None]:
    """A loader over a query that answers what it found by key."""

    async def load(keys: list[int]) -> list[View | None]:
        found = await query(keys)
        return [found.get(key) for key in keys]

    return DataLoader(load)
