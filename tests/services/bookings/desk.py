"""A world with a booking desk: short ways to book, and to count what was written."""

from dataclasses import dataclass, replace
from typing import Any

from app.context import RequestContext
from app.db import raw
from app.models import EventType
from app.services.bookings.create import Booker, CreateBooking, create_booking
from app.services.bookings.views import BookingView, ChangedBookings
from app.services.slots.refs import EventTypeRef
from tests.services.slots.world import World, at

MONDAY = "2026-05-04"
"""Clock of the tests: 2026-05-01T00:00Z, a Friday; the hosts work Monday to Friday, 9 to 5 in their zone."""


@dataclass
class Desk(World):
    """Books as an anonymous caller unless told otherwise."""

    def command(
        self, event_type: EventType | EventTypeRef, start: str, email: str = "ann@example.com", **fields: Any
    ) -> CreateBooking:
        """A request of Ann, or of whoever has this address."""
        ref = event_type if isinstance(event_type, EventTypeRef) else EventTypeRef(id=event_type.id)
        name = email.partition("@")[0].capitalize()
        booker = fields.pop("attendee", None) or Booker(
            name=name, email=email, time_zone=fields.pop("zone", "Europe/Rome")
        )
        return CreateBooking(event_type=ref, start=at(start), attendee=booker, **fields)

    async def book(
        self,
        event_type: EventType | EventTypeRef,
        start: str,
        email: str = "ann@example.com",
        *,
        ctx: RequestContext | None = None,
        **fields: Any,
    ) -> ChangedBookings:
        """Make a booking."""
        return await create_booking(ctx or self.ctx, self.command(event_type, start, email, **fields))

    async def booked(
        self, event_type: EventType | EventTypeRef, start: str, email: str = "ann@example.com", **fields: Any
    ) -> BookingView:
        """The one booking made."""
        return (await self.book(event_type, start, email, **fields)).booking


async def count(table: str, where: str = "TRUE") -> int:
    """How many rows there are."""
    number: int = await raw.value(f"SELECT count(*) FROM {table} WHERE {where}")
    return number


async def outbox() -> list[tuple[str, str]]:
    """Type and key of every state change, in order."""
    return [(row["type"], row["key"]) for row in await raw.rows("SELECT type, key FROM outbox ORDER BY id")]


async def outbox_payloads(kind: str) -> list[dict[str, Any]]:
    """Payloads of the changes of one type, in order."""
    return [
        raw.loads(row["payload"])
        for row in await raw.rows("SELECT payload FROM outbox WHERE type = $1 ORDER BY id", kind)
    ]


async def statuses(*uids: str) -> list[str]:
    """The statuses of bookings, in the order given."""
    found = {row["uid"]: row["status"] for row in await raw.rows("SELECT uid, status FROM bookings")}
    return [found[uid] for uid in uids]


def keyed(ctx: RequestContext, key: str) -> RequestContext:
    """The same caller with an idempotency key."""
    return replace(ctx, idempotency_key=key)
