"""Requests to addresses that others choose reach the public internet only, and take little of an answer."""

import socket
from collections.abc import Callable
from datetime import timedelta

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
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1", "0"]
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


async def test_a_stalling_server_costs_no_more_than_the_timeout(make_settings: MakeSettings) -> None:
    """The timeout is for the whole exchange."""
    settings = make_settings(outbound_timeout=timedelta(milliseconds=200))
    async with Receiver(behave=lambda _: "stall") as receiver, Outbound(settings) as outbound:
        with pytest.raises(OutboundError, match=r"^No complete answer within 0\.2 s\.$"):
            await outbound.request("GET", receiver.url)
