"""A client generated from the documented API v2 lives one person's whole scheduling life against a running server."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest

from tests.clients.conftest import Someone, run_client
from tests.parts.server import SlotgraphProcess

SCRIPT = Path(__file__).with_name("person.py")


@pytest.mark.timeout(400)  # with its installation
async def test_a_person_s_life(python_client: Path, ann: Someone, server: SlotgraphProcess) -> None:
    """Its models build every request and parse every answer (AU-30, BK-1, LC-1, VR-1)."""
    command: list[str | Path] = [sys.executable, SCRIPT, ann.url, ann.key]
    life = await asyncio.to_thread(run_client, command, {"PYTHONPATH": str(python_client)})

    assert life["me"]["username"] == "ann"
    assert [schedule["name"] for schedule in life["schedules"] if schedule["isDefault"]] == ["Office"]
    assert life["eventType"]["lengthInMinutes"] == 30
    assert (life["default"]["id"], life["default"]["name"]) == (life["schedule"]["id"], "Mornings")
    assert [offered["title"] for offered in life["offered"]] == ["First talk"]
    assert [hook["id"] for hook in life["webhooks"]] == [life["webhook"]["id"]]
    assert life["webhook"]["triggers"] == ["BOOKING_CREATED"]
    assert len(life["starts"]) == 2 * 3 * 6  # two weeks of three mornings of six half hours
    assert life["reservation"]["eventTypeId"] == life["eventType"]["id"]
    assert life["reservedIsTaken"]
    assert life["releasedIsFree"]
    assert life["booked"]["status"] == "accepted"
    assert life["seen"] == life["booked"]
    assert [booking["uid"] for booking in life["listed"]["data"]] == [life["booked"]["uid"]]
    assert life["moved"]["rescheduledFromUid"] == life["booked"]["uid"] != life["moved"]["uid"]
    assert life["moved"]["start"][:16] == life["starts"][1][:16]
    assert life["cancelled"]["status"] == "cancelled"
    assert life["cancelled"]["cancellationReason"] == "No need"
    assert life["old"]["status"] == "cancelled"
    assert life["webhooksLeft"] == []
    assert life["meAgain"] == life["me"] | {"defaultScheduleId": life["schedule"]["id"]}
    assert "request failed" not in server.log
    async with httpx.AsyncClient(base_url=ann.url) as http:
        answer = await http.get("/v2/me", headers={"Authorization": f"Bearer {ann.key}"})
    assert answer.status_code == 401, "a refreshed key still works"
