"""Write new bookings by one statement on PostgreSQL."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.context import RequestContext
from app.db import raw
from app.db.errors import TryAgainError, meaning_of
from app.db.unit_of_work import now_us
from app.errors import ServiceUnavailableError
from app.events.outbox import OUTBOX_TOPIC, booking_topic
from app.services.bookings.changes import caller_facts, shared_topics
from app.services.bookings.insert_sql import arguments, one_statement
from app.services.bookings.planning import Inserted, NewAttendee, NewBookings
from app.services.bookings.profile import SeenVersions

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions:
    """How to write: the event to tell, whether unchanged hosts are a condition, the hold to remove (RS-7).

    `topics` are told beside those of the new bookings; only `insert_in` knows them, and only `insert_at_once` what
    was `seen`.
    """

    event: str
    seen: SeenVersions = field(default_factory=SeenVersions)
    guard: bool = False
    bump_event_type: bool = False
    hold: str | None = None
    payload: Mapping[str, Any] | None = None
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What the statement answers; `version` is the slots version after it."""

    bookings: tuple[Inserted, ...]
    version: int


async def insert_at_once(ctx: RequestContext, new: NewBookings, options: WriteOptions) -> Written | None:
    """Write everything in one statement; None when the guard saw a change, so that nothing was written.

    Raises ConstraintError when a host is no longer free. PostgreSQL only.
    """
    topics = shared_topics(new.host_ids, new.event_type_id, new.team_id)
    values = _booking_values(new) | _change_values(ctx, new, options, topics)
    found = await raw.rows(one_statement(), *arguments(values))
    if not found:
        return None
    by_uid = {row["uid"]: Inserted(row["id"], row["uid"], tuple(row["attendee_ids"] or ())) for row in found}
    await _publish(ctx, new, topics)
    return Written(tuple(by_uid[occurrence.uid] for occurrence in new.occurrences), found[0]["version"])


def was_deadlock(error: ServiceUnavailableError) -> bool:
    """Whether the statement was rolled back because two writers met, so that trying again is safe."""
    return error.__cause__ is not None and isinstance(meaning_of(error.__cause__), TryAgainError)


def _booking_values(new: NewBookings) -> dict[str, Any]:
    return {
        "event_type_id": new.event_type_id,
        "organizer_id": new.organizer_id,
        "team_id": new.team_id,
        "status": new.status.value,
        "description": new.description,
        "location": new.location,
        "meeting_url": new.meeting_url,
        "responses": None if new.responses is None else raw.dumps(new.responses),
        "metadata": raw.dumps(new.metadata or {}),
        "recurring_uid": new.recurring_uid,
        "rescheduling_reason": new.rescheduling_reason,
        "booker_email": new.booker_email,
        "sms": new.sms_reminder_number,
        "source": new.creation_source,
        "join_token": new.join_token,
        "join_expires": new.join_token_expires_at,
        "now": new.now,
        "occurrences": raw.dumps([one._asdict() for one in new.occurrences]),
        "blocks": new.blocks,
        "blocks_same_type": new.blocks_same_type,
        "people": raw.dumps([_person(position, one) for position, one in enumerate(new.attendees)]),
        "host_ids": list(new.host_ids),
    }


def _person(position: int, one: NewAttendee) -> dict[str, Any]:
    person = one.person
    return {
        "position": position,
        "kind": one.kind.value,
        "user_id": one.user_id,
        "email": person.email,
        "name": person.name,
        "time_zone": person.zone,
        "locale": person.language,
        "phone_number": person.phone,
    }


def _change_values(
    ctx: RequestContext, new: NewBookings, options: WriteOptions, topics: Sequence[str]
) -> dict[str, Any]:
    return {
        "now_us": now_us(ctx),
        "host_versions": options.seen.of_hosts(new.host_ids),
        "guard": options.guard,
        "bump_event_type": options.bump_event_type and new.event_type_id is not None,
        "event_type_version": options.seen.event_type,
        "event": options.event,
        "topics": raw.dumps(topics),
        "payload": raw.dumps(event_payload(ctx, new, options)),
        "hold": options.hold,
    }


def event_payload(ctx: RequestContext, new: NewBookings, options: WriteOptions) -> dict[str, Any]:
    """The facts of the change that the booking's row does not keep."""
    return {"hostIds": list(new.host_ids), **caller_facts(ctx.actor), **(options.payload or {})}


async def _publish(ctx: RequestContext, new: NewBookings, topics: Sequence[str]) -> None:
    try:
        await ctx.bus.publish([OUTBOX_TOPIC, *topics, *(booking_topic(one.uid) for one in new.occurrences)])
    except Exception:
        # Hints only: whoever misses one finds the change in the database.
        logger.warning("Hints could not be published", exc_info=True)
