"""Plans meetings that were accepted before the webhook existed (WH-8: so does the web, so does every path here)."""

from app.db import raw
from app.db.unit_of_work import UnitOfWork
from app.services.webhooks import backfill_sql
from app.services.webhooks.meetings import ENDED, STARTED
from app.services.webhooks.triggers import AT_START, Trigger


async def plan_for_webhook(uow: UnitOfWork, webhook_id: str) -> int:
    """Queue the meetings still to come that this webhook hears of; how many jobs are new.

    Call it in the transaction that adds a webhook or changes its triggers or its `active`.
    """
    now = uow.ctx.now()
    arguments = (webhook_id, int(now.timestamp()), now)
    started = await raw.execute(backfill_sql.AT_START, *arguments, [each.value for each in AT_START], STARTED)
    ended = await raw.execute(backfill_sql.AT_END, *arguments, [Trigger.MEETING_ENDED.value], ENDED)
    return started + ended
