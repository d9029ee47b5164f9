"""Slotgraph's service functions behind plain HTTP routes: the part of the cost that every front has."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.context import ANONYMOUS, Actor, RequestContext
from app.db import connection
from app.errors import SlotgraphError
from app.events.bus import InProcessBus
from app.services.bookings.create import Booker, CreateBooking, create_booking
from app.services.bookings.queries import ListBookings, list_bookings
from app.services.bookings.views import BookingParts
from app.services.slots.get_slots import GetSlots, get_slots
from app.services.slots.refs import EventTypeRef
from app.settings import Settings

settings = Settings(_env_file=None, database_url=os.environ["DATABASE_URL"], database_pool_max=32)
bus = InProcessBus()


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """The database."""
    async with connection.database(settings):
        yield


def context(actor: Actor = ANONYMOUS) -> RequestContext:
    """What a front makes for each request."""
    return RequestContext(actor, settings, bus)


def answer(data: object, status: int = 200) -> Response:
    """The peer's envelope."""
    return Response(orjson.dumps({"status": "success", "data": data}), status, media_type="application/json")


async def slots(request: Request) -> Response:
    """Free starts of an event type in a window."""
    query = request.query_params
    command = GetSlots(
        ref=EventTypeRef(id=int(query["event"])),
        start=datetime.fromtimestamp(int(query["start"]), UTC),
        end=datetime.fromtimestamp(int(query["end"]), UTC),
        zone="Europe/Berlin",
    )
    view = await get_slots(context(), command)
    return answer({day: [{"start": text} for text in texts] for day, texts in view.days.items()})


async def book(request: Request) -> Response:
    """Book a start."""
    body = orjson.loads(await request.body())
    command = CreateBooking(
        event_type=EventTypeRef(id=body["event"]),
        start=datetime.fromtimestamp(body["start"], UTC),
        attendee=Booker(name=body["name"], email=body["email"], time_zone="Europe/Berlin"),
    )
    try:
        made = await create_booking(context(), command)
    except SlotgraphError as error:
        return Response(orjson.dumps({"status": "error", "message": error.message}), 409, media_type="application/json")
    booking = made.bookings[0]
    return answer({"id": booking.id, "uid": booking.uid, "start": booking.start_s, "status": booking.status}, 201)


async def bookings(request: Request) -> Response:
    """200 bookings of a host, ten fields each."""
    host = int(request.query_params["host"])
    ctx = context(Actor(user_id=host, email=f"user{host}@example.com", username=f"user{host}"))
    page = await list_bookings(ctx, ListBookings(limit=200, parts=BookingParts.ATTENDEES, one_month_back=False))
    return answer(
        [
            {
                "id": each.id,
                "uid": each.uid,
                "title": each.title,
                "status": each.status,
                "start_s": each.start_s,
                "end_s": each.end_s,
                "location": each.location,
                "event_id": each.event_type_id,
                "name": each.attendees[0].name,
                "email": each.attendees[0].email,
            }
            for each in page.bookings
        ]
    )


app = Starlette(
    routes=[Route("/slots", slots), Route("/book", book, methods=["POST"]), Route("/bookings", bookings)],
    lifespan=lifespan,
)
