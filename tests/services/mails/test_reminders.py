"""EM-1: the organizer is reminded of a request that nobody has decided."""

from datetime import timedelta

import pytest

from app.db import raw
from app.domain.series import SeriesScope
from app.models import EventType, User
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.confirm import ConfirmBooking, confirm_booking
from app.services.bookings.decline import DeclineBooking, decline_booking
from app.services.bookings.request_reschedule import RequestReschedule, request_reschedule
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from app.settings import Settings
from tests.services.mails.post import Post, page, rendered
from tests.services.slots.world import at

ANN = "ann@example.com"
MONDAY = "2026-05-04T09:00"
WEEKLY = {"interval": 1, "occurrences": 3, "frequency": "weekly"}


async def asking(post: Post, **fields: object) -> tuple[User, EventType]:
    """A host who confirms what is booked."""
    host = await post.person(name="Hedda")
    return host, await post.event_type(host, requires_confirmation=True, **fields)


async def due() -> list[str]:
    """When reminders are due."""
    rows = await raw.rows("SELECT run_at FROM jobs WHERE kind = 'mail.remind' AND status = 'DUE' ORDER BY run_at")
    return [f"{raw.instant(row['run_at']):%dT%H}" for row in rows]


async def passes(post: Post, hours: float) -> list[tuple[str, str]]:
    """Receiver and kind of the mails that come within so many hours, one by one."""
    for _ in range(int(hours)):
        await post.send(later=3600)
    return [(mail.recipient.email, mail.kind.value) for mail in await post.new()]


async def test_after_3_24_and_48_hours(post: Post) -> None:
    """To the organizer alone; then nobody is bothered any more."""
    host, meeting = await asking(post)
    booking = await post.booked(meeting, "2026-05-06T09:00", guests=("ben@example.com",))
    await post.new()
    assert await due() == ["01T03", "02T00", "03T00"]
    assert await passes(post, 2) == []
    assert await passes(post, 1) == [(host.email, "reminder")]
    assert await passes(post, 20) == []
    assert await passes(post, 1) == [(host.email, "reminder")]
    assert await passes(post, 24) == [(host.email, "reminder")]
    assert await passes(post, 30) == []
    assert await post.states() == {host.email: "SENT", ANN: "SENT"}
    sent = [str(each["Subject"]) for each in post.drawer.messages if host.email in each["To"]]
    assert [subject.partition(":")[0] for subject in sent] == ["Please confirm", *["Still to be confirmed"] * 3]
    assert await raw.value("SELECT count(*) FROM mails WHERE booking_id = $1 AND kind = 'reminder'", booking.id) == 3


async def test_what_it_says(post: Post) -> None:
    host, meeting = await asking(post)
    booking = await post.booked(meeting, MONDAY)
    await post.new()
    await post.send(later=3 * 3600)
    mail = await post.to(host.email)
    assert page(mail).intro == "Ann has asked for an appointment and still waits for an answer. Confirm or decline it."
    assert [action.url for action in page(mail).actions] == [f"https://meet.example.com/booking/{booking.uid}"]
    assert rendered(mail).calendar is None


@pytest.mark.parametrize("deed", ["confirm", "decline", "cancel", "request reschedule"])
async def test_nothing_to_remind_of(post: Post, deed: str) -> None:
    """Decided or gone: the jobs go as well."""
    host, meeting = await asking(post)
    booking = await post.booked(meeting, "2026-05-06T09:00")
    await post.new()
    owner = post.as_user(host)
    match deed:
        case "confirm":
            await confirm_booking(owner, ConfirmBooking(uid=booking.uid))
        case "decline":
            await decline_booking(owner, DeclineBooking(uid=booking.uid))
        case "cancel":
            await cancel_booking(post.ctx, CancelBooking(uid=booking.uid))
        case _:
            await request_reschedule(owner, RequestReschedule(uid=booking.uid))
    await post.new()
    assert await due() == []
    assert await passes(post, 50) == []


