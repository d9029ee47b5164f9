"""Clients that watch free slots, over server-sent events and over WebSocket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.faults.conftest import Host, Json, text

WATCH = """subscription Watch($window: TimeWindow!, $id: Int!) {
  slots(eventType: {databaseId: $id}, window: $window) {
    __typename
    ... on SlotSnapshot { version cursor starts }
    ... on SlotDelta { version previousVersion cursor added { start } removed { start } }
    ... on Resync { reason }
  }
}"""


def operation(host: Host, start: datetime, end: datetime) -> Json:
    """The subscription's request."""
    variables = {"id": host.event_type_id, "window": {"start": text(start), "end": text(end)}}
    return {"query": WATCH, "variables": variables}


@dataclass
class Watcher:
    """What a client knows: the free starts, and how it learned of them."""

    starts: set[datetime] = field(default_factory=set)
    events: list[Json] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    completed: bool = False
    close_code: int | None = None

    def hear(self, event: Json) -> None:
        """Apply an event as a client does."""
        self.events.append(event)
        kind = event["__typename"]
        if kind == "SlotSnapshot":
            self.starts = {_instant(each) for each in event["starts"]}
        elif kind == "SlotDelta":
            self.starts |= {_instant(each["start"]) for each in event["added"]}
            self.starts -= {_instant(each["start"]) for each in event["removed"]}
        if "version" in event:
            self.versions.append(int(event["version"]))
        self.changed.set()

    async def until_taken(self, start: datetime, within: float = 15) -> None:
        """Wait until this start is known to be taken."""
        await self._until(lambda: bool(self.events) and start not in self.starts, within, f"{start} taken")

    async def until_ready(self, within: float = 15) -> None:
        """Wait for the snapshot."""
        await self._until(lambda: bool(self.events), within, "a snapshot")

    async def until_free(self, starts: set[datetime], within: float = 15) -> None:
        """Wait until exactly these starts are known to be free."""
        await self._until(lambda: self.starts == starts, within, "the right starts")

    async def _until(self, holds: Any, within: float, what: str) -> None:
        deadline = asyncio.get_running_loop().time() + within
        while not holds():
            self.changed.clear()
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                kinds = [event["__typename"] for event in self.events]
                raise TimeoutError(f"{what}: not within {within:g} s, heard {kinds}")
            try:
                await asyncio.wait_for(self.changed.wait(), left)
            except TimeoutError:
                continue


def _instant(written: str) -> datetime:
    return datetime.fromisoformat(written)


@asynccontextmanager
async def over_sse(client: aiohttp.ClientSession, url: str, request: Json) -> AsyncIterator[Watcher]:
    """A watcher on server-sent events; it stays when the server ends the stream."""
    watcher = Watcher()
    task = asyncio.create_task(_read_sse(client, url, request, watcher))
    try:
        yield watcher
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _read_sse(client: aiohttp.ClientSession, url: str, request: Json, watcher: Watcher) -> None:
    headers = {"accept": "text/event-stream"}
    timeout = aiohttp.ClientTimeout(total=None)
    kind = ""
    async with client.post(f"{url}/graphql", json=request, headers=headers, timeout=timeout) as answer:
        async for line in answer.content:
            name, _, value = line.decode().rstrip("\n").partition(":")
            if name == "event":
                kind = value.strip()
                watcher.completed |= kind == "complete"
            elif name == "data" and value.strip() and kind == "next":
                watcher.hear(json.loads(value)["data"]["slots"])


@asynccontextmanager
async def over_ws(url: str, request: Json) -> AsyncIterator[Watcher]:
    """A watcher on a WebSocket; it stays when the server closes the socket."""
    watcher = Watcher()
    async with socket(url) as connection:
        await connection.send(json.dumps({"type": "subscribe", "id": "1", "payload": request}))
        task = asyncio.create_task(_read_ws(connection, watcher))
        try:
            yield watcher
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def socket(url: str, **options: Any) -> AsyncIterator[ClientConnection]:
    """A WebSocket that has said hello."""
    address = url.replace("http://", "ws://") + "/graphql"
    async with connect(address, subprotocols=["graphql-transport-ws"], proxy=None, **options) as connection:  # type: ignore[list-item]
        await connection.send('{"type":"connection_init"}')
        assert json.loads(await connection.recv())["type"] == "connection_ack"
        yield connection


async def _read_ws(connection: ClientConnection, watcher: Watcher) -> None:
    try:
        async for frame in connection:
            message = json.loads(frame)
            if message["type"] == "next":
                watcher.hear(message["payload"]["data"]["slots"])
            elif message["type"] == "complete":
                watcher.completed = True
            elif message["type"] == "ping":
                await connection.send('{"type":"pong"}')
    except ConnectionClosed:
        pass
    watcher.close_code = connection.close_code
    watcher.changed.set()
