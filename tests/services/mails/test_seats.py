"""EM-1 for seats: who is told of them, and what the others do not see (BK-38)."""

import pytest

from app.db import raw
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from tests.services.mails.post import ANN, BEN, LATER, MONDAY, Post, calendar, host_with, page, people, rendered
from tests.services.slots.world import at


async def test_seats(post: Post) -> None:
    """EM-1: a further seat is told to the organizer and to who took it; leaving likewise, without a file (EM-3)."""
    host, meeting = await host_with(post, seats_per_slot=3)
    first = await post.book(meeting, MONDAY)
    assert await post.kinds() == {host.email: "scheduled", ANN: "scheduled"}
    second = await post.book(meeting, MONDAY, BEN)
    mails = {mail.recipient.email: mail for mail in await post.new()}
    assert {email: mail.kind for email, mail in mails.items()} == {host.email: "seat_added", BEN: "scheduled"}
    assert "Ben has taken a seat." in page(mails[host.email]).intro
    assert "ann" not in (rendered(mails[BEN]).text + str(rendered(mails[BEN]).calendar)).lower(), (
        "BK-38: seats are private"
    )
    assert list(people(calendar(mails[host.email])[1])) == [f"mailto:{ANN}", f"mailto:{BEN}"]
    await cancel_booking(post.ctx, CancelBooking(uid=first.booking.uid, seat_uid=second.seat_uid))
    gone = await post.new()
    assert {mail.recipient.email: mail.kind for mail in gone} == dict.fromkeys((host.email, BEN), "seat_cancelled")
    assert all(rendered(mail).calendar is None for mail in gone)
    await cancel_booking(post.ctx, CancelBooking(uid=first.booking.uid, seat_uid=first.seat_uid))
    assert await post.kinds() == {host.email: "cancelled", ANN: "cancelled"}, "the last seat takes the booking along"


async def test_a_seat_moved(post: Post) -> None:
    """LC-11: to a booking that stands there, and to a fresh one: the organizer and that attendee."""
    host, meeting = await host_with(post, seats_per_slot=3)
    ann = await post.book(meeting, MONDAY)
    ben = await post.book(meeting, MONDAY, BEN)
    await post.book(meeting, LATER, "cid@example.com")
    await post.new()
    await reschedule_booking(post.ctx, RescheduleBooking(uid=ann.booking.uid, start=at(LATER), seat_uid=ben.seat_uid))
    mails = await post.new()
    assert {mail.recipient.email: mail.kind for mail in mails} == {host.email: "seat_moved", BEN: "seat_moved"}
    assert all(mail.booking and mail.booking.old_start_s == at(MONDAY).timestamp() for mail in mails)
    assert len(people(calendar(mails[-1])[1])) == (1 if mails[-1].recipient.email == BEN else 2)
    fresh = RescheduleBooking(uid=ann.booking.uid, start=at("2026-05-04T13:00"), seat_uid=ann.seat_uid)
    await reschedule_booking(post.ctx, fresh)
    assert await post.kinds() == {host.email: "seat_moved", ANN: "seat_moved"}


async def test_a_seated_booking_moved_by_its_owner(post: Post) -> None:
    """LC-12: in place, or into the booking that stands there."""
    host, meeting = await host_with(post, seats_per_slot=3)
    booking = await post.booked(meeting, MONDAY)
    await post.book(meeting, MONDAY, BEN)
    await post.book(meeting, LATER, "cid@example.com")
    await post.new()
    owner = post.as_user(host)
    await reschedule_booking(owner, RescheduleBooking(uid=booking.uid, start=at("2026-05-04T13:00")))
    assert await post.kinds() == dict.fromkeys((host.email, ANN, BEN), "rescheduled")
    await reschedule_booking(owner, RescheduleBooking(uid=booking.uid, start=at(LATER)))
    assert await post.kinds() == dict.fromkeys((host.email, ANN, BEN), "rescheduled"), "who was there hears nothing"


async def test_a_seat_moved_away_from_others_is_a_meeting_of_its_own(post: Post) -> None:
    """Else the host's calendar would move the meeting that the others still have."""
    host, meeting = await host_with(post, seats_per_slot=3)
    ann = await post.book(meeting, MONDAY)
    ben = await post.book(meeting, MONDAY, BEN)
    await post.new()
    await reschedule_booking(post.ctx, RescheduleBooking(uid=ann.booking.uid, start=at(LATER), seat_uid=ben.seat_uid))
    moved = {mail.recipient.email: calendar(mail)[1] for mail in await post.new()}
    assert moved[host.email]["UID"] == moved[BEN]["UID"] != ann.booking.ical_uid
    alone = RescheduleBooking(uid=ann.booking.uid, start=at("2026-05-04T13:00"), seat_uid=ann.seat_uid)
    await reschedule_booking(post.ctx, alone)
    assert {str(calendar(mail)[1]["UID"]) for mail in await post.new()} == {ann.booking.ical_uid}, "nobody stays there"


@pytest.mark.parametrize("template", [None, "{Scheduler first name} meets {Organiser}"])
async def test_titles_of_seats_name_nobody_else(post: Post, template: str | None) -> None:
    """BK-38: also with a template; a title that was edited stays."""
    _, meeting = await host_with(post, seats_per_slot=3, custom_name=template)
    booking = await post.booked(meeting, MONDAY)
    await post.book(meeting, MONDAY, BEN)
    assert await title_for(post, BEN) == booking.title.replace("Ann", "Ben")
    await raw.execute("UPDATE bookings SET title = 'Yoga' WHERE id = $1", booking.id)
    await post.book(meeting, MONDAY, "cid@example.com")
    assert await title_for(post, "cid@example.com") == "Yoga"


async def test_attendees_who_are_shown_are_no_secret(post: Post) -> None:
    _, meeting = await host_with(post, seats_per_slot=3, seats_show_attendees=True)
    booking = await post.booked(meeting, MONDAY)
    await post.book(meeting, MONDAY, BEN)
    assert await title_for(post, BEN) == booking.title


async def title_for(post: Post, email: str) -> str:
    booking = (await post.to(email)).booking
    assert booking is not None
    return booking.title


async def test_two_seats_at_once_are_told_once_each(post: Post) -> None:
    """Also when the relay finds both at the same time."""
    host, meeting = await host_with(post, seats_per_slot=3)
    await post.book(meeting, MONDAY)
    await post.book(meeting, MONDAY, BEN)
    told = sorted((mail.recipient.email, mail.kind.value) for mail in await post.new())
    assert told == sorted(
        [(ANN, "scheduled"), (BEN, "scheduled"), (host.email, "scheduled"), (host.email, "seat_added")]
    )
