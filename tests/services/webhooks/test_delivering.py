"""How messages reach a real receiver: signed, in order, again and again, never twice under one lease (WH-1)."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest

from app.db import raw
from app.events.clock import Moment
from app.events.delivery_rows import claim, find_due
from app.services.bookings.cancel import CancelBooking, cancel_booking
from tests.services.webhooks.conftest import MakeWorker, Office, log

GARBAGE = b"\x00\xffnot http at all\r\n\r\n"


async def test_signature_and_headers(office: Office) -> None:
    """WH-1: hex HMAC-SHA256 of the exact bytes, or the literal text; recomputed here from the RFC's definition."""
    host = await office.person()
    await office.webhook("BOOKING_CREATED", path="/signed", user_id=host.id, secret="s3cret")
    await office.webhook("BOOKING_CREATED", path="/plain", user_id=host.id)
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    await office.deliver()
    got = {each.path: each for each in office.receiver.received}
    body = got["/signed"].body
    block = b"s3cret".ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + body).digest()
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).hexdigest()
    assert got["/signed"].headers["x-cal-signature-256"] == outer
    assert got["/plain"].headers["x-cal-signature-256"] == "no-secret-provided"
    assert got["/signed"].headers["content-type"] == "application/json"
    assert hmac.compare_digest(got["/plain"].body, body)


async def test_templates_reach_the_wire(office: Office) -> None:
    """WH-2, WH-4: body and content type are the template's; the signature is of what is sent."""
    host = await office.person(name="Ann")
    template = '{"text": "{{triggerEvent}}: {{title}} with {{organizer.name}}"}'
    await office.webhook("BOOKING_CREATED", user_id=host.id, payload_template=template)
    await office.webhook("BOOKING_CREATED", path="/form", user_id=host.id, payload_template="a={{length}}", secret="k")
    booking = await office.booked(await office.event_type(host), "2026-05-04T08:00")
    assert await office.deliver() == [{"text": f"BOOKING_CREATED: {booking.title} with Ann"}]
    form = next(each for each in office.receiver.received if each.path == "/form")
    assert (form.body, form.headers["content-type"]) == (b"a=30", "application/x-www-form-urlencoded")
    assert form.headers["x-cal-signature-256"] == hmac.new(b"k", b"a=30", "sha256").hexdigest()


async def test_a_broken_template_shows_in_the_log(office: Office) -> None:
    """WH-4 Do: nothing is sent, and the log says why; other receivers get theirs."""
    host = await office.person(name='Ann "A" Berg')  # WH-4: quotes are not escaped
    await office.webhook("BOOKING_CREATED", path="/bad", user_id=host.id, payload_template='{"t": "{{title}}"}')
    await office.webhook("BOOKING_CREATED", user_id=host.id)
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    assert len(await office.deliver()) == 1
    assert [each.path for each in office.receiver.received] == ["/hook"]
    ((status, attempts, error), other) = await log("status", "attempts", "error")
    assert (status, attempts) == ("DEAD", 0)
    assert error.startswith("Template: The payload template gives no JSON")
    assert other == ("DELIVERED", 1, None)


@pytest.mark.parametrize(
    ("behaviour", "status", "error"),
    [
        (500, 500, "The receiver answered 500."),
        (302, 302, "The receiver answered 302."),
        (410, 410, "The receiver answered 410."),
        ("reset", None, "The connection was closed before an answer came."),
        (GARBAGE, None, "The answer was no proper HTTP."),
        ("stall", None, "No complete answer within 1 s."),
    ],
    ids=["error", "redirect", "gone", "reset", "garbage", "stall"],
)
async def test_what_fails_is_tried_again(office: Office, behaviour: Any, status: int | None, error: str) -> None:
    """Every kind of failure is written down and followed by another attempt; a redirect is not followed."""
    host = await office.person()
    await office.webhook("BOOKING_CREATED", user_id=host.id)
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    office.receiver.behave = lambda _: behaviour
    await office.deliver()
    columns = ("status", "attempts", "response_status", "error")
    assert await log(*columns) == [("PENDING", 1, status, error)]
    office.receiver.behave = lambda _: 201
    await office.deliver()
    assert len(office.receiver.received) == 1, "it is not due yet"
    office.wait(seconds=20)
    await office.deliver()
    assert await log(*columns) == [("DELIVERED", 2, 201, None)]
    assert len(office.receiver.received) == 2


