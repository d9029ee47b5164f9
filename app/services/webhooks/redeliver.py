"""Send messages once more: one, several, or all of a stretch of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import InvalidInputError, InvalidStateError, NotFoundError
from app.events.jobs import plan_deliveries
from app.events.outbox import OUTBOX_TOPIC
from app.events.registry import NewDelivery
from app.models import Webhook
from app.services.webhooks.access import owned_webhook
from app.services.webhooks.delivery_log import COLUMNS, DeliveryView, delivery_view
from app.services.webhooks.messages import TEMPLATE_ERROR, Message, deliveries_of
from app.services.webhooks.receivers import Receiver

MOST: Final = 500
"""Messages that one request sends again; the next request goes on where this one ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeliverWebhook:
    """Either ids, or what was planned from `since` until before `until`, of these statuses (none: DEAD ones).

    `after_id` goes on behind the last delivery of an earlier answer.
    """

    webhook_id: str
    delivery_ids: Sequence[int] = ()
    since: datetime | None = None
    until: datetime | None = None
    after_id: int = 0
    statuses: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Redelivered:
    """How many messages go out again; `more` says that the stretch has others behind the one with id `last_id`."""

    count: int
    last_id: int | None
    more: bool


async def redeliver_webhook(ctx: RequestContext, command: RedeliverWebhook) -> Redelivered:
    """Send again, in the old order: a settled message as a new entry of the log, a waiting one at once.

    Bodies are sent as they were; one that its template could not make is made with the template of now.
    Raises NotFoundError, ForbiddenError (WH-6), InvalidInputError, InvalidStateError for a webhook that is off.
    """
    webhook = await owned_webhook(ctx, command.webhook_id, None)
    if not webhook.active:
        raise InvalidStateError("The webhook is switched off.")
    if bool(command.delivery_ids) == (command.since is not None):
        raise InvalidInputError.at("deliveryIds", "Give either ids or the beginning of a stretch of time.", "choice")
    if len(command.delivery_ids) > MOST:
        raise InvalidInputError.at("deliveryIds", f"At most {MOST} at once.", "maxItems")

    async def work(uow: UnitOfWork) -> Redelivered:
        found = [delivery_view(row) for row in await _rows(command)]
        _check_all_found(command, found)
        chosen, now = found[:MOST], ctx.now()
        await _hurry([each.id for each in chosen if each.status == "PENDING"], now)
        again = [_copy(webhook, each) for each in chosen if each.status != "PENDING"]
        await plan_deliveries(again, now)
        uow.hint(OUTBOX_TOPIC)
        return Redelivered(len(chosen), chosen[-1].id if chosen else None, len(found) > MOST)

    return await unit_of_work(ctx, work)


async def _rows(command: RedeliverWebhook) -> Sequence[Any]:
    if command.delivery_ids:
        text = f"SELECT {COLUMNS} FROM webhook_deliveries WHERE webhook_id = $1 AND id = ANY($2::bigint[]) ORDER BY id"  # noqa: S608
        return await raw.rows(text, command.webhook_id, list(command.delivery_ids))
    text = (
        f"SELECT {COLUMNS} FROM webhook_deliveries WHERE webhook_id = $1 AND status = ANY($2::text[])"  # noqa: S608
        " AND created_at >= $3::timestamptz AND ($4::timestamptz IS NULL OR created_at < $4::timestamptz)"
        " AND id > $5::bigint ORDER BY id LIMIT $6"
    )
    statuses = list(command.statuses) or ["DEAD"]
    return await raw.rows(text, command.webhook_id, statuses, command.since, command.until, command.after_id, MOST + 1)


def _check_all_found(command: RedeliverWebhook, found: list[DeliveryView]) -> None:
    missing = set(command.delivery_ids) - {each.id for each in found}
    if missing:
        raise NotFoundError(f"Delivery ({min(missing)}) not found", path=("deliveryIds",))


async def _hurry(ids: list[int], now: datetime) -> None:
    if ids:
        text = "UPDATE webhook_deliveries SET run_at = $2 WHERE id = ANY($1::bigint[]) AND status = 'PENDING'"
        await raw.execute(text, ids, now)


def _copy(webhook: Webhook, old: DeliveryView) -> NewDelivery:
    if old.error is not None and old.attempts == 0 and old.error.startswith(TEMPLATE_ERROR):
        return _made_anew(webhook, old)
    return NewDelivery(
        webhook_id=webhook.id,
        key=old.key,
        trigger=old.trigger,
        body=old.body,
        sequence=old.sequence,
        content_type=old.content_type,
    )


def _made_anew(webhook: Webhook, old: DeliveryView) -> NewDelivery:
    """What the log keeps of a message that could not be made is the body without a template."""
    kept = raw.loads(old.body)
    message = Message(trigger=old.trigger, key=old.key, fields=kept["payload"], sequence=old.sequence)
    receiver = Receiver(webhook.id, webhook.subscriber_url, webhook.payload_template)
    return deliveries_of(message, [receiver], datetime.fromisoformat(kept["createdAt"]))[0]
