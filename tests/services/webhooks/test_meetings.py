"""What is due when meetings begin and end (WH-8), and when nobody has come (WH-10)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.domain.locations import CAL_VIDEO
from app.models import User
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.confirm import ConfirmBooking, confirm_booking
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from app.services.webhooks.backfill import plan_for_webhook
from app.services.webhooks.due import Attendance
from app.services.webhooks.facts import BookingFacts
from app.services.webhooks.update import UpdateWebhook, update_webhook
from tests.services.slots.world import at
from tests.services.webhooks.conftest import MakeWorker, Office, log

BOTH = ("MEETING_STARTED", "MEETING_ENDED")


async def due() -> list[tuple[str, str]]:
    """Kind and instant of the meetings that wait."""
    rows = await raw.rows(
        "SELECT kind, run_at FROM jobs WHERE kind LIKE 'meeting.%' AND status = 'DUE' ORDER BY run_at"
    )
    return [(row["kind"], f"{raw.instant(row['run_at']):%dT%H:%M}") for row in rows]


async def test_started_and_ended(office: Office) -> None:
    """At the start and at the end, flat, signed, without the template; the body says what is true then."""
    host = await office.person(name="Pro")
    await office.webhook(*BOTH, user_id=host.id, payload_template='{"x": 1}', secret="k")
    booking = await office.booked(await office.event_type(host, slug="intro"), "2026-05-04T08:00")
    assert await office.deliver() == []
    assert await due() == [("meeting.started", "04T08:00"), ("meeting.ended", "04T08:30")]
    await raw.execute("UPDATE bookings SET title = 'New title' WHERE id = $1", booking.id)
    office.clock.moment = at("2026-05-04T08:00")
    (started,) = await office.deliver()
    assert started["triggerEvent"] == "MEETING_STARTED"
    expected = {
        "id": booking.id, "uid": booking.uid, "title": "New title", "status": "ACCEPTED", "userId": host.id,
        "startTime": "2026-05-04T08:00:00Z", "endTime": "2026-05-04T08:30:00Z", "noShowHost": False,
    }  # fmt: skip
    assert {key: started[key] for key in expected} == expected
    assert "payload" not in started
    assert started["user"]["name"] == "Pro"
    assert started["attendees"][0]["email"] == "ann@example.com"
    assert started["eventType"]["slug"] == "intro"
    assert len(office.receiver.received[0].headers["x-cal-signature-256"]) == 64
    office.clock.moment = at("2026-05-04T08:30")
    assert [body["triggerEvent"] for body in await office.deliver()] == list(BOTH)
    assert await due() == []


async def test_version_2_has_the_envelope(office: Office) -> None:
    """WH-8 Do: beside a webhook of version 1, the same facts in the envelope of all other messages."""
    host = await office.person()
    await office.webhook(*BOTH, path="/flat", user_id=host.id)
    await office.webhook(*BOTH, user_id=host.id, version=2)
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    await office.deliver()
    for moment in ("2026-05-04T08:00", "2026-05-04T08:30"):
        office.clock.moment = at(moment)
        await office.deliver()
    bodies, flat = office.receiver.bodies(), office.receiver.bodies("/flat")
    assert [set(body) for body in bodies] == [{"triggerEvent", "createdAt", "payload"}] * 2
    assert [body["triggerEvent"] for body in bodies] == list(BOTH)
    assert [body["createdAt"] for body in bodies] == ["2026-05-04T08:00:00.000Z", "2026-05-04T08:30:00.000Z"]
    assert [{"triggerEvent": body["triggerEvent"], **body["payload"]} for body in bodies] == flat


async def test_version_2_has_its_template(office: Office) -> None:
    """What comes in the envelope comes as the template has it, as for all other triggers."""
    host = await office.person()
    template = '{"what": "{{triggerEvent}}", "who": "{{attendees.0.name}}"}'
    await office.webhook("MEETING_STARTED", user_id=host.id, version=2, payload_template=template)
    booking = await office.booked(await office.event_type(host), "2026-05-04T08:00")
    await office.deliver()
    office.clock.moment = at("2026-05-04T08:00")
    assert await office.deliver() == [{"what": "MEETING_STARTED", "who": booking.attendees[0].name}]


async def test_version_2_is_told_too_late_in_its_own_form(office: Office) -> None:
    """The note in the log has the body that was not sent."""
    host = await office.person()
    await office.webhook("MEETING_STARTED", user_id=host.id, version=2)
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    await office.deliver()
    office.clock.moment = at("2026-05-06T08:00")
    await office.deliver()
    ((status, body),) = await log("status", "body")
    assert (status, set(raw.loads(body))) == ("DEAD", {"triggerEvent", "createdAt", "payload"})


async def test_nothing_is_queued_while_nobody_listens(office: Office) -> None:
    """Only meetings that somebody wants to hear of."""
    host, other = await office.person(), await office.person()
    await office.webhook("MEETING_STARTED", user_id=other.id)
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    await office.deliver()
    assert await due() == []


async def test_confirmation_queues(office: Office) -> None:
    """A request is no meeting; a confirmed one is."""
    host = await office.person()
    await office.webhook("MEETING_ENDED", user_id=host.id)
    booking = await office.booked(await office.event_type(host, requires_confirmation=True), "2026-05-04T08:00")
    await office.deliver()
    assert await due() == []
    await confirm_booking(office.as_user(host), ConfirmBooking(uid=booking.uid))
    await office.deliver()
    assert await due() == [("meeting.ended", "04T08:30")]


async def test_cancelling_and_moving_drop(office: Office) -> None:
    """Rows of the old time are gone; those of the new time are there."""
    host = await office.person()
    event_type = await office.event_type(host)
    await office.webhook(*BOTH, user_id=host.id)
    first = await office.booked(event_type, "2026-05-04T08:00")
    second = await office.booked(event_type, "2026-05-04T10:00")
    await office.deliver()
    assert len(await due()) == 4
    await cancel_booking(office.ctx, CancelBooking(uid=first.uid))
    await reschedule_booking(office.ctx, RescheduleBooking(uid=second.uid, start=at("2026-05-05T09:00")))
    await office.deliver()
    assert await due() == [("meeting.started", "05T09:00"), ("meeting.ended", "05T09:30")]


async def test_cancelled_in_the_last_moment(office: Office) -> None:
    """What is due looks at the booking once more."""
    host = await office.person()
    await office.webhook("MEETING_STARTED", user_id=host.id)
    booking = await office.booked(await office.event_type(host), "2026-05-04T08:00")
    await office.deliver()
    await raw.execute("UPDATE bookings SET status = 'CANCELLED' WHERE id = $1", booking.id)
    office.clock.moment = at("2026-05-04T08:00")
    assert await office.deliver() == []


async def test_more_than_a_day_late_is_dropped_and_noted(office: Office) -> None:
    """WH-8: after an outage nobody wants yesterday's start; the log says so."""
    host = await office.person()
    await office.webhook("MEETING_STARTED", user_id=host.id)
    await office.book(await office.event_type(host), "2026-05-04T08:00")
    await office.deliver()
    office.clock.moment = at("2026-05-05T08:01")
    assert await office.deliver() == []
    assert await log("trigger", "status", "error") == [("MEETING_STARTED", "DEAD", "More than a day late: not sent.")]


