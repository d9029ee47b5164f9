"""Mail by SMTP, set up with the documented variables `EMAIL_FROM`, `EMAIL_SERVER_HOST`, ..."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Final
from urllib.parse import urlsplit

import aiosmtplib

from app.integrations.mail.connections import Connections
from app.integrations.mail.mailer import MailRefusedError, MailUnavailableError, Reply
from app.settings import Settings

DEFAULT_PORT: Final = 587
TLS_PORT: Final = 465
DEFAULT_NAME: Final = "Slotgraph"
TIMEOUT: Final = 30.0
"""Seconds for each answer of the server."""

_AUTHENTICATION: Final = range(530, 540)  # about this installation, not about the mail
_NO_SERVICE: Final = 421
_ABOUT_US: Final = (
    aiosmtplib.SMTPAuthenticationError,
    aiosmtplib.SMTPConnectResponseError,
    aiosmtplib.SMTPHeloError,
    aiosmtplib.SMTPSenderRefused,
)


class SmtpMailer:
    """TLS from the start on port 465, STARTTLS demanded on 587, used elsewhere if offered.

    Connections stay open for mails that follow soon. Certificates are checked always; `tls_context` says by what
    (default: the system's authorities).
    """

    def __init__(
        self, settings: Settings, *, tls_context: ssl.SSLContext | None = None, timeout: float = TIMEOUT
    ) -> None:
        self._host = settings.email_server_host
        self._port = settings.email_server_port or DEFAULT_PORT
        self._user = settings.email_server_user or None
        self._password = settings.email_server_password or None
        self._tls_context = tls_context
        self._timeout = timeout
        self._connections = Connections(self._client)
        self.sender = sender_of(settings)

    @property
    def place(self) -> str:
        """Where the server is, for people."""
        return f"{self._host}:{self._port}"

    @property
    def is_ready(self) -> bool:
        """Whether a server is named."""
        return bool(self._host)

    async def send(self, message: EmailMessage) -> Mapping[str, Reply]:
        """See `Mailer`."""
        with _as_ours():
            async with self._connections.use() as client:
                refused, _ = await client.send_message(message)
        return {address: Reply(reply.code, reply.message) for address, reply in refused.items()}

    async def check(self) -> bool:
        """Connect and sign in as for a mail, and send none; whether the connection is encrypted.

        Raises MailRefusedError, MailUnavailableError.
        """
        with _as_ours():
            async with self._connections.use() as client:
                return client.get_transport_info("sslcontext") is not None

    async def close(self) -> None:
        """See `Mailer`."""
        await self._connections.close()

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            timeout=self._timeout,
            use_tls=self._port == TLS_PORT,
            start_tls=True if self._port == DEFAULT_PORT else None,
            tls_context=self._tls_context,
        )


@contextmanager
def _as_ours() -> Iterator[None]:
    """What the library raises, in the words of `Mailer`."""
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise MailRefusedError(_worst(error)) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _meaning(error) from error
    except aiosmtplib.SMTPNotSupported as error:
        raise MailRefusedError(Reply(553, str(error))) from error
    except (aiosmtplib.SMTPException, OSError, ssl.SSLError, TimeoutError) as error:
        raise MailUnavailableError(f"{type(error).__name__}: {error}") from error


def sender_of(settings: Settings) -> str:
    """`EMAIL_FROM` with `EMAIL_FROM_NAME`; without the former an address at the host of `PUBLIC_URL`."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    address = settings.email_from or f"no-reply@{host}"
    if "<" in address:  # some write the name into EMAIL_FROM
        return address
    return str(Address(settings.email_from_name or DEFAULT_NAME, addr_spec=address))


def _worst(error: aiosmtplib.SMTPRecipientsRefused) -> Reply:
    """Of several answers the one that leaves most hope."""
    least = min(error.recipients, key=lambda each: each.code)
    return Reply(least.code, least.message)


def _meaning(error: aiosmtplib.SMTPResponseException) -> Exception:
    """Whether the server speaks about the mail, or about this installation and itself."""
    if isinstance(error, _ABOUT_US) or error.code in _AUTHENTICATION or error.code == _NO_SERVICE or error.code < 400:
        return MailUnavailableError(f"{error.code} {error.message}")
    return MailRefusedError(Reply(error.code, error.message))
