"""Confirming, declining, reassigning, marking absences, editing; each with a caller from another tenant."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.context import Actor, RequestContext
from app.db import raw
from app.domain.enums import BookingStatus
from app.errors import (
    ForbiddenError,
    HostUnavailableError,
    InvalidInputError,
    InvalidStateError,
    NotFoundError,
    PolicyViolationError,
    SlotgraphError,
    SlotUnavailableError,
    UnauthenticatedError,
)
from app.models import EventType, Membership, User
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.changing import NotAuthorizedError
from app.services.bookings.confirm import ConfirmBooking, confirm_booking
from app.services.bookings.decline import DeclineBooking, decline_booking
from app.services.bookings.edit import EditBooking, edit_booking
from app.services.bookings.mark_absent import AttendeeAbsence, MarkAbsent, mark_absent
from app.services.bookings.queries import get_booking, get_booking_or_series
from app.services.bookings.reassign import ReassignBooking, reassign_booking
from app.services.bookings.views import BookingView
from tests.services.bookings.desk import Desk, count, outbox, outbox_payloads, statuses
from tests.services.slots.world import at

WEEKLY = {"interval": 1, "occurrences": 3, "frequency": "weekly"}


async def pending(desk: Desk, **fields: Any) -> tuple[User, EventType, BookingView]:
    """A host, his event type and a booking that waits."""
    host = await desk.person()
    event_type = await desk.event_type(host, requires_confirmation=True, **fields)
    return host, event_type, await desk.booked(event_type, "2026-05-04T08:00")


async def test_confirming(desk: Desk) -> None:
    """LC-21, LC-23: ACCEPTED, it blocks, it is told."""
    host, event_type, view = await pending(desk)
    changed = await confirm_booking(desk.as_user(host), ConfirmBooking(uid=view.uid))
    assert changed.booking.status == "ACCEPTED"
    assert await outbox() == [("booking.requested", view.uid), ("booking.confirmed", view.uid)]
    with pytest.raises(SlotUnavailableError):
        await desk.book(event_type, "2026-05-04T08:00", "carl@example.com")


async def test_declining(desk: Desk) -> None:
    """LC-23, BT-4: REJECTED with the reason; a blocking pending booking frees its time."""
    host, event_type, view = await pending(desk, pending_blocks=True)
    changed = await decline_booking(desk.as_user(host), DeclineBooking(uid=view.uid, reason="no"))
    assert (changed.booking.status, changed.booking.rejection_reason) == ("REJECTED", "no")
    assert (await outbox())[-1] == ("booking.declined", view.uid)
    assert (await outbox_payloads("booking.declined"))[0]["reason"] == "no"
    assert (await desk.booked(event_type, "2026-05-04T08:00", "carl@example.com")).status == "PENDING"


@pytest.mark.parametrize("status", ["ACCEPTED", "CANCELLED", "REJECTED"])
async def test_only_pending_bookings_are_decided(desk: Desk, status: str) -> None:
    """LC-21, LC-22, GP-4, GP-69: a specific 400 for every other status."""
    host, _, view = await pending(desk)
    await raw.execute("UPDATE bookings SET status = $2 WHERE id = $1", view.id, status)
    for deed in (
        confirm_booking(desk.as_user(host), ConfirmBooking(uid=view.uid)),
        decline_booking(desk.as_user(host), DeclineBooking(uid=view.uid)),
    ):
        with pytest.raises(InvalidStateError):
            await deed
    assert await statuses(view.uid) == [status]


async def test_confirm_re_checks_conflicts(desk: Desk) -> None:
    """LC-22, GP-4: what was booked meanwhile wins, buffers included; the booking stays pending."""
    host, _, view = await pending(desk)
    await desk.book(await desk.event_type(host, before_buffer=15), "2026-05-04T08:40")
    with pytest.raises(SlotUnavailableError, match=r"^User either already has booking"):
        await confirm_booking(desk.as_user(host), ConfirmBooking(uid=view.uid))
    assert await statuses(view.uid) == ["PENDING"]


async def test_confirm_against_create(desk: Desk) -> None:
    """BK-14: confirming two requests while others book the same time: one of all wins."""
    host, event_type, view = await pending(desk)
    other = await desk.booked(event_type, "2026-05-04T08:15", "carl@example.com")
    plain = await desk.event_type(host)
    deeds = [confirm_booking(desk.as_user(host), ConfirmBooking(uid=uid)) for uid in (view.uid, other.uid)]
    deeds += [desk.book(plain, "2026-05-04T08:00", f"b{n}@example.com") for n in range(6)]
    answers = await asyncio.gather(*deeds, return_exceptions=True)
    assert sum(isinstance(answer, SlotUnavailableError) for answer in answers) == 7
    assert await count("booking_hosts", "blocks") == 1


async def test_a_series_is_decided_together(desk: Desk) -> None:
    """LC-21: by the uid of one occurrence or of the series; cancelled ones stay."""
    host, event_type, first = await pending(desk, recurrence=WEEKLY)
    series = first.recurring_uid or ""
    last = (await get_booking_or_series(desk.ctx, series))[2]
    await cancel_booking(desk.ctx, CancelBooking(uid=last.uid))
    changed = await confirm_booking(desk.as_user(host), ConfirmBooking(uid=first.uid))
    assert len(changed.bookings) == 2
    assert [view.status for view in await get_booking_or_series(desk.ctx, series)] == [
        "ACCEPTED",
        "ACCEPTED",
        "CANCELLED",
    ]
    second = await desk.booked(event_type, "2026-05-05T08:00")
    declined = await decline_booking(desk.as_user(host), DeclineBooking(uid=second.recurring_uid or ""))
    assert {view.status for view in declined.bookings} == {"REJECTED"}


async def test_a_series_with_a_conflict_stays_pending(desk: Desk) -> None:
    """LC-22: all or nothing."""
    host, _, first = await pending(desk, recurrence=WEEKLY)
    await desk.book(await desk.event_type(host), "2026-05-18T08:00")
    with pytest.raises(SlotUnavailableError) as caught:
        await confirm_booking(desk.as_user(host), ConfirmBooking(uid=first.uid))
    assert caught.value.dates == (at("2026-05-18T08:00"),)
    assert await count("bookings", "status = 'PENDING'") == 3


async def allowed_and_not(
    desk: Desk, host: User, team_id: int | None
) -> tuple[list[RequestContext], list[RequestContext]]:
    """Callers who manage bookings of this team's host, and callers who do not: a member, another tenant's owner."""
    admin, member, stranger = await desk.person(), await desk.person(), await desk.person()
    await desk.team(stranger)
    for user, role in ((admin, "ADMIN"), (member, "MEMBER")):
        await Membership.create(team_id=team_id, user=user, role=role, accepted=True)
    root = desk.as_actor(Actor(user_id=stranger.id, email=stranger.email, is_admin=True))
    return [desk.as_user(host), desk.as_user(admin), root], [desk.as_user(member), desk.as_user(stranger)]


async def test_who_may_confirm(desk: Desk) -> None:
    """LC-21: owner, team administrators, system administrators; 401 for others and nothing is written."""
    host, owner = await desk.person(), await desk.person()
    team = await desk.team(owner, host)
    event_type = await desk.team_event("ROUND_ROBIN", host, team=team, requires_confirmation=True)
    good, bad = await allowed_and_not(desk, host, team.id)
    view = await desk.booked(event_type, "2026-05-04T08:00")
    for ctx in bad:
        for deed in (
            confirm_booking(ctx, ConfirmBooking(uid=view.uid)),
            decline_booking(ctx, DeclineBooking(uid=view.uid)),
        ):
            with pytest.raises(NotAuthorizedError) as caught:
                await deed
            assert caught.value.status == 401
    with pytest.raises(UnauthenticatedError):
        await confirm_booking(desk.ctx, ConfirmBooking(uid=view.uid))
    assert (await statuses(view.uid), await count("outbox")) == (["PENDING"], 1)
    for number, ctx in enumerate(good):
        another = await desk.booked(event_type, f"2026-05-0{5 + number}T08:00")
        assert (await confirm_booking(ctx, ConfirmBooking(uid=another.uid))).booking.status == "ACCEPTED"


async def test_organization_owners_confirm_for_their_teams(desk: Desk) -> None:
    """LC-21, AU-12: the parent organization's administrators."""
    host, boss = await desk.person(), await desk.person()
    team = await desk.team(host)
    organization = await desk.team(boss)
    team.parent_id = organization.id
    await team.save()
    event_type = await desk.team_event("ROUND_ROBIN", host, team=team, requires_confirmation=True)
    view = await desk.booked(event_type, "2026-05-04T08:00")
    assert (await confirm_booking(desk.as_user(boss), ConfirmBooking(uid=view.uid))).booking.status == "ACCEPTED"


