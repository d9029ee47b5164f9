"""Every argument of every query and mutation with what nobody means: never an error of the server's own."""

import base64
import logging
from collections.abc import Iterator, Mapping
from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
)

from app.models import EventType, User
from app.settings import Settings
from schema.app import schema
from schema.node import global_id, read_global_id
from tests.schema.api import Api, gid
from tests.schema.test_callers import inputs

CORE = schema._schema
ROOTS: dict[str, GraphQLObjectType] = {"query": CORE.query_type, "mutation": CORE.mutation_type}  # type: ignore[dict-item]
FIELDS = [(kind, name) for kind, root in ROOTS.items() for name in root.fields]
TEXTS = ["x" * 600, "x" * 70_000, "", " ", "\0", "a\x07b", "\U0001d518" * 300, "' OR 1=1; --", "%_\\", "null"]
NUMBERS = [0, -1, 1, 2**31 - 1, -(2**31), 2**31, 2**63, 2**70, 1e308, 0.5]
INSTANTS = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00-14:00", "2026-02-30T00:00:00Z", ""]
VALUES: dict[str, list[Any]] = {
    "String": TEXTS,
    "Int": NUMBERS,
    "Float": NUMBERS,
    "Boolean": ["true", 1],
    "DateTime": INSTANTS,
    "Date": ["0001-01-01", "9999-12-31", "2026-02-30", "x" * 600],
    "LocalTime": ["00:00", "23:59:59", "24:00", "x" * 600],
    "TimeZone": ["localtime", "Factory", "../../etc/passwd", "UTC", *TEXTS[:6]],
    "EmailAddress": [f"{'a' * 64}@{'b' * 63}.example.com", "a@b", "\0@example.com", *TEXTS[:6]],
    "PhoneNumber": ["+0", "+999999999999999", *TEXTS[:6]],
    "URL": [f"http://x.example/{'y' * 1900}", "http://[::1", "http://\0", "javascript:1", *TEXTS[:3]],
    "Locale": ["de", "x" * 35, *TEXTS[:3]],
    "IdempotencyKey": ["k" * 255, "k" * 256, "\0"],
    "SlotsVersion": ["9" * 18, "9" * 600, "-1"],
    "EventCursor": ["9" * 512, "~", "x" * 600, ""],
    "JSON": [
        {"k" * 5000: 1}, {"\0": "\0"}, {"a": "x" * 60_000}, {"a": 2**62}, [], 5, "text", None,
        {str(n): n for n in range(300)}, {"a": [[[[[[[[[[]]]]]]]]]]}, {"a": 1e308},
    ],
}  # fmt: skip
IDS = [2**31 - 1, 2**31, 2**63, 10**18 - 1, -1, 0, "x" * 600, "\0", "a b", "1:2"]
GUESSED: Mapping[str, Any] = {
    "Int": 1, "Float": 1.0, "Boolean": True, "DateTime": "2026-05-04T10:00:00Z", "Date": "2026-05-04",
    "LocalTime": "10:00", "TimeZone": "UTC", "EmailAddress": "zoe@example.com", "PhoneNumber": "+37120993151",
    "URL": "https://example.com/x", "Locale": "en", "IdempotencyKey": "key", "SlotsVersion": "1", "EventCursor": "1",
    "JSON": {}, "String": "x",
}  # fmt: skip
"""Something of each kind, where the world says nothing better."""

Path = tuple[str | int, ...]


def leaves(kind: Any, path: Path, depth: int = 0) -> Iterator[tuple[Path, str]]:
    """Paths to everything that is no object, with the name of its type; lists have one element, and are leaves too."""
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        yield path, "list"
        yield from leaves(kind.of_type, (*path, 0), depth)
    elif isinstance(kind, GraphQLInputObjectType):
        for name, field in kind.fields.items():
            if depth < 4:
                yield from leaves(field.type, (*path, name), depth + 1)
    elif isinstance(kind, GraphQLScalarType):
        yield path, kind.name


def guessed(kind: Any) -> Any:
    """A value of a type, with what it needs and no more."""
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        return [guessed(kind.of_type)]
    if isinstance(kind, GraphQLInputObjectType):
        needed = {name: field for name, field in kind.fields.items() if isinstance(field.type, GraphQLNonNull)}
        return {name: guessed(field.type) for name, field in needed.items()}
    if isinstance(kind, GraphQLScalarType):
        return GUESSED.get(kind.name, global_id("User", 1))
    return next(iter(kind.values))


