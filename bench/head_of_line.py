"""How long a message for a host that answers is on its way while 128 other hosts stall."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from uuid import uuid4

from app.context import utc_now
from app.db import connection, raw
from app.events.bus import InProcessBus
from app.events.registry import Registry
from app.events.worker import Worker
from app.models import Webhook
from app.settings import Settings
from tests.events.queued import FILL, queue
from tests.parts.receiver import Received, Receiver

STALLED = 128
EACH = 50
PROBES = 100
TIME_LIMIT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds from the commit of a message until its receiver has it."""

    median_ms: float
    most_ms: float


async def measure(database_url: str) -> tuple[Waits, Waits]:
    """Without and with hosts that stall, time limits included."""
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None, database_url=database_url, outbound_allow_private=True, outbound_timeout=TIME_LIMIT
    )
    async with connection.database(settings), AsyncExitStack() as stack:
        await raw.execute("DELETE FROM webhook_deliveries")
        stalling = [await stack.enter_async_context(Receiver(behave=lambda _: "stall")) for _ in range(STALLED)]
        healthy = await stack.enter_async_context(Receiver())
        worker = Worker(settings, InProcessBus(), Registry())
        await worker.start()
        quiet = await waits(worker, healthy)
        for each in stalling:
            await queue(f"{each.url}/hook", EACH)
        beside = await waits(worker, healthy)
        await worker.stop()
        await raw.execute("DELETE FROM webhook_deliveries")
    return quiet, beside


async def waits(worker: Worker, healthy: Receiver) -> Waits:
    """One message after another, each committed and hinted at as the relay does."""
    arrived = asyncio.Event()

    def behave(_: Received) -> int:
        arrived.set()
        return 200

    healthy.behave = behave
    url = f"{healthy.url}/hook"
    webhook = await Webhook.create(id=str(uuid4()), platform=True, subscriber_url=url, triggers=[])
    took: list[float] = []
    for number in range(PROBES):
        arrived.clear()
        await raw.execute_many(FILL, [(webhook.id, f"probe{number}", "{}", utc_now())])
        started = time.perf_counter()
        worker.deliveries.freed.set()
        await arrived.wait()
        took.append((time.perf_counter() - started) * 1_000)
        await asyncio.sleep(0.05)
    return Waits(median(took), max(took))