async def test_unknown_bookings_are_404(desk: Desk) -> None:
    """LC-21, TM-17, LC-24."""
    ctx = desk.as_user(await desk.person())
    deeds = (
        confirm_booking(ctx, ConfirmBooking(uid="x")),
        decline_booking(ctx, DeclineBooking(uid="x")),
        reassign_booking(ctx, ReassignBooking(uid="x")),
        mark_absent(ctx, MarkAbsent(uid="x", host=True)),
        edit_booking(ctx, EditBooking(uid="x", title="t")),
    )
    for deed in deeds:
        with pytest.raises(NotFoundError, match=r"^Booking with uid=x not found$"):
            await deed


async def robin(desk: Desk, number: int = 3, **fields: Any) -> tuple[list[User], EventType, BookingView]:
    """Round-robin hosts and a booking of the first."""
    hosts = [await desk.person(name=f"Host {index}") for index in range(number)]
    event_type = await desk.team_event("ROUND_ROBIN", *hosts, **fields)
    return hosts, event_type, await desk.booked(event_type, "2026-05-04T08:00")


async def test_reassigning_to_the_next_free_host(desk: Desk) -> None:
    """TM-15, TM-16, TM-18: the uid stays, owner and title change, the old host is free."""
    hosts, _, view = await robin(desk)
    await desk.book(await desk.event_type(hosts[1]), "2026-05-04T08:00", "x@example.com")
    done = await reassign_booking(desk.as_user(hosts[0]), ReassignBooking(uid=view.uid, reason="ill"))
    booking = done.changed.booking
    assert (booking.uid, booking.user_id, done.reassigned_to.user_id) == (view.uid, hosts[2].id, hosts[2].id)
    assert booking.title == "Meeting between Host 2 and Ann"
    assert (booking.reassign_reason, booking.reassigned_by_id) == ("ill", hosts[0].id)
    told = (await outbox_payloads("booking.reassigned"))[0]
    assert (told["fromUserId"], told["toUserId"], told["organizerChanged"]) == (hosts[0].id, hosts[2].id, True)
    assert (
        await desk.booked(await desk.event_type(hosts[0]), "2026-05-04T08:00", "y@example.com")
    ).status == "ACCEPTED"


