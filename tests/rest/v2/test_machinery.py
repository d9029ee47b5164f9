"""What every operation of API v2 shares: versions, credentials, limits, bodies, errors, replays, documents."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jsonschema_rs
import pytest
from starlette.applications import Starlette

from app.auth.api_keys import hash_key
from app.main import create_app
from app.models import ApiKey, IdempotencyRecord, Schedule, User
from app.rest.v2.versions import known_version
from app.settings import Settings
from tests.contract.client import Caller, ContractClient

SCHEDULE: dict[str, Any] = {"name": "Mornings", "timeZone": "Europe/Rome", "isDefault": False}
NO_AUTHENTICATION = (
    "ApiAuthStrategy - No authentication method provided. Either pass an API key as 'Bearer' header or OAuth client "
    "credentials as 'x-cal-secret-key' and 'x-cal-client-id' headers"
)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (None, "2024-04-15"),
        ("nonsense", "2024-04-15"),
        ("2024-13-45", "2024-04-15"),
        ("2024-W23-1", "2024-04-15"),
        ("2024-06-14 ", "2024-06-14"),
        ("2020-01-01", "2024-04-15"),
        ("2024-06-11", "2024-06-11"),
        ("2024-06-13", "2024-06-11"),
        ("2024-07-01", "2024-06-14"),
        ("2099-01-01", "2024-09-04"),
    ],
)
def test_versions(given: str | None, used: str) -> None:
    """VR-1: missing and unknown mean the oldest; a date in between, the newest before it."""
    assert known_version(given) == used


async def test_the_version_used_is_told(rest: ContractClient, ann: Caller) -> None:
    """Where every version has the same shape it is the one asked for."""
    for asked, used in ((None, "2024-04-15"), ("2024-07-01", "2024-06-14"), ("2024-08-13", "2024-08-13")):
        assert (await rest("GET", "/v2/me", ann, version=asked)).headers["cal-api-version"] == used


async def test_the_alias_answers_too(rest: ContractClient, ann: Caller) -> None:
    """`/api/v2` is `/v2`, and a slash at the end is forgiven."""
    expected = await rest.ok("GET", "/v2/me", ann)
    for path in ("/api/v2/me", "/v2/me/", "/api/v2/me/"):
        assert await rest.ok("GET", path, ann) == expected
    assert (await rest("GET", "/%76%32/x/v2/me", ann)).status_code == 404
    assert await rest.refused("GET", "/api/v2/nothing?a=1") == (404, "Cannot GET /api/v2/nothing?a=1")


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, NO_AUTHENTICATION),
        ({"Authorization": "Basic abc"}, NO_AUTHENTICATION),
        ({"Authorization": "Bearer cal_unknown"}, "ApiAuthStrategy - api key - Your api key is not valid"),
        ({"Authorization": "Bearer eyJhbGciOi"}, "ApiAuthStrategy - access token - Invalid Access Token."),
        (
            {"x-cal-client-id": "abc", "x-cal-secret-key": "secret"},
            "ApiAuthStrategy - oAuth client - Client with ID abc not found",
        ),
        ({"x-cal-client-id": "abc"}, NO_AUTHENTICATION),
        ({"x-cal-secret-key": "secret"}, NO_AUTHENTICATION),
        ({"Authorization": "Bearer "}, NO_AUTHENTICATION),
    ],
    ids=["none", "basic", "unknown key", "unknown token", "unknown client", "client only", "secret only", "empty"],
)
async def test_wrong_credentials(rest: ContractClient, headers: dict[str, str], message: str) -> None:
    """AU-1, AU-3, AU-4, AU-5: 401 with the documented texts."""
    assert await rest.refused("GET", "/v2/me", headers=headers) == (401, message)


async def test_a_client_goes_before_a_key(rest: ContractClient, ann: Caller) -> None:
    """AU-3: with both, the OAuth client's credentials are tried; its id alone does not hide a key."""
    client = {"x-cal-client-id": "abc", "x-cal-secret-key": "secret"}
    unknown = (401, "ApiAuthStrategy - oAuth client - Client with ID abc not found")
    assert await rest.refused("GET", "/v2/me", ann, headers=client) == unknown
    assert (await rest("GET", "/v2/me", ann, headers={"x-cal-client-id": "abc"})).status_code == 200


