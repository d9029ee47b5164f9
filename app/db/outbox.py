"""State changes that must leave the system, written in the transaction that made them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.db.sql import dumps
from app.db.statements import Part


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """One state change: what happened, to what (`key` orders events), whom to hint, and the ids it concerns."""

    type: str
    key: str
    topics: tuple[str, ...] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)
    user_id: int | None = None
    team_id: int | None = None
    event_type_id: int | None = None
    booking_id: int | None = None


_COLUMNS = "type, key, topics, payload, user_id, team_id, event_type_id, booking_id, created_at"
_CASTS = ("text", "text", "jsonb", "jsonb", "int", "int", "int", "int", "timestamptz")


def outbox_part(events: list[OutboxEvent], now: datetime) -> Part:
    """The insert of all events, as one statement."""
    values: list[Any] = []
    for event in events:
        values += [event.type, event.key, dumps(event.topics), dumps(event.payload), event.user_id, event.team_id]
        values += [event.event_type_id, event.booking_id, now]
    one = ", ".join(f"{{}}::{cast}" for cast in _CASTS)
    rows = ", ".join(f"({one})" for _ in events)
    return Part(f"INSERT INTO outbox ({_COLUMNS}) VALUES {rows}", values)
