"""Bookings with several hosts: collective, round robin, dynamic groups; and instant meetings."""

import asyncio
from datetime import timedelta

import pytest

from app.domain.enums import BookingStatus
from app.errors import (
    ForbiddenError,
    HostUnavailableError,
    InvalidInputError,
    InvalidStateError,
    NotFoundError,
    PolicyViolationError,
    SlotUnavailableError,
    UnauthenticatedError,
)
from app.models import Booking, User
from app.services.bookings.claim_instant import ClaimInstantBooking, claim_instant_booking
from app.services.slots.refs import EventTypeRef
from tests.services.bookings.desk import Desk, count, outbox, outbox_payloads, statuses

TEAM_BUSY = "One of the hosts either already has booking at this time or is not available"


async def people(desk: Desk, number: int) -> list[User]:
    """Some hosts."""
    return [await desk.person() for _ in range(number)]


async def test_collective_books_every_host(desk: Desk) -> None:
    """TM-13, BK-21, BK-22: the first host organizes, the others are attendees; the team names the title."""
    hosts = await people(desk, 3)
    team = await desk.team(*hosts)
    team.name = "Sales"
    await team.save()
    event_type = await desk.team_event("COLLECTIVE", *hosts, team=team)
    view = await desk.booked(event_type, "2026-05-04T08:00")
    assert view.title == "Meeting between Sales and Ann"
    assert [host.user_id for host in view.hosts] == [host.id for host in hosts]
    assert [(person.kind, person.user_id) for person in view.attendees[1:]] == [("HOST", h.id) for h in hosts[1:]]
    assert view.team_id == team.id
    assert await count("booking_hosts") == 3


async def test_collective_needs_everybody(desk: Desk) -> None:
    """TM-1, BK-10: one busy host forbids it, in the team's words; only insiders read whose time it is."""
    hosts = await people(desk, 2)
    event_type = await desk.team_event("COLLECTIVE", *hosts)
    await desk.book(await desk.event_type(hosts[1]), "2026-05-04T08:00")
    with pytest.raises(HostUnavailableError) as caught:
        await desk.book(event_type, "2026-05-04T08:00")
    assert caught.value.message == TEAM_BUSY
    assert {(reason.code, reason.host_id, reason.starts_at) for reason in caught.value.reasons} == {
        ("busy", None, None)
    }
    with pytest.raises(HostUnavailableError) as caught:
        await desk.book(event_type, "2026-05-04T08:00", ctx=desk.as_user(hosts[0]))
    assert {reason.host_id for reason in caught.value.reasons} == {hosts[1].id}
    assert (caught.value.length_minutes, len(caught.value.next_slots)) == (30, 5)


async def test_co_hosts_cannot_be_booked_elsewhere(desk: Desk) -> None:
    """BT-1: a collective booking blocks all of its hosts."""
    hosts = await people(desk, 2)
    await desk.book(await desk.team_event("COLLECTIVE", *hosts), "2026-05-04T08:00")
    with pytest.raises(SlotUnavailableError):
        await desk.book(await desk.event_type(hosts[1]), "2026-05-04T08:15")


async def test_guests_who_host_are_dropped(desk: Desk) -> None:
    """BK-23."""
    hosts = await people(desk, 2)
    event_type = await desk.team_event("COLLECTIVE", *hosts)
    view = await desk.booked(event_type, "2026-05-04T08:00", guests=(hosts[1].email, "guest@example.com"))
    assert view.guests == ("guest@example.com",)


async def test_round_robin_takes_turns(desk: Desk) -> None:
    """TM-12: who waited longest comes next, ties by user id."""
    hosts = await people(desk, 3)
    event_type = await desk.team_event("ROUND_ROBIN", *hosts)
    chosen = []
    for day in (4, 5, 6, 7):
        view = await desk.booked(event_type, f"2026-05-0{day}T08:00")
        chosen.append(view.user_id)
        desk.clock.moment += timedelta(seconds=1)
    assert chosen == [hosts[0].id, hosts[1].id, hosts[2].id, hosts[0].id]


async def test_round_robin_prefers_priority(desk: Desk) -> None:
    """TM-11."""
    low, high = await people(desk, 2)
    event_type = await desk.team_event("ROUND_ROBIN")
    await desk.host(event_type, low, priority=1)
    await desk.host(event_type, high, priority=3)
    chosen = [(await desk.booked(event_type, f"2026-05-0{day}T08:00")).user_id for day in (4, 5)]
    assert chosen == [high.id, high.id]


async def test_round_robin_weights(desk: Desk) -> None:
    """TM-9: a host of double weight gets double, counted by creation this month."""
    light, heavy = await people(desk, 2)
    event_type = await desk.team_event("ROUND_ROBIN", weights_enabled=True)
    await desk.host(event_type, light, weight=100)
    await desk.host(event_type, heavy, weight=200)
    chosen = []
    for hour in (7, 8, 9, 10, 11, 12):
        chosen.append((await desk.booked(event_type, f"2026-05-04T{hour:02}:00")).user_id)
        desk.clock.moment += timedelta(seconds=1)
    assert (chosen.count(light.id), chosen.count(heavy.id)) == (2, 4)


async def test_round_robin_with_a_fixed_host(desk: Desk) -> None:
    """TM-13: the fixed host organizes; the one whose turn it is joins."""
    fixed, first, second = await people(desk, 3)
    event_type = await desk.team_event("ROUND_ROBIN", first, second)
    await desk.host(event_type, fixed, is_fixed=True)
    view = await desk.booked(event_type, "2026-05-04T08:00")
    assert (view.user_id, [host.user_id for host in view.hosts]) == (fixed.id, [fixed.id, first.id])


