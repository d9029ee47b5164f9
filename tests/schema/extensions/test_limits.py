"""Limits on the shape of documents, each at its edge."""

import time

import pytest
from graphql import get_introspection_query

from schema.executor.engine import Engine
from schema.executor.requests import GraphRequest
from tests.schema.sample import make_sample, make_settings


async def code_of(document: str) -> str | None:
    sample, settings = make_sample(), make_settings(graphql_cost_limit=10**8)
    body = (await Engine(sample.schema, settings).run(GraphRequest(query=document), sample.context(settings))).body()
    return body["errors"][0]["extensions"]["code"] if "errors" in body else None


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{" + "a{" * 9 + "b" + "}" * 9 + "}", "VALIDATION_FAILED"),  # 10 levels: only the schema refuses it
        ("{" + "a{" * 10 + "b" + "}" * 10 + "}", "DEPTH_LIMIT"),
        ("{" + "a{" * 6 + "...F" + "}" * 6 + "} fragment F on T{" + "a{" * 5 + "b" + "}" * 5 + "}", "DEPTH_LIMIT"),
        ("{" + "a{" * 300 + "b" + "}" * 300 + "}", "PARSE_FAILED"),
        ("{thing{" + " ".join(f"a{n}:name" for n in range(30)) + "}}", None),
        ("{thing{" + " ".join(f"a{n}:name" for n in range(31)) + "}}", "ALIAS_LIMIT"),
        ("{" + "hello " * 20 + "}", None),
        ("{" + "hello " * 21 + "}", "ROOT_FIELD_LIMIT"),
        ("{...F} fragment F on Query{" + "hello " * 21 + "}", "ROOT_FIELD_LIMIT"),
        ("{hello" + " @include(if:true)" * 4 + "}", "DIRECTIVE_LIMIT"),
        ("{thing{" + "name " * 2000 + "}}", "TOKEN_LIMIT"),
    ],
)
async def test_limits_at_their_edge(document: str, code: str | None) -> None:
    assert await code_of(document) == code


async def test_the_introspection_of_tools_passes() -> None:
    assert await code_of(get_introspection_query(input_value_deprecation=True)) is None


async def test_introspection_can_be_switched_off() -> None:
    sample, settings = make_sample(), make_settings(graphql_introspection=False)
    engine = Engine(sample.schema, settings)
    for document in ("{__schema{queryType{name}}}", '{...F} fragment F on Query{__type(name:"Thing"){name}}'):
        body = (await engine.run(GraphRequest(query=document), sample.context(settings))).body()
        assert body["errors"][0]["extensions"]["code"] == "INTROSPECTION_DISABLED"
    assert "errors" not in (await engine.run(GraphRequest(query="{__typename}"), sample.context(settings))).body()


async def test_fragments_that_unfold_without_end_are_refused_quickly() -> None:
    parts = ["{thing{...F0}}"]
    parts.extend(f"fragment F{level} on Thing{{" + f"...F{level + 1} " * 20 + "}" for level in range(7))
    parts.append("fragment F7 on Thing{name}")
    began = time.perf_counter()
    assert await code_of("".join(parts)) == "COST_LIMIT"
    assert time.perf_counter() - began < 5
