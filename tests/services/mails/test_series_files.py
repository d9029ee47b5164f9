"""A series in calendars: its times (EM-3), and what becomes of it when occurrences move or go."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from app.db import raw
from app.domain.recurrence import Frequency, Recurrence, occurrence_starts
from app.domain.series import SeriesScope
from app.domain.titles import Reader
from app.models import User
from app.services.bookings.add_guests import AddGuests, add_guests
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.change_location import ChangeLocation, change_location
from app.services.bookings.confirm import ConfirmBooking, confirm_booking
from app.services.bookings.edit import EditBooking, edit_booking
from app.services.bookings.reassign import ReassignBooking, reassign_booking
from app.services.bookings.request_reschedule import RequestReschedule, request_reschedule
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from app.services.bookings.views import BookingView
from app.services.mails.content import (
    BookingContent,
    CalendarEntry,
    MailContent,
    MailKind,
    Occurrence,
    Recipient,
    content_from_json,
    content_to_json,
)
from tests.services.mails.agenda import Agenda, Span
from tests.services.mails.post import Post, rendered
from tests.services.slots.world import EVERY_DAY, at

ANN = "ann@example.com"
WEEKLY = {"interval": 1, "occurrences": 4, "frequency": "weekly"}
MONDAY = "2026-05-04T09:00"
ALWAYS = ((EVERY_DAY, 0, 1440),)


def file_of(mail: MailContent) -> str:
    file = rendered(mail).calendar
    assert file is not None
    return file.decode()


async def booked(recurring_uid: str) -> list[Span]:
    """The accepted bookings of a series."""
    text = "SELECT start_s, end_s FROM bookings WHERE recurring_uid = $1 AND status = 'ACCEPTED' ORDER BY start_s"
    rows = await raw.rows(text, recurring_uid)
    return [(datetime.fromtimestamp(row[0], UTC), datetime.fromtimestamp(row[1], UTC)) for row in rows]


class TestTimes:
    """What a calendar makes of the file is what was booked."""

    @pytest.mark.parametrize(
        ("first", "recurrence", "form"),
        [
            pytest.param("2026-06-01T09:00", WEEKLY, "rule in UTC", id="summer only"),
            pytest.param("2026-10-12T09:00", WEEKLY, "rule in zone", id="over the end of summer time"),
            pytest.param("2027-03-15T09:00", WEEKLY, "rule in zone", id="over its beginning"),
            pytest.param(
                "2026-07-15T09:00", {**WEEKLY, "frequency": "monthly", "occurrences": 6}, "rule in zone", id="months"
            ),
            pytest.param("2026-07-31T09:00", {**WEEKLY, "frequency": "monthly"}, "list", id="the 31st"),
            pytest.param("2026-06-02T09:00", {**WEEKLY, "frequency": "yearly"}, "rule in UTC", id="years"),
        ],
    )
    async def test_a_booked_series(self, post: Post, first: str, recurrence: dict[str, object], form: str) -> None:
        host = await post.person(hours=ALWAYS)
        made = await post.book(await post.event_type(host, recurrence=recurrence), first)
        mail = await post.to(ANN)
        agenda = Agenda()
        agenda.take(mail)
        assert made.booking.recurring_uid is not None
        assert agenda.meetings() == await booked(made.booking.recurring_uid)
        text = file_of(mail)
        assert ("RRULE:" in text, "RDATE:" in text.partition("BEGIN:VEVENT")[2]) == (form != "list", form == "list")
        assert ("BEGIN:VTIMEZONE" in text) == ("DTSTART;TZID=Europe/Rome:" in text) == (form == "rule in zone")
        assert text.count("BEGIN:VEVENT") == 1

    async def test_one_booking_of_a_recurring_event_is_no_series(self, post: Post) -> None:
        host = await post.person()
        booking = await post.booked(await post.event_type(host, recurrence=WEEKLY), MONDAY, recurrence_count=1)
        await post.new()
        await reschedule_booking(post.ctx, RescheduleBooking(uid=booking.uid, start=at("2026-05-05T09:00")))
        text = file_of(await post.to(ANN))
        assert f"UID:{booking.ical_uid}" in text
        assert "RECURRENCE-ID" not in text
        assert "RRULE" not in text


ZONES = st.sampled_from(
    [
        "Europe/Rome",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Pacific/Apia",
        "Asia/Kolkata",
        "UTC",
    ]
)
RULES = st.builds(
    Recurrence, interval=st.integers(1, 3), occurrences=st.just(12), frequency=st.sampled_from(list(Frequency))
)
MINUTES = st.integers(int(at("2026-01-01T00:00").timestamp()) // 60, int(at("2028-12-31T00:00").timestamp()) // 60)


@given(first=MINUTES, count=st.integers(2, 12), rule=RULES, zone=ZONES)
def test_any_series_in_any_zone(first: int, count: int, rule: Recurrence, zone: str) -> None:
    """Gaps, doubled hours, missing days: whatever is booked is what a calendar shows."""
    starts = occurrence_starts(first * 60, count, rule, ZoneInfo(zone))
    agenda = Agenda()
    agenda.take(mail_with(tuple(Occurrence(each, each + 1800, each) for each in starts), rule, zone))
    spans = [datetime.fromtimestamp(each, UTC) for each in starts]
    assert agenda.meetings() == [(each, each + timedelta(minutes=30)) for each in spans]


def mail_with(occurrences: tuple[Occurrence, ...], rule: Recurrence, zone: str) -> MailContent:
    entry = CalendarEntry(uid="u", sequence=0, zone=zone, whole=True, occurrences=occurrences, recurrence=rule)
    booking = BookingContent(
        uid="u", ical_uid="u", ical_sequence=0, title="T", start_s=0, end_s=60, person="B", participants=(), entry=entry
    )
    to = Recipient(email=ANN, name="Ann", zone="UTC", language="en", reader=Reader.ATTENDEE)
    return MailContent(kind=MailKind.SCHEDULED, recipient=to, booking=booking)


def test_an_entry_is_stored_and_read_again() -> None:
    mail = mail_with((Occurrence(0, 60, 0), Occurrence(120, 180, 90)), Recurrence(1, 2, Frequency.WEEKLY), "UTC")
    assert content_from_json(content_to_json(mail)) == mail


def test_onsets_are_told_in_the_time_before_them() -> None:
    """RFC 5545, 3.6.5: summer time begins at 02:00 of winter time, and ends at 03:00 of summer time."""
    starts = occurrence_starts(
        int(at("2026-03-02T09:00").timestamp()), 60, Recurrence(1, 60, Frequency.WEEKLY), ZoneInfo("Europe/Rome")
    )
    occurrences = tuple(Occurrence(each, each + 60, each) for each in starts)
    text = file_of(mail_with(occurrences, Recurrence(1, 60, Frequency.WEEKLY), "Europe/Rome"))
    (zone,) = Calendar.from_ical(text).timezones
    observances: list[Any] = zone.subcomponents
    told = {
        (part.name, onset.hour)
        for part in observances
        if part["TZOFFSETFROM"].td != part["TZOFFSETTO"].td
        for onset in [part["DTSTART"].dt, *(each.dt for each in part["RDATE"].dts)]
    }
    assert told == {("DAYLIGHT", 2), ("STANDARD", 3)}


class Meeting:
    """A weekly series, what Ann's and the host's calendars show of it, and what is booked."""

    def __init__(self, post: Post, host: User, first: BookingView) -> None:
        self.post, self.host = post, host
        assert first.recurring_uid is not None
        self.recurring_uid = first.recurring_uid
        self.agendas = {ANN: Agenda(), host.email: Agenda()}
        self.kinds: dict[str, str] = {}

    async def live(self) -> list[str]:
        """Uids of what is booked, by start."""
        text = (
            "SELECT uid FROM bookings WHERE recurring_uid = $1 AND status IN ('ACCEPTED', 'PENDING') ORDER BY start_s"
        )
        return [row["uid"] for row in await raw.rows(text, self.recurring_uid)]

    async def deliver(self) -> None:
        """Let both take the new mails; the next change happens later."""
        self.post.clock.moment += timedelta(seconds=1)
        self.kinds = {}
        for mail in await self.post.new():
            self.kinds[mail.recipient.email] = mail.kind.value
            if mail.recipient.email in self.agendas:
                self.agendas[mail.recipient.email].take(mail)

    async def agrees(self) -> None:
        """Both calendars show what is booked."""
        await self.deliver()
        expected = await booked(self.recurring_uid)
        for agenda in self.agendas.values():
            assert agenda.meetings() == expected
            assert agenda.places_exist()

    async def move(self, number: int, start: str, scope: SeriesScope = SeriesScope.THIS) -> None:
        """Move the occurrence of this number among the live ones."""
        uid = (await self.live())[number]
        await reschedule_booking(self.post.ctx, RescheduleBooking(uid=uid, start=at(start), scope=scope))

    async def cancel(self, number: int, scope: SeriesScope = SeriesScope.THIS) -> None:
        """Cancel it."""
        await cancel_booking(self.post.ctx, CancelBooking(uid=(await self.live())[number], scope=scope))


@pytest.fixture
async def meeting(post: Post) -> Meeting:
    """Four Mondays from 4 May, in both calendars."""
    host = await post.person(name="Hedda")
    made = await post.book(await post.event_type(host, recurrence=WEEKLY), MONDAY)
    found = Meeting(post, host, made.booking)
    await found.agrees()
    return found


class TestChanges:
    """After every change the calendars of both sides show what is booked."""

    async def test_one_moved_twice_and_cancelled(self, meeting: Meeting) -> None:
        await meeting.move(1, "2026-05-12T10:00")
        await meeting.agrees()
        await meeting.move(1, "2026-05-13T10:00")
        await meeting.agrees()
        await meeting.move(2, "2026-05-19T10:00")
        await meeting.agrees()
        await meeting.cancel(1)
        await meeting.agrees()
        assert len(await meeting.live()) == 3

    async def test_the_first_moved_and_cancelled(self, meeting: Meeting) -> None:
        """The entry keeps the identity of a booking that is gone."""
        await meeting.move(0, "2026-05-05T10:00")
        await meeting.agrees()
        await meeting.cancel(0)
        await meeting.agrees()
        await meeting.move(0, "2026-05-12T10:00")
        await meeting.agrees()

    async def test_the_rest_cancelled(self, meeting: Meeting) -> None:
        await meeting.cancel(2, SeriesScope.THIS_AND_FOLLOWING)
        await meeting.agrees()
        assert len(await meeting.live()) == 2
        await meeting.cancel(0, SeriesScope.ALL)
        await meeting.agrees()
        assert meeting.agendas[ANN].meetings() == []

    async def test_all_cancelled_by_the_uid_of_the_series(self, meeting: Meeting) -> None:
        await meeting.move(1, "2026-05-12T10:00")
        await meeting.agrees()
        await cancel_booking(meeting.post.ctx, CancelBooking(uid=meeting.recurring_uid))
        await meeting.agrees()
        assert meeting.agendas[ANN].meetings() == []

    async def test_what_is_over_stays(self, meeting: Meeting) -> None:
        meeting.post.clock.moment = at("2026-05-12T00:00")
        await cancel_booking(meeting.post.ctx, CancelBooking(uid=meeting.recurring_uid))
        await meeting.agrees()
        assert len(meeting.agendas[ANN].meetings()) == 2

    async def test_all_moved(self, meeting: Meeting) -> None:
        await meeting.cancel(1)
        await meeting.agrees()
        await meeting.move(0, "2026-05-05T10:00", SeriesScope.ALL)
        await meeting.agrees()
        await meeting.move(1, "2026-05-20T10:00")
        await meeting.agrees()
        await meeting.move(0, "2026-05-06T10:00", SeriesScope.ALL)
        await meeting.agrees()

    async def test_the_rest_moved(self, meeting: Meeting) -> None:
        await meeting.move(1, "2026-05-12T10:00", SeriesScope.THIS_AND_FOLLOWING)
        await meeting.agrees()
        await meeting.move(2, "2026-05-20T10:00")
        await meeting.agrees()
        await meeting.cancel(1, SeriesScope.THIS_AND_FOLLOWING)
        await meeting.agrees()

    async def test_the_last_one_left_moved(self, meeting: Meeting) -> None:
        await meeting.cancel(1, SeriesScope.THIS_AND_FOLLOWING)
        await meeting.agrees()
        await meeting.move(0, "2026-05-05T10:00")
        await meeting.agrees()
        await meeting.cancel(0)
        await meeting.agrees()

    async def test_one_edited_in_place(self, meeting: Meeting) -> None:
        """Other times and another length; then all move, each with its own length."""
        owner = meeting.post.as_user(meeting.host)
        uid = (await meeting.live())[1]
        await edit_booking(owner, EditBooking(uid=uid, start=at("2026-05-12T10:00"), end=at("2026-05-12T11:00")))
        await meeting.agrees()
        await edit_booking(owner, EditBooking(uid=uid, start=at("2026-05-12T11:00"), end=at("2026-05-12T12:00")))
        await meeting.agrees()
        await edit_booking(owner, EditBooking(uid=uid, title="Another title"))
        await meeting.agrees()
        await meeting.move(0, "2026-05-05T10:00", SeriesScope.ALL)
        await meeting.agrees()

    async def test_another_place_and_guests(self, meeting: Meeting) -> None:
        owner = meeting.post.as_user(meeting.host)
        uid = (await meeting.live())[2]
        await change_location(owner, ChangeLocation(uid=uid, kind="address", value="1 High St"))
        await meeting.agrees()
        await add_guests(owner, AddGuests(uid=uid, guests=("ben@example.com",)))
        await meeting.agrees()
        assert meeting.kinds["ben@example.com"] == "scheduled"

    async def test_another_time_asked_for(self, meeting: Meeting) -> None:
        owner = meeting.post.as_user(meeting.host)
        uid = (await meeting.live())[1]
        await request_reschedule(owner, RequestReschedule(uid=uid))
        await meeting.agrees()
        assert len(meeting.agendas[ANN].meetings()) == 3
        await reschedule_booking(meeting.post.ctx, RescheduleBooking(uid=uid, start=at("2026-05-12T10:00")))
        await meeting.agrees()
        assert len(meeting.agendas[ANN].meetings()) == 4

    async def test_however_the_relay_parts_it(self, meeting: Meeting) -> None:
        meeting.post.relay._batch = 1
        await meeting.cancel(2, SeriesScope.THIS_AND_FOLLOWING)
        await meeting.agrees()
        await meeting.move(0, "2026-05-05T10:00", SeriesScope.ALL)
        await meeting.agrees()
        await cancel_booking(meeting.post.ctx, CancelBooking(uid=meeting.recurring_uid))
        await meeting.agrees()


async def pending(post: Post) -> tuple[Meeting, Callable[[], Awaitable[None]]]:
    """Four Mondays that wait for confirmation, and how they are confirmed."""
    host = await post.person()
    made = await post.book(await post.event_type(host, recurrence=WEEKLY, requires_confirmation=True), MONDAY)
    meeting = Meeting(post, host, made.booking)

    async def confirm() -> None:
        await confirm_booking(post.as_user(host), ConfirmBooking(uid=meeting.recurring_uid))

    return meeting, confirm


class TestConfirmation:
    """Calendars hear of a series when it is confirmed, as it is then."""

    async def test_confirmed_with_one_less_and_one_moved(self, post: Post) -> None:
        meeting, confirm = await pending(post)
        await meeting.cancel(1)
        await meeting.move(1, "2026-05-19T10:00")
        await meeting.deliver()
        await confirm()
        await meeting.agrees()
        assert len(meeting.agendas[ANN].meetings()) == 3

    async def test_one_moved_afterwards_waits_again(self, post: Post) -> None:
        meeting, confirm = await pending(post)
        await confirm()
        await meeting.agrees()
        await meeting.move(1, "2026-05-12T10:00")
        await meeting.deliver()
        await confirm()
        await meeting.agrees()
        assert len(meeting.agendas[ANN].meetings()) == 4

    async def test_all_moved_afterwards_wait_again(self, post: Post) -> None:
        meeting, confirm = await pending(post)
        await confirm()
        await meeting.agrees()
        await meeting.move(0, "2026-05-05T10:00", SeriesScope.ALL)
        await meeting.move(1, "2026-05-13T10:00")
        await meeting.deliver()
        await confirm()
        await meeting.agrees()


async def test_a_round_robin_series_in_three_calendars(post: Post) -> None:
    """One occurrence handed to another host leaves the first host's calendar and comes into the second's."""
    one, two = await post.person(name="One"), await post.person(name="Two")
    made = await post.book(await post.team_event("ROUND_ROBIN", one, two, recurrence=WEEKLY), MONDAY)
    old, new = (one, two) if made.booking.user_id == one.id else (two, one)
    agendas = {person: Agenda() for person in (ANN, one.email, two.email)}

    async def shown() -> list[int]:
        for mail in await post.new():
            agendas[mail.recipient.email].take(mail)
        return [len(agendas[email].meetings()) for email in (ANN, old.email, new.email)]

    assert await shown() == [4, 4, 0]
    await reassign_booking(post.as_user(one), ReassignBooking(uid=made.bookings[1].uid))
    assert await shown() == [4, 3, 1]
    await post.booking(None, [old], "2026-05-19T11:00")
    moved = RescheduleBooking(uid=made.bookings[2].uid, start=at("2026-05-19T11:00"))
    await reschedule_booking(post.ctx, moved)
    assert await shown() == [4, 2, 2]
    assert made.booking.recurring_uid is not None
    assert agendas[ANN].meetings() == await booked(made.booking.recurring_uid)
