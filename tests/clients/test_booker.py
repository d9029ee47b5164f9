"""The Booker of the npm package `@calcom/atoms` on a customer's page books and moves (VR-2, VR-8)."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clients.conftest import Someone, make_event_type, run_client
from tests.parts.server import SlotgraphProcess

SCRIPT = Path(__file__).parent / "booker" / "visit.mjs"
OLD = "2024-06-14"
WEEKLY = {"slug": "weekly", "recurrence": {"interval": 1, "occurrences": 3, "frequency": "weekly"}}
OF_EVERY_VISIT = Counter(
    {
        ("GET", "/event-types", OLD, 200): 1,
        ("GET", "/slots/available", OLD, 200): 3,  # this month, the next, and again after booking
        ("DELETE", "/slots/selected-slot", OLD, 200): 1,
        ("POST", "/slots/reserve", OLD, 201): 1,
    }
)
NOT_YET = {"/provider/no-client", "/provider/no-client/access-token", "/timezones"}


def visits(booker: Path, pages: list[dict[str, Any]]) -> Any:
    """What a browser has sent, got and shown on each page."""
    environment = {"CLIENTS_FOLDER": str(booker), "TZ": "UTC"}
    return run_client(["node", SCRIPT], environment, json.dumps(pages))


async def status_of(ann: Someone, uid: str) -> Any:
    """What has become of a booking."""
    async with httpx.AsyncClient(base_url=ann.url, headers={"cal-api-version": "2024-08-13"}) as http:
        return (await http.get(f"/v2/bookings/{uid}")).json()["data"]["status"]


@pytest.mark.node
@pytest.mark.timeout(400)  # with its installation
async def test_a_visitor_books_and_moves(booker: Path, ann: Someone, server: SlotgraphProcess) -> None:
    """By nobody, moved by nobody, with a key, and a series; every request is answered as the component expects."""
    await make_event_type(ann)
    await make_event_type(ann, **WEEKLY)
    page = {"api": f"{ann.url}/v2", "username": "ann", "slug": "intro", "day": 2, "time": 3}
    pages: list[dict[str, Any]] = [
        page,
        {**page, "again": True, "time": 5},
        {**page, "accessToken": ann.key, "day": 1},
        {**page, "slug": "weekly", "day": 3},
    ]
    booked, moved, signed_in, series = await asyncio.to_thread(visits, booker, pages)

    for one in (booked, moved, signed_in, series):
        asked = Counter(tuple(each) for each in one["requests"] if each[1] not in NOT_YET)
        assert asked >= OF_EVERY_VISIT, one["requests"]
        assert {each for each in asked if each[3] not in {200, 201}} == set(), one["requests"]
    first, second = booked["answer"]["data"], moved["answer"]["data"]
    assert ["POST", "/bookings", OLD, 201] in booked["requests"]
    assert ["GET", f"/bookings/{first['uid']}/reschedule", OLD, 200] in moved["requests"]
    assert (first["status"], first["responses"]["email"], first["user"]["username"]) == (
        "ACCEPTED", "bo@example.com", "ann",
    )  # fmt: skip
    assert second["uid"] != first["uid"]
    assert [await status_of(ann, each["uid"]) for each in (first, second)] == ["cancelled", "accepted"]
    assert {("GET", "/me", OLD, 200), ("GET", "/calendars", OLD, 200)} <= {tuple(e) for e in signed_in["requests"]}
    assert signed_in["answer"]["data"]["status"] == "ACCEPTED"
    assert ["POST", "/bookings/recurring", OLD, 201] in series["requests"]
    assert [each["status"] for each in series["answer"]["data"]] == ["ACCEPTED"] * 3
    assert "Could not book" not in booked["shown"] + moved["shown"] + signed_in["shown"] + series["shown"]
    assert "request failed" not in server.log
