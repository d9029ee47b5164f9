"""The SMTP client against a real server."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.integrations.mail.mailer import MailRefusedError, MailUnavailableError, Reply
from app.integrations.mail.smtp import SmtpMailer, sender_of
from app.settings import Settings
from tests.parts.processes import free_port
from tests.parts.smtp import HOST, SmtpServer, own_authority

Make = Callable[..., Settings]


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    """A server without TLS and passwords."""
    running = await SmtpServer().start()
    yield running
    await running.stop()


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[ssl.SSLContext, ssl.SSLContext]]:
    """Contexts of a server and of clients that trust it."""
    with own_authority(tmp_path) as contexts:
        yield contexts


def mailer(make: Make, port: int, tls: ssl.SSLContext | None = None, **fields: object) -> SmtpMailer:
    settings = make(email_server_host=HOST, email_server_port=port, email_from="bot@example.com", **fields)
    return SmtpMailer(settings, tls_context=tls, timeout=3)


def mail(*to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "bot@example.com"
    message["To"] = ", ".join(to or ("ann@example.com",))
    message["Subject"] = "Grüße"
    message.set_content("Hallo")
    return message


async def test_a_mail_arrives_as_it_was_sent(server: SmtpServer, make_settings: Make) -> None:
    assert await mailer(make_settings, server.port).send(mail()) == {}
    (arrived,) = server.mails()
    assert arrived["Subject"] == "Grüße"
    assert arrived.get_content().splitlines() == ["Hallo"]
    assert server.envelopes[0].mail_from == "bot@example.com"
    assert server.envelopes[0].rcpt_tos == ["ann@example.com"]


async def test_starttls_comes_before_the_password(
    make_settings: Make, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    server = await SmtpServer(user="u", password="p", tls_context=tls[0]).start()
    try:
        sender = mailer(make_settings, server.port, tls[1], email_server_user="u", email_server_password="p")
        assert await sender.send(mail()) == {}
    finally:
        await server.stop()
    assert set(server.logins) == {"u"}
    assert server.secure == [True]


async def test_implicit_tls_on_its_port(
    make_settings: Make, tls: tuple[ssl.SSLContext, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await SmtpServer(tls_context=tls[0], implicit_tls=True).start()
    monkeypatch.setattr("app.integrations.mail.smtp.TLS_PORT", server.port)  # 465 may not be listened on by everybody
    try:
        assert await mailer(make_settings, server.port, tls[1]).send(mail()) == {}
    finally:
        await server.stop()
    assert server.secure == [True]


async def test_the_submission_port_demands_starttls(
    server: SmtpServer, make_settings: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.integrations.mail.smtp.DEFAULT_PORT", server.port)
    with pytest.raises(MailUnavailableError, match="STARTTLS"):
        await mailer(make_settings, server.port).send(mail())
    assert server.envelopes == []


async def test_a_server_that_nobody_vouches_for_gets_no_mail(
    make_settings: Make, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    server = await SmtpServer(tls_context=tls[0]).start()
    try:
        with pytest.raises(MailUnavailableError):
            await mailer(make_settings, server.port).send(mail())
    finally:
        await server.stop()
    assert server.envelopes == []


async def test_a_wrong_password_is_our_fault_not_the_mails(make_settings: Make) -> None:
    server = await SmtpServer(user="u", password="p").start()
    try:
        with pytest.raises(MailUnavailableError, match="535"):
            await mailer(make_settings, server.port, email_server_user="u", email_server_password="x").send(mail())
    finally:
        await server.stop()
    assert set(server.logins) == {"u"}


async def test_refused_recipients_among_others_are_named(server: SmtpServer, make_settings: Make) -> None:
    server.refuse = {"gone@example.com": "550 5.1.1 No such mailbox"}
    refused = await mailer(make_settings, server.port).send(mail("ann@example.com", "gone@example.com"))
    assert refused == {"gone@example.com": Reply(550, "5.1.1 No such mailbox")}
    assert server.envelopes[0].rcpt_tos == ["ann@example.com"]


@pytest.mark.parametrize(("answer", "final"), [("550 5.1.1 Nobody", True), ("450 4.2.0 Greylisted", False)])
async def test_a_mail_that_nobody_gets(server: SmtpServer, make_settings: Make, answer: str, final: bool) -> None:
    server.refuse = {"ann@example.com": answer}
    with pytest.raises(MailRefusedError) as caught:
        await mailer(make_settings, server.port).send(mail())
    assert caught.value.reply == Reply(int(answer[:3]), answer[4:])
    assert caught.value.reply.is_final is final


async def test_refused_content(server: SmtpServer, make_settings: Make) -> None:
    server.answer = "554 5.7.1 Looks like spam"
    with pytest.raises(MailRefusedError) as caught:
        await mailer(make_settings, server.port).send(mail())
    assert caught.value.reply == Reply(554, "5.7.1 Looks like spam")


class TestSeveralMails:
    """A connection serves the mails that follow each other (STARTTLS and password once)."""

    @pytest.fixture
    async def secured(self, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> AsyncIterator[SmtpServer]:
        """A server with STARTTLS and a password."""
        running = await SmtpServer(user="u", password="p", tls_context=tls[0]).start()
        yield running
        running.drop()
        await running.stop()

    @pytest.fixture
    async def sender(
        self, make_settings: Make, secured: SmtpServer, tls: tuple[ssl.SSLContext, ssl.SSLContext]
    ) -> AsyncIterator[SmtpMailer]:
        """Its client."""
        fields = {"email_server_user": "u", "email_server_password": "p"}
        made = mailer(make_settings, secured.port, tls[1], **fields)
        yield made
        await made.close()

    async def test_one_connection(self, secured: SmtpServer, sender: SmtpMailer) -> None:
        for number in range(4):
            assert await sender.send(mail(f"a{number}@example.com")) == {}
        assert secured.connections == 1
        assert [each.rcpt_tos for each in secured.envelopes] == [[f"a{number}@example.com"] for number in range(4)]
        assert secured.secure == [True] * 4

    async def test_as_many_as_mails_at_a_time(self, secured: SmtpServer, sender: SmtpMailer) -> None:
        secured.delay = 0.1
        for _ in range(2):
            await asyncio.gather(*(sender.send(mail(f"a{number}@example.com")) for number in range(3)))
        assert secured.connections == 3
        assert sorted(str(each["To"]) for each in secured.mails()) == sorted(
            [f"a{number}@example.com" for number in range(3)] * 2
        )

    async def test_a_refused_recipient_is_told_of_its_own_mail_only(
        self, secured: SmtpServer, sender: SmtpMailer
    ) -> None:
        secured.refuse = {"gone@example.com": "550 5.1.1 No such mailbox"}
        assert await sender.send(mail("ann@example.com")) == {}
        with pytest.raises(MailRefusedError, match="550"):
            await sender.send(mail("gone@example.com"))
        assert await sender.send(mail("ann@example.com", "gone@example.com")) == {
            "gone@example.com": Reply(550, "5.1.1 No such mailbox")
        }
        assert await sender.send(mail("bo@example.com")) == {}
        assert [each.rcpt_tos for each in secured.envelopes] == [["ann@example.com"]] * 2 + [["bo@example.com"]]
        assert secured.connections == 1

    async def test_refused_content_does_not_end_it(self, secured: SmtpServer, sender: SmtpMailer) -> None:
        secured.answer = "554 5.7.1 Looks like spam"
        with pytest.raises(MailRefusedError, match="spam"):
            await sender.send(mail())
        secured.answer = "250 OK"
        assert await sender.send(mail()) == {}
        assert secured.connections == 1

    async def test_a_server_that_drops_it_in_between(self, secured: SmtpServer, sender: SmtpMailer) -> None:
        assert await sender.send(mail("one@example.com")) == {}
        secured.drop()
        assert await sender.send(mail("two@example.com")) == {}
        assert await sender.send(mail("three@example.com")) == {}
        assert [str(each["To"]) for each in secured.mails()] == [
            "one@example.com",
            "two@example.com",
            "three@example.com",
        ]
        assert secured.connections == 2

    async def test_a_server_that_is_gone_in_between(self, secured: SmtpServer, sender: SmtpMailer) -> None:
        assert await sender.send(mail("one@example.com")) == {}
        secured.drop()
        await secured.stop()
        with pytest.raises(MailUnavailableError, match="Connect"):
            await sender.send(mail("two@example.com"))
        await secured.start()
        assert await sender.send(mail("two@example.com")) == {}
        assert len(secured.envelopes) == 2

    async def test_silence_in_the_middle_of_a_mail_ends_it(self, secured: SmtpServer, sender: SmtpMailer) -> None:
        """Nobody knows what such a connection would say next."""
        assert await sender.send(mail()) == {}
        secured.delay = 30
        sender._timeout = 0.2
        await sender.close()
        with pytest.raises(MailUnavailableError, match="Timeout"):
            await sender.send(mail())
        secured.delay = 0
        sender._timeout = 3
        assert await sender.send(mail()) == {}
        assert secured.connections == 3

    async def test_no_server_is_asked_for_too_much(self, secured: SmtpServer, sender: SmtpMailer) -> None:
        sender._connections._most = 2
        for _ in range(5):
            await sender.send(mail())
        assert secured.connections == 3

    async def test_it_is_not_kept_for_long(self, secured: SmtpServer, sender: SmtpMailer) -> None:
        sender._connections._idle = 0.0
        await sender.send(mail())
        async with asyncio.timeout(10):
            while sender._connections._free or sender._connections._ending:  # noqa: ASYNC110 a timer of another module
                await asyncio.sleep(0.01)
        await sender.send(mail())
        assert secured.connections == 2


async def test_nobody_listens(make_settings: Make) -> None:
    with pytest.raises(MailUnavailableError):
        await mailer(make_settings, free_port()).send(mail())


async def test_a_server_that_falls_silent(server: SmtpServer, make_settings: Make) -> None:
    server.delay = 2
    settings = make_settings(email_server_host=HOST, email_server_port=server.port)
    with pytest.raises(MailUnavailableError, match="Timeout"):
        await SmtpMailer(settings, timeout=0.2).send(mail())


def test_without_a_server_it_is_not_ready(make_settings: Make) -> None:
    assert not SmtpMailer(make_settings()).is_ready
    assert SmtpMailer(make_settings(email_server_host="mail.example.com")).is_ready


@pytest.mark.parametrize(
    ("fields", "sender"),
    [
        ({}, "Slotgraph <no-reply@127.0.0.1>"),
        ({"public_url": "https://meet.example.com/x"}, "Slotgraph <no-reply@meet.example.com>"),
        ({"email_from": "a@b.example", "email_from_name": "Ann, Inc."}, '"Ann, Inc." <a@b.example>'),
        ({"email_from": "Cal <a@b.example>"}, "Cal <a@b.example>"),
    ],
)
def test_who_mails_are_from(make_settings: Make, fields: dict[str, str], sender: str) -> None:
    assert sender_of(make_settings(**fields)) == sender
