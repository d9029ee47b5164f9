"""Tortoise models, one file per aggregate. Invariants live in the database (`migrations/models`), not here."""

from app.models.booking import Attendee, Booking, BookingHost, BookingReference, Seat, SlotHold, SlotHoldHost
from app.models.calendar import CalendarBusy, CalendarFeed, Credential, DestinationCalendar, SelectedCalendar
from app.models.event import EventLogEntry, IdempotencyRecord, Job, OutboxEntry, Webhook, WebhookDelivery
from app.models.event_type import EventType, Host
from app.models.mail import Mail
from app.models.schedule import Schedule, ScheduleOverride, ScheduleRow
from app.models.team import Membership, Team
from app.models.user import ApiKey, OutOfOffice, TravelSchedule, User

__all__ = [
    "ApiKey",
    "Attendee",
    "Booking",
    "BookingHost",
    "BookingReference",
    "CalendarBusy",
    "CalendarFeed",
    "Credential",
    "DestinationCalendar",
    "EventLogEntry",
    "EventType",
    "Host",
    "IdempotencyRecord",
    "Job",
    "Mail",
    "Membership",
    "OutOfOffice",
    "OutboxEntry",
    "Schedule",
    "ScheduleOverride",
    "ScheduleRow",
    "Seat",
    "SelectedCalendar",
    "SlotHold",
    "SlotHoldHost",
    "Team",
    "TravelSchedule",
    "User",
    "Webhook",
    "WebhookDelivery",
]
