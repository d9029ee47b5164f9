"""Reading mails back: the developer mailbox."""

from dataclasses import dataclass
from datetime import datetime

from app.context import RequestContext
from app.db import raw
from app.errors import NotFoundError
from app.integrations.mail.smtp import sender_of
from app.services.mails.content import MailContent, content_from_json
from app.services.mails.ics import method_of
from app.services.mails.page import subject_of
from app.services.mails.render import Rendered, render

PAGE = 100
_COLUMNS = "id, kind, recipient, content, status, attempts, error, smtp_code, created_at, settled_at"
_LIST = f"SELECT {_COLUMNS} FROM mails ORDER BY created_at DESC, sequence DESC, id LIMIT $1"  # noqa: S608 constants
_ONE = f"SELECT {_COLUMNS} FROM mails WHERE id = $1"  # noqa: S608 constants


@dataclass(frozen=True, slots=True)
class MailView:
    """One mail as the mailbox shows it; instants in UTC."""

    id: str
    content: MailContent
    recipient: str
    subject: str
    status: str
    attempts: int
    error: str | None
    smtp_code: int | None
    created_at: datetime
    settled_at: datetime | None

    @property
    def has_calendar(self) -> bool:
        """Whether a calendar file is attached."""
        return method_of(self.content.kind) is not None


async def list_mails(limit: int = PAGE) -> list[MailView]:
    """The latest mails. For the developer mailbox only: it asks nobody who they are."""
    return [_view(row) for row in await raw.rows(_LIST, limit)]


async def read_mail(ctx: RequestContext, mail_id: str) -> tuple[MailView, Rendered]:
    """One mail, rendered as it was or would be sent. Raises NotFoundError. For the developer mailbox only."""
    row = await raw.row(_ONE, mail_id)
    if row is None:
        raise NotFoundError("There is no such mail.")
    view = _view(row)
    settings = ctx.settings
    rendered = render(
        view.content,
        booking_pages=settings.booking_pages,
        sender=sender_of(settings),
        now=view.settled_at or view.created_at,
    )
    return view, rendered


def _view(row: raw.Row) -> MailView:
    content = content_from_json(raw.loads(row["content"]))
    created_at = raw.instant(row["created_at"])
    assert created_at is not None  # noqa: S101 the column is NOT NULL
    return MailView(
        id=row["id"],
        content=content,
        recipient=row["recipient"],
        subject=subject_of(content),
        status=row["status"],
        attempts=row["attempts"],
        error=row["error"],
        smtp_code=row["smtp_code"],
        created_at=created_at,
        settled_at=raw.instant(row["settled_at"]),
    )