def placed(kinds: Mapping[str, Any], base: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """The arguments with another value at `path`; what is missing on the way there is guessed."""
    arguments = deepcopy(base)
    target: Any = arguments
    kind: Any = None
    for step, following in pairwise(path):
        kind = _inner(kinds if kind is None else kind, step)
        absent = target[step] is None if isinstance(step, int) else target.get(step) is None
        if absent:
            target[step] = guessed(kind)
        target = target[step]
        if isinstance(following, int) and not target:
            target.append(None)
    target[path[-1]] = value
    return arguments


def _inner(kind: Any, step: str | int) -> Any:
    if isinstance(kind, Mapping):
        return kind[step]
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    return kind.of_type if isinstance(step, int) else kind.fields[step].type


def hostile(name: str, present: Any) -> Iterator[Any]:
    """What to put where this kind of value belongs."""
    if name == "list":
        yield from ([], None, "x")
        if isinstance(present, list) and present:
            yield present * 600
        return
    if name == "ID":
        yield from (*TEXTS, base64.urlsafe_b64encode(b"User:\xff").decode())
        kind = _type_of(present)
        yield from (global_id(kind, number) for number in IDS)
        return
    yield from (*VALUES.get(name, TEXTS), None)


def _type_of(present: Any) -> str:
    try:
        return read_global_id(present)[0]
    except Exception:
        return "User"


def _at(arguments: Any, path: Path) -> Any:
    for step in path:
        try:
            arguments = arguments[step]
        except (KeyError, IndexError, TypeError):
            return None
    return arguments


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """What an operation costs is tested elsewhere."""
    return settings.model_copy(update={"graphql_cost_limit": 10**9})


async def world(api: Api) -> tuple[User, dict[str, dict[str, Any]]]:
    """Somebody who has everything, and arguments that concern it by field."""
    known = await inputs(api)
    event_type = await EventType.all().first()
    assert event_type is not None
    owner = await User.all().order_by("id").first()
    assert owner is not None
    personal = await api.event_type(owner)
    ref = {"id": gid(personal, "EventType")}
    attendee = {"name": "Zoe", "email": "zoe@example.com", "timeZone": "UTC"}
    window = {"start": "2026-05-04T00:00:00Z", "end": "2026-05-05T00:00:00Z"}
    free = {"start": "2026-05-05T10:00:00Z"}
    hook = {"subscriberUrl": "https://example.com/x", "triggers": ["BOOKING_CREATED"]}
    uid = known["cancelBooking"]["uid"]
    mutations = {
        **known,
        "createBooking": {"eventType": ref, "attendee": attendee, **free},
        "holdSlot": {"eventTypeId": ref["id"], **free},
        "createWebhook": hook,
        "signIn": {"email": "ann@example.com", "password": "a-good-password"},
        "signUp": {"email": "new@example.com", "username": "new", "password": "a-good-password"},
    }
    queries: dict[str, dict[str, Any]] = {
        "booking": {"uid": uid},
        "bookingSeries": {"uid": uid},
        "eventType": {"ref": ref},
        "eventTypeWebhooks": {"eventTypeId": ref["id"]},
        "explainSlot": {"eventType": ref, **free},
        "node": {"id": gid(personal, "EventType")},
        "nodes": {"ids": [gid(personal, "EventType")]},
        "schedule": {"id": known["deleteSchedule"]["id"]},
        "slotHold": {"id": "x"},
        "slots": {"eventType": ref, "window": window},
        "slotsOf": {"eventTypes": [ref], "window": window},
        "team": {"ref": {"id": known["deleteTeam"]["id"]}},
        "user": {"username": owner.username},
        "eventTypes": {"username": owner.username},
    }
    return owner, {**queries, **{name: {"input": given} for name, given in mutations.items()}}


async def codes(api: Api, kind: str, name: str, arguments: dict[str, Any], by: User) -> tuple[list[str], bool]:
    """The codes of all errors, and whether something was done."""
    field = ROOTS[kind].fields[name]
    declared = ", ".join(f"${argument}: {field.args[argument].type}" for argument in arguments)
    passed = ", ".join(f"{argument}: ${argument}" for argument in arguments)
    leaf = isinstance(get_named_type(field.type), GraphQLScalarType)
    head = f"{kind}({declared})" if declared else kind
    call = f"{name}({passed})" if passed else name
    outcome = await api.run(f"{head} {{ {call} {'' if leaf else '{ __typename }'} }}", arguments, by=by)
    done = (outcome.data or {}).get(name) or {}
    changed = kind == "mutation" and isinstance(done, dict) and str(done.get("__typename")).endswith("Success")
    return [error["extensions"]["code"] for error in outcome.errors], changed


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=[name for _, name in FIELDS])
async def test_no_argument_brings_the_server_down(
    api: Api, kind: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the value, the answer is data or an error with a code that clients know."""
    kinds = {argument: each.type for argument, each in ROOTS[kind].fields[name].args.items()}
    by, known = await world(api)
    base = known.get(name) or {}
    needed = {key: guessed(each) for key, each in kinds.items() if isinstance(each, GraphQLNonNull)}
    tried = 0
    for key, each in kinds.items():
        for path, scalar in leaves(each, (key,)):
            for value in hostile(scalar, _at({**needed, **base}, path)):
                arguments = placed(kinds, {**needed, **base}, path, value)
                found, changed = await codes(api, kind, name, arguments, by)
                tried += 1
                assert "INTERNAL" not in found, (path, repr(value)[:80], caplog.text[-3000:])
                if changed and len(base.get("input", ())) == 1:
                    by, known = await world(api)
                    base = known.get(name) or {}
    assert tried or not kinds
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
