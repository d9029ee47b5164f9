"""Reading the delivery log, sending again, trying the way; and that nobody else may."""

from datetime import timedelta

import pytest

from app.context import Actor
from app.errors import ForbiddenError, InvalidInputError, InvalidStateError, NotFoundError, UnauthenticatedError
from app.models import User, Webhook
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.webhooks.delivery_log import ListDeliveries, count_deliveries, list_deliveries
from app.services.webhooks.ping import PingWebhook, ping_webhook
from app.services.webhooks.redeliver import RedeliverWebhook, redeliver_webhook
from tests.services.webhooks.conftest import Office, log


async def told(office: Office) -> tuple[User, Webhook]:
    """A host whose webhook has heard of a creation and a cancellation."""
    host = await office.person()
    webhook = await office.webhook("BOOKING_CREATED", "BOOKING_CANCELLED", user_id=host.id)
    booking = await office.booked(await office.event_type(host), "2026-05-04T08:00")
    await cancel_booking(office.ctx, CancelBooking(uid=booking.uid))
    await office.deliver()
    return host, webhook


async def test_the_log(office: Office) -> None:
    """Newest first, in pages, filtered; each entry names its event."""
    host, webhook = await told(office)
    mine = office.as_user(host)
    newest, oldest = await list_deliveries(mine, ListDeliveries(webhook_id=webhook.id))
    assert (oldest.trigger, oldest.status, oldest.response_status, oldest.attempts) == (
        *("BOOKING_CREATED", "DELIVERED", 200, 1),
    )
    assert (oldest.sequence, newest.sequence) == (1, 2)
    assert oldest.delivered_at == office.clock()
    assert await list_deliveries(mine, ListDeliveries(webhook_id=webhook.id, after=newest.id)) == [oldest]
    assert await list_deliveries(mine, ListDeliveries(webhook_id=webhook.id, before=oldest.id, backward=True)) == [
        newest
    ]
    only = ListDeliveries(webhook_id=webhook.id, triggers=["BOOKING_CANCELLED"])
    assert await list_deliveries(mine, only) == [newest]
    assert await count_deliveries(mine, only) == 1
    assert await list_deliveries(mine, ListDeliveries(webhook_id=webhook.id, statuses=["DEAD"])) == []


async def test_sending_again_repeats_the_very_bytes(office: Office) -> None:
    """A settled message becomes a new entry; the old one stays."""
    host, webhook = await told(office)
    ((first, *_), *_) = await log("id")
    done = await redeliver_webhook(office.as_user(host), RedeliverWebhook(webhook_id=webhook.id, delivery_ids=[first]))
    assert (done.count, done.more) == (1, False)
    await office.deliver()
    bodies = [each.body for each in office.receiver.received]
    assert len(bodies) == 3
    assert bodies[2] == bodies[0]
    assert await log("status") == [("DELIVERED",)] * 3


async def test_sending_a_stretch_again(office: Office) -> None:
    """Everything planned since, in its old order; by default what is dead."""
    host, webhook = await told(office)
    mine, since = office.as_user(host), office.clock() - timedelta(minutes=1)
    assert (await redeliver_webhook(mine, RedeliverWebhook(webhook_id=webhook.id, since=since))).count == 0
    every = RedeliverWebhook(webhook_id=webhook.id, since=since, statuses=["DELIVERED"])
    assert (await redeliver_webhook(mine, every)).count == 2
    triggers = [body["triggerEvent"] for body in await office.deliver()]
    assert triggers == ["BOOKING_CREATED", "BOOKING_CANCELLED"] * 2
    until = RedeliverWebhook(webhook_id=webhook.id, since=since, until=since, statuses=["DELIVERED"])
    assert (await redeliver_webhook(mine, until)).count == 0


