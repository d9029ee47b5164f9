"""Seated bookings and series."""

import asyncio

import pytest

from app.domain.series import SeriesScope
from app.errors import AlreadySignedUpError, InvalidInputError, SeatsFullError, SlotUnavailableError
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.queries import get_booking, get_booking_or_series
from tests.services.bookings.desk import Desk, count, outbox
from tests.services.slots.world import at

WEEKLY = {"interval": 1, "occurrences": 3, "frequency": "weekly"}


async def test_seats_are_joined_until_full(desk: Desk) -> None:
    """BK-35, BK-37: the first booking is ordinary, the next ones join; answers belong to the seat."""
    event_type = await desk.event_type(await desk.person(), seats_per_slot=2)
    first = await desk.book(event_type, "2026-05-04T08:00", responses={"notes": "Hi"}, metadata={"a": "b"})
    second = await desk.book(event_type, "2026-05-04T08:00", "carl@example.com")
    assert second.booking.uid == first.booking.uid
    assert (first.booking.responses, first.booking.description) == ({}, None)
    seat = first.booking.attendees[0]
    assert (seat.seat_uid, seat.seat_description) == (first.seat_uid, "Hi")
    assert (seat.seat_responses["notes"], dict(seat.seat_metadata)) == ("Hi", {"a": "b"})
    with pytest.raises(SeatsFullError) as caught:
        await desk.book(event_type, "2026-05-04T08:00", "dora@example.com")
    assert (caught.value.message, caught.value.status) == ("No more seats left at this seated booking.", 409)
    assert await outbox() == [("booking.created", first.booking.uid), ("booking.seat-taken", first.booking.uid)]


async def test_one_seat_a_person(desk: Desk) -> None:
    """BK-10: the same address twice at one start is a 409."""
    event_type = await desk.event_type(await desk.person(), seats_per_slot=3)
    await desk.book(event_type, "2026-05-04T08:00")
    with pytest.raises(AlreadySignedUpError) as caught:
        await desk.book(event_type, "2026-05-04T08:00", "ANN@example.com")
    assert (caught.value.message, caught.value.status) == ("already_signed_up_for_this_booking_error", 409)
    assert await count("seats") == 1


async def test_seats_of_others_are_private(desk: Desk) -> None:
    """BK-38, GP-43: everybody sees their own seat; host and owner see all; public seats are seen by all."""
    host = await desk.person()
    event_type = await desk.event_type(host, seats_per_slot=3)
    first = await desk.book(event_type, "2026-05-04T08:00")
    second = await desk.book(event_type, "2026-05-04T08:00", "carl@example.com")
    uid = first.booking.uid
    assert [person.email for person in second.booking.attendees] == ["carl@example.com"]
    assert (await get_booking(desk.ctx, uid)).attendees == ()
    assert len((await get_booking(desk.as_user(host), uid)).attendees) == 2
    carl = await desk.person(email="carl@example.com")
    assert [person.email for person in (await get_booking(desk.as_user(carl), uid)).attendees] == ["carl@example.com"]
    event_type.seats_show_attendees = True
    await event_type.save()
    assert len((await get_booking(desk.ctx, uid)).attendees) == 2


async def test_seats_are_not_oversold(desk: Desk) -> None:
    """BK-36, GP-2: twenty at once for three seats take three."""
    event_type = await desk.event_type(await desk.person(), seats_per_slot=3)
    requests = (desk.book(event_type, "2026-05-04T08:00", f"b{n}@example.com") for n in range(20))
    answers = await asyncio.gather(*requests, return_exceptions=True)
    assert sum(isinstance(answer, SeatsFullError) for answer in answers) == 17
    assert (await count("seats"), await count("bookings"), await count("attendees")) == (3, 1, 3)


async def test_seats_and_recurrence_exclude_each_other(desk: Desk) -> None:
    """BK-10, BK-11 step 4."""
    event_type = await desk.event_type(await desk.person(), seats_per_slot=3, recurrence=WEEKLY)
    with pytest.raises(InvalidInputError, match=r"^recurring_event_seats_error$"):
        await desk.book(event_type, "2026-05-04T08:00")


