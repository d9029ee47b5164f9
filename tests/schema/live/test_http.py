"""The endpoint of a running server, as far as it takes the served schema to see it."""

from hashlib import sha256

from schema.node import global_id
from tests.schema.api import operation
from tests.schema.live.client import Client

BAD_KEY = "cal_" + "0" * 64


async def test_a_stored_operation_is_named_by_its_hash(live: Client) -> None:
    host = await live.person()
    document = sha256(operation("User").encode()).hexdigest()
    body = {"documentId": f"sha256:{document}", "variables": {"username": host.username}}
    response, answer = await live.post(body)
    assert response.status == 200
    assert answer["data"]["user"]["id"] == host.id


async def test_a_wrong_key_is_refused_before_anything_runs(live: Client) -> None:
    response, answer = await live.post({"query": "{ viewer { user { id } } }"}, BAD_KEY)
    assert response.status == 401
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert error["extensions"]["requestId"] == response.headers["x-request-id"]
    assert "data" not in answer


async def test_every_error_names_its_code_and_the_request(live: Client) -> None:
    codes = {}
    for name, document, variables in (
        ("parse", "{ viewer { ", {}),
        ("validation", "{ nothing }", {}),
        ("variables", operation("User"), {}),
        ("id", operation("Node"), {"id": "x"}),
        ("missing", operation("User"), {"username": "nobody-of-that-name"}),
        ("cursor", operation("UserEventTypes"), {"username": (await live.person()).username, "after": "x"}),
        ("unauthenticated", operation("Schedule"), {"id": global_id("Schedule", 1)}),
    ):
        response, answer = await live.post({"query": document, "variables": variables})
        assert response.status < 500
        for error in answer["errors"]:
            assert error["extensions"]["requestId"] == response.headers["x-request-id"]
        codes[name] = {error["extensions"]["code"] for error in answer["errors"]}
    assert codes == {
        "parse": {"PARSE_FAILED"},
        "validation": {"VALIDATION_FAILED"},
        "variables": {"INVALID_VARIABLES"},
        "id": {"INVALID_ID"},
        "missing": {"NOT_FOUND"},
        "cursor": {"INVALID_CURSOR"},
        "unauthenticated": {"UNAUTHENTICATED"},
    }


async def test_the_idempotency_header_replays_an_answer(live: Client) -> None:
    host = await live.person()
    event_type = await live.event_type(host)
    attendee = {"name": "Zoe", "email": "zoe@example.com", "timeZone": "UTC"}
    wish = {"eventType": {"id": event_type}, "start": "2030-01-07T10:00:00Z", "attendee": attendee}
    body = {"query": operation("CreateBooking"), "variables": {"input": wish}}
    answers = [(await live.post(body, **{"idempotency-key": "once"}))[1]["data"]["createBooking"] for _ in range(2)]
    assert [answer["replayed"] for answer in answers] == [False, True]
    assert answers[0]["booking"] == answers[1]["booking"]


async def test_what_is_left_to_spend_is_told(live: Client) -> None:
    assert (await live.run("RateLimit")) is None  # this server's costs are not limited


async def test_a_mutation_is_not_sent_by_get(live: Client) -> None:
    parameters = {"query": 'mutation { signIn(input: {email: "a@example.com", password: "x"}) { __typename } }'}
    async with live.http.get(live.graphql, params=parameters, headers={"accept": "application/json"}) as response:
        answer = await response.json()
    assert (response.status, answer["errors"][0]["extensions"]["code"]) == (405, "METHOD_NOT_ALLOWED")
