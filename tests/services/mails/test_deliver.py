"""Sending: what is written down, what is tried again, what is given up."""

import ssl
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from app.db import raw
from app.db.session import Database
from app.integrations.mail.mailer import MailRefusedError, MailUnavailableError, Reply
from app.integrations.mail.smtp import SmtpMailer
from app.services.mails.deliver import backoff
from app.services.mails.planned import ATTEMPTS
from app.services.mails.register import _forget
from app.settings import Settings
from tests.parts.smtp import HOST, SmtpServer, own_authority
from tests.services.mails.post import Post

ANN = "ann@example.com"
MONDAY = "2026-05-04T09:00"


async def booked(post: Post) -> str:
    """Book; the host's address."""
    host = await post.person()
    await post.book(await post.event_type(host), MONDAY)
    return host.email


async def mail_to(email: str) -> dict[str, Any]:
    row = await raw.row("SELECT * FROM mails WHERE recipient = $1", email)
    assert row is not None
    return dict(row)


async def test_sent_once(post: Post) -> None:
    host = await booked(post)
    await post.send()
    assert await post.states() == {host: "SENT", ANN: "SENT"}
    assert sorted(str(one["To"]) for one in post.drawer.messages) == [f"Ann <{ANN}>", f"Nameless <{host}>"]
    row = await mail_to(ANN)
    assert row["subject"].startswith("Confirmed: Meeting between ")
    assert (row["attempts"], row["error"], row["smtp_code"]) == (1, None, None)
    assert raw.instant(row["settled_at"]) == post.clock.moment
    assert {str(one["Message-ID"]) for one in post.drawer.messages} >= {f"<{row['id']}@example.com>"}
    await post.send(later=3600)
    assert len(post.drawer.messages) == 2


async def test_a_booking_does_not_wait_for_mail(post: Post) -> None:
    """Nothing is rendered or sent before the booking is answered, nor in the relay."""
    post.drawer.failure = MailUnavailableError("down")
    await booked(post)
    await post.relay.run()
    assert post.drawer.messages == []
    assert set((await post.states()).values()) == {"PENDING"}


async def test_an_unreachable_server_is_tried_again(post: Post) -> None:
    host = await booked(post)
    post.drawer.failure = MailUnavailableError("Connection refused")
    await post.send()
    row = await mail_to(ANN)
    assert (row["status"], row["attempts"], row["error"], row["settled_at"]) == (
        "PENDING",
        1,
        "Connection refused",
        None,
    )
    post.drawer.failure = None
    await post.send(later=5)
    assert post.drawer.messages == [], "not before the pause is over"
    await post.send(later=10)
    assert await post.states() == {host: "SENT", ANN: "SENT"}
    assert (await mail_to(ANN))["attempts"] == 2


async def test_greylisting_is_tried_again_and_refusal_is_not(post: Post) -> None:
    await booked(post)
    post.drawer.failure = MailRefusedError(Reply(450, "4.2.0 Later"))
    await post.send()
    row = await mail_to(ANN)
    assert (row["status"], row["smtp_code"], row["error"]) == ("PENDING", 450, "450 4.2.0 Later")
    post.drawer.failure = MailRefusedError(Reply(550, "5.1.1 Nobody"))
    await post.send(later=60)
    row = await mail_to(ANN)
    assert (row["status"], row["smtp_code"], row["error"], row["attempts"]) == ("REFUSED", 550, "5.1.1 Nobody", 2)
    post.drawer.failure = None
    await post.send(later=86_400)
    assert post.drawer.messages == []


async def test_given_up_after_three_days(post: Post) -> None:
    host = await booked(post)
    await post.relay.run()
    await raw.execute("UPDATE jobs SET attempts = max_attempts - 1 WHERE kind = 'mail.send'")
    post.drawer.failure = MailUnavailableError("down")
    await post.send()
    assert await post.states() == {host: "DEAD", ANN: "DEAD"}
    assert {row["status"] for row in await raw.rows("SELECT status FROM jobs WHERE kind = 'mail.send'")} == {"DEAD"}
    whole = sum((backoff(attempt) for attempt in range(1, ATTEMPTS)), timedelta())
    assert timedelta(days=2, hours=12) < whole < timedelta(days=3, hours=12)


async def test_the_mails_of_one_meeting_stay_in_order(post: Post) -> None:
    """A later mail to the same person waits for the earlier one."""
    from app.services.bookings.cancel import CancelBooking, cancel_booking  # noqa: PLC0415

    host = await post.person()
    booking = await post.booked(await post.event_type(host), MONDAY)
    post.drawer.failure = MailUnavailableError("down")
    await post.send()
    await cancel_booking(post.ctx, CancelBooking(uid=booking.uid))
    post.drawer.failure = None
    await post.send()
    assert post.drawer.messages == []
    await post.send(later=15)
    to_ann = [one["Subject"].partition(":")[0] for one in post.drawer.messages if ANN in one["To"]]
    assert to_ann == ["Confirmed", "Cancelled"]


