"""A TCP proxy that breaks the wire on demand."""

import asyncio
import socket
import struct
from contextlib import suppress
from types import TracebackType
from typing import Self

CHUNK = 64 * 1024


class FaultProxy:
    """Listens on 127.0.0.1 and forwards to one upstream; every fault applies to open connections at once.

    `latency` is in seconds per chunk and direction. `black_hole` swallows what arrives without closing; what was
    swallowed is lost, so end it with `cut`. `cut` ends open connections (`reset=True` sends RST instead of FIN).
    `refuse` closes the listener until `accept` opens the same port again. `cut_after` ends each connection when
    the upstream has answered so many bytes.
    """

    def __init__(self, upstream_port: int, upstream_host: str = "127.0.0.1") -> None:
        self.upstream = (upstream_host, upstream_port)
        self.port = 0
        self.latency = 0.0
        self.black_hole = False
        self.cut_after: int | None = None
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], list[asyncio.StreamWriter]] = {}

    async def __aenter__(self) -> Self:
        await self.accept()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.refuse()
        await self.cut()

    async def accept(self) -> None:
        """Listen; the first time on a free port, afterwards on the same one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Stop listening: new connections are refused, open ones go on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def cut(self, *, reset: bool = False) -> None:
        """End every open connection on both sides."""
        tasks = list(self._open)
        for writers in self._open.values():
            for writer in writers:
                if reset:
                    linger = struct.pack("ii", 1, 0)
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort() if reset else writer.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections += 1
        self._open[task] = [writer]
        try:
            with suppress(OSError, asyncio.CancelledError):
                upstream_reader, upstream_writer = await asyncio.open_connection(*self.upstream)
                self._open[task].append(upstream_writer)
                await asyncio.gather(
                    self._pump(reader, upstream_writer), self._pump(upstream_reader, writer, answer=True)
                )
        finally:
            for each in self._open.pop(task):
                each.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answer: bool = False) -> None:
        passed = 0
        while chunk := await reader.read(CHUNK):
            if self.latency:
                await asyncio.sleep(self.latency)
            if self.black_hole:
                continue
            if answer and self.cut_after is not None:
                chunk = chunk[: max(0, self.cut_after - passed)]
            passed += len(chunk)
            writer.write(chunk)
            await writer.drain()
            if answer and self.cut_after is not None and passed >= self.cut_after:
                raise ConnectionAbortedError("cut by the test")
        with suppress(OSError):
            writer.write_eof()
