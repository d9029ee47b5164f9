"""Many bookers at once, requests that are repeated or out of date, and what a booking costs in statements."""

import asyncio
from itertools import pairwise
from typing import Any

import asyncpg
import pytest

from app.db import raw
from app.db.connection import current
from app.errors import (
    IdempotencyConflictError,
    SlotgraphError,
    SlotUnavailableError,
    VersionConflictError,
)
from app.services.slots.facts import load_facts
from app.services.slots.refs import EventTypeRef
from tests.parts.statements import counted_statements
from tests.services.bookings.desk import Desk, count, keyed

PERSON_BUSY = "User either already has booking at this time or is not available"


async def test_an_idempotency_key_books_once(desk: Desk) -> None:
    """BK-18: the same key and input give the same booking; another input is refused."""
    event_type = await desk.event_type(await desk.person())
    first = await desk.book(event_type, "2026-05-04T08:00", idempotency_key="k1")
    again = await desk.book(event_type, "2026-05-04T08:00", idempotency_key="k1")
    assert (first.replayed, again.replayed) == (False, True)
    assert again.booking.uid == first.booking.uid
    with pytest.raises(IdempotencyConflictError):
        await desk.book(event_type, "2026-05-04T09:00", idempotency_key="k1")
    assert await count("bookings") == 1
    assert await count("outbox") == 1


async def test_concurrent_requests_with_one_key(desk: Desk) -> None:
    """Two identical requests at once give one booking and one answer."""
    event_type = await desk.event_type(await desk.person())
    ctx = keyed(desk.ctx, "same")
    answers = await asyncio.gather(*(desk.book(event_type, "2026-05-04T08:00", ctx=ctx) for _ in range(6)))
    assert len({answer.booking.uid for answer in answers}) == 1
    assert [answer.replayed for answer in answers].count(False) == 1
    assert await count("bookings") == 1


async def test_a_failed_request_frees_its_key(desk: Desk) -> None:
    """The key of a refused request may be used again."""
    event_type = await desk.event_type(await desk.person())
    with pytest.raises(SlotUnavailableError):
        await desk.book(event_type, "2026-05-04T04:00", idempotency_key="k")
    assert (await desk.book(event_type, "2026-05-04T08:00", idempotency_key="k")).booking


async def race(desk: Desk, *requests: Any) -> list[Any]:
    """All at once; answers and errors."""
    return await asyncio.gather(*requests, return_exceptions=True)


@pytest.mark.parametrize("spread", [pytest.param(0, id="GP-1-equal"), pytest.param(1, id="P11-overlapping")])
async def test_fifty_bookers_of_one_slot(desk: Desk, spread: int) -> None:
    """BK-14, P11: one is booked, the others get the documented 400; equal and overlapping starts."""
    event_type = await desk.event_type(await desk.person())
    starts = [f"2026-05-04T08:{(n % 25) * spread:02}" for n in range(50)]
    answers = await race(desk, *(desk.book(event_type, start, f"b{n}@example.com") for n, start in enumerate(starts)))
    lost = [answer for answer in answers if isinstance(answer, SlotUnavailableError)]
    assert len(lost) == 49
    assert {error.message for error in lost} == {PERSON_BUSY}
    assert await count("bookings") == 1
    assert await count("outbox") == 1
    assert await count("attendees") == 1


async def test_buffers_hold_in_a_race(desk: Desk) -> None:
    """BT-7, BK-14: two starts that do not overlap but whose buffers do cannot both win."""
    event_type = await desk.event_type(await desk.person(), after_buffer=30)
    starts = ["2026-05-04T08:00", "2026-05-04T08:30", "2026-05-04T09:00", "2026-05-04T09:30"] * 3
    await race(desk, *(desk.book(event_type, start, f"b{n}@example.com") for n, start in enumerate(starts)))
    taken = sorted(row["start_s"] for row in await raw.rows("SELECT start_s FROM bookings"))
    assert len(taken) == 2
    assert all(second - first >= 3600 for first, second in pairwise(taken))


async def test_limits_hold_in_a_race(desk: Desk) -> None:
    """BT-22, BK-14: the limit of two is not exceeded by ten at once, with different hosts."""
    hosts = [await desk.person() for _ in range(4)]
    event_type = await desk.team_event("ROUND_ROBIN", *hosts, booking_limits={"day": 2})
    starts = [f"2026-05-04T{8 + n % 5:02}:00" for n in range(10)]
    answers = await race(desk, *(desk.book(event_type, start, f"b{n}@example.com") for n, start in enumerate(starts)))
    assert await count("bookings") == 2
    assert all(isinstance(answer, SlotgraphError) for answer in answers if isinstance(answer, BaseException))


@pytest.mark.postgres
async def test_statements_of_an_ordinary_booking(desk: Desk) -> None:
    """P10: two once the event type has been read, three for a round robin of several."""
    alone = await desk.event_type(await desk.person())
    many = await desk.team_event("ROUND_ROBIN", *[await desk.person() for _ in range(3)])
    for event_type, statements in ((alone, 2), (many, 3)):
        await desk.book(event_type, "2026-05-04T08:00")
        with counted_statements() as seen:
            await desk.book(event_type, "2026-05-04T09:00")
        assert len(seen) == statements


@pytest.mark.postgres
async def test_a_deadlock_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two writers who met: the statement was rolled back, so the booking is made under locks instead of refused."""
    event_type = await desk.event_type(await desk.person())
    session = type(current())
    plain = session.fetch
    met: list[str] = []

    async def once_in_the_way(self: Any, sql: Any, params: Any) -> Any:
        if "INSERT INTO bookings" in str(sql) and not met:
            met.append("deadlock")
            raise asyncpg.DeadlockDetectedError("deadlock detected")
        return await plain(self, sql, params)

    monkeypatch.setattr(session, "fetch", once_in_the_way)
    assert (await desk.booked(event_type, "2026-05-04T08:00")).status == "ACCEPTED"
    assert (met, await count("bookings"), await count("outbox")) == (["deadlock"], 1, 1)


async def test_a_pending_request_is_not_made_twice(desk: Desk) -> None:
    """BK-18, WH-9: the same person asking for the same start gets the pending booking again, silently."""
    event_type = await desk.event_type(await desk.person(), requires_confirmation=True)
    first = await desk.book(event_type, "2026-05-04T08:00")
    again = await desk.book(event_type, "2026-05-04T08:00")
    assert (again.replayed, again.booking.uid) == (True, first.booking.uid)
    other = await desk.book(event_type, "2026-05-04T08:00", "carl@example.com")
    assert other.booking.uid != first.booking.uid
    assert await count("outbox") == 2


async def test_expected_version(desk: Desk) -> None:
    """A caller who has seen older slots is told the current version; the current one is good."""
    event_type = await desk.event_type(await desk.person())
    seen = (await load_facts(desk.ctx, EventTypeRef(id=event_type.id))).version
    first = await desk.book(event_type, "2026-05-04T08:00", expected_version=seen)
    assert first.slots_version > seen
    with pytest.raises(VersionConflictError) as caught:
        await desk.book(event_type, "2026-05-04T09:00", expected_version=seen)
    assert caught.value.current_version == first.slots_version
    assert (await desk.book(event_type, "2026-05-04T09:00", expected_version=first.slots_version)).booking
    assert await count("bookings") == 2
