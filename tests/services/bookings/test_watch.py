"""Following bookings: snapshot, changes in log order, resuming, permissions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from app.context import RequestContext
from app.db import raw
from app.errors import ForbiddenError, InvalidInputError, NotFoundError, UnauthenticatedError
from app.events.log import newest_sequence
from app.events.registry import Registry, WorkContext
from app.events.relay import Relay
from app.models import Membership
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from app.services.bookings.watch import (
    BookingChanged,
    BookingsResync,
    BookingsSnapshot,
    ResyncReason,
    WatchBookings,
    watch_bookings,
)
from tests.services.bookings.desk import Desk
from tests.services.slots.world import at


async def relay(desk: Desk) -> None:
    """Move the outbox to the event log and tell everybody, as the worker does."""
    work = WorkContext(desk.settings, desk.bus, desk.clock, Random(1))
    await Relay(work, Registry()).run()
    topics = [raw.loads(row["topics"]) for row in await raw.rows("SELECT topics FROM event_log")]
    desk.bus.tell({topic for names in topics for topic in names}, 1)


@asynccontextmanager
async def following(ctx: RequestContext, **scope: Any) -> AsyncIterator[Any]:
    """A stream whose next event arrives within a second, or the test fails."""
    stream = watch_bookings(ctx, WatchBookings(**scope))

    async def following_event() -> Any:
        return await asyncio.wait_for(anext(stream), 1)

    try:
        yield following_event
    finally:
        await stream.aclose()


async def test_snapshot_then_changes(desk: Desk) -> None:
    """The first event is a snapshot; then each change in log order, with the booking as it is now."""
    host = await desk.person()
    event_type = await desk.event_type(host)
    first = await desk.booked(event_type, "2026-05-04T08:00")
    await relay(desk)
    async with following(desk.as_user(host), user_id=host.id) as event:
        snapshot = await event()
        assert isinstance(snapshot, BookingsSnapshot)
        assert [view.uid for view in snapshot.bookings] == [first.uid]
        second = await desk.booked(event_type, "2026-05-04T09:00", "carl@example.com")
        await cancel_booking(desk.ctx, CancelBooking(uid=first.uid))
        await relay(desk)
        changes = [await event(), await event()]
        assert [(one.type, one.booking.uid) for one in changes] == [
            ("booking.created", second.uid),
            ("booking.cancelled", first.uid),
        ]
        assert changes[1].booking.status == "CANCELLED"
        assert snapshot.cursor < changes[0].cursor < changes[1].cursor


async def test_resuming(desk: Desk) -> None:
    """With `after` the missed changes come instead of a snapshot."""
    host = await desk.person()
    event_type = await desk.event_type(host)
    await desk.book(event_type, "2026-05-04T08:00")
    await relay(desk)
    cursor = await newest_sequence()
    missed = await desk.booked(event_type, "2026-05-04T09:00")
    await relay(desk)
    async with following(desk.as_user(host), user_id=host.id, after=cursor) as event:
        change = await event()
        assert isinstance(change, BookingChanged)
        assert (change.booking.uid, change.cursor) == (missed.uid, cursor + 1)


@pytest.mark.parametrize(
    ("after", "days", "reason"),
    [
        pytest.param(99, 0, ResyncReason.CURSOR_UNKNOWN, id="unknown"),
        pytest.param(0, 40, ResyncReason.CURSOR_TOO_OLD, id="too-old"),
    ],
)
async def test_resync(desk: Desk, after: int, days: int, reason: ResyncReason) -> None:
    """A cursor outside of the log's reach gives a resync and a snapshot."""
    host = await desk.person()
    await desk.book(await desk.event_type(host), "2026-05-04T08:00")
    await relay(desk)
    desk.clock.moment += timedelta(days=days)
    async with following(desk.as_user(host), user_id=host.id, after=after) as event:
        resync = await event()
        assert isinstance(resync, BookingsResync)
        assert resync.reason is reason
        assert isinstance(await event(), BookingsSnapshot)


async def test_one_bookings_life(desk: Desk) -> None:
    """Anybody who knows the uid follows it, its reschedule included."""
    host = await desk.person()
    view = await desk.booked(await desk.event_type(host), "2026-05-04T08:00")
    await relay(desk)
    async with following(desk.ctx, uid=view.uid) as event:
        assert [one.uid for one in (await event()).bookings] == [view.uid]
        command = RescheduleBooking(uid=view.uid, start=at("2026-05-05T08:00"))
        new = (await reschedule_booking(desk.ctx, command)).booking
        await relay(desk)
        change = await event()
        assert (change.type, change.booking.uid, change.booking.from_reschedule_uid) == (
            "booking.rescheduled",
            new.uid,
            view.uid,
        )
    async with following(desk.ctx, uid="unknown") as event:
        with pytest.raises(NotFoundError):
            await event()


async def test_team_scope(desk: Desk) -> None:
    """A team's administrators follow its bookings."""
    admin, host = await desk.person(), await desk.person()
    team = await desk.team(admin, host)
    event_type = await desk.team_event("ROUND_ROBIN", host, team=team)
    async with following(desk.as_user(admin), team_id=team.id) as event:
        assert (await event()).bookings == ()
        view = await desk.booked(event_type, "2026-05-04T08:00")
        await relay(desk)
        assert (await event()).booking.uid == view.uid


async def test_strangers_follow_nothing(desk: Desk) -> None:
    """Another tenant, a plain member and nobody are refused; so is an ambiguous scope."""
    owner, member, stranger = [await desk.person() for _ in range(3)]
    team = await desk.team(owner, member)
    await desk.team(stranger)
    for user in (member, stranger):
        async with following(desk.as_user(user), team_id=team.id) as event:
            with pytest.raises(ForbiddenError):
                await event()
    async with following(desk.as_user(stranger), user_id=owner.id) as event:
        with pytest.raises(ForbiddenError):
            await event()
    async with following(desk.ctx, user_id=owner.id) as event:
        with pytest.raises(UnauthenticatedError):
            await event()
    async with following(desk.as_user(owner), user_id=owner.id, team_id=team.id) as event:
        with pytest.raises(InvalidInputError):
            await event()


async def test_a_lost_role_ends_the_stream(desk: Desk) -> None:
    """AU-13: permission is asked again at each event."""
    admin, host = await desk.person(), await desk.person()
    team = await desk.team(admin, host)
    event_type = await desk.team_event("ROUND_ROBIN", host, team=team)
    async with following(desk.as_user(admin), team_id=team.id) as event:
        await event()
        await Membership.filter(user_id=admin.id).delete()
        await desk.book(event_type, "2026-05-04T08:00")
        await relay(desk)
        with pytest.raises(ForbiddenError):
            await event()