async def test_a_series_keeps_local_time(desk: Desk) -> None:
    """BK-39, BK-42: all occurrences, sorted, one series uid; local time survives the change of clocks."""
    desk.clock.moment = at("2026-03-20T00:00")
    event_type = await desk.event_type(await desk.person(zone="Europe/Rome"), recurrence=WEEKLY)
    made = await desk.book(event_type, "2026-03-23T08:00", zone="Europe/Rome")
    starts = [view.start for view in made.bookings]
    assert starts == [at("2026-03-23T08:00"), at("2026-03-30T07:00"), at("2026-04-06T07:00")]
    assert len({view.recurring_uid for view in made.bookings}) == 1
    assert len({view.uid for view in made.bookings}) == 3
    series = await get_booking_or_series(desk.ctx, made.booking.recurring_uid or "")
    assert [view.uid for view in series] == [view.uid for view in made.bookings]
    assert await outbox() == [("booking.created", view.uid) for view in made.bookings]


async def test_a_series_is_all_or_nothing(desk: Desk) -> None:
    """BK-40, BK-41, GP-3: a conflict in the third week writes nothing and names the date."""
    host = await desk.person()
    event_type = await desk.event_type(host, recurrence=WEEKLY)
    await desk.book(await desk.event_type(host), "2026-05-18T08:00")
    with pytest.raises(SlotUnavailableError) as caught:
        await desk.book(event_type, "2026-05-04T08:00")
    assert caught.value.dates == (at("2026-05-18T08:00"),)
    assert await count("bookings") == 1


async def test_a_series_counts_towards_its_own_limits(desk: Desk) -> None:
    """BK-41: earlier occurrences count for later ones."""
    event_type = await desk.event_type(await desk.person(), recurrence=WEEKLY, booking_limits={"month": 2})
    with pytest.raises(Exception, match=r"^booking_limit_reached$"):
        await desk.book(event_type, "2026-05-04T08:00")
    assert await count("bookings") == 0
    assert len((await desk.book(event_type, "2026-05-04T08:00", recurrence_count=2)).bookings) == 2


async def test_a_series_has_one_round_robin_host(desk: Desk) -> None:
    """BK-42: the host must be free for all of it."""
    busy, free = await desk.person(), await desk.person()
    event_type = await desk.team_event("ROUND_ROBIN", busy, free, recurrence=WEEKLY)
    await desk.book(await desk.event_type(busy), "2026-05-18T08:00")
    made = await desk.book(event_type, "2026-05-04T08:00")
    assert {view.user_id for view in made.bookings} == {free.id}


@pytest.mark.parametrize(
    ("scope", "named", "cancelled"),
    [
        pytest.param(SeriesScope.THIS, 1, [1], id="LC-16-this"),
        pytest.param(SeriesScope.THIS_AND_FOLLOWING, 1, [1, 2], id="LC-16-following"),
        pytest.param(SeriesScope.ALL, 1, [0, 1, 2], id="LC-16-all"),
        pytest.param(SeriesScope.THIS, None, [0, 1, 2], id="LC-16-series-uid"),
    ],
)
async def test_cancelling_a_series(desk: Desk, scope: SeriesScope, named: int | None, cancelled: list[int]) -> None:
    """LC-16, GP-11: what is in scope, each told on its own; a series cancel answers with the whole series."""
    event_type = await desk.event_type(await desk.person(), recurrence=WEEKLY)
    made = (await desk.book(event_type, "2026-05-04T08:00")).bookings
    uid = made[0].recurring_uid if named is None else made[named].uid
    changed = await cancel_booking(desk.ctx, CancelBooking(uid=uid or "", scope=scope))
    gone = [
        view.uid
        for view in await get_booking_or_series(desk.ctx, made[0].recurring_uid or "")
        if view.status == "CANCELLED"
    ]
    assert gone == [made[index].uid for index in cancelled]
    assert len(changed.bookings) == (1 if scope is SeriesScope.THIS and named is not None else 3)
    assert [kind for kind, _ in await outbox()].count("booking.cancelled") == len(cancelled)


@pytest.mark.parametrize(
    ("recurring", "message"),
    [
        pytest.param(True, "Cannot cancel subsequent bookings for recurring event - ", id="LC-16-series-uid"),
        pytest.param(False, "is not part of a recurring booking.", id="GP-13"),
    ],
)
async def test_wrong_series_scopes(desk: Desk, recurring: bool, message: str) -> None:
    """LC-16: checked before anything is written."""
    event_type = await desk.event_type(await desk.person(), recurrence=WEEKLY if recurring else None)
    view = (await desk.book(event_type, "2026-05-04T08:00")).booking
    command = CancelBooking(uid=view.recurring_uid or view.uid, scope=SeriesScope.THIS_AND_FOLLOWING)
    with pytest.raises(InvalidInputError) as caught:
        await cancel_booking(desk.ctx, command)
    assert message in caught.value.message
    assert await count("bookings", "status = 'CANCELLED'") == 0
