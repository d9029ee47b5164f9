"""Being told to stop while streams are open."""

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import timedelta

import aiohttp
import pytest

from tests.faults.conftest import Host, book, no_traceback, starts
from tests.faults.watching import operation, over_sse, over_ws, socket
from tests.parts.server import Slotgraph


@pytest.mark.slow
async def test_open_streams_are_completed_and_the_process_leaves_in_time(
    slotgraph: Slotgraph, host: Host, client: aiohttp.ClientSession
) -> None:
    """SIGTERM: every stream gets `complete`, sockets close with 1012 (come back), all within ten seconds."""
    server = await slotgraph.serve()
    wanted = starts(3)
    request = operation(host, wanted[0], wanted[0] + timedelta(days=3))
    async with AsyncExitStack() as streams:
        over_http = [await streams.enter_async_context(over_sse(client, server.url, request)) for _ in range(20)]
        sockets = [await streams.enter_async_context(over_ws(server.url, request)) for _ in range(20)]
        idle = await streams.enter_async_context(socket(server.url))
        for watcher in [*over_http, *sockets]:
            await watcher.until_ready()
        assert (await book(client, server.url, host.wish(wanted[1]))).outcome == "booked"
        for watcher in [*over_http, *sockets]:
            await watcher.until_taken(wanted[1])
        began = time.monotonic()
        status = await server.stop()
        took = time.monotonic() - began
        await asyncio.sleep(0.2)
        await asyncio.wait_for(idle.wait_closed(), 5)
    assert status == 0
    assert took < 10
    assert all(watcher.completed for watcher in over_http)
    assert all(watcher.completed for watcher in sockets)
    assert {watcher.close_code for watcher in sockets} == {1012}
    assert idle.close_code == 1012
    no_traceback(server.log)


@pytest.mark.slow
async def test_several_processes_on_one_port_stop_the_same_way(
    slotgraph: Slotgraph, host: Host, client: aiohttp.ClientSession
) -> None:
    """`--workers 2`: whoever holds the stream completes it."""
    server = await slotgraph.serve("--workers", "2")
    wanted = starts(1)
    request = operation(host, wanted[0], wanted[0] + timedelta(days=3))
    async with AsyncExitStack() as streams:
        watchers = [await streams.enter_async_context(over_ws(server.url, request)) for _ in range(6)]
        for watcher in watchers:
            await watcher.until_ready()
        assert (await book(client, server.url, host.wish(wanted[0]))).outcome == "booked"
        for watcher in watchers:
            await watcher.until_taken(wanted[0])
        began = time.monotonic()
        assert await server.stop() == 0
        assert time.monotonic() - began < 10
        await asyncio.sleep(0.2)
    assert all(watcher.completed for watcher in watchers)
    no_traceback(server.log)
