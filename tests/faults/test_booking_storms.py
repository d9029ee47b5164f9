"""Crowds and crashes while booking: one winner, nothing half done, every change told."""

import asyncio
import signal

import aiohttp
import pytest

from app.settings import Settings
from tests.faults.conftest import Host, assert_sound, book, hold, no_traceback, outcomes, query, starts
from tests.parts.server import Slotgraph

CROWD = 200
LOST = {"SLOT_UNAVAILABLE", "HOST_UNAVAILABLE"}


async def race(client: aiohttp.ClientSession, urls: list[str], host: Host) -> None:
    """200 people want the same slot at the same moment."""
    start = starts(5)[4]
    wishes = (book(client, urls[n % len(urls)], host.wish(start, n)) for n in range(CROWD))
    answers = await asyncio.gather(*wishes)
    found = outcomes(answers)
    assert {answer.status for answer in answers} == {200}
    assert found["booked"] == 1, found
    assert sum(found[code] for code in LOST) == CROWD - 1, found


@pytest.mark.slow
async def test_two_web_processes_and_one_slot(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession
) -> None:
    """One winner, 199 typed errors, no 500, whichever process they came to."""
    one, two = await asyncio.gather(slotgraph.serve(), slotgraph.serve())
    await race(client, [one.url, two.url], host)
    await assert_sound(settings)
    assert len(await query(settings, "SELECT id FROM bookings")) == 1
    no_traceback(one.log, two.log)


@pytest.mark.slow
@pytest.mark.sqlite
async def test_one_web_process_and_one_slot(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession
) -> None:
    """The laptop's way of running it."""
    one = await slotgraph.serve()
    await race(client, [one.url], host)
    await assert_sound(settings)
    assert len(await query(settings, "SELECT id FROM bookings")) == 1
    no_traceback(one.log)


@pytest.mark.slow
async def test_a_web_process_killed_in_a_storm(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession
) -> None:
    """kill -9 leaves no half booking, no orphan hold and loses no outbox row; what was answered as booked is booked."""
    victim, survivor = await asyncio.gather(slotgraph.serve(), slotgraph.serve())
    everywhere = starts(160)
    storm = [
        asyncio.create_task(one)
        for n, start in enumerate(everywhere)
        for url in [(victim, survivor)[n % 2].url]
        for one in [hold(client, url, host, start) if n % 8 > 5 else book(client, url, host.wish(start, n))]
    ]
    while sum(task.done() for task in storm) < len(storm) // 8:  # in the middle, however fast the machine is
        await asyncio.wait([task for task in storm if not task.done()], return_when=asyncio.FIRST_COMPLETED)
    victim.send(signal.SIGKILL)
    assert await victim.wait() == -signal.SIGKILL
    answers = await asyncio.gather(*storm)
    assert set(outcomes(answers)) <= {"booked", "held", "broken"}, outcomes(answers)
    assert all(answer.outcome in {"booked", "held"} for answer in answers[1::2])
    assert sum(answer.outcome == "broken" for answer in answers) > 0, "it was killed too late"
    await assert_sound(settings, booked={answer.uid for answer in answers if answer.uid})
    await victim.start()
    again = await book(client, victim.url, host.wish(starts(170)[-1], 999))
    assert again.outcome == "booked"
    no_traceback(survivor.log, victim.log)
