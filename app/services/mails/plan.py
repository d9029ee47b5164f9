"""Which mails follow from new events: written in the relay's transaction, sent later by jobs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.events.log import LoggedEvent
from app.events.outbox import EventType
from app.events.registry import Planned, WorkContext
from app.integrations.mail.mailer import Mailer
from app.services.mails.content import MailContent
from app.services.mails.facts import Facts, load_facts
from app.services.mails.letters import RULES, Change, letters_of
from app.services.mails.others import Before, members_of, other_mails, stand_ins
from app.services.mails.planned import PlannedMail, wanted, write_mails
from app.services.mails.reminders import reminder_jobs
from app.services.mails.siblings import with_siblings
from app.services.mails.writing import content_of

_OTHERS: Final = frozenset({EventType.OUT_OF_OFFICE_CHANGED.value, EventType.EVENT_TYPE_CHANGED.value})


class MailPlanner:
    """Registered with the relay under the name `mails`."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def __call__(self, context: WorkContext, events: Sequence[LoggedEvent]) -> Sequence[Planned]:
        """Write the mails of these events; without a mail server they are only kept, and no job sends them."""
        events = [event for event in events if event.type in RULES or event.type in _OTHERS]
        if not context.settings.email_enabled or not events:
            return []
        news = await _read(events)
        mails = _once(_mails(context, news))
        reminders = reminder_jobs(events, news.facts, mails)
        return [*reminders, *await write_mails(context, mails, send=self._mailer.is_ready)]


@dataclass(frozen=True, slots=True)
class _News:
    """Events by cause, of which each is at least partly new, and everything that mails about them need."""

    groups: Mapping[str, Sequence[LoggedEvent]]
    numbers: frozenset[int]
    facts: Facts
    before: Before


async def _read(events: Sequence[LoggedEvent]) -> _News:
    before = await stand_ins(events)
    known = [event for event in await with_siblings(events) if event.type in RULES or event.type in _OTHERS]
    facts = await load_facts(*_needed(known, before))
    numbers = frozenset(event.sequence for event in events)
    groups = {
        cause: group
        for cause, group in _groups(known, facts).items()
        if any(event.sequence in numbers for event in group)
    }
    return _News(groups, numbers, facts, before)


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


def _mails(context: WorkContext, news: _News) -> Iterator[PlannedMail]:
    for cause, group in news.groups.items():
        event = _speaker(group, news.facts)
        number = min(event.sequence for event in group if event.sequence in news.numbers)
        for content in _contents(context, event, group, news):
            yield PlannedMail(cause, content, event.booking_id, event.key, number)


def _once(mails: Iterable[PlannedMail]) -> list[PlannedMail]:
    """The first of each; a second of the same kind to the same person says nothing new."""
    found: dict[str, PlannedMail] = {}
    for mail in mails:
        found.setdefault(mail.id, mail)
    return list(found.values())


def _contents(
    context: WorkContext, event: LoggedEvent, group: Sequence[LoggedEvent], news: _News
) -> Iterator[MailContent]:
    if event.type in _OTHERS:
        yield from other_mails(event, news.facts, news.before)
        return
    booking = news.facts.bookings.get(event.key)
    if booking is not None:
        letters = letters_of(Change(event, booking, news.facts, context.now(), group))
        yield from (content_of(letter, news.facts) for letter in wanted(letters, news.facts))


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
