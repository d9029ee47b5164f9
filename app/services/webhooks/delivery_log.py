"""What was sent to a webhook and how it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.context import RequestContext
from app.db import raw
from app.services.webhooks.access import owned_webhook

MAX_PAGE: Final = 101

COLUMNS: Final = (
    "id, webhook_id, sequence, key, trigger, body, content_type, status, attempts, run_at, response_status,"
    " response_excerpt, error, duration_ms, created_at, delivered_at"
)


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One message: `sequence` is that of its event in the log, `key` what it is ordered by (a booking's uid).

    `run_at` is when a PENDING one is tried next; `error` and the response are those of the last attempt.
    """

    id: int
    webhook_id: str
    sequence: int | None
    key: str
    trigger: str
    body: str
    content_type: str
    status: str
    attempts: int
    run_at: datetime
    response_status: int | None
    response_excerpt: str | None
    error: str | None
    duration_ms: int | None
    created_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDeliveries:
    """Deliveries of one webhook, the newest first; `after` and `before` are ids of others, `backward` the other way."""

    webhook_id: str
    statuses: Sequence[str] = ()
    triggers: Sequence[str] = ()
    limit: int = 25
    after: int | None = None
    before: int | None = None
    backward: bool = False


async def list_deliveries(ctx: RequestContext, command: ListDeliveries) -> list[DeliveryView]:
    """A page of the delivery log, at most 101. Raises NotFoundError, ForbiddenError (WH-6)."""
    await owned_webhook(ctx, command.webhook_id, None)
    order = "ASC" if command.backward else "DESC"
    where, params = _conditions(command)
    rows = await raw.rows(
        f"SELECT {COLUMNS} FROM webhook_deliveries WHERE {where} AND ($4::bigint IS NULL OR id < $4::bigint)"  # noqa: S608
        f" AND ($5::bigint IS NULL OR id > $5::bigint) ORDER BY id {order} LIMIT $6",
        *params,
        command.after,
        command.before,
        min(command.limit, MAX_PAGE),
    )
    return [delivery_view(row) for row in rows]


async def count_deliveries(ctx: RequestContext, command: ListDeliveries) -> int:
    """How many the whole list has. Raises as `list_deliveries`."""
    await owned_webhook(ctx, command.webhook_id, None)
    where, params = _conditions(command)
    return int(await raw.value(f"SELECT count(*) FROM webhook_deliveries WHERE {where}", *params))  # noqa: S608


def _conditions(command: ListDeliveries) -> tuple[str, tuple[Any, ...]]:
    statuses = list(command.statuses) or ["PENDING", "DELIVERED", "DEAD"]
    any_trigger = "" if command.triggers else "TRUE OR "
    where = f"webhook_id = $1::text AND status = ANY($2::text[]) AND ({any_trigger}trigger = ANY($3::text[]))"
    return where, (command.webhook_id, statuses, list(command.triggers))


def delivery_view(row: Any) -> DeliveryView:
    """The view of a row with `COLUMNS`."""
    values = {name: row[name] for name in DeliveryView.__slots__}
    for name in ("run_at", "created_at", "delivered_at"):
        values[name] = raw.instant(values[name])
    return DeliveryView(**values)
