"""Clients that stop reading: the server keeps nothing for them that grows."""

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import aiohttp
import psutil
import pytest

from app.settings import Settings
from tests.faults.conftest import Host, api_key, book, graphql, no_traceback, starts
from tests.faults.watching import operation, over_ws, socket
from tests.parts.server import Slotgraph

AWAY = """mutation($input: CreateOutOfOfficeInput!) {
  createOutOfOffice(input: $input) { ... on OutOfOfficeSuccess { outOfOffice { id } } }
}"""
BACK = "mutation($id: ID!) { deleteOutOfOffice(input: {id: $id}) { __typename } }"
SOCKETS = 12
SUBSCRIPTIONS = 10
MIB = 1024 * 1024
KERNEL_BUFFERS = 10 * MIB
"""What two ends of a loopback connection hold at most."""


@pytest.mark.slow
async def test_stalled_sockets_cost_no_memory_and_slow_nobody(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession
) -> None:
    """Twelve sockets never read again while many megabytes are due to each; memory stays, a good reader sees all."""
    server = await slotgraph.serve(environment={"GRAPHQL_COST_LIMIT": "0"})
    key = await api_key(settings, host)
    wanted = starts(900)
    request = operation(host, wanted[0], wanted[-1] + timedelta(days=1))
    process = psutil.Process(server.pid)
    async with AsyncExitStack() as stack:
        for _ in range(SOCKETS):
            stalled = await stack.enter_async_context(
                socket(server.url, max_queue=1, ping_interval=None, close_timeout=0.05)
            )
            for number in range(SUBSCRIPTIONS):
                await stalled.send(json.dumps({"type": "subscribe", "id": str(number), "payload": request}))
        good = await stack.enter_async_context(over_ws(server.url, request))
        await good.until_ready()
        await come_and_go(client, server.url, key, wanted, 5)
        before = process.memory_info().rss
        await come_and_go(client, server.url, key, wanted, 20)
        grown = (process.memory_info().rss - before) / MIB
        due = sum(len(json.dumps(event)) for event in good.events) * SUBSCRIPTIONS
        assert due > KERNEL_BUFFERS, f"only {due / MIB:.1f} MiB were due to each socket"
        assert grown < 20, f"{grown:.1f} MiB more while {due / MIB:.0f} MiB were due to each of {SOCKETS} sockets"
        began = asyncio.get_running_loop().time()
        assert (await book(client, server.url, host.wish(wanted[150], 7))).outcome == "booked"
        await good.until_taken(wanted[150])
        assert asyncio.get_running_loop().time() - began < 2
    no_traceback(server.log)


async def come_and_go(client: aiohttp.ClientSession, url: str, key: str, wanted: list[datetime], count: int) -> None:
    """The host goes away for the whole window and comes back, so that every slot vanishes and appears."""
    absence = {"start": wanted[0].date().isoformat(), "end": (wanted[-1].date() + timedelta(days=1)).isoformat()}
    for _ in range(count):
        _, body = await graphql(client, url, AWAY, {"input": absence}, key)
        created = body["data"]["createOutOfOffice"]["outOfOffice"]["id"]
        await asyncio.sleep(0.05)
        _, body = await graphql(client, url, BACK, {"id": created}, key)
        assert body["data"]["deleteOutOfOffice"]["__typename"] == "OutOfOfficeSuccess"
        await asyncio.sleep(0.05)