async def test_a_key_that_was_taken_back(rest: ContractClient, ann: Caller) -> None:
    """AU-1: it stops at once."""
    await ApiKey.filter(user_id=ann.id).delete()
    assert await rest.refused("GET", "/v2/me", ann) == (401, "ApiAuthStrategy - api key - Your api key is not valid")


async def test_a_key_works_through_its_last_day(rest: ContractClient, ann: Caller) -> None:
    """AU-1: expiry is a calendar day."""
    key = await ApiKey.get(user_id=ann.id)
    key.expires_at = datetime.now(UTC).replace(hour=0, minute=0)
    await key.save()
    assert (await rest("GET", "/v2/me", ann)).status_code == 200
    key.expires_at -= timedelta(days=1)
    await key.save()
    expired = (401, "ApiAuthStrategy - api key - Your api key is expired")
    assert await rest.refused("GET", "/v2/me", ann) == expired


async def test_a_locked_person_is_refused(rest: ContractClient, ann: Caller) -> None:
    """403, whatever the key says."""
    await User.filter(id=ann.id).update(locked=True)
    assert (await rest("GET", "/v2/me", ann)).status_code == 403


async def test_optional_endpoints_refuse_wrong_credentials_only(rest: ContractClient, ann: Caller) -> None:
    """AU-7: nobody at all may read event types by name; a wrong key may not."""
    params = {"username": "ann"}
    assert await rest.ok("GET", "/v2/event-types", version="2024-06-14", params=params) == []
    wrong = {"Authorization": "Bearer cal_unknown"}
    answer = await rest("GET", "/v2/event-types", version="2024-06-14", params=params, headers=wrong)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        (b"{bad", 400, "Unexpected token in JSON at position 1"),
        (b'"text"', 400, "Unexpected token in JSON at position 0"),
        (b"NaN", 400, None),
        (b'{"name": "\xff"}', 400, None),
        (b'{"name": "\\ud800"}', 400, None),
        (b"[" * 100_000, 400, None),
        (b"[]", 400, "Bad Request Exception"),
        (b'{"bio": "\\u0000"}', 400, "Bad Request Exception"),
        (b'{"metadata": {"a\\u0007": 1}}', 400, "Bad Request Exception"),
        (b'{"defaultScheduleId": 1e400}', 400, None),
        (b'{"defaultScheduleId": 123456789012345678901234567890}', 400, "Bad Request Exception"),
        (b'{"bio": "' + b"x" * 600_000 + b'"}', 413, "request entity too large"),
    ],
)
async def test_bodies_that_are_none(
    rest: ContractClient, ann: Caller, content: bytes, status: int, message: str | None
) -> None:
    """Documented refusals, never an internal error."""
    headers = {"Content-Type": "application/json"}
    got, told = await rest.refused("PATCH", "/v2/me", ann, content=content, headers=headers)
    assert got == status
    assert message is None or told == message


async def test_an_empty_body_is_an_empty_object(rest: ContractClient, ann: Caller) -> None:
    """Nothing to change."""
    assert await rest.ok("PATCH", "/v2/me", ann) == await rest.ok("GET", "/v2/me", ann)


async def test_line_breaks_are_no_control_characters(rest: ContractClient, ann: Caller) -> None:
    """Texts have lines and tabs."""
    assert (await rest.ok("PATCH", "/v2/me", ann, json={"bio": "one\ntwo\tthree \\u0041"}))["bio"].startswith("one\n")


