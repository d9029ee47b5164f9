"""What `make serve` starts, the second time; how long that takes is measured by `make bench` (P15)."""

from pathlib import Path

import pytest

from tests.parts.server import Slotgraph

pytestmark = pytest.mark.sqlite


async def test_second_start_finds_what_the_first_has_made(slotgraph: Slotgraph, tmp_path: Path) -> None:
    slotgraph.database_url = f"sqlite://{tmp_path}/data/new.sqlite3"  # no folder, no file: everything is made
    server = await slotgraph.serve("--demo")
    assert await server.stop() == 0
    first = _key(server.log)
    await server.start()
    assert await server.stop() == 0
    assert [_key(part) for part in server.log.split("Slotgraph is at")[1:]] == [first, first]


def _key(log: str) -> str:
    """The demo's API key in what was printed."""
    return log.partition("Demo API key of maya: ")[2].splitlines()[0]
