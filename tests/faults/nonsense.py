"""Two thousand malformed requests from a fixed seed: documents, variables, ids, cursors, headers and frames."""

import base64
import json
import string
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

GOOD = [
    "{ viewer { user { username } } }",
    'query($w: TimeWindow!) { slots(eventType: {databaseId: 1}, window: $w) { starts days { date } } }',
    'mutation($input: CreateBookingInput!) { createBooking(input: $input) { __typename ... on UserError { code } } }',
    'query($id: ID!) { node(id: $id) { __typename id } nodes(ids: [$id]) { id } }',
    'query($a: String) { viewer { bookings(first: 5, after: $a) { edges { cursor } pageInfo { endCursor } } } }',
    'query($uid: String!) { booking(uid: $uid) { uid start } bookingSeries(uid: $uid) { uid } }',
]  # fmt: skip
STRANGE: list[Any] = [
    None, True, 0, -1, 2**31, 2**63, -(2**63), 1e308, float("-0"), "", " ", "\x00", "a" * 5_000, "\ud800", "💥" * 50,
    "0000-00-00T00:00:00Z", "2026-13-45T25:61:61Z", "2026-05-04T09:00:00", "9999-12-31T23:59:59+23:59", "1e9", [], [[]],
    {}, {"": ""}, {"start": None}, {"start": "2026-05-04T09:00:00Z", "end": "1026-05-04T09:00:00Z"}, [None] * 200,
    "' OR 1=1 --", "../../etc/passwd", "${jndi:ldap://x}", "<script>", "%s%n", "NaN", "Infinity",
]  # fmt: skip


def documents(random: Random, count: int) -> Iterator[bytes]:
    """Bodies whose document was cut, mangled, nested or repeated beyond reason."""
    for _ in range(count):
        text = random.choice(GOOD)
        change = random.choice([_cut, _mangle, _nest, _repeat, _bytes])
        yield change(random, text)


def _cut(random: Random, text: str) -> bytes:
    return _body(text[: random.randrange(len(text))])


def _mangle(random: Random, text: str) -> bytes:
    letters = list(text)
    for _ in range(random.randint(1, 8)):
        letters[random.randrange(len(letters))] = random.choice('{}()[]!$:@&|"\\\x00\u2028é' + string.printable)
    return _body("".join(letters), {random.choice("awidinputxyz"): random.choice(STRANGE)})


def _nest(random: Random, _: str) -> bytes:
    depth = random.choice([20, 200, 2_000, 20_000])
    kind = random.choice(["{a", "[", "(a:", "{viewer", "... on Query{"])
    return _body("query " + kind * depth)


def _repeat(random: Random, _: str) -> bytes:
    count = random.choice([31, 500, 3_000])
    piece = random.choice(["a%d: __typename ", "@skip(if: true) ", "...F%d ", "$v%d: Int "])
    return _body("{ " + "".join(piece % n if "%d" in piece else piece for n in range(count)) + "}")


def _bytes(random: Random, _: str) -> bytes:
    return random.choice(
        [
            b"", b"null", b"[]", b"{", b'"text"', b"[[]]", b'{"query": 5}', b'{"query": null}', b'{"query": ["a"]}',
            b"\xff\xfe", b'{"query": "{a}", "variables": []}', b'{"query": "{a}", "variables": "x"}', b"[" * 5_000,
            b'{"query": "{a}", "extensions": 3}', b'{"query": "{a}", "operationName": {}}', b'{"documentId": {}}',
            b'{"documentId": "sha256:zz"}',
            b'{"query":"{a}","extensions":{"persistedQuery":{"version":"x","sha256Hash":[]}}}', b'{"a":' * 3_000,
            bytes(random.randrange(256) for _ in range(200)),
        ]
    )  # fmt: skip


def values(random: Random, count: int) -> Iterator[bytes]:
    """Good documents with variables of every wrong kind."""
    for _ in range(count):
        strange = random.choice(STRANGE)
        inner = {
            "eventType": random.choice([{}, {"id": strange}, {"databaseId": strange}, {"group": strange}, strange])
        }
        inner |= {
            "start": random.choice(STRANGE),
            "attendee": random.choice([strange, {"name": strange, "timeZone": strange}]),
        }
        inner[random.choice(["hold", "guests", "metadata", "responses", "expectedVersion", "idempotencyKey"])] = strange
        variables = {
            "w": strange,
            "id": _id(random),
            "a": _id(random),
            "uid": strange,
            "input": random.choice([inner, strange]),
        }
        yield _body(random.choice(GOOD), variables)


def _id(random: Random) -> Any:
    """Ids and cursors that were made up, cut, or of another type."""
    kind = random.choice(["User", "Booking", "EventType", "Nothing", "", "Query", "User:User"])
    inner = f"{kind}:{random.choice([1, -1, 10**30, 'x', '', '0x1', '1;drop', '१'])}"
    encoded = base64.b64encode(inner.encode()).decode()
    made: list[Callable[[], Any]] = [
        lambda: encoded,
        lambda: encoded[: random.randrange(len(encoded))],
        lambda: inner,
        lambda: random.choice(STRANGE),
        lambda: base64.urlsafe_b64encode(bytes(random.randrange(256) for _ in range(24))).decode(),
    ]
    return random.choice(made)()


def frames(random: Random, count: int) -> Iterator[str | bytes]:
    """WebSocket messages that no client library would send."""
    request = {"query": "{ __typename }"}
    for _ in range(count):
        strange = random.choice(STRANGE)
        choices: list[str | bytes] = [
                "", "[]", "null", "{", "{}", "5", "[" * 2_000, b"\x00\xff", json.dumps(strange),
                json.dumps({"type": strange}),
                json.dumps({"type": "subscribe"}), json.dumps({"type": "subscribe", "id": strange, "payload": request}),
                json.dumps({"type": "subscribe", "id": "1", "payload": strange}),
                json.dumps({"type": "subscribe", "id": "1", "payload": {"query": strange}}),
                json.dumps({"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": strange}}),
                json.dumps({"type": "subscribe", "id": "1", "payload": {"extensions": strange}}),
                json.dumps({"type": "complete", "id": strange}), json.dumps({"type": "ping", "payload": strange}),
                json.dumps({"type": "connection_init", "payload": strange}), json.dumps({"type": "next", "id": "1"}),
                json.dumps({"type": "subscribe", "id": "1", "payload": {"query": random.choice(GOOD)[:-3]}}),
                json.dumps({"type": "subscribe", "id": "1" * 10_000, "payload": request}),
            ]  # fmt: skip
        yield random.choice(choices)


def _body(query: str, variables: Any = None) -> bytes:
    body: dict[str, Any] = {"query": query}
    if variables is not None:
        body["variables"] = variables
    return json.dumps(body).encode("utf-8", "surrogatepass")
