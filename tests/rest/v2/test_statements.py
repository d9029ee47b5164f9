"""What operations cost in statements, the one that finds the key included; none grows with what is listed."""

from typing import Any

import pytest

from app.auth.identity import settle
from tests.contract.client import Caller, ContractClient
from tests.parts.statements import counted_statements

EVENT_TYPE: dict[str, Any] = {"lengthInMinutes": 30, "title": "Intro", "slug": "intro"}


@pytest.mark.parametrize(
    ("path", "version", "most"),
    [
        ("/v2/me", None, 1),
        ("/v2/schedules", "2024-06-11", 5),
        ("/v2/schedules/default", "2024-06-11", 6),
        ("/v2/event-types", "2024-06-14", 4),
        ("/v2/webhooks", None, 2),
    ],
)
@pytest.mark.parametrize("others", [0, 5])
async def test_reading_costs_a_fixed_number_of_statements(
    rest: ContractClient, ann: Caller, path: str, version: str | None, most: int, others: int
) -> None:
    """The same for a short list and a longer one."""
    await rest.ok("GET", "/v2/me", ann)
    await settle()  # the first use of the key is noted
    for number in range(others):
        body = {**EVENT_TYPE, "slug": f"intro-{number}"}
        await rest.ok("POST", "/v2/event-types", ann, version="2024-06-14", json=body)
        schedule = {"name": "More", "timeZone": "Europe/Rome", "isDefault": False}
        await rest.ok("POST", "/v2/schedules", ann, version="2024-06-11", json=schedule)
        webhook = {"subscriberUrl": f"https://a.example.com/{number}", "triggers": "BOOKING_CREATED", "active": True}
        await rest.ok("POST", "/v2/webhooks", ann, json=webhook)
    with counted_statements() as seen:
        await rest.ok("GET", path, ann, version=version)
    assert len(seen) <= most, seen
