"""Messages that wait in a database, and a deliverer that sends them."""

from datetime import datetime, timedelta
from uuid import uuid4

from app.context import utc_now
from app.db import raw
from app.events.deliveries import Deliverer
from app.models import Webhook

FILL = """
INSERT INTO webhook_deliveries (webhook_id, key, trigger, body, content_type, status, attempts, run_at, created_at)
VALUES ($1, $2, 'BOOKING_CREATED', $3, 'application/json', 'PENDING', 0, $4, $4)
"""


async def queue(url: str, count: int, body: str = "{}", *, keys: int | None = None, at: datetime | None = None) -> str:
    """A webhook with so many messages, of as many bookings unless told otherwise; its id."""
    webhook = await Webhook.create(id=str(uuid4()), platform=True, subscriber_url=url, triggers=["BOOKING_CREATED"])
    now = at or utc_now() - timedelta(seconds=1)
    rows = [(webhook.id, f"booking{number % (keys or count)}", body, now) for number in range(count)]
    await raw.execute_many(FILL, rows)
    return webhook.id


async def states(column: str = "status") -> dict[str | None, int]:
    """How many deliveries have each status."""
    rows = await raw.rows(f"SELECT {column}, count(*) FROM webhook_deliveries GROUP BY {column}")
    return {row[0]: row[1] for row in rows}


async def drained(deliverer: Deliverer) -> int:
    """Work as the worker's loop does until nothing is left; the most that was ever in hand."""
    most = 0
    while True:
        deliverer.freed.clear()
        started = await deliverer.start_due()
        most = max(most, deliverer.in_hand)
        if not started:
            if not deliverer.in_hand and not deliverer.freed.is_set():
                return most
            await deliverer.freed.wait()