async def test_a_new_or_changed_webhook_hears_of_meetings_made_before(office: Office) -> None:
    """WH-8 Do: future accepted bookings, once each, however often the webhook is saved."""
    host = await office.person()
    event_type = await office.event_type(host)
    await office.book(event_type, "2026-05-04T08:00")
    gone = await office.booked(event_type, "2026-05-04T09:00")
    await cancel_booking(office.ctx, CancelBooking(uid=gone.uid))
    await office.book(await office.event_type(await office.person()), "2026-05-04T08:00")
    await office.deliver()
    webhook = await office.webhook("BOOKING_PAID", user_id=host.id)
    mine = office.as_user(host)
    await update_webhook(mine, UpdateWebhook(webhook.id, triggers=BOTH))
    await update_webhook(mine, UpdateWebhook(webhook.id, secret="x"))
    assert await due() == [("meeting.started", "04T08:00"), ("meeting.ended", "04T08:30")]
    office.clock.moment = at("2026-05-04T09:00")
    await office.deliver()
    office.wait(seconds=1)  # both were overdue: the end waits for the beginning
    assert [body["triggerEvent"] for body in await office.deliver()] == list(BOTH)


@pytest.mark.parametrize("owner", ["event_type", "parent", "team", "platform"])
async def test_backfill_follows_the_rules_of_receivers(office: Office, owner: str) -> None:
    """WH-3 read backwards."""
    host = await office.person("UTC")
    team = await office.team(host)
    parent = await office.event_type(None, team=team, scheduling_type="MANAGED")
    child = await office.event_type(host, parent=parent)
    await office.booked(child, "2026-05-04T10:00")
    columns: dict[str, dict[str, Any]] = {
        "event_type": {"event_type_id": child.id},
        "parent": {"event_type_id": parent.id},
        "team": {"team_id": team.id},
        "platform": {"platform": True},
    }
    webhook = await office.webhook("MEETING_STARTED", **columns[owner])
    assert await backfilled(office.ctx, webhook.id) == 1


