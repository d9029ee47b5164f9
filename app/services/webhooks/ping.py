"""Try whether a webhook's receiver is there."""

from dataclasses import dataclass

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import InvalidStateError
from app.events.jobs import plan_deliveries
from app.events.outbox import OUTBOX_TOPIC
from app.services.webhooks.access import owned_webhook
from app.services.webhooks.delivery_log import COLUMNS, DeliveryView, delivery_view
from app.services.webhooks.messages import Message, deliveries_of
from app.services.webhooks.receivers import Receiver
from app.services.webhooks.texts import instant_text
from app.services.webhooks.triggers import PING

_PERSON = {"name": "John Doe", "timeZone": "Europe/London", "language": {"locale": "en"}}
_NEWEST = f"SELECT {COLUMNS} FROM webhook_deliveries WHERE webhook_id = $1 ORDER BY id DESC LIMIT 1"  # noqa: S608


@dataclass(frozen=True, slots=True)
class PingWebhook:
    """The webhook with this id."""

    webhook_id: str


async def ping_webhook(ctx: RequestContext, command: PingWebhook) -> DeliveryView:
    """Send a made-up message through the same way as all others; the entry of the delivery log, still waiting.

    Raises NotFoundError, ForbiddenError (WH-6), InvalidStateError for a webhook that is off.
    """
    webhook = await owned_webhook(ctx, command.webhook_id, None)
    if not webhook.active:
        raise InvalidStateError("The webhook is switched off.")

    async def work(uow: UnitOfWork) -> DeliveryView:
        at = instant_text(ctx.now())
        fields = {
            "type": "Test",
            "title": "Test trigger event",
            "description": "",
            "startTime": at,
            "endTime": at,
            "attendees": [{**_PERSON, "email": "jdoe@example.com"}],
            "organizer": {**_PERSON, "name": "Slotgraph", "email": "no-reply@example.com"},
        }
        message = Message(trigger=PING, key=f"ping:{webhook.id}", fields=fields)
        receiver = Receiver(webhook.id, webhook.subscriber_url, webhook.payload_template)
        await plan_deliveries(deliveries_of(message, [receiver], ctx.now()), ctx.now())
        uow.hint(OUTBOX_TOPIC)
        return delivery_view(await raw.row(_NEWEST, webhook.id))

    return await unit_of_work(ctx, work)