async def test_reassigning_when_nobody_is_free(desk: Desk) -> None:
    """TM-15: the documented 400."""
    hosts, _, view = await robin(desk, 2)
    await desk.book(await desk.event_type(hosts[1]), "2026-05-04T08:15", "x@example.com")
    with pytest.raises(HostUnavailableError, match=r"^Can't reassign the booking because no other host is available"):
        await reassign_booking(desk.as_user(hosts[0]), ReassignBooking(uid=view.uid))
    assert (await get_booking(desk.ctx, view.uid)).user_id == hosts[0].id


async def test_reassigning_by_hand(desk: Desk) -> None:
    """TM-17: a given host outside of his hours, but not while he is booked: no path books a host twice."""
    hosts, event_type, view = await robin(desk)
    later = await desk.booked(event_type, "2026-05-04T12:00", "x@example.com")
    assert later.user_id == hosts[1].id
    await reassign_booking(desk.as_user(hosts[0]), ReassignBooking(uid=view.uid, to_user_id=hosts[1].id))
    assert (await get_booking(desk.ctx, view.uid)).user_id == hosts[1].id
    overlapping = await desk.booked(event_type, "2026-05-04T08:15", "y@example.com")
    with pytest.raises(HostUnavailableError) as caught:
        await reassign_booking(desk.as_user(hosts[0]), ReassignBooking(uid=overlapping.uid, to_user_id=hosts[1].id))
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("who", "error", "message"),
    [
        pytest.param("stranger", InvalidInputError, "is not a valid Round Robin host", id="TM-17-no-host"),
        pytest.param("fixed", InvalidInputError, "is not a valid Round Robin host", id="TM-17-fixed"),
        pytest.param("present", InvalidInputError, "is not a valid Round Robin host", id="TM-17-already"),
        pytest.param("nobody", NotFoundError, "was not found", id="TM-17-unknown"),
    ],
)
async def test_wrong_targets(desk: Desk, who: str, error: type[SlotgraphError], message: str) -> None:
    """TM-17."""
    hosts, event_type, view = await robin(desk)
    fixed = await desk.person()
    await desk.host(event_type, fixed, is_fixed=True)
    targets = {"stranger": (await desk.person()).id, "fixed": fixed.id, "present": hosts[0].id, "nobody": 987654}
    with pytest.raises(error, match=message):
        await reassign_booking(desk.as_user(hosts[0]), ReassignBooking(uid=view.uid, to_user_id=targets[who]))
    assert (await get_booking(desk.ctx, view.uid)).user_id == hosts[0].id


