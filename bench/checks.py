"""What is counted rather than timed: SQL statements, and double bookings in a race."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx

from app.context import ANONYMOUS, Actor, RequestContext
from app.db import connection, raw
from app.db.connection import current
from app.errors import SlotgraphError
from app.events.bus import InProcessBus
from app.main import create_app
from app.services.bookings.create import Booker, CreateBooking, create_booking
from app.services.bookings.queries import ListBookings, list_bookings
from app.services.slots.get_slots import GetSlots, get_slots
from app.services.slots.refs import EventTypeRef
from app.settings import Settings
from bench.fixture import BOOKED_EVENTS, CASES, MONTH
from bench.load import Connection
from bench.questions import API_KEY, LISTED_HOST, rest, rest_slots, rest_wish
from bench.servers import Server

RACERS = 16
REST_RACE = 20
TRIES = 3
RACED_FROM = MONTH[0].astimezone(UTC) + timedelta(days=200)


def settings_of(url: str) -> Settings:
    """Settings of this process."""
    return Settings(_env_file=None, database_url=url, database_pool_max=32)


def wish(event: int, start: datetime, number: int = 0) -> CreateBooking:
    """A booking of five minutes."""
    booker = Booker(name="Ada Example", email=f"ada{number}@example.com", time_zone="Europe/Berlin")
    return CreateBooking(event_type=EventTypeRef(id=event), start=start, attendee=booker)


async def count_statements(url: str) -> dict[str, int]:
    """SQL statements of slots, a booking and a page of 200, each as a service function runs it."""
    async with connection.database(settings_of(url)):
        ctx = RequestContext(ANONYMOUS, settings_of(url), InProcessBus())
        person = Actor(user_id=LISTED_HOST, email=f"user{LISTED_HOST}@example.com", username=f"user{LISTED_HOST}")
        listing = RequestContext(person, ctx.settings, ctx.bus)
        team = EventTypeRef(id=CASES["team50"].event_id)
        start = RACED_FROM - timedelta(days=10)
        return {
            "slots": await _statements(lambda: get_slots(ctx, GetSlots(ref=team, start=MONTH[0], end=MONTH[1]))),
            "booking": await _statements(lambda: create_booking(ctx, wish(BOOKED_EVENTS[0], start))),
            "list": await _statements(lambda: list_bookings(listing, ListBookings(limit=200, one_month_back=False))),
        }


async def _statements(work: Callable[[], Awaitable[Any]]) -> int:
    database = type(current())
    seen = 0
    originals = {name: getattr(database, name) for name in ("fetch", "run", "run_many")}

    def counting(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def run(*arguments: Any) -> Any:
            nonlocal seen
            seen += 1
            return await original(*arguments)

        return run

    for name, original in originals.items():
        setattr(database, name, counting(original))
    try:
        await work()
    finally:
        for name, original in originals.items():
            setattr(database, name, original)
    return seen


async def count_rest_statements(url: str) -> dict[str, int]:
    """The same of whole requests to API v2, the one that finds the key included."""
    app = create_app(settings_of(url))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as http:
            return {
                "slots": await _request(http, [rest_slots(CASES["team50"])] * TRIES),
                "booking": await _request(http, [rest_wish(BOOKED_EVENTS[1], _at(-10, n), n) for n in range(TRIES)]),
                "list": await _request(http, [rest("/v2/bookings?take=200", key=API_KEY)] * TRIES),
            }


async def _request(http: httpx.AsyncClient, requests: list[bytes]) -> int:
    """The fewest of several tries: the process follows the event log and notes the use of keys meanwhile."""
    return min([await _statements(partial(_sent, http, request)) for request in requests])


async def _sent(http: httpx.AsyncClient, request: bytes) -> None:
    head, _, body = request.partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    method, path, _ = line.split(" ")
    answer = await http.request(method, path, content=body, headers=[tuple(each.split(": ", 1)) for each in headers])
    answer.raise_for_status()


def _at(days: int, number: int = 0) -> int:
    """A start that nobody else wants: so many days from the race, another one for each number; epoch seconds."""
    return int((RACED_FROM + timedelta(days=days, minutes=10 * number)).timestamp())


async def race(url: str, rounds: int) -> tuple[int, int, int]:
    """Sixteen people at once want equal and overlapping starts: (rounds, bookings made, overlapping pairs found)."""
    async with connection.database(settings_of(url)):
        ctx = RequestContext(ANONYMOUS, settings_of(url), InProcessBus())

        async def attempt(start_s: int, racer: int) -> bool:
            return await _try(ctx, datetime.fromtimestamp(start_s, UTC), racer)

        return rounds, await _made(attempt, rounds, 0), await _pairs()


async def rest_race(url: str, server: Server, rounds: int) -> tuple[int, int, int]:
    """The same through API v2, each on a connection of their own."""
    opened = [await Connection.open(server.port) for _ in range(RACERS)]

    async def attempt(start_s: int, racer: int) -> bool:
        status, body = await opened[racer].ask(rest_wish(BOOKED_EVENTS[0], start_s, racer))
        if status not in {201, 400, 409}:
            raise RuntimeError(f"a racer got {status}: {body[:300]!r}")
        return status == 201

    made = await _made(attempt, rounds, REST_RACE)
    for each in opened:
        each.close()
    async with connection.database(settings_of(url)):
        return rounds, made, await _pairs()


async def _made(attempt: Callable[[int, int], Awaitable[bool]], rounds: int, days: int) -> int:
    made = 0
    for number in range(rounds):
        start = _at(days, number)
        made += sum(await asyncio.gather(*(attempt(start + racer % 4 * 60, racer) for racer in range(RACERS))))
    return made


async def _pairs() -> int:
    found: int = await raw.value(
        "SELECT count(*) FROM booking_hosts a JOIN booking_hosts b ON a.host_id = b.host_id AND a.id < b.id"
        " AND a.start_s < b.end_s AND b.start_s < a.end_s AND a.blocks AND b.blocks WHERE a.host_id = ANY($1)",
        list(BOOKED_EVENTS),
    )
    return found


async def _try(ctx: RequestContext, start: datetime, number: int) -> bool:
    try:
        await create_booking(ctx, wish(BOOKED_EVENTS[0], start, number))
    except SlotgraphError:
        return False
    return True
