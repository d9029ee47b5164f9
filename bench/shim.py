"""What the shim itself costs: each step of a request by itself, in this process, as microseconds of CPU."""

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import orjson

from app.context import Actor, RequestContext
from app.db import connection
from app.events.bus import InProcessBus
from app.rest.operation import AnyOperation
from app.rest.rate_limits import Limit, MemoryLimiter
from app.rest.request import RestRequest
from app.rest.router import RestApp
from app.rest.v2.auth import Doorkeeper
from app.rest.v2.front import V2Front
from app.rest.v2.operations import OPERATIONS
from app.services.bookings.queries import ListBookings, list_bookings
from app.services.bookings.views import BookingParts
from app.services.users.queries import get_viewer
from app.settings import Settings
from bench.questions import API_KEY, LISTED_HOST, rest_booking

VERSION: Final = "2024-08-13"
ROUNDS: Final = 7
ROUTINGS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Shim:
    """Microseconds of CPU by step; routing of the first and of the last row."""

    steps: dict[str, float]
    first: float
    last: float


async def measure_shim(settings: Settings) -> Shim:
    """Every step on the benchmark's data, the database of which must be this process's alone."""
    settings = settings.model_copy(update={"rate_limit_api_key": 1_000_000_000})  # counted, never refused
    async with connection.database(settings):
        first, last = _routings()
        doorkeeper = Doorkeeper(settings, InProcessBus(), MemoryLimiter())
        front = V2Front(doorkeeper)
        me, page, book = (_row(path, method) for method, path in _ROWS)
        profile = await get_viewer(await doorkeeper.admit(_request(me), me))
        listed = await list_bookings(_listing(settings), ListBookings(limit=200, parts=BookingParts.ATTENDEES))
        steps = {
            "routing, first row": first,
            "routing, last row": last,
            "key and limits (one statement)": await _awaited(lambda: doorkeeper.admit(_request(me), me), 200),
            "limits alone, in memory": await _limits(),
            "reading a booking's body": _called(lambda: front.read(book, _body()), 500),
            "rendering the profile": _called(lambda: front.success(me, me.render(profile)), 2_000),
            "rendering 200 bookings": _called(lambda: front.success(page, page.render(listed)), 20),
        }
    return Shim(steps, first, last)


_ROWS: Final = (("GET", "/v2/me"), ("GET", "/v2/bookings"), ("POST", "/v2/bookings"))


def _row(path: str, method: str) -> AnyOperation:
    rows = [row for row in OPERATIONS if (row.method, row.path) == (method, path)]
    return next(row for row in rows if row.versions is None or VERSION in row.versions)


def _routings() -> tuple[float, float]:
    app = RestApp(V2Front(Doorkeeper(Settings(_env_file=None), InProcessBus(), MemoryLimiter())), OPERATIONS, "/v2")
    # In turns: what else the machine does then weighs on both.
    works = [_matching(app, row) for row in (OPERATIONS[0], OPERATIONS[-1])]
    pairs = [[_called(work, ROUTINGS, rounds=1) for work in works] for _ in range(3 * ROUNDS)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def _matching(app: RestApp, row: AnyOperation) -> Callable[[], Any]:
    path = re.sub(r"\{\w+\}", "a8f2kq", row.path)

    def work() -> None:
        app.match(_request(row, path), path.removeprefix("/v2"))

    return work


def _request(row: AnyOperation, path: str = "") -> RestRequest:
    version = max(row.versions or {VERSION}).encode()
    headers = [(b"cal-api-version", version), (b"authorization", f"Bearer {API_KEY}".encode())]
    scope = {"type": "http", "method": row.method, "path": path or row.path, "query_string": b"", "headers": headers}
    return RestRequest({**scope, "client": ("127.0.0.1", 1), "state": {"request_id": "bench"}})


def _body() -> Any:
    return orjson.loads(rest_booking(1, 0, 0))


def _listing(settings: Settings) -> RequestContext:
    person = Actor(user_id=LISTED_HOST, email=f"user{LISTED_HOST}@example.com", username=f"user{LISTED_HOST}")
    return RequestContext(person, settings, InProcessBus())


async def _limits() -> float:
    limiter = MemoryLimiter()
    limits = (Limit(1_000_000),)
    return await _awaited(lambda: limiter.hit("key", limits), 2_000)


def _called(work: Callable[[], Any], times: int, rounds: int = ROUNDS) -> float:
    found = []
    for _ in range(rounds):
        started = time.process_time()
        for _ in range(times):
            work()
        found.append((time.process_time() - started) / times * 1e6)
    return median(found)


async def _awaited(work: Callable[[], Awaitable[Any]], times: int) -> float:
    found = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(times):
            await work()
        found.append((time.process_time() - started) / times * 1e6)
    return median(found)
