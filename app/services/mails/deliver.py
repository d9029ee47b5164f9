"""Sends planned mails: a job each, tried again for about three days, at least once and never twice within a lease."""

import logging
from datetime import timedelta
from typing import Final

from app.db import raw
from app.events.registry import RunningJob, WorkContext
from app.integrations.mail.mailer import Mailer, MailRefusedError, MailUnavailableError, Reply
from app.services.mails.content import MailContent, content_from_json
from app.services.mails.render import Rendered, message_of, render

logger = logging.getLogger(__name__)

TIME_LIMIT: Final = timedelta(minutes=3)
_LONGEST_ERROR: Final = 500
_SELECT = "SELECT content FROM mails WHERE id = $1 AND status = 'PENDING'"
_SETTLE = """
UPDATE mails SET status = $2, subject = $3, attempts = $4, error = $5, smtp_code = $6, settled_at = $7
 WHERE id = $1 AND status = 'PENDING'
"""


def backoff(attempt: int) -> timedelta:
    """10 s after the first failure, doubling, two hours at most."""
    return timedelta(seconds=min(10 * 2 ** min(attempt - 1, 20), 7_200))


class MailDelivery:
    """The handler of `mail.send` jobs."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def __call__(self, context: WorkContext, job: RunningJob) -> None:
        """Send one mail unless that is done. Raises MailUnavailableError or MailRefusedError to be asked again."""
        mail_id = str(job.payload["mail"])
        stored = await raw.value(_SELECT, mail_id)
        if stored is None:
            return
        content = content_from_json(raw.loads(stored))
        rendered = render(
            content, booking_pages=context.settings.booking_pages, sender=self._mailer.sender, now=context.now()
        )
        await self._send(context, job, _Sending(mail_id, content, rendered))

    async def _send(self, context: WorkContext, job: RunningJob, sending: "_Sending") -> None:
        if not self._mailer.is_ready:  # the server was taken out of the settings
            await sending.settle(context, job, "KEPT")
            return
        try:
            refused = await self._hand_over(context, sending)
        except MailRefusedError as refusal:
            if refusal.reply.is_final:
                await self._refused(context, job, sending, refusal.reply)
                return
            await _failed(context, job, sending, refusal, refusal.reply)
            raise
        except MailUnavailableError as error:
            await _failed(context, job, sending, error, None)
            raise
        if refused:
            await self._refused(context, job, sending, next(iter(refused.values())))
            return
        await sending.settle(context, job, "SENT")

    async def _hand_over(self, context: WorkContext, sending: "_Sending") -> dict[str, Reply]:
        try:
            message = message_of(
                sending.content,
                sending.rendered,
                mail_id=sending.id,
                sender=self._mailer.sender,
                now=context.now(),
            )
        except ValueError as error:
            raise MailRefusedError(Reply(553, f"No mail can be addressed to this: {error}")) from error
        return dict(await self._mailer.send(message))

    async def _refused(self, context: WorkContext, job: RunningJob, sending: "_Sending", reply: Reply) -> None:
        logger.warning("mail refused", extra={"mail_id": sending.id, "smtp_code": reply.code})
        await sending.settle(context, job, "REFUSED", reply.text, reply.code)


class _Sending:
    """A mail on its way."""

    def __init__(self, mail_id: str, content: MailContent, rendered: Rendered) -> None:
        self.id = mail_id
        self.content = content
        self.rendered = rendered

    async def settle(
        self, context: WorkContext, job: RunningJob, status: str, error: str | None = None, code: int | None = None
    ) -> None:
        """Write down what became of it; PENDING when it will be tried again."""
        settled_at = None if status == "PENDING" else context.now()
        text = error[:_LONGEST_ERROR] if error else None
        await raw.execute(_SETTLE, self.id, status, self.rendered.subject, job.attempt, text, code, settled_at)


async def _failed(
    context: WorkContext, job: RunningJob, sending: _Sending, error: Exception, reply: Reply | None
) -> None:
    status = "DEAD" if job.attempt >= job.max_attempts else "PENDING"
    await sending.settle(context, job, status, str(error), reply.code if reply else None)
