"""EM-2, BK-25, BK-26: who gets no mail, and what is not shown."""

import pytest

from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.create import Booker
from app.settings import Settings
from tests.services.mails.post import Post, calendar, message, people, rendered

MONDAY = "2026-05-04T09:00"
ANN = "ann@example.com"
NO_MAIL = Booker(name="Phil", phone_number="+37120993151", time_zone="Europe/Riga")


async def test_no_mail_to_stand_ins_for_phone_numbers(post: Post) -> None:
    """BK-25: and nobody is pointed to such an address."""
    host = await post.person()
    meeting = await post.event_type(host)
    await post.book(meeting, MONDAY, attendee=NO_MAIL)
    mail = await post.to(host.email)
    assert await post.states() == {host.email: "PENDING"}
    text = rendered(mail).text
    assert "Phil (attendee) · +37120993151" in text
    assert "@sms.cal.com" not in text
    assert people(calendar(mail)[1]) == {}
    assert message(mail)["Reply-To"] is None


async def test_a_hidden_organizer(post: Post) -> None:
    """BK-26: no address in mails to the invited, nor in their file, nor to reply to."""
    host = await post.person(name="Hedda")
    meeting = await post.event_type(host, hide_organizer_email=True)
    await post.book(meeting, MONDAY)
    mail = await post.to(ANN)
    whole = message(mail).as_string() + rendered(mail).text + rendered(mail).html
    assert host.email not in whole
    assert "Hedda (organizer)" in rendered(mail).text
    _, event = calendar(mail)
    assert str(event["ORGANIZER"]) == "invalid:nomail"
    assert event["ORGANIZER"].params["CN"] == "Hedda"
    assert message(mail)["Reply-To"] is None


async def test_answers_go_to_the_other_side(post: Post) -> None:
    host = await post.person()
    meeting = await post.event_type(host)
    await post.book(meeting, MONDAY)
    replies = {mail.recipient.email: str(message(mail)["Reply-To"]) for mail in await post.new()}
    assert replies == {host.email: ANN, ANN: host.email}


@pytest.mark.parametrize("hidden", [False, True])
async def test_answers_go_where_the_event_type_says(post: Post, hidden: bool) -> None:
    """`customReplyToEmail` stands for the organizer, also for a hidden one; the organizer still answers the booker."""
    host = await post.person()
    meeting = await post.event_type(host, custom_reply_to_email="desk@example.com", hide_organizer_email=hidden)
    await post.book(meeting, MONDAY)
    replies = {mail.recipient.email: str(message(mail)["Reply-To"]) for mail in await post.new()}
    assert replies == {host.email: ANN, ANN: "desk@example.com"}


@pytest.mark.parametrize(
    ("switches", "written"),
    [
        ({"all": {"host": True}}, {ANN: "scheduled"}),
        ({"all": {"attendee": True}}, {"HOST": "scheduled"}),
        ({"all": {"host": True, "attendee": True}}, {}),
        ({"confirmation": {"host": True, "attendee": True}}, {ANN: "scheduled", "HOST": "scheduled"}),
        ({"all": None}, {ANN: "scheduled", "HOST": "scheduled"}),
        ("nonsense", {ANN: "scheduled", "HOST": "scheduled"}),
    ],
)
async def test_standard_mails_switched_off(post: Post, switches: object, written: dict[str, str]) -> None:
    """EM-2: in the event type's metadata; the switch for confirmations needs a workflow that replaces them."""
    host = await post.person()
    meeting = await post.event_type(host, metadata={"disableStandardEmails": switches})
    await post.book(meeting, MONDAY)
    assert await post.kinds() == {host.email if who == "HOST" else who: kind for who, kind in written.items()}


async def test_the_global_switch(post: Post, settings: Settings) -> None:
    off = Post(settings.model_copy(update={"email_enabled": False}))
    meeting = await off.event_type(await off.person())
    await off.book(meeting, MONDAY)
    assert await off.kinds() == {}


async def test_a_host_who_books_himself_gets_one_mail(post: Post) -> None:
    host = await post.person()
    meeting = await post.event_type(host)
    booking = await post.booked(meeting, MONDAY, host.email.upper())
    (mail,) = await post.new()
    assert (mail.recipient.email, mail.recipient.reader) == (host.email, "HOST")
    await cancel_booking(post.ctx, CancelBooking(uid=booking.uid))
    assert await post.kinds() == {host.email: "cancelled"}


async def test_planning_again_writes_nothing_twice(post: Post) -> None:
    """The relay asks a planner that failed again, about the same events."""
    host = await post.person()
    await post.book(await post.event_type(host), MONDAY)
    await post.new()
    await post.plan_again()
    assert await post.kinds() == {}
    await post.send()
    assert len(post.drawer.messages) == 2


async def test_private_details(post: Post) -> None:
    """EM-3: hidden event details make the event private."""
    host = await post.person()
    meeting = await post.event_type(host, hide_calendar_details=True)
    await post.book(meeting, MONDAY)
    assert calendar(await post.to(ANN))[1]["CLASS"] == "PRIVATE"
