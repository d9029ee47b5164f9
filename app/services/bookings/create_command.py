"""What is asked for when booking (BK-1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.services.slots.refs import EventTypeRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Booker:
    """Who books (BK-2): needs an e-mail address or a phone number; `time_zone` is an IANA name."""

    name: str
    time_zone: str
    email: str | None = None
    phone_number: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBooking:
    """One wish to book.

    `location` is the contract's object (`{"type": "attendeePhone", "phone": ...}`, BK-7) or plain text. `responses` are
    the answers to booking fields by slug. `recurrence_count` asks for a shorter series than the event type's (BK-39).
    `hold` is the caller's reservation, removed with the booking (RS-7). `expected_version` is the slots version the
    caller has seen. A `dry_run` checks everything and writes nothing (WH-9).

    Clients of older interfaces say `end` instead of `length_minutes`, which may also be the default length; and they
    book a recurring event type once (`once`), or send every occurrence. With `any_location` the answer to the location
    field is not held against the event type's places, as there.
    """

    event_type: EventTypeRef
    start: datetime
    attendee: Booker
    length_minutes: int | None = None
    responses: Mapping[str, Any] = field(default_factory=dict)
    guests: tuple[str, ...] = ()
    location: Mapping[str, Any] | str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    recurrence_count: int | None = None
    instant: bool = False
    hold: str | None = None
    expected_version: int | None = None
    idempotency_key: str | None = None
    dry_run: bool = False
    creation_source: str | None = None
    end: datetime | None = None
    once: bool = False
    any_location: bool = False
