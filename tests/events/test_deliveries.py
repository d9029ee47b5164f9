"""Many deliveries at once: bounded memory, fast receivers served fast, slow ones in nobody's way."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from app.context import utc_now
from app.db import raw
from app.events.deliveries import IN_HAND, Deliverer
from app.events.registry import WorkContext
from app.models import Webhook
from tests.parts.receiver import Receiver

FILL = """
INSERT INTO webhook_deliveries (webhook_id, key, trigger, body, content_type, status, attempts, run_at, created_at)
VALUES ($1, $2, 'BOOKING_CREATED', $3, 'application/json', 'PENDING', 0, $4, $4)
"""


async def queue(url: str, count: int, body: str = "{}", *, keys: int | None = None) -> str:
    """A webhook with so many messages, of as many bookings unless told otherwise; its id."""
    webhook = await Webhook.create(id=str(uuid4()), platform=True, subscriber_url=url, triggers=["BOOKING_CREATED"])
    now = utc_now() - timedelta(seconds=1)
    rows = [(webhook.id, f"booking{number % (keys or count)}", body, now) for number in range(count)]
    await raw.execute_many(FILL, rows)
    return webhook.id


async def states() -> dict[str, int]:
    """How many deliveries have each status."""
    rows = await raw.rows("SELECT status, count(*) FROM webhook_deliveries GROUP BY status")
    return {row[0]: row[1] for row in rows}


@pytest.fixture
def present(work: WorkContext) -> WorkContext:
    """With the real clock."""
    return replace(work, now=utc_now)


async def drained(deliverer: Deliverer) -> int:
    """Work as the worker's loop does until nothing is left; the most that was ever in hand."""
    most = 0
    while True:
        deliverer.freed.clear()
        started = await deliverer.start_due()
        most = max(most, deliverer.in_hand)
        if not started:
            if not deliverer.in_hand:
                return most
            await deliverer.freed.wait()


@pytest.mark.slow
async def test_ten_thousand_are_drained_with_bounded_memory(present: WorkContext) -> None:
    """Never more in hand than the bound, whatever waits."""
    async with Receiver() as receiver:
        await queue(f"{receiver.url}/hook", 10_000, "{}" + " " * 1_000)
        deliverer = Deliverer(present)
        async with asyncio.timeout(100):
            most = await drained(deliverer)
        await deliverer.drain(timedelta(seconds=1))
        assert len(receiver.received) == 10_000
        assert receiver.most_at_once <= 2
    assert most <= IN_HAND
    assert await states() == {"DELIVERED": 10_000}


async def test_messages_of_one_key_keep_their_order(present: WorkContext) -> None:
    """Three bookings with twenty messages each, as fast as the receiver allows."""
    async with Receiver() as receiver:
        webhook_id = await queue(f"{receiver.url}/hook", 60, keys=3)
        await raw.execute(
            "UPDATE webhook_deliveries SET body = '{\"n\": ' || id || '}' WHERE webhook_id = $1", webhook_id
        )
        deliverer = Deliverer(present)
        async with asyncio.timeout(30):
            await drained(deliverer)
        await deliverer.drain(timedelta(seconds=1))
        numbers = [each["n"] for each in receiver.bodies()]
    keys = {row["id"]: row["key"] for row in await raw.rows("SELECT id, key FROM webhook_deliveries")}
    assert len(numbers) == 60
    for key in set(keys.values()):
        mine = [number for number in numbers if keys[number] == key]
        assert mine == sorted(mine)


async def test_a_slow_host_holds_up_nobody(present: WorkContext) -> None:
    """A hundred messages for a host that does not answer, queued first: the others go out meanwhile."""
    async with Receiver(behave=lambda _: "stall") as slow, Receiver() as quick:
        await queue(f"{slow.url}/hook", 100)
        await queue(f"{quick.url}/hook", 100)
        deliverer = Deliverer(present)
        async with asyncio.timeout(9):
            while (await states()).get("DELIVERED", 0) < 100:
                await deliverer.start_due()
                await asyncio.sleep(0.01)
        assert len(slow.received) == deliverer.in_hand == 2
        await deliverer.drain(timedelta(seconds=0.05))
    assert await states() == {"DELIVERED": 100, "PENDING": 100}


async def test_a_host_that_turns_bad_gets_its_messages_back(present: WorkContext) -> None:
    """What was fetched for a quick host and not sent before it failed waits in the database, unlocked."""
    async with Receiver(delay=0.02) as receiver:
        receiver.behave = lambda _: 200 if len(receiver.received) < 20 else 500
        await queue(f"{receiver.url}/hook", 60)
        deliverer = Deliverer(present)
        async with asyncio.timeout(30):
            while deliverer.failed < 1:
                await deliverer.start_due()
                await asyncio.sleep(0.005)
            await deliverer.idle()
        await deliverer.drain(timedelta(seconds=1))
    locked = await raw.value("SELECT count(*) FROM webhook_deliveries WHERE locked_until IS NOT NULL")
    tried = await raw.value("SELECT count(*) FROM webhook_deliveries WHERE status = 'PENDING' AND attempts > 0")
    assert locked == 0
    assert 1 <= tried <= 4
