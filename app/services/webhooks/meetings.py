"""Messages that are due when a meeting begins or ends (WH-8): planned when it is accepted, dropped when it is not.

A job stands for a booking and an instant, not for a webhook: who is told is asked when it is due, so webhooks that were
added, changed or removed meanwhile count as they are then, and the body says what is true then.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from app.events.log import LoggedEvent
from app.events.outbox import EventType
from app.events.registry import DropJobs, NewJob, Planned, WorkContext
from app.services.bookings.changes import INSTANT_CLAIMED
from app.services.webhooks.facts import BookingFacts, load_facts
from app.services.webhooks.receivers import Question, anybody_for, receivers_for_bookings
from app.services.webhooks.texts import from_epoch
from app.services.webhooks.triggers import AT_START, Trigger

STARTED: Final = "meeting.started"
ENDED: Final = "meeting.ended"

_BEGINS: Final = {
    EventType.BOOKING_CREATED,
    EventType.BOOKING_CONFIRMED,
    EventType.BOOKING_RESCHEDULED,
    EventType.BOOKING_EDITED,
    INSTANT_CLAIMED,
}
_ENDS: Final = {
    EventType.BOOKING_CANCELLED,
    EventType.BOOKING_DECLINED,
    EventType.BOOKING_EDITED,
    EventType.BOOKING_RESCHEDULE_REQUESTED,
}
_TRIGGERS: Final = (*AT_START, Trigger.MEETING_ENDED)


async def plan_meetings(context: WorkContext, events: Sequence[LoggedEvent]) -> list[Planned]:
    """Jobs for accepted meetings that somebody wants to hear of; what has moved loses its old ones first."""
    plans: list[Planned] = [drop for event in events for drop in _dropped(event)]
    begun = {event.booking_id or 0: event for event in events if event.type in _BEGINS}
    if not begun or not await anybody_for(_TRIGGERS):
        return plans
    wanted = await _wanted(begun)
    facts = await load_facts(wanted)
    for booking_id, triggers in wanted.items():
        if booking_id in facts:
            plans += _jobs(facts[booking_id], triggers, begun[booking_id])
    return plans


async def _wanted(ids: Iterable[int]) -> dict[int, set[str]]:
    questions = [Question(booking_id, trigger) for booking_id in ids for trigger in _TRIGGERS]
    found: dict[int, set[str]] = {}
    for question, receivers in zip(questions, await receivers_for_bookings(questions), strict=True):
        if receivers:
            found.setdefault(question.booking_id, set()).add(question.trigger)
    return found


def _dropped(event: LoggedEvent) -> list[DropJobs]:
    uids: list[str] = []
    if event.type in _ENDS:
        uids.append(event.key)
    if event.type in {EventType.BOOKING_RESCHEDULED, EventType.BOOKING_REQUESTED}:
        # Where a seat has left, others may stay; a booking that has ended after all is noticed when it is due.
        old = event.payload.get("rescheduleUid")
        uids += [old] if old and not event.payload.get("seatUid") else []
    return [DropJobs(kind, f"{kind}:{uid}") for uid in uids for kind in (STARTED, ENDED)]


def _jobs(facts: BookingFacts, triggers: set[str], event: LoggedEvent) -> list[Planned]:
    view = facts.view
    if view.status != "ACCEPTED":
        return []
    at = {STARTED: view.start_s} if triggers.intersection(AT_START) else {}
    at |= {ENDED: view.end_s} if Trigger.MEETING_ENDED in triggers else {}
    first = int(event.occurred_at.timestamp())
    first -= 86_400 if event.type == INSTANT_CLAIMED else 0  # it begins before somebody takes it
    return [
        NewJob(kind, {"bookingId": view.id, "at": epoch}, key=f"{kind}:{view.uid}", run_at=from_epoch(epoch))
        for kind, epoch in at.items()
        if epoch > first
    ]
