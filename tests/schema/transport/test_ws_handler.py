"""graphql-transport-ws over a real server: shapes, close codes, limits, stalled readers, shutdown."""

import asyncio
import logging
import resource
import socket as sockets
from typing import Any

import orjson
import pytest

from schema.extensions.documents import digest_of
from tests.schema.sample import REVOKED
from tests.schema.transport.serving import closed, greet, hear, say, served, until


async def test_queries_and_subscriptions_run_on_one_socket() -> None:
    async with served() as at, at.socket() as socket:
        await greet(socket)
        await say(socket, "subscribe", "1", {"query": "{hello}"})
        answer = await hear(socket)
        assert (answer["type"], answer["id"], answer["payload"]["data"]) == ("next", "1", {"hello": "world"})
        assert await hear(socket) == {"type": "complete", "id": "1"}
        await say(socket, "subscribe", '"odd\\', {"query": "subscription{count(to:2){databaseId}}"})
        seen = [await hear(socket) for _ in range(3)]
        assert [message["id"] for message in seen] == ['"odd\\'] * 3
        assert [message.get("payload") for message in seen] == [
            {"data": {"count": {"databaseId": 0}}},
            {"data": {"count": {"databaseId": 1}}},
            None,
        ]


async def test_loaders_are_fresh_for_every_event() -> None:
    async with served() as at, at.socket() as socket:
        await greet(socket)
        await say(socket, "subscribe", "1", {"query": "subscription{count{owner{name}}}"})
        names = [(await hear(socket))["payload"]["data"]["count"]["owner"] for _ in range(2)]
        assert names == [{"name": "o0 v1"}, {"name": "o1 v2"}]
        await say(socket, "subscribe", "2", {"query": "subscription{count(to:1){owner{name}}}"})
        while (message := await hear(socket))["id"] != "2" or message["type"] != "next":
            pass
        assert message["payload"]["data"]["count"]["owner"] == {"name": "o0 v4"}


async def test_stored_documents_work_over_sockets() -> None:
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": digest_of("{hello}")}}
    async with served() as at, at.socket() as socket:
        await greet(socket)
        await say(socket, "subscribe", "1", {"extensions": persisted})
        refused = await hear(socket)
        assert (refused["type"], refused["payload"][0]["message"]) == ("error", "PersistedQueryNotFound")
        await say(socket, "subscribe", "2", {"query": "{hello}", "extensions": persisted})
        assert (await hear(socket))["type"] == "next"
        assert (await hear(socket))["type"] == "complete"
        await say(socket, "subscribe", "3", {"extensions": persisted})
        assert (await hear(socket))["payload"]["data"] == {"hello": "world"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (None, "BAD_REQUEST"),
        ([], "BAD_REQUEST"),
        ({}, "BAD_REQUEST"),
        ({"query": 7}, "BAD_REQUEST"),
        ({"query": "{"}, "PARSE_FAILED"),
        ({"query": "{nothing}"}, "VALIDATION_FAILED"),
        ({"query": "query($v:DateTime!){at(value:$v)}", "variables": {"v": 1}}, "INVALID_VARIABLES"),
        ({"query": "{hello}", "variables": []}, "BAD_REQUEST"),
        ({"query": "{things(count:1000000){owner{name}}}"}, "COST_LIMIT"),
    ],
)
async def test_a_wrong_operation_leaves_the_socket_open(payload: Any, code: str) -> None:
    async with served() as at, at.socket() as socket:
        await greet(socket)
        await socket.send(orjson.dumps({"type": "subscribe", "id": "1", "payload": payload}).decode())
        refused = await hear(socket)
        assert refused["type"] == "error"
        assert refused["payload"][0]["extensions"]["code"] == code
        assert refused["payload"][0]["extensions"]["requestId"]
        await say(socket, "ping")
        assert await hear(socket) == {"type": "pong"}


