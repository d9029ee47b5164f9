"""A mail as text, HTML and MIME message."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.services.mails.content import MailContent
from app.services.mails.ics import calendar_file, method_of
from app.services.mails.page import Page, page_of

FILE_NAME: Final = "event.ics"
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail ready to be read; `calendar` is the attached file, if there is one."""

    subject: str
    text: str
    html: str
    calendar: bytes | None


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("app.services.mails", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(content: MailContent, *, booking_pages: str | None, sender: str, now: datetime) -> Rendered:
    """Put a mail into words in the receiver's language, zone and clock. `sender` is the address it comes from."""
    page = page_of(content, booking_pages=booking_pages, sender=parseaddr(sender)[0] or sender)
    return Rendered(
        subject=page.subject,
        text=_fill("mail.txt", page),
        html=_fill("mail.html", page),
        calendar=calendar_file(content, now),
    )


def _fill(template: str, page: Page) -> str:
    values: dict[str, Any] = {"page": page}
    return _environment().get_template(template).render(values)


def message_of(content: MailContent, rendered: Rendered, *, mail_id: str, sender: str, now: datetime) -> EmailMessage:
    """The MIME message; sent again it has the same Message-ID, so that receivers can drop the second."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = _address(content.recipient.name, content.recipient.email)
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(mail_id, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes in answer
    if content.booking is not None and content.booking.reply_to:
        message["Reply-To"] = _address("", content.booking.reply_to)
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    if rendered.calendar is not None:
        _attach(message, rendered.calendar, method_of(content.kind) or "REQUEST")
    return message


def message_id(mail_id: str, sender: str) -> str:
    """Message-ID of a mail."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{mail_id}@{domain}>"


def _attach(message: EmailMessage, calendar: bytes, method: str) -> None:
    message.add_attachment(
        calendar.decode(), subtype="calendar", filename=FILE_NAME, params={"method": method}, cte="base64"
    )


def _address(name: str, email: str) -> Address:
    """Raises ValueError for what cannot be an address."""
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    return Address(clean[:_LONGEST_NAME], addr_spec=email)