async def test_round_robin_race_fills_every_host(desk: Desk) -> None:
    """BK-14: twelve at once for three hosts make three bookings, each with another host."""
    hosts = await people(desk, 3)
    event_type = await desk.team_event("ROUND_ROBIN", *hosts)
    requests = (desk.book(event_type, "2026-05-04T08:00", f"b{n}@example.com") for n in range(12))
    answers = await asyncio.gather(*requests, return_exceptions=True)
    lost = [answer for answer in answers if isinstance(answer, SlotUnavailableError)]
    assert len(lost) == 9
    assert {error.message for error in lost} == {TEAM_BUSY}
    assert {row["user_id"] for row in await Booking.all().values("user_id")} == {host.id for host in hosts}


async def test_collective_race(desk: Desk) -> None:
    """BK-14: two collective event types with their hosts in opposite order neither deadlock nor double-book."""
    one, other = await people(desk, 2)
    forth, back = await desk.team_event("COLLECTIVE", one, other), await desk.team_event("COLLECTIVE", other, one)
    requests = (desk.book((forth, back)[n % 2], "2026-05-04T08:00", f"b{n}@example.com") for n in range(16))
    answers = await asyncio.gather(*requests, return_exceptions=True)
    assert sum(isinstance(answer, SlotUnavailableError) for answer in answers) == 15
    assert await count("booking_hosts") == 2


async def test_dynamic_group(desk: Desk) -> None:
    """TM-24: everybody hosts, no event type stands behind it, the booker's title is used."""
    one, other = await people(desk, 2)
    ref = EventTypeRef(usernames=(one.username, other.username))
    view = await desk.booked(ref, "2026-05-04T08:00", responses={"title": "Lunch"}, guests=("g@example.com",))
    assert (view.event_type_id, view.title, view.duration_minutes) == (None, "Lunch", 30)
    assert {host.user_id for host in view.hosts} == {one.id, other.id}
    assert view.guests == ()
    with pytest.raises(SlotUnavailableError):
        await desk.book(ref, "2026-05-04T08:00", "carl@example.com")


async def test_dynamic_group_of_the_unwilling(desk: Desk) -> None:
    """TM-24."""
    one, other = await desk.person(), await desk.person(allow_dynamic_booking=False)
    with pytest.raises(PolicyViolationError, match="do not allow dynamic booking"):
        await desk.book(EventTypeRef(usernames=(one.username, other.username)), "2026-05-04T08:00")


async def test_instant_meetings_are_for_teams(desk: Desk) -> None:
    """BK-44: the documented 400."""
    event_type = await desk.event_type(await desk.person())
    with pytest.raises(InvalidInputError, match=r"^Instant bookings are only supported for team event types"):
        await desk.book(event_type, "2026-05-01T00:01", instant=True)
    assert await count("bookings") == 0


async def test_instant_meeting_waits_and_is_claimed_once(desk: Desk) -> None:
    """BK-44: nobody hosts it until the first member opens the link; the clock need not fit anybody's hours."""
    hosts = await people(desk, 2)
    event_type = await desk.team_event("ROUND_ROBIN", *hosts)
    view = await desk.booked(event_type, "2026-05-01T00:01", instant=True)
    assert (view.status, view.user_id, view.title) == (BookingStatus.AWAITING_HOST, None, "Instant Meeting with Ann")
    assert view.hosts == ()
    token = (await outbox_payloads("booking.instant-requested"))[0]["joinToken"]
    claims = (claim_instant_booking(desk.as_user(host), ClaimInstantBooking(token=token)) for host in hosts)
    answers = await asyncio.gather(*claims, return_exceptions=True)
    winners = [answer for answer in answers if not isinstance(answer, BaseException)]
    assert len(winners) == 1
    assert winners[0].booking.status == "ACCEPTED"
    assert sum(isinstance(answer, NotFoundError) for answer in answers) == 1
    assert await outbox() == [("booking.instant-requested", view.uid), ("booking.instant-claimed", view.uid)]


async def test_instant_meeting_refuses_strangers_and_late_hosts(desk: Desk) -> None:
    """BK-44: only members, only while the token lives."""
    host, stranger = await people(desk, 2)
    event_type = await desk.team_event("ROUND_ROBIN", host)
    view = await desk.booked(event_type, "2026-05-01T00:01", instant=True)
    claim = ClaimInstantBooking(token=(await outbox_payloads("booking.instant-requested"))[0]["joinToken"])
    with pytest.raises(ForbiddenError):
        await claim_instant_booking(desk.as_user(stranger), claim)
    with pytest.raises(UnauthenticatedError):
        await claim_instant_booking(desk.ctx, claim)
    desk.clock.moment += timedelta(seconds=90)
    with pytest.raises(InvalidStateError):
        await claim_instant_booking(desk.as_user(host), claim)
    assert await statuses(view.uid) == ["AWAITING_HOST"]
    assert await count("booking_hosts") == 0


async def test_a_busy_host_cannot_claim(desk: Desk) -> None:
    """The constraint holds for instant meetings too."""
    host = await desk.person()
    event_type = await desk.team_event("ROUND_ROBIN", host)
    await desk.book(await desk.event_type(host), "2026-05-04T08:00")
    view = await desk.booked(event_type, "2026-05-04T08:00", instant=True)
    claim = ClaimInstantBooking(token=(await outbox_payloads("booking.instant-requested"))[0]["joinToken"])
    with pytest.raises(SlotUnavailableError):
        await claim_instant_booking(desk.as_user(host), claim)
    assert await statuses(view.uid) == ["AWAITING_HOST"]
