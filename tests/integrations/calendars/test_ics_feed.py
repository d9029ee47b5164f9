"""Fetching feeds: conditional requests, redirects, sizes; nothing on this machine is reached without leave."""

from collections.abc import Callable
from typing import Any

import pytest

from app.integrations import guard
from app.integrations.calendars.ics_feed import MAX_FEED, FeedError, fetch_feed
from app.integrations.guard import Outbound
from app.settings import Settings
from tests.parts.receiver import Received, Receiver

MakeSettings = Callable[..., Settings]
BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def answer(status: str, body: bytes = BODY, *headers: str) -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def test_conditional_requests(make_settings: MakeSettings) -> None:
    """What the server said is what it is asked with."""

    def behave(got: Received) -> Any:
        if got.headers.get("if-none-match") == '"1"':
            return 304, ""
        return answer("200 OK", BODY, 'ETag: "1"', "Last-Modified: Mon, 01 Jun 2026 00:00:00 GMT")

    async with Receiver(behave) as receiver, Outbound(make_settings()) as outbound:
        first = await fetch_feed(outbound, receiver.url)
        assert first is not None
        assert (first.body, first.etag) == (BODY, '"1"')
        assert await fetch_feed(outbound, receiver.url, etag=first.etag, last_modified=first.last_modified) is None
    assert receiver.received[1].headers["if-modified-since"] == "Mon, 01 Jun 2026 00:00:00 GMT"


async def test_redirects_are_followed_a_few_times(make_settings: MakeSettings) -> None:
    def behave(got: Received) -> Any:
        if got.path == "/moved":
            return answer("302 Found", b"", "Location: /feed.ics")
        return answer("301 Moved", b"", "Location: /round") if got.path == "/round" else answer("200 OK")

    async with Receiver(behave) as receiver, Outbound(make_settings()) as outbound:
        found = await fetch_feed(outbound, f"{receiver.url}/moved")
        assert found is not None
        with pytest.raises(FeedError, match="redirects too often"):
            await fetch_feed(outbound, f"{receiver.url}/round")
    assert [got.path for got in receiver.received] == ["/moved", "/feed.ics", *["/round"] * 4]


@pytest.mark.parametrize("place", ["file:///etc/passwd", "gopher://127.0.0.1/", "http://127.0.0.1:1/"])
async def test_redirects_to_bad_places(make_settings: MakeSettings, place: str) -> None:
    async with (
        Receiver(lambda _: answer("302 Found", b"", f"Location: {place}")) as receiver,
        Outbound(make_settings()) as outbound,
    ):
        with pytest.raises(FeedError):
            await fetch_feed(outbound, receiver.url)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.2", "[::1]", "169.254.169.254", "2130706434", "0x7f.2", "0177.0.0.2", "[::ffff:127.0.0.2]", "10.0.0.1"],
)
async def test_redirects_to_this_machine_and_its_network(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """The guard judges every address on the way; one is let through here, as if it were public."""
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1")
    async with Receiver() as receiver, Outbound(make_settings(outbound_allow_private=False)) as outbound:
        place = f"http://{host}:{receiver.port}/inside"
        receiver.behave = lambda _: answer("302 Found", b"", f"Location: {place}")
        with pytest.raises(FeedError, match=r"^(The address is not public|This is no address that can be reached)\.$"):
            await fetch_feed(outbound, f"{receiver.url}/feed.ics")
    assert [got.path for got in receiver.received] == ["/feed.ics"]


async def test_headers_that_cannot_be_kept(make_settings: MakeSettings) -> None:
    """Neither a database nor a request takes them."""
    reply = b'HTTP/1.1 200 OK\r\nETag: "\xff"\r\nLast-Modified: ' + b"x" * 101 + b"\r\nContent-Length: 0\r\n\r\n"
    async with Receiver(lambda _: reply) as receiver, Outbound(make_settings()) as outbound:
        found = await fetch_feed(outbound, receiver.url)
    assert found is not None
    assert (found.etag, found.last_modified) == (None, None)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((404, "no"), "The server answered 404."),
        ((500, "no"), "The server answered 500."),
        ((304, ""), "The server answered 304."),
        (answer("200 OK", b"x" * (MAX_FEED + 1)), "The feed is larger than 5 MiB."),
        ("reset", "The connection was closed before an answer came."),
    ],
)
async def test_feeds_that_cannot_be_had(make_settings: MakeSettings, reply: Any, reason: str) -> None:
    async with Receiver(lambda _: reply) as receiver, Outbound(make_settings()) as outbound:
        with pytest.raises(FeedError) as caught:
            await fetch_feed(outbound, f"{receiver.url}/secret.ics")
    assert str(caught.value) == reason


async def test_the_guard(make_settings: MakeSettings) -> None:
    async with Receiver() as receiver, Outbound(make_settings(outbound_allow_private=False)) as outbound:
        for scheme in ("http", "webcal"):
            with pytest.raises(FeedError):
                await fetch_feed(outbound, receiver.url.replace("http", scheme))
    assert receiver.received == []
