"""EM-1: every mail, with its receivers and its calendar file."""

from datetime import date, timedelta

from app.db import raw
from app.domain.series import SeriesScope
from app.services.bookings.add_guests import AddGuests, add_guests
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.change_location import ChangeLocation, change_location
from app.services.bookings.claim_instant import ClaimInstantBooking, claim_instant_booking
from app.services.bookings.confirm import ConfirmBooking, confirm_booking
from app.services.bookings.decline import DeclineBooking, decline_booking
from app.services.bookings.edit import EditBooking, edit_booking
from app.services.bookings.mark_absent import MarkAbsent, mark_absent
from app.services.bookings.reassign import ReassignBooking, reassign_booking
from app.services.bookings.request_reschedule import RequestReschedule, request_reschedule
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from app.services.out_of_office.write import (
    CreateOutOfOffice,
    DeleteOutOfOffice,
    UpdateOutOfOffice,
    create_out_of_office,
    delete_out_of_office,
    update_out_of_office,
)
from tests.services.mails.post import ANN, BEN, LATER, MONDAY, Post, calendar, host_with, page, people, rendered
from tests.services.slots.world import at

WEEKLY = {"interval": 1, "occurrences": 4, "frequency": "weekly"}


async def test_created(post: Post) -> None:
    """EM-1: organizer, booker and each guest get `scheduled`."""
    host, meeting = await host_with(post)
    await post.book(meeting, MONDAY, guests=(BEN,))
    assert await post.kinds() == {host.email: "scheduled", ANN: "scheduled", BEN: "scheduled"}


async def test_created_with_co_hosts(post: Post) -> None:
    """Co-hosts are written to once, as hosts (BK-22)."""
    one, two = await post.person(), await post.person()
    meeting = await post.team_event("COLLECTIVE", one, two)
    await post.book(meeting, MONDAY)
    mails = {mail.recipient.email: mail for mail in await post.new()}
    assert {email: (mail.kind, mail.recipient.reader) for email, mail in mails.items()} == {
        one.email: ("scheduled", "HOST"),
        two.email: ("scheduled", "HOST"),
        ANN: ("scheduled", "ATTENDEE"),
    }


async def test_requested_confirmed_and_declined(post: Post) -> None:
    """EM-1: request to hosts, receipt to the booker alone; then everybody, or the invited."""
    host, meeting = await host_with(post, requires_confirmation=True)
    first = await post.booked(meeting, MONDAY, guests=(BEN,))
    assert await post.kinds() == {host.email: "request", ANN: "request_received"}
    await confirm_booking(post.as_user(host), ConfirmBooking(uid=first.uid))
    assert await post.kinds() == {host.email: "scheduled", ANN: "scheduled", BEN: "scheduled"}
    second = await post.booked(meeting, LATER, guests=(BEN,))
    await post.new()
    await decline_booking(post.as_user(host), DeclineBooking(uid=second.uid, reason="No time"))
    mails = await post.new()
    assert {mail.recipient.email: mail.kind for mail in mails} == {ANN: "declined", BEN: "declined"}
    assert all(mail.booking is not None and mail.booking.reason == "No time" for mail in mails)
    assert all(rendered(mail).calendar is None for mail in mails)


async def test_rescheduled(post: Post) -> None:
    """EM-1: everybody, with both times and the reason (LC-7)."""
    host, meeting = await host_with(post)
    booking = await post.booked(meeting, MONDAY, guests=(BEN,))
    await post.new()
    await reschedule_booking(post.ctx, RescheduleBooking(uid=booking.uid, start=at(LATER), reason="Train"))
    mails = await post.new()
    assert {mail.recipient.email: mail.kind for mail in mails} == {
        host.email: "rescheduled",
        ANN: "rescheduled",
        BEN: "rescheduled",
    }
    for mail in mails:
        assert mail.booking is not None
        assert (mail.booking.start_s, mail.booking.old_start_s) == (at(LATER).timestamp(), at(MONDAY).timestamp())
        assert mail.booking.reason == "Train"
        method, event = calendar(mail)
        assert (method, event["UID"], event["SEQUENCE"]) == ("REQUEST", booking.ical_uid, 1)


async def test_a_request_moved_is_a_request(post: Post) -> None:
    host, meeting = await host_with(post, requires_confirmation=True)
    booking = await post.booked(meeting, MONDAY)
    await post.new()
    await reschedule_booking(post.ctx, RescheduleBooking(uid=booking.uid, start=at(LATER)))
    assert await post.kinds() == {host.email: "request", ANN: "request_received"}


