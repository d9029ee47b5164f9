"""Every row that names something: with another tenant's ids it answers 401, 403 or 404 and writes nothing."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.rest.v2 import event_types, me, schedules, webhooks
from tests.contract.client import Caller, ContractClient
from tests.schema.api import nothing_written

ROWS = [row for module in (me, event_types, schedules, webhooks) for row in module.OPERATIONS if "{" in row.path]
BODIES: dict[str, Any] = {
    "POST": {"subscriberUrl": "https://evil.example.com", "triggers": ["BOOKING_CREATED"], "active": True},
    "PATCH": {"title": "Mine", "name": "Mine", "active": False},
}


async def test_another_tenant_gets_nothing_and_changes_nothing(
    rest: ContractClient, person: Callable[[str], Awaitable[Caller]]
) -> None:
    """All rows of these resources, by a stranger and by nobody."""
    ann, bob = await person("ann"), await person("bob")
    ids = await _belongings(rest, ann)
    async with nothing_written():
        for row in ROWS:
            for webhook_id in ids["webhooks"]:
                path = row.path.format(**ids, webhookId=webhook_id)
                version = max(row.versions or ["2024-08-13"])
                by_bob = await rest(row.method, path, bob, version=version, json=BODIES.get(row.method))
                assert by_bob.status_code in {400, 403, 404}, (row.method, path, by_bob.text)
                assert "Mine" not in by_bob.text
                by_nobody = await rest(row.method, path, version=version, json=BODIES.get(row.method))
                assert by_nobody.status_code == 401, (row.method, path, by_nobody.text)


async def _belongings(rest: ContractClient, ann: Caller) -> dict[str, Any]:
    body = {"lengthInMinutes": 30, "title": "Intro", "slug": "intro"}
    event_type = await rest.ok("POST", "/v2/event-types", ann, version="2024-06-14", json=body)
    own = await rest.ok("POST", "/v2/webhooks", ann, json=BODIES["POST"])
    of_type = await rest.ok("POST", f"/v2/event-types/{event_type['id']}/webhooks", ann, json=BODIES["POST"])
    schedule = await rest.ok("GET", "/v2/schedules/default", ann, version="2024-06-11")
    return {
        "eventTypeId": event_type["id"],
        "scheduleId": schedule["id"],
        "webhooks": [own["id"], of_type["id"]],
    }
