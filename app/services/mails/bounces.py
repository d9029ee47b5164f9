"""Mails that came back: a server took one, and another said later that it cannot be delivered (RFC 3464)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Final

from app.context import RequestContext
from app.db import raw

_REPORT: Final = "message/delivery-status"
_ORIGINALS: Final = frozenset({"message/rfc822", "text/rfc822-headers"})
_ID: Final = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^>]*>")
_LONGEST_ERROR: Final = 500
_BOUNCE: Final = """
UPDATE mails SET status = 'BOUNCED', error = $2, smtp_code = $3, settled_at = $4
 WHERE id = $1 AND status IN ('SENT', 'PENDING')
"""


@dataclass(frozen=True, slots=True)
class Bounce:
    """Which mail did not arrive, and why."""

    mail_id: str
    reason: str
    code: int | None


async def record_bounce(ctx: RequestContext, message: bytes) -> Bounce | None:
    """Note what a delivery report says; None if it is none, or not about a mail of ours that is still believed sent.

    A report may be forged, so nothing more follows from it than this note.
    """
    bounce = read_bounce(message)
    if bounce is None:
        return None
    changed = await raw.execute(_BOUNCE, bounce.mail_id, bounce.reason[:_LONGEST_ERROR], bounce.code, ctx.now())
    return bounce if changed else None


def read_bounce(message: bytes) -> Bounce | None:
    """The bounce in a received mail; None for anything else, and for reports of mere delay."""
    report = message_from_bytes(message, policy=default)
    assert isinstance(report, EmailMessage)  # noqa: S101 by its policy
    failed = next((block for block in _blocks(report) if _said(block, "Action").casefold() == "failed"), None)
    mail_id = next(_ids(report), None)
    if failed is None or mail_id is None:
        return None
    reason = _said(failed, "Diagnostic-Code").partition(";")[2].strip() or _said(failed, "Status") or "failed"
    code = re.match(r"\d{3}\b", reason)
    return Bounce(mail_id, " ".join(reason.split()), int(code[0]) if code else None)


def _blocks(report: EmailMessage) -> Iterator[Message]:
    """The fields about each recipient."""
    for part in report.walk():
        payload = part.get_payload() if part.get_content_type() == _REPORT else None
        if isinstance(payload, list):
            yield from (block for block in payload if isinstance(block, Message))


def _ids(report: EmailMessage) -> Iterator[str]:
    """Our ids in the returned mail or its headers; the report's own Message-ID is not ours."""
    for part in report.walk():
        if part.get_content_type() in _ORIGINALS:
            yield from _ID.findall(part.as_string())


def _said(block: Message, name: str) -> str:
    return str(block.get(name, "")).strip()