async def test_round_robin_with_another_host(post: Post) -> None:
    """EM-1: the new host hears of an appointment, the old one of a cancellation, the rest of a move."""
    one, two = await post.person(), await post.person()
    meeting = await post.team_event("ROUND_ROBIN", one, two)
    booking = await post.booked(meeting, MONDAY)
    old, new = (one, two) if booking.user_id == one.id else (two, one)
    await post.new()
    # The old host is busy at the new time, so the other one takes it.
    await post.booking(None, [old], LATER)
    await reschedule_booking(post.ctx, RescheduleBooking(uid=booking.uid, start=at(LATER)))
    mails = {mail.recipient.email: mail for mail in await post.new()}
    assert {email: mail.kind for email, mail in mails.items()} == {
        new.email: "scheduled",
        old.email: "cancelled",
        ANN: "rescheduled",
    }
    method, gone = calendar(mails[old.email])
    assert (method, gone["UID"], gone["SEQUENCE"]) == ("CANCEL", booking.ical_uid, 1)
    assert gone["DTSTART"].dt == at(MONDAY), "what is cancelled is the old time"
    method, event = calendar(mails[new.email])
    assert (method, event["SEQUENCE"]) == ("REQUEST", 0)
    assert event["UID"] != booking.ical_uid, "BK-20: remade for another organizer"


async def test_cancelled(post: Post) -> None:
    """EM-1, EM-4: everybody, with a file that removes the event."""
    host, meeting = await host_with(post)
    booking = await post.booked(meeting, MONDAY, guests=(BEN,))
    await post.new()
    await cancel_booking(post.as_user(host), CancelBooking(uid=booking.uid, reason="Ill"))
    mails = await post.new()
    assert {mail.recipient.email: mail.kind for mail in mails} == dict.fromkeys((host.email, ANN, BEN), "cancelled")
    for mail in mails:
        method, event = calendar(mail)
        assert (method, event["STATUS"], event["UID"], event["SEQUENCE"]) == (
            "CANCEL", "CANCELLED", booking.ical_uid, 1,
        )  # fmt: skip
        assert "Ill" in rendered(mail).text


async def test_a_series_mails_once(post: Post) -> None:
    """BK-43: one mail, for the first occurrence, that describes the series."""
    host, meeting = await host_with(post, recurrence=WEEKLY)
    made = await post.book(meeting, MONDAY)
    mails = await post.new()
    assert {mail.recipient.email: mail.kind for mail in mails} == {host.email: "scheduled", ANN: "scheduled"}
    for mail in mails:
        assert mail.booking is not None
        assert (mail.booking.uid, mail.booking.series and mail.booking.series.count) == (made.booking.uid, 4)
        _, event = calendar(mail)
        assert event["RRULE"].to_ical() == b"FREQ=WEEKLY;COUNT=4;INTERVAL=1"


async def test_a_series_confirmed_or_cancelled_mails_once(post: Post) -> None:
    """LC-17, LC-23: for the named occurrence; a mail says how many it speaks of."""
    host, meeting = await host_with(post, recurrence=WEEKLY, requires_confirmation=True)
    made = await post.book(meeting, MONDAY)
    assert set((await post.kinds()).values()) == {"request", "request_received"}
    await confirm_booking(post.as_user(host), ConfirmBooking(uid=made.booking.uid))
    confirmed = await post.new()
    assert [mail.booking and mail.booking.uid for mail in confirmed] == [made.booking.uid] * 2
    third = made.bookings[2]
    await cancel_booking(post.ctx, CancelBooking(uid=third.uid, scope=SeriesScope.THIS_AND_FOLLOWING))
    partly = await post.new()
    assert [(mail.kind, mail.booking and mail.booking.uid) for mail in partly] == [("cancelled", third.uid)] * 2
    assert all(mail.booking and mail.booking.series and mail.booking.series.count == 2 for mail in partly)
    assert made.booking.recurring_uid is not None
    await cancel_booking(post.ctx, CancelBooking(uid=made.booking.recurring_uid))
    rest = await post.new()
    assert [mail.booking and mail.booking.uid for mail in rest] == [made.booking.uid] * 2
    assert all(calendar(mail)[1]["RRULE"]["COUNT"] == [2] for mail in rest)


async def test_one_occurrence_moved_mails_about_itself(post: Post) -> None:
    host, meeting = await host_with(post, recurrence=WEEKLY)
    made = await post.book(meeting, MONDAY)
    await post.new()
    await reschedule_booking(post.ctx, RescheduleBooking(uid=made.bookings[1].uid, start=at(LATER) + timedelta(days=7)))
    mails = await post.new()
    assert {mail.recipient.email: mail.kind for mail in mails} == {host.email: "rescheduled", ANN: "rescheduled"}
    assert all(mail.booking is not None and mail.booking.series is None for mail in mails)


