"""Webhooks over GraphQL: made, read, changed and removed by who owns what they are about (WH-6)."""

from typing import Any

import pytest

from app.models import User
from tests.schema.api import Api, gid, nothing_written

URL = "https://receiver.example.com/hook"


async def made(api: Api, by: User, **fields: Any) -> dict[str, Any]:
    answer = await api.write("CreateWebhook", by=by, **{"subscriberUrl": URL, "triggers": ["MEETING_ENDED"], **fields})
    webhook: dict[str, Any] = answer["webhook"]
    return webhook


async def test_a_webhook_lives(api: Api) -> None:
    user = await api.person()
    webhook = await made(api, user, secret="s3cret", payloadTemplate="{{title}}")
    assert (webhook["subscriberUrl"], webhook["active"], webhook["userId"]) == (URL, True, user.id)
    assert await api.read("Webhook", by=user, id=webhook["id"]) == webhook
    listed = (await api.read("ViewerWebhooks", by=user))["webhooks"]
    assert (listed["totalCount"], listed["nodes"]) == (1, [webhook])
    change = {"active": False, "secret": None, "triggers": ["BOOKING_CREATED", "BOOKING_CREATED"]}
    changed = (await api.write("UpdateWebhook", by=user, id=webhook["id"], **change))["webhook"]
    assert changed == {
        **webhook, "active": False, "secret": None, "triggers": ["BOOKING_CREATED"], "updatedAt": changed["updatedAt"],
    }  # fmt: skip
    assert (await api.write("DeleteWebhook", by=user, id=webhook["id"]))["webhook"] == changed
    assert await api.refusal("Webhook", by=user, id=webhook["id"]) == "NOT_FOUND"


async def test_the_form_of_messages_is_chosen(api: Api) -> None:
    """WH-8: 1 unless asked for, 2 on wish; nothing else, and a change of something else keeps it."""
    user = await api.person()
    assert (await made(api, user))["version"] == 1
    webhook = await made(api, user, subscriberUrl=f"{URL}/2", version=2)
    assert webhook["version"] == 2
    kept = await api.write("UpdateWebhook", by=user, id=webhook["id"], active=False)
    assert kept["webhook"]["version"] == 2
    changed = await api.write("UpdateWebhook", by=user, id=webhook["id"], version=1)
    assert changed["webhook"]["version"] == 1
    for name, given in (("UpdateWebhook", {"id": webhook["id"]}), ("CreateWebhook", {"subscriberUrl": f"{URL}/3"})):
        refused = await api.write(name, by=user, triggers=["MEETING_ENDED"], version=3, **given)
        assert (refused["__typename"], refused["fields"][0]["path"]) == ("InvalidInput", ["version"])


async def test_webhooks_of_an_event_type(api: Api) -> None:
    """They have a list of their own, and go together."""
    user = await api.person()
    event_type = gid(await api.event_type(user), "EventType")
    webhook = await made(api, user, eventTypeId=event_type)
    assert webhook["userId"] is None
    assert (await api.read("EventTypeWebhooks", by=user, eventTypeId=event_type))["nodes"] == [webhook]
    assert (await api.read("ViewerWebhooks", by=user))["webhooks"]["nodes"] == []
    removed = await api.write("DeleteEventTypeWebhooks", by=user, eventTypeId=event_type)
    assert removed["count"] == 1


async def test_one_url_once_per_owner(api: Api) -> None:
    user = await api.person()
    await made(api, user)
    taken = await api.write("CreateWebhook", by=user, subscriberUrl=URL, triggers=["MEETING_ENDED"])
    assert (taken["__typename"], taken["path"]) == ("Conflict", ["subscriberUrl"])
    assert taken["message"] == "Webhook with this subscriber url already exists for this user"


@pytest.mark.parametrize("of", ["user", "event type"])
async def test_a_stranger_reads_and_changes_nothing(api: Api, of: str) -> None:
    user, stranger = await api.person(), await api.person()
    event_type = gid(await api.event_type(user), "EventType")
    webhook = await made(api, user, **({"eventTypeId": event_type} if of == "event type" else {}))
    async with nothing_written():
        assert await api.refusal("Webhook", by=stranger, id=webhook["id"]) == "FORBIDDEN"
        assert await api.refusal("EventTypeWebhooks", by=stranger, eventTypeId=event_type) == "FORBIDDEN"
        for name, given in (
            ("UpdateWebhook", {"id": webhook["id"], "active": False}),
            ("DeleteWebhook", {"id": webhook["id"]}),
            ("DeleteEventTypeWebhooks", {"eventTypeId": event_type}),
            ("CreateWebhook", {"subscriberUrl": URL, "triggers": ["MEETING_ENDED"], "eventTypeId": event_type}),
        ):
            assert (await api.write(name, by=stranger, **given))["__typename"] == "Forbidden", name
            assert (await api.write(name, **given))["__typename"] == "Unauthenticated", name
