"""A published MCP server for customers, driven over its protocol, books at a running server and sees what it booked."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import Someone, make_event_type, run_client
from tests.parts.server import SlotgraphProcess

SCRIPT = Path(__file__).with_name("assistant.py")
MONDAY = datetime.now(UTC).date() + timedelta(14 - datetime.now(UTC).weekday())


@pytest.mark.timeout(400)  # with its installation
async def test_a_customer_books(mcp_client: Path, ann: Someone, server: SlotgraphProcess) -> None:
    """BK-1, LC-27: by id and by names, a taken time with our message, and the list between two instants."""
    number = await make_event_type(ann)
    who = {"attendee_name": "Mo", "attendee_email": "mo@example.com", "attendee_timezone": "America/New_York"}
    nine, ten = f"{MONDAY}T09:00:00Z", f"{MONDAY}T10:00:00Z"
    by_names = {"event_type_slug": "intro", "username": "ann", "guests": ["guest@example.com"], "metadata": {"k": "v"}}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("create_booking", {**who, "start_time": nine, "event_type_id": number}),
        ("create_booking", {**who, "start_time": ten, "attendee_language": "de", **by_names}),
        ("create_booking", {**who, "start_time": nine, "event_type_id": number}),
        ("get_bookings", {"date_from": f"{MONDAY}T00:00:00Z", "date_to": f"{MONDAY}T23:59:59Z"}),
        ("get_bookings", {"event_type_id": number, "date_from": ten, "date_to": f"{MONDAY}T23:59:59Z", "limit": 1}),
    ]
    environment = {"PYTHONPATH": str(mcp_client), "CALCOM_API_KEY": ann.key}
    command: list[str | Path] = [sys.executable, SCRIPT, ann.url]
    booked, second, taken, day, after = await asyncio.to_thread(run_client, command, environment, json.dumps(calls))

    assert (booked["status"], booked["data"]["status"], booked["data"]["duration"]) == ("success", "accepted", 30)
    assert second["data"]["attendees"][0]["language"] == "de"
    assert (second["data"]["guests"], second["data"]["metadata"]) == (["guest@example.com"], {"k": "v"})
    assert taken["status_code"] == 400
    message = "User either already has booking at this time or is not available"
    assert taken["response_text"]["error"]["message"] == message
    assert [each["id"] for each in day["bookings"]] == [booked["data"]["id"], second["data"]["id"]]
    assert [each["start"] for each in day["bookings"]] == [f"{MONDAY}T09:00:00.000Z", f"{MONDAY}T10:00:00.000Z"]
    assert (after["bookings"], after["total_count"]) == (day["bookings"][1:], 1)
    assert "request failed" not in server.log
