"""How `node` finds objects of each type: by a service call as the caller, None for missing and forbidden alike."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from app.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from app.services.api_keys.revoke import get_api_key
from app.services.bookings.queries import bookings_by_uid
from app.services.event_types.queries import event_types_by_id
from app.services.holds.queries import get_hold
from app.services.holds.views import HoldView
from app.services.out_of_office.write import get_out_of_office
from app.services.schedules.queries import get_schedule
from app.services.teams.queries import get_membership, get_team
from app.services.users.queries import users_by_id
from app.services.webhooks.queries import GetWebhook, get_webhook
from schema.api_keys.types import ApiKey
from schema.bookings.types import Booking
from schema.context import Context
from schema.event_types.types import EventType
from schema.node import NodeLoader, NodeRegistry
from schema.out_of_office.types import OutOfOffice
from schema.schedules.types import Schedule
from schema.slots.holds import SlotHold
from schema.teams.types import Membership, Team
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
    nodes.register("Booking", _bookings)
    nodes.register("SlotHold", _asked(_hold, SlotHold.from_view))
    nodes.register("ApiKey", _asked(lambda context, key: get_api_key(context.request, key), ApiKey.from_view))
    nodes.register(
        "OutOfOffice",
        _asked(lambda context, key: get_out_of_office(context.request, _number(key)), OutOfOffice.from_view),
    )
    nodes.register(
        "Membership", _asked(lambda context, key: get_membership(context.request, _number(key)), Membership.from_view)
    )
    nodes.register(
        "Webhook", _asked(lambda context, key: get_webhook(context.request, GetWebhook(key)), Webhook.from_view)
    )
    return nodes


async def _bookings(context: Context, keys: Sequence[str]) -> list[Booking | None]:
    found = await bookings_by_uid(context.request, list(keys))
    return [Booking.from_view(found[key]) if key in found else None for key in keys]


async def _hold(context: Context, key: str) -> HoldView:
    view = await get_hold(context.request, key)
    if view is None:
        raise NotFoundError("There is no such hold.")
    return view


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
