"""A program that knows nothing but our OpenAPI document tries everything it allows, and what it does not."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts.server import Slotgraph

COMMAND = Path(sys.executable).with_name("schemathesis")
CHECKS = (
    "not_a_server_error",
    "response_schema_conformance",
    "status_code_conformance",
    "content_type_conformance",
)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_no_request_breaks_the_server_or_the_document(slotgraph: Slotgraph, tmp_path: Path) -> None:
    """No 500, and no answer that the document does not describe."""
    server = await slotgraph.serve()
    made = await slotgraph.run(
        "user", "create", "--email", "ann@example.com", "--username", "ann", "--name", "Ann",
        "--password", "a-good-password", "--time-zone", "Europe/Berlin", "--api-key",
    )  # fmt: skip
    key = json.loads(made)["apiKey"]
    process = await asyncio.create_subprocess_exec(
        COMMAND, "run", f"{server.url}/v2/openapi.json",
        "--header", f"Authorization: Bearer {key}",
        "--exclude-path", "/v2/api-keys/refresh",  # it ends the key
        "--checks", ",".join(CHECKS), "--phases", "coverage,fuzzing", "--max-examples", "4", "--seed", "1",
        "--workers", "1", "--no-color",
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await process.communicate()
    assert process.returncode == 0, told.decode(errors="replace")[-6000:]
    assert "request failed" not in server.log
