"""Schedules: weekly hours and date overrides, read and changed by their owner."""

from typing import Any

import pytest

from app.models import Schedule, User
from schema.node import database_id
from tests.schema.api import Api, gid, nothing_written

MORNINGS = {"days": ["MONDAY", "FRIDAY"], "startTime": "08:00", "endTime": "12:30"}
CLOSED = {"date": "2026-05-04", "startTime": "00:00", "endTime": "00:00"}


async def made(api: Api, by: User, **fields: Any) -> dict[str, Any]:
    answer = await api.write("CreateSchedule", by=by, **{"name": "Summer", "timeZone": "Europe/Rome", **fields})
    schedule: dict[str, Any] = answer["schedule"]
    return schedule


async def test_a_schedule_is_made_with_its_hours_and_overrides(api: Api) -> None:
    user = await api.person()
    schedule = await made(api, user, availability=[MORNINGS], overrides=[CLOSED])
    assert (schedule["name"], schedule["timeZone"], schedule["isDefault"]) == ("Summer", "Europe/Rome", False)
    assert schedule["availability"] == [MORNINGS]
    assert schedule["overrides"] == [CLOSED]
    found = await api.read("Schedule", by=user, id=schedule["id"])
    assert found == {**schedule, "owner": found["owner"]}
    assert found["owner"]["id"] == gid(user)


async def test_the_end_of_the_day_is_served_as_it_was_sent(api: Api) -> None:
    """AV-3: 23:59 means midnight."""
    hours = {"days": ["SUNDAY"], "startTime": "22:00", "endTime": "23:59"}
    assert (await made(api, await api.person(), availability=[hours]))["availability"] == [hours]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"name": ""}, ["name"]),
        ({"availability": [MORNINGS, {**MORNINGS, "endTime": "08:00"}]}, ["availability", "1", "endTime"]),
        ({"availability": [{**MORNINGS, "days": []}]}, ["availability", "0", "days"]),
        ({"overrides": [{**CLOSED, "startTime": "09:00"}]}, ["overrides", "0", "endTime"]),
    ],
    ids=["name", "AV-4", "days", "AV-5"],
)
async def test_a_wrong_value_is_named_by_its_path(api: Api, fields: dict[str, Any], path: list[str]) -> None:
    user = await api.person()
    schedule = await made(api, user)
    async with nothing_written():
        refused = await api.write("CreateSchedule", by=user, **{"name": "Summer", "timeZone": "Europe/Rome", **fields})
        unchanged = await api.write("UpdateSchedule", by=user, id=schedule["id"], **fields)
    for answer in (refused, unchanged):
        assert (answer["__typename"], answer["path"]) == ("InvalidInput", path)


async def test_an_update_replaces_lists_and_keeps_what_is_left_out(api: Api) -> None:
    user = await api.person()
    schedule = await made(api, user, overrides=[CLOSED])
    answer = await api.write("UpdateSchedule", by=user, id=schedule["id"], availability=[MORNINGS], isDefault=True)
    changed = answer["schedule"]
    assert changed["availability"] == [MORNINGS]
    assert changed["overrides"] == [CLOSED]
    assert (changed["name"], changed["isDefault"]) == ("Summer", True)
    assert (await api.read("Viewer", by=user))["defaultSchedule"]["id"] == schedule["id"]


async def test_a_removed_schedule_makes_way_for_the_oldest_one(api: Api) -> None:
    user = await api.person()
    first = await Schedule.get(user=user)
    schedule = await made(api, user, isDefault=True)
    removed = await api.write("DeleteSchedule", by=user, id=schedule["id"])
    assert removed["schedule"]["id"] == schedule["id"]
    assert (await api.read("Viewer", by=user))["defaultSchedule"]["id"] == gid(first)
    assert await api.refusal("Schedule", by=user, id=schedule["id"]) == "NOT_FOUND"
    for name in ("UpdateSchedule", "DeleteSchedule"):
        assert (await api.write(name, by=user, id=schedule["id"]))["__typename"] == "NotFound"


async def test_a_strangers_schedule_looks_as_if_it_did_not_exist(api: Api) -> None:
    user, stranger = await api.person(), await api.person()
    schedule = await made(api, user)
    async with nothing_written():
        assert await api.refusal("Schedule", by=stranger, id=schedule["id"]) == "NOT_FOUND"
        assert await api.refusal("Schedule", id=schedule["id"]) == "UNAUTHENTICATED"
        for name in ("UpdateSchedule", "DeleteSchedule"):
            refused = await api.write(name, by=stranger, id=schedule["id"])
            number = database_id(schedule["id"], "Schedule")
            assert (refused["__typename"], refused["code"]) == ("NotFound", "NOT_FOUND")
            assert refused["message"] == f"Schedule with ID={number} does not exist."
            assert (await api.write(name, id=schedule["id"]))["__typename"] == "Unauthenticated"


async def test_schedules_are_listed_oldest_first_for_their_owner(api: Api) -> None:
    user = await api.person()
    names = [(await made(api, user, name=f"S{number}"))["name"] for number in range(3)]
    await made(api, await api.person())
    page = (await api.read("ViewerSchedules", by=user, first=3))["schedules"]
    assert [node["name"] for node in page["nodes"]] == ["Hours", *names[:2]]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (4, True)