async def backfilled(ctx: RequestContext, webhook_id: str) -> int:
    """Plan for the webhook; how many jobs."""

    async def work(uow: UnitOfWork) -> int:
        return await plan_for_webhook(uow, webhook_id)

    return await unit_of_work(ctx, work)


def present(*emails: str) -> Callable[[BookingFacts], Any]:
    """A provider that saw these people."""

    async def ask(_: BookingFacts) -> Attendance:
        return Attendance([{"user_name": each} for each in emails], frozenset(emails))

    return ask


async def no_show_office(office: Office, make_worker: MakeWorker, host: User, *emails: str) -> None:
    """A meeting in the own video room, told to two webhooks with delays of 10 and 20 minutes."""
    office.worker = make_worker(office, attendance=present(*emails))
    event_type = await office.event_type(host, locations=[{"type": CAL_VIDEO}])
    await office.webhook("AFTER_HOSTS_CAL_VIDEO_NO_SHOW", user_id=host.id, time=10, time_unit="minute", secret="s")
    await office.webhook("AFTER_GUESTS_CAL_VIDEO_NO_SHOW", user_id=host.id, time=20, time_unit="MINUTE")
    booking = await office.booked(event_type, "2026-05-04T08:00")
    assert booking.location == CAL_VIDEO
    await office.deliver()
    for minutes in (0, 9, 10, 20):
        office.clock.moment = at("2026-05-04T08:00") + timedelta(minutes=minutes)
        await office.deliver()


async def test_nobody_came(office: Office, make_worker: MakeWorker) -> None:
    """WH-10: after each webhook's own delay; marked absent; the webhook is named without its secret."""
    host = await office.person()
    await no_show_office(office, make_worker, host)
    hosts, guests = office.receiver.bodies()
    assert hosts["triggerEvent"] == "AFTER_HOSTS_CAL_VIDEO_NO_SHOW"
    assert guests["triggerEvent"] == "AFTER_GUESTS_CAL_VIDEO_NO_SHOW"
    assert hosts["payload"]["hostEmail"] == host.email
    assert set(hosts["payload"]) == {
        *("title", "bookingId", "bookingUid", "startTime", "endTime", "attendees", "participants", "hostEmail"),
        *("eventType", "webhook", "message"),
    }
    assert "secret" not in hosts["payload"]["webhook"]
    assert await raw.value("SELECT host_absent FROM bookings")
    assert await raw.value("SELECT absent FROM attendees")


async def test_those_who_came_are_not_told_of(office: Office, make_worker: MakeWorker) -> None:
    """Only the side that is missing."""
    host = await office.person()
    await no_show_office(office, make_worker, host, host.email)
    assert [body["triggerEvent"] for body in office.receiver.bodies()] == ["AFTER_GUESTS_CAL_VIDEO_NO_SHOW"]
    assert not await raw.value("SELECT host_absent FROM bookings")


async def test_without_a_video_provider_nothing_is_claimed(office: Office) -> None:
    """Who cannot know does not say that nobody came."""
    host = await office.person()
    await office.webhook("AFTER_HOSTS_CAL_VIDEO_NO_SHOW", user_id=host.id, time=1, time_unit="MINUTE")
    await office.book(await office.event_type(host, locations=[{"type": CAL_VIDEO}]), "2026-05-04T08:00")
    for minutes in (-60, 0, 5):
        office.clock.moment = at("2026-05-04T08:00") + timedelta(minutes=minutes)
        assert await office.deliver() == []
    assert not await raw.value("SELECT host_absent FROM bookings")