@pytest.mark.parametrize(
    "frame",
    [
        "[]",
        "7",
        "null",
        "{",
        "",
        "{}",
        '{"type":7}',
        '{"type":"unknown"}',
        '{"type":"subscribe"}',
        '{"type":"subscribe","id":7}',
        '{"type":"subscribe","id":""}',
        '{"type":"complete","id":[]}',
        '{"type":"ping","payload":[]}',
        '{"type":"start","id":"1"}',
        b"\x00\x01",
        "[" * 10_000,
    ],
)
async def test_frames_that_are_no_message_close_with_4400(frame: str | bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with served() as at, at.socket() as socket:
        await greet(socket)
        await socket.send(frame)
        assert (await closed(socket))[0] == 4400
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_message_that_is_too_large_closes_with_1009() -> None:
    async with served(graphql_max_body=10_000) as at, at.socket() as socket:
        await greet(socket)
        await say(socket, "subscribe", "1", {"query": "#" * 20_000})
        assert (await closed(socket))[0] == 1009


@pytest.mark.parametrize(
    ("token", "code"), [("dead", 4401), ("late", 4403), ("crash", 1013)], ids=["never", "expired", "fault"]
)
async def test_refused_credentials_close_the_socket(token: str, code: int) -> None:
    async with served() as at, at.socket() as socket:
        await say(socket, "connection_init", payload={"Authorization": f"Bearer {token}"})
        found, reason = await closed(socket)
        assert found == code
        assert "secret" not in reason


@pytest.mark.parametrize(
    "payload", [{"authorization": "Bearer user:7"}, {"headers": {"Authorization": "Bearer user:7"}}]
)
async def test_the_token_may_stand_in_the_init_payload(payload: dict[str, Any]) -> None:
    async with served(graphql_max_sockets_per_token=1) as at, at.socket() as socket:
        await say(socket, "connection_init", payload=payload)
        assert (await hear(socket))["type"] == "connection_ack"
        async with at.socket(additional_headers={"authorization": "Bearer user:7"}) as second:
            await say(second, "connection_init")
            assert (await closed(second))[0] == 4429


async def test_a_caller_has_a_number_of_sockets() -> None:
    async with served() as at:
        opened = [await at.socket().__aenter__() for _ in range(5)]
        for socket in opened:
            await greet(socket, "user:1")
        async with at.socket() as sixth:
            await say(sixth, "connection_init", payload={"Authorization": "Bearer user:1"})
            assert (await closed(sixth))[0] == 4429
        await opened[0].close()
        await until(lambda: len(at.endpoint.sockets) == 4)
        async with at.socket() as again:
            await greet(again, "user:1")
        for socket in opened:
            await socket.close()


async def test_a_socket_closes_when_its_token_expires() -> None:
    async with served() as at, at.socket() as socket:
        await greet(socket, "user:1:0.3")
        await say(socket, "subscribe", "1", {"query": "subscription{live{__typename}}"})
        assert await closed(socket) == (4403, "Token expired")
        assert at.sample.world.closed == 1


async def test_protocol_breaches_have_their_codes() -> None:
    async with served() as at:
        async with at.socket() as socket:
            await say(socket, "subscribe", "1", {"query": "{hello}"})
            assert (await closed(socket))[0] == 4401
        async with at.socket() as socket:
            await greet(socket)
            await say(socket, "connection_init")
            assert (await closed(socket))[0] == 4429
        async with at.socket() as socket:
            await greet(socket)
            for _ in range(2):
                await say(socket, "subscribe", "1", {"query": "subscription{live{__typename}}"})
            assert (await closed(socket))[0] == 4409
        async with at.socket(subprotocols=None) as socket:
            assert (await closed(socket))[0] == 4406


async def test_a_socket_that_does_not_initialise_is_closed() -> None:
    async with served(init_seconds=0.2) as at, at.socket() as socket:
        assert (await closed(socket))[0] == 4408


async def test_other_origins_are_refused_unless_allowed() -> None:
    async with served(graphql_allowed_origins=("https://book.example",)) as at:
        with pytest.raises(Exception, match="403"):
            await at.socket(origin="https://evil.example").__aenter__()
        for origin in ("https://book.example", f"http://127.0.0.1:{at.port}"):
            async with at.socket(origin=origin) as socket:
                await greet(socket)


async def test_a_socket_runs_25_operations_and_refuses_the_next() -> None:
    async with served() as at, at.socket() as socket:
        await greet(socket)
        for number in range(26):
            await say(socket, "subscribe", str(number), {"query": "subscription{live{__typename}}"})
        seen = [await hear(socket) for _ in range(26)]
        errors = [message for message in seen if message["type"] == "error"]
        assert [message["id"] for message in errors] == ["25"]
        assert errors[0]["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"
        await say(socket, "complete", "3")
        await say(socket, "subscribe", "25", {"query": "{hello}"})
        assert (await hear(socket))["type"] == "next"


async def test_a_failing_source_ends_its_operation_only(caplog: pytest.LogCaptureFixture) -> None:
    async with served() as at, at.socket() as socket:
        await greet(socket)
        await say(socket, "subscribe", "1", {"query": "subscription{failing}"})
        assert (await hear(socket))["payload"] == {"data": {"failing": 1}}
        failed = await hear(socket)
        assert failed["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
        assert "secret" not in str(failed)
        assert await hear(socket) == {"type": "complete", "id": "1"}
        await say(socket, "subscribe", "1", {"query": "{hello}"})
        assert (await hear(socket))["type"] == "next"
    assert len([record for record in caplog.records if record.name == "slotgraph.graphql"]) == 1


@pytest.mark.parametrize("abort", [False, True])
async def test_sources_end_with_their_socket(abort: bool) -> None:
    async with served() as at:
        socket = await at.socket().__aenter__()
        await greet(socket)
        await say(socket, "subscribe", "1", {"query": "subscription{live{__typename}}"})
        await hear(socket)
        if abort:
            socket.transport.abort()
        else:
            await say(socket, "complete", "1")
        await until(lambda: at.sample.world.closed == 1)
        await socket.close()
    assert len(at.endpoint.sockets) == 0


def stalled(port: int) -> sockets.socket:
    """A client that shakes hands, subscribes to a flood and never reads again."""
    client = sockets.create_connection(("127.0.0.1", port))
    client.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    client.sendall(
        b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    )
    assert client.recv(4096).startswith(b"HTTP/1.1 101")
    for message in (
        {"type": "connection_init"},
        {"type": "subscribe", "id": "1", "payload": {"query": "subscription{flood}"}},
    ):
        text = orjson.dumps(message)
        client.sendall(bytes([0x81, 0x80 | len(text)]) + b"\0\0\0\0" + text)
    return client


async def test_a_stalled_reader_suspends_its_source_and_is_closed(caplog: pytest.LogCaptureFixture) -> None:
    async with served(blocked_seconds=1.0) as at:
        client = await asyncio.to_thread(stalled, at.port)
        try:
            await until(lambda: at.sample.world.opened == 1)
            produced = -1
            while produced != at.sample.world.versions:
                produced = at.sample.world.versions
                await asyncio.sleep(0.3)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            await until(lambda: at.sample.world.closed == 1)
            assert produced < 2000
            assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 10_000
        finally:
            client.close()
    assert any("stopped reading" in record.message for record in caplog.records)


async def test_stopping_completes_operations_and_asks_clients_back() -> None:
    async with served() as at, at.socket() as socket:
        await greet(socket)
        for identity in ("a", "b"):
            await say(socket, "subscribe", identity, {"query": "subscription{live{__typename}}"})
            await hear(socket)
        await at.endpoint.stop()
        completed = [await hear(socket) for _ in range(2)]
        assert {message["id"] for message in completed} == {"a", "b"}
        assert {message["type"] for message in completed} == {"complete"}
        code, reason = await closed(socket)
        assert (code, reason) == (1012, "Service restart: reconnect in 1 s")
        assert at.sample.world.closed == 1


async def test_a_revoked_key_loses_its_sockets() -> None:
    async with served(recheck_seconds=0.1) as at, at.socket() as socket, at.socket() as anonymous:
        await greet(socket, "user:9")
        await greet(anonymous)
        REVOKED.add("user:9")
        try:
            assert await closed(socket) == (4401, "Wrong key.")
        finally:
            REVOKED.clear()
        await say(anonymous, "ping")
        assert await hear(anonymous) == {"type": "pong"}
