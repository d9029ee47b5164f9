"""Schedules of 2024-06-11 (AV-1 to AV-5, AV-19)."""

from typing import Any

import pytest

from app.models import Schedule
from tests.contract.client import Caller, ContractClient

VERSION = "2024-06-11"
PATH = "/v2/schedules"
MORNINGS = {"days": ["Monday", "Friday"], "startTime": "08:00", "endTime": "12:30"}
CLOSED = {"date": "2026-05-20", "startTime": "00:00", "endTime": "00:00"}
BODY: dict[str, Any] = {"name": "Mornings", "timeZone": "Europe/Rome", "isDefault": False}


@pytest.mark.parametrize("version", ["2024-06-11", "2024-06-14"])
async def test_a_schedule_lives(rest: ContractClient, ann: Caller, version: str) -> None:
    """Made, read, changed, removed, in both versions alike."""
    body = {**BODY, "availability": [MORNINGS], "overrides": [CLOSED]}
    made = await rest.ok("POST", PATH, ann, version=version, json=body)
    assert made == {**body, "id": made["id"], "ownerId": ann.id}
    path = f"{PATH}/{made['id']}"
    assert await rest.ok("GET", path, ann, version=version) == made
    changed = await rest.ok("PATCH", path, ann, version=version, json={"name": "Early", "overrides": []})
    assert changed == {**made, "name": "Early", "overrides": []}
    answer = await rest("DELETE", path, ann, version=version)
    assert answer.json() == {"status": "success"}
    missing = f"Schedule with ID={made['id']} does not exist."
    assert await rest.refused("GET", path, ann, version=version) == (404, missing)
    assert await rest.refused("PATCH", path, ann, version=version, json={}) == (404, missing)
    assert await rest.refused("DELETE", path, ann, version=version) == (400, missing)


async def test_left_out_hours_are_working_hours(rest: ContractClient, ann: Caller) -> None:
    """AV-19: Monday to Friday, nine to five; and only `isDefault` makes it the default."""
    default = await rest.ok("GET", f"{PATH}/default", ann, version=VERSION)
    made = await rest.ok("POST", PATH, ann, version=VERSION, json=BODY)
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    assert made["availability"] == [{"days": days, "startTime": "09:00", "endTime": "17:00"}]
    assert await rest.ok("GET", f"{PATH}/default", ann, version=VERSION) == default
    other = await rest.ok("POST", PATH, ann, version=VERSION, json={**BODY, "isDefault": True})
    assert await rest.ok("GET", f"{PATH}/default", ann, version=VERSION) == other
    listed = await rest.ok("GET", PATH, ann, version=VERSION)
    assert [(row["id"], row["isDefault"]) for row in listed] == [
        (default["id"], False), (made["id"], False), (other["id"], True),
    ]  # fmt: skip


async def test_the_end_of_the_day_stays_as_sent(rest: ContractClient, ann: Caller) -> None:
    """AV-3: 23:59 means midnight and reads back as 23:59."""
    hours = {"days": ["Sunday"], "startTime": "22:00", "endTime": "23:59"}
    made = await rest.ok("POST", PATH, ann, version=VERSION, json={**BODY, "availability": [hours]})
    assert made["availability"] == [hours]


async def test_days_read_back_as_they_were_sent(rest: ContractClient, ann: Caller) -> None:
    """VR-7: in the order of the caller, each once."""
    for days in (
        ["Monday", "Tuesday", "Saturday", "Sunday"],
        ["Sunday", "Monday", "Saturday"],
        ["Friday", "Wednesday", "Sunday", "Monday"],
    ):
        hours = {"days": days, "startTime": "09:00", "endTime": "10:00"}
        twice = {**hours, "days": [*days, days[0]]}
        made = await rest.ok("POST", PATH, ann, version=VERSION, json={**BODY, "availability": [twice]})
        assert made["availability"] == [hours]
        assert await rest.ok("GET", f"{PATH}/{made['id']}", ann, version=VERSION) == made


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({"name": None}, {"name": ["name must be a string"]}),
        ({"isDefault": "no"}, {"isDefault": ["isDefault must be a boolean value"]}),
        *(
            ({"timeZone": zone}, {"timeZone": ["timeZone must be a valid IANA time-zone"]})
            for zone in ("Mars/Base", "localtime", "Factory", None)
        ),
        (
            {"availability": [MORNINGS, {**MORNINGS, "endTime": "24:00"}]},
            {"availability.1.endTime": ["endTime must be a valid time in format HH:MM e.g. 08:00"]},
        ),
        (
            {"availability": [{**MORNINGS, "days": ["Someday"]}]},
            {
                "availability.0.days": [
                    "each value in days must be one of the following values: "
                    "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"
                ]
            },
        ),
        (
            {"availability": [{**MORNINGS, "endTime": "08:00"}]},
            {"availability.0.endTime": ["endTime must be after startTime."]},
        ),
        (
            {"overrides": [{**CLOSED, "date": "20.5.2026"}]},
            {"overrides.0.date": ["date must be a valid ISO 8601 date string"]},
        ),
        ({"overrides": {"date": "2026-05-20"}}, {"overrides": ["overrides must be an array"]}),
    ],
)
async def test_wrong_input(
    rest: ContractClient, ann: Caller, values: dict[str, Any], faults: dict[str, list[str]]
) -> None:
    """AV-1, AV-4, AV-5: told by property, and nothing is written."""
    assert await rest.wrong("POST", PATH, ann, version=VERSION, json={**BODY, **values}) == faults
    assert await Schedule.all().count() == 1


async def test_another_tenants_schedule(rest: ContractClient, ann: Caller, bob: Caller) -> None:
    """403, and everything stays as it was."""
    made = await rest.ok("POST", PATH, ann, version=VERSION, json=BODY)
    path = f"{PATH}/{made['id']}"
    refused = (403, f"User with ID={bob.id} does not own schedule with ID={made['id']}")
    assert await rest.refused("GET", path, bob, version=VERSION) == refused
    assert await rest.refused("PATCH", path, bob, version=VERSION, json={"name": "Mine"}) == refused
    assert await rest.refused("DELETE", path, bob, version=VERSION) == refused
    assert (await rest("GET", PATH, version=VERSION)).status_code == 401
    assert await rest.ok("GET", path, ann, version=VERSION) == made


async def test_ids_that_clients_send_along_are_ignored(rest: ContractClient, ann: Caller) -> None:
    """Unknown properties are ignored, as clients rely on."""
    made = await rest.ok("POST", PATH, ann, version=VERSION, json=BODY)
    body = {"id": 999, "name": "Other", "something": {"new": True}}
    assert (await rest.ok("PATCH", f"{PATH}/{made['id']}", ann, version=VERSION, json=body))["name"] == "Other"
