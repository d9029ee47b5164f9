"""The proxy must break connections exactly as asked, or the fault tests prove nothing."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.parts.fault_proxy import FaultProxy


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(1024):
        writer.write(chunk)
        await writer.drain()
    writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[FaultProxy]:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with FaultProxy(server.sockets[0].getsockname()[1]) as proxy:
        yield proxy
    server.close()


async def ask(proxy: FaultProxy, text: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        writer.write(text)
        return await asyncio.wait_for(reader.read(1024), 2)
    finally:
        writer.close()


async def test_passes_bytes_through(proxy: FaultProxy) -> None:
    assert await ask(proxy, b"hello") == b"hello"
    assert proxy.connections == 1


async def test_latency_counts_once_per_direction(proxy: FaultProxy) -> None:
    proxy.latency = 0.1
    started = time.monotonic()
    assert await ask(proxy, b"hello") == b"hello"
    assert time.monotonic() - started >= 0.2


async def test_black_hole_keeps_the_connection_and_says_nothing(proxy: FaultProxy) -> None:
    proxy.black_hole = True
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"hello")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.2)
    assert not reader.at_eof()
    writer.close()


async def test_cut_ends_open_connections(proxy: FaultProxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"hello")
    assert await reader.read(5) == b"hello"
    await proxy.cut()
    assert await asyncio.wait_for(reader.read(), 2) == b""
    writer.close()
    assert await ask(proxy, b"again") == b"again"


async def test_reset_is_seen_as_a_reset(proxy: FaultProxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"hello")
    assert await reader.read(5) == b"hello"
    await proxy.cut(reset=True)
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(reader.read(), 2)
    writer.close()


async def test_cut_after_so_many_bytes_of_the_answer(proxy: FaultProxy) -> None:
    proxy.cut_after = 3
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"hello")
    assert await asyncio.wait_for(reader.read(), 2) == b"hel"
    writer.close()


async def test_refuses_until_it_accepts_again_on_the_same_port(proxy: FaultProxy) -> None:
    port = proxy.port
    await proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        await ask(proxy, b"hello")
    await proxy.accept()
    assert proxy.port == port
    assert await ask(proxy, b"hello") == b"hello"
