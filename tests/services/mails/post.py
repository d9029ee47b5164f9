"""A booking desk with a post office: runs the relay, and shows which mails it planned and what was handed over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from random import Random
from typing import Any

from icalendar import Calendar

from app.db import raw
from app.db.connection import current
from app.events.jobs import JobRunner
from app.events.log import COLUMNS, logged_event
from app.events.registry import Registry, WorkContext
from app.events.relay import Relay, write_plans
from app.integrations.mail.mailer import Mailer, Reply
from app.models import EventType, User
from app.services.mails.content import MailContent, content_from_json
from app.services.mails.page import Page, page_of
from app.services.mails.register import register_mails
from app.services.mails.render import Rendered, message_of, render
from tests.services.bookings.desk import Desk
from tests.services.slots.world import at

SENDER = "Slotgraph <bot@example.com>"
PAGES = "https://meet.example.com"
MONDAY = "2026-05-04T09:00"
LATER = "2026-05-04T11:00"
ANN = "ann@example.com"
BEN = "ben@example.com"


@dataclass
class Drawer:
    """A mailer that keeps what it is given; `failure` is raised instead."""

    is_ready: bool = True
    sender: str = SENDER
    messages: list[EmailMessage] = field(default_factory=list)
    failure: Exception | None = None
    refused: dict[str, Reply] = field(default_factory=dict)

    async def send(self, message: EmailMessage) -> Mapping[str, Reply]:
        """Keep it."""
        if self.failure is not None:
            raise self.failure
        self.messages.append(message)
        return self.refused

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Post(Desk):
    """Mails since the last look, as `{recipient: kind}` or whole."""

    mailer: Mailer | None = None
    drawer: Drawer = field(default_factory=Drawer)
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.registry = Registry()
        register_mails(self.registry, self.mailer or self.drawer)
        self.work = WorkContext(self.settings, self.bus, self.clock, Random(1), lambda: self.clock().timestamp())
        self.relay = Relay(self.work, self.registry)
        self.runner = JobRunner(self.work, self.registry)

    async def new(self) -> list[MailContent]:
        """What follows from the changes since the last call, in the order of the mails' people."""
        await self.relay.run()
        rows = await raw.rows("SELECT id, content FROM mails ORDER BY sequence, recipient")
        fresh = [row for row in rows if row["id"] not in self._seen]
        self._seen |= {row["id"] for row in fresh}
        return [content_from_json(raw.loads(row["content"])) for row in fresh]

    async def kinds(self) -> dict[str, str]:
        """Kind by receiver of the new mails; nobody gets two."""
        mails = await self.new()
        found = {mail.recipient.email: mail.kind.value for mail in mails}
        assert len(found) == len(mails)
        return found

    async def to(self, email: str) -> MailContent:
        """The one new mail to this address."""
        (mail,) = [mail for mail in await self.new() if mail.recipient.email == email]
        return mail

    async def plan_again(self) -> None:
        """Ask the planner about everything in the log once more."""
        events = [logged_event(row) for row in await raw.rows(f"SELECT {COLUMNS} FROM event_log ORDER BY sequence")]
        async with current().transaction():
            await write_plans(await self.registry.planners["mails"](self.work, events), self.work)

    async def send(self, *, later: float = 0) -> None:
        """Do the jobs that are due, `later` seconds from now."""
        await self.relay.run()
        self.clock.moment += timedelta(seconds=later)
        while await self.runner.start_due():
            await self.runner.idle()

    async def states(self) -> dict[str, str]:
        """State by receiver of all mails."""
        rows = await raw.rows("SELECT recipient, status FROM mails ORDER BY recipient")
        return {row["recipient"]: row["status"] for row in rows}


def rendered(mail: MailContent, *, pages: str | None = PAGES) -> Rendered:
    """The mail in words."""
    return render(mail, booking_pages=pages, sender=SENDER, now=at("2026-05-01T00:00"))


def message(mail: MailContent) -> EmailMessage:
    """The mail as it is handed over."""
    return message_of(mail, rendered(mail), mail_id="m1", sender=SENDER, now=at("2026-05-01T00:00"))


def page(mail: MailContent) -> Page:
    """The mail line by line."""
    return page_of(mail, booking_pages=PAGES, sender="Slotgraph")


def calendar(mail: MailContent) -> tuple[str, Any]:
    """Method and event of the attached file."""
    file = rendered(mail).calendar
    assert file is not None
    parsed = Calendar.from_ical(file)
    (event,) = parsed.events
    return str(parsed["METHOD"]), event


def people(event: Any) -> dict[str, Any]:
    """Attendees of an event by address."""
    found = event.get("ATTENDEE", [])
    return {str(one): one.params for one in (found if isinstance(found, list) else [found])}


async def host_with(post: Post, **fields: object) -> tuple[User, EventType]:
    """Hedda with an event type of these fields."""
    user = await post.person(name="Hedda Host")
    return user, await post.event_type(user, **fields)
