"""What webhooks hear of new events: asked by the relay, in its transaction (WH-3, WH-7)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.db import raw
from app.events.log import LoggedEvent
from app.events.outbox import EventType
from app.events.registry import Planned, WorkContext
from app.services.bookings.changes import INSTANT_REQUESTED
from app.services.webhooks.facts import BookingFacts, load_facts
from app.services.webhooks.messages import Message, deliveries_of
from app.services.webhooks.out_of_office import is_new_entry, out_of_office_fields
from app.services.webhooks.payloads import (
    Fields,
    booking_fields,
    cancelled_fields,
    first_seat,
    instant_fields,
    moved_fields,
    no_show_fields,
    person,
    told_answers,
)
from app.services.webhooks.receivers import Question, Receiver, receivers_for_bookings, receivers_for_user
from app.services.webhooks.triggers import Trigger

_TRIGGERS: Mapping[str, Trigger] = {
    EventType.BOOKING_CREATED: Trigger.BOOKING_CREATED,
    EventType.BOOKING_CONFIRMED: Trigger.BOOKING_CREATED,
    EventType.BOOKING_SEAT_TAKEN: Trigger.BOOKING_CREATED,
    EventType.BOOKING_REQUESTED: Trigger.BOOKING_REQUESTED,
    EventType.BOOKING_RESCHEDULED: Trigger.BOOKING_RESCHEDULED,
    EventType.BOOKING_SEAT_MOVED: Trigger.BOOKING_RESCHEDULED,
    EventType.BOOKING_CANCELLED: Trigger.BOOKING_CANCELLED,
    EventType.BOOKING_SEAT_LEFT: Trigger.BOOKING_CANCELLED,
    EventType.BOOKING_RESCHEDULE_REQUESTED: Trigger.BOOKING_CANCELLED,
    EventType.BOOKING_DECLINED: Trigger.BOOKING_REJECTED,
    EventType.BOOKING_ABSENCE_MARKED: Trigger.BOOKING_NO_SHOW_UPDATED,
    INSTANT_REQUESTED: Trigger.INSTANT_MEETING,
}
_STATUS = {
    Trigger.BOOKING_REQUESTED: "PENDING",
    Trigger.BOOKING_CANCELLED: "CANCELLED",
    Trigger.BOOKING_REJECTED: "REJECTED",
}
_CANCELLED = "SELECT DISTINCT key, sequence FROM event_log WHERE key = ANY($1::text[]) AND type = 'booking.cancelled'"


@dataclass(frozen=True, slots=True)
class _News:
    """An event and what webhooks call it."""

    event: LoggedEvent
    trigger: Trigger


async def plan_webhooks(context: WorkContext, events: Sequence[LoggedEvent]) -> list[Planned]:
    """The deliveries that follow from these events; two statements, or five when anybody listens."""
    news = await _without_last_seats([each for event in events if (each := _news(event)) is not None])
    answers = await receivers_for_bookings([Question(_booking_id(each.event), each.trigger) for each in news])
    heard = [(each, receivers) for each, receivers in zip(news, answers, strict=True) if receivers]
    facts = await load_facts({_booking_id(each.event) for each, _ in heard})
    plans: list[Planned] = []
    for each, receivers in heard:
        about = facts.get(_booking_id(each.event))
        if about is not None:
            plans += deliveries_of(_message(context, each, about), receivers, context.now())
    for event in events:
        plans += await _away(context, event)
    return plans


def _booking_id(event: LoggedEvent) -> int:
    return event.booking_id or 0


def _news(event: LoggedEvent) -> _News | None:
    trigger = _TRIGGERS.get(event.type)
    if trigger is None or event.booking_id is None:
        return None
    if event.payload.get("moved"):  # the seat has gone elsewhere; that is told there
        return None
    if trigger is Trigger.BOOKING_NO_SHOW_UPDATED and not event.payload.get("attendees"):
        return None
    return _News(event, trigger)


async def _without_last_seats(news: list[_News]) -> list[_News]:
    """The last seat to leave cancels the booking: that is told once, by the event that knows who has left."""
    leaving = {each.event.key for each in news if each.event.type == EventType.BOOKING_SEAT_LEFT}
    if not leaving:
        return news
    ended = {row["key"]: row["sequence"] for row in await raw.rows(_CANCELLED, sorted(leaving))}
    last = {each.event.key for each in news if _is_last_seat(each.event, ended)}
    here = {each.event.sequence for each in news}
    kept = [each for each in news if each.event.type != EventType.BOOKING_CANCELLED or each.event.key not in last]
    return [each for each in kept if not _is_last_seat(each.event, ended) or ended[each.event.key] in here]


def _is_last_seat(event: LoggedEvent, ended: Mapping[str, int]) -> bool:
    return event.type == EventType.BOOKING_SEAT_LEFT and ended.get(event.key, event.sequence) < event.sequence


def _message(context: WorkContext, news: _News, facts: BookingFacts) -> Message:
    event = news.event
    fields = _FIELDS[news.trigger](context, news, facts)
    return Message(trigger=news.trigger, key=event.key, fields=fields, sequence=event.sequence)


def _common(context: WorkContext, news: _News, facts: BookingFacts) -> Fields:
    """WH-11: what was created or moved is ACCEPTED, whatever has become of it since."""
    status = _STATUS.get(news.trigger, "ACCEPTED")
    seat_uid = news.event.payload.get("seatUid")
    if seat_uid is None and news.trigger is Trigger.BOOKING_CREATED:
        seat_uid = first_seat(facts.view)  # whoever opened the booking
    return booking_fields(facts, context.settings.booker_url, status=status, seat_uid=seat_uid)


def _requested(context: WorkContext, news: _News, facts: BookingFacts) -> Fields:
    told = news.event.payload
    moved = moved_fields(told) if told.get("rescheduleUid") else {}
    return {**_common(context, news, facts), **moved}


def _rescheduled(context: WorkContext, news: _News, facts: BookingFacts) -> Fields:
    return {**_common(context, news, facts), **moved_fields(news.event.payload)}


def _cancelled(context: WorkContext, news: _News, facts: BookingFacts) -> Fields:
    told = news.event.payload
    if news.event.type == EventType.BOOKING_RESCHEDULE_REQUESTED:  # LC-13
        told = {**told, "reason": f"Please reschedule. {told['reason'] or ''}".rstrip()}
    fields = {**_common(context, news, facts), **cancelled_fields(facts, told)}
    return {**fields, **_left(told, facts)} if news.event.type == EventType.BOOKING_SEAT_LEFT else fields


def _left(told: Mapping[str, Any], facts: BookingFacts) -> Fields:
    """One attendee has cancelled: the message is about them; their row is gone."""
    who = told.get("attendee")
    if not who:
        return {}
    about = person(who["name"], who["email"], who["timeZone"], who["locale"], facts.view.start_s)
    answers = who.get("responses") or {}
    return {
        "attendees": [{**about, "phoneNumber": who["phoneNumber"]}],
        "attendeeSeatId": told.get("seatUid"),
        "additionalNotes": answers.get("notes") or "",
        "description": facts.description or answers.get("notes") or "",
        **told_answers(facts, answers),
    }


def _rejected(context: WorkContext, news: _News, facts: BookingFacts) -> Fields:
    return {**_common(context, news, facts), "rejectionReason": news.event.payload.get("reason") or ""}


def _absent(_: WorkContext, news: _News, facts: BookingFacts) -> Fields:
    return no_show_fields(facts, news.event.payload)


def _instant(context: WorkContext, news: _News, facts: BookingFacts) -> Fields:
    return instant_fields(facts, news.event.payload, context.settings.booker_url, news.trigger)


_FIELDS: Mapping[Trigger, Callable[[WorkContext, _News, BookingFacts], Fields]] = {
    Trigger.BOOKING_CREATED: _common,
    Trigger.BOOKING_REQUESTED: _requested,
    Trigger.BOOKING_RESCHEDULED: _rescheduled,
    Trigger.BOOKING_CANCELLED: _cancelled,
    Trigger.BOOKING_REJECTED: _rejected,
    Trigger.BOOKING_NO_SHOW_UPDATED: _absent,
    Trigger.INSTANT_MEETING: _instant,
}


async def _away(context: WorkContext, event: LoggedEvent) -> Sequence[Planned]:
    if event.type != EventType.OUT_OF_OFFICE_CHANGED or event.user_id is None or not is_new_entry(event):
        return ()
    receivers: list[Receiver] = await receivers_for_user(event.user_id, Trigger.OOO_CREATED)
    if not receivers:
        return ()
    fields = await out_of_office_fields(event)
    message = Message(trigger=Trigger.OOO_CREATED, key=event.key, fields=fields, sequence=event.sequence)
    return deliveries_of(message, receivers, context.now())
