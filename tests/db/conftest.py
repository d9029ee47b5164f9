"""Rows for tests of the database layer, written with raw SQL."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from random import Random

import pytest

from app.context import Actor, RequestContext
from app.db import raw
from app.db.session import Database
from app.settings import Settings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class RecordingBus:
    """Remembers what is published; fails when told to."""

    def __init__(self) -> None:
        self.published: list[tuple[str, ...]] = []
        self.broken = False

    async def publish(self, topics: Iterable[str]) -> None:
        """Remember the topics."""
        if self.broken:
            raise ConnectionError("the bus is down")
        self.published.append(tuple(topics))


class Rows:
    """Inserts rows with as few values as the tables allow; every method answers the new id."""

    def __init__(self) -> None:
        self._count = 0

    async def _insert(self, table: str, **values: object) -> int:
        names = ", ".join(values)
        marks = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        return int(await raw.value(f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id", *values.values()))

    def _next(self) -> int:
        self._count += 1
        return self._count

    async def user(self, **values: object) -> int:
        """A person."""
        number = self._next()
        return await self._insert("users", **{"username": f"u{number}", "email": f"u{number}@example.com", **values})

    async def event_type(self, owner_id: int, **values: object) -> int:
        """A half-hour event type of a person."""
        given = {"owner_id": owner_id, "title": "Talk", "slug": f"talk-{self._next()}", "length_minutes": 30}
        return await self._insert("event_types", **{**given, **values})

    async def booking(self, user_id: int, event_type_id: int, start_s: int = 1_000, **values: object) -> int:
        """An accepted booking of half an hour, without the span it takes of its host."""
        number = self._next()
        given = {
            "uid": f"b{number}",
            "ical_uid": f"b{number}@slotgraph",
            "user_id": user_id,
            "event_type_id": event_type_id,
            "status": "ACCEPTED",
            "title": "Talk",
            "start_s": start_s,
            "end_s": start_s + 1_800,
            "booker_email": "booker@example.com",
        }
        return await self._insert("bookings", **{**given, **values})

    async def span(self, host_id: int, event_type_id: int | None, start_s: int, end_s: int, status: str) -> int:
        """The span a new booking of this status takes of a host; `HOLDING` is pending and blocks its own type."""
        booking_id = await self.booking(host_id, event_type_id or await self.event_type(host_id), start_s)
        blocks = status == "ACCEPTED"
        return await self._insert(
            "booking_hosts",
            booking_id=booking_id,
            host_id=host_id,
            event_type_id=event_type_id,
            start_s=start_s,
            end_s=end_s,
            blocks=blocks,
            blocks_same_type=blocks or status == "HOLDING",
        )

    async def seat(self, booking_id: int) -> int:
        """A seat of somebody new."""
        number = self._next()
        attendee_id = await self._insert(
            "attendees", booking_id=booking_id, email=f"a{number}@example.com", time_zone="UTC", position=number
        )
        return await self._insert("seats", uid=f"seat-{number}", booking_id=booking_id, attendee_id=attendee_id)


@pytest.fixture
def rows(database: Database) -> Rows:
    """Makes rows in this test's own database."""
    return Rows()


@pytest.fixture
def bus() -> RecordingBus:
    """What was published after commits."""
    return RecordingBus()


@pytest.fixture
def make_ctx(settings: Settings, bus: RecordingBus) -> Callable[..., RequestContext]:
    """A request context of a signed-in user whose clock stands still."""

    def make(**values: object) -> RequestContext:
        given: dict[str, object] = {
            "actor": Actor(user_id=1),
            "settings": settings,
            "bus": bus,
            "now": lambda: NOW,
            "random": Random(1),
        }
        return RequestContext(**{**given, **values})  # type: ignore[arg-type]

    return make


@pytest.fixture
def ctx(make_ctx: Callable[..., RequestContext]) -> RequestContext:
    """A request context of user 1."""
    return make_ctx()
