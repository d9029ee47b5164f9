"""What `make serve` starts, the second time."""

from pathlib import Path

import pytest

from tests.parts.server import Slotgraph

SECOND_START = 3.0

pytestmark = pytest.mark.sqlite


async def test_second_start_is_ready_within_three_seconds(slotgraph: Slotgraph, tmp_path: Path) -> None:
    slotgraph.database_url = f"sqlite://{tmp_path}/data/new.sqlite3"  # no folder, no file: everything is made
    server = await slotgraph.serve("--demo")
    assert await server.stop() == 0
    assert await server.start() < SECOND_START
    assert await server.stop() == 0
