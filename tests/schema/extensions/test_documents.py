"""Stored documents: trusted ones, registered ones and the allow-list."""

from pathlib import Path
from typing import Any

import pytest

from app.errors import SlotgraphError
from schema.executor.engine import Engine
from schema.executor.requests import GraphRequest
from schema.extensions.documents import DocumentStore, MemoryDocuments, digest_of, load_trusted
from tests.schema.sample import make_sample, make_settings

HELLO = "{hello}"


def apq(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": digest_of(text)}}


async def test_a_client_registers_a_document_and_names_it_afterwards() -> None:
    sample, settings = make_sample(), make_settings()
    engine = Engine(sample.schema, settings)
    unknown = await engine.run(GraphRequest(extensions=apq(HELLO)), sample.context(settings))
    assert unknown.errors[0]["message"] == "PersistedQueryNotFound"
    assert unknown.errors[0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    await engine.run(GraphRequest(query=HELLO, extensions=apq(HELLO)), sample.context(settings))
    known = await engine.run(GraphRequest(extensions=apq(HELLO)), sample.context(settings))
    assert known.data == {"hello": "world"}
    by_id = await engine.run(GraphRequest(document_id=f"sha256:{digest_of(HELLO)}"), sample.context(settings))
    assert by_id.stored


async def test_a_hash_that_does_not_fit_registers_nothing() -> None:
    store = DocumentStore()
    with pytest.raises(SlotgraphError, match="does not match"):
        await store.resolve("{evil}", None, apq(HELLO))
    with pytest.raises(SlotgraphError, match="PersistedQueryNotFound"):
        await store.resolve(None, None, apq(HELLO))


@pytest.mark.parametrize("persisted", [1, [], {}, {"version": 2, "sha256Hash": "a"}, {"version": 1, "sha256Hash": 7}])
async def test_unknown_forms_are_not_supported(persisted: Any) -> None:
    with pytest.raises(SlotgraphError, match="PersistedQueryNotSupported"):
        await DocumentStore().resolve(None, None, {"persistedQuery": persisted})


async def test_the_allow_list_executes_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "Hello.graphql").write_text(HELLO, encoding="utf-8")
    store = DocumentStore(load_trusted(tmp_path), trusted_only=True)
    assert (await store.resolve(HELLO, None, {})) is not None
    assert (await store.resolve(None, digest_of(HELLO), {})) is not None
    for query, extensions in (("{other}", {}), ("{other}", apq("{other}"))):
        with pytest.raises(SlotgraphError, match="trusted store"):
            await store.resolve(query, None, extensions)
    with pytest.raises(SlotgraphError, match="PersistedQueryNotFound"):
        await store.resolve(None, digest_of("{other}"), {})


async def test_registered_documents_expire_and_are_bounded() -> None:
    now = [0.0]
    documents = MemoryDocuments(2, clock=lambda: now[0])
    for name in ("a", "b", "c"):
        await documents.put(name, name)
    assert await documents.get("a") is None
    assert await documents.get("c") == "c"
    now[0] = 25 * 3600.0
    assert await documents.get("c") is None


def test_an_absent_folder_holds_no_documents(tmp_path: Path) -> None:
    assert load_trusted(tmp_path / "none") == {}
