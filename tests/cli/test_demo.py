"""The first minute of a newcomer: demo data, and requests that work when pasted."""

import asyncio
import json
import shutil
from datetime import datetime
from typing import Any

import aiohttp
import pytest

from tests.parts.server import Slotgraph


def curls(log: str) -> list[str]:
    """The lines to paste."""
    return [line for line in log.splitlines() if line.startswith("curl ")]


async def paste(line: str, within: float = 20) -> str:
    """Run a pasted line in a shell; what it prints in the time it is given."""
    process = await asyncio.create_subprocess_shell("exec " + line, stdout=asyncio.subprocess.PIPE)
    try:
        output, _ = await asyncio.wait_for(process.communicate(), within)
    finally:
        if process.returncode is None:
            process.kill()
    return output.decode()


@pytest.mark.skipif(shutil.which("curl") is None, reason="the requests are printed for curl")
async def test_the_three_requests_work_and_a_restart_changes_nothing(slotgraph: Slotgraph) -> None:
    """Slots are listed, the subscription sees the booking, the booking is made; the key survives a restart."""
    server = await slotgraph.serve("--demo")
    slots, watch, book = curls(server.log)
    before = json.loads(await paste(slots))["data"]["slots"]
    assert sum(len(day["starts"]) for day in before["days"]) > 20

    watching = await asyncio.create_subprocess_shell("exec " + watch, stdout=asyncio.subprocess.PIPE)
    assert watching.stdout is not None
    seen = await first_event(watching.stdout)
    assert seen["data"]["slots"]["__typename"] == "SlotSnapshot"
    made = json.loads(await paste(book))["data"]["createBooking"]["booking"]
    assert made["status"] == "ACCEPTED"
    delta = (await first_event(watching.stdout))["data"]["slots"]
    watching.kill()
    await watching.wait()
    assert delta["__typename"] == "SlotDelta"
    assert [datetime.fromisoformat(each["start"]) for each in delta["removed"]] == [
        datetime.fromisoformat(made["start"])
    ]

    again = json.loads(await paste(book))["data"]["createBooking"]
    assert again["code"] == "SLOT_UNAVAILABLE"
    assert len(again["nextSlots"]) > 0
    await server.stop()
    await server.start()
    assert [line.split("Bearer")[1].split("'")[0] for line in curls(server.log)] == [
        slots.split("Bearer")[1].split("'")[0]
    ] * 6
    async with aiohttp.ClientSession() as client, client.get(f"{server.url}/") as page:
        assert "/graphql" in await page.text()


async def first_event(stream: asyncio.StreamReader) -> dict[str, Any]:
    """The next event of the stream that has data."""
    async with asyncio.timeout(20):
        while True:
            line = (await stream.readline()).decode()
            if line.startswith("data:") and len(line) > 10:
                found: dict[str, Any] = json.loads(line[5:])
                return found
