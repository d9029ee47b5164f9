"""What `make serve` starts: a newcomer's first minute, with the very requests that it prints."""

import json
import shlex
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.parts.server import Slotgraph, SlotgraphProcess

SECOND_START = 3.0

pytestmark = pytest.mark.sqlite


@pytest.fixture
async def demo(slotgraph: Slotgraph, tmp_path: Path) -> SlotgraphProcess:
    """`slotgraph serve --demo` on a database that does not exist yet."""
    slotgraph.database_url = f"sqlite://{tmp_path}/data/new.sqlite3"
    return await slotgraph.serve("--demo")


def printed_requests(log: str) -> list[tuple[str, dict[str, str], dict[str, Any]]]:
    """URL, headers and body of every curl command in what the server printed."""
    requests = []
    for line in log.splitlines():
        if not line.startswith("curl "):
            continue
        words = shlex.split(line)
        headers = dict(words[i + 1].split(": ", 1) for i, word in enumerate(words) if word == "-H")
        url = next(word for word in words if word.startswith("http://"))
        requests.append((url, headers, json.loads(words[words.index("-d") + 1])))
    return requests


async def test_printed_requests_list_slots_book_one_and_see_it_vanish(demo: SlotgraphProcess) -> None:
    listing, watching, booking = printed_requests(demo.log)
    async with aiohttp.ClientSession() as client:
        async with client.post(watching[0], headers=watching[1], json=watching[2]) as stream:
            snapshot = await next_event(stream)
            before = await answer_of(client, listing)
            booked = await answer_of(client, booking)
            delta = await next_event(stream)
        after = await answer_of(client, listing)
    start = booking[2]["variables"]["input"]["start"]
    assert booked["createBooking"]["booking"]["status"] == "ACCEPTED"
    assert any(same_instant(start, each) for each in snapshot["slots"]["starts"])
    assert any(same_instant(start, each) for each in delta["slots"]["removed"])
    assert count(before) > count(after)


async def answer_of(
    client: aiohttp.ClientSession, request: tuple[str, dict[str, str], dict[str, Any]]
) -> dict[str, Any]:
    url, headers, body = request
    async with client.post(url, headers=headers, json=body) as response:
        answer = await response.json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


async def next_event(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    """The data of the next event of a text/event-stream."""
    async for line in stream.content:
        if line.startswith(b"data:") and line.strip() != b"data:":
            answer = json.loads(line.removeprefix(b"data:"))
            assert "errors" not in answer, answer
            data: dict[str, Any] = answer["data"]
            return data
    raise AssertionError("the stream ended")


def same_instant(one: str, other: str) -> bool:
    return one.rstrip("Z").split("+")[0] == other.rstrip("Z").split("+")[0]


def count(listing: dict[str, Any]) -> int:
    return sum(len(day["starts"]) for day in listing["slots"]["days"])


async def test_second_start_is_quick_and_keeps_the_data(demo: SlotgraphProcess) -> None:
    key = printed_requests(demo.log)[0][1]["authorization"]
    assert await demo.stop() == 0
    assert await demo.start() < SECOND_START
    assert printed_requests(demo.log)[-1][1]["authorization"] == key
    assert await demo.stop() == 0
