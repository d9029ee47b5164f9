"""Workers and mail servers come and go; every mail arrives, and not twice without need."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping

import aiohttp
import pytest

from app.db import raw
from app.settings import Settings
from tests.faults.conftest import Host, book, eventually, no_traceback, query, starts
from tests.parts.processes import free_port
from tests.parts.server import Slotgraph
from tests.parts.smtp import HOST, SmtpServer

MAILS = "SELECT status, attempts, error FROM mails"


@pytest.fixture
async def sink() -> AsyncIterator[SmtpServer]:
    """A mail server in this test's loop."""
    running = await SmtpServer().start()
    yield running
    await running.stop()


def settings_of(port: int) -> Mapping[str, str]:
    """How a process is told about it; jobs of a lost worker are free after two seconds."""
    return {
        "EMAIL_SERVER_HOST": HOST,
        "EMAIL_SERVER_PORT": str(port),
        "EMAIL_FROM": "bot@example.com",
        "JOB_LEASE": "PT2S",
    }


SENDING = "SELECT id FROM jobs WHERE kind = 'mail.send' AND status = 'RUNNING'"


def received(sink: SmtpServer) -> Counter[str]:
    """How often each mail arrived, by its Message-ID."""
    return Counter(str(mail["Message-ID"]) for mail in sink.mails())


def sent(count: int) -> Callable[[list[raw.Row]], bool]:
    """Whether so many mails are there and every one is sent."""
    return lambda rows: [row["status"] for row in rows] == ["SENT"] * count


@pytest.mark.slow
async def test_a_worker_killed_in_the_middle_of_sending(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession, sink: SmtpServer
) -> None:
    """What it was sending is sent again after its lease; nothing is lost, and what was done is not done again."""
    web = await slotgraph.serve(environment={"RUN_WORKER": "false"})
    for number, start in enumerate(starts(15)):
        assert (await book(client, web.url, host.wish(start, number))).outcome == "booked"
    sink.delay = 0.3
    first = await slotgraph.worker(environment=settings_of(sink.port))
    async with asyncio.timeout(30):
        while len(sink.envelopes) < 5 or not await query(settings, SENDING):  # noqa: ASYNC110 what another process does
            await asyncio.sleep(0.02)
    first.send(signal.SIGKILL)
    await first.wait()
    done = await query(settings, "SELECT id FROM mails WHERE status = 'SENT'")
    open_jobs = await query(settings, SENDING)
    assert open_jobs, "it was killed in the middle"
    sink.delay = 0.0
    second = await slotgraph.worker(environment=settings_of(sink.port))
    await eventually(settings, MAILS, sent(30), 40)
    arrived = received(sink)
    assert len(arrived) == 30
    assert {arrived[f"<{row['id']}@example.com>"] for row in done} <= {1}, "what was written down as sent stays sent"
    twice = [count for count in arrived.values() if count > 1]
    assert len(twice) <= len(open_jobs)
    assert max(arrived.values()) <= 2
    no_traceback(web.log, second.log)


@pytest.mark.slow
async def test_two_workers_send_each_mail_once(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession, sink: SmtpServer
) -> None:
    """A lease belongs to one worker, also while a slow server makes it last."""
    web = await slotgraph.serve(environment={"RUN_WORKER": "false"})
    for number, start in enumerate(starts(8)):
        await book(client, web.url, host.wish(start, number))
    sink.delay = 2.5  # longer than a lease that nobody extends
    for _ in range(2):
        await slotgraph.worker(environment=settings_of(sink.port))
    await eventually(settings, MAILS, sent(16), 40)
    assert list(received(sink).values()) == [1] * 16


@pytest.mark.slow
async def test_a_mail_server_down_then_up(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession
) -> None:
    """Bookings go on meanwhile, and their mails arrive when it is back."""
    port = free_port()
    web = await slotgraph.serve(environment=settings_of(port))
    answers = [await book(client, web.url, host.wish(start, number)) for number, start in enumerate(starts(4))]
    assert {answer.outcome for answer in answers} == {"booked"}
    waiting = await eventually(settings, MAILS, lambda rows: len(rows) == 8 and all(row["attempts"] for row in rows))
    assert {row["status"] for row in waiting} == {"PENDING"}
    assert all("Connect" in row["error"] for row in waiting)
    sink = await SmtpServer(port=port).start()
    try:
        await eventually(settings, MAILS, sent(8), 60)
    finally:
        await sink.stop()
    assert list(received(sink).values()) == [1] * 8
