"""What a state change says to the world: the names of changes and of the topics they are hinted at under.

`uow.record(OutboxEvent(...))` writes one in its transaction. `type` is an `EventType` or a name of an extension; `key`
orders events (a booking's uid); `payload` holds JSON values: ids and facts, instants as ISO 8601 in UTC. Writers of one
key must exclude each other (lock the row that the key names) before they record, so that ids follow commits.
"""

from enum import StrEnum, unique

from app.db.outbox import OutboxEvent

__all__ = [
    "EVENT_LOG_TOPIC",
    "OUTBOX_TOPIC",
    "EventType",
    "OutboxEvent",
    "booking_topic",
    "event_type_topic",
    "host_topic",
    "schedule_topic",
    "team_bookings_topic",
    "user_bookings_topic",
]

OUTBOX_TOPIC = "outbox"
"""Work waits for the relay or the job runner."""

EVENT_LOG_TOPIC = "event-log"
"""The event log has grown; every process tells its listeners (`app.events.tail`)."""


@unique
class EventType(StrEnum):
    """Names of the changes that are written to the outbox; consumers ignore names that they do not know."""

    BOOKING_CREATED = "booking.created"
    BOOKING_REQUESTED = "booking.requested"
    BOOKING_CONFIRMED = "booking.confirmed"
    BOOKING_DECLINED = "booking.declined"
    BOOKING_RESCHEDULED = "booking.rescheduled"
    BOOKING_CANCELLED = "booking.cancelled"
    BOOKING_RESCHEDULE_REQUESTED = "booking.reschedule-requested"
    BOOKING_REASSIGNED = "booking.reassigned"
    BOOKING_EDITED = "booking.edited"
    BOOKING_ABSENCE_MARKED = "booking.absence-marked"
    BOOKING_SEAT_TAKEN = "booking.seat-taken"
    BOOKING_SEAT_LEFT = "booking.seat-left"
    BOOKING_SEAT_MOVED = "booking.seat-moved"
    HOLD_TAKEN = "hold.taken"
    HOLD_CHANGED = "hold.changed"
    HOLD_RELEASED = "hold.released"
    HOLD_EXPIRED = "hold.expired"
    SCHEDULE_CHANGED = "schedule.changed"
    OUT_OF_OFFICE_CHANGED = "out-of-office.changed"
    EVENT_TYPE_CHANGED = "event-type.changed"
    TEAM_CHANGED = "team.changed"
    USER_CHANGED = "user.changed"


def host_topic(user_id: int) -> str:
    """The host's free time may have changed."""
    return f"host:{user_id}"


def event_type_topic(event_type_id: int) -> str:
    """The event type, its hosts or its limits may have changed."""
    return f"event-type:{event_type_id}"


def schedule_topic(schedule_id: int) -> str:
    """The schedule was edited."""
    return f"schedule:{schedule_id}"


def user_bookings_topic(user_id: int) -> str:
    """A booking of this user (as host or owner) changed."""
    return f"user-bookings:{user_id}"


def team_bookings_topic(team_id: int) -> str:
    """A booking of this team changed."""
    return f"team-bookings:{team_id}"


def booking_topic(uid: str) -> str:
    """This booking changed."""
    return f"booking:{uid}"
