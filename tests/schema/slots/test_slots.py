"""`slots`, `slotsOf` and `explainSlot` over GraphQL."""

from datetime import date
from typing import Any

import pytest

from app.models import EventType, User
from tests.parts.statements import counted_statements
from tests.schema.api import Api, gid
from tests.services.slots.world import MON_FRI, at

MONDAY: dict[str, Any] = {"start": "2026-05-04T00:00:00Z", "end": "2026-05-05T00:00:00Z"}
TEN = "2026-05-04T10:00:00Z"
MORNING = [(MON_FRI, 9 * 60, 11 * 60)]


async def slots(api: Api, event_type: EventType, by: User | None = None, **more: Any) -> dict[str, Any]:
    values = {"eventType": {"id": gid(event_type)}, "window": MONDAY, **more}
    found: dict[str, Any] = await api.read("Slots", by=by, **values)
    return found


def starts(found: dict[str, Any]) -> list[str]:
    return [slot["start"] for day in found["days"] for slot in day["slots"]]


async def test_anybody_lists_free_slots_by_date(api: Api) -> None:
    host = await api.person("UTC", MORNING)
    event_type = await api.event_type(host)
    await api.booking(event_type, [host], "2026-05-04T09:30")
    found = await slots(api, event_type)
    assert [day["date"] for day in found["days"]] == ["2026-05-04"]
    assert list(map(at, starts(found))) == [at(f"2026-05-04T{time}") for time in ("09:00", "10:00", "10:30")]
    first = found["days"][0]["slots"][0]
    assert (at(first["end"]), first["seats"]) == (at("2026-05-04T09:30"), None)
    assert (found["count"], found["timeZone"], found["lengthInMinutes"]) == (3, "UTC", 30)
    assert found["eventType"]["id"] == gid(event_type)


async def test_times_are_in_the_asked_zone_and_dates_are_its_dates(api: Api) -> None:
    event_type = await api.event_type(await api.person("UTC", [(MON_FRI, 21 * 60, 23 * 60)]))
    found = await slots(api, event_type, timeZone="europe/berlin")
    assert found["timeZone"] == "Europe/Berlin"
    assert [(day["date"], len(day["slots"])) for day in found["days"]] == [("2026-05-04", 2), ("2026-05-05", 2)]
    assert {start[-6:] for start in starts(found)} == {"+02:00"}


async def test_seats_are_told(api: Api) -> None:
    """SL-15."""
    event_type = await api.event_type(await api.person("UTC", MORNING), seats_per_slot=3)
    attendee = {"name": "Ann", "email": "ann@example.com", "timeZone": "UTC"}
    made = await api.write(
        "CreateBooking", eventType={"id": gid(event_type)}, start="2026-05-04T09:00:00Z", attendee=attendee
    )
    seats = [slot["seats"] for slot in (await slots(api, event_type))["days"][0]["slots"][:2]]
    assert seats == [
        {"total": 3, "booked": 1, "remaining": 2, "bookingUid": made["booking"]["uid"]},
        {"total": 3, "booked": 0, "remaining": 3, "bookingUid": None},
    ]


async def test_a_booking_about_to_be_moved_does_not_block_itself(api: Api) -> None:
    """BT-5."""
    host = await api.person("UTC", MORNING)
    event_type = await api.event_type(host)
    booking = await api.booking(event_type, [host], "2026-05-04T09:30")
    assert (await slots(api, event_type))["count"] == 3
    assert (await slots(api, event_type, rescheduleUid=booking.uid))["count"] == 4


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"duration": 45}, "INVALID_INPUT", ["duration"]),
        ({"window": {**MONDAY, "end": MONDAY["start"]}}, "INVALID_INPUT", ["window", "end"]),
        ({"window": {**MONDAY, "end": "2028-01-01T00:00:00Z"}}, "INVALID_INPUT", ["window", "end"]),
        ({"eventType": {"databaseId": 9_999}}, "NOT_FOUND", None),
        ({"eventType": {"group": ["nobody", "noone"]}}, "NOT_FOUND", None),
        ({"eventType": {"id": "x"}}, "INVALID_ID", None),
        ({"eventType": {}}, "INVALID_VARIABLES", None),
        ({"timeZone": "Mars/Olympus"}, "INVALID_VARIABLES", None),
        ({"window": {**MONDAY, "start": "2026-05-04T00:00:00"}}, "INVALID_VARIABLES", None),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_wrong_questions_have_a_code(api: Api, change: dict[str, Any], code: str, path: list[str] | None) -> None:
    event_type = await api.event_type(await api.person())
    values = {"eventType": {"id": gid(event_type)}, "window": MONDAY, **change}
    outcome = await api.run("Slots", values)
    (error,) = outcome.errors
    assert error["extensions"]["code"] == code
    assert not (outcome.data or {}).get("slots")
    if path is not None:
        assert [field["path"] for field in error["extensions"]["fields"]] == [tuple(path)]


