"""Compiled selections answer the same bytes as field-by-field execution, or leave the work to it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast

import orjson
import pytest
from graphql import default_field_resolver, default_type_resolver
from graphql.execution import ExecutionResult
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.error_entries import render_all
from schema.executor.compiled import Plan
from schema.executor.engine import Engine, Ready
from schema.executor.requests import GraphRequest
from tests.schema.sample import HOLD, Thing, make_sample, make_settings, make_thing

SAMPLE = make_sample()
SETTINGS = make_settings(graphql_cost_limit=0, graphql_max_aliases=1000)
ENGINE = Engine(SAMPLE.schema, SETTINGS)

CORPUS = [
    "{things{id name}}",
    "{things(count:40){id databaseId name note weight good colour start day length email tags marks}}",
    "{things{place{city floor} places{city floor}}}",
    "{things{__typename a:name b:name name c:place{x:floor __typename}}}",
    "{maybeThings{id place{city}}}",
    "{thing{name double}}",
    '{thing{name prefixed q:prefixed(prefix:"#")}}',
    "{things{...F ... on Thing{note} ... on Node{id} ...{good}}} "
    "fragment F on Thing{name place{...P}} fragment P on Place{city}",
    "{nodesMixed{id __typename ... on Thing{name places{floor}} ... on Owner{o:name}}}",
    "{things{owner{name} name}}",
    "{things{name owner{id name} double}}",
    "{page(first:3){nodes{id name} edges{cursor node{name owner{name}}} pageInfo{hasNextPage endCursor} totalCount}}",
    "query($a:Boolean=true,$b:Boolean=false)"
    "{things{name @include(if:$a) note @skip(if:$a) place @include(if:$b){city}}}",
    "{things{place{city} place{floor}}}",
    '{node(id:"VGhpbmc6Mw"){id ... on Thing{tags}}}',
    "{thing(number:-1){name}}",
    'mutation{rename(input:{name:"x"}){... on RenameSuccess{thing{name tags}} ... on UserError{message}}}',
    "{__schema{types{name fields{name}}}}",
]


async def both(document: str, variables: dict[str, Any] | None = None) -> tuple[bytes, bytes]:
    """The answers of the compiled and of the stock path, as bytes."""
    ready = await ENGINE.prepare(GraphRequest(query=document, variables=variables or {}), SAMPLE.context(SETTINGS))
    assert isinstance(ready, Ready), ready
    answers = []
    for stock in (False, False, True):
        executor = stock_executor(ready) if stock else ENGINE._executor(ready)
        result: Any = executor.execute_operation()
        if executor.is_awaitable(result):
            result = await result
        errors = render_all(cast(ExecutionResult, result).errors or (), "r")
        answers.append(orjson.dumps([cast(ExecutionResult, result).data, errors]))
        ready.context.forget_loaded()
    assert answers[0] == answers[1]  # with the plan just made, and with the remembered one
    return answers[0], answers[2]


def stock_executor(ready: Ready) -> Any:
    return StrawberryGraphQLCoreExecutionContext(
        ENGINE.schema,
        ready.document.fragment_definitions,
        ready.document.fragments,
        None,
        ready.context,
        ready.operation.node,
        ready.variables,
        default_field_resolver,
        default_type_resolver,
        default_field_resolver,
        operation_extensions={},
    )


@pytest.mark.parametrize("document", CORPUS)
async def test_both_paths_answer_the_same_bytes(document: str) -> None:
    compiled, stock = await both(document)
    assert compiled == stock


@pytest.mark.parametrize("a", [True, False])
@pytest.mark.parametrize("b", [True, False])
async def test_switches_choose_their_own_plan(a: bool, b: bool) -> None:
    document = CORPUS[12]
    compiled, stock = await both(document, {"a": a, "b": b})
    assert compiled == stock
    assert (b'"name"' in compiled) is a


LEAVES = [
    "id",
    "databaseId",
    "name",
    "note",
    "weight",
    "good",
    "colour",
    "start",
    "day",
    "length",
    "email",
    "tags",
    "marks",
    "double",
    "__typename",
]


def selections() -> st.SearchStrategy[str]:
    leaf = st.sampled_from(LEAVES)
    place = st.lists(st.sampled_from(["city", "floor", "__typename", "f:floor"]), min_size=1, max_size=4).map(" ".join)
    switched = st.tuples(leaf, st.sampled_from(["@include(if:$x)", "@skip(if:$x)", "@skip(if:$y)"])).map(" ".join)
    simple = st.one_of(
        leaf,
        switched,
        st.integers(0, 3).map(lambda n: f'a{n}:prefixed(prefix:"{n}")'),
        place.map(lambda inner: f"place{{{inner}}}"),
        place.map(lambda inner: f"places{{{inner}}}"),
        st.sampled_from(["owner{name}", "owner{id __typename}", "x:name", "y:owner{name}"]),
    )
    inner = st.lists(simple, min_size=1, max_size=8).map(" ".join)
    wrapped = st.tuples(st.sampled_from(["... on Thing", "...", "... on Node @include(if:$y)"]), inner)
    fragment = wrapped.map(lambda pair: f"{pair[0]}{{{'id' if 'Node' in pair[0] else pair[1]}}}")
    return st.lists(st.one_of(simple, fragment), min_size=1, max_size=8).map(" ".join)


@settings(max_examples=120)
@given(
    selection=selections(), x=st.booleans(), y=st.booleans(), root=st.sampled_from(["things", "thing", "maybeThings"])
)
async def test_any_selection_answers_the_same_bytes(selection: str, x: bool, y: bool, root: str) -> None:
    document = (
        f"query($x:Boolean=false,$y:Boolean=true){{{root}{{{selection}}} u:hello @include(if:$x) v:hello @skip(if:$y)}}"
    )
    compiled, stock = await both(document, {"x": x, "y": y})
    assert compiled == stock


class Str(str):
    """Not exactly a string."""

    __slots__ = ()


class OtherThing(Thing):
    """A subclass, as a service may return one."""


ODD: list[dict[str, Any]] = [
    {"name": None},
    {"name": 7},
    {"name": Str("sub")},
    {"name": b"bytes"},
    {"database_id": 2**31},
    {"database_id": True},
    {"database_id": "7"},
    {"database_id": 7.0},
    {"database_id": 7.5},
    {"weight": float("nan")},
    {"weight": float("inf")},
    {"weight": 3},
    {"good": 1},
    {"good": "yes"},
    {"colour": "red"},
    {"colour": "green"},
    {"colour": None},
    {"start": datetime(2026, 1, 1)},  # noqa: DTZ001 the naive value is the case
    {"start": datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))},
    {"start": datetime(2026, 1, 1, microsecond=5, tzinfo=UTC)},
    {"start": "2026-01-01T00:00:00Z"},
    {"day": datetime(2026, 1, 1, tzinfo=UTC)},
    {"day": "2026-01-01"},
    {"length": timedelta(seconds=-1)},
    {"tags": None},
    {"tags": ("a", "b")},
    {"tags": ["a", None]},
    {"tags": {"a"}},
    {"marks": [1, "x"]},
    {"places": [None]},
    {"place": 7},
    {"id": 7},
    {"name": RuntimeError("as a value")},
]


@pytest.mark.parametrize("changes", ODD, ids=lambda changes: repr(changes)[:60])
async def test_odd_values_are_reported_as_ever(changes: dict[str, Any]) -> None:
    things = [make_thing(1), make_thing(2, **changes)]
    fields = "id databaseId name weight good colour start day length tags marks places{floor} place{floor}"
    HOLD.extend(things)
    try:
        compiled, stock = await both(f"{{things{{{fields}}}}}")
    finally:
        HOLD.clear()
    assert compiled == stock


async def test_objects_of_a_subclass_take_the_stock_path() -> None:
    HOLD.append(OtherThing(**{name: getattr(make_thing(1), name) for name in make_thing(1).__dict__}))
    try:
        compiled, stock = await both("{things{name}}")
    finally:
        HOLD.clear()
    assert compiled == stock
    assert b"thing 1" in compiled


async def prepared(document: str) -> dict[Any, Any]:
    ready = await ENGINE.prepare(GraphRequest(query=document), SAMPLE.context(SETTINGS))
    assert isinstance(ready, Ready)
    await ENGINE.execute(ready)
    return ready.operation.plans


async def test_a_plain_list_is_served_by_one_function() -> None:
    plans = await prepared("{things{id name start colour place{floor} double tags}}")
    assert len(plans) == 1
    assert all(callable(plan) for plan in plans.values())


async def test_fields_that_need_more_than_the_object_stay_slow() -> None:
    plans = await prepared("{things{id name owner{name} prefixed}}")
    slow = [plan.slow for plan in plans.values() if isinstance(plan, Plan) and plan.slow]
    assert [set(found) for found in slow] == [{"owner", "prefixed"}]


async def test_plans_are_bounded() -> None:
    switches = [f"s{n}" for n in range(8)]
    head = ",".join(f"${name}:Boolean=true" for name in switches)
    body = " ".join(f"a{n}:name @include(if:${name})" for n, name in enumerate(switches))
    document = f"query({head}){{things{{id {body}}}}}"
    ready: Any = None
    for number in range(200):
        variables = {name: bool(number >> n & 1) for n, name in enumerate(switches)}
        ready = await ENGINE.prepare(GraphRequest(query=document, variables=variables), SAMPLE.context(SETTINGS))
        assert isinstance(ready, Ready)
        await ENGINE.execute(ready)
    assert len(ready.operation.plans) <= 64


async def test_the_document_cache_is_bounded() -> None:
    cache = ENGINE.cache
    for number in range(600):
        cache.get(f"{{a{number}:hello}}")
    assert len(cache) == 512


def test_keys_of_answers_cannot_carry_code() -> None:
    """Only names of the GraphQL grammar reach the generated source."""
    prepared_document = ENGINE.cache.get("{things{x\\u0027:name}}")
    assert prepared_document.errors
