"""Recurring clean-up: what has served its time leaves the database."""

from datetime import timedelta

from app.db import raw
from app.events import delivery_rows
from app.events.log import prune
from app.events.registry import Every, Registry, WorkContext

KEEP_FINISHED_JOBS = timedelta(days=1)


def register_housekeeping(registry: Registry) -> None:
    """Add the clean-up of the event log, idempotency records, jobs and deliveries."""
    registry.register_cron("event-log-retention", Every(timedelta(hours=1)), _prune_log)
    registry.register_cron("idempotency-records", Every(timedelta(minutes=10)), _forget_answers)
    registry.register_cron("finished-jobs", Every(timedelta(hours=1)), _forget_jobs)
    registry.register_cron("settled-deliveries", Every(timedelta(hours=1)), _forget_deliveries)


async def _prune_log(context: WorkContext) -> None:
    await prune(now=context.now(), retention=context.settings.event_retention)


async def _forget_answers(context: WorkContext) -> None:
    await raw.execute("DELETE FROM idempotency_records WHERE expires_at < $1", context.now())


async def _forget_jobs(context: WorkContext) -> None:
    now = context.now()
    await raw.execute("DELETE FROM jobs WHERE status = 'DONE' AND finished_at < $1", now - KEEP_FINISHED_JOBS)
    dead_before = now - context.settings.event_retention
    await raw.execute("DELETE FROM jobs WHERE status = 'DEAD' AND finished_at < $1", dead_before)


async def _forget_deliveries(context: WorkContext) -> None:
    await delivery_rows.forget(context.now() - context.settings.event_retention)
