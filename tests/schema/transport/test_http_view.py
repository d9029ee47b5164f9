"""GraphQL over HTTP: negotiation, statuses, limits, stored documents, batches."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
from starlette.applications import Starlette

from schema.executor.engine import Engine
from schema.extensions.documents import DocumentStore, digest_of
from schema.transport.endpoint import GraphQLEndpoint
from tests.schema.sample import authenticator, make_sample, make_settings

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
PERSISTED = {"version": 1, "sha256Hash": "0" * 64}
TRUSTED = {digest_of(text): text for text in ("{hello}", 'mutation{rename(input:{name:"x"}){__typename}}')}


def client(**fields: Any) -> httpx.AsyncClient:
    sample, settings = make_sample(), make_settings(**fields)
    engine = Engine(sample.schema, settings, documents=DocumentStore(TRUSTED))
    endpoint = GraphQLEndpoint(engine, authenticator(settings), sample.loaders)
    app = Starlette(routes=endpoint.routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with client() as ready:
        yield ready


def code(response: httpx.Response) -> str:
    assert response.headers["content-type"].endswith("json; charset=utf-8")
    body = response.json()
    assert body["errors"][0]["extensions"]["requestId"]
    found: str = body["errors"][0]["extensions"]["code"]
    return found


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"{GRAPHQL};q=0, {JSON}", JSON),
        (f"text/html, {GRAPHQL};charset=utf-8", GRAPHQL),
        ("Application/GraphQL-Response+JSON", GRAPHQL),
        ("text/*;q=0.9, */*;q=0.1", JSON),
    ],
)
async def test_the_accepted_type_is_answered(http: httpx.AsyncClient, accept: str | None, answered: str) -> None:
    http.headers.pop("accept")
    headers = {"accept": accept} if accept else {}
    response = await http.post("/graphql", json={"query": "{hello}"}, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{answered}; charset=utf-8"
    assert response.json()["data"] == {"hello": "world"}


@pytest.mark.parametrize("accept", ["text/plain", "image/png, text/xml", f"{JSON};q=0", "text/html"])
async def test_a_type_that_cannot_be_made_is_406(http: httpx.AsyncClient, accept: str) -> None:
    response = await http.post("/graphql", json={"query": "{hello}"}, headers={"accept": accept})
    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("payload", "new", "old", "expected"),
    [
        ({"query": "{"}, 400, 200, "PARSE_FAILED"),
        ({"query": "{nothing}"}, 422, 200, "VALIDATION_FAILED"),
        ({"query": "query($v:DateTime!){at(value:$v)}"}, 422, 200, "INVALID_VARIABLES"),
        ({"query": "{" + "hello " * 21 + "}"}, 422, 200, "ROOT_FIELD_LIMIT"),
        ({"query": "query A{hello} query B{hello}"}, 422, 200, "VALIDATION_FAILED"),
        ({"query": "{broken}"}, 200, 200, "INTERNAL"),
        ({"query": "{things(count:100000){owner{name}}}"}, 422, 200, "COST_LIMIT"),
        ({}, 400, 400, "BAD_REQUEST"),
        ({"query": ""}, 400, 400, "BAD_REQUEST"),
        ({"query": 7}, 400, 400, "BAD_REQUEST"),
        ({"query": "{hello}", "variables": []}, 400, 400, "BAD_REQUEST"),
        ({"query": "{hello}", "variables": "x"}, 400, 400, "BAD_REQUEST"),
        ({"query": "{hello}", "operationName": {}}, 400, 400, "BAD_REQUEST"),
        ({"query": "{hello}", "extensions": 1}, 400, 400, "BAD_REQUEST"),
        ("text", 400, 400, "BAD_REQUEST"),
        (None, 400, 400, "BAD_REQUEST"),
        ([], 400, 400, "BATCH_LIMIT"),
        (
            {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
            400,
            200,
            "PERSISTED_QUERY_NOT_FOUND",
        ),
    ],
)
async def test_statuses_of_what_goes_wrong(
    http: httpx.AsyncClient, payload: Any, new: int, old: int, expected: str
) -> None:
    for accept, status in ((GRAPHQL, new), (JSON, old)):
        headers = {"accept": accept, "content-type": JSON}
        response = await http.post("/graphql", content=orjson.dumps(payload), headers=headers)
        assert (response.status_code, code(response)) == (status, expected)
        executed = expected == "INTERNAL"
        assert ("data" in response.json()) is executed


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=UTF-8", 200),
        ("Application/JSON", 200),
        ("application/json; charset=latin-1", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/graphql", 415),
        (None, 415),
    ],
)
async def test_only_json_bodies_are_read(http: httpx.AsyncClient, content_type: str | None, status: int) -> None:
    headers = {"content-type": content_type} if content_type else {}
    response = await http.post("/graphql", content=b'{"query":"{hello}"}', headers=headers)
    assert response.status_code == status
    if status == 415:
        assert code(response) == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 5000, b'{"query":"{hello}"}x', b'{"query":"\xed\xa0\x80"}']
)
async def test_a_body_that_is_not_json_is_400(http: httpx.AsyncClient, body: bytes) -> None:
    response = await http.post("/graphql", content=body, headers={"content-type": JSON})
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_that_is_too_large_is_413(http: httpx.AsyncClient, declared: bool) -> None:
    content = b'{"query":"{hello}","x":"' + b"x" * 300_000 + b'"}'

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 50_000):
            yield content[start : start + 50_000]

    body: Any = content if declared else chunks()
    response = await http.post("/graphql", content=body, headers={"content-type": JSON})
    assert (response.status_code, code(response)) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_405(http: httpx.AsyncClient, method: str) -> None:
    response = await http.request(method, "/graphql")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


async def test_get_executes_stored_queries_only(http: httpx.AsyncClient) -> None:
    stored = await http.get("/graphql", params={"documentId": digest_of("{hello}")}, headers={"accept": GRAPHQL})
    assert stored.json()["data"] == {"hello": "world"}
    assert stored.headers["cache-control"] == "private, no-cache"
    again = await http.get(
        "/graphql",
        params={"documentId": digest_of("{hello}")},
        headers={"accept": GRAPHQL, "if-none-match": stored.headers["etag"]},
    )
    assert (again.status_code, again.content) == (304, b"")
    text = await http.get("/graphql", params={"query": "{hello}"})
    assert (text.status_code, text.headers["allow"], code(text)) == (405, "POST", "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_a_mutation_by_get_is_405(http: httpx.AsyncClient, accept: str) -> None:
    document = next(text for text in TRUSTED.values() if text.startswith("mutation"))
    response = await http.get("/graphql", params={"documentId": digest_of(document)}, headers={"accept": accept})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert code(response) == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("query", ["variables={", "extensions=[", "variables=1&documentId=x", "a=1&" * 40, "%ff%fe=1"])
async def test_wrong_parameters_are_refused(http: httpx.AsyncClient, query: str) -> None:
    response = await http.get(f"/graphql?{query}", headers={"accept": GRAPHQL})
    assert response.status_code == 400
    assert code(response) == "BAD_REQUEST"


async def test_a_browser_gets_the_explorer(http: httpx.AsyncClient) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = await http.get("/graphql", headers={"accept": accept})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "://" not in page.text.replace("http://www.w3.org", "")
    script = await http.get("/graphql/static/graphiql/explorer.js")
    assert script.status_code == 200


async def test_credentials_decide(http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    dead = await http.post("/graphql", json={"query": "{hello}"}, headers={"authorization": "Bearer dead"})
    assert (dead.status_code, code(dead), dead.headers["www-authenticate"]) == (401, "UNAUTHENTICATED", "Bearer")
    late = await http.post("/graphql", json={"query": "{hello}"}, headers={"authorization": "Bearer late"})
    assert (late.status_code, code(late)) == (403, "FORBIDDEN")
    crash = await http.post("/graphql", json={"query": "{hello}"}, headers={"authorization": "Bearer crash"})
    assert (crash.status_code, code(crash)) == (500, "INTERNAL")
    assert "secret" not in crash.text
    assert len(caplog.records) == 1


async def test_batches_are_off_until_allowed() -> None:
    batch = [{"query": "{hello}"}, {"query": "{nothing}"}, {"query": "{a:hello}"}]
    async with client() as http:
        assert code(await http.post("/graphql", json=batch)) == "BATCH_LIMIT"
    async with client(graphql_max_batch=3) as http:
        response = await http.post("/graphql", json=batch)
        bodies = response.json()
        assert [body.get("data") for body in bodies] == [{"hello": "world"}, None, {"a": "world"}]
        assert code(await http.post("/graphql", json=[*batch, {"query": "{hello}"}])) == "BATCH_LIMIT"
        assert code(await http.post("/graphql", json=[{"query": "{hello}"}, 7])) == "BAD_REQUEST"


async def test_the_bucket_is_told_in_headers(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": "{hello}"})
    assert response.headers["ratelimit"] == '"cost";r=9999;t=1'
    assert response.headers["ratelimit-policy"] == '"cost";q=10000;w=20'


async def test_an_empty_bucket_is_429_with_a_wait() -> None:
    async with client(graphql_cost_limit=15, graphql_cost_restore_rate=1) as http:
        mutation = {"query": 'mutation{rename(input:{name:"x"}){__typename}}'}
        await http.post("/graphql", json=mutation)
        response = await http.post("/graphql", json=mutation, headers={"accept": GRAPHQL})
        assert response.status_code == 429
        assert 1 <= int(response.headers["retry-after"]) <= 10
        old = await http.post("/graphql", json=mutation, headers={"accept": JSON})
        assert old.status_code == 200
        assert code(old) == "COST_LIMIT"


async def test_a_dry_run_answers_the_cost_alone(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": "{broken}"}, headers={"graphql-dry-run": "1"})
    assert response.json() == {"data": None, "extensions": response.json()["extensions"]}
    assert response.json()["extensions"]["cost"]["requested"] == 1


async def test_partial_results_are_294_only_when_switched_on() -> None:
    for switch, status in ((False, 200), (True, 294)):
        async with client(graphql_partial_success_294=switch) as http:
            response = await http.post("/graphql", json={"query": "{hello broken}"}, headers={"accept": GRAPHQL})
            assert response.status_code == status


async def test_subscriptions_need_a_stream(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": "subscription{count{name}}"}, headers={"accept": GRAPHQL})
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")
