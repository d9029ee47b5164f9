"""What `make serve` starts, the second time; how long that takes is measured by `make bench` (P15)."""

from pathlib import Path

import aiohttp
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


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("environment", [{}, {"PUBLIC_URL": "https://cal.acme.example"}])
async def test_links_lead_to_where_it_listens_unless_it_is_told(
    slotgraph: Slotgraph, workers: str, environment: dict[str, str]
) -> None:
    server = await slotgraph.serve("--workers", workers, environment=environment)
    url = environment.get("PUBLIC_URL", server.url)
    async with aiohttp.ClientSession() as client, client.get(f"{server.url}/v2/openapi.json") as answer:
        assert (await answer.json())["servers"][0]["url"] == url


def _key(log: str) -> str:
    """The demo's API key in what was printed."""
    return log.partition("Demo API key of maya: ")[2].splitlines()[0]
