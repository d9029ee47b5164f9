"""What docker-compose.yml starts, started as processes on a real PostgreSQL and Redis of this machine."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from tests.parts.server import Slotgraph, SlotgraphProcess

COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"
PLACES = {"DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "SECRET_KEY"}

pytestmark = pytest.mark.postgres


def environment(service: str) -> dict[str, str]:
    """The environment of a service without the names of hosts, which differ here."""
    given: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"][service]["environment"]
    return {name: str(value) for name, value in given.items() if name not in PLACES and not name.startswith("EMAIL_")}


@pytest.fixture
async def replicas(slotgraph: Slotgraph, redis_url: str) -> list[SlotgraphProcess]:
    """The migrations applied, then both web replicas and the worker, ready."""
    slotgraph.redis_url = redis_url
    await slotgraph.run("migrate")
    webs = [await slotgraph.serve(environment=environment(name)) for name in ("web-1", "web-2")]
    worker = await slotgraph.worker(environment=environment("worker"))
    return [*webs, worker]


async def test_both_replicas_answer_and_the_health_checks_pass(
    slotgraph: Slotgraph, replicas: list[SlotgraphProcess]
) -> None:
    async with aiohttp.ClientSession() as client:
        for replica in replicas[:2]:
            for path in ("/healthz", "/readyz"):
                async with client.get(replica.url + path) as answer:
                    assert answer.status == 200, path
            async with client.post(f"{replica.url}/graphql", json={"query": "{ __typename }"}) as answer:
                assert (await answer.json())["data"] == {"__typename": "Query"}
    await slotgraph.run("doctor", "--no-mail", environment=environment("worker"))  # the worker's health check


async def test_all_end_cleanly_on_sigterm(replicas: list[SlotgraphProcess]) -> None:
    assert [await process.stop(within=10) for process in replicas] == [0, 0, 0]
    assert [process.log for process in replicas if "Traceback" in process.log] == []
