"""Deliveries a second beside a bare aiohttp loop with the same bodies.

Both send to one receiver in another process, two connections to the host, in turns on the same machine.
"""

import asyncio
import multiprocessing
import time
from datetime import timedelta
from random import Random
from statistics import median
from uuid import uuid4

import aiohttp

from app.context import utc_now
from app.db import connection, raw
from app.events.bus import InProcessBus
from app.events.deliveries import Deliverer
from app.events.registry import WorkContext
from app.models import Webhook
from app.settings import Settings
from tests.events.queued import FILL
from tests.parts.processes import free_port, is_listening
from tests.parts.receiver import Receiver

COUNT = 2_000
ROUNDS = 3
BODY = '{"triggerEvent":"BOOKING_CREATED","payload":"' + "x" * 1_500 + '"}'


def receive(port: int) -> None:
    """The receiver's process."""

    async def forever() -> None:
        async with Receiver(port=port) as receiver:
            while True:
                await asyncio.sleep(1)
                receiver.received.clear()

    asyncio.run(forever())


async def bare(url: str) -> float:
    """Requests a second of a loop that only posts, two at a time."""
    started = time.perf_counter()
    left = iter(range(COUNT))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2)) as session:

        async def post() -> None:
            for _ in left:
                async with session.post(url, data=BODY.encode()) as response:
                    await response.read()

        await asyncio.gather(post(), post())
    return COUNT / (time.perf_counter() - started)


async def delivered(url: str, context: WorkContext) -> float:
    """Deliveries a second, with claims, signatures, results written down."""
    await raw.execute("DELETE FROM webhook_deliveries")
    webhook = await Webhook.create(id=str(uuid4()), platform=True, subscriber_url=url, triggers=[], secret="secret")  # noqa: S106
    now = utc_now() - timedelta(seconds=1)
    await raw.execute_many(FILL, [(webhook.id, f"booking{number}", BODY, now) for number in range(COUNT)])
    deliverer = Deliverer(context)
    started = time.perf_counter()
    while await raw.value("SELECT 1 FROM webhook_deliveries WHERE status = 'PENDING' LIMIT 1"):
        deliverer.freed.clear()
        if not await deliverer.start_due() and deliverer.in_hand:
            await deliverer.freed.wait()
    rate = COUNT / (time.perf_counter() - started)
    await deliverer.drain(timedelta(seconds=1))
    return rate


async def measure(database_url: str, url: str) -> tuple[float, float]:
    """Median rates: the bare loop's and Slotgraph's."""
    settings = Settings(_env_file=None, database_url=database_url, outbound_allow_private=True)  # type: ignore[call-arg]
    async with connection.database(settings):
        context = WorkContext(settings, InProcessBus(), utc_now, Random(1))
        pairs = [(await bare(url), await delivered(url, context)) for _ in range(ROUNDS)]
    return median(one for one, _ in pairs), median(two for _, two in pairs)


async def measure_all(urls: dict[str, str]) -> dict[str, tuple[float, float]]:
    """The same for several databases, by their names."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=receive, args=(port,), daemon=True)
    process.start()
    try:
        while not is_listening(port):  # noqa: ASYNC110 it is another process
            await asyncio.sleep(0.05)
        return {name: await measure(url, f"http://127.0.0.1:{port}/hook") for name, url in urls.items()}
    finally:
        process.terminate()
