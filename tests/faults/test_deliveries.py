"""What is promised of a delivery, whatever happens: at least once, and twice only when nobody can know better.

A message goes out again exactly when its sender died, or lost the database for longer than a lease, before it wrote
down how it went; not before that lease is over, and under the same `X-Slotgraph-Delivery`.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from app.context import utc_now
from app.db import connection, raw
from app.settings import Settings
from tests.events.queued import queue
from tests.faults import dying_worker
from tests.faults.conftest import eventually, no_traceback, on_own_postgres, query, start_script
from tests.parts.postgres import PostgresCluster
from tests.parts.processes import memory_mib
from tests.parts.receiver import Received, Receiver
from tests.parts.server import Slotgraph

WORKER = {"OUTBOUND_TIMEOUT": "PT1S", "JOB_LEASE": "PT3S", "WEBHOOK_RETRY_BASE_SECONDS": "0.2"}
STATES = "SELECT id, status, attempts, locked_until FROM webhook_deliveries ORDER BY id"


def number_of(got: Received) -> int:
    """Which delivery a request says it is."""
    return int(got.headers["x-slotgraph-delivery"])


def times(receiver: Receiver) -> Counter[int]:
    """How often each delivery came."""
    return Counter(map(number_of, receiver.received))


def delivered(count: int) -> Callable[[Sequence[raw.Row]], bool]:
    """Whether so many are there and all of them delivered."""
    return lambda rows: [row["status"] for row in rows] == ["DELIVERED"] * count


@pytest.mark.slow
@pytest.mark.parametrize("step", dying_worker.STEPS)
async def test_killed_at_any_step(slotgraph: Slotgraph, settings: Settings, step: str) -> None:
    """Exactly what was sent and not written down comes again, after its lease; everything else comes once."""
    last: dict[int, datetime] = {}

    def behave(got: Received) -> int:
        last[number_of(got)] = utc_now()
        return 200

    async with Receiver(delay=0.1, behave=behave) as receiver:
        async with connection.database(settings):
            await queue(f"{receiver.url}/hook", 6)
        dying = start_script(slotgraph, dying_worker, step, environment=WORKER)
        assert await asyncio.to_thread(dying.wait, 30) == -signal.SIGKILL
        await asyncio.sleep(0.3)  # what it had sent is heard
        before = times(receiver)
        left = {row["id"]: row for row in await query(settings, STATES) if row["status"] == "PENDING"}
        sent_in_vain = set(before) & set(left)
        assert bool(sent_in_vain) == (step in {"sent", "writing"})
        worker = await slotgraph.worker(environment=WORKER)
        rows = await eventually(settings, STATES, delivered(6), within=30)
        assert times(receiver) == Counter({row["id"]: 2 if row["id"] in sent_in_vain else 1 for row in rows})
    for number in sent_in_vain:
        lease = raw.instant(left[number]["locked_until"])
        assert lease is not None
        assert last[number] > lease
    no_traceback(worker.log)


@pytest.mark.slow
async def test_two_workers_send_nothing_twice(slotgraph: Slotgraph, settings: Settings) -> None:
    """A lease belongs to one of them, also with a receiver that takes its time."""
    async with Receiver(delay=0.01) as receiver:
        async with connection.database(settings):
            for path in range(3):
                await queue(f"{receiver.url}/hook{path}", 100)
        long = {**WORKER, "JOB_LEASE": "PT60S"}
        workers = await asyncio.gather(*(slotgraph.worker(environment=long) for _ in range(2)))
        rows = await eventually(settings, STATES, delivered(300), within=60)
        assert times(receiver) == Counter({row["id"]: 1 for row in rows})
        assert {row["attempts"] for row in rows} == {1}
    no_traceback(*(worker.log for worker in workers))


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
async def test_the_database_goes_away_during_a_retry(
    slotgraph: Slotgraph,
    make_settings: Callable[..., Settings],
    own_postgres: PostgresCluster,
    sent: signal.Signals,
) -> None:
    """The result of the retry waits in the worker and is written when the database is back: no third attempt."""
    settings = await on_own_postgres(slotgraph, own_postgres, make_settings)
    async with Receiver() as receiver:
        receiver.behave = lambda got: 500 if times(receiver)[number_of(got)] == 1 else 200
        async with connection.database(settings):
            await queue(f"{receiver.url}/hook", 2)
        worker = await slotgraph.worker(environment={**WORKER, "OUTBOUND_TIMEOUT": "PT10S"})
        async with asyncio.timeout(30):
            while len(receiver.received) < 2:  # noqa: ASYNC110 the wire's state
                await asyncio.sleep(0.01)
            receiver.delay = 1.5
            while receiver.at_once < 2 or len(receiver.received) < 2:  # noqa: ASYNC110 the wire's state
                await asyncio.sleep(0.01)
        await asyncio.to_thread(own_postgres.restart, sent, 2.0)
        rows = await eventually(settings, STATES, delivered(2), within=30)
        assert [row["attempts"] for row in rows] == [2, 2]
        assert set(times(receiver).values()) == {2}
        no_traceback(worker.log)


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_ten_thousand_need_no_more_memory_than_a_few(slotgraph: Slotgraph, settings: Settings) -> None:
    """80 MB of bodies wait; the worker holds only what it is about to send."""
    async with Receiver() as receiver:
        worker = await slotgraph.worker(environment=WORKER)
        async with connection.database(settings):
            await queue(f"{receiver.url}/warm-up", 300, "x" * 8_000)
        await eventually(settings, STATES, delivered(300), within=30)
        before = memory_mib(worker.pid)
        receiver.received.clear()
        async with connection.database(settings):
            await queue(f"{receiver.url}/hook", 10_000, "x" * 8_000)
        waiting = "SELECT count(*) FROM webhook_deliveries WHERE status = 'PENDING'"
        await eventually(settings, waiting, lambda rows: rows[0][0] == 0, within=300)
        assert len(receiver.received) == len(times(receiver)) == 10_000
        grown = memory_mib(worker.pid, "VmHWM") - before
        assert grown < 64
    no_traceback(worker.log)
