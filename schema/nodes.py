"""How `node` finds objects of each type: by a service call as the caller, None for missing and forbidden alike."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from app.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from app.services.bookings.queries import get_booking
from app.services.event_types.queries import event_types_by_id
from app.services.schedules.queries import get_schedule
from app.services.teams.queries import get_team
from app.services.users.queries import users_by_id
from app.services.webhooks.queries import GetWebhook, get_webhook
from schema.bookings.types import Booking
from schema.context import Context
from schema.event_types.types import EventType
from schema.node import NodeLoader, NodeRegistry
from schema.schedules.types import Schedule
from schema.teams.types import Team
from schema.users.types import User
from schema.webhooks.types import Webhook

_MAX_DIGITS = 18


def registry() -> NodeRegistry:
    """The types that `node` can fetch."""
    nodes = NodeRegistry()
    nodes.register("User", _public(users_by_id, User.from_view))
    nodes.register("EventType", _public(event_types_by_id, EventType.from_view))
    nodes.register("Team", _asked(lambda context, key: get_team(context.request, team_id=_number(key)), Team.from_view))
    nodes.register(
        "Schedule", _asked(lambda context, key: get_schedule(context.request, _number(key)), Schedule.from_view)
    )
    nodes.register("Booking", _asked(lambda context, key: get_booking(context.request, key), Booking.from_view))
    nodes.register(
        "Webhook", _asked(lambda context, key: get_webhook(context.request, GetWebhook(key)), Webhook.from_view)
    )
    return nodes


def _public(query: Callable[[Sequence[int]], Awaitable[Any]], node: Callable[[Any], Any]) -> NodeLoader:
    async def load(_: Context, keys: Sequence[str]) -> list[Any]:
        numbers = [_number(key) for key in keys]
        found = await query(numbers)
        return [node(found[number]) if number in found else None for number in numbers]

    return load


def _asked(get: Callable[[Context, str], Awaitable[Any]], node: Callable[[Any], Any]) -> NodeLoader:
    async def one(context: Context, key: str) -> Any:
        try:
            return node(await get(context, key))
        except (NotFoundError, ForbiddenError, UnauthenticatedError):
            return None

    async def load(context: Context, keys: Sequence[str]) -> list[Any]:
        return [await one(context, key) for key in keys]

    return load


def _number(key: str) -> int:
    """A numeric key; what is none is nobody's."""
    return int(key) if key.isascii() and key.isdigit() and len(key) <= _MAX_DIGITS else 0
