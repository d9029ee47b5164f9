"""The application around its fronts, in process: health, headers, errors, limits, metrics."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from app.web.middleware import request_id_of, route_of


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a started application."""
    app = create_app(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://slotgraph") as client,
    ):
        yield client


async def test_health_says_what_it_depends_on(client: httpx.AsyncClient) -> None:
    """Alive and ready, with the checks named."""
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {"database": "ok", "migrations": "ok", "bus": "ok", "busKind": "in-process"},
    }


async def test_request_ids_are_kept_or_made(client: httpx.AsyncClient) -> None:
    """A plain short id of the caller comes back; anything else is replaced."""
    answer = await client.get("/healthz", headers={"X-Request-Id": "my-id-12345"})
    assert answer.headers["x-request-id"] == "my-id-12345"
    for bad in ("short", "x" * 65, "has spaces in it", "<script>alert(1)</script>"):
        made = (await client.get("/healthz", headers={"X-Request-Id": bad})).headers["x-request-id"]
        assert made != bad
        assert len(made) == 24


async def test_unknown_paths_and_methods_are_json_errors(client: httpx.AsyncClient) -> None:
    """Outside of the fronts too, an error has a code and the request's id."""
    answer = await client.get("/nothing", headers={"X-Request-Id": "abcdefgh"})
    assert answer.status_code == 404
    assert answer.json() == {"error": {"code": "NOT_FOUND", "message": "Not Found", "requestId": "abcdefgh"}}
    answer = await client.delete("/healthz")
    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "METHOD_NOT_ALLOWED"


async def test_the_landing_page_leads_everywhere(client: httpx.AsyncClient) -> None:
    """Each of its links answers; the mailbox is among them while there is one."""
    targets = re.findall(r'href="([^"]+)"', (await client.get("/")).text)
    assert "/mailbox" in targets
    for target in targets:
        answer = await client.get(target, headers={"accept": "text/html,*/*"})
        assert answer.status_code == 200, target


async def test_security_headers(client: httpx.AsyncClient) -> None:
    """Every answer is careful; the landing page says what it may load."""
    answer = await client.get("/")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in answer.headers
    assert (await client.get("/healthz")).headers["x-frame-options"] == "SAMEORIGIN"


async def test_any_origin_may_ask_with_the_headers_that_components_send(client: httpx.AsyncClient) -> None:
    """Cross-origin components send these headers with these methods, without credentials."""
    headers = {
        "Origin": "https://customer.example",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization, cal-api-version, content-type, x-cal-client-id",
    }
    answer = await client.options("/graphql", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "x-cal-client-id" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("asked", [("FOO", "content-type"), ("GET", "sentry-trace"), ("GET", None)])
async def test_preflights_are_always_answered(client: httpx.AsyncClient, asked: tuple[str, str | None]) -> None:
    """With what is allowed; a browser refuses the rest by itself."""
    headers = {"Origin": "https://customer.example", "Access-Control-Request-Method": asked[0]}
    if asked[1] is not None:
        headers["Access-Control-Request-Headers"] = asked[1]
    answer = await client.options("/v2/me", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["access-control-allow-methods"] == "GET, PATCH, DELETE, HEAD, POST, PUT, OPTIONS"
    assert "x-cal-secret-key" in answer.headers["access-control-allow-headers"]


async def test_a_body_over_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    """Before anything reads it."""
    answer = await client.post("/graphql", content=b"x" * 2_000_000, headers={"content-type": "application/json"})
    assert answer.status_code == 413


async def test_metrics_name_nobody(client: httpx.AsyncClient) -> None:
    """Paths of people never become labels, and the figures of the database are there."""
    await client.get("/v2/users/ann@example.com")
    await client.get("/ann@example.com/intro")
    text = (await client.get("/metrics")).text
    assert "example.com" not in text
    assert 'slotgraph_http_requests_total{method="GET",route="/v2/*",status="404"}' in text
    assert "slotgraph_outbox_rows 0.0" in text
    assert "slotgraph_bus_connected 1.0" in text
    assert "slotgraph_jobs_due" in text


async def test_a_graphql_request_carries_its_id_into_errors(client: httpx.AsyncClient) -> None:
    """What support asks for is in the answer."""
    answer = await client.post("/graphql", json={"query": "{ nonsense }"}, headers={"X-Request-Id": "abcdefgh"})
    assert answer.json()["errors"][0]["extensions"]["requestId"] == "abcdefgh"


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/", "/"),
        ("/graphql", "/graphql"),
        ("/graphql/static/app.js", "/graphql/static/*"),
        ("/v2/bookings/abc", "/v2/*"),
        ("/api/v1/me", "/api/v1/*"),
        ("/ann/intro", "other"),
        ("/v22/x", "other"),
    ],
)
def test_routes_are_few(path: str, label: str) -> None:
    """Labels have a bounded number of values."""
    assert route_of(path) == label


def test_an_id_that_is_not_ascii_is_replaced() -> None:
    """Bytes of any kind may arrive."""
    assert len(request_id_of({"headers": [(b"x-request-id", b"\xff" * 12)]})) == 24
