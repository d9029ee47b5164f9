"""Slots as component clients ask for them, by every version before 2024-09-04 (VR-1, VR-8)."""

from typing import Any

import pytest

from app.models import SlotHold, Team, User
from tests.contract.client import Caller, ContractClient
from tests.rest.v2.test_slots import MONDAY, NINE, event_type

AVAILABLE = "/v2/slots/available"
RESERVE = "/v2/slots/reserve"
SELECTED = "/v2/slots/selected-slot"
WINDOW = {"startTime": "2050-09-05T00:00:00.000Z", "endTime": "2050-09-05T23:59:59.999Z"}
SLOT = {"slotUtcStartDate": "2050-09-05T07:00:00Z", "slotUtcEndDate": "2050-09-05T07:30:00Z"}
ATOMS = "2024-06-14"


async def listed(rest: ContractClient, version: str | None = ATOMS, **params: Any) -> Any:
    data = await rest.ok("GET", AVAILABLE, version=version, params={**WINDOW, **params})
    assert list(data) == ["slots"]
    return data["slots"]


@pytest.mark.parametrize("version", [None, "2024-04-15", "2024-06-11", ATOMS, "2024-08-13", "2024-07-01", "soon"])
async def test_every_version_before(rest: ContractClient, ann: Caller, version: str | None) -> None:
    """VR-1: also a missing header, one between versions and one that is none."""
    made = await event_type(rest, ann)
    found = await listed(rest, version, eventTypeId=made["id"])
    assert (list(found), found[MONDAY][0], len(found[MONDAY])) == ([MONDAY], {"time": NINE}, 16)


@pytest.mark.parametrize("name", ["usernameList[]", "usernameList%5B%5D", "usernameList", "usernameList[0]"])
async def test_names_in_every_spelling(rest: ContractClient, ann: Caller, bob: Caller, name: str) -> None:
    """One name is a person, several are a group."""
    await event_type(rest, ann)
    query = "&".join(f"{key}={value}" for key, value in WINDOW.items())
    one = await rest.ok("GET", f"{AVAILABLE}?{query}&eventTypeSlug=intro&{name}=ann", version=ATOMS)
    assert len(one["slots"][MONDAY]) == 16
    again = name.replace("0", "1")
    two = f"{AVAILABLE}?{query}&eventTypeSlug=dynamic&{name}=ann&{again}=bob&duration=60"
    assert len((await rest.ok("GET", two, version=ATOMS))["slots"][MONDAY]) == 8


async def test_a_group_within_an_organization(rest: ContractClient, ann: Caller, bob: Caller) -> None:
    """The slug says whose names these are."""
    params = {**WINDOW, "eventTypeSlug": "dynamic", "usernameList": ["ann", "bob"], "duration": 60, "orgSlug": "acme"}
    assert (await rest.refused("GET", AVAILABLE, version=ATOMS, params=params))[0] == 404
    acme = await Team.create(name="Acme", slug="acme", is_organization=True)
    await User.filter(id__in=[ann.id, bob.id]).update(organization_id=acme.id)
    assert len((await rest.ok("GET", AVAILABLE, version=ATOMS, params=params))["slots"][MONDAY]) == 8


async def test_zone_and_ranges(rest: ContractClient, ann: Caller) -> None:
    """Keyed by the zone's dates; what clients send beside is left aside."""
    made = await event_type(rest, ann)
    more = {"eventTypeId": made["id"], "eventTypeSlug": "x", "usernameList[]": "ann", "_silentCalendarFailures": "true"}
    found = await listed(rest, timeZone="Europe/Berlin", slotFormat="range", orgSlug="", rescheduleUid="", **more)
    assert found[MONDAY][0] == {
        "startTime": "2050-09-05T09:00:00.000+02:00",
        "endTime": "2050-09-05T09:30:00.000+02:00",
    }


async def test_wrong_questions(rest: ContractClient, ann: Caller) -> None:
    status, text = await rest.refused("GET", AVAILABLE, version=ATOMS, params={**WINDOW, "eventTypeId": 999_999})
    assert (status, text) == (404, "Event Type not found")
    assert (await rest.refused("GET", AVAILABLE, version=ATOMS, params=WINDOW))[0] == 400
    faults = await rest.wrong("GET", AVAILABLE, version=ATOMS, params={"startTime": "now"})
    assert faults == {
        "startTime": ["startTime must be a valid ISO 8601 date string"],
        "endTime": ["endTime must be a valid ISO 8601 date string"],
    }


async def test_reserving_and_letting_go(rest: ContractClient, ann: Caller) -> None:
    """The uid is a plain text and a cookie; letting go works by query, by cookie and without anything."""
    made = await event_type(rest, ann)
    body = {"eventTypeId": made["id"], **SLOT}
    answer = await rest("POST", RESERVE, version=ATOMS, json=body)
    uid = answer.json()["data"]
    assert (answer.status_code, isinstance(uid, str)) == (201, True)
    assert answer.headers["set-cookie"].startswith(f"uid={uid}; Max-Age=300; Path=/;")
    assert len((await listed(rest, eventTypeId=made["id"]))[MONDAY]) == 15
    rest.http.cookies.clear()
    assert (await rest("DELETE", SELECTED, version=ATOMS)).json() == {"status": "success"}
    assert len((await listed(rest, eventTypeId=made["id"]))[MONDAY]) == 15
    assert (await rest("DELETE", f"{SELECTED}?uid={uid}", version=ATOMS)).json() == {"status": "success"}
    assert len((await listed(rest, eventTypeId=made["id"]))[MONDAY]) == 16


async def test_reserving_again(rest: ContractClient, ann: Caller) -> None:
    """Clients keep a slot by reserving it again: with the cookie it is the same one, without it a second one."""
    made = await event_type(rest, ann)
    body = {"eventTypeId": made["id"], **SLOT}
    first = await rest.ok("POST", RESERVE, version=ATOMS, json=body)
    rest.http.cookies.clear()
    cookie = {"Cookie": f"uid={first}"}
    later = {**body, "slotUtcStartDate": "2050-09-05T08:00:00Z", "slotUtcEndDate": "2050-09-05T08:30:00Z"}
    assert await rest.ok("POST", RESERVE, version=ATOMS, json=later, headers=cookie) == first
    rest.http.cookies.clear()
    second = await rest.ok("POST", RESERVE, version=ATOMS, json=later)
    assert second != first
    assert await SlotHold.all().count() == 2


async def test_what_cannot_be_reserved(rest: ContractClient, ann: Caller) -> None:
    """Availability counts here as well (RS-3); a dry run writes nothing."""
    made = await event_type(rest, ann)
    body = {"eventTypeId": made["id"], **SLOT}
    assert isinstance(await rest.ok("POST", RESERVE, version=ATOMS, json={**body, "_isDryRun": True}), str)
    night = {**body, "slotUtcStartDate": "2050-09-05T02:00:00Z", "slotUtcEndDate": "2050-09-05T02:30:00Z"}
    assert (await rest.refused("POST", RESERVE, version=ATOMS, json=night))[0] == 422
    assert (await rest.refused("POST", RESERVE, version=ATOMS, json={**body, "eventTypeId": 999_999}))[0] == 404
    back = {**body, "slotUtcEndDate": "2050-09-05T06:00:00Z"}
    assert (await rest.refused("POST", RESERVE, version=ATOMS, json=back))[0] == 400
    assert await SlotHold.all().count() == 0
