"""A program that knows nothing but our OpenAPI document tries everything it allows, and what it does not.

It covers every bound and value, and makes up some more requests of each operation. FUZZ_ARGUMENTS are arguments for it
that come last, such as `--max-examples 200 --report har --report-har-path /tmp/fuzz.har`; the time is not limited then.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import jsonschema_rs
import pytest

from app.rest.operation import AnyOperation
from app.rest.v2.operations import OPERATIONS
from tests.parts.server import Slotgraph, SlotgraphProcess
from tests.rest.fuzz_document import REFUSALS, deep_document, oldest_rows
from tests.rest.fuzz_world import World, make_world
from tests.rest.v2.test_calendars import FeedServer

if TYPE_CHECKING:
    from app.db.session import Database

MORE = os.environ.get("FUZZ_ARGUMENTS", "").split()
pytestmark = [pytest.mark.slow, pytest.mark.timeout(0 if MORE else 500)]
COMMAND = Path(sys.executable).with_name("schemathesis")
CHECKS = (
    "not_a_server_error",
    "response_schema_conformance",
    "status_code_conformance",
    "content_type_conformance",
)


@pytest.fixture
async def server(slotgraph: Slotgraph, database: "Database") -> SlotgraphProcess:
    """A server with its demo data."""
    return await slotgraph.serve("--demo", environment={"PUBLIC_URL": "http://slotgraph.example.com"})


@pytest.fixture
async def world(slotgraph: Slotgraph, server: SlotgraphProcess) -> AsyncIterator[World]:
    """Everything that rows can name."""
    feed = FeedServer()
    async with feed.receiver, httpx.AsyncClient(base_url=server.url) as http:
        yield await make_world(slotgraph, server, http, feed.url)


async def fuzz(document: str, server: SlotgraphProcess, folder: Path, *more: str) -> None:
    """Let it try."""
    process = await asyncio.create_subprocess_exec(
        COMMAND, "run", document, "--url", server.url, *more,
        "--phases", "coverage,fuzzing", "--max-examples", "6", "--seed", "1",
        "--workers", "1", "--no-color", "--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off",
        *MORE,
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await process.communicate()
    text = told.decode(errors="replace")
    print(text[-3000:])  # noqa: T201 shown with -s or when it fails
    assert process.returncode == 0, text[-30000:]
    assert "request failed" not in server.log


async def test_everything_in_the_served_document(server: SlotgraphProcess, tmp_path: Path) -> None:
    """No 500, no answer that the document does not describe, nothing for nobody where a key is needed."""
    key = server.log.partition("Demo API key of maya: ")[2].splitlines()[0]
    checks = ",".join((*CHECKS, "ignored_auth"))
    await fuzz(
        f"{server.url}/v2/openapi.json", server, tmp_path, "--checks", checks,
        "--header", f"Authorization: Bearer {key}", "--exclude-path", "/v2/api-keys/refresh",  # it ends the key
    )  # fmt: skip


@pytest.mark.parametrize("rows", [OPERATIONS, oldest_rows()], ids=["newest shapes", "oldest shapes"])
async def test_real_ids_of_ones_own_and_of_others(
    rows: Sequence[AnyOperation], world: World, server: SlotgraphProcess, tmp_path: Path
) -> None:
    """By their owner, a stranger, an unknown key and nobody: as documented, with nothing in it that is not named."""
    document = tmp_path / "deep.json"
    document.write_bytes(deep_document(rows, world.values, world.authorizations))
    await fuzz(str(document), server, tmp_path, "--checks", ",".join(CHECKS))


def test_an_answer_that_says_more_than_the_document_is_a_fault() -> None:
    """What the requests are held against refuses what is not named, and statuses that nobody asked for."""
    document = json.loads(deep_document(OPERATIONS, lambda *_: {}, {"": ["Bearer cal_x"]}))
    validator = jsonschema_rs.Draft202012Validator(
        {"$ref": "#/components/schemas/Answer.Reassigned", "components": document["components"]}
    )
    answer: dict[str, Any] = {"bookingUid": "u", "reassignedTo": {"id": 1, "name": None, "email": "a@example.com"}}
    assert validator.is_valid(answer)
    assert not validator.is_valid({**answer, "more": 1})
    assert not validator.is_valid({**answer, "reassignedTo": {**answer["reassignedTo"], "more": 1}})
    assert set(document["paths"]["/v2/me"]["get"]["responses"]) == {"200", *REFUSALS}
