"""A small schema that shows every mechanism of the front without a database."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import Annotated, Any, cast

import strawberry
from strawberry.dataloader import DataLoader

from app import errors
from app.context import ANONYMOUS, Actor, RequestContext
from app.events.bus import InProcessBus
from app.settings import Settings
from schema.build import SlotgraphSchema, build_schema
from schema.context import Context, Info
from schema.enums import describe_enum
from schema.errors import Conflict, Forbidden, InvalidInput, NotFound, UserError
from schema.extensions.cost import cost
from schema.node import Node, NodeRegistry, global_id, node_queries
from schema.pagination import After, Before, Connection, First, Last, PageRequest
from schema.scalars import EmailAddress, EventCursor, SlotsVersion, TimeZone
from schema.transport.credentials import Credentials
from schema.transport.shared_subscriptions import SHARED


class Colour(Enum):
    """A plain enum."""

    RED = "red"
    BLUE = "blue"


describe_enum(Colour, name="Colour", description="Colours.", values={"RED": "Red.", "BLUE": "Blue."})


@strawberry.type(description="Inner.")
class Place:
    city: str | None = strawberry.field(description="City.")
    floor: int = strawberry.field(description="Floor.")


@strawberry.type(description="A thing.")
class Thing(Node):
    database_id: int = strawberry.field(description="Number.")
    name: str = strawberry.field(description="Name.")
    note: str | None = strawberry.field(description="Note.")
    weight: float = strawberry.field(description="Weight.")
    good: bool = strawberry.field(description="Good.")
    colour: Colour = strawberry.field(description="Colour.")
    start: datetime = strawberry.field(description="Start.")
    day: date = strawberry.field(description="Day.")
    length: timedelta = strawberry.field(description="Length.")
    email: EmailAddress | None = strawberry.field(description="E-mail.")
    tags: list[str] = strawberry.field(description="Tags.")
    marks: list[int | None] | None = strawberry.field(description="Marks.")
    place: Place | None = strawberry.field(description="Place.")
    places: list[Place] = strawberry.field(description="Places.")

    @strawberry.field(description="Twice the number.")
    def double(self) -> int:
        return self.database_id * 2

    @strawberry.field(description="Loaded.")
    async def owner(self, info: Info) -> "Owner | None":
        loaders = cast(SampleLoaders, info.context.loaders)
        return await loaders.owner_by_id.load(self.database_id % 3)

    @strawberry.field(description="Name with a prefix.")
    def prefixed(self, prefix: Annotated[str, strawberry.argument(description="Prefix.")] = ">") -> str:
        return prefix + self.name


@strawberry.type(description="An owner.")
class Owner(Node):
    name: str = strawberry.field(description="Name.")


def make_thing(number: int, **changes: Any) -> Thing:
    values: dict[str, Any] = {
        "id": global_id("Thing", number),
        "database_id": number,
        "name": f"thing {number}",
        "note": None if number % 2 else "even",
        "weight": number / 4,
        "good": number % 3 == 0,
        "colour": Colour.RED if number % 2 else Colour.BLUE,
        "start": datetime(2026, 3, 1, 9, 30, tzinfo=UTC) + timedelta(hours=number),
        "day": date(2026, 3, 1) + timedelta(days=number % 28),
        "length": timedelta(minutes=30),
        "email": EmailAddress("a@example.com") if number % 2 else None,
        "tags": ["a", "b"][: number % 3],
        "marks": None if number % 5 == 0 else [1, None, number],
        "place": None if number % 4 == 0 else Place(city=None, floor=number),
        "places": [Place(city="Berlin", floor=f) for f in range(number % 3)],
    }
    return Thing(**{**values, **changes})


@dataclass
class World:
    """What changes while a test runs."""

    versions: int = 0
    loads: int = 0
    opened: int = 0
    closed: int = 0


class SampleLoaders:
    def __init__(self, world: World) -> None:
        self.world = world

    @cached_property
    def owner_by_id(self) -> "DataLoader[int, Owner | None]":
        async def load(keys: list[int]) -> list[Owner | None]:
            self.world.loads += 1
            return [
                None if key == 2 else Owner(id=global_id("Owner", key), name=f"o{key} v{self.world.versions}")
                for key in keys
            ]

        return DataLoader(load)


async def load_things(_context: Context, ids: Any) -> list[Thing | None]:
    return [make_thing(int(key)) if key.isdecimal() and int(key) < 1000 else None for key in ids]


REGISTRY = NodeRegistry()
REGISTRY.register("Thing", load_things)
HOLD: list[Thing] = []
"""What `things` answers instead of making its own."""
REVOKED: set[str] = set()
"""Tokens that stopped working."""


@strawberry.type(description="Root.")
class Query(node_queries(REGISTRY)):  # type: ignore[misc]
    @strawberry.field(description="Hello.")
    def hello(self) -> str:
        return "world"

    @strawberry.field(description="List.", metadata=cost(size="count"))
    def things(self, count: Annotated[int, strawberry.argument(description="How many.")] = 3) -> list[Thing]:
        return HOLD or [make_thing(number) for number in range(count)]

    @strawberry.field(description="Nullable list.")
    def maybe_things(self) -> list[Thing | None] | None:
        return [make_thing(1), None, make_thing(2)]

    @strawberry.field(description="Mixed.")
    def nodes_mixed(self) -> list[Node]:
        return [make_thing(1), Owner(id=global_id("Owner", 1), name="o")]

    @strawberry.field(description="One.")
    def thing(self, number: Annotated[int, strawberry.argument(description="Number.")] = 1) -> Thing | None:
        return make_thing(number) if number >= 0 else None

    @strawberry.field(description="Echo.")
    def at(self, value: Annotated[datetime, strawberry.argument(description="Instant.")]) -> datetime:
        return value

    @strawberry.field(description="Zone.")
    def zone(self, value: Annotated[TimeZone, strawberry.argument(description="Zone.")]) -> TimeZone:
        return value

    @strawberry.field(description="Breaks.")
    def broken(self) -> str | None:
        raise ZeroDivisionError("secret detail")

    @strawberry.field(description="Refused.")
    def refused(self) -> str | None:
        raise errors.ForbiddenError("Not yours.")

    @strawberry.field(description="Page.")
    async def page(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Thing]:
        page = PageRequest.read(info, first=first, after=after, last=last, before=before, order="things:id:asc")
        keyset = page.keyset
        low, high = keyset.after, keyset.before
        numbers = [
            n
            for n in range(0, 200, 2)
            if (low is None or n > cast(int, low[0])) and (high is None or n < cast(int, high[0]))
        ]
        if keyset.backward:
            numbers.reverse()

        async def count() -> int:
            return 100

        return Connection.of(page, numbers[: keyset.limit], node=make_thing, key=lambda n: (n,), count=count)


@strawberry.type(description="Done.")
class RenameSuccess:
    thing: Thing = strawberry.field(description="The thing.")


RenameResult = Annotated[
    RenameSuccess | InvalidInput | NotFound | Conflict | Forbidden,
    strawberry.union("RenameResult", description="Outcome of `rename`."),
]


@strawberry.input(description="Input.")
class RenameInput:
    name: str = strawberry.field(description="New name.")


@strawberry.type(description="Root.")
class Mutation:
    @strawberry.mutation(description="Rename.")
    async def rename(self, input: Annotated[RenameInput, strawberry.argument(description="Input.")]) -> RenameResult:
        if input.name == "taken":
            raise errors.ConflictError("Taken.", path=("name",))
        if not input.name:
            raise errors.InvalidInputError.at("name", "Give a name.", "required")
        if input.name == "unsupported":
            raise errors.NotSupportedError("No.")
        return RenameSuccess(thing=make_thing(1, name=input.name))


@strawberry.type(description="State.")
class Snapshot:
    version: SlotsVersion = strawberry.field(description="Version.")
    items: list[int] = strawberry.field(description="Items.")
    event_cursor: strawberry.Private[str | None] = None

    def current_snapshot(self) -> "Snapshot":
        return self

    def resync(self, reason: str) -> "Resync":
        return Resync(reason=reason)


@strawberry.type(description="Change.")
class Delta:
    version: SlotsVersion = strawberry.field(description="Version.")
    previous_version: SlotsVersion = strawberry.field(description="Version before.")
    added: list[int] = strawberry.field(description="Added.")
    state: strawberry.Private[Snapshot]
    event_cursor: strawberry.Private[str | None] = None

    def current_snapshot(self) -> Snapshot:
        return self.state

    def resync(self, reason: str) -> "Resync":
        return Resync(reason=reason)


@strawberry.type(description="Forget.")
class Resync:
    reason: str = strawberry.field(description="Why.")


LiveEvent = Annotated[Snapshot | Delta | Resync, strawberry.union("LiveEvent", description="Event.")]


class Topic:
    """What shared subscriptions of a test follow."""

    def __init__(self) -> None:
        self.version = 1
        self.items: tuple[int, ...] = ()
        self._changed = asyncio.Event()

    def add(self, item: int) -> None:
        self.version += 1
        self.items = (*self.items, item)
        self._changed.set()
        self._changed = asyncio.Event()

    def snapshot(self) -> Snapshot:
        return Snapshot(version=SlotsVersion(self.version), items=list(self.items), event_cursor=f"c{self.version}")

    async def follow(self, world: World) -> AsyncGenerator[Any, None]:
        world.opened += 1
        try:
            seen = self.snapshot()
            yield seen
            while True:
                changed = self._changed
                if self.version == seen.version:
                    await changed.wait()
                now = self.snapshot()
                yield Delta(
                    version=now.version,
                    previous_version=seen.version,
                    added=now.items[len(seen.items) :],
                    state=now,
                    event_cursor=now.event_cursor,
                )
                seen = now
        finally:
            world.closed += 1


def make_subscription(world: World, topic: Callable[[], Topic]) -> type:
    @strawberry.type(description="Root.")
    class Subscription:
        @strawberry.subscription(description="Counts.")
        async def count(
            self,
            info: Info,
            to: Annotated[int, strawberry.argument(description="Until.")] = 3,
            after: Annotated[EventCursor | None, strawberry.argument(description="Resume.")] = None,
        ) -> AsyncGenerator[Thing, None]:
            world.opened += 1
            first = int(after) if after else 0
            try:
                for number in range(first, to):
                    world.versions += 1
                    thing = make_thing(number)
                    thing.event_cursor = str(number + 1)  # type: ignore[attr-defined]
                    yield thing
            finally:
                world.closed += 1

        @strawberry.subscription(description="Shared.", metadata=SHARED)
        async def live(
            self,
            topic_name: Annotated[str, strawberry.argument(description="Topic.")] = "a",
            after: Annotated[EventCursor | None, strawberry.argument(description="Resume.")] = None,
        ) -> AsyncGenerator[LiveEvent, None]:
            async for event in topic().follow(world):
                yield event

        @strawberry.subscription(description="Fails.")
        async def failing(self) -> AsyncGenerator[int, None]:
            yield 1
            raise ZeroDivisionError("secret detail")

        @strawberry.subscription(description="Endless and large.")
        async def flood(self) -> AsyncGenerator[str, None]:
            world.opened += 1
            try:
                while True:
                    world.versions += 1
                    yield "x" * 10_000
            finally:
                world.closed += 1

    return Subscription


@dataclass
class Sample:
    schema: SlotgraphSchema
    world: World
    topic: Topic

    def loaders(self, _request: RequestContext) -> Any:
        return SampleLoaders(self.world)

    def context(self, settings: Settings | None = None, actor: Actor = ANONYMOUS) -> Context:
        return Context(request_context(settings, actor), self.loaders)


def request_context(settings: Settings | None = None, actor: Actor = ANONYMOUS) -> RequestContext:
    return RequestContext(actor, settings or make_settings(), InProcessBus(), request_id="req-1", client_ip="127.0.0.1")


def make_settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def make_sample() -> Sample:
    world, topic = World(), Topic()
    subscription = make_subscription(world, lambda: topic)
    schema = build_schema(Query, Mutation, subscription, types=[Thing, Owner, UserError])
    return Sample(schema, world, topic)


def authenticator(settings: Settings) -> Callable[[Credentials], Awaitable[RequestContext]]:
    """Bearer user:<id>[:<seconds to live>]; `dead` can never work, `late` is expired."""

    async def authenticate(credentials: Credentials) -> RequestContext:
        token = credentials.headers.get("authorization", "").removeprefix("Bearer ")
        actor = ANONYMOUS
        if token == "dead" or token in REVOKED:
            raise errors.UnauthenticatedError("Wrong key.")
        if token == "late":
            raise errors.ForbiddenError("Expired.")
        if token == "crash":
            raise ZeroDivisionError("secret detail")
        if token.startswith("user:"):
            parts = token.split(":")
            expires = datetime.now(UTC) + timedelta(seconds=float(parts[2])) if len(parts) > 2 else None
            actor = Actor(user_id=int(parts[1]), expires_at=expires)
        return RequestContext(
            actor, settings, InProcessBus(), request_id=credentials.request_id, client_ip=credentials.client_ip
        )

    return authenticate
