"""Mails on their way into the database, and the jobs that send them.

A mail's id follows from its cause, kind and recipient, so the same mail is never written twice: not when events are
planned again, nor when a long series is planned in parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from app.db import raw
from app.domain.titles import Reader
from app.events.registry import NewJob, WorkContext
from app.services.mails.content import MailContent, content_to_json
from app.services.mails.facts import Facts
from app.services.mails.letters import Letter
from app.services.mails.people import reachable

SEND: Final = "mail.send"
ATTEMPTS: Final = 42
"""With `deliver.backoff` about three days."""

_MAILS: Final = UUID("6f1a3f0e-61f5-4a35-9f43-6a2f1d8c7c11")
_INSERT: Final = """
INSERT INTO mails (id, sequence, booking_id, kind, recipient, content, status, attempts, created_at)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, 0, $8) ON CONFLICT (id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class PlannedMail:
    """A mail and what caused it; `about` names what it speaks of if that is no booking.

    `sequence` is the number of the event in the log, None for what time alone has brought.
    """

    cause: str
    content: MailContent
    booking_id: int | None
    about: str
    sequence: int | None

    @property
    def id(self) -> str:
        """See the module."""
        return str(uuid5(_MAILS, f"{self.cause}:{self.content.kind}:{self.content.recipient.email.casefold()}"))

    @property
    def thread(self) -> str:
        """Key of the job, which keeps the mails of one meeting to one person in order; of a fixed length."""
        booking = self.content.booking
        entry = booking.entry if booking else None
        about = entry.uid if entry else booking.ical_uid if booking else self.about
        return f"mail:{uuid5(_MAILS, f'{about}:{self.content.recipient.email.casefold()}')}"


async def write_mails(context: WorkContext, mails: Sequence[PlannedMail], *, send: bool) -> list[NewJob]:
    """Write mails on the transaction in use; the jobs that send them, none if they are only kept."""
    status = "PENDING" if send else "KEPT"
    now = context.now()
    await raw.execute_many(_INSERT, [(*_row(mail), status, now) for mail in mails])
    return [NewJob(SEND, {"mail": mail.id}, key=mail.thread, max_attempts=ATTEMPTS) for mail in mails if send]


def _row(mail: PlannedMail) -> tuple[object, ...]:
    content = raw.dumps(content_to_json(mail.content))
    return (mail.id, mail.sequence, mail.booking_id, mail.content.kind.value, mail.content.recipient.email, content)


def wanted(letters: Sequence[Letter], facts: Facts) -> list[Letter]:
    """Without those that EM-2 and BK-25 suppress; nobody gets two mails about one change."""
    allowed = [letter for letter in letters if not _suppressed(letter, facts)]
    kept = {recipient.email.casefold(): recipient for recipient in reachable(letter.to for letter in allowed)}
    return [letter for letter in allowed if kept.get(letter.to.email.casefold()) is letter.to]


def _suppressed(letter: Letter, facts: Facts) -> bool:
    event_type = facts.event_type(letter.booking)
    return event_type.silent_hosts if letter.to.reader is Reader.HOST else event_type.silent_attendees
