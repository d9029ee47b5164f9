"""Keeping slots: `holdSlot`, `updateHold`, `releaseHold`, `slotHold`."""

from typing import Any

from app.models import EventType, User
from schema.node import global_id
from tests.schema.api import Api, gid, nothing_written
from tests.services.slots.world import MON_FRI, at

TEN = "2026-05-04T10:00:00Z"
MORNING = [(MON_FRI, 9 * 60, 11 * 60)]


async def listed(api: Api, event_type: EventType, **more: Any) -> list[str]:
    """The free starts of that Monday."""
    window = {"start": "2026-05-04T00:00:00Z", "end": "2026-05-05T00:00:00Z"}
    found = await api.read("Slots", eventType={"id": gid(event_type)}, window=window, **more)
    return [slot["start"] for day in found["days"] for slot in day["slots"]]


async def held(
    api: Api, event_type: EventType, start: str = TEN, by: User | None = None, **more: Any
) -> dict[str, Any]:
    return await api.write("HoldSlot", by=by, eventType={"id": gid(event_type)}, start=start, **more)


async def test_a_held_slot_vanishes_for_others_until_it_is_given_back(api: Api) -> None:
    event_type = await api.event_type(await api.person("UTC", MORNING))
    answer = await held(api, event_type)
    hold = answer["hold"]
    assert (hold["start"], hold["end"], hold["isSeat"]) == (TEN, "2026-05-04T10:30:00Z", False)
    assert hold["expiresAt"] == "2026-05-01T00:05:00Z"
    assert hold["eventType"]["id"] == gid(event_type)
    assert int(answer["slotsVersion"]) > 0
    assert len(await listed(api, event_type)) == 3
    assert len(await listed(api, event_type, hold=hold["id"])) == 4
    assert await api.read("SlotHold", id=hold["id"]) == hold
    assert (await api.write("ReleaseHold", id=hold["id"]))["hold"]["id"] == hold["id"]
    assert len(await listed(api, event_type)) == 4
    assert (await api.write("ReleaseHold", id=hold["id"]))["hold"] is None
    assert await api.read("SlotHold", id=hold["id"]) is None


async def test_a_hold_expires_by_itself(api: Api) -> None:
    event_type = await api.event_type(await api.person("UTC", MORNING))
    hold = (await held(api, event_type))["hold"]
    api.clock.moment = at("2026-05-01T00:05:01")
    assert await api.read("SlotHold", id=hold["id"]) is None
    assert len(await listed(api, event_type)) == 4
    async with nothing_written():
        late = await api.write("UpdateHold", id=hold["id"], start=TEN)
    assert late["__typename"] == "NotFound"


async def test_a_hold_is_moved_and_prolonged(api: Api) -> None:
    event_type = await api.event_type(await api.person("UTC", MORNING))
    hold = (await held(api, event_type))["hold"]
    api.clock.moment = at("2026-05-01T00:02")
    moved = (await api.write("UpdateHold", id=hold["id"], start="2026-05-04T09:00:00Z"))["hold"]
    assert (moved["id"], moved["start"], moved["expiresAt"]) == (
        hold["id"],
        "2026-05-04T09:00:00Z",
        "2026-05-01T00:07:00Z",
    )
    assert at((await listed(api, event_type))[0]) == at("2026-05-04T09:30")


async def test_what_cannot_be_held(api: Api) -> None:
    host = await api.person("UTC", MORNING)
    event_type = await api.event_type(host, booking_limits={"day": 3})
    await api.booking(event_type, [host], "2026-05-04T09:30")
    hold = (await held(api, event_type))["hold"]
    other = (await held(api, event_type, "2026-05-05T10:00:00Z"))["hold"]
    async with nothing_written():
        taken = await held(api, event_type, "2026-05-04T09:30:00Z")
        kept = await held(api, event_type)
        past = await held(api, event_type, "2026-04-27T10:00:00Z")
        unknown = await api.write("HoldSlot", eventType={"databaseId": 9_999}, start=TEN)
        long = await held(api, event_type, "2026-05-04T09:00:00Z", duration=45)
        endless = await held(api, event_type, "2026-05-04T09:00:00Z", by=host, holdMinutes=100_000)
        onto = await api.write("UpdateHold", id=other["id"], start="2026-05-04T09:30:00Z")
        nowhere = await api.write("UpdateHold", id=global_id("SlotHold", "nowhere"), start=TEN)
        backwards = await api.write("UpdateHold", id=hold["id"], start="2026-04-27T10:00:00Z")
        wrong = await api.write("UpdateHold", id=hold["id"], duration=45)
    assert [answer["__typename"] for answer in (taken, kept, onto)] == ["SlotUnavailable"] * 3
    assert at(taken["nextSlots"][0]["start"]) == at("2026-05-04T10:30")
    assert [answer["__typename"] for answer in (past, backwards)] == ["PolicyViolation"] * 2
    assert [answer["__typename"] for answer in (unknown, nowhere)] == ["NotFound"] * 2
    assert [answer["__typename"] for answer in (long, endless, wrong)] == ["InvalidInput"] * 3


async def test_rs_1_only_those_who_work_with_it_choose_how_long(api: Api) -> None:
    host, stranger = await api.person("UTC", MORNING), await api.person()
    event_type = await api.event_type(host)
    hold = (await held(api, event_type, by=host, holdMinutes=60))["hold"]
    assert hold["expiresAt"] == "2026-05-01T01:00:00Z"
    async with nothing_written():
        for caller, expected in ((None, "Unauthenticated"), (stranger, "Forbidden")):
            made = await held(api, event_type, "2026-05-04T09:00:00Z", by=caller, holdMinutes=60)
            changed = await api.write("UpdateHold", by=caller, id=hold["id"], holdMinutes=60)
            assert [made["__typename"], changed["__typename"]] == [expected, expected]


async def test_seats_are_held_one_by_one(api: Api) -> None:
    """RS-6."""
    event_type = await api.event_type(await api.person("UTC", MORNING), seats_per_slot=2)
    first, second = await held(api, event_type), await held(api, event_type)
    assert [answer["hold"]["isSeat"] for answer in (first, second)] == [True, True]
    async with nothing_written():
        full = await held(api, event_type)
    assert full["__typename"] == "SeatsFull"


async def test_a_used_up_limit_is_told_to_who_holds(api: Api) -> None:
    host = await api.person("UTC", MORNING)
    event_type = await api.event_type(host, booking_limits={"day": 1})
    await api.booking(event_type, [host], "2026-05-04T09:30")
    async with nothing_written():
        refused = await held(api, event_type)
    assert (refused["__typename"], refused["period"]) == ("LimitReached", "day")


async def test_an_id_of_something_else_is_no_hold(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    assert await api.refusal("SlotHold", id=gid(event_type)) == "INVALID_ID"
    assert await api.refusal("ReleaseHold", input={"id": gid(event_type)}) == "INVALID_ID"