async def test_pauses_double_until_three_days_have_passed(office: Office) -> None:
    """15 s, 30 s, ... six hours at most, a quarter more or less; then the delivery is dead and stays in the log."""
    host = await office.person()
    await office.webhook("BOOKING_CREATED", user_id=host.id)
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    office.receiver.behave = lambda _: (503, "busy")
    begun, pauses = office.clock.moment, []
    while True:
        await office.deliver()
        ((status, run_at, attempts),) = await log("status", "run_at", "attempts")
        if status == "DEAD":
            break
        due = raw.instant(run_at)
        assert due is not None
        pauses.append((due - office.clock.moment).total_seconds())
        office.clock.moment = due
    for number, seconds in enumerate(pauses):
        assert 0.75 <= seconds / min(15 * 2**number, 21_600) <= 1.25
    assert timedelta(days=2, hours=15) < office.clock.moment - begun <= timedelta(days=3)
    assert attempts == len(pauses) + 1 == len(office.receiver.received)
    assert await log("response_status", "response_excerpt", "locked_until") == [(503, "busy", None)]


async def test_after_an_outage_of_ours_there_is_time_left(office: Office) -> None:
    """The worker was away for four days: a receiver that is down for an hour more still gets the message."""
    host = await office.person()
    await office.webhook("BOOKING_CREATED", user_id=host.id)
    await office.book(await office.event_type(host), "2026-05-11T08:00")
    assert office.worker is not None
    await office.worker.relay.run()
    office.wait(days=4)
    begun = office.clock.moment
    office.receiver.behave = lambda _: 503
    while (await log("status"))[0] == ("PENDING",):
        await office.deliver()
        ((run_at,),) = await log("run_at")
        office.clock.moment = max(office.clock.moment, raw.instant(run_at) or begun)
    assert await log("status", "attempts") == [("DEAD", 10)]
    assert office.clock.moment - begun > timedelta(hours=1.5)


async def test_messages_of_one_booking_wait_for_each_other(office: Office) -> None:
    """A cancellation is never told before the creation; other bookings and other webhooks do not wait."""
    host = await office.person()
    event_type = await office.event_type(host)
    await office.webhook("BOOKING_CREATED", "BOOKING_CANCELLED", user_id=host.id)
    await office.webhook("BOOKING_CREATED", "BOOKING_CANCELLED", path="/other", user_id=host.id)
    stuck = await office.booked(event_type, "2026-05-04T08:00")
    office.receiver.behave = lambda got: 500 if got.path == "/hook" and stuck.uid.encode() in got.body else 200
    await office.deliver()
    await cancel_booking(office.ctx, CancelBooking(uid=stuck.uid))
    await office.book(event_type, "2026-05-04T09:00")
    await office.deliver()
    seen = [(each.path, each.json["triggerEvent"]) for each in office.receiver.received]
    assert seen.count(("/hook", "BOOKING_CANCELLED")) == 0
    assert seen.count(("/other", "BOOKING_CANCELLED")) == 1
    assert seen.count(("/hook", "BOOKING_CREATED")) == 2, "the other booking went out"
    office.receiver.behave = lambda _: 200
    office.wait(seconds=30)
    told = [body["triggerEvent"] for body in await office.deliver() if body["payload"]["uid"] == stuck.uid]
    assert told == ["BOOKING_CREATED", "BOOKING_CREATED", "BOOKING_CANCELLED"]


async def test_a_dead_message_lets_the_next_one_go(office: Office) -> None:
    """Order holds until the earlier one is delivered or dead."""
    host = await office.person()
    await office.webhook("BOOKING_CREATED", "BOOKING_CANCELLED", user_id=host.id)
    booking = await office.booked(await office.event_type(host), "2026-05-04T08:00")
    await cancel_booking(office.ctx, CancelBooking(uid=booking.uid))
    office.receiver.behave = lambda got: 500 if b"BOOKING_CREATED" in got.body else 200
    await office.deliver()
    await raw.execute("UPDATE webhook_deliveries SET attempts = 9 WHERE id = (SELECT min(id) FROM webhook_deliveries)")
    office.wait(days=3)
    await office.deliver()
    assert await log("trigger", "status") == [("BOOKING_CREATED", "DEAD"), ("BOOKING_CANCELLED", "DELIVERED")]


async def test_a_webhook_switched_off_gets_nothing_more(office: Office) -> None:
    """What waits for it is dead, visibly."""
    host = await office.person()
    webhook = await office.webhook("BOOKING_CREATED", user_id=host.id)
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    office.receiver.behave = lambda _: 500
    await office.deliver()
    webhook.active = False
    await webhook.save()
    office.wait(minutes=1)
    await office.deliver()
    assert len(office.receiver.received) == 1
    assert await log("status", "error") == [("DEAD", "The webhook is switched off.")]


