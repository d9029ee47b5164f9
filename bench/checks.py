"""What is counted rather than timed: SQL statements, and double bookings in a race."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.context import ANONYMOUS, Actor, RequestContext
from app.db import connection, raw
from app.db.connection import current
from app.errors import SlotgraphError
from app.events.bus import InProcessBus
from app.services.bookings.create import Booker, CreateBooking, create_booking
from app.services.bookings.queries import ListBookings, list_bookings
from app.services.slots.get_slots import GetSlots, get_slots
from app.services.slots.refs import EventTypeRef
from app.settings import Settings
from bench.fixture import BOOKED_EVENTS, CASES, MONTH
from bench.questions import LISTED_HOST

RACERS = 16
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


async def race(url: str, rounds: int) -> tuple[int, int, int]:
    """Sixteen people at once want equal and overlapping starts: (rounds, bookings made, overlapping pairs found)."""
    async with connection.database(settings_of(url)):
        ctx = RequestContext(ANONYMOUS, settings_of(url), InProcessBus())
        made = 0
        for number in range(rounds):
            start = RACED_FROM + timedelta(minutes=10 * number)
            starts = [start + timedelta(minutes=racer % 4) for racer in range(RACERS)]
            made += sum(await asyncio.gather(*(_try(ctx, at, number) for number, at in enumerate(starts))))
        pairs = await raw.value(
            "SELECT count(*) FROM booking_hosts a JOIN booking_hosts b ON a.host_id = b.host_id AND a.id < b.id"
            " AND a.start_s < b.end_s AND b.start_s < a.end_s AND a.blocks AND b.blocks WHERE a.host_id = ANY($1)",
            list(BOOKED_EVENTS),
        )
        return rounds, made, pairs


async def _try(ctx: RequestContext, start: datetime, number: int) -> bool:
    try:
        await create_booking(ctx, wish(BOOKED_EVENTS[0], start, number))
    except SlotgraphError:
        return False
    return True
