"""Which mails follow from new events: written in the relay's transaction, sent later by jobs.

A mail's id follows from its cause, kind and recipient, so the same mail is never written twice: not when events are
planned again, nor when a long series is planned in parts.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from app.db import raw
from app.domain.titles import Reader
from app.events.log import LoggedEvent
from app.events.outbox import EventType
from app.events.registry import NewJob, WorkContext
from app.integrations.mail.mailer import Mailer
from app.services.mails.content import MailContent, content_to_json
from app.services.mails.facts import Facts, load_facts
from app.services.mails.letters import RULES, Change, Letter, letters_of
from app.services.mails.others import Before, members_of, other_mails, stand_ins
from app.services.mails.people import reachable
from app.services.mails.writing import content_of

SEND: Final = "mail.send"
ATTEMPTS: Final = 42
"""With `deliver.backoff` about three days."""

_MAILS: Final = UUID("6f1a3f0e-61f5-4a35-9f43-6a2f1d8c7c11")
_OTHERS: Final = frozenset({EventType.OUT_OF_OFFICE_CHANGED.value, EventType.EVENT_TYPE_CHANGED.value})
_INSERT: Final = """
INSERT INTO mails (id, sequence, booking_id, kind, recipient, content, status, attempts, created_at)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, 0, $8) ON CONFLICT (id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class PlannedMail:
    """A mail and the change that caused it; `thread` keeps the mails of one meeting to one person in order."""

    cause: str
    event: LoggedEvent
    content: MailContent

    @property
    def id(self) -> str:
        """See the module."""
        return str(uuid5(_MAILS, f"{self.cause}:{self.content.kind}:{self.content.recipient.email.casefold()}"))

    @property
    def thread(self) -> str:
        """Key of the job; of a fixed length, whatever the address."""
        booking = self.content.booking
        about = booking.ical_uid if booking else self.event.key
        return f"mail:{uuid5(_MAILS, f'{about}:{self.content.recipient.email.casefold()}')}"


class MailPlanner:
    """Registered with the relay under the name `mails`."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def __call__(self, context: WorkContext, events: Sequence[LoggedEvent]) -> Sequence[NewJob]:
        """Write the mails of these events; without a mail server they are only kept, and no job sends them."""
        if not context.settings.email_enabled:
            return []
        mails = await plan_mails(context, events)
        if not mails:
            return []
        status = "PENDING" if self._mailer.is_ready else "KEPT"
        now = context.now()
        await raw.execute_many(_INSERT, [(*_row(mail), status, now) for mail in mails])
        if not self._mailer.is_ready:
            return []
        return [NewJob(SEND, {"mail": mail.id}, key=mail.thread, max_attempts=ATTEMPTS) for mail in mails]


def _row(mail: PlannedMail) -> tuple[object, ...]:
    content = raw.dumps(content_to_json(mail.content))
    head = (mail.id, mail.event.sequence, mail.event.booking_id, mail.content.kind.value)
    return (*head, mail.content.recipient.email, content)


async def plan_mails(context: WorkContext, events: Sequence[LoggedEvent]) -> list[PlannedMail]:
    """The mails of these events, in their order. Reads only."""
    events = [event for event in events if event.type in RULES or event.type in _OTHERS]
    if not events:
        return []
    before = await stand_ins(events)
    facts = await load_facts(*_needed(events, before))
    found: dict[str, PlannedMail] = {}
    for mail in _mails(context, events, facts, before):
        found.setdefault(mail.id, mail)
    return list(found.values())


def _needed(events: Sequence[LoggedEvent], before: Before) -> tuple[set[str], set[int]]:
    """Uids of bookings and ids of people that mails about these events speak of."""
    uids: set[str] = set()
    people: set[int] = set()
    for event in events:
        if event.type in _OTHERS:
            people |= members_of(event, before)
            continue
        uids |= {event.key, *filter(None, [event.payload.get("rescheduleUid")])}
        people |= {*event.payload.get("hostIds", ()), *event.payload.get("oldHostIds", ())}
        people |= {event.payload[key] for key in ("fromUserId", "toUserId") if event.payload.get(key)}
    return uids, people


def _mails(context: WorkContext, events: Sequence[LoggedEvent], facts: Facts, before: Before) -> Iterator[PlannedMail]:
    for cause, group in _groups(events, facts).items():
        event = _speaker(group, facts)
        if event.type in _OTHERS:
            yield from (PlannedMail(cause, event, content) for content in other_mails(event, facts, before))
            continue
        booking = facts.bookings.get(event.key)
        if booking is None:
            continue
        letters = letters_of(Change(event, booking, facts, context.now(), together=len(group)))
        yield from (PlannedMail(cause, event, content_of(letter, facts)) for letter in _wanted(letters, facts))


def _groups(events: Sequence[LoggedEvent], facts: Facts) -> dict[str, list[LoggedEvent]]:
    """Events by cause: what happened to several occurrences of a series in one transaction is one (BK-43)."""
    groups: defaultdict[str, list[LoggedEvent]] = defaultdict(list)
    for event in events:
        groups[_cause(event, facts)].append(event)
    return groups


def _cause(event: LoggedEvent, facts: Facts) -> str:
    booking = facts.bookings.get(event.key) if event.type in RULES else None
    if booking is None or booking.recurring_uid is None:
        return str(event.sequence)
    named = event.payload.get("named")
    asked = named if isinstance(named, str) else ""  # two requests may come at the same instant of a coarse clock
    return f"{event.type}:{booking.recurring_uid}:{event.occurred_at.isoformat()}:{asked}"


def _speaker(group: Sequence[LoggedEvent], facts: Facts) -> LoggedEvent:
    """The occurrence that mails: the one that was named (LC-17, LC-23), else the first (BK-43)."""
    named = [event for event in group if event.payload.get("named") in {True, event.key}]
    return min(named or group, key=lambda event: _start(event, facts))


def _start(event: LoggedEvent, facts: Facts) -> tuple[int, int]:
    booking = facts.bookings.get(event.key)
    return (booking.start_s if booking else 0, event.sequence)


def _wanted(letters: Sequence[Letter], facts: Facts) -> list[Letter]:
    """Without those that EM-2 and BK-25 suppress; nobody gets two mails about one change."""
    allowed = [letter for letter in letters if not _suppressed(letter, facts)]
    kept = {recipient.email.casefold(): recipient for recipient in reachable(letter.to for letter in allowed)}
    return [letter for letter in allowed if kept.get(letter.to.email.casefold()) is letter.to]


def _suppressed(letter: Letter, facts: Facts) -> bool:
    event_type = facts.event_type(letter.booking)
    return event_type.silent_hosts if letter.to.reader is Reader.HOST else event_type.silent_attendees
