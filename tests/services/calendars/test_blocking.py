"""What selected calendars do to slots: buffers, several calendars and people, one statement for everything."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.db.connection import current
from app.db.sql import Sql
from app.models import CalendarBusy, CalendarFeed, Credential, EventType, SelectedCalendar, User
from app.services.slots.explain_slot import ExplainSlot, explain_slot
from app.services.slots.get_slots import GetManySlots, GetSlots, get_many, get_slots
from app.services.slots.refs import EventTypeRef
from tests.services.slots.world import EVERY_DAY, World, at, seconds

MONDAY: dict[str, Any] = {"start": at("2026-05-04T00:00"), "end": at("2026-05-05T00:00")}
NINE_TO_FIVE = [(EVERY_DAY, 9 * 60, 17 * 60)]


async def taken(user: User, *spans: tuple[str, str], selected: bool = True) -> None:
    """A calendar of the user with these busy times."""
    credential = await Credential.create(type="t", app_slug="t", user=user, key_id="k", sealed_key="s")
    feed = await CalendarFeed.create(credential=credential, external_id="e", next_fetch_at=at("2026-05-01"))
    for start, end in spans:
        await CalendarBusy.create(feed=feed, start_s=seconds(start), end_s=seconds(end))
    if selected:
        integration = f"t{credential.id}"
        await SelectedCalendar.create(user=user, credential=credential, integration=integration, external_id="e")


async def starts(world: World, event_type: EventType) -> list[str]:
    """Free starts of that Monday in UTC."""
    view = await get_slots(world.ctx, GetSlots(ref=EventTypeRef(id=event_type.id), **MONDAY))
    return [text[11:16] for text in view.texts]


async def test_bt8_an_external_time_gets_the_buffers_of_the_event_type_alone(world: World) -> None:
    host = await world.person("UTC", NINE_TO_FIVE)
    event_type = await world.event_type(host, before_buffer=10, after_buffer=15)
    await taken(host, ("2026-05-04T12:00", "2026-05-04T12:30"))
    found = await starts(world, event_type)
    assert (found[0], found[4], found[5], found[-1]) == ("09:00", "11:00", "13:00", "16:30")


async def test_bt9_a_long_event_type_with_long_buffers(world: World) -> None:
    # SL-8: the worked example is aligned as Cal.com does it.
    world.settings = world.settings.model_copy(update={"slot_alignment": "utc"})
    host = await world.person("Asia/Kolkata", [(EVERY_DAY, 9 * 60 + 30, 18 * 60)])
    event_type = await world.event_type(host, length_minutes=120, before_buffer=120, after_buffer=120)
    await taken(host, ("2026-05-04T04:00", "2026-05-04T05:59:59"))
    assert await starts(world, event_type) == ["08:00", "10:00"]


async def test_bt11_only_selected_calendars_of_its_hosts_block(world: World) -> None:
    ann, bob, eve = [await world.person("UTC", NINE_TO_FIVE) for _ in range(3)]
    await taken(ann, ("2026-05-04T09:00", "2026-05-04T10:00"))
    await taken(ann, ("2026-05-04T09:30", "2026-05-04T11:00"))
    await taken(bob, ("2026-05-04T16:00", "2026-05-04T18:00"))
    await taken(bob, ("2026-05-04T12:00", "2026-05-04T13:00"), selected=False)
    await taken(eve, ("2026-05-04T00:00", "2026-05-05T00:00"))
    together = await world.team_event("COLLECTIVE", ann, bob)
    found = await starts(world, together)
    assert (found[0], found[-1], len(found)) == ("11:00", "15:30", 10)
    either = await world.team_event("ROUND_ROBIN", ann, bob)
    assert len(await starts(world, either)) == 16
    assert await starts(world, await world.event_type(eve)) == []


async def test_a_time_beyond_both_ends_of_the_window_blocks(world: World) -> None:
    host = await world.person("UTC", NINE_TO_FIVE)
    await taken(host, ("2026-04-01T00:00", "2026-06-01T00:00"))
    assert await starts(world, await world.event_type(host)) == []


async def test_an_explanation_names_the_time(world: World) -> None:
    host = await world.person("UTC", NINE_TO_FIVE)
    event_type = await world.event_type(host)
    await taken(host, ("2026-05-04T12:00", "2026-05-04T13:00"))
    asked = ExplainSlot(ref=EventTypeRef(id=event_type.id), start=at("2026-05-04T12:30"))
    found = await explain_slot(world.as_user(host), asked)
    assert not found.bookable
    assert seconds("2026-05-04T13:00") == found.next_starts[0]


async def test_p10_calendars_cost_no_statement(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = [await world.person("UTC", NINE_TO_FIVE) for _ in range(3)]
    for host in hosts:
        await taken(host, ("2026-05-04T12:00", "2026-05-04T13:00"))
    event_types = [await world.event_type(host) for host in hosts]
    database = type(current())
    fetch = database.fetch
    texts: list[str] = []

    async def counting(self: Any, sql: str | Sql, params: Sequence[Any]) -> Any:
        texts.append(str(sql))
        return await fetch(self, sql, params)

    monkeypatch.setattr(database, "fetch", counting)
    refs = tuple(EventTypeRef(id=event_type.id) for event_type in event_types)
    found = await get_many(world.ctx, GetManySlots(refs=refs, **MONDAY))
    assert [len(view.starts) for view in found] == [14, 14, 14]
    assert len(texts) == 2
