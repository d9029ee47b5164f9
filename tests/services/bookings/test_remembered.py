"""What a process remembers of event types is used only while nobody has written to any part of it."""

from datetime import date
from typing import Any

import pytest

from app.db import raw
from app.errors import InvalidInputError, NotFoundError, VersionConflictError
from app.models import EventType, Host, OutOfOffice, ScheduleOverride, ScheduleRow, TravelSchedule
from app.services.bookings.profile import EventTypeRead
from app.services.bookings.remembered import busy_if_unchanged, read_event_type, remembered
from app.services.slots.busy import BusyWindow
from tests.parts.statements import counted_statements
from tests.services.bookings.desk import Desk, count
from tests.services.slots.world import NINE_TO_FIVE, at

pytestmark = pytest.mark.postgres

CHANGES = {
    "event type": "UPDATE event_types SET title = 'Other'",
    "event type, written as it was": "UPDATE event_types SET title = title",
    "team": "UPDATE teams SET name = 'Other'",
    "host": "UPDATE hosts SET priority = 3",
    "host gone": "DELETE FROM hosts WHERE id = (SELECT max(id) FROM hosts)",
    "name": "UPDATE users SET name = 'Other'",
    "an empty name for none": "UPDATE users SET name = ''",
    "address": "UPDATE users SET email = 'x' || email",
    "user name": "UPDATE users SET username = 'x' || username",
    "zone": "UPDATE users SET time_zone = 'Asia/Tokyo'",
    "language": "UPDATE users SET locale = 'de'",
    "groups": "UPDATE users SET allow_dynamic_booking = NOT allow_dynamic_booking",
    "app": "UPDATE users SET default_app_slug = 'zoom'",
    "default schedule": "UPDATE users SET default_schedule_id = (SELECT max(id) FROM schedules)",
    "schedule": "UPDATE schedules SET time_zone = 'Asia/Tokyo'",
    "hours": "UPDATE schedule_rows SET end_minute = end_minute - 1",
    "hours gone": "DELETE FROM schedule_rows",
    "override": "UPDATE schedule_overrides SET end_minute = 700",
    "override gone": "DELETE FROM schedule_overrides",
    "absence": "UPDATE out_of_office SET notes = 'Other'",
    "absence over": "DELETE FROM out_of_office",
    "travel": "UPDATE travel_schedules SET time_zone = 'Asia/Tokyo'",
    "travel over": "DELETE FROM travel_schedules",
}


async def furnished(desk: Desk) -> EventType:
    """An event type that two people of a team hold together, with a row of every kind."""
    hosts = [await desk.person(), await desk.person()]
    event_type = await desk.team_event("COLLECTIVE", *hosts)
    for host in hosts:
        await desk.schedule(host, "Asia/Tokyo", NINE_TO_FIVE)
        await desk.override(host, date(2026, 5, 20), 600, 660)
        await OutOfOffice.create(
            user=host, start_date=date(2026, 6, 1), end_date=date(2026, 6, 2), uuid=f"away{host.id}"
        )
        await TravelSchedule.create(user=host, start_date=date(2026, 7, 1), time_zone="Europe/Rome")
    return event_type


async def used(desk: Desk, event_type: EventType, start: str) -> int:
    """How many statements a booking took: two with what is remembered."""
    with counted_statements() as seen:
        await desk.book(event_type, start)
    return len(seen)


async def test_bookings_after_the_first_take_two_statements(desk: Desk) -> None:
    """P10: bookings change nothing that is remembered; what they write is seen all the same."""
    event_type = await furnished(desk)
    await desk.book(event_type, "2026-05-04T08:00")
    assert await used(desk, event_type, "2026-05-04T09:00") == 2
    assert await used(desk, event_type, "2026-05-04T10:00") == 2
    assert await count("bookings") == 3


async def is_believed(desk: Desk, known: EventTypeRead) -> bool:
    """Whether what was read is as it still stands."""
    start = int(at("2026-05-04T09:00").timestamp())
    window = BusyWindow(start, start + 1_800, int(desk.clock().timestamp()))
    return await busy_if_unchanged(desk.ctx, known, window) is not None


async def read(desk: Desk) -> EventTypeRead:
    """A furnished event type that has been read, and has not changed since."""
    known = await read_event_type(desk.ctx, (await furnished(desk)).id)
    assert await is_believed(desk, known)
    return known


@pytest.mark.parametrize("statement", [pytest.param(text, id=name) for name, text in CHANGES.items()])
async def test_every_change_is_seen(desk: Desk, statement: str) -> None:
    """Whatever is written to any row that an event type is made of."""
    known = await read(desk)
    assert await raw.execute(statement) > 0
    assert not await is_believed(desk, known)
    assert remembered(desk.ctx, known.facts.event_type_id) is None


@pytest.mark.parametrize("model", [Host, ScheduleRow, ScheduleOverride, OutOfOffice, TravelSchedule])
async def test_every_new_row_is_seen(desk: Desk, model: Any) -> None:
    """Also one that takes the place of another, so that there are as many as before."""
    known = await read(desk)
    first = await model.all().order_by("id").first()
    await first.delete()
    await model.create(**{name: value for name, value in dict(first).items() if name != "id"})
    assert not await is_believed(desk, known)


async def test_what_was_refused_is_asked_anew(desk: Desk) -> None:
    """A length that was not offered when the event type was read is offered now; one taken away is refused."""
    event_type = await desk.event_type(await desk.person())
    await desk.book(event_type, "2026-05-04T08:00")
    await EventType.filter(id=event_type.id).update(length_options=[15, 30, 60])
    assert (await desk.booked(event_type, "2026-05-04T09:00", length_minutes=15)).duration_minutes == 15
    await EventType.filter(id=event_type.id).update(length_options=[])
    with pytest.raises(InvalidInputError):
        await desk.book(event_type, "2026-05-04T10:00", length_minutes=15)


async def test_an_event_type_that_is_gone(desk: Desk) -> None:
    """BK-4: as if nobody had ever read it."""
    event_type = await desk.event_type(await desk.person())
    await desk.book(event_type, "2026-05-04T08:00")
    await EventType.filter(id=event_type.id).delete()
    with pytest.raises(NotFoundError):
        await desk.book(event_type, "2026-05-04T09:00")
    assert await count("bookings") == 1


async def test_an_expected_version_is_held_against_the_present(desk: Desk) -> None:
    """The version of slots that the caller saw, though what was read first was older than both."""
    event_type = await desk.event_type(await desk.person())
    first = await desk.book(event_type, "2026-05-04T08:00")
    second = await desk.book(event_type, "2026-05-04T09:00", expected_version=first.slots_version)
    with pytest.raises(VersionConflictError):
        await desk.book(event_type, "2026-05-04T10:00", expected_version=first.slots_version)
    assert (await desk.book(event_type, "2026-05-04T10:00", expected_version=second.slots_version)).booking


@pytest.mark.parametrize(
    "fields", [{"booking_limits": {"day": 9}}, {"duration_limits": {"day": 900}}, {"seats_per_slot": 3}]
)
async def test_what_bookings_change_is_not_remembered(desk: Desk, fields: dict[str, Any]) -> None:
    """Event types that every booking writes to; and where hosts take turns, who is next."""
    event_type = await desk.event_type(await desk.person(), **fields)
    turns = await desk.team_event("ROUND_ROBIN", await desk.person(), await desk.person())
    for each in (event_type, turns):
        await desk.book(each, "2026-05-04T08:00")
        assert remembered(desk.ctx, each.id) is None
