"""Reading the slots of hosts whom sixteen others are booking at the same time."""

import asyncio
import itertools
from datetime import UTC, datetime

from bench.fixture import BOOKED_EVENTS, MONTH
from bench.load import Target, get, run_window
from bench.measure import Effort, Figure
from bench.questions import SLOTS_VERSION, graphql_wish, rest, rest_wish
from bench.servers import Server

FAR = 86_400 * 40
"""The month after next: nobody has booked it when this begins."""
_REST = int(MONTH[0].timestamp()) + 3 * FAR


def reading(server: Server) -> Target:
    """Slots of a week of the booked hosts, in turn."""
    start = int(MONTH[0].timestamp()) + FAR
    paths = [get(f"/slots?event={event}&start={start}&end={start + 7 * 86_400}") for event in BOOKED_EVENTS]
    return Target("slots", server.port, server.pid, lambda: itertools.cycle(paths))


def writing(server: Server) -> Target:
    """Bookings in that week."""
    made = (
        graphql_wish(
            BOOKED_EVENTS[number % len(BOOKED_EVENTS)],
            int(MONTH[0].timestamp()) + FAR + number // len(BOOKED_EVENTS) * 300,
            number,
        )
        for number in itertools.count()
    )
    return Target("book", server.port, server.pid, lambda: made)


def rest_reading(server: Server) -> Target:
    """The same week through API v2, another part of the calendar than the first measurement's."""
    bounds = (datetime.fromtimestamp(_REST + shift, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for shift in (0, 7 * 86_400))
    start, end = bounds
    paths = [rest(f"/v2/slots?eventTypeId={event}&start={start}&end={end}", SLOTS_VERSION) for event in BOOKED_EVENTS]
    return Target("slots", server.port, server.pid, lambda: itertools.cycle(paths))


def rest_writing(server: Server) -> Target:
    """Bookings in that week through API v2."""
    made = (
        rest_wish(BOOKED_EVENTS[number % len(BOOKED_EVENTS)], _REST + number // len(BOOKED_EVENTS) * 300, number)
        for number in itertools.count()
    )
    return Target("book", server.port, server.pid, lambda: made, (201,))


async def slots_while_booking(reader: Target, writer: Target, effort: Effort) -> dict[str, Figure]:
    """Latencies of one reader, alone and beside sixteen writers who use another process."""
    idle = [await run_window(reader, 1, effort.seconds) for _ in range(effort.rounds)]
    busy = []
    for _ in range(effort.rounds):
        window, writes = await asyncio.gather(
            run_window(reader, 1, effort.seconds), run_window(writer, 16, effort.seconds)
        )
        if window.bad or writes.bad:
            raise RuntimeError(f"{window.bad} reads and {writes.bad} bookings failed")
        busy.append(window)
    return {"idle": Figure.of(idle), "16 writers": Figure.of(busy)}
