"""One running server for the tests of a module; each test makes people of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.parts.server import Slotgraph, SlotgraphProcess
from tests.schema.live.client import Client, client


@pytest.fixture(scope="module")
def live_server(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlotgraphProcess]:
    """A `slotgraph serve` process with its worker inside."""
    commands = Slotgraph(tmp_path_factory.mktemp("live"), module_database_url)
    commands.defaults["GRAPHQL_COST_LIMIT"] = "0"
    yield asyncio.run(commands.serve())
    asyncio.run(commands.close())


@pytest.fixture
async def live(live_server: SlotgraphProcess) -> AsyncIterator[Client]:
    """A client of the running server."""
    async with client(live_server.url) as opened:
        yield opened
