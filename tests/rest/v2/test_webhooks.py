"""Webhooks of a person and of an event type: the same rows in two places (WH-6)."""

from typing import Any

import pytest

from app.models import Webhook
from app.services.webhooks.triggers import Trigger
from tests.contract.client import Caller, ContractClient

URL = "https://receiver.example.com/hook"
BODY: dict[str, Any] = {"subscriberUrl": URL, "triggers": ["BOOKING_CREATED", "BOOKING_CANCELLED"], "active": True}


@pytest.fixture(params=["user", "event type"])
async def path(request: pytest.FixtureRequest, rest: ContractClient, ann: Caller) -> str:
    """Where Ann's webhooks are."""
    if request.param == "user":
        return "/v2/webhooks"
    body = {"lengthInMinutes": 30, "title": "Intro", "slug": "intro"}
    made = await rest.ok("POST", "/v2/event-types", ann, version="2024-06-14", json=body)
    return f"/v2/event-types/{made['id']}/webhooks"


def owner(path: str, ann: Caller) -> dict[str, int]:
    return {"userId": ann.id} if path == "/v2/webhooks" else {"eventTypeId": int(path.split("/")[3])}


async def test_a_webhook_lives(rest: ContractClient, ann: Caller, path: str) -> None:
    """Made, read, listed, changed, removed."""
    made = await rest.ok("POST", path, ann, json={**BODY, "secret": "s3cret", "payloadTemplate": '{"a": "{{title}}"}'})
    assert made == {
        **BODY, "id": made["id"], "secret": "s3cret", "payloadTemplate": '{"a": "{{title}}"}', **owner(path, ann),
    }  # fmt: skip
    assert await rest.ok("GET", f"{path}/{made['id']}", ann) == made
    assert await rest.ok("GET", path, ann) == [made]
    change = {"active": False, "triggers": ["MEETING_ENDED"], "secret": None}
    changed = await rest.ok("PATCH", f"{path}/{made['id']}", ann, json=change)
    assert changed == {**made, **change}
    assert await rest.ok("DELETE", f"{path}/{made['id']}", ann) == changed
    missing = await rest.refused("GET", f"{path}/{made['id']}", ann)
    assert missing == (404, f"Webhook ({made['id']}) not found")


async def test_one_url_once_per_owner(rest: ContractClient, ann: Caller, path: str) -> None:
    """WH-6: the documented 409, on changing too."""
    await rest.ok("POST", path, ann, json=BODY)
    what = "user" if path == "/v2/webhooks" else "event type"
    taken = (409, f"Webhook with this subscriber url already exists for this {what}")
    assert await rest.refused("POST", path, ann, json={**BODY, "active": False}) == taken
    other = await rest.ok("POST", path, ann, json={**BODY, "subscriberUrl": f"{URL}/2"})
    assert await rest.refused("PATCH", f"{path}/{other['id']}", ann, json={"subscriberUrl": URL}) == taken
    same = await rest.ok("PATCH", f"{path}/{other['id']}", ann, json={"subscriberUrl": f"{URL}/2"})
    assert same == other


async def test_the_version_is_kept_and_not_shown(rest: ContractClient, ann: Caller, path: str) -> None:
    """WH-8: the documents know none; a webhook that got one over GraphQL keeps it."""
    made = await rest.ok("POST", path, ann, json={**BODY, "version": 2})
    row = await Webhook.get(id=made["id"])
    assert row.version == 1
    row.version = 2
    await row.save()
    changed = await rest.ok("PATCH", f"{path}/{made['id']}", ann, json={"active": False, "version": 1})
    assert changed == {**made, "active": False}
    assert (await Webhook.get(id=made["id"])).version == 2


async def test_a_single_trigger_may_be_a_text(rest: ContractClient, ann: Caller) -> None:
    """Clients generated from the documents send one."""
    made = await rest.ok("POST", "/v2/webhooks", ann, json={**BODY, "triggers": "BOOKING_CREATED"})
    assert made["triggers"] == ["BOOKING_CREATED"]


async def test_pages(rest: ContractClient, ann: Caller, path: str) -> None:
    """Oldest first; numbers may come as floats."""
    made = [await rest.ok("POST", path, ann, json={**BODY, "subscriberUrl": f"{URL}/{n}"}) for n in range(4)]
    page = await rest.ok("GET", path, ann, params={"take": "2.0", "skip": "1"})
    assert page == made[1:3]
    assert await rest.wrong("GET", path, ann, params={"take": "0"}) == {"take": ["take must not be less than 1"]}
    texts = ["skip must be a number conforming to the specified constraints", "skip must not be less than 0"]
    for nonsense in ("x", ""):
        assert await rest.wrong("GET", path, ann, params={"skip": nonsense}) == {"skip": texts}


