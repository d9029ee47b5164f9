"""Server-sent events over a real server."""

import asyncio
from typing import Any

import httpx
import orjson
import pytest

from app.context import Actor, RequestContext
from app.events.bus import InProcessBus
from schema.transport.credentials import Authenticate, Credentials
from tests.schema.sample import REVOKED, make_settings
from tests.schema.transport.serving import Served, served, until

EVENTS = {"accept": "text/event-stream"}


async def read_events(response: httpx.Response, count: int) -> list[dict[str, str]]:
    events: list[dict[str, str]] = []
    current: dict[str, str] = {}
    async with asyncio.timeout(5):
        async for line in response.aiter_lines():
            if not line:
                if current:
                    events.append(current)
                    current = {}
                if len(events) == count:
                    return events
            elif not line.startswith(":"):
                name, _, value = line.partition(":")
                current[name] = value.strip()
    return events


async def stream(at: Served, document: str, count: int, **options: Any) -> list[dict[str, str]]:
    headers = {**EVENTS, **options.pop("headers", {})}
    async with httpx.AsyncClient() as http:
        body = {"query": document, **options}
        async with http.stream("POST", at.url, json=body, headers=headers) as response:
            assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
            return await read_events(response, count)


async def test_events_carry_their_cursor_and_end_with_complete() -> None:
    async with served() as at:
        events = await stream(at, "subscription{count(to:2){databaseId}}", 3)
    assert [event["event"] for event in events] == ["next", "next", "complete"]
    assert [event.get("id") for event in events] == ["1", "2", None]
    assert orjson.loads(events[1]["data"]) == {"data": {"count": {"databaseId": 1}}}
    assert at.sample.world.closed == 1


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("subscription{count(to:4){databaseId}}", {}),
        ('subscription{count(to:4,after:"1"){databaseId}}', {}),
        ("subscription($a:EventCursor){count(to:4,after:$a){databaseId}}", {"a": "1"}),
        ("subscription($a:EventCursor){count(to:4,after:$a){databaseId}}", {}),
    ],
)
async def test_last_event_id_resumes(document: str, variables: dict[str, Any]) -> None:
    async with served() as at:
        events = await stream(at, document, 2, variables=variables, headers={"last-event-id": "3"})
    assert orjson.loads(events[0]["data"]) == {"data": {"count": {"databaseId": 3}}}
    assert events[1]["event"] == "complete"


async def test_a_last_event_id_that_is_none_of_ours_is_ignored() -> None:
    async with served() as at:
        events = await stream(at, "subscription{count(to:1){databaseId}}", 1, headers={"last-event-id": "a b {}"})
    assert orjson.loads(events[0]["data"]) == {"data": {"count": {"databaseId": 0}}}


async def test_queries_and_refusals_come_as_one_event() -> None:
    async with served() as at:
        events = await stream(at, "{hello}", 2)
        assert orjson.loads(events[0]["data"])["data"] == {"hello": "world"}
        refused = await stream(at, "subscription{nothing}", 2)
        assert orjson.loads(refused[0]["data"])["errors"][0]["extensions"]["code"] == "VALIDATION_FAILED"
        assert refused[1]["event"] == "complete"


async def test_a_failing_source_ends_with_a_masked_error(caplog: pytest.LogCaptureFixture) -> None:
    async with served() as at:
        events = await stream(at, "subscription{failing}", 3)
    assert orjson.loads(events[0]["data"]) == {"data": {"failing": 1}}
    failed = orjson.loads(events[1]["data"])
    assert failed["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "secret" not in events[1]["data"]
    assert len([record for record in caplog.records if record.name == "slotgraph.graphql"]) == 1


async def test_a_client_that_leaves_ends_the_source() -> None:
    async with served() as at:
        await stream(at, "subscription{live{__typename}}", 1)
        await until(lambda: at.sample.world.closed == 1)
        assert len(at.endpoint.shared) == 0


async def test_comments_keep_a_quiet_stream_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.transport.sse.COMMENT_SECONDS", 0.05)
    async with served() as at, httpx.AsyncClient() as http:
        body = {"query": "subscription{live{__typename}}"}
        async with http.stream("POST", at.url, json=body, headers=EVENTS) as response:
            comments = 0
            async with asyncio.timeout(5):
                async for line in response.aiter_lines():
                    comments += line == ":"
                    if comments == 3:
                        break
    assert comments == 3


async def test_stopping_completes_open_streams() -> None:
    async with served() as at, httpx.AsyncClient() as http:
        body = {"query": "subscription{live{__typename}}"}
        async with http.stream("POST", at.url, json=body, headers=EVENTS) as response:
            task = asyncio.create_task(read_events(response, 2))
            await until(lambda: at.sample.world.opened == 1)
            await asyncio.sleep(0.05)
            await at.endpoint.stop()
            events = await task
    assert [event["event"] for event in events] == ["next", "complete"]


async def test_a_stream_ends_when_its_token_does() -> None:
    async with served() as at:
        headers = {"authorization": "Bearer user:1:0.3"}
        events = await stream(at, "subscription{live{__typename}}", 2, headers=headers)
    assert [event["event"] for event in events] == ["next", "complete"]


async def test_a_revoked_key_loses_its_streams() -> None:
    async with served(recheck_seconds=0.1) as at:
        REVOKED.add("user:9")
        at.endpoint.http._authenticate = first_time_only(at.endpoint.http._authenticate)
        try:
            headers = {"authorization": "Bearer user:9"}
            events = await stream(at, "subscription{live{__typename}}", 2, headers=headers)
        finally:
            REVOKED.clear()
    assert [event["event"] for event in events] == ["next", "complete"]


def first_time_only(authenticate: Authenticate) -> Authenticate:
    """The key still works when the stream is opened."""
    asked = 0

    async def first(credentials: Credentials) -> RequestContext:
        nonlocal asked
        asked += 1
        if asked > 1:
            return await authenticate(credentials)
        return RequestContext(Actor(user_id=9), make_settings(), InProcessBus())

    return first
