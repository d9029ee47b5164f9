"""A real HTTP server that takes webhooks, and that fails, stalls, resets or returns garbage as it is told."""

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from tests.parts.processes import free_port


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class Receiver:
    """Answers with what `behave` says of the path: a status, raw bytes, `reset`, `stall`, or (status, body)."""

    behave: Callable[[Received], Any] = lambda _: 200
    port: int = field(default_factory=free_port)
    received: list[Received] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    delay: float = 0.0
    _server: asyncio.Server | None = None
    _closed: asyncio.Event = field(default_factory=asyncio.Event)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        self._closed.set()
        for writer in tuple(self._writers):
            writer.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def bodies(self, path: str = "/hook") -> list[Any]:
        """The JSON bodies that came to a path, in order."""
        return [each.json for each in self.received if each.path == path]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:]) if name}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        got = Received(head[0].split()[1], headers, body)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(self.delay)
            self.received.append(got)
            return await self._answer(self.behave(got), writer)
        finally:
            self.at_once -= 1

    async def _answer(self, what: Any, writer: asyncio.StreamWriter) -> bool:
        match what:
            case "reset":
                wire: socket.socket = writer.get_extra_info("socket")
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            case "stall":
                await self._closed.wait()
                return False
            case bytes():
                writer.write(what)
            case (status, text):
                writer.write(response(status, text))
            case status:
                writer.write(response(status))
        await writer.drain()
        return not isinstance(what, bytes)


def response(status: int, text: str = "ok") -> bytes:
    """A whole HTTP answer."""
    body = text.encode()
    head = (
        f"HTTP/1.1 {status} Whatever\r\nContent-Length: {len(body)}\r\nLocation: http://127.0.0.1:1/elsewhere\r\n\r\n"
    )
    return head.encode() + body
