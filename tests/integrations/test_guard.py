"""Requests to addresses that others choose reach the public internet only, and take little of an answer."""

import asyncio
import gzip
import socket
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from app.integrations.guard import Answer, Outbound, OutboundError, RefusedAddressError, guarded_socket, is_public
from app.settings import Settings
from tests.parts.receiver import Receiver

MakeSettings = Callable[..., Settings]


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.9.1", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"),
    ],
)
def test_refused_addresses(address: str) -> None:
    """This machine, its network, cloud metadata, and IPv4 in IPv6's clothes."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_allowed_addresses(address: str) -> None:
    """The public internet, also through translators."""
    assert is_public(address)


def test_the_socket_is_refused_before_it_exists() -> None:
    """Whatever the name was, the address counts."""
    info = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::ffff:127.0.0.1", 80, 0, 0))
    with pytest.raises(RefusedAddressError):
        guarded_socket(info)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "localhost.", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "0"),
        *("2130706433", "0x7f.1", "0x7f000001", "127.1", "0177.0.0.1", "017700000001"),
    ],
)
async def test_a_guarded_client_does_not_reach_this_machine(make_settings: MakeSettings, host: str) -> None:
    """Literals of any spelling and names that resolve to loopback; the receiver hears nothing."""
    async with Receiver() as receiver, Outbound(make_settings(outbound_allow_private=False)) as outbound:
        with pytest.raises(OutboundError) as caught:
            await outbound.request("POST", f"http://{host}:{receiver.port}/hook", body=b"{}")
        assert receiver.received == []
    assert str(caught.value) in {
        "The address is not public.",
        "The host name cannot be resolved.",
        "This is no address that can be reached.",
    }


async def test_names_that_lead_to_this_machine(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is looked up once for a connection, and every address that it gives is judged when it is used."""
    asked: list[str] = []

    async def looked_up(host: str, port: int, **_: Any) -> Any:
        asked.append(host)
        addresses = ["::1", "127.0.0.1", "169.254.169.254", "10.0.0.1"]
        kinds = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
        return [
            (kind, socket.SOCK_STREAM, 6, "", (address, port, 0, 0) if kind == socket.AF_INET6 else (address, port))
            for kind, address in zip(kinds, addresses, strict=True)
        ]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up, raising=False)
    async with Receiver() as receiver, Outbound(make_settings(outbound_allow_private=False)) as outbound:
        with pytest.raises(OutboundError, match=r"^The address is not public\.$"):
            await outbound.request("GET", f"http://rebound.example:{receiver.port}/")
        assert (receiver.received, asked) == ([], ["rebound.example"])


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://", "http://[", "gopher://x", "//x"])
async def test_other_urls(make_settings: MakeSettings, url: str) -> None:
    """Only http and https with a host; never the URL in the message."""
    async with Outbound(make_settings()) as outbound:
        with pytest.raises(OutboundError) as caught:
            await outbound.request("GET", url)
    assert url not in str(caught.value)


async def test_answers(make_settings: MakeSettings) -> None:
    """Status, body and headers; redirects are answers; no cookie comes back."""
    async with Receiver() as receiver, Outbound(make_settings()) as outbound:
        answer = await outbound.request("POST", f"{receiver.url}/a", body=b"{}", headers={"X-One": "1"})
        assert (answer.status, answer.body, answer.truncated) == (200, b"ok", False)
        receiver.behave = lambda _: 301
        assert (await outbound.request("GET", f"{receiver.url}/b")).status == 301
        assert [each.path for each in receiver.received] == ["/a", "/b"]
        assert receiver.received[0].headers["x-one"] == "1"


async def test_long_answers_are_cut(make_settings: MakeSettings) -> None:
    """At most 64 KiB unless the caller says otherwise; the connection is not read to its end."""
    async with Receiver() as receiver, Outbound(make_settings()) as outbound:
        receiver.behave = lambda _: (200, "x" * 1_000_000)
        answer = await outbound.request("GET", f"{receiver.url}/long")
        assert (len(answer.body), answer.truncated) == (64 * 1024, True)
        receiver.behave = lambda _: (200, "x" * 100)
        exact: Answer = await outbound.request("GET", f"{receiver.url}/exact", most=100)
        assert (len(exact.body), exact.truncated) == (100, False)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_packed_answers_are_cut_too(make_settings: MakeSettings, encoding: str) -> None:
    """64 MiB come as 64 KiB that nobody asked for; no more of them is unpacked than is wanted."""
    body = (gzip.compress if encoding == "gzip" else zlib.compress)(bytes(64 * 1024 * 1024))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n"
    async with Receiver(lambda _: head.encode() + body) as receiver, Outbound(make_settings()) as outbound:
        answer = await outbound.request("GET", receiver.url, most=1_000_000)
    assert (len(answer.body), answer.truncated) == (1_000_000, True)


@pytest.mark.parametrize("head", ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"])
async def test_a_dripping_server_costs_no_more_than_the_timeout(make_settings: MakeSettings, head: str) -> None:
    """However it goes on, in its head or in its body."""

    ended = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode())
        with suppress(OSError):
            while not reader.at_eof():
                writer.write(b"X: y\r\n")
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        ended.set()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Outbound(make_settings(outbound_timeout=timedelta(milliseconds=200))) as outbound:
        with pytest.raises(OutboundError, match=r"^No complete answer within 0\.2 s\.$"):
            await outbound.request("GET", f"http://127.0.0.1:{port}/")
        await outbound.close()
        await ended.wait()


async def test_a_stalling_server_costs_no_more_than_the_timeout(make_settings: MakeSettings) -> None:
    """The timeout is for the whole exchange."""
    settings = make_settings(outbound_timeout=timedelta(milliseconds=200))
    async with Receiver(behave=lambda _: "stall") as receiver, Outbound(settings) as outbound:
        with pytest.raises(OutboundError, match=r"^No complete answer within 0\.2 s\.$"):
            await outbound.request("GET", receiver.url)
