"""Global ids, `node` and `nodes`."""

from typing import Any

import pytest

from schema.executor.engine import Engine
from schema.executor.requests import GraphRequest
from schema.node import InvalidIdError, NodeRegistry, database_id, global_id, internal_id, read_global_id
from tests.schema.sample import load_things, make_sample, make_settings


async def ask(document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    sample, settings = make_sample(), make_settings()
    request = GraphRequest(query=document, variables=variables or {})
    return (await Engine(sample.schema, settings).run(request, sample.context(settings))).body()


def test_ids_round_trip() -> None:
    assert read_global_id(global_id("Thing", 7)) == ("Thing", "7")
    assert database_id(global_id("Thing", 7), "Thing") == 7
    assert internal_id(global_id("Key", "a:b"), "Key") == "a:b"


@pytest.mark.parametrize("text", ["", "x", "7", "VGhpbmc", "VGhpbmc6", "é", "A" * 5000, "VGhpbmc6Nw==x", "Thing:7"])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdError):
        read_global_id(text)


def test_an_id_of_another_type_is_refused() -> None:
    with pytest.raises(InvalidIdError, match="another type"):
        database_id(global_id("Owner", 7), "Thing")
    with pytest.raises(InvalidIdError):
        database_id(global_id("Thing", "٧"), "Thing")


async def test_missing_and_foreign_objects_are_null_alike() -> None:
    body = await ask("query($ids:[ID!]!){nodes(ids:$ids){id}}", {"ids": [global_id("Thing", n) for n in (5, 5000, 5)]})
    assert body["data"] == {"nodes": [{"id": global_id("Thing", 5)}, None, {"id": global_id("Thing", 5)}]}
    assert (await ask(f'{{node(id:"{global_id("Thing", 5000)}"){{id}}}}'))["data"] == {"node": None}


@pytest.mark.parametrize("text", ["nonsense", global_id("Unknown", 1)])
async def test_a_wrong_id_has_a_code(text: str) -> None:
    body = await ask("query($id:ID!){node(id:$id){id}}", {"id": text})
    assert body["data"] == {"node": None}
    assert body["errors"][0]["extensions"]["code"] == "INVALID_ID"


async def test_more_than_100_ids_are_refused() -> None:
    body = await ask("query($ids:[ID!]!){nodes(ids:$ids){id}}", {"ids": [global_id("Thing", 1)] * 101})
    assert body["errors"][0]["extensions"]["code"] == "PAGE_SIZE"


def test_a_type_has_one_loader() -> None:
    registry = NodeRegistry()
    registry.register("Thing", load_things)
    with pytest.raises(ValueError, match="already"):
        registry.register("Thing", load_things)