@pytest.mark.parametrize("hosts", [1, 8], ids=["one host", "round robin of eight"])
async def test_slots_of_any_size_take_two_statements(api: Api, hosts: int) -> None:
    """P10."""
    people = [await api.person("UTC") for _ in range(hosts)]
    event_type = await api.team_event("ROUND_ROBIN", *people) if hosts > 1 else await api.event_type(people[0])
    month = {"start": "2026-05-01T00:00:00Z", "end": "2026-06-01T00:00:00Z"}
    document = """query Q($eventType: EventTypeRef!, $window: TimeWindow!) {
      slots(eventType: $eventType, window: $window) { slotsVersion days { date slots { start end } } } }"""
    with counted_statements() as seen:
        found = await api.read(document, eventType={"id": gid(event_type)}, window=month)
    assert len(starts(found)) == 21 * 16
    assert len(seen) == 2, "\n".join(seen)


async def test_several_event_types_come_in_the_order_asked_for(api: Api) -> None:
    first, second = await api.person("UTC", MORNING), await api.person("UTC", [(MON_FRI, 600, 660)])
    one, two = await api.event_type(first), await api.event_type(second)
    refs: list[dict[str, Any]] = [
        {"id": gid(two)},
        {"group": [first.username, second.username]},
        {"personal": {"username": first.username, "slug": one.slug}},
    ]
    found = await api.read("SlotsOf", eventTypes=refs, window=MONDAY)
    assert [item["count"] for item in found] == [2, 2, 4]
    assert [item["eventType"] and item["eventType"]["id"] for item in found] == [gid(two), None, gid(one)]
    assert await api.refusal("SlotsOf", eventTypes=[], window=MONDAY) == "INVALID_INPUT"
    assert await api.refusal("SlotsOf", eventTypes=refs * 17, window=MONDAY) == "INVALID_INPUT"


async def explained(api: Api, event_type: EventType, start: str, by: User | None = None, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = await api.read("ExplainSlot", by=by, eventType={"id": gid(event_type)}, start=start, **more)
    return found


async def test_a_start_is_explained_rule_by_rule(api: Api) -> None:
    host = await api.person("UTC", MORNING)
    event_type = await api.event_type(host)
    await api.booking(event_type, [host], "2026-05-04T09:30")
    free = await explained(api, event_type, "2026-05-04T10:00:00Z", by=host)
    assert (free["bookable"], free["listed"]) == (True, True)
    assert {reason["allows"] for person in free["hosts"] for reason in person["reasons"]} == {True}
    taken = await explained(api, event_type, "2026-05-04T09:30:00Z", by=host)
    assert (taken["bookable"], taken["listed"]) == (False, False)
    (person,) = taken["hosts"]
    assert (person["available"], person["host"]["id"]) == (False, gid(host))
    (busy,) = [reason for reason in person["reasons"] if not reason["allows"]]
    assert (busy["rule"], busy["start"], busy["end"]) == ("BT-1", "2026-05-04T09:30:00Z", "2026-05-04T10:00:00Z")
    assert at(taken["nextSlots"][0]["start"]) == at("2026-05-04T10:00")
    assert len(taken["nextSlots"]) == 5


async def test_strangers_are_not_told_which_host_is_busy(api: Api) -> None:
    host, stranger = await api.person("UTC", MORNING), await api.person()
    event_type = await api.event_type(host)
    await api.booking(event_type, [host], "2026-05-04T09:30")
    for caller in (None, stranger):
        found = await explained(api, event_type, "2026-05-04T09:30:00Z", by=caller, host=gid(host))
        assert (found["bookable"], found["hosts"]) == (False, [])
        forbidding = [reason for reason in found["reasons"] if not reason["allows"] and not reason["listingOnly"]]
        assert [(reason["host"], reason["start"]) for reason in forbidding] == [(None, None)]


async def test_listing_and_explaining_and_booking_agree(api: Api) -> None:
    host = await api.person("UTC", MORNING)
    event_type = await api.event_type(host, minimum_notice=60, before_buffer=15)
    await api.booking(event_type, [host], "2026-05-04T10:00")
    await api.override(host, date(2026, 5, 5), 0, 0)
    listed = set(map(at, starts(await slots(api, event_type))))
    attendee = {"name": "Ann", "email": "ann@example.com", "timeZone": "UTC"}
    for time in ("08:30", "09:00", "09:30", "10:00", "10:30", "11:00"):
        start = f"2026-05-04T{time}:00Z"
        found = await explained(api, event_type, start)
        tried = await api.write(
            "CreateBooking", eventType={"id": gid(event_type)}, start=start, attendee=attendee, dryRun=True
        )
        assert found["listed"] is (at(start) in listed)
        assert found["bookable"] is (tried["__typename"] == "CreateBookingSuccess")
        assert found["bookable"] or not found["listed"]


async def test_an_explanation_of_nothing_is_refused(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    for change, code in (
        ({"eventType": {"databaseId": 9_999}}, "NOT_FOUND"),
        ({"duration": 45}, "INVALID_INPUT"),
        ({"host": gid(event_type)}, "INVALID_ID"),
    ):
        values: dict[str, Any] = {"eventType": {"id": gid(event_type)}, "start": TEN, **change}
        assert await api.refusal("ExplainSlot", **values) == code
