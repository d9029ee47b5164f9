"""Sends requests over a few kept connections, and reads what a process has used meanwhile."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Target:
    """A server process and the requests that are sent to it; `requests()` gives them one after another, for ever."""

    name: str
    port: int
    pid: int
    requests: Callable[[], Iterator[bytes]]
    good: tuple[int, ...] = (200,)


@dataclass(slots=True)
class Window:
    """What one stretch of load has shown; CPU is the server process's, in seconds."""

    requests: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    bad: int = 0
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU of the server for each request, in milliseconds."""
        return self.cpu / max(self.requests, 1) * 1_000


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def get(path: str, headers: str = "") -> bytes:
    """A GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n{headers}\r\n".encode()


def post(path: str, body: bytes, headers: str = "") -> bytes:
    """A POST request with a JSON body."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Connection(asyncio.Protocol):
    """One kept HTTP connection; `ask` sends a request and waits for the whole answer."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._needed = 0
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """Connect."""
        transport, protocol = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        protocol._transport = transport
        return protocol

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        """Collect the answer."""
        self._buffer += data
        if not self._needed:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._buffer[:end]).lower()
            at = head.index(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0])
            self._needed = end + 4 + length
        if len(self._buffer) >= self._needed and self._answer is not None:
            status, body = int(self._buffer[9:12]), bytes(self._buffer[self._buffer.find(b"\r\n\r\n") + 4 :])
            self._buffer.clear()
            self._needed = 0
            self._answer.set_result((status, body))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("closed"))

    def close(self) -> None:
        """Disconnect."""
        if self._transport is not None:
            self._transport.close()


async def first_answer(target: Target) -> tuple[int, bytes]:
    """One request's answer."""
    connection = await Connection.open(target.port)
    try:
        return await connection.ask(next(target.requests()))
    finally:
        connection.close()


async def run_window(target: Target, connections: int, seconds: float) -> Window:
    """Load for so many seconds."""
    window = Window()
    requests = target.requests()
    opened = [await Connection.open(target.port) for _ in range(connections)]
    before, started = cpu_seconds(target.pid), time.perf_counter()
    await asyncio.gather(*(_ask(window, connection, requests, started + seconds, target) for connection in opened))
    window.seconds = time.perf_counter() - started
    window.cpu = cpu_seconds(target.pid) - before
    for connection in opened:
        connection.close()
    return window


async def _ask(window: Window, connection: Connection, requests: Iterator[bytes], until: float, target: Target) -> None:
    while (now := time.perf_counter()) < until:
        status, _ = await connection.ask(next(requests))
        window.latencies.append(time.perf_counter() - now)
        window.requests += 1
        window.bad += status not in target.good
