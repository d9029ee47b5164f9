"""A server that may not migrate waits for somebody who does."""

import asyncio
from typing import Any

import aiohttp

from tests.parts.processes import free_port
from tests.parts.server import Slotgraph, SlotgraphProcess


async def test_a_server_is_not_ready_before_its_tables_are_there(slotgraph: Slotgraph, empty_database_url: str) -> None:
    """Not ready, and it says why; once `slotgraph migrate` has run it works without a restart."""
    slotgraph.database_url = empty_database_url
    port = free_port()
    environment = slotgraph.environment({"AUTO_MIGRATE": "false"})
    server = SlotgraphProcess(["serve", "--port", str(port)], environment, slotgraph.folder, port)
    slotgraph.processes.append(server)
    server.spawn()
    async with aiohttp.ClientSession() as client:
        body = await first_answer(client, f"{server.url}/readyz")
        assert body["status"] == "unavailable"
        assert body["checks"]["migrations"] == "missing, run `slotgraph migrate`"
        assert "Applied 0_" in await slotgraph.run("migrate")
        await server.ready()
    assert await server.stop() == 0


async def first_answer(client: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    """The body of the first answer."""
    async with asyncio.timeout(20):
        while True:
            try:
                async with client.get(url) as answer:
                    assert answer.status == 503
                    found: dict[str, Any] = await answer.json()
                    return found
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