@pytest.mark.parametrize("path", ["/v2/webhooks/a%00b", "/v2/schedules/%0a"])
async def test_control_characters_in_paths(rest: ContractClient, ann: Caller, path: str) -> None:
    """Refused before any database sees them."""
    assert (await rest("GET", path, ann, version="2024-06-11")).status_code == 400


async def test_errors_say_what_where_and_when(rest: ContractClient) -> None:
    """AU-30: the whole envelope."""
    answer = await rest("GET", "/v2/me?x=1", headers={"X-Request-Id": "my-request-1"})
    body = answer.json()
    assert abs(datetime.fromisoformat(body.pop("timestamp")) - datetime.now(UTC)) < timedelta(minutes=1)
    details = {"message": NO_AUTHENTICATION, "error": "Unauthorized", "statusCode": 401}
    assert body == {
        "status": "error",
        "path": "/v2/me?x=1",
        "error": {"code": "UnauthorizedException", "message": NO_AUTHENTICATION, "details": details},
    }
    assert answer.headers["x-request-id"] == "my-request-1"


async def test_methods_beside_the_documented_ones(rest: ContractClient, ann: Caller) -> None:
    """HEAD is a GET without a body, OPTIONS says what there is, anything else is not found (AU-33)."""
    head = await rest("HEAD", "/v2/me", ann)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len((await rest("GET", "/v2/me", ann)).content)
    options = await rest("OPTIONS", "/v2/me")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, PATCH, HEAD, OPTIONS")
    assert await rest.refused("DELETE", "/v2/me", ann) == (404, "Cannot DELETE /v2/me")
    assert await rest.refused("OPTIONS", "/v2/nothing") == (404, "Cannot OPTIONS /v2/nothing")


