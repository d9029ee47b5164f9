"""Slots and reservations of 2024-09-04: ways to ask, forms of the answer, who may keep what for how long."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.models import EventType, SlotHold, Team, User
from tests.contract.client import Caller, ContractClient

VERSION = "2024-09-04"
PATH = "/v2/slots"
HELD = "/v2/slots/reservations"
MONDAY = "2050-09-05"
DAY = {"start": MONDAY, "end": MONDAY}
NINE = "2050-09-05T07:00:00.000Z"


async def event_type(rest: ContractClient, caller: Caller, **values: Any) -> Any:
    """An event type of the caller: half an hour, Berlin, 9 to 17."""
    body = {"lengthInMinutes": 30, "title": "Intro", "slug": "intro", **values}
    return await rest.ok("POST", "/v2/event-types", caller, version="2024-06-14", json=body)


async def listed(rest: ContractClient, **params: Any) -> Any:
    return await rest.ok("GET", PATH, version=VERSION, params={**DAY, **params})


async def kept(rest: ContractClient, number: int, caller: Caller | None = None, **values: Any) -> Any:
    body = {"eventTypeId": number, "slotStart": NINE, **values}
    return await rest.ok("POST", HELD, caller, version=VERSION, json=body)


async def test_by_id_and_by_name(rest: ContractClient, ann: Caller) -> None:
    """A date is a whole day in UTC (SL-2); without a zone times end in Z (SL-15); anybody may ask."""
    made = await event_type(rest, ann)
    found = await listed(rest, eventTypeId=made["id"])
    assert list(found) == [MONDAY]
    assert found[MONDAY][0] == {"start": NINE}
    assert len(found[MONDAY]) == 16
    assert await listed(rest, eventTypeSlug="intro", username="ann") == found
    assert await listed(rest, eventTypeId=f"{made['id']}.0", eventTypeSlug="other", username="bob") == found
    midnight = {"start": f"{MONDAY}T00:00:00Z", "end": f"{MONDAY}T00:00:00Z"}
    assert await listed(rest, eventTypeId=made["id"], **midnight) == found
    assert await listed(rest, eventTypeId=made["id"], timeZone="UTC", username="") == found


async def test_in_a_zone_and_as_ranges(rest: ContractClient, ann: Caller) -> None:
    """SL-15: dates and offsets are those of the zone asked for; `format=range` adds ends."""
    made = await event_type(rest, ann)
    window = {"start": "2050-09-05T09:00:00+02:00", "end": "2050-09-05T10:00:00+02:00"}
    found = await listed(rest, eventTypeId=made["id"], timeZone="Pacific/Auckland", format="range", **window)
    assert found == {
        MONDAY: [
            {"start": "2050-09-05T19:00:00.000+12:00", "end": "2050-09-05T19:30:00.000+12:00"},
            {"start": "2050-09-05T19:30:00.000+12:00", "end": "2050-09-05T20:00:00.000+12:00"},
        ]
    }
    same = await listed(rest, eventTypeId=made["id"], timeZone="Pacific/Auckland", slotFormat="range", **window)
    assert same == found
    days = await listed(rest, eventTypeId=made["id"], timeZone="Pacific/Auckland", format="time")
    assert list(days) == [MONDAY, "2050-09-06"]
    assert days["2050-09-06"][0] == {"start": "2050-09-06T00:00:00.000+12:00"}


async def test_lengths(rest: ContractClient, ann: Caller) -> None:
    """SL-1: only lengths that are offered."""
    made = await event_type(rest, ann, lengthInMinutesOptions=[30, 60])
    hours = await listed(rest, eventTypeId=made["id"], duration="60", format="range")
    assert (len(hours[MONDAY]), hours[MONDAY][0]["end"]) == (8, "2050-09-05T08:00:00.000Z")
    params = {**DAY, "eventTypeId": made["id"], "duration": 45}
    assert (await rest.refused("GET", PATH, version=VERSION, params=params))[0] == 400


async def test_of_people_who_meet(rest: ContractClient, ann: Caller, bob: Caller) -> None:
    """Two names or more are a group (TM-24)."""
    found = await listed(rest, usernames="ann,bob", duration=60)
    assert len(found[MONDAY]) == 8
    params = [*DAY.items(), ("usernames", "ann"), ("usernames", "bob"), ("duration", "60")]
    assert await rest.ok("GET", PATH, version=VERSION, params=params) == found
    assert (await rest.refused("GET", PATH, version=VERSION, params={**DAY, "usernames": "ann"}))[0] == 400


async def test_of_people_of_an_organization(rest: ContractClient, ann: Caller, bob: Caller) -> None:
    """The slug says whose names these are: people of others who are called the same are not meant."""
    query = {**DAY, "usernames": "ann,bob", "duration": 60, "organizationSlug": "acme"}
    assert (await rest.refused("GET", PATH, version=VERSION, params=query))[0] == 404
    acme = await Team.create(name="Acme", slug="acme", is_organization=True)
    await User.filter(id__in=[ann.id, bob.id]).update(organization_id=acme.id)
    found = await rest.ok("GET", PATH, version=VERSION, params=query)
    assert len(found[MONDAY]) == 8
    del query["organizationSlug"]
    assert (await rest.refused("GET", PATH, version=VERSION, params=query))[0] == 404


async def test_of_a_team(rest: ContractClient, ann: Caller) -> None:
    """By the slugs of team and event type."""
    team = await Team.create(name="Crew", slug="crew")
    made = await EventType.create(title="Call", slug="call", length_minutes=60, minimum_notice=0, team=team)
    await made.fetch_related("hosts")
    from app.models import Host  # noqa: PLC0415

    await Host.create(event_type=made, user_id=ann.id, is_fixed=True)
    assert len((await listed(rest, eventTypeSlug="call", teamSlug="crew"))[MONDAY]) == 8


async def test_seats(rest: ContractClient, ann: Caller) -> None:
    """SL-15: seats of each start; no `bookingUid` before somebody has booked."""
    seats = {"seatsPerTimeSlot": 3, "showAttendeeInfo": False, "showAvailabilityCount": True}
    made = await event_type(rest, ann, seats=seats)
    found = await listed(rest, eventTypeId=made["id"], format="range")
    free = {"seatsBooked": 0, "seatsRemaining": 3, "seatsTotal": 3}
    assert found[MONDAY][0] == {"start": NINE, "end": "2050-09-05T07:30:00.000Z", **free}
    await kept(rest, made["id"])
    first = (await listed(rest, eventTypeId=made["id"]))[MONDAY][0]
    assert first == {"start": NINE, "seatsBooked": 1, "seatsRemaining": 2, "seatsTotal": 3}


@pytest.mark.parametrize(
    ("params", "status", "message"),
    [
        ({"eventTypeId": 999_999}, 404, "Event Type not found"),
        ({"eventTypeSlug": "no", "username": "ann"}, 404, "Event Type not found"),
        ({"eventTypeId": 1, "start": "tomorrow"}, 400, "Bad Request Exception"),
        ({"eventTypeId": 1, "start": "9999-12-31T23:59:59-14:00"}, 400, "Bad Request Exception"),
        ({"eventTypeId": 1, "timeZone": "Mars/Olympus"}, 400, "Bad Request Exception"),
        ({"eventTypeId": 1, "format": "list"}, 400, "Bad Request Exception"),
        ({"eventTypeId": "one"}, 400, "Bad Request Exception"),
        ({"eventTypeId": 1, "duration": 0}, 400, "Bad Request Exception"),
        ({"eventTypeId": 1, "end": "2050-09-01"}, 400, "The window must end after it starts."),
        ({"eventTypeId": 1, "end": "2052-09-01"}, 400, "The window may span 366 days at most."),
    ],
)
async def test_wrong_questions(
    rest: ContractClient, ann: Caller, params: dict[str, Any], status: int, message: str
) -> None:
    assert await rest.refused("GET", PATH, version=VERSION, params={**DAY, **params}) == (status, message)


async def test_texts_of_wrong_questions(rest: ContractClient) -> None:
    """By property, as the documented API tells them (AU-31)."""
    faults = await rest.wrong("GET", PATH, version=VERSION, params={"end": "x", "format": "list", "eventTypeId": "a"})
    assert faults == {
        "start": ["start must be a valid ISO 8601 date string"],
        "end": ["end must be a valid ISO 8601 date string"],
        "eventTypeId": ["eventTypeId must be a number conforming to the specified constraints"],
        "format": ["slotFormat must be either 'range' or 'time'"],
    }


async def test_a_reservation_from_its_first_minute_to_its_last(rest: ContractClient, ann: Caller) -> None:
    """RS-5, RS-8, RS-9: it hides the slot; whoever knows its uid reads, moves and ends it."""
    made = await event_type(rest, ann)
    before = datetime.now(UTC)
    held = await kept(rest, made["id"])
    uid, until = held.pop("reservationUid"), datetime.fromisoformat(held.pop("reservationUntil"))
    assert held == {
        "eventTypeId": made["id"],
        "slotStart": NINE,
        "slotEnd": "2050-09-05T07:30:00.000Z",
        "slotDuration": 30,
        "reservationDuration": 5,
    }
    assert timedelta(minutes=4, seconds=58) < until - before < timedelta(minutes=5, seconds=5)
    assert len((await listed(rest, eventTypeId=made["id"]))[MONDAY]) == 15
    found = await rest.ok("GET", f"{HELD}/{uid}", version=VERSION)
    assert (found["reservationUid"], "reservationDuration" in found) == (uid, False)
    body = {"eventTypeId": made["id"], "slotStart": "2050-09-05T12:00:00Z"}
    moved = await rest.ok("PATCH", f"{HELD}/{uid}", version=VERSION, json=body)
    assert (moved["reservationUid"], moved["slotStart"]) == (uid, "2050-09-05T12:00:00.000Z")
    assert (await rest("DELETE", f"{HELD}/{uid}", version=VERSION)).json() == {"status": "success"}
    assert await rest.ok("GET", f"{HELD}/{uid}", version=VERSION) is None
    assert len((await listed(rest, eventTypeId=made["id"]))[MONDAY]) == 16
    assert (await rest("DELETE", f"{HELD}/{uid}", version=VERSION)).status_code == 200
    refused = await rest.refused("PATCH", f"{HELD}/{uid}", version=VERSION, json=body)
    assert refused == (404, f"Slot with uid={uid} not found")


async def test_slots_that_cannot_be_kept(rest: ContractClient, ann: Caller) -> None:
    """RS-2, RS-3: unknown types, lengths that are not offered, what is held, closed or past; nothing is written."""
    made = await event_type(rest, ann)
    await kept(rest, made["id"])

    async def refused(**values: Any) -> tuple[int, str]:
        body = {"eventTypeId": made["id"], "slotStart": NINE, **values}
        return await rest.refused("POST", HELD, version=VERSION, json=body)

    taken = (422, "Can't reserve a slot if the event is already booked.")
    assert await refused() == taken
    assert await refused(slotStart="2050-09-04T07:00:00Z") == taken
    assert (await refused(slotStart="2020-09-04T07:00:00Z"))[0] == 400
    assert await refused(eventTypeId=999_999) == (404, "Event Type with ID=999999 not found")
    assert (await refused(slotDuration=45))[0] == 400
    assert (await refused(slotStart="9 o'clock"))[1] == "Bad Request Exception"
    faults = await rest.wrong("POST", HELD, version=VERSION, json={"slotDuration": "30"})
    assert sorted(faults) == ["eventTypeId", "slotDuration", "slotStart"]
    assert await SlotHold.all().count() == 1


async def test_seats_run_out(rest: ContractClient, ann: Caller) -> None:
    """RS-2, RS-6: each reservation keeps one seat."""
    seats = {"seatsPerTimeSlot": 1, "showAttendeeInfo": False, "showAvailabilityCount": True}
    made = await event_type(rest, ann, seats=seats)
    await kept(rest, made["id"])
    body = {"eventTypeId": made["id"], "slotStart": NINE}
    text = f"Booking with id={made['id']} at {NINE} has no more seats left."
    assert await rest.refused("POST", HELD, version=VERSION, json=body) == (422, text)


async def test_who_chooses_how_long(rest: ContractClient, ann: Caller, bob: Caller) -> None:
    """RS-1, RS-8: only those who work with the event type, when reserving and when changing."""
    made = await event_type(rest, ann)
    body = {"eventTypeId": made["id"], "slotStart": NINE, "reservationDuration": 60}
    status, text = await rest.refused("POST", HELD, version=VERSION, json=body)
    assert (status, text.startswith("reservationDuration can only be used for authenticated requests")) == (401, True)
    assert (await rest.refused("POST", HELD, bob, version=VERSION, json=body))[0] == 403
    held = await rest.ok("POST", HELD, ann, version=VERSION, json=body)
    assert held["reservationDuration"] == 60
    path = f"{HELD}/{held['reservationUid']}"
    assert (await rest.refused("PATCH", path, version=VERSION, json=body))[0] == 401
    assert (await rest.refused("PATCH", path, bob, version=VERSION, json=body))[0] == 403
    wrong = {"Authorization": "Bearer cal_wrong"}
    assert (await rest("POST", HELD, version=VERSION, json=body, headers=wrong)).status_code == 401
    assert await SlotHold.all().count() == 1


async def test_a_repeated_request_keeps_one_slot(rest: ContractClient, ann: Caller) -> None:
    """`Idempotency-Key`: the second answer is the first one's."""
    made = await event_type(rest, ann)
    body = {"eventTypeId": made["id"], "slotStart": NINE}
    key = {"Idempotency-Key": "one"}
    first = await rest.ok("POST", HELD, ann, version=VERSION, json=body, headers=key)
    assert await rest.ok("POST", HELD, ann, version=VERSION, json=body, headers=key) == first
    assert await SlotHold.all().count() == 1


async def test_other_versions_do_not_have_them(rest: ContractClient, ann: Caller) -> None:
    """VR-1: before 2024-09-04 slots have another shape."""
    answer = await rest("GET", f"{PATH}?start={MONDAY}", version="2024-08-13")
    assert answer.json()["error"]["message"] == f"Cannot GET {PATH}?start={MONDAY}"
    assert await User.all().count() == 1
