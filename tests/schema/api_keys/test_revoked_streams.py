"""A revoked key loses its open streams at once, not at the next look."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.parts.server import Slotgraph, SlotgraphProcess

WATCH = "subscription { bookings { __typename ... on BookingSnapshot { cursor } } }"
AT_ONCE = 5  # seconds, on a busy machine; the regular look comes after 30


async def _made(slotgraph: Slotgraph) -> str:
    text = await slotgraph.run(
        "user", "create", "--email", "ann@example.com", "--username", "ann", "--password", "correct horse", "--api-key"
    )
    key: str = json.loads(text)["apiKey"]
    return key


async def _graphql(server: SlotgraphProcess, key: str, query: str, variables: dict[str, Any] | None = None) -> Any:
    headers = {"authorization": f"Bearer {key}"}
    body = {"query": query, "variables": variables or {}}
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.post(f"{server.url}/graphql", json=body) as answer,
    ):
        return (await answer.json())["data"]


async def _revoke(server: SlotgraphProcess, key: str) -> None:
    keys = await _graphql(server, key, "{ viewer { apiKeys { nodes { id } } } }")
    for node in keys["viewer"]["apiKeys"]["nodes"]:
        revoke = "mutation ($id: ID!) { revokeApiKey(input: {id: $id}) { __typename } }"
        answer = await _graphql(server, key, revoke, {"id": node["id"]})
        assert answer["revokeApiKey"]["__typename"] == "RevokeApiKeySuccess"


async def test_its_socket_closes(slotgraph: Slotgraph) -> None:
    server = await slotgraph.serve()
    key = await _made(slotgraph)
    url = server.url.replace("http", "ws") + "/graphql"
    async with connect(url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item] # a plain str will do
        init = {"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}}
        await socket.send(json.dumps(init))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": WATCH}}))
        assert json.loads(await socket.recv())["type"] == "next"
        await _revoke(server, key)
        with pytest.raises(ConnectionClosed) as closed:
            async with asyncio.timeout(AT_ONCE):
                await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_its_event_stream_ends(slotgraph: Slotgraph) -> None:
    server = await slotgraph.serve()
    key = await _made(slotgraph)
    headers = {"authorization": f"Bearer {key}", "accept": "text/event-stream"}
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.post(f"{server.url}/graphql", json={"query": WATCH}) as answer,
    ):
        assert (await answer.content.readuntil(b"\n\n")).startswith(b"id:")
        await _revoke(server, key)
        async with asyncio.timeout(AT_ONCE):
            assert (await answer.content.read()).endswith(b"event: complete\ndata:\n\n")
