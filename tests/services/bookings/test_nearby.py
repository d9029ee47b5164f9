"""What is taken around a start comes with the facts; where that is not enough it is asked for."""

from datetime import timedelta

import pytest

from app.errors import SlotUnavailableError
from app.services.bookings.available import Unavailable, check_starts, load_query
from app.services.bookings.building import Prepared
from app.services.bookings.preparing import prepare
from app.services.slots.busy import BusyWindow, NearbyBusy
from tests.services.bookings.desk import Desk
from tests.services.slots.world import at

MORNING = int(at("2026-05-04T08:00").timestamp())
WINDOW = BusyWindow(MORNING, MORNING + 1_800, int(at("2026-05-01T00:00").timestamp()))


async def test_both_ways_of_reading_agree(desk: Desk) -> None:
    """BT-1, BT-2, BT-7: bookings, their buffers and what is pending are the same whoever reads them."""
    host = await desk.person()
    asked = await desk.event_type(host, requires_confirmation=True, pending_blocks=True)
    buffered = await desk.event_type(host, before_buffer=30, after_buffer=45)
    await desk.book(buffered, "2026-05-04T10:00")
    await desk.book(asked, "2026-05-04T13:00")
    verdicts = set()
    for half_hour in range(18):
        start = at("2026-05-04T07:00") + timedelta(minutes=30 * half_hour)
        made = await prepare(desk.ctx, desk.command(asked, f"{start:%Y-%m-%dT%H:%M}"))
        assert made.nearby is not None
        told = await _free(desk, made, made.nearby)
        assert told == await _free(desk, made, None)
        verdicts.add(told)
    assert verdicts == {True, False}


async def _free(desk: Desk, made: Prepared, nearby: NearbyBusy | None) -> bool:
    wish = made.wish
    query = await load_query(desk.ctx, made.facts, wish.starts, wish.length, wish.zone, nearby=nearby)
    try:
        return bool(check_starts(query, wish.starts, wish.length))
    except Unavailable:
        return False


@pytest.mark.parametrize("side", ["before_buffer", "after_buffer"])
async def test_a_buffer_of_days_is_not_cut_off(desk: Desk, side: str) -> None:
    """BT-10: a booking that lies beyond what is read first, but within the buffer, is seen."""
    host = await desk.person()
    await desk.book(await desk.event_type(host), "2026-05-06T08:00")
    days = timedelta(days=2) if side == "before_buffer" else timedelta(days=-2)
    start = at("2026-05-06T08:00") + days
    event_type = await desk.event_type(host, **{side: 3 * 1_440})
    with pytest.raises(SlotUnavailableError):
        await desk.book(event_type, f"{start:%Y-%m-%dT%H:%M}")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"booking_limits": {"week": 3}}, id="BT-16-limits"),
        pytest.param({"duration_limits": {"week": 300}}, id="BT-21-limits"),
        pytest.param({"seats_per_slot": 5}, id="BT-12-seats"),
        pytest.param({"period_type": "ROLLING_WINDOW", "period_days": 30}, id="BT-27-walk"),
    ],
)
async def test_seats_limits_and_walks_take_a_statement_of_their_own(desk: Desk, fields: dict[str, object]) -> None:
    """BT-16, BT-27: what lies around the start does not tell of them."""
    event_type = await desk.event_type(await desk.person(), **fields)
    made = await prepare(desk.ctx, desk.command(event_type, "2026-05-04T08:00"))
    assert made.nearby is not None
    assert made.nearby.within(made.facts, WINDOW) is None
