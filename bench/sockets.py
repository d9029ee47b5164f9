"""A thousand subscribers of one change: when the last one has it, and what it costs the server."""

import asyncio
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Final

import orjson

from bench.fixture import BOOKED_EVENTS, MONTH
from bench.load import Connection, cpu_seconds
from bench.servers import Server
from tests.parts.processes import memory_mib

SOCKETS: Final = 1_000
PAUSE: Final = 0.1
WATCHED_DAY: Final = int(MONTH[0].timestamp()) + 90 * 86_400
FRAME: Final = orjson.dumps(
    {
        "id": "1",
        "type": "next",
        "payload": {
            "data": {
                "slots": {
                    "__typename": "SlotDelta",
                    "version": "1234567890123456",
                    "added": [],
                    "removed": [{"start": "2027-06-01T00:00:00.000Z"}],
                }
            }
        },
    }
)
"""As many bytes as a change of slots has."""
SUBSCRIPTION = """subscription Watch($event: Int!, $window: TimeWindow!) {
  slots(eventType: {databaseId: $event}, window: $window) { __typename
    ... on SlotSnapshot { version slots { start } }
    ... on SlotDelta { version added { start } removed { start } } } }"""


@dataclass(frozen=True, slots=True)
class Spread:
    """How one change reaches everybody: milliseconds to the last, server CPU milliseconds, medians; idle memory."""

    last_ms: float
    cpu_ms: float
    memory_mib: float


class Socket(asyncio.Protocol):
    """A WebSocket that counts the messages it gets, and reads no more of them than their length."""

    def __init__(self) -> None:
        self.messages = 0
        self.arrived = asyncio.Event()
        self._buffer = bytearray()
        self._shaken = False
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, port: int) -> "Socket":
        """Connect and shake hands."""
        transport, socket = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        socket._transport = transport
        transport.write(
            b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )
        await socket.arrived.wait()
        return socket

    def send(self, message: object) -> None:
        """Send a text message."""
        assert self._transport is not None
        body = orjson.dumps(message)
        mask = os.urandom(4)
        length = bytes([0x80 | len(body)]) if len(body) < 126 else bytes([0xFE]) + len(body).to_bytes(2, "big")
        masked = bytes(byte ^ mask[index & 3] for index, byte in enumerate(body))
        self._transport.write(b"\x81" + length + mask + masked)

    async def wait_for(self, messages: int) -> None:
        """Until so many messages have come."""
        while self.messages < messages:
            self.arrived.clear()
            await self.arrived.wait()

    def data_received(self, data: bytes) -> None:
        """Count whole messages."""
        self._buffer += data
        if not self._shaken:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            assert b" 101 " in self._buffer[:end], bytes(self._buffer)
            del self._buffer[: end + 4]
            self._shaken = True
            self.arrived.set()
        while (size := self._frame()) is not None:
            if self._buffer[0] & 0x0F == 1:
                self.messages += 1
                self.arrived.set()
            del self._buffer[:size]

    def _frame(self) -> int | None:
        if len(self._buffer) < 4:
            return None
        length = self._buffer[1] & 0x7F
        head = {126: 4, 127: 10}.get(length, 2)
        if length >= 126:
            length = int.from_bytes(self._buffer[2:head], "big")
        return head + length if len(self._buffer) >= head + length else None

    def close(self) -> None:
        """Disconnect."""
        if self._transport is not None:
            self._transport.abort()


async def spread(server: Server, changes: list[bytes], subscribe: object | None) -> Spread:
    """Open the sockets, then make each change and wait until all have its message."""
    sockets = [await Socket.open(server.port) for _ in range(SOCKETS)]
    for socket in sockets:
        socket.send({"type": "connection_init"})
    await asyncio.gather(*(socket.wait_for(1) for socket in sockets))
    if subscribe is not None:
        for socket in sockets:
            socket.send({"id": "1", "type": "subscribe", "payload": subscribe})
        await asyncio.gather(*(socket.wait_for(2) for socket in sockets))
    await asyncio.sleep(1)
    result = await _changes(server, sockets, changes)
    for socket in sockets:
        socket.close()
    return result


async def _changes(server: Server, sockets: list[Socket], changes: list[bytes]) -> Spread:
    connection = await Connection.open(server.port)
    lasts: list[float] = []
    had = sockets[0].messages
    before = cpu_seconds(server.pid)
    for number, change in enumerate(changes, 1):
        started = time.perf_counter()
        asked = asyncio.ensure_future(connection.ask(change))
        await asyncio.gather(*(socket.wait_for(had + number) for socket in sockets))
        lasts.append((time.perf_counter() - started) * 1_000)
        await asked
        await asyncio.sleep(PAUSE)
    cpu = (cpu_seconds(server.pid) - before) / len(changes) * 1_000
    connection.close()
    return Spread(median(lasts), cpu, memory_mib(server.pid))


def subscription() -> object:
    """Slots of a booked host for a day."""
    bounds = (datetime.fromtimestamp(WATCHED_DAY + shift, UTC).isoformat() for shift in (0, 86_400))
    window = dict(zip(("start", "end"), bounds, strict=True))
    return {"query": SUBSCRIPTION, "variables": {"event": BOOKED_EVENTS[0], "window": window}}
