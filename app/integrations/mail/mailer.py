"""What the services need of whatever sends mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """An SMTP server's answer about a recipient or a mail."""

    code: int
    text: str

    @property
    def is_final(self) -> bool:
        """Whether asking again gets the same answer (RFC 5321, 4.2.1)."""
        return self.code >= 500


class MailRefusedError(Exception):
    """The server wants none of this mail; `reply.is_final` tells whether ever."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.code} {reply.text}")
        self.reply = reply


class MailUnavailableError(Exception):
    """The server cannot be reached, broke off, or does not accept this installation's settings: try again later."""


class Mailer(Protocol):
    """Sends mail, or says that nothing is set up for it."""

    @property
    def is_ready(self) -> bool:
        """Whether mails can be sent at all; if not they stay in the database."""

    @property
    def sender(self) -> str:
        """The address in `From`, with its name."""

    async def send(self, message: EmailMessage) -> Mapping[str, Reply]:
        """Send to everybody in `To`; the recipients that were refused while others were taken.

        Raises MailRefusedError (nobody gets it), MailUnavailableError.
        """

    async def close(self) -> None:
        """End the connections that were kept open; sending opens new ones."""