async def test_without_a_server_mails_are_kept(post: Post) -> None:
    post.drawer.is_ready = False
    host = await booked(post)
    await post.send()
    assert await post.states() == {host: "KEPT", ANN: "KEPT"}
    assert await raw.value("SELECT count(*) FROM jobs WHERE kind = 'mail.send'") == 0


async def test_a_server_taken_out_of_the_settings(post: Post) -> None:
    host = await booked(post)
    await post.relay.run()
    post.drawer.is_ready = False
    await post.send()
    assert await post.states() == {host: "KEPT", ANN: "KEPT"}


async def test_an_address_that_is_none(post: Post) -> None:
    """Old rows may hold anything; the mail is refused, not tried for days."""
    await booked(post)
    await post.relay.run()
    text = "UPDATE mails SET content = CAST(replace(CAST(content AS TEXT), $1, $2) AS JSON_TYPE) WHERE recipient = $1"
    await raw.execute(
        text.replace("JSON_TYPE", "JSONB" if raw.dialect() == "postgres" else "TEXT"), ANN, "not an address"
    )
    await post.send()
    row = await mail_to(ANN)
    assert (row["status"], row["smtp_code"]) == ("REFUSED", 553)


async def test_old_mails_are_forgotten(post: Post) -> None:
    await booked(post)
    await post.send()
    post.clock.moment += timedelta(days=29)
    await _forget(post.work)
    assert len(await post.states()) == 2
    post.clock.moment += timedelta(days=2)
    await _forget(post.work)
    assert await post.states() == {}


async def test_a_mail_that_lost_its_job_is_dead(post: Post) -> None:
    host = await booked(post)
    await post.relay.run()
    await raw.execute("DELETE FROM jobs")
    post.clock.moment += timedelta(days=8)
    await _forget(post.work)
    assert await post.states() == {host: "DEAD", ANN: "DEAD"}


class TestOverSmtp:
    """The same with a real server: TLS, a password, refused recipients, a stop and a start."""

    @pytest.fixture
    async def server(self, tmp_path: Path) -> AsyncIterator[tuple[SmtpServer, ssl.SSLContext]]:
        """A server with STARTTLS and a password, and what its clients must trust."""
        with own_authority(tmp_path) as (its, ours):
            running = await SmtpServer(user="u", password="p", tls_context=its).start()
            yield running, ours
            await running.stop()

    @pytest.fixture
    async def smtp(
        self, make_settings: Callable[..., Settings], database_url: str, database: Database,
        server: tuple[SmtpServer, ssl.SSLContext],
    ) -> Post:  # fmt: skip
        """A post office that hands over to it."""
        settings = make_settings(
            database_url=database_url, email_from="bot@example.com", email_server_host=HOST,
            email_server_port=server[0].port, email_server_user="u", email_server_password="p",
        )  # fmt: skip
        return Post(settings, mailer=SmtpMailer(settings, tls_context=server[1], timeout=3))

    async def test_arrives(self, smtp: Post, server: tuple[SmtpServer, ssl.SSLContext]) -> None:
        host = await booked(smtp)
        await smtp.send()
        assert await smtp.states() == {host: "SENT", ANN: "SENT"}
        assert server[0].secure == [True, True]
        to_ann = next(mail for mail in server[0].mails() if ANN in mail["To"])
        assert to_ann["From"] == "Slotgraph <bot@example.com>"
        assert to_ann["Auto-Submitted"] == "auto-generated"
        kinds = [part.get_content_type() for part in to_ann.walk()]
        assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"]
        body = to_ann.get_body(("plain",))
        assert isinstance(body, EmailMessage)
        assert "Your appointment is confirmed." in body.get_content()

    async def test_a_refused_recipient(self, smtp: Post, server: tuple[SmtpServer, ssl.SSLContext]) -> None:
        server[0].refuse = {ANN: "550 5.1.1 No such mailbox"}
        host = await booked(smtp)
        await smtp.send()
        assert await smtp.states() == {host: "SENT", ANN: "REFUSED"}
        row = await mail_to(ANN)
        assert (row["smtp_code"], row["error"]) == (550, "5.1.1 No such mailbox")

    async def test_down_then_up(self, smtp: Post, server: tuple[SmtpServer, ssl.SSLContext]) -> None:
        await server[0].stop()
        host = await booked(smtp)
        await smtp.send()
        assert set((await smtp.states()).values()) == {"PENDING"}
        assert "Connect" in (await mail_to(ANN))["error"]
        await server[0].start()
        await smtp.send(later=15)
        assert await smtp.states() == {host: "SENT", ANN: "SENT"}
        assert len(server[0].envelopes) == 2
