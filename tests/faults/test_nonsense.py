"""Malformed requests of every kind: each is refused in its own way, none is a 500, none leaves a traceback."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterable
from random import Random

import aiohttp
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.settings import Settings
from tests.faults import nonsense
from tests.faults.conftest import Host, api_key, book, starts
from tests.parts.server import Slotgraph

SEED = 20_261_122
STRANGER = {"authorization": "Bearer \xe9"}
KINDS = ["application/json", "application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded", ""]
ACCEPTS = [
    "application/json",
    "application/graphql-response+json",
    "*/*",
    "text/event-stream",
    "image/png",
    "text/html",
]


async def send_all(
    client: aiohttp.ClientSession, url: str, key: str, bodies: Iterable[bytes], random: Random
) -> Counter[int]:
    """Statuses of all answers, half of them to a signed-in caller; each JSON error has a code, none says INTERNAL."""
    limit = asyncio.Semaphore(8)
    found: Counter[int] = Counter()

    async def one(body: bytes, headers: dict[str, str]) -> None:
        async with limit, client.post(f"{url}/graphql", data=body, headers=headers) as answer:
            found[answer.status] += 1
            text = await answer.read()
            assert answer.status < 500, (answer.status, body[:500], text[:500])
            if answer.content_type.endswith("json"):
                for error in orjson.loads(text).get("errors") or ():
                    assert error["extensions"]["code"] != "INTERNAL", (body[:1000], error)

    tasks = []
    for body in bodies:
        usual = random.random() < 0.8
        kind, accept = (KINDS[0], ACCEPTS[0]) if usual else (random.choice(KINDS), random.choice(ACCEPTS))
        who = random.choice([{}, {"authorization": f"Bearer {key}"}, {"authorization": f"Bearer {key}"}, STRANGER])
        tasks.append(one(body, {"content-type": kind, "accept": accept, **who}))
    await asyncio.gather(*tasks)
    return found


async def send_frames(url: str, frames: list[str | bytes], random: Random) -> Counter[int]:
    """Close codes; a socket that was closed is opened again, with or without saying hello."""
    codes: Counter[int] = Counter()
    address = url.replace("http://", "ws://") + "/graphql"
    waiting = list(frames)
    while waiting:
        async with connect(address, subprotocols=["graphql-transport-ws"], proxy=None) as socket:  # type: ignore[list-item]
            with contextlib.suppress(ConnectionClosed):
                if random.random() < 0.9:
                    await socket.send('{"type":"connection_init"}')
                for _ in range(random.randint(1, 5)):
                    if waiting:
                        await socket.send(waiting.pop())
                with contextlib.suppress(TimeoutError):
                    while True:
                        await asyncio.wait_for(socket.recv(), 0.02)
        codes[socket.close_code or 0] += 1
    return codes


@pytest.mark.slow
async def test_two_thousand_malformed_requests(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession
) -> None:
    """Documents, variables, ids, cursors, bodies, headers and frames; afterwards booking works as before."""
    server = await slotgraph.serve(environment={"GRAPHQL_COST_LIMIT": "0"})
    key = await api_key(settings, host)
    random = Random(SEED)
    statuses = await send_all(client, server.url, key, nonsense.documents(random, 800), random)
    statuses += await send_all(client, server.url, key, nonsense.values(random, 800), random)
    codes = await send_frames(server.url, list(nonsense.frames(random, 400)), random)
    assert sum(statuses.values()) == 1600
    assert {200, 400, 401, 406, 415, 422} <= set(statuses), statuses
    assert {4400, 4401, 4409, 4429} <= set(codes), codes
    assert 1011 not in codes, "an exception reached a socket"
    assert (await book(client, server.url, host.wish(starts(1)[0]))).outcome == "booked"
    lines = [line for line in server.log.splitlines() if "Traceback" in line or '"level":"error"' in line]
    assert not lines, lines[0][:3000]
