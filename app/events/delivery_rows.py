"""The rows of webhook deliveries: what is due, claiming it under a lease, writing how it went.

A delivery is PENDING until it is DELIVERED or DEAD. While `locked_until` lies ahead it belongs to one worker; its
number of attempts is the fencing token: who lost the lease no longer finds its own number and writes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.db import raw
from app.events.clock import Moment, WorkTable

TABLE = WorkTable("webhook_deliveries", pausing="status = 'PENDING'", held="status = 'PENDING'")

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
    """A delivery that belongs to this worker until `good_until` (steady seconds); `attempt` counts from 1."""

    due: Due
    body: str
    content_type: str
    trigger: str
    attempt: int
    created_at: datetime
    good_until: float


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
d.status = 'PENDING' AND d.run_at <= {now} AND (d.locked_until IS NULL OR d.locked_until < {leases_end})
   AND NOT EXISTS (SELECT 1 FROM webhook_deliveries e WHERE e.webhook_id = d.webhook_id AND e.key = d.key
                   AND e.status = 'PENDING' AND e.id < d.id)
"""
# CROSS JOIN keeps SQLite on the index of what is due; it would begin with the webhooks and sort everything.
_DUE = f"""
SELECT d.id, d.webhook_id, w.subscriber_url, w.secret, w.active
  FROM webhook_deliveries d CROSS JOIN webhooks w
 WHERE w.id = d.webhook_id AND d.webhook_id <> ALL($3::text[]) AND d.id <> ALL($4::bigint[])
   AND {_FREE.format(now="$1", leases_end="$2")}
 ORDER BY d.run_at LIMIT $5
"""  # noqa: S608 constants
_CLAIM = f"""
WITH free AS (SELECT d.id FROM webhook_deliveries d
               WHERE d.id = ANY($1::bigint[]) AND {_FREE.format(now="$2", leases_end="$4")}
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
_NEXT = "SELECT min(run_at) FROM webhook_deliveries WHERE status = 'PENDING' AND run_at > $1"


async def find_due(at: Moment, limit: int, *, but: Collection[int] = (), without: Collection[str] = ()) -> list[Due]:
    """Deliveries that could be sent now, the longest due first; but for those ids, without those webhooks."""
    rows = await raw.rows(_DUE, at.now, at.leases_end, sorted(without), sorted(but), limit)
    return [Due(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


async def next_due(now: datetime) -> datetime | None:
    """When the next of those that wait is due (UTC)."""
    return raw.instant(await raw.value(_NEXT, now))


async def claim(wanted: Sequence[Due], at: Moment, lease: timedelta, good_until: float) -> list[Claimed]:
    """Those of the wanted ones that nobody else took meanwhile, oldest first."""
    by_id = {due.id: due for due in wanted}
    rows = await raw.rows(_CLAIM, list(by_id), at.now, at.now + lease, at.leases_end)
    claimed = [
        Claimed(by_id[row[0]], row[1], row[2], row[3], row[4], raw.instant(row[5]) or at.now, good_until)
        for row in rows
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
