"""A real SMTP server in the test's own loop, with what real ones do: TLS, passwords, refused recipients, bad days."""

import asyncio
import datetime as dt
import ipaddress
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


@dataclass
class SmtpServer:
    """Keeps what it is sent. `refuse` answers recipients, `answer` the mail itself, instead of 250."""

    port: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    answer: str = "250 OK"
    delay: float = 0.0
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    user: str | None = None
    password: str | None = None
    tls_context: ssl.SSLContext | None = None
    implicit_tls: bool = False
    connections: int = 0
    _open: list[SMTP] = field(default_factory=list)
    _server: asyncio.Server | None = None

    def mails(self) -> list[EmailMessage]:
        """What arrived, parsed. No property: aiosmtpd looks at those for every session."""
        return [parsed(envelope.original_content or b"") for envelope in self.envelopes]

    async def start(self) -> "SmtpServer":
        """Listen, on the same port as before if it was stopped."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._protocol, HOST, self.port, ssl=self.tls_context if self.implicit_tls else None
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def _protocol(self) -> SMTP:
        options: dict[str, Any] = {}
        if self.user is not None:
            options |= {"authenticator": self._authenticate, "auth_required": True}
            options |= {"auth_require_tls": self.tls_context is not None}
        if self.tls_context is not None and not self.implicit_tls:
            options |= {"tls_context": self.tls_context, "require_starttls": True}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about passwords without TLS, which tests want
            session = SMTP(self, hostname="mail.example.com", loop=asyncio.get_running_loop(), **options)
        self.connections += 1
        self._open.append(session)
        return session

    def drop(self) -> None:
        """End every open connection without a word, as servers do that are restarted."""
        for session in self._open:
            if isinstance(session.transport, asyncio.WriteTransport):
                session.transport.abort()
        self._open.clear()

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        good = (data.login.decode(), data.password.decode()) == (self.user, self.password)
        # With the default `handled` a refused client waits for an answer until its time-out.
        return AuthResult(success=good, handled=good)

    async def handle_RCPT(  # noqa: N802 aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the recipient, or not."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the mail, or not."""
        await asyncio.sleep(self.delay)
        if self.answer.startswith("2"):
            self.envelopes.append(envelope)
            self.secure.append(session.ssl is not None or self.implicit_tls)
        return self.answer


def parsed(content: bytes) -> EmailMessage:
    """A received mail."""
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@contextmanager
def own_authority(folder: Path) -> Iterator[tuple[ssl.SSLContext, ssl.SSLContext]]:
    """TLS for a server on this machine and for clients that trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.com")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    client = ssl.create_default_context(cadata=certificate.public_bytes(serialization.Encoding.PEM).decode())
    yield server, client
