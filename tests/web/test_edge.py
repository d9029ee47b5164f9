"""What is refused before any front sees it, on a running server: still JSON, with a request id."""

import asyncio
import json
from typing import Any

import pytest

from app.web.protocol import MAX_HEAD
from tests.parts.server import SlotgraphProcess

Refused = tuple[int, dict[str, str], Any]


async def sent(server: SlotgraphProcess, *parts: bytes) -> Refused:
    """Status, headers and JSON body of the answer to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers["content-length"]))
    writer.close()
    return int(head[0].split(" ")[1]), headers, json.loads(body)


@pytest.mark.parametrize(
    "request_",
    [
        b"garbage\r\n\r\n",
        b"FOO /v2/me HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /v2/\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /v2/me HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n",
        b"PATCH /v2/me HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"PATCH /v2/me HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    ],
)
async def test_what_is_no_http_is_told_in_the_envelope(server: SlotgraphProcess, request_: bytes) -> None:
    """AU-30: no bare bodies anywhere."""
    status, headers, body = await sent(server, request_)
    assert (status, headers["content-type"]) == (400, "application/json; charset=utf-8")
    assert len(headers["x-request-id"]) == 24
    assert body["error"] == {
        "code": "BadRequestException",
        "message": "Invalid HTTP request received.",
        "details": {"message": "Invalid HTTP request received.", "error": "Bad Request", "statusCode": 400},
    }


@pytest.mark.parametrize(
    "parts",
    [
        [b"GET /v2/me HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * MAX_HEAD + b"\r\n\r\n"],
        [b"GET /v2/me HTTP/1.1\r\nHost: x\r\nX-A: ", *[b"a" * 1024] * (MAX_HEAD // 1024)],
        [b"GET /v2/me?x=" + b"a" * (MAX_HEAD - 100) + b" HTTP/1.1\r\nHost: " + b"x" * 100 + b"\r\n\r\n"],
        [b"GET /v2/me HTTP/1.1\r\n", b"".join(b"X-%d: y\r\n" % number for number in range(7000))],
    ],
    ids=["at once", "never complete", "path", "many"],
)
async def test_endless_heads_are_refused(server: SlotgraphProcess, parts: list[bytes]) -> None:
    """Complete or not, in one piece or drop by drop; the server keeps nothing of them."""
    status, headers, body = await sent(server, *parts)
    assert (status, body["error"]["message"]) == (431, "Request line and headers are too large.")
    assert len(headers["x-request-id"]) == 24


async def test_a_body_that_is_too_large_however_much(server: SlotgraphProcess) -> None:
    """The front refuses it, so its envelope, id and CORS headers are there, declared or chunked."""
    start = b"PATCH /v2/slots/reservations/x HTTP/1.1\r\nHost: x\r\ncal-api-version: 2024-09-04\r\nOrigin: https://a.example\r\n"
    chunks = [b"%x\r\n%s\r\n" % (60_000, b"x" * 60_000)] * 20
    for parts in (
        [start + b"Content-Length: 99999999999\r\n\r\n"],
        [start + b"Transfer-Encoding: chunked\r\n\r\n", *chunks, b"0\r\n\r\n"],
    ):
        status, headers, body = await sent(server, *parts)
        assert (status, body["error"]["code"]) == (413, "PayloadTooLargeException")
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cal-api-version"] == "2024-09-04"
        assert headers["x-request-id"]


async def test_a_large_body_does_not_count_for_the_next_head(server: SlotgraphProcess) -> None:
    """One connection, a large body, then a head that arrives in two pieces."""
    large = b"POST /v2/api-keys/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" + b" " * 300_000
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for part in (large, b"GET /v2/me HTTP/1.1\r\nHos", b"t: x\r\n\r\n"):
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.01)
    statuses = [await _status(reader) for _ in range(2)]
    writer.close()
    assert statuses == [401, 401]


async def _status(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    await reader.readexactly(int(head.lower().partition("content-length: ")[2].partition("\r\n")[0]))
    return int(head.split(" ")[1])
