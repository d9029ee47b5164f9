"""Workers come and go; every delivery happens, in order, though perhaps twice."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

from app.settings import Settings
from tests.faults import slow_worker
from tests.faults.conftest import Host, assert_sound, book, eventually, graphql, no_traceback, start_script, starts
from tests.parts.server import Slotgraph

CANCEL = "mutation($uid: String!) { cancelBooking(input: {uid: $uid}) { __typename } }"
LEASE = "PT2S"

Spawn = Callable[[float], subprocess.Popen[bytes]]


@pytest.fixture
async def spawn(slotgraph: Slotgraph, evidence: Path) -> AsyncIterator[Spawn]:
    """Starts workers whose deliveries take so many seconds, under a lease of two."""
    started: list[subprocess.Popen[bytes]] = []

    def start(seconds: float) -> subprocess.Popen[bytes]:
        started.append(start_script(slotgraph, slow_worker, evidence, seconds, environment={"JOB_LEASE": LEASE}))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(10)


def lines(evidence: Path, kind: str) -> list[list[str]]:
    """Sequence and key of what began or was done."""
    text = evidence.read_text() if evidence.exists() else ""
    return [line.split()[1:3] for line in text.splitlines() if line.startswith(kind)]


@pytest.mark.slow
async def test_a_worker_killed_in_the_middle_of_deliveries(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession, evidence: Path, spawn: Spawn
) -> None:
    """What it had begun is begun again after the lease; nothing is lost, and the order of each booking holds."""
    web = await slotgraph.serve(environment={"RUN_WORKER": "false"})
    booked = [await book(client, web.url, host.wish(start, n)) for n, start in enumerate(starts(8))]
    for answer in booked[:4]:
        _, body = await graphql(client, web.url, CANCEL, {"uid": answer.uid})
        assert body["data"]["cancelBooking"]["__typename"] == "CancelBookingSuccess", body
    first = spawn(0.5)
    async with asyncio.timeout(30):
        while len(lines(evidence, "begin")) < 3:  # noqa: ASYNC110 a file that another process writes
            await asyncio.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    begun, done = lines(evidence, "begin"), lines(evidence, "done")
    assert len(begun) > len(done), "it was killed between deliveries"
    spawn(0.01)
    await eventually(
        settings, "SELECT status FROM jobs WHERE kind = 'deliver'",
        lambda rows: len(rows) == 12 and all(row["status"] == "DONE" for row in rows),
    )  # fmt: skip
    finished = lines(evidence, "done")
    assert {sequence for sequence, _ in finished} == {str(number) for number in range(2, 14)}, "1 is the event type"
    for uid in {answer.uid for answer in booked}:
        order = [int(sequence) for sequence, key in finished if key == uid]
        assert order == sorted(order)
    no_traceback(web.log, (slotgraph.folder / "slow_worker.log").read_text())


@pytest.mark.slow
async def test_a_worker_told_to_stop_gives_its_work_back(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession, evidence: Path, spawn: Spawn
) -> None:
    """SIGTERM ends a worker with a long delivery within the grace period; another one begins it at once."""
    web = await slotgraph.serve(environment={"RUN_WORKER": "false"})
    assert (await book(client, web.url, host.wish(starts(1)[0]))).outcome == "booked"
    first = spawn(60)
    async with asyncio.timeout(30):
        while not lines(evidence, "begin"):  # noqa: ASYNC110 a file that another process writes
            await asyncio.sleep(0.02)
    first.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(first.wait, 10) == 0
    await eventually(settings, "SELECT status FROM jobs WHERE kind = 'deliver'", lambda rows: rows[0][0] == "DUE")
    spawn(0.01)
    await eventually(settings, "SELECT status FROM jobs WHERE kind = 'deliver'", lambda rows: rows[0][0] == "DONE")


@pytest.mark.slow
async def test_web_processes_without_worker_and_two_workers(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession
) -> None:
    """Several relays on one outbox: the log has every booking once, without a hole."""
    web = await slotgraph.serve(environment={"RUN_WORKER": "false"})
    workers = await asyncio.gather(slotgraph.worker(), slotgraph.worker())
    answers = await asyncio.gather(*(book(client, web.url, host.wish(start, n)) for n, start in enumerate(starts(40))))
    assert [answer.outcome for answer in answers] == ["booked"] * 40
    await assert_sound(settings)
    assert [await worker.stop() for worker in workers] == [0, 0]
    no_traceback(web.log, *(worker.log for worker in workers))
