"""Moving bookings (LC-1 to LC-13), seats (LC-11, LC-12) and series (GP-70)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.db import raw
from app.domain.series import SeriesScope
from app.errors import (
    AlreadySignedUpError,
    InvalidStateError,
    NotFoundError,
    PolicyViolationError,
    SeatsFullError,
    SlotUnavailableError,
    VersionConflictError,
)
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.changing import NotAuthorizedError
from app.services.bookings.confirm import ConfirmBooking, confirm_booking
from app.services.bookings.queries import get_booking, successor_uids
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from app.services.bookings.views import BookingView, ChangedBookings
from tests.services.bookings.desk import Desk, count, outbox, outbox_payloads, statuses
from tests.services.slots.world import at

WEEKLY = {"interval": 1, "occurrences": 3, "frequency": "weekly"}


async def move(desk: Desk, uid: str, start: str, *, ctx: Any = None, **fields: Any) -> ChangedBookings:
    """Reschedule, anonymously unless told otherwise."""
    return await reschedule_booking(ctx or desk.ctx, RescheduleBooking(uid=uid, start=at(start), **fields))


async def moved(desk: Desk, uid: str, start: str, **fields: Any) -> BookingView:
    """The one successor."""
    return (await move(desk, uid, start, **fields)).booking


async def test_a_successor_takes_the_place(desk: Desk) -> None:
    """LC-1, LC-2, LC-5, BK-20: new uid, old one CANCELLED and linked; answers, title, calendar event stay."""
    event_type = await desk.event_type(await desk.person(), locations=[{"type": "link", "link": "https://x.example"}])
    old = await desk.booked(
        event_type, "2026-05-04T08:00", guests=("g@example.com",), metadata={"k": "v"}, responses={"notes": "n"}
    )
    new = await moved(desk, old.uid, "2026-05-05T08:00", reason="ill", rescheduled_by="ann@example.com")
    assert (new.status, new.start, new.from_reschedule_uid) == ("ACCEPTED", at("2026-05-05T08:00"), old.uid)
    assert new.uid != old.uid
    same = ("title", "location", "ical_uid", "responses", "metadata", "description", "guests", "user_id")
    assert [getattr(new, name) for name in same] == [
        getattr(await get_booking(desk.ctx, old.uid), name) for name in same
    ]
    assert (new.ical_sequence, new.rescheduling_reason) == (1, "ill")
    before = await get_booking(desk.ctx, old.uid)
    assert (before.status, before.rescheduled, before.rescheduled_by) == ("CANCELLED", True, "ann@example.com")
    assert await successor_uids([old.uid]) == {old.uid: new.uid}
    assert await outbox() == [("booking.created", old.uid), ("booking.rescheduled", new.uid)]
    told = (await outbox_payloads("booking.rescheduled"))[0]
    assert (told["rescheduleUid"], told["rescheduleStart"]) == (old.uid, "2026-05-04T08:00:00+00:00")
    topics = raw.loads(await raw.value("SELECT topics FROM outbox ORDER BY id DESC LIMIT 1"))
    assert {f"booking:{old.uid}", f"booking:{new.uid}"} <= set(topics)


@pytest.mark.parametrize("start", ["2026-05-04T08:00", "2026-05-04T08:15"], ids=["BT-5-same-time", "BT-5-overlapping"])
async def test_original_does_not_block_its_own_successor(desk: Desk, start: str) -> None:
    """BT-5: the booking being moved does not block itself."""
    old = await desk.booked(await desk.event_type(await desk.person()), "2026-05-04T08:00")
    assert (await moved(desk, old.uid, start)).start == at(start)


async def test_a_custom_length_stays(desk: Desk) -> None:
    """LC-4, GP-6."""
    event_type = await desk.event_type(await desk.person(), length_options=[30, 60])
    old = await desk.booked(event_type, "2026-05-04T08:00", length_minutes=60)
    assert (await moved(desk, old.uid, "2026-05-05T08:00")).duration_minutes == 60


async def test_the_old_time_is_free_again(desk: Desk) -> None:
    """LC-1, and the original is not counted by limits (BT-16)."""
    event_type = await desk.event_type(await desk.person(), booking_limits={"day": 1})
    old = await desk.booked(event_type, "2026-05-04T08:00")
    await move(desk, old.uid, "2026-05-04T12:00")
    with pytest.raises(Exception, match="booking_limit_reached"):
        await desk.book(event_type, "2026-05-04T08:00", "carl@example.com")
    assert await count("bookings", "status = 'ACCEPTED'") == 1


async def test_a_busy_time_is_refused(desk: Desk) -> None:
    """LC-7: 400 like a booking, nothing changes, the original still blocks."""
    event_type = await desk.event_type(await desk.person())
    old = await desk.booked(event_type, "2026-05-04T08:00")
    await desk.book(event_type, "2026-05-04T09:00", "carl@example.com")
    with pytest.raises(SlotUnavailableError) as caught:
        await move(desk, old.uid, "2026-05-04T09:00")
    assert caught.value.next_slots
    assert await statuses(old.uid) == ["ACCEPTED"]
    assert await count("outbox") == 2
    with pytest.raises(SlotUnavailableError):
        await desk.book(event_type, "2026-05-04T08:00", "dora@example.com")


async def test_states_that_cannot_be_moved(desk: Desk) -> None:
    """LC-3, GP-5: cancelled, already moved, rejected and unknown bookings."""
    event_type = await desk.event_type(await desk.person())
    cancelled = await desk.booked(event_type, "2026-05-04T08:00")
    await cancel_booking(desk.ctx, CancelBooking(uid=cancelled.uid))
    with pytest.raises(InvalidStateError, match=r"^cancelled_bookings_cannot_be_rescheduled$"):
        await move(desk, cancelled.uid, "2026-05-05T08:00")
    twice = await desk.booked(event_type, "2026-05-04T08:00")
    await move(desk, twice.uid, "2026-05-05T08:00")
    with pytest.raises(InvalidStateError) as caught:
        await move(desk, twice.uid, "2026-05-05T09:00")
    assert caught.value.status == 400
    rejected = await desk.booked(event_type, "2026-05-04T09:00")
    await raw.execute("UPDATE bookings SET status = 'REJECTED' WHERE uid = $1", rejected.uid)
    for uid in (rejected.uid, "unknown"):
        with pytest.raises(NotFoundError):
            await move(desk, uid, "2026-05-06T08:00")


async def test_request_reschedule_can_be_answered_once(desk: Desk) -> None:
    """LC-3, LC-13: cancelled-by-reschedule without a successor may be moved."""
    old = await desk.booked(await desk.event_type(await desk.person()), "2026-05-04T08:00")
    await raw.execute("UPDATE bookings SET status = 'CANCELLED', rescheduled = TRUE WHERE uid = $1", old.uid)
    await raw.execute("UPDATE booking_hosts SET blocks = FALSE, blocks_same_type = FALSE WHERE booking_id = $1", old.id)
    assert (await moved(desk, old.uid, "2026-05-05T08:00")).status == "ACCEPTED"


async def test_switches(desk: Desk) -> None:
    """LC-10, GP-63: rescheduling switched off, and past originals unless the operator allows them."""
    fixed = await desk.booked(await desk.event_type(await desk.person(), disable_rescheduling=True), "2026-05-04T08:00")
    with pytest.raises(PolicyViolationError, match="does not allow rescheduling"):
        await move(desk, fixed.uid, "2026-05-05T08:00")
    past = await desk.booked(await desk.event_type(await desk.person()), "2026-05-04T08:00")
    desk.clock.moment += timedelta(days=5)
    with pytest.raises(PolicyViolationError, match=r"^Past bookings cannot be rescheduled"):
        await move(desk, past.uid, "2026-05-07T08:00")
    lenient = replace(desk.ctx, settings=desk.settings.model_copy(update={"allow_past_reschedule": True}))
    assert (await moved(desk, past.uid, "2026-05-07T08:00", ctx=lenient)).status == "ACCEPTED"


async def test_confirmation_applies_anew(desk: Desk) -> None:
    """LC-5, LC-6, GP-42: only the signed-in organizer moves without being asked; an address proves nothing."""
    host = await desk.person()
    event_type = await desk.event_type(host, requires_confirmation=True)
    first = await desk.booked(event_type, "2026-05-04T08:00")
    await confirm_booking(desk.as_user(host), ConfirmBooking(uid=first.uid))
    second = await moved(desk, first.uid, "2026-05-05T08:00", rescheduled_by=host.email)
    assert (second.status, (await outbox())[-1]) == ("PENDING", ("booking.requested", second.uid))
    third = await moved(desk, second.uid, "2026-05-06T08:00", ctx=desk.as_user(host))
    assert (third.status, (await outbox())[-1]) == ("ACCEPTED", ("booking.rescheduled", third.uid))
    assert (await get_booking(desk.ctx, second.uid)).rescheduled_by == host.email


@pytest.mark.parametrize("same", [pytest.param(True, id="LC-8-same"), pytest.param(False, id="LC-8-free-choice")])
async def test_round_robin_hosts(desk: Desk, same: bool) -> None:
    """LC-8: the same host if the event type says so, else whose turn it is."""
    hosts = [await desk.person(), await desk.person()]
    event_type = await desk.team_event("ROUND_ROBIN", *hosts, same_host_on_reschedule=same)
    old = await desk.booked(event_type, "2026-05-04T08:00")
    await desk.book(await desk.event_type(hosts[0]), "2026-05-05T08:00")
    if same:
        with pytest.raises(SlotUnavailableError):
            await move(desk, old.uid, "2026-05-05T08:00")
        assert (await moved(desk, old.uid, "2026-05-05T09:00")).user_id == hosts[0].id
    else:
        new = await moved(desk, old.uid, "2026-05-05T08:00")
        assert (new.user_id, new.ical_sequence, new.ical_uid) == (hosts[1].id, 0, f"{new.uid}@Cal.com")


async def test_expected_version(desk: Desk) -> None:
    """A caller who decided on older slots is told."""
    made = await desk.book(await desk.event_type(await desk.person()), "2026-05-04T08:00")
    with pytest.raises(VersionConflictError):
        await move(desk, made.booking.uid, "2026-05-05T08:00", expected_version=made.slots_version - 1)
    assert await moved(desk, made.booking.uid, "2026-05-05T08:00", expected_version=made.slots_version)


async def test_reschedule_against_create(desk: Desk) -> None:
    """BK-14: movers and bookers of one slot: exactly one of them gets it."""
    event_type = await desk.event_type(await desk.person())
    olds = [await desk.booked(event_type, f"2026-05-04T{hour:02}:00", f"m{hour}@example.com") for hour in (7, 8, 9)]
    movers = [move(desk, old.uid, "2026-05-05T08:00") for old in olds]
    bookers = [desk.book(event_type, "2026-05-05T08:15", f"b{n}@example.com") for n in range(6)]
    answers = await asyncio.gather(*movers, *bookers, return_exceptions=True)
    assert sum(isinstance(answer, SlotUnavailableError) for answer in answers) == 8
    day = int(at("2026-05-05T00:00").timestamp())
    assert await count("booking_hosts", f"blocks AND start_s > {day}") == 1


async def test_one_original_moved_twice_at_once(desk: Desk) -> None:
    """LC-3: one successor."""
    old = await desk.booked(await desk.event_type(await desk.person()), "2026-05-04T08:00")
    answers = await asyncio.gather(
        *(move(desk, old.uid, f"2026-05-05T{hour:02}:00") for hour in (7, 8, 9, 10)), return_exceptions=True
    )
    assert sum(isinstance(answer, InvalidStateError) for answer in answers) == 3
    assert await count("bookings", "status = 'ACCEPTED'") == 1


async def test_a_series_moves_as_a_whole(desk: Desk) -> None:
    """GP-70: all coming occurrences move by the same days to the new local time, across the change of clocks."""
    desk.clock.moment = at("2026-03-20T00:00")
    event_type = await desk.event_type(await desk.person(zone="Europe/Rome"), recurrence=WEEKLY)
    made = (await desk.book(event_type, "2026-03-23T08:00", zone="Europe/Rome")).bookings
    changed = await move(desk, made[0].uid, "2026-03-24T09:00", scope=SeriesScope.ALL)
    assert [view.start for view in changed.bookings] == [
        at("2026-03-24T09:00"),
        at("2026-03-31T08:00"),
        at("2026-04-07T08:00"),
    ]
    assert {view.recurring_uid for view in changed.bookings} == {made[0].recurring_uid}
    assert [view.from_reschedule_uid for view in changed.bookings] == [view.uid for view in made]
    assert await statuses(*(view.uid for view in made)) == ["CANCELLED"] * 3


async def test_a_series_moves_into_its_own_old_times(desk: Desk) -> None:
    """GP-70, BT-5: by a week, onto the times of the occurrences that move too."""
    event_type = await desk.event_type(await desk.person(), recurrence=WEEKLY)
    made = (await desk.book(event_type, "2026-05-04T08:00")).bookings
    changed = await move(desk, made[1].uid, "2026-05-18T08:00", scope=SeriesScope.THIS_AND_FOLLOWING)
    assert [view.start for view in changed.bookings] == [at("2026-05-18T08:00"), at("2026-05-25T08:00")]
    assert await statuses(made[0].uid) == ["ACCEPTED"]


async def test_a_series_moves_all_or_nothing(desk: Desk) -> None:
    """GP-70: one conflict, and nothing has moved; the error names the date."""
    host = await desk.person()
    made = (await desk.book(await desk.event_type(host, recurrence=WEEKLY), "2026-05-04T08:00")).bookings
    await desk.book(await desk.event_type(host), "2026-05-19T08:00")
    with pytest.raises(SlotUnavailableError) as caught:
        await move(desk, made[0].uid, "2026-05-05T08:00", scope=SeriesScope.ALL)
    assert caught.value.dates == (at("2026-05-19T08:00"),)
    assert await statuses(*(view.uid for view in made)) == ["ACCEPTED"] * 3
    assert await count("bookings") == 4


async def test_a_series_uid_cannot_be_moved(desk: Desk) -> None:
    """LC-9: 404 for the uid of a series; a single occurrence can be moved and stays in it (LC-1)."""
    made = (await desk.book(await desk.event_type(await desk.person(), recurrence=WEEKLY), "2026-05-04T08:00")).bookings
    with pytest.raises(NotFoundError):
        await move(desk, made[0].recurring_uid or "", "2026-05-05T08:00")
    assert (await moved(desk, made[0].uid, "2026-05-05T08:00")).recurring_uid == made[0].recurring_uid


async def seated(desk: Desk, seats: int = 2, **fields: Any) -> tuple[Any, Any, ChangedBookings, ChangedBookings]:
    """Host, event type, and the bookings of Ann and Carl at one start."""
    host = await desk.person()
    event_type = await desk.event_type(host, seats_per_slot=seats, **fields)
    ann = await desk.book(event_type, "2026-05-04T08:00")
    carl = await desk.book(event_type, "2026-05-04T08:00", "carl@example.com")
    return host, event_type, ann, carl


async def test_a_seat_moves_to_an_empty_start(desk: Desk) -> None:
    """LC-11, GP-15: a fresh linked booking, the seat uid stays, the others stay where they are."""
    _, _, ann, _ = await seated(desk)
    changed = await move(desk, ann.booking.uid, "2026-05-05T08:00", seat_uid=ann.seat_uid)
    assert (changed.seat_uid, changed.booking.from_reschedule_uid) == (ann.seat_uid, ann.booking.uid)
    assert [person.seat_uid for person in changed.booking.attendees] == [ann.seat_uid]
    assert await statuses(ann.booking.uid) == ["ACCEPTED"]
    assert await count("seats", f"booking_id = {ann.booking.id}") == 1


async def test_a_seat_joins_another_booking(desk: Desk) -> None:
    """LC-11: attendee and seat change booking; the last one to leave cancels the old one."""
    _, event_type, ann, carl = await seated(desk)
    dora = await desk.book(event_type, "2026-05-05T08:00", "dora@example.com")
    changed = await move(desk, ann.booking.uid, "2026-05-05T08:00", seat_uid=ann.seat_uid)
    assert (changed.booking.uid, changed.seat_uid) == (dora.booking.uid, ann.seat_uid)
    await move(desk, ann.booking.uid, "2026-05-06T08:00", seat_uid=carl.seat_uid)
    assert await statuses(ann.booking.uid) == ["CANCELLED"]
    assert [kind for kind, _ in await outbox()][-4:] == [
        "booking.created",
        "booking.seat-moved",
        "booking.seat-left",
        "booking.rescheduled",
    ]


async def test_seat_moves_that_are_refused(desk: Desk) -> None:
    """LC-11, GP-15: a full target, a second seat of one person, an unknown seat."""
    _, event_type, ann, _ = await seated(desk)
    await desk.book(event_type, "2026-05-05T08:00", "dora@example.com")
    await desk.book(event_type, "2026-05-05T08:00", "emil@example.com")
    with pytest.raises(SeatsFullError):
        await move(desk, ann.booking.uid, "2026-05-05T08:00", seat_uid=ann.seat_uid)
    await desk.book(event_type, "2026-05-06T08:00")
    with pytest.raises(AlreadySignedUpError):
        await move(desk, ann.booking.uid, "2026-05-06T08:00", seat_uid=ann.seat_uid)
    with pytest.raises(NotFoundError, match=r"^Seat with uid=nope does not exist"):
        await move(desk, ann.booking.uid, "2026-05-07T08:00", seat_uid="nope")
    assert await count("seats", f"booking_id = {ann.booking.id}") == 2


async def test_the_owner_moves_all_seats_in_place(desk: Desk) -> None:
    """LC-12: uid and seats unchanged."""
    host, _, ann, carl = await seated(desk)
    changed = await move(desk, ann.booking.uid, "2026-05-05T08:00", ctx=desk.as_user(host))
    assert (changed.booking.uid, changed.booking.start) == (ann.booking.uid, at("2026-05-05T08:00"))
    assert {person.seat_uid for person in changed.booking.attendees} == {ann.seat_uid, carl.seat_uid}
    assert (await outbox())[-1] == ("booking.rescheduled", ann.booking.uid)


async def test_the_owner_merges_bookings(desk: Desk) -> None:
    """LC-12: into the booking at the new time; who sits there already keeps one seat; the old one is CANCELLED."""
    host, event_type, ann, carl = await seated(desk, seats=3)
    target = await desk.book(event_type, "2026-05-05T08:00")
    changed = await move(desk, ann.booking.uid, "2026-05-05T08:00", ctx=desk.as_user(host))
    assert changed.booking.uid == target.booking.uid
    assert {person.seat_uid for person in changed.booking.attendees} == {target.seat_uid, carl.seat_uid}
    assert await statuses(ann.booking.uid) == ["CANCELLED"]


async def test_merging_needs_room(desk: Desk) -> None:
    """LC-12: 409 `not_enough_available_seats_error`, nothing moves."""
    host, event_type, ann, _ = await seated(desk)
    await desk.book(event_type, "2026-05-05T08:00", "dora@example.com")
    with pytest.raises(SeatsFullError, match=r"^not_enough_available_seats_error$"):
        await move(desk, ann.booking.uid, "2026-05-05T08:00", ctx=desk.as_user(host))
    assert await statuses(ann.booking.uid) == ["ACCEPTED"]


async def test_strangers_cannot_move_all_seats(desk: Desk) -> None:
    """LC-12: 401 for anybody but the owner, from another tenant too, and nothing is written."""
    _, _, ann, _ = await seated(desk)
    written = await count("outbox")
    stranger = await desk.person()
    with pytest.raises(NotAuthorizedError) as caught:
        await move(desk, ann.booking.uid, "2026-05-05T08:00", ctx=desk.as_user(stranger))
    assert caught.value.status == 401
    assert (await get_booking(desk.ctx, ann.booking.uid)).start == at("2026-05-04T08:00")
    assert await count("outbox") == written