TRIGGERS = ", ".join(Trigger)


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        (
            {},
            {
                "subscriberUrl": ["subscriberUrl must be a string"],
                "triggers": [
                    f"each value in triggers must be one of the following values: {TRIGGERS}",
                    "triggers must be an array",
                ],
                "active": ["active must be a boolean value"],
            },
        ),
        ({**BODY, "subscriberUrl": "ftp://x"}, {"subscriberUrl": ["subscriberUrl must be a URL address"]}),
        ({**BODY, "triggers": []}, {"triggers": ["triggers should not be empty"]}),
        ({**BODY, "active": "true"}, {"active": ["active must be a boolean value"]}),
    ],
)
async def test_wrong_input(
    rest: ContractClient, ann: Caller, body: dict[str, Any], faults: dict[str, list[str]]
) -> None:
    """AU-31, and nothing is written."""
    assert await rest.wrong("POST", "/v2/webhooks", ann, json=body) == faults
    assert await Webhook.all().count() == 0


async def test_an_unknown_trigger(rest: ContractClient, ann: Caller) -> None:
    """Every known one is named."""
    [message] = (await rest.wrong("POST", "/v2/webhooks", ann, json={**BODY, "triggers": ["NOPE"]}))["triggers"]
    assert message.startswith("each value in triggers must be one of the following values: BOOKING_CREATED, ")


async def test_another_tenants_webhook(rest: ContractClient, ann: Caller, bob: Caller, path: str) -> None:
    """WH-6: 403, and everything stays as it was."""
    made = await rest.ok("POST", path, ann, json=BODY)
    for method, json in (("GET", None), ("PATCH", {"active": False}), ("DELETE", None)):
        for place in (path, "/v2/webhooks"):
            assert (await rest(method, f"{place}/{made['id']}", bob, json=json)).status_code == 403
    if path != "/v2/webhooks":
        assert (await rest("POST", path, bob, json=BODY)).status_code == 403
        assert (await rest("GET", path, bob)).status_code == 403
        assert (await rest("DELETE", path, bob)).status_code == 403
    assert (await rest("GET", path)).status_code == 401
    assert await rest.ok("GET", path, ann) == [made]
    assert await Webhook.all().count() == 1


async def test_removing_all_of_an_event_type(rest: ContractClient, ann: Caller) -> None:
    """Only those of the event type go."""
    body = {"lengthInMinutes": 30, "title": "Intro", "slug": "intro"}
    made = await rest.ok("POST", "/v2/event-types", ann, version="2024-06-14", json=body)
    path = f"/v2/event-types/{made['id']}/webhooks"
    for number in range(3):
        await rest.ok("POST", path, ann, json={**BODY, "subscriberUrl": f"{URL}/{number}"})
    own = await rest.ok("POST", "/v2/webhooks", ann, json=BODY)
    assert await rest.ok("DELETE", path, ann) == "3 webhooks deleted"
    assert await rest.ok("GET", path, ann) == []
    assert await rest.ok("GET", "/v2/webhooks", ann) == [own]


async def test_a_webhook_is_found_only_where_it_belongs(rest: ContractClient, ann: Caller) -> None:
    """A person's webhook is not one of their event type."""
    body = {"lengthInMinutes": 30, "title": "Intro", "slug": "intro"}
    made = await rest.ok("POST", "/v2/event-types", ann, version="2024-06-14", json=body)
    own = await rest.ok("POST", "/v2/webhooks", ann, json=BODY)
    answer = await rest("GET", f"/v2/event-types/{made['id']}/webhooks/{own['id']}", ann)
    assert answer.status_code == 404


async def test_an_event_types_webhook_is_not_one_of_the_person(rest: ContractClient, ann: Caller) -> None:
    """The documented answer under `/v2/webhooks` always has a `userId` (WH-6)."""
    body = {"lengthInMinutes": 30, "title": "Intro", "slug": "intro"}
    made = await rest.ok("POST", "/v2/event-types", ann, version="2024-06-14", json=body)
    hook = await rest.ok("POST", f"/v2/event-types/{made['id']}/webhooks", ann, json=BODY)
    for method, json in (("GET", None), ("PATCH", {"active": False}), ("DELETE", None)):
        assert (await rest(method, f"/v2/webhooks/{hook['id']}", ann, json=json)).status_code == 403
    assert await rest.ok("GET", f"/v2/event-types/{made['id']}/webhooks", ann) == [hook]


async def test_an_id_longer_than_any_is_not_found(rest: ContractClient, ann: Caller, path: str) -> None:
    """Never a 500."""
    assert (await rest("GET", f"{path}/{'x' * 5000}", ann)).status_code == 404