async def test_a_whole_series_moved_mails_once(post: Post) -> None:
    host, meeting = await host_with(post, recurrence=WEEKLY)
    made = await post.book(meeting, MONDAY)
    await post.new()
    command = RescheduleBooking(uid=made.booking.uid, start=at(LATER), scope=SeriesScope.ALL)
    await reschedule_booking(post.ctx, command)
    mails = await post.new()
    assert {mail.recipient.email: mail.kind for mail in mails} == {host.email: "rescheduled", ANN: "rescheduled"}
    assert all(mail.booking and mail.booking.start_s == at(LATER).timestamp() for mail in mails)


async def test_a_long_series_planned_in_parts_mails_once(post: Post) -> None:
    """The relay moves 200 events at a time; a mail's id follows from its cause."""
    host, meeting = await host_with(post, recurrence=WEEKLY)
    made = await post.book(meeting, MONDAY)
    post.relay._batch = 3
    assert sorted(await post.kinds()) == sorted([host.email, ANN])
    assert await raw.value("SELECT count(DISTINCT booking_id) FROM mails") == 1
    assert len(made.bookings) == 4


async def test_reassigned(post: Post) -> None:
    """TM-18: new host scheduled, old host reassigned, attendees updated."""
    one, two = await post.person(name="One"), await post.person(name="Two")
    meeting = await post.team_event("ROUND_ROBIN", one, two)
    booking = await post.booked(meeting, MONDAY)
    old, new = (one, two) if booking.user_id == one.id else (two, one)
    await post.new()
    await reassign_booking(post.as_user(one), ReassignBooking(uid=booking.uid, reason="Ill"))
    mails = {mail.recipient.email: mail for mail in await post.new()}
    assert {email: mail.kind for email, mail in mails.items()} == {
        new.email: "scheduled", old.email: "reassigned", ANN: "updated",
    }  # fmt: skip
    assert page(mails[old.email]).intro == f"{new.name} takes this appointment instead of you."
    method, event = calendar(mails[old.email])
    assert (method, event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert calendar(mails[ANN])[0] == "REQUEST"


async def test_reassigned_in_the_past(post: Post) -> None:
    """TM-18: whoever was there need not be told."""
    one, two = await post.person(), await post.person()
    meeting = await post.team_event("ROUND_ROBIN", one, two)
    booking = await post.booked(meeting, MONDAY)
    await post.new()
    await reassign_booking(post.as_user(one), ReassignBooking(uid=booking.uid))
    post.clock.moment = at("2026-05-05T00:00")
    assert ANN not in await post.kinds()


async def test_edited(post: Post) -> None:
    """Another time is a move; another title alone is no news."""
    host, meeting = await host_with(post)
    booking = await post.booked(meeting, MONDAY)
    await post.new()
    await edit_booking(post.as_user(host), EditBooking(uid=booking.uid, title="Other"))
    assert await post.kinds() == {}
    await edit_booking(
        post.as_user(host), EditBooking(uid=booking.uid, start=at(LATER), end=at(LATER) + timedelta(minutes=30))
    )
    assert await post.kinds() == {host.email: "rescheduled", ANN: "rescheduled"}


async def test_another_place(post: Post) -> None:
    """EM-1: everybody hears of it, and the file replaces the event."""
    host, meeting = await host_with(post)
    booking = await post.booked(meeting, MONDAY, guests=(BEN,))
    await post.new()
    await change_location(post.as_user(host), ChangeLocation(uid=booking.uid, kind="address", value="Room 5"))
    mails = {mail.recipient.email: mail for mail in await post.new()}
    assert {email: mail.kind for email, mail in mails.items()} == dict.fromkeys(
        (host.email, ANN, BEN), "location_changed"
    )
    method, event = calendar(mails[ANN])
    assert (method, event["LOCATION"], event["SEQUENCE"]) == ("REQUEST", "Room 5", 1)


async def test_more_guests(post: Post) -> None:
    """EM-1: the new ones get `scheduled`, the others hear of them."""
    host, meeting = await host_with(post)
    booking = await post.booked(meeting, MONDAY)
    await post.new()
    await add_guests(post.as_user(host), AddGuests(uid=booking.uid, guests=(BEN,)))
    mails = {mail.recipient.email: mail for mail in await post.new()}
    assert {email: mail.kind for email, mail in mails.items()} == {
        host.email: "guests_added", ANN: "guests_added", BEN: "scheduled",
    }  # fmt: skip
    for mail in mails.values():
        method, event = calendar(mail)
        assert (method, set(people(event))) == ("REQUEST", {f"mailto:{ANN}", f"mailto:{BEN}"})


async def test_a_booking_that_waits_is_in_nobodys_calendar(post: Post) -> None:
    """EM-1, EM-3: until it is confirmed only hosts and booker hear of changes, and no mail has a file."""
    host, meeting = await host_with(post, requires_confirmation=True)
    booking = await post.booked(meeting, MONDAY)
    await post.new()
    ctx = post.as_user(host)
    await add_guests(ctx, AddGuests(uid=booking.uid, guests=(BEN,)))
    added = await post.new()
    assert {mail.recipient.email: mail.kind for mail in added} == {host.email: "guests_added", ANN: "guests_added"}
    await edit_booking(ctx, EditBooking(uid=booking.uid, start=at(LATER), end=at(LATER) + timedelta(minutes=30)))
    moved = await post.new()
    assert {mail.recipient.email: mail.kind for mail in moved} == {host.email: "rescheduled", ANN: "rescheduled"}
    assert [rendered(mail).calendar for mail in (*added, *moved)] == [None] * 4
    await confirm_booking(ctx, ConfirmBooking(uid=booking.uid))
    assert await post.kinds() == {host.email: "scheduled", ANN: "scheduled", BEN: "scheduled"}


async def test_another_time_is_asked_for(post: Post) -> None:
    """EM-1, LC-13: the file removes the event; the successor's puts it back, as a later version of the same."""
    host, meeting = await host_with(post)
    booking = await post.booked(meeting, MONDAY)
    await post.new()
    await request_reschedule(post.as_user(host), RequestReschedule(uid=booking.uid, reason="Please"))
    mails = await post.new()
    assert {mail.recipient.email: mail.kind for mail in mails} == dict.fromkeys(
        (host.email, ANN), "reschedule_requested"
    )
    assert all("Please" in rendered(mail).text and "Please" in rendered(mail).html for mail in mails)
    assert all(calendar(mail)[0] == "CANCEL" for mail in mails)
    await reschedule_booking(post.ctx, RescheduleBooking(uid=booking.uid, start=at(LATER)))
    mail = await post.to(ANN)
    method, event = calendar(mail)
    assert (mail.kind, method, event["UID"], event["SEQUENCE"]) == ("rescheduled", "REQUEST", booking.ical_uid, 2)


async def test_absence_is_nobodys_mail(post: Post) -> None:
    host, meeting = await host_with(post)
    booking = await post.booked(meeting, MONDAY)
    await post.new()
    post.clock.moment = at("2026-05-04T10:00")
    await mark_absent(post.as_user(host), MarkAbsent(uid=booking.uid, host=True))
    assert await post.kinds() == {}


async def test_instant_meetings_mail_when_claimed(post: Post) -> None:
    """BK-44: until somebody takes it there is nobody to confirm it."""
    one = await post.person()
    meeting = await post.team_event("ROUND_ROBIN", one, is_instant=True)
    await post.book(meeting, MONDAY, instant=True)
    assert await post.kinds() == {}
    token = await raw.value("SELECT join_token FROM bookings")
    await claim_instant_booking(post.as_user(one), ClaimInstantBooking(token=token))
    assert await post.kinds() == {one.email: "scheduled", ANN: "scheduled"}


async def test_standing_in(post: Post) -> None:
    """AV-28: the stand-in hears when it begins, changes and ends; so does who no longer is."""
    away, one, two = await post.person(name="Away"), await post.person(), await post.person()
    await post.team(away, one, two)
    ctx = post.as_user(away)
    entry = await create_out_of_office(ctx, CreateOutOfOffice(date(2026, 6, 1), date(2026, 6, 5), to_user_id=one.id))
    created = await post.new()
    assert [(mail.recipient.email, mail.kind) for mail in created] == [(one.email, "away_created")]
    assert page(created[0]).intro.startswith("Away is away from Monday, June 1, 2026 to Friday, June 5, 2026.")
    await update_out_of_office(ctx, UpdateOutOfOffice(entry.id, end=date(2026, 6, 8)))
    assert await post.kinds() == {one.email: "away_edited"}
    await update_out_of_office(ctx, UpdateOutOfOffice(entry.id, to_user_id=two.id))
    assert await post.kinds() == {one.email: "away_removed", two.email: "away_created"}
    await delete_out_of_office(ctx, DeleteOutOfOffice(entry.id))
    assert await post.kinds() == {two.email: "away_removed"}


async def test_days_away_without_a_stand_in_are_nobodys_mail(post: Post) -> None:
    away = await post.person()
    await create_out_of_office(post.as_user(away), CreateOutOfOffice(date(2026, 6, 1), date(2026, 6, 5)))
    assert await post.kinds() == {}


async def test_the_host_who_asks_for_another_time_reads_so(post: Post) -> None:
    host, meeting = await host_with(post)
    booking = await post.booked(meeting, MONDAY)
    await post.new()
    await request_reschedule(post.as_user(host), RequestReschedule(uid=booking.uid))
    subjects = {mail.recipient.email: rendered(mail).subject.partition(":")[0] for mail in await post.new()}
    assert subjects == {host.email: "Another time asked for", ANN: "Please choose another time"}
