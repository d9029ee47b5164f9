"""Sends what is due at the beginning and the end of meetings (WH-8) and when nobody has come (WH-10)."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from app.db import raw
from app.domain.locations import CAL_VIDEO
from app.events.jobs import RetryLaterError, enqueue, plan_deliveries
from app.events.outbox import OUTBOX_TOPIC
from app.events.registry import NewDelivery, NewJob, RunningJob, WorkContext
from app.services.webhooks.facts import BookingFacts, load_facts
from app.services.webhooks.flat import flat_fields, no_show_due_fields
from app.services.webhooks.meetings import ENDED, STARTED
from app.services.webhooks.messages import Message, deliveries_of, too_late
from app.services.webhooks.receivers import Question, Receiver, receivers_for_bookings
from app.services.webhooks.texts import from_epoch
from app.services.webhooks.triggers import NO_SHOW, Trigger

logger = logging.getLogger(__name__)

NO_SHOW_JOB: Final = "meeting.no-show"
TOO_LATE: Final = timedelta(days=1)
DEFAULT_DELAY: Final = timedelta(minutes=5)
_UNITS: Final = {"MINUTE": timedelta(minutes=1), "HOUR": timedelta(hours=1), "DAY": timedelta(days=1)}
_BEGINNING: Final = "SELECT 1 FROM jobs WHERE key = $1 AND (status = 'RUNNING' OR (status = 'DUE' AND run_at <= $2))"


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who was in the video room: `participants` as the provider tells of them, e-mail addresses in lower case."""

    participants: Sequence[Mapping[str, Any]] = ()
    emails: frozenset[str] = field(default_factory=frozenset)


AskAttendance = Callable[[BookingFacts], Awaitable[Attendance | None]]
"""Asks the video provider; None when nobody can know, and then nothing is claimed."""


async def nobody_knows(_: BookingFacts) -> Attendance | None:
    """The answer while no video provider is connected."""
    return None


async def meeting_due(context: WorkContext, job: RunningJob) -> None:
    """Tell that a meeting has begun or ended, unless it has been cancelled or moved meanwhile."""
    facts = (await load_facts([job.payload["bookingId"]])).get(job.payload["bookingId"])
    trigger = Trigger.MEETING_STARTED if job.kind == STARTED else Trigger.MEETING_ENDED
    at = job.payload["at"]
    if facts is None or facts.view.status != "ACCEPTED" or at not in {facts.view.start_s, facts.view.end_s}:
        return
    if job.kind == ENDED and await raw.value(_BEGINNING, f"{STARTED}:{facts.view.uid}", context.now()):
        raise RetryLaterError(timedelta(seconds=1))  # first things first
    questions = [Question(facts.view.id, each) for each in (trigger, *(NO_SHOW if job.kind == STARTED else ()))]
    told, *no_shows = await receivers_for_bookings(questions)
    message = Message(trigger=trigger, key=facts.view.uid, fields=flat_fields(facts), is_flat=True)
    await _write(context, message, told, at, _no_show_jobs(facts, no_shows))


def _no_show_jobs(facts: BookingFacts, receivers: Sequence[Sequence[Receiver]]) -> list[NewJob]:
    """WH-10: only meetings in the own video room; each webhook has a delay of its own."""
    if facts.view.location != CAL_VIDEO:
        return []
    start_s = facts.view.start_s
    return [
        NewJob(
            NO_SHOW_JOB,
            {"bookingId": facts.view.id, "at": start_s, "webhookId": each.webhook_id, "trigger": trigger},
            run_at=from_epoch(start_s) + delay_of(each),
        )
        for trigger, many in zip(NO_SHOW, receivers, strict=False)
        for each in many
    ]


def delay_of(receiver: Receiver) -> timedelta:
    """How long after the start a no-show webhook is asked; five minutes when it does not say."""
    if receiver.time is None:
        return DEFAULT_DELAY
    return receiver.time * _UNITS.get((receiver.time_unit or "MINUTE").upper(), timedelta(minutes=1))


def no_show_due(ask: AskAttendance) -> Callable[[WorkContext, RunningJob], Awaitable[None]]:
    """The handler that asks who came, marks who did not, and tells one webhook."""

    async def handle(context: WorkContext, job: RunningJob) -> None:
        told = job.payload
        facts = (await load_facts([told["bookingId"]])).get(told["bookingId"])
        if facts is None or facts.view.status != "ACCEPTED" or facts.view.start_s != told["at"]:
            return
        attendance = await ask(facts)
        if attendance is None or _came(facts, told["trigger"], attendance):
            return
        (receivers,) = await receivers_for_bookings([Question(facts.view.id, told["trigger"])])
        mine = [each for each in receivers if each.webhook_id == told["webhookId"]]
        if not mine:
            return
        await _mark(facts, told["trigger"])
        fields = no_show_due_fields(facts, told["trigger"], attendance.participants, mine[0])
        message = Message(trigger=told["trigger"], key=facts.view.uid, fields=fields, takes_template=False)
        await _write(context, message, mine, int((from_epoch(told["at"]) + delay_of(mine[0])).timestamp()), [])

    return handle


def _came(facts: BookingFacts, trigger: str, attendance: Attendance) -> bool:
    """Whether anybody of the side that the trigger watches has joined."""
    hosts = {host.email.lower() for host in facts.view.hosts}
    guests = {each.email.lower() for each in facts.view.attendees} - hosts
    side = hosts if trigger == Trigger.AFTER_HOSTS_CAL_VIDEO_NO_SHOW else guests
    return bool(side & attendance.emails)


async def _mark(facts: BookingFacts, trigger: str) -> None:
    if trigger == Trigger.AFTER_HOSTS_CAL_VIDEO_NO_SHOW:
        await raw.execute("UPDATE bookings SET host_absent = TRUE WHERE id = $1", facts.view.id)
    else:
        await raw.execute("UPDATE attendees SET absent = TRUE WHERE booking_id = $1 AND kind <> 'HOST'", facts.view.id)


async def _write(
    context: WorkContext, message: Message, receivers: Sequence[Receiver], at: int, jobs: Sequence[NewJob]
) -> None:
    now = context.now()
    late = now - from_epoch(at) > TOO_LATE
    if late and receivers:
        logger.warning("too late for webhooks", extra={"booking": message.key, "trigger": message.trigger})
    deliveries: list[NewDelivery] = (too_late if late else deliveries_of)(message, receivers, now)
    async with raw.transaction():
        await plan_deliveries(deliveries, now)
        await enqueue(jobs, now)
    await context.bus.publish([OUTBOX_TOPIC])