async def test_browsers_of_any_origin_may_ask(rest: ContractClient) -> None:
    """Cross-origin components send these headers; no cookie is involved."""
    asked = "authorization,cal-api-version,content-type,x-cal-client-id,x-cal-platform-embed,x-cal-secret-key"
    headers = {
        "Origin": "https://customer.example",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": asked,
    }
    answer = await rest("OPTIONS", "/v2/me", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    refused = await rest("GET", "/v2/me", headers={"Origin": "https://customer.example"})
    assert refused.headers["access-control-allow-origin"] == "*"


async def test_a_keyed_request_is_carried_out_once(rest: ContractClient, ann: Caller, bob: Caller) -> None:
    """The same key gives the same answer; another input is a conflict; another caller's key is another key."""
    keyed = {"Idempotency-Key": "a-key-of-mine"}
    first = await rest("POST", "/v2/schedules", ann, version="2024-06-11", json=SCHEDULE, headers=keyed)
    again = await rest("POST", "/v2/schedules", ann, version="2024-06-11", json=SCHEDULE, headers=keyed)
    assert (again.status_code, again.json()) == (201, first.json())
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    other = {**SCHEDULE, "name": "Other"}
    refused = await rest("POST", "/v2/schedules", ann, version="2024-06-11", json=other, headers=keyed)
    assert refused.status_code == 409
    assert await Schedule.filter(user_id=ann.id).count() == 2
    mine = await rest.ok("POST", "/v2/schedules", bob, version="2024-06-11", json=SCHEDULE, headers=keyed)
    assert mine["ownerId"] == bob.id


async def test_a_refused_request_keeps_no_key(rest: ContractClient, ann: Caller) -> None:
    """What failed may be tried again under the same key, also after a broken constraint."""
    keyed = {"Idempotency-Key": "try-again"}
    body = {"lengthInMinutes": 30, "title": "Intro", "slug": "intro"}
    await rest.ok("POST", "/v2/event-types", ann, version="2024-06-14", json=body)
    taken = (400, "User already has an event type with this slug.")
    assert await rest.refused("POST", "/v2/event-types", ann, version="2024-06-14", json=body, headers=keyed) == taken
    body["slug"] = "other"
    made = await rest.ok("POST", "/v2/event-types", ann, version="2024-06-14", json=body, headers=keyed)
    assert made["slug"] == "other"


async def test_requests_at_once_with_one_key_make_one(rest: ContractClient, ann: Caller) -> None:
    """Two that arrive together wait for each other in the database."""
    keyed = {"Idempotency-Key": "both-at-once"}
    body = {"subscriberUrl": "https://receiver.example.com", "triggers": ["BOOKING_CREATED"], "active": True}
    answers = await asyncio.gather(*(rest("POST", "/v2/webhooks", ann, json=body, headers=keyed) for _ in range(4)))
    assert {answer.json()["data"]["id"] for answer in answers} == {answers[0].json()["data"]["id"]}


async def test_a_new_key_is_never_kept(rest: ContractClient, ann: Caller) -> None:
    """The answer of a refresh is a secret."""
    keyed = {"Idempotency-Key": "refresh-once"}
    await rest.ok("POST", "/v2/api-keys/refresh", ann, json={}, headers=keyed)
    assert await IdempotencyRecord.all().count() == 0


async def test_an_endless_key_is_refused(rest: ContractClient, ann: Caller) -> None:
    """At most 255 characters."""
    answer = await rest("POST", "/v2/api-keys/refresh", ann, json={}, headers={"Idempotency-Key": "k" * 256})
    assert answer.status_code == 400


async def test_our_own_document_is_true_to_itself(app: Starlette) -> None:
    """OpenAPI 3.1 with every row, and every reference in it leads somewhere."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://slotgraph") as http:
        document = (await http.get("/v2/openapi.json")).json()
        page = await http.get("/docs")
        script = await http.get("/docs/redoc.standalone.js")
    assert document["openapi"] == "3.1.0"
    assert document["paths"]["/v2/me"]["get"]["operationId"] == "MeController_getMe"
    jsonschema_rs.validator_for({**document["components"]["schemas"]["Error"]})
    for reference in _references(document):
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"], reference
    assert '<redoc spec-url="/v2/openapi.json"' in page.text
    assert "http" not in page.text.replace("http-equiv", "")
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert len(script.content) < 2_000_000


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for inner in value.values() for found in _references(inner)]
    return [found for inner in value for found in _references(inner)] if isinstance(value, list) else []


class TestLimits:
    """RL-1 to RL-5, with three requests a minute for keys and two for addresses."""

    @pytest.fixture
    def settings(self, make_settings: Callable[..., Settings], database_url: str) -> Settings:
        """Few requests."""
        return make_settings(database_url=database_url, rate_limit_api_key=3, rate_limit_ip=2, rate_limit_client=1)

    async def test_the_request_over_the_limit_is_refused(self, rest: ContractClient, ann: Caller) -> None:
        """RL-4, RL-5: three headers on every answer, then 429 with the documented text."""
        for remaining in (2, 1, 0):
            answer = await rest("GET", "/v2/me", ann)
            assert answer.headers["x-ratelimit-limit-default"] == "3"
            assert answer.headers["x-ratelimit-remaining-default"] == str(remaining)
            assert answer.headers["x-ratelimit-reset-default"] == "60"
        answer = await rest("GET", "/v2/me", ann)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["message"]) == (
            429, "ThrottlerException", "CustomThrottlerGuard - Too many requests. Please try again later.",
        )  # fmt: skip
        assert answer.headers["x-ratelimit-remaining-default"] == "0"
        assert answer.headers["retry-after"] == "60"

    async def test_callers_are_counted_apart(
        self, rest: ContractClient, person: Callable[[str], Awaitable[Caller]]
    ) -> None:
        """RL-2: by key, and by address without one; `cf-connecting-ip` first."""
        ann, bob = await person("ann"), await person("bob")
        for _ in range(4):
            await rest("GET", "/v2/me", ann)
        assert (await rest("GET", "/v2/me", bob)).status_code == 200
        for expected in (401, 401, 429):
            assert (await rest("GET", "/v2/me")).status_code == expected
        elsewhere = await rest("GET", "/v2/me", headers={"cf-connecting-ip": "203.0.113.9"})
        assert elsewhere.status_code == 401

    async def test_strangers_do_not_choose_their_address(self, app: Starlette) -> None:
        """RL-2: only a trusted proxy says for whom it asks."""
        transport = httpx.ASGITransport(app, client=("203.0.113.5", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://slotgraph") as http:
            for number, expected in enumerate((401, 401, 429)):
                told = {"cf-connecting-ip": f"198.51.100.{number}", "x-forwarded-for": f"198.51.100.{number}"}
                assert (await http.get("/v2/me", headers=told)).status_code == expected

    async def test_a_proxy_of_ours_is_believed(self, rest: ContractClient) -> None:
        """RL-2: `cf-connecting-ip` before `X-Forwarded-For`."""
        told = {"x-forwarded-for": "198.51.100.1"}
        for expected in (401, 401, 429):
            assert (await rest("GET", "/v2/me", headers=told)).status_code == expected
        assert (await rest("GET", "/v2/me", headers={**told, "cf-connecting-ip": "198.51.100.2"})).status_code == 401

    async def test_naming_clients_is_no_way_around(self, rest: ContractClient) -> None:
        """RL-2: ids that nobody has checked are counted for the address as well."""
        first = await rest("GET", "/v2/me", headers={"x-cal-client-id": "one"})
        assert (first.status_code, first.headers["x-ratelimit-limit-default"]) == (401, "1")
        second = await rest("GET", "/v2/me", headers={"x-cal-client-id": "two"})
        assert (second.status_code, second.headers["x-ratelimit-remaining-default"]) == (429, "0")

    async def test_refused_paths_count_too(self, rest: ContractClient, ann: Caller) -> None:
        """RL-4: headers on every answer of a row."""
        answer = await rest("GET", "/v2/webhooks/a%00b", ann)
        assert (answer.status_code, answer.headers["x-ratelimit-remaining-default"]) == (400, "2")

    async def test_an_unknown_key_fails_at_the_limiter(self, rest: ContractClient) -> None:
        """RL-2, and guessing keys is counted for the address."""
        guess = {"Authorization": "Bearer cal_guess"}
        for _ in range(2):
            assert await rest.refused("GET", "/v2/me", headers=guess) == (
                401, "CustomThrottlerGuard - Invalid API Key",
            )  # fmt: skip
        assert (await rest("GET", "/v2/me", headers={"Authorization": "Bearer cal_other"})).status_code == 429

    async def test_a_key_may_have_limits_of_its_own(self, rest: ContractClient, ann: Caller) -> None:
        """RL-3: refused only if all of them block, and each has its headers."""
        limits = [
            {"name": "short", "limit": 1, "ttl": 1000, "blockDuration": 1000},
            {"name": "long", "limit": 2, "ttl": 60000, "blockDuration": 60000},
        ]
        await ApiKey.filter(hashed_key=hash_key(ann.key)).update(rate_limits=limits)
        statuses = [await rest("GET", "/v2/me", ann) for _ in range(3)]
        assert [answer.status_code for answer in statuses] == [200, 200, 429]
        assert statuses[0].headers["x-ratelimit-limit-short"] == "1"
        assert statuses[0].headers["x-ratelimit-limit-long"] == "2"


async def test_two_processes_count_as_one(
    make_settings: Callable[..., Settings], database_url: str, redis_url: str
) -> None:
    """RL-1: with Redis it does not matter which process answers."""
    settings = make_settings(database_url=database_url, redis_url=redis_url, rate_limit_ip=2, run_worker=False)
    statuses = []
    for app in (create_app(settings), create_app(settings)):
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://slotgraph") as http,
        ):
            statuses += [(await http.get("/v2/me")).status_code for _ in range(2)]
    assert statuses == [401, 401, 429, 429]