async def test_moved_it_is_another_request(post: Post) -> None:
    host, meeting = await asking(post)
    booking = await post.booked(meeting, "2026-05-06T09:00")
    await post.new()
    post.clock.moment += timedelta(hours=2)
    await reschedule_booking(post.ctx, RescheduleBooking(uid=booking.uid, start=at("2026-05-06T11:00")))
    await post.new()
    assert await due() == ["01T05", "02T02", "03T02"]
    assert await passes(post, 3) == [(host.email, "reminder")]


async def test_only_while_there_is_time(post: Post) -> None:
    """No reminder of a meeting that would be over, and none of one decided in the last moment."""
    _, meeting = await asking(post)
    post.clock.moment = at("2026-05-04T07:00")
    booking = await post.booked(meeting, "2026-05-04T10:00")
    await post.new()
    assert await due() == ["04T10"]
    await raw.execute("UPDATE bookings SET status = 'REJECTED' WHERE id = $1", booking.id)
    assert await passes(post, 4) == []


async def test_after_an_outage_one_is_enough(post: Post) -> None:
    host, meeting = await asking(post)
    await post.book(meeting, "2026-05-06T09:00")
    await post.new()
    await post.send(later=49 * 3600)
    assert [(mail.recipient.email, mail.kind) for mail in await post.new()] == [(host.email, "reminder")]


async def test_a_series_is_reminded_of_once(post: Post) -> None:
    """BK-43: also when its first occurrence is gone, until all is decided."""
    host, meeting = await asking(post, recurrence=WEEKLY)
    made = await post.book(meeting, "2026-05-06T09:00")
    await post.new()
    assert len(await due()) == 3
    await cancel_booking(post.ctx, CancelBooking(uid=made.booking.uid))
    await post.new()
    await post.send(later=3 * 3600)
    mail = await post.to(host.email)
    assert mail.booking is not None
    assert (mail.booking.uid, mail.booking.series and mail.booking.series.count) == (made.bookings[1].uid, 2)
    scope = SeriesScope.THIS_AND_FOLLOWING
    await cancel_booking(post.ctx, CancelBooking(uid=made.bookings[1].uid, scope=scope))
    await post.new()
    assert await passes(post, 50) == []


async def test_a_series_confirmed_ends_them(post: Post) -> None:
    host, meeting = await asking(post, recurrence=WEEKLY)
    made = await post.book(meeting, "2026-05-06T09:00")
    await post.new()
    await confirm_booking(post.as_user(host), ConfirmBooking(uid=made.bookings[1].uid))
    await post.new()
    assert await due() == []


async def test_done_again_it_writes_nothing_new(post: Post) -> None:
    """A worker that was killed leaves a job to be done again; the relay may plan again."""
    host, meeting = await asking(post)
    await post.book(meeting, "2026-05-06T09:00")
    await post.new()
    await post.send(later=3 * 3600)
    await raw.execute("UPDATE jobs SET status = 'DUE' WHERE kind = 'mail.remind' AND status = 'DONE'")
    await post.send()
    assert [mail.kind for mail in await post.new()] == ["reminder"]
    assert len([each for each in post.drawer.messages if host.email in each["To"]]) == 2


async def test_standard_mails_switched_off(post: Post) -> None:
    """EM-2."""
    _, meeting = await asking(post, metadata={"disableStandardEmails": {"all": {"host": True}}})
    await post.book(meeting, "2026-05-06T09:00")
    await post.new()
    assert await due() == []


async def test_without_a_server_they_are_kept(post: Post) -> None:
    post.drawer.is_ready = False
    host, meeting = await asking(post)
    await post.book(meeting, "2026-05-06T09:00")
    await post.new()
    assert await passes(post, 3) == [(host.email, "reminder")]
    assert set((await post.states()).values()) == {"KEPT"}


async def test_the_global_switch(post: Post, settings: Settings) -> None:
    """Switched off while a reminder waits."""
    _, meeting = await asking(post)
    await post.book(meeting, "2026-05-06T09:00")
    await post.new()
    off = Post(settings.model_copy(update={"email_enabled": False}), clock=post.clock)
    await off.send(later=3 * 3600)
    assert await post.new() == []
