"""Every column of an event type that moves slots reaches the core, and what the questions of fronts mean."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.services.slots.get_slots import GetSlots, get_slots
from app.services.slots.queries import date_only_window
from app.services.slots.refs import EventTypeRef
from tests.services.slots.world import EVERY_DAY, MON_FRI, World, at

MAY_4: dict[str, Any] = {"start": at("2026-05-04T00:00"), "end": at("2026-05-04T23:59:59")}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]),
        ({"slot_interval": 60}, ["09:00", "10:00", "11:00"]),
        ({"offset_start": 10}, ["09:10", "09:50", "10:30", "11:10"]),
        ({"only_first_slot": True}, ["09:00"]),
        ({"minimum_notice": 10}, ["09:30", "10:00", "10:30", "11:00", "11:30"]),
        ({"period_type": "ROLLING", "period_days": 0}, ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]),
        ({"period_type": "RANGE", "period_start": date(2026, 5, 5), "period_end": date(2026, 5, 9)}, []),
        ({"length_minutes": 90, "slot_interval": None}, ["09:00", "10:30"]),
    ],
    ids=[
        "plain",
        "SL-1 interval",
        "SL-6 offset",
        "SL-12 first",
        "BT-32 notice",
        "BT-26 rolling",
        "BT-29 range",
        "length",
    ],
)
async def test_columns(world: World, fields: dict[str, Any], expected: list[str]) -> None:
    world.clock.moment = at("2026-05-04T08:55")
    event = await world.event_type(await world.person("UTC", [(MON_FRI, 540, 720)]), **fields)
    view = await get_slots(world.ctx, GetSlots(ref=EventTypeRef(id=event.id), **MAY_4))
    assert [text[11:16] for text in view.texts] == expected


async def test_bt30_a_range_is_of_dates_in_the_event_types_zone(world: World) -> None:
    """Worked example: New York, 2030-09-05 to 09."""
    host = await world.person("UTC", [(EVERY_DAY, 0, 1439)])
    dates: dict[str, Any] = {"period_start": date(2030, 9, 5), "period_end": date(2030, 9, 9)}
    event = await world.event_type(host, length_minutes=60, period_type="RANGE", time_zone="America/New_York", **dates)
    window: dict[str, Any] = {"start": at("2030-09-01T00:00"), "end": at("2030-09-15T00:00")}
    view = await get_slots(world.ctx, GetSlots(ref=EventTypeRef(id=event.id), **window))
    assert (view.texts[0], view.texts[-1]) == ("2030-09-05T04:00:00.000Z", "2030-09-10T03:00:00.000Z")


async def test_bt27_a_rolling_window_counts_days_before_the_request(world: World) -> None:
    """BT-28: Mondays only, three of them from 05-04, asked for late May."""
    host = await world.person("UTC", [(0b0000010, 540, 600)])
    world.clock.moment = at("2026-05-04T00:00")
    event = await world.event_type(host, period_type="ROLLING_WINDOW", period_days=3)
    window: dict[str, Any] = {"start": at("2026-05-12T00:00"), "end": at("2026-06-12T00:00")}
    view = await get_slots(world.ctx, GetSlots(ref=EventTypeRef(id=event.id), **window))
    assert list(view.days) == ["2026-05-18"]


async def test_sl15_ranges_and_zones(world: World) -> None:
    event = await world.event_type(await world.person("UTC", [(MON_FRI, 540, 600)]))
    view = await get_slots(world.ctx, GetSlots(ref=EventTypeRef(id=event.id), zone="Asia/Kolkata", **MAY_4))
    assert view.days == {"2026-05-04": ["2026-05-04T14:30:00.000+05:30", "2026-05-04T15:00:00.000+05:30"]}
    assert view.end_texts == ["2026-05-04T15:00:00.000+05:30", "2026-05-04T15:30:00.000+05:30"]
    assert view.instants == [at("2026-05-04T09:00"), at("2026-05-04T09:30")]
    assert view.starts_by_date == {"2026-05-04": list(view.starts)}


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 5, 4), date(2026, 5, 5), ("2026-05-04T00:00:00", "2026-05-05T23:59:59")),
        (at("2026-05-04T10:00"), at("2026-05-05T00:00"), ("2026-05-04T10:00:00", "2026-05-05T23:59:59")),
        (at("2026-05-04T10:00"), at("2026-05-05T00:01"), ("2026-05-04T10:00:00", "2026-05-05T00:01:00")),
        (at("2026-05-04T02:00+02:00"), at("2026-05-05T02:00+02:00"), ("2026-05-04T00:00:00", "2026-05-05T23:59:59")),
    ],
)
def test_sl2_midnight_at_the_end_is_the_whole_day(
    start: date | datetime, end: date | datetime, expected: tuple[str, str]
) -> None:
    first, last = date_only_window(start, end)
    assert (first, last) == tuple(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in expected)
