"""The npm package `@calcom/sdk` against a running server: the old shapes, as it sends no `cal-api-version` (VR-1)."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import Someone, make_event_type, run_client
from tests.parts.server import SlotgraphProcess

SCRIPT = Path(__file__).with_name("sdk.mjs")


def times(slots: dict[str, Any]) -> list[str]:
    """All starts of an answer in the old shape."""
    return [slot["time"] for day in slots["slots"].values() for slot in day]


@pytest.mark.node
@pytest.mark.timeout(400)  # with its installation
async def test_a_visitor_keeps_a_time(npm_clients: Path, ann: Someone, server: SlotgraphProcess) -> None:
    """Slots and a reservation of 2024-04-15; the package turns a refusal into its own error with our status."""
    monday = datetime.now(UTC).date() + timedelta(7 + (7 - datetime.now(UTC).weekday()) % 7)
    question = {
        "baseUrl": f"{ann.url}/", "key": ann.key, "eventTypeId": await make_event_type(ann),
        "startTime": f"{monday}T00:00:00Z", "endTime": f"{monday + timedelta(2)}T00:00:00Z",
    }  # fmt: skip
    environment = {"CLIENTS_FOLDER": str(npm_clients)}
    said = await asyncio.to_thread(run_client, ["node", SCRIPT], environment, json.dumps(question))

    assert len(times(said["before"])) == 2 * 16  # two days from 09:00 to 17:00
    assert isinstance(said["reservation"], str)
    assert times(said["after"]) == times(said["before"])[1:]
    assert said["unknown"]["name"] == "CalApiError"
    assert said["unknown"]["status"] == 404
    assert "request failed" not in server.log