async def test_a_removed_webhook_takes_its_deliveries_along(office: Office) -> None:
    """Nothing is left that nobody may read."""
    host = await office.person()
    webhook = await office.webhook("BOOKING_CREATED", user_id=host.id)
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    await office.deliver()
    await webhook.delete()
    assert await log("id") == []


async def test_the_log_keeps_no_secret_and_little_of_an_answer(office: Office) -> None:
    """An excerpt of 1000 characters, printable, with the secret left out when the receiver echoes it."""
    host = await office.person()
    await office.webhook("BOOKING_CREATED", user_id=host.id, secret="hush-hush")
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    office.receiver.behave = lambda _: (200, "your secret is hush-hush \x00" + "x" * 200_000)
    await office.deliver()
    ((excerpt, duration),) = await log("response_excerpt", "duration_ms")
    assert excerpt.startswith("your secret is [secret] \N{REPLACEMENT CHARACTER}x")
    assert len(excerpt) == 1_000
    assert duration >= 0


async def test_one_host_gets_two_at_a_time(office: Office) -> None:
    """Per-host concurrency, whatever waits."""
    host = await office.person()
    event_type = await office.event_type(host)
    for number in range(3):
        await office.webhook("BOOKING_CREATED", path=f"/hook{number}", user_id=host.id)
    for hour in range(8, 14):
        await office.book(event_type, f"2026-05-04T{hour:02}:00")
    office.receiver.delay = 0.01
    await office.deliver()
    assert len(office.receiver.received) == 18
    assert office.receiver.most_at_once == 2


async def test_two_claims_never_share_a_delivery(office: Office) -> None:
    """A lease belongs to one worker; after it has ended the delivery can be claimed again, with the next number."""
    host = await office.person()
    await office.webhook("BOOKING_CREATED", user_id=host.id)
    assert office.worker is not None
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    await office.worker.relay.run()
    now = office.clock()
    at, lease = Moment(now, now), timedelta(seconds=60)
    due = await find_due(at, 10)
    first = await claim(due, at, lease, 60)
    assert [each.attempt for each in first] == [1]
    assert await claim(due, at, lease, 60) == []
    assert await find_due(at, 10) == []
    later = Moment(now + timedelta(seconds=61), now + timedelta(seconds=61))
    assert [each.attempt for each in await claim(due, later, lease, 121)] == [2]


async def test_two_workers_deliver_each_message_once(office: Office, make_worker: MakeWorker) -> None:
    """Both look for work at the same time."""
    host = await office.person()
    event_type = await office.event_type(host)
    await office.webhook("BOOKING_CREATED", user_id=host.id)
    for hour in range(8, 14):
        await office.book(event_type, f"2026-05-04T{hour:02}:00")
    workers = [make_worker(office), make_worker(office)]
    await workers[0].relay.run()
    office.receiver.delay = 0.05
    for _ in range(10):
        for worker in workers:
            await worker.deliveries.start_due()
    for worker in workers:
        await worker.deliveries.idle()
        await worker.run_once()
    uids = [body["payload"]["uid"] for body in office.receiver.bodies()]
    assert len(uids) == len(set(uids)) == 6


async def test_a_worker_that_stops_gives_back_what_it_has_not_sent(office: Office) -> None:
    """Another one may send it at once; the attempt does not count."""
    host = await office.person()
    event_type = await office.event_type(host)
    await office.webhook("BOOKING_CREATED", user_id=host.id)
    for hour in range(8, 11):
        await office.book(event_type, f"2026-05-04T{hour:02}:00")
    assert office.worker is not None
    await office.worker.relay.run()
    office.receiver.behave = lambda _: "stall"
    assert await office.worker.deliveries.start_due() == 2
    await office.worker.deliveries.drain(timedelta(seconds=0.05))
    assert await log("status", "attempts", "locked_until") == [("PENDING", 0, None)] * 3


async def test_a_clock_that_was_ahead_does_not_hold_up_retries(office: Office, make_worker: MakeWorker) -> None:
    """A retry planned by a clock of next year is due as soon as a worker with a right clock starts."""
    host = await office.person()
    await office.webhook("BOOKING_CREATED", user_id=host.id)
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    office.receiver.behave = lambda _: 500
    right = office.clock.moment
    office.clock.moment = right + timedelta(days=365)
    await office.deliver()
    office.clock.moment = right
    office.receiver.behave = lambda _: 200
    office.worker = make_worker(office)
    await office.deliver()
    assert await log("status", "attempts") == [("DELIVERED", 2)]
