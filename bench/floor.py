"""The floor: a bare service that answers the same questions on the same data, without any rule of the product.

Starlette, one connection with prepared statements, busy times as integer arrays, an integer sweep, orjson. No ORM, no
GraphQL, no authentication. Run by `python -m bench`.
"""

import asyncio
import os
from bisect import bisect_right
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import orjson
from asyncpg.prepared_stmt import PreparedStatement
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ZONE = ZoneInfo("Europe/Berlin")
LENGTH = 1_800
ONE_DAY = timedelta(days=1)
CLOCK = [f"{minute // 60:02}:{minute % 60:02}:00.000" for minute in range(1_440)]

BUSY = """
    SELECT h.host_id, array_agg(b.start_s ORDER BY b.start_s), array_agg(b.end_s ORDER BY b.start_s)
      FROM floor_hosts h LEFT JOIN floor_bookings b
           ON b.host_id = h.host_id AND b.status = 'ACCEPTED' AND b.start_s < $3 AND b.end_s > $2
     WHERE h.event_id = $1 GROUP BY h.host_id"""
BOOK = """
    WITH b AS (
        INSERT INTO floor_bookings (uid, event_id, host_id, title, status, start_s, end_s)
        SELECT $5::text, $1::int, h.host_id, 'Meeting', 'ACCEPTED', $2::bigint, $2::bigint + 300
          FROM floor_hosts h WHERE h.event_id = $1::int LIMIT 1
        ON CONFLICT DO NOTHING RETURNING id, uid, host_id, title, status, start_s, end_s),
    a AS (INSERT INTO floor_attendees SELECT id, $3::text, $4::text FROM b)
    SELECT * FROM b"""
LIST = """
    SELECT b.id, b.uid, b.title, b.status, b.start_s, b.end_s, b.location, b.event_id, a.name, a.email
      FROM floor_bookings b JOIN floor_attendees a ON a.booking_id = b.id
     WHERE b.host_id = $1 ORDER BY b.start_s, b.id LIMIT 200"""


class Held:
    """The one connection of this worker and its prepared statements; requests take turns."""

    connection: asyncpg.Connection
    turn: asyncio.Lock
    busy: PreparedStatement
    book: PreparedStatement
    list: PreparedStatement


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """Open the connection and prepare the statements."""
    Held.turn = asyncio.Lock()
    Held.connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    Held.busy, Held.book, Held.list = [await Held.connection.prepare(text) for text in (BUSY, BOOK, LIST)]
    yield
    await Held.connection.close()


def working_ranges(start_s: int, end_s: int) -> list[tuple[int, int]]:
    """Monday to Friday, 9 to 17 in Berlin, where clocks change at night."""
    day = datetime.fromtimestamp(start_s, ZONE).replace(hour=9, minute=0, second=0)
    found = []
    while (nine := int(day.timestamp())) < end_s:
        if day.weekday() < 5:
            found.append((nine, nine + 8 * 3_600))
        day += ONE_DAY
    return found


def free_starts(ranges: list[tuple[int, int]], starts: list[int], ends: list[int]) -> list[int]:
    """Half hours of the ranges that touch no busy span."""
    found = []
    index, count = 0, len(starts)
    for low, high in ranges:
        for at in range(low, high - LENGTH + 1, LENGTH):
            while index < count and ends[index] <= at:
                index += 1
            if index == count or starts[index] >= at + LENGTH:
                found.append(at)
    return found


def rendered(starts: list[int]) -> dict[str, list[dict[str, str]]]:
    """Starts by date, as the peer writes them."""
    days: dict[str, list[dict[str, str]]] = {}
    index = 0
    while index < len(starts):
        local = datetime.fromtimestamp(starts[index], ZONE)
        midnight = starts[index] - (local.hour * 60 + local.minute) * 60
        last = bisect_right(starts, midnight + 86_399)
        text = local.isoformat()
        date, offset = text[:10], text[-6:]
        days[date] = [{"start": f"{date}T{CLOCK[(at - midnight) // 60]}{offset}"} for at in starts[index:last]]
        index = last
    return days


async def slots(request: Request) -> Response:
    """Free starts of an event type in a window."""
    query = request.query_params
    event, start_s, end_s = int(query["event"]), int(query["start"]), int(query["end"])
    async with Held.turn:
        rows = await Held.busy.fetch(event, start_s, end_s)
    ranges = working_ranges(start_s, end_s)
    union: set[int] = set()
    for _host, starts, ends in rows:
        union.update(free_starts(ranges, *(([], []) if starts[0] is None else (starts, ends))))
    return Response(orjson.dumps({"status": "success", "data": rendered(sorted(union))}), media_type="application/json")


async def book(request: Request) -> Response:
    """Book a start of an event type's first host."""
    body = orjson.loads(await request.body())
    async with Held.turn:
        row = await Held.book.fetchrow(body["event"], body["start"], body["name"], body["email"], body["uid"])
    if row is None:
        return Response(b'{"status":"error"}', 409, media_type="application/json")
    return Response(orjson.dumps({"status": "success", "data": dict(row)}), 201, media_type="application/json")


async def bookings(request: Request) -> Response:
    """200 bookings of a host, ten fields each."""
    async with Held.turn:
        rows = await Held.list.fetch(int(request.query_params["host"]))
    data = [dict(row) for row in rows]
    return Response(orjson.dumps({"status": "success", "data": data}), media_type="application/json")


async def hello(_: Request) -> Response:
    """What Starlette costs by itself."""
    return JSONResponse({"hello": "world"})


app = Starlette(
    routes=[
        Route("/slots", slots),
        Route("/book", book, methods=["POST"]),
        Route("/bookings", bookings),
        Route("/hello", hello),
    ],
    lifespan=lifespan,
)
