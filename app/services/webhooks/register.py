"""Tells the worker what webhooks need of it."""

from app.events.registry import Registry
from app.services.webhooks.due import NO_SHOW_JOB, AskAttendance, meeting_due, no_show_due, nobody_knows
from app.services.webhooks.meetings import ENDED, STARTED, plan_meetings
from app.services.webhooks.plan import plan_webhooks


def register_webhooks(registry: Registry, *, attendance: AskAttendance = nobody_knows) -> None:
    """Add the planners of deliveries and of meetings, and the handlers of what is due."""
    registry.register_planner("webhooks", plan_webhooks)
    registry.register_planner("meetings", plan_meetings)
    registry.register_handler(STARTED, meeting_due)
    registry.register_handler(ENDED, meeting_due)
    registry.register_handler(NO_SHOW_JOB, no_show_due(attendance))
