"""Gives the worker its part in mail: planning, sending, forgetting."""

from datetime import timedelta

from app.db import raw
from app.events.registry import Every, Registry, WorkContext
from app.integrations.mail.mailer import Mailer
from app.services.mails.deliver import TIME_LIMIT, MailDelivery, backoff
from app.services.mails.plan import MailPlanner
from app.services.mails.planned import SEND
from app.services.mails.reminders import REMIND, Reminding

_LOST = """
UPDATE mails SET status = 'DEAD', settled_at = $1, error = coalesce(error, 'The worker was lost too often.')
 WHERE status = 'PENDING' AND created_at < $2
"""


def register_mails(registry: Registry, mailer: Mailer) -> None:
    """Plan mails of new events, send them, and remove old ones."""
    registry.register_planner("mails", MailPlanner(mailer))
    registry.register_handler(SEND, MailDelivery(mailer), time_limit=TIME_LIMIT, backoff=backoff)
    registry.register_handler(REMIND, Reminding(mailer))
    registry.register_closer(mailer.close)
    registry.register_cron("mail-retention", Every(timedelta(hours=1)), _forget)


async def _forget(context: WorkContext) -> None:
    """Mails go with the events that caused them; one that nobody has sent for a week never will be."""
    now = context.now()
    await raw.execute(_LOST, now, now - timedelta(days=7))
    await raw.execute(
        "DELETE FROM mails WHERE created_at < $1 AND status <> 'PENDING'", now - context.settings.event_retention
    )