async def test_reassigning_beside_a_fixed_host(desk: Desk) -> None:
    """TM-16: the organizer stays; the attendee row names the new host."""
    fixed, first, second = [await desk.person(name=f"Host {index}") for index in range(3)]
    event_type = await desk.team_event("ROUND_ROBIN", first, second)
    await desk.host(event_type, fixed, is_fixed=True)
    view = await desk.booked(event_type, "2026-05-04T08:00")
    done = await reassign_booking(desk.as_user(fixed), ReassignBooking(uid=view.uid))
    assert (done.changed.booking.user_id, done.reassigned_to.user_id) == (fixed.id, second.id)
    assert [person.email for person in done.changed.booking.attendees] == ["ann@example.com", second.email]
    assert done.changed.booking.title == view.title


async def test_only_round_robin_bookings_change_hands(desk: Desk) -> None:
    """TM-15."""
    host = await desk.person()
    view = await desk.booked(await desk.event_type(host), "2026-05-04T08:00")
    with pytest.raises(InvalidInputError, match=r"^Only round-robin bookings"):
        await reassign_booking(desk.as_user(host), ReassignBooking(uid=view.uid))


async def test_two_bookings_reassigned_to_one_host_at_once(desk: Desk) -> None:
    """BK-14: the constraint decides; one stays with its host."""
    hosts, event_type, first = await robin(desk)
    second = await desk.booked(event_type, "2026-05-04T08:15", "x@example.com")
    assert second.user_id == hosts[1].id
    root = desk.as_actor(Actor(user_id=hosts[0].id, is_admin=True))
    deeds = (reassign_booking(root, ReassignBooking(uid=view.uid, to_user_id=hosts[2].id)) for view in (first, second))
    answers = await asyncio.gather(*deeds, return_exceptions=True)
    assert sum(isinstance(answer, HostUnavailableError) for answer in answers) == 1
    assert await count("booking_hosts", f"blocks AND host_id = {hosts[2].id}") == 1


async def test_strangers_touch_nothing(desk: Desk) -> None:
    """TM-19, GP-40, GP-41, LC-25: 403 for another tenant, 401 for nobody, and nothing is written."""
    _, _, view = await robin(desk)
    stranger = await desk.person()
    await desk.team(stranger)
    desk.clock.moment = at("2026-05-04T08:10")
    for ctx, error in ((desk.as_user(stranger), ForbiddenError), (desk.ctx, UnauthenticatedError)):
        for deed in (
            reassign_booking(ctx, ReassignBooking(uid=view.uid)),
            mark_absent(ctx, MarkAbsent(uid=view.uid, host=True)),
            edit_booking(ctx, EditBooking(uid=view.uid, title="Mine")),
        ):
            with pytest.raises(error):
                await deed
    assert (await get_booking(desk.ctx, view.uid)).updated_us == view.updated_us
    assert await count("outbox") == 1


async def test_marking_absences(desk: Desk) -> None:
    """LC-24, LC-25: host and attendees, undone too; unknown addresses are skipped."""
    host = await desk.person()
    view = await desk.booked(await desk.event_type(host), "2026-05-04T08:00")
    ctx = desk.as_user(host)
    desk.clock.moment = at("2026-05-04T08:00")
    who = (AttendeeAbsence("ANN@example.com", True), AttendeeAbsence("nobody@example.com", True))
    changed = (await mark_absent(ctx, MarkAbsent(uid=view.uid, host=True, attendees=who))).booking
    assert (changed.host_absent, changed.attendees[0].absent) == (True, True)
    assert (await outbox_payloads("booking.absence-marked"))[0]["attendees"] == [
        {"email": "ann@example.com", "noShow": True}
    ]
    undone = MarkAbsent(uid=view.uid, host=False, attendees=(AttendeeAbsence("ann@example.com", False),))
    changed = (await mark_absent(ctx, undone)).booking
    assert (changed.host_absent, changed.attendees[0].absent) == (False, False)


