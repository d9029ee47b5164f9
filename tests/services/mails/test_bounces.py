"""Delivery reports, as mail servers write them."""

import pytest

from app.db import raw
from app.services.mails.bounces import Bounce, read_bounce, record_bounce
from tests.services.mails.post import Post

ID = "3d3ae1a2-0000-5000-8000-00000000abcd"


def report(
    mail_id: str, *, action: str = "failed", diagnostic: str = "smtp; 550 5.1.1 <ann@example.com>: unknown"
) -> bytes:
    """What Postfix sends."""
    return f"""\
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
To: bot@example.com
Subject: Undelivered Mail Returned to Sender
Message-Id: <20260501.3d3ae1a2-9999-5000-8000-00000000abcd@mx.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I could not deliver your message.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; ann@example.com
Action: {action}
Status: 5.1.1
Diagnostic-Code: {diagnostic}

--B
Content-Type: text/rfc822-headers

From: Slotgraph <bot@example.com>
Message-ID: <{mail_id}@example.com>
Subject: Confirmed

--B--
""".replace("\n", "\r\n").encode()


def test_a_report_is_read() -> None:
    assert read_bounce(report(ID)) == Bounce(ID, "550 5.1.1 <ann@example.com>: unknown", 550)


def test_a_report_with_the_whole_mail() -> None:
    whole = report(ID).replace(b"text/rfc822-headers", b"message/rfc822")
    assert read_bounce(whole) == Bounce(ID, "550 5.1.1 <ann@example.com>: unknown", 550)


def test_a_report_without_a_reason() -> None:
    assert read_bounce(report(ID, diagnostic="")) == Bounce(ID, "5.1.1", None)


@pytest.mark.parametrize(
    "message",
    [
        report(ID, action="delayed"),
        report("not-one-of-ours"),
        b"",
        b"Subject: Hello\r\n\r\nMessage-ID: <3d3ae1a2-0000-5000-8000-00000000abcd@example.com>",
        b"\xff\x00\r\nContent-Type: multipart/report; boundary=\r\n\r\n--\r\n",
        report(ID)[:400],
    ],
    ids=["delay", "of-others", "empty", "no-report", "garbage", "cut"],
)
def test_what_is_no_bounce(message: bytes) -> None:
    assert read_bounce(message) is None


async def test_a_bounce_is_noted_once(post: Post) -> None:
    host = await post.person()
    await post.book(await post.event_type(host), "2026-05-04T09:00")
    await post.send()
    mail_id = await raw.value("SELECT id FROM mails WHERE recipient = 'ann@example.com'")
    assert await record_bounce(post.ctx, report(mail_id)) is not None
    assert await post.states() == {"ann@example.com": "BOUNCED", host.email: "SENT"}
    row = await raw.row("SELECT error, smtp_code FROM mails WHERE id = $1", mail_id)
    assert row is not None
    assert tuple(row) == ("550 5.1.1 <ann@example.com>: unknown", 550)
    assert await record_bounce(post.ctx, report(mail_id)) is None
    assert await record_bounce(post.ctx, report(ID)) is None
