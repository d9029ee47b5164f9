"""Everything that `make bench` measures, in order; the report is made of what it returns."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from statistics import median
from typing import Any

from app.db import connection, raw
from app.settings import Settings
from bench.fixture import BOOKED_EVENTS, CASES, GRID
from bench.head_of_line import Waits
from bench.load import Target, get, post
from bench.measure import Effort, Figure, counted, measure
from bench.questions import (
    API_KEY,
    LIST,
    LISTED_HOST,
    Wishes,
    again,
    graphql,
    graphql_slots,
    graphql_wish,
    rest,
    rest_slots,
    slots_path,
)
from bench.servers import Server
from bench.shim import Shim
from bench.sockets import FRAME, WATCHED_DAY, Spread, spread, subscription
from bench.under_load import reading, rest_reading, rest_writing, slots_while_booking, writing
from tests.parts.processes import memory_mib

Figures = dict[str, Figure]


@dataclass(slots=True)
class Servers:
    """The processes under measure."""

    floor: Server
    service: Server
    graphql: Server
    service_sqlite: Server
    graphql_sqlite: Server
    writer: Server
    frames: Server


@dataclass(slots=True)
class Results:
    """All figures of one run."""

    slots: Figures = field(default_factory=dict)
    hello: Figures = field(default_factory=dict)
    booking: Figures = field(default_factory=dict)
    list: Figures = field(default_factory=dict)
    grid: Figures = field(default_factory=dict)
    load: Figures = field(default_factory=dict)
    rest_load: Figures = field(default_factory=dict)
    rest_statements: dict[str, int] = field(default_factory=dict)
    rest_race: tuple[int, int, int] = (0, 0, 0)
    deliveries: dict[str, tuple[float, float]] = field(default_factory=dict)
    head_of_line: dict[str, tuple[Waits, Waits]] = field(default_factory=dict)
    shim: Shim | None = None
    memory_mib: float = 0.0
    boot_seconds: float = 0.0
    statements: dict[str, int] = field(default_factory=dict)
    race: tuple[int, int, int] = (0, 0, 0)
    raw_spread: Spread | None = None
    spread: Spread | None = None


def target(server: Server, name: str, requests: Any, good: tuple[int, ...] = (200,)) -> Target:
    """Requests to a server."""
    return Target(name, server.port, server.pid, requests, good)


async def prepare(url: str) -> None:
    """The key with which the list is read."""
    hashed = sha256(API_KEY.removeprefix("cal_").encode()).hexdigest()
    async with connection.database(Settings(_env_file=None, database_url=url)):
        await raw.execute(
            "INSERT INTO api_keys (id, user_id, hashed_key) VALUES ('bench', $1, $2)", LISTED_HOST, hashed
        )


def start(stack: ExitStack, url: str, sqlite_url: str) -> Servers:
    """All servers."""
    web = "app.main:app_from_environment"
    return Servers(
        floor=stack.enter_context(Server("bench.floor:app", url)),
        service=stack.enter_context(Server("bench.service:app", url)),
        graphql=stack.enter_context(Server(web, url, factory=True)),
        service_sqlite=stack.enter_context(Server("bench.service:app", sqlite_url)),
        graphql_sqlite=stack.enter_context(Server(web, sqlite_url, factory=True)),
        writer=stack.enter_context(Server(web, url, factory=True)),
        frames=stack.enter_context(Server("bench.raw_frames:app", url)),
    )


async def measure_slots(servers: Servers, effort: Effort) -> Figures:
    """Slots of a month; every answer is compared with the known number of slots first."""
    targets = []
    for case in CASES.values():
        plain = again(get(slots_path(case)))
        found = [
            target(servers.floor, f"floor {case.name}", plain),
            target(servers.service, f"service {case.name}", plain),
            target(servers.service_sqlite, f"service sqlite {case.name}", plain),
            target(servers.graphql, f"graphql {case.name}", again(graphql_slots(case, "objects"))),
            target(servers.graphql, f"graphql texts {case.name}", again(graphql_slots(case, "texts"))),
            target(servers.graphql_sqlite, f"graphql sqlite {case.name}", again(graphql_slots(case, "objects"))),
            target(servers.graphql, f"rest {case.name}", again(rest_slots(case))),
        ]
        for each in found:
            free = await counted(each, count_slots)
            if free != case.free:
                raise RuntimeError(f"{each.name}: {free} free slots instead of {case.free}")
        targets += found
    return await measure(targets, 4, effort)


def count_slots(answer: Any) -> int:
    """Free slots in an answer of any of the servers."""
    data = answer["data"]
    if "slots" in data:
        return sum(len(day.get("slots", day.get("starts"))) for day in data["slots"]["days"])
    return sum(len(slots) for slots in data.values())


async def measure_hello(servers: Servers, effort: Effort) -> Figures:
    """What each stack costs when nothing is asked."""
    targets = [
        target(servers.floor, "starlette hello", again(get("/hello"))),
        target(servers.graphql, "graphql hello", again(graphql("query Hello { __typename }"))),
        target(servers.graphql, "rest me", again(rest("/v2/me", key=API_KEY))),
    ]
    return await measure(targets, 4, effort)


async def measure_booking(servers: Servers, effort: Effort) -> Figures:
    """Bookings of free starts; a start is asked for once, so every answer must be a booking."""
    floor, rows, lite = Wishes(), Wishes(), Wishes()
    targets = [
        target(servers.floor, "floor", floor.plain, (201,)),
        target(servers.service, "service", rows.plain, (201,)),
        target(servers.graphql, "graphql", rows.graphql),
        target(servers.service_sqlite, "service sqlite", lite.plain, (201,)),
        target(servers.graphql, "rest", rows.rest, (201,)),
    ]
    made = await counted(targets[2], lambda answer: len(answer["data"]["createBooking"].get("booking", ())))  # type: ignore[index]
    if made != 4:
        raise RuntimeError("GraphQL does not book")
    return await measure(targets, 16, effort)


async def measure_list(servers: Servers, effort: Effort) -> Figures:
    """A page of 200 bookings, ten fields each."""
    path = get(f"/bookings?host={LISTED_HOST}")
    targets = [
        target(servers.floor, "floor", again(path)),
        target(servers.service, "service", again(path)),
        target(servers.graphql, "graphql", again(graphql(LIST, {"first": 200}, API_KEY))),
        target(servers.service_sqlite, "service sqlite", again(path)),
        target(servers.graphql, "rest", again(rest("/v2/bookings?take=200", key=API_KEY))),
    ]
    for each in targets:
        if await counted(each, count_bookings) != 200:
            raise RuntimeError(f"{each.name} does not list 200 bookings")
    return await measure(targets, 4, effort)


def count_bookings(answer: Any) -> int:
    """Bookings in an answer."""
    data = answer["data"]
    return len(data if isinstance(data, list) else data["viewer"]["bookings"]["nodes"])


async def measure_grid(servers: Servers, effort: Effort) -> Figures:
    """How slots of a month grow with hosts and with bookings."""
    targets = [target(servers.service, case.name, again(get(slots_path(case)))) for case in GRID]
    return await measure(targets, 4, effort)


async def measure_load(servers: Servers, effort: Effort) -> tuple[Figures, Figures]:
    """Slots of hosts that others are booking: by the service function, and through API v2 in both directions."""
    plain = await slots_while_booking(reading(servers.service), writing(servers.graphql), effort)
    return plain, await slots_while_booking(rest_reading(servers.graphql), rest_writing(servers.writer), effort)


async def measure_sockets(servers: Servers, effort: Effort) -> tuple[Spread, Spread]:
    """One change to a thousand sockets: raw frames, and slots over GraphQL."""
    changes = 4 * effort.rounds
    frame = post("/fire", FRAME)
    bare = await spread(servers.frames, [frame] * changes, None)
    wishes = [graphql_wish(BOOKED_EVENTS[0], WATCHED_DAY + 300 * number, number) for number in range(changes)]
    return bare, await spread(servers.graphql, wishes, subscription())


async def settled_memory(url: str) -> tuple[float, float]:
    """Memory of an idle worker, and how long it takes to listen (median of three starts)."""
    memory, boots = 0.0, []
    for _ in range(3):
        with Server("app.main:app_from_environment", url, factory=True, run_worker=True) as server:
            boots.append(server.boot_seconds)
            memory = memory_mib(server.pid)
    return memory, median(boots)