async def test_sending_a_waiting_message_again_only_hurries_it(office: Office) -> None:
    """No second entry: its next attempt is now."""
    host = await office.person()
    webhook = await office.webhook("BOOKING_CREATED", user_id=host.id)
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    office.receiver.behave = lambda _: 500
    await office.deliver()
    office.receiver.behave = lambda _: 200
    ((number,),) = await log("id")
    await redeliver_webhook(office.as_user(host), RedeliverWebhook(webhook_id=webhook.id, delivery_ids=[number]))
    await office.deliver()
    assert await log("status", "attempts") == [("DELIVERED", 2)]


async def test_a_repaired_template_can_be_tried_again(office: Office) -> None:
    """WH-4: what its template could not make is made with the template of now."""
    host = await office.person(name='Ann "A" Berg')
    webhook = await office.webhook("BOOKING_CREATED", user_id=host.id, payload_template='{"t": "{{title}}"}')
    booking = await office.booked(await office.event_type(host), "2026-05-04T08:00")
    assert await office.deliver() == []
    webhook.payload_template = '{"uid": "{{uid}}", "at": "{{createdAt}}", "what": "{{triggerEvent}}"}'
    await webhook.save()
    ((number,),) = await log("id")
    await redeliver_webhook(office.as_user(host), RedeliverWebhook(webhook_id=webhook.id, delivery_ids=[number]))
    assert await office.deliver() == [{"uid": booking.uid, "at": "2026-05-01T00:00:00.000Z", "what": "BOOKING_CREATED"}]


async def test_ping(office: Office) -> None:
    """A made-up message, signed and logged like all others; refused while the webhook is off."""
    host = await office.person()
    webhook = await office.webhook("BOOKING_CREATED", user_id=host.id)
    view = await ping_webhook(office.as_user(host), PingWebhook(webhook.id))
    assert (view.trigger, view.status, view.sequence) == ("PING", "PENDING", None)
    (body,) = await office.deliver()
    assert (body["triggerEvent"], body["payload"]["type"]) == ("PING", "Test")
    webhook.active = False
    await webhook.save()
    with pytest.raises(InvalidStateError):
        await ping_webhook(office.as_user(host), PingWebhook(webhook.id))


async def test_what_cannot_be_sent_again(office: Office) -> None:
    """Neither or both ways to name messages, somebody else's message, an unknown one: nothing goes out."""
    host, webhook = await told(office)
    await told(office)  # somebody else's
    mine, number = office.as_user(host), (await log("id"))[-1][0]
    with pytest.raises(InvalidInputError):
        await redeliver_webhook(mine, RedeliverWebhook(webhook_id=webhook.id))
    with pytest.raises(InvalidInputError):
        await redeliver_webhook(mine, RedeliverWebhook(webhook_id=webhook.id, delivery_ids=[1], since=office.clock()))
    with pytest.raises(NotFoundError):
        await redeliver_webhook(mine, RedeliverWebhook(webhook_id=webhook.id, delivery_ids=[number]))
    assert len(await office.deliver()) == 4


async def test_strangers(office: Office) -> None:
    """Another tenant reads nothing, sends nothing, and learns by 403 or 404 as documented (WH-6)."""
    _, webhook = await told(office)
    stranger, anonymous = office.as_user(await office.person()), office.ctx
    team_key = office.as_actor(Actor(user_id=stranger.actor.user_id, team_id=1))
    for ctx, error in ((stranger, ForbiddenError), (anonymous, UnauthenticatedError), (team_key, ForbiddenError)):
        with pytest.raises(error):
            await list_deliveries(ctx, ListDeliveries(webhook_id=webhook.id))
        with pytest.raises(error):
            await count_deliveries(ctx, ListDeliveries(webhook_id=webhook.id))
        with pytest.raises(error):
            await redeliver_webhook(ctx, RedeliverWebhook(webhook_id=webhook.id, since=office.clock()))
        with pytest.raises(error):
            await ping_webhook(ctx, PingWebhook(webhook.id))
    with pytest.raises(NotFoundError, match=r"^Webhook \(nothing\) not found$"):
        await ping_webhook(stranger, PingWebhook("nothing"))
    assert len(await office.deliver()) == 2