async def test_no_absence_before_the_start(desk: Desk) -> None:
    """LC-24, LC-25: 400, for the host as well."""
    host = await desk.person()
    view = await desk.booked(await desk.event_type(host), "2026-05-04T08:00")
    desk.clock.moment = at("2026-05-04T08:00") - timedelta(seconds=1)
    with pytest.raises(InvalidStateError):
        await mark_absent(desk.as_user(host), MarkAbsent(uid=view.uid, host=True))
    assert not (await get_booking(desk.ctx, view.uid)).host_absent


async def test_absent_hosts_do_not_count(desk: Desk) -> None:
    """LC-26, TM-8: the weights look at kept meetings only."""
    one, two = await desk.person(), await desk.person()
    event_type = await desk.team_event("ROUND_ROBIN", one, two, weights_enabled=True)
    first = await desk.booked(event_type, "2026-05-04T08:00")
    assert first.user_id == one.id
    desk.clock.moment = at("2026-05-04T08:10")
    await mark_absent(desk.as_user(one), MarkAbsent(uid=first.uid, host=True))
    second = await desk.booked(event_type, "2026-05-05T08:00")
    third = await desk.booked(event_type, "2026-05-05T09:00")
    assert [second.user_id, third.user_id] == [two.id, one.id]


async def test_editing_in_place(desk: Desk) -> None:
    """Title, description and times change, the uid stays."""
    host = await desk.person()
    event_type = await desk.event_type(host)
    view = await desk.booked(event_type, "2026-05-04T08:00")
    command = EditBooking(
        uid=view.uid, title="New", description="d", start=at("2026-05-05T08:00"), end=at("2026-05-05T09:00")
    )
    changed = (await edit_booking(desk.as_user(host), command)).booking
    assert (changed.uid, changed.title, changed.description, changed.duration_minutes) == (view.uid, "New", "d", 60)
    assert (await outbox())[-1] == ("booking.edited", view.uid)
    with pytest.raises(SlotUnavailableError):
        await desk.book(event_type, "2026-05-05T08:30", "carl@example.com")
    assert (await desk.booked(event_type, "2026-05-04T08:00", "carl@example.com")).status == "ACCEPTED"


@pytest.mark.parametrize(
    ("start", "end", "error"),
    [
        pytest.param("2026-05-04T10:00", "2026-05-04T10:30", SlotUnavailableError, id="BK-12-busy"),
        pytest.param("2026-05-04T04:00", "2026-05-04T04:30", SlotUnavailableError, id="BK-12-hours"),
        pytest.param("2026-04-30T08:00", "2026-04-30T08:30", PolicyViolationError, id="BT-32-past"),
        pytest.param("2026-05-04T09:00", "2026-05-04T09:00", InvalidInputError, id="empty"),
    ],
)
async def test_edits_pass_the_availability_rule(desk: Desk, start: str, end: str, error: type[Exception]) -> None:
    """The same rule as for a booking."""
    host = await desk.person()
    event_type = await desk.event_type(host)
    view = await desk.booked(event_type, "2026-05-04T08:00")
    await desk.book(event_type, "2026-05-04T10:15", "carl@example.com")
    with pytest.raises(error):
        await edit_booking(desk.as_user(host), EditBooking(uid=view.uid, start=at(start), end=at(end)))
    assert (await get_booking(desk.ctx, view.uid)).start == view.start


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param(BookingStatus.ACCEPTED, "booking.confirmed", id="confirm"),
        pytest.param(BookingStatus.REJECTED, "booking.declined", id="decline"),
        pytest.param(BookingStatus.CANCELLED, "booking.cancelled", id="cancel"),
    ],
)
async def test_editing_the_status(desk: Desk, status: BookingStatus, kind: str) -> None:
    """Each status through its own operation."""
    host, _, view = await pending(desk)
    changed = await edit_booking(desk.as_user(host), EditBooking(uid=view.uid, status=status))
    assert (changed.booking.status, (await outbox())[-1]) == (status.value, (kind, view.uid))
