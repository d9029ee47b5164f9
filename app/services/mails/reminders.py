"""EM-1: the organizer is reminded of a request that nobody has decided: after 3, 24 and 48 hours, while it can be.

A job stands for a request and an hour. When it is due, it looks whether there is still something to decide, so a job
that nobody has dropped does no harm.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from app.db import raw
from app.events.jobs import enqueue
from app.events.log import LoggedEvent
from app.events.outbox import EventType
from app.events.registry import DropJobs, NewJob, Planned, RunningJob, WorkContext
from app.integrations.mail.mailer import Mailer
from app.services.bookings.views import BookingView
from app.services.mails.content import BookingContent, MailKind
from app.services.mails.facts import Facts, load_facts
from app.services.mails.letters import Letter
from app.services.mails.people import booker_name, organizer
from app.services.mails.planned import PlannedMail, wanted, write_mails
from app.services.mails.writing import content_of

REMIND: Final = "mail.remind"
HOURS: Final = (3, 24, 48)

_DECIDED: Final = frozenset({EventType.BOOKING_CONFIRMED.value, EventType.BOOKING_DECLINED.value})
_ENDED: Final = frozenset({EventType.BOOKING_CANCELLED.value, EventType.BOOKING_RESCHEDULE_REQUESTED.value})
_MOVED: Final = frozenset({EventType.BOOKING_RESCHEDULED.value, EventType.BOOKING_REQUESTED.value})

# The occurrences of a series are asked about together (BK-43): the first that still waits stands for all.
_WAITING: Final = """
SELECT b.uid FROM bookings b JOIN bookings asked ON asked.uid = $1
 WHERE (b.id = asked.id OR (b.recurring_uid = asked.recurring_uid AND b.created_at = asked.created_at))
   AND b.status = 'PENDING' AND b.end_s > $2::bigint
 ORDER BY b.start_s, b.id
"""


def reminder_jobs(events: Iterable[LoggedEvent], facts: Facts, mails: Iterable[PlannedMail]) -> list[Planned]:
    """What is decided needs no reminding any more; every request of these mails does."""
    plans: list[Planned] = [DropJobs(REMIND, _key(uid)) for event in events for uid in _settled(event, facts)]
    asked = {mail.cause: mail for mail in mails if mail.content.kind is MailKind.REQUEST}
    for mail in asked.values():
        if mail.content.booking is not None:
            plans += _jobs(mail.content.booking, facts)
    return plans


def _settled(event: LoggedEvent, facts: Facts) -> Iterator[str]:
    """Requests that this event has ended. One occurrence less leaves a series waiting; a decision is about all."""
    uid = event.payload.get("rescheduleUid") if event.type in _MOVED else event.key
    booking = facts.bookings.get(str(uid))
    if booking is None:
        return
    if event.type in _DECIDED or (event.type in _ENDED | _MOVED and booking.recurring_uid is None):
        yield booking.uid


def _jobs(booking: BookingContent, facts: Facts) -> Iterator[NewJob]:
    made = facts.bookings[booking.uid].created_at
    due = {hours: made + timedelta(hours=hours) for hours in HOURS}
    for hours, run_at in due.items():
        if run_at.timestamp() < booking.end_s:
            next_s = min((int(each.timestamp()) for each in due.values() if each > run_at), default=None)
            payload = {"uid": booking.uid, "hours": hours, "next": next_s}
            yield NewJob(REMIND, payload, key=_key(booking.uid), run_at=run_at)


def _key(uid: str) -> str:
    return f"{REMIND}:{uid}"


class Reminding:
    """The handler of `mail.remind` jobs."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def __call__(self, context: WorkContext, job: RunningJob) -> None:
        """Write the mail, unless all is decided or the next reminder is due as well: one is enough after an outage."""
        if not context.settings.email_enabled or _is_outdone(job, context.now()):
            return
        uids = [row["uid"] for row in await raw.rows(_WAITING, job.payload["uid"], int(context.now().timestamp()))]
        if not uids:
            return
        facts = await load_facts(uids[:1], ())
        mails = list(_mails(job, facts.bookings[uids[0]], uids, facts))
        async with raw.transaction():
            await enqueue(await write_mails(context, mails, send=self._mailer.is_ready), context.now())


def _is_outdone(job: RunningJob, now: datetime) -> bool:
    following = job.payload["next"]
    return following is not None and datetime.fromtimestamp(following, UTC) <= now


def _mails(job: RunningJob, booking: BookingView, uids: Sequence[str], facts: Facts) -> Iterator[PlannedMail]:
    letters = [
        Letter(kind=MailKind.REMINDER, to=to, booking=booking, person=booker_name(booking), occurrences=len(uids))
        for to in organizer(booking, facts)
    ]
    for letter in wanted(letters, facts):
        cause = f"{REMIND}:{job.payload['uid']}:{job.payload['hours']}"
        yield PlannedMail(cause, content_of(letter, facts), booking.id, booking.uid, None)
