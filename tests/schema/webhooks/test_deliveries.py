"""The delivery log, sending again, pinging and the event feed, as clients use them."""

from typing import Any
from uuid import uuid4

from app.events.registry import Registry, WorkContext
from app.events.relay import Relay
from app.models import EventType, User, Webhook
from app.services.webhooks.register import register_webhooks
from tests.schema.api import Api, gid


async def relayed(api: Api) -> None:
    """Number what has happened and plan what follows; nothing is sent."""
    registry = Registry()
    register_webhooks(registry)
    await Relay(WorkContext(api.settings, api.bus, api.clock, api.ctx.random), registry).run()


async def told(api: Api) -> tuple[User, EventType, Webhook, str]:
    """A host whose webhook will hear of a booking; the booking's uid."""
    host = await api.person()
    event_type = await api.event_type(host)
    values: dict[str, Any] = {"id": str(uuid4()), "user_id": host.id, "triggers": ["BOOKING_CREATED"]}
    webhook = await Webhook.create(**values, subscriber_url="http://127.0.0.1:1/hook")
    booking = await api.booked(event_type, "2026-05-04T08:00")
    await relayed(api)
    return host, event_type, webhook, booking.uid


async def test_deliveries(api: Api) -> None:
    """The log belongs to the webhook; filters and pages; what another tenant gets."""
    host, _, webhook, uid = await told(api)
    read = await api.read("WebhookDeliveries", by=host, id=gid(webhook))
    (delivery,) = read["deliveries"]["nodes"]
    assert (delivery["key"], delivery["trigger"], delivery["status"], delivery["attempts"]) == (
        *(uid, "BOOKING_CREATED", "PENDING", 0),
    )
    assert delivery["eventCursor"] == "1"
    assert '"triggerEvent":"BOOKING_CREATED"' in delivery["body"]
    none = await api.read("WebhookDeliveries", by=host, id=gid(webhook), filter={"statuses": ["DEAD"]})
    assert none["deliveries"]["nodes"] == []
    assert await api.refusal("WebhookDeliveries", by=await api.person(), id=gid(webhook)) == "FORBIDDEN"


async def test_redeliver_and_ping(api: Api) -> None:
    """By id, by time; strangers change nothing."""
    host, _, webhook, _ = await told(api)
    read = await api.read("WebhookDeliveries", by=host, id=gid(webhook))
    ids = [each["id"] for each in read["deliveries"]["nodes"]]
    done = await api.write("RedeliverWebhook", by=host, webhookId=gid(webhook), deliveryIds=ids)
    assert done == {"__typename": "RedeliverWebhookSuccess", "count": 1, "lastDeliveryId": ids[0], "hasMore": False}
    stretch = await api.write("RedeliverWebhook", by=host, webhookId=gid(webhook), since="2020-01-01T00:00:00Z")
    assert stretch["count"] == 0, "nothing is dead"
    pinged = await api.write("PingWebhook", by=host, webhookId=gid(webhook))
    assert pinged["delivery"]["status"] == "PENDING"
    other = await api.person()
    for name, more in (("RedeliverWebhook", {"deliveryIds": ids}), ("PingWebhook", {})):
        refused = await api.write(name, by=other, webhookId=gid(webhook), **more)
        assert refused["__typename"] == "Forbidden"
    read = await api.read("WebhookDeliveries", by=host, id=gid(webhook))
    assert [each["trigger"] for each in read["deliveries"]["nodes"]] == ["PING", "BOOKING_CREATED"]


async def test_the_feed_resumes_where_it_was_left(api: Api) -> None:
    """Everything once, in order, by cursor; only one's own."""
    host, event_type, _, first = await told(api)
    stranger = await api.person()
    page = await api.read("Events", by=host)
    assert [(each["key"], each["type"], each["keySequence"]) for each in page["nodes"]] == [
        (first, "booking.created", 1)
    ]
    assert (page["hasMore"], page["complete"]) == (False, True)
    second = await api.booked(event_type, "2026-05-04T09:00")
    await relayed(api)
    rest = await api.read("Events", by=host, after=page["cursor"])
    assert [each["key"] for each in rest["nodes"]] == [second.uid]
    assert (await api.read("Events", by=stranger))["nodes"] == []
    assert await api.refusal("Events", by=stranger, scope={"userId": gid(host)}) == "FORBIDDEN"
    assert await api.refusal("Events", by=stranger, scope={"uid": first}) == "FORBIDDEN"
    assert await api.refusal("Events") == "UNAUTHENTICATED"
    assert len((await api.read("Events", by=host, scope={"uid": first}))["nodes"]) == 1
    one = await api.read("Events", by=host, first=1)
    assert [each["key"] for each in one["nodes"]] == [first]
    assert one["hasMore"]


async def test_bad_cursors_and_pages_of_the_feed(api: Api) -> None:
    """A cursor of another making is refused; one that the log never reached is not complete."""
    host, *_ = await told(api)
    assert await api.refusal("Events", by=host, after="x") == "INVALID_CURSOR"
    assert await api.refusal("Events", by=host, first=101) == "PAGE_SIZE"
    assert not (await api.read("Events", by=host, after="999"))["complete"]
