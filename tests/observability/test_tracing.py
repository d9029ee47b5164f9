"""Spans leave the process when an endpoint is set, name routes and operations, and nobody."""

import asyncio

import aiohttp
from aiohttp import web

from tests.parts.processes import free_port
from tests.parts.server import Slotgraph


async def test_spans_of_requests_and_operations_are_exported(slotgraph: Slotgraph) -> None:
    """What was done arrives at the collector, at the latest when the process stops."""
    received: list[bytes] = []

    async def collect(request: web.Request) -> web.Response:
        received.append(await request.read())
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/traces", collect)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    server = await slotgraph.serve(environment={"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}"})
    async with aiohttp.ClientSession() as client:
        headers = {"X-Request-Id": "trace-me-1234"}
        query = {"query": 'query Who { user(username: "ann@example.com") { username } }'}
        async with client.post(f"{server.url}/graphql", json=query, headers=headers) as answer:
            assert answer.status == 200
    assert await server.stop() == 0
    await asyncio.sleep(0)
    await runner.cleanup()
    spans = b"".join(received)
    for words in (b"http /graphql", b"trace-me-1234", b"graphql query", b"Who"):
        assert words in spans
    assert b"example.com" not in spans
