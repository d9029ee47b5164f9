"""The rows of webhook deliveries: what is due, claiming it under a lease, writing how it went.

A delivery is PENDING until it is DELIVERED or DEAD. While `locked_until` lies ahead it belongs to one worker; its
number of attempts is the fencing token: who lost the lease no longer finds its own number and writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db import raw

PENDING = "PENDING"
DELIVERED = "DELIVERED"
DEAD = "DEAD"


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that could be sent, and where to."""

    id: int
    webhook_id: str
    url: str
    secret: str | None
    active: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that belongs to this worker until `lease` (UTC); `attempt` counts from 1."""

    due: Due
    body: str
    content_type: str
    trigger: str
    attempt: int
    created_at: datetime
    lease: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt went and what follows: DELIVERED, DEAD, or PENDING again from `run_at`."""

    status: str
    run_at: datetime
    response_status: int | None = None
    response_excerpt: str | None = None
    error: str | None = None
    duration_ms: int | None = None
    delivered_at: datetime | None = None


# One booking's messages to one webhook go out one after another: whoever has an earlier one open waits.
_FREE = """
d.status = 'PENDING' AND d.run_at <= {now} AND (d.locked_until IS NULL OR d.locked_until < {now})
   AND NOT EXISTS (SELECT 1 FROM webhook_deliveries e WHERE e.webhook_id = d.webhook_id AND e.key = d.key
                   AND e.status = 'PENDING' AND e.id < d.id)
"""
# CROSS JOIN keeps SQLite on the index of what is due; it would begin with the webhooks and sort everything.
_DUE = f"""
SELECT d.id, d.webhook_id, w.subscriber_url, w.secret, w.active
  FROM webhook_deliveries d CROSS JOIN webhooks w
 WHERE w.id = d.webhook_id AND d.webhook_id <> ALL($2::text[]) AND {_FREE.format(now="$1")}
 ORDER BY d.run_at LIMIT $3
"""  # noqa: S608 constants
_CLAIM = f"""
WITH free AS (SELECT d.id FROM webhook_deliveries d WHERE d.id = ANY($1::bigint[]) AND {_FREE.format(now="$2")}
              ORDER BY d.id FOR UPDATE OF d SKIP LOCKED)
UPDATE webhook_deliveries SET locked_until = $3, attempts = attempts + 1
 WHERE id IN (SELECT id FROM free)
RETURNING id, body, content_type, trigger, attempts, created_at
"""  # noqa: S608 constants
_SETTLE = """
UPDATE webhook_deliveries SET status = $3, run_at = $4, locked_until = NULL, response_status = $5,
       response_excerpt = $6, error = $7, duration_ms = $8, delivered_at = $9
 WHERE id = $1 AND attempts = $2 AND status = 'PENDING'
"""
_GIVE_BACK = """
UPDATE webhook_deliveries SET locked_until = NULL, attempts = attempts - 1
 WHERE id = $1 AND attempts = $2 AND status = 'PENDING'
"""
_FORGET = """
DELETE FROM webhook_deliveries WHERE id IN (
    SELECT id FROM webhook_deliveries WHERE status = $1 AND run_at < $2 LIMIT $3)
"""
_NEXT = """
SELECT (SELECT min(run_at) FROM webhook_deliveries WHERE status = 'PENDING' AND run_at > $1) AS next,
       (SELECT max(run_at) FROM webhook_deliveries WHERE status = 'PENDING') AS last
"""
_HURRY = "UPDATE webhook_deliveries SET run_at = $1 WHERE status = 'PENDING' AND run_at > $2"
_UNLOCK = "UPDATE webhook_deliveries SET locked_until = NULL WHERE status = 'PENDING' AND locked_until > $1"


async def find_due(now: datetime, without: Sequence[str], limit: int) -> list[Due]:
    """Deliveries that could be sent now, the longest due first; `without` are webhooks to leave out."""
    rows = await raw.rows(_DUE, now, list(without), limit)
    return [Due(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


async def next_due(now: datetime) -> tuple[datetime | None, datetime | None]:
    """When the next and the last of those that wait are due (UTC)."""
    row = await raw.row(_NEXT, now)
    return (raw.instant(row[0]), raw.instant(row[1])) if row else (None, None)


async def claim(wanted: Sequence[Due], now: datetime, lease: datetime) -> list[Claimed]:
    """Those of the wanted ones that nobody else took meanwhile, oldest first."""
    by_id = {due.id: due for due in wanted}
    rows = await raw.rows(_CLAIM, list(by_id), now, lease)
    claimed = [
        Claimed(by_id[row[0]], row[1], row[2], row[3], row[4], raw.instant(row[5]) or now, lease) for row in rows
    ]
    return sorted(claimed, key=lambda delivery: delivery.due.id)


async def settle(results: Sequence[tuple[Claimed, Outcome]]) -> None:
    """Write how attempts went; what somebody else has claimed meanwhile is theirs to write."""
    await raw.execute_many(
        _SETTLE,
        [
            (
                claimed.due.id,
                claimed.attempt,
                outcome.status,
                outcome.run_at,
                outcome.response_status,
                outcome.response_excerpt,
                outcome.error,
                outcome.duration_ms,
                outcome.delivered_at,
            )
            for claimed, outcome in results
        ],
    )


async def give_back(claimed: Sequence[Claimed]) -> None:
    """End leases of what was not sent, as if it had never been claimed."""
    await raw.execute_many(_GIVE_BACK, [(each.due.id, each.attempt) for each in claimed])


async def forget(before: datetime, batch: int = 1_000) -> None:
    """Delete what was settled before that instant."""
    for status in (DELIVERED, DEAD):
        while await raw.execute(_FORGET, status, before, batch) == batch:
            pass


async def hurry(now: datetime, latest: datetime) -> None:
    """Nothing waits longer than any pause or lease is: a later date is of a clock that was wrong."""
    await raw.execute(_HURRY, now, latest)
    await raw.execute(_UNLOCK, latest)
