"""Malformed documents, variables and frames: never a 500, never an unhandled log line."""

import logging
import random
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from schema.executor.engine import Engine
from schema.executor.requests import GraphRequest
from schema.node import global_id
from schema.transport.endpoint import GraphQLEndpoint
from schema.transport.ws_messages import Close, read_message
from tests.schema.executor.test_compiled import CORPUS
from tests.schema.sample import authenticator, make_sample, make_settings
from tests.schema.transport.serving import greet, hear, say, served

SAMPLE, SETTINGS = make_sample(), make_settings(graphql_cost_limit=10**9)
ENGINE = Engine(SAMPLE.schema, SETTINGS)
PIECES = [
    *(
        "{",
        "}",
        "(",
        ")",
        "...",
        "on",
        "fragment F on Thing",
        "query",
        "$a",
        "@include",
        "@skip(if:$a)",
        '"',
        '"""',
        ":",
    ),
    *(
        "[",
        "]",
        "!",
        "things",
        "name",
        "place",
        "node(id:",
        "page(first:",
        "1e999",
        "-",
        "\\u0000",
        "#",
        "|",
        "&",
        "null",
    ),
    *("true", "\ufeff"),
]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def mutated(chance: random.Random) -> str:
    """A document of the corpus with a few places torn out, doubled or filled with other pieces."""
    text = chance.choice(CORPUS)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randint(0, 6))
        filling = chance.choice([*PIECES, text[start:end] * 2, ""])
        text = text[:start] + filling + text[end:]
    return text


async def test_mutated_documents_never_fail_inside(caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(20261122)
    for _ in range(1200):
        outcome = await ENGINE.run(GraphRequest(query=mutated(chance)), SAMPLE.context(SETTINGS))
        for error in outcome.errors:
            assert error["extensions"]["code"] != "INTERNAL"
            assert error["extensions"]["requestId"] == "req-1"
    assert not caplog.records


@settings(max_examples=150)
@given(payload=JSON_VALUES)
async def test_any_json_body_is_answered(payload: Any) -> None:
    endpoint = GraphQLEndpoint(ENGINE, authenticator(SETTINGS), SAMPLE.loaders)
    transport = httpx.ASGITransport(Starlette(routes=endpoint.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        for body in (
            payload,
            {"query": "query($a:DateTime,$b:ID!){at(value:$a) node(id:$b){id}}", "variables": payload},
        ):
            response = await http.post(
                "/graphql", content=orjson.dumps(_fits(body)), headers={"content-type": "application/json"}
            )
            assert response.status_code in {200, 400}
            assert response.json()["errors"][0]["extensions"]["code"] != "INTERNAL"


def _fits(value: Any) -> Any:
    """orjson writes integers of 64 bits; larger ones are written as floats, which JSON allows."""
    if isinstance(value, dict):
        return {key.encode("utf-8", "replace").decode(): _fits(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_fits(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return float(value) if isinstance(value, int) and abs(value) >= 2**63 else value


@settings(max_examples=200)
@given(text=st.text(max_size=60))
async def test_any_id_and_cursor_has_a_code(text: str) -> None:
    document = "query($i:ID!,$c:String){node(id:$i){id} nodes(ids:[$i]){id} page(after:$c){nodes{id}}}"
    for identity in (text, global_id("Thing", text), global_id(text, 1)):
        request = GraphRequest(query=document, variables={"i": identity, "c": text})
        outcome = await ENGINE.run(request, SAMPLE.context(SETTINGS))
        for error in outcome.errors:
            assert error["extensions"]["code"] in {"INVALID_ID", "INVALID_CURSOR", "INVALID_VARIABLES"}


@settings(max_examples=300)
@given(text=st.text(max_size=80) | JSON_VALUES.map(_fits).map(lambda value: orjson.dumps(value).decode()))
def test_any_frame_is_a_message_or_an_order_to_close(text: str) -> None:
    try:
        message = read_message(text, 1000)
        answer = message.type
    except Close as order:
        answer = str(order.code)
    assert answer in {"connection_init", "subscribe", "complete", "ping", "pong", "4400", "1009"}


async def test_any_payload_of_a_subscribe_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(7)
    payloads: list[Any] = [
        None,
        1,
        "x",
        [],
        [[]],
        {"query": None},
        {"query": []},
        {"variables": 1},
        {"query": "{hello}"},
    ]
    async with served(graphql_cost_limit=10**9) as at, at.socket() as socket:
        await greet(socket)
        for number in range(300):
            payload = chance.choice([*payloads, {"query": mutated(chance)}])
            await socket.send(orjson.dumps({"type": "subscribe", "id": str(number), "payload": payload}).decode())
            while (message := await hear(socket)).get("id") != str(number):
                assert message["type"] in {"complete", "pong"}
            assert message["type"] in {"next", "error"}
            if number % 50 == 0:
                await say(socket, "ping")
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
