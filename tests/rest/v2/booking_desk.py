"""Short ways to book over REST; hosts work Monday to Friday, 9 to 17 in Berlin."""

from dataclasses import dataclass
from typing import Any

from app.models import EventType, Team, User
from tests.contract.client import Caller, ContractClient
from tests.services.slots.world import World

VERSION = "2024-08-13"
PATH = "/v2/bookings"
NINE = "2050-09-05T07:00:00Z"
TEN = "2050-09-05T08:00:00Z"
ELEVEN = "2050-09-05T09:00:00Z"
SUNDAY = "2050-09-04T08:00:00Z"
ZOE: dict[str, Any] = {"name": "Zoe", "timeZone": "Europe/Rome", "email": "zoe@example.com"}
YAN: dict[str, Any] = {"name": "Yan", "timeZone": "Europe/Rome", "email": "yan@example.com", "language": "it"}


@dataclass
class BookingDesk:
    """Books as nobody unless told otherwise; `world` makes rows for what the REST API cannot make yet."""

    rest: ContractClient
    world: World

    async def event_type(self, caller: Caller, **fields: Any) -> EventType:
        """Half an hour with this person, without notice."""
        return await self.world.event_type(await self.user(caller), **fields)

    async def team_event(self, kind: str, *callers: Caller, team: Team | None = None, **fields: Any) -> EventType:
        """An event type of a team, made of these people."""
        users = [await self.user(caller) for caller in callers]
        return await self.world.team_event(kind, *users, team=team, **fields)

    async def user(self, caller: Caller) -> User:
        """The row of a person."""
        return await User.get(id=caller.id)

    async def post(self, path: str = "", caller: Caller | None = None, /, **body: Any) -> Any:
        """`data` of a POST below `/v2/bookings` that must succeed."""
        return await self.rest.ok("POST", PATH + path, caller, version=VERSION, json=body)

    async def refused(self, path: str = "", caller: Caller | None = None, /, **body: Any) -> tuple[int, str]:
        """Status and message of a POST that must fail."""
        return await self.rest.refused("POST", PATH + path, caller, version=VERSION, json=body)

    async def book(
        self, event_type: EventType, start: str = NINE, caller: Caller | None = None, /, **values: Any
    ) -> Any:
        """A booking by Zoe."""
        return await self.post("", caller, **wish(event_type, start, **values))

    async def not_booked(
        self, event_type: EventType, start: str = NINE, caller: Caller | None = None, /, **values: Any
    ) -> tuple[int, str]:
        """A booking that must be refused."""
        return await self.refused("", caller, **wish(event_type, start, **values))

    async def get(self, uid: str, caller: Caller | None = None) -> Any:
        """A booking, or a series."""
        return await self.rest.ok("GET", f"{PATH}/{uid}", caller, version=VERSION)

    async def list(self, caller: Caller, **params: Any) -> Any:
        """A page of the caller's bookings."""
        return await self.rest.ok("GET", PATH, caller, version=VERSION, params=params)


def wish(event_type: EventType, start: str = NINE, **values: Any) -> dict[str, Any]:
    """The body of a request by Zoe."""
    return {"eventTypeId": event_type.id, "start": start, "attendee": ZOE, **values}
