"""Ends holds at the instant they expire, so that everybody who watches sees the slot come back (RS-1)."""

from datetime import UTC, datetime

from app.context import ANONYMOUS, RequestContext
from app.db import raw
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.events.outbox import EventType, OutboxEvent, event_type_topic, host_topic
from app.events.registry import WorkContext

BATCH = 100


async def next_expiry() -> datetime | None:
    """When the next hold ends (UTC); None when nothing is held."""
    seconds = await raw.value("SELECT min(expires_s) FROM slot_holds")
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


async def expire_holds(context: WorkContext) -> int:
    """Remove holds that have expired, with an event each; how many. Safe to run in several processes."""
    ctx = RequestContext(ANONYMOUS, context.settings, context.bus, now=context.now, random=context.random)
    total = 0
    while count := await unit_of_work(ctx, _expire_some):
        total += count
        if count < BATCH:
            break
    return total


async def _expire_some(uow: UnitOfWork) -> int:
    now_s = int(uow.ctx.now().timestamp())
    holds = await raw.rows(
        "SELECT id, uid, event_type_id, released FROM slot_holds WHERE expires_s <= $1"
        " ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED",
        now_s,
        BATCH,
    )
    ids = [hold["id"] for hold in holds]
    hosts = await raw.rows("SELECT hold_id, host_id FROM slot_hold_hosts WHERE hold_id = ANY($1)", ids) if ids else []
    by_hold: dict[int, list[int]] = {}
    for row in hosts:
        by_hold.setdefault(row["hold_id"], []).append(row["host_id"])
    for hold in holds:
        if not hold["released"]:  # its release has been told
            _tell(uow, hold, by_hold.get(hold["id"], []))
    if ids:
        await raw.execute("DELETE FROM slot_hold_hosts WHERE hold_id = ANY($1)", ids)
        await raw.execute("DELETE FROM slot_holds WHERE id = ANY($1)", ids)
    return len(ids)


def _tell(uow: UnitOfWork, hold: raw.Row, host_ids: list[int]) -> None:
    event_type_id = hold["event_type_id"]
    uow.bump_hosts(host_ids)
    uow.bump_event_type(event_type_id)
    uow.record(
        OutboxEvent(
            type=EventType.HOLD_EXPIRED,
            key=f"hold:{hold['uid']}",
            topics=(event_type_topic(event_type_id), *(host_topic(host_id) for host_id in host_ids)),
            payload={"uid": hold["uid"], "eventTypeId": event_type_id, "hostIds": host_ids},
            event_type_id=event_type_id,
        )
    )
