"""`createBooking`: what is answered for every way it can go."""

from typing import Any

import pytest

from app.models import Attendee, EventType, User
from schema.node import global_id
from tests.parts.statements import counted_statements
from tests.schema.api import Api, gid, nothing_written
from tests.services.bookings.desk import count
from tests.services.slots.world import at

MONDAY_10 = "2026-05-04T08:00:00Z"
"""10:00 in Berlin, where the hosts work from 9 to 5."""


def wish(event_type: EventType, start: str = MONDAY_10, email: str = "ann@example.com", **more: Any) -> dict[str, Any]:
    """The input of a booker in Rome."""
    attendee = {"name": "Ann", "email": email, "timeZone": "Europe/Rome"}
    return {"eventType": {"id": gid(event_type)}, "start": start, "attendee": attendee, **more}


async def book(api: Api, event_type: EventType, *args: Any, by: User | None = None, **more: Any) -> dict[str, Any]:
    return await api.write("CreateBooking", by=by, **wish(event_type, *args, **more))


async def test_anybody_books_and_reads_the_whole_booking_in_the_answer(api: Api) -> None:
    host = await api.person(name="Hugo")
    event_type = await api.event_type(host, title="Intro")
    answer = await book(api, event_type, metadata={"source": "site"})
    booking = answer["booking"]
    assert (answer["__typename"], answer["replayed"], answer["dryRun"]) == ("CreateBookingSuccess", False, False)
    assert (booking["status"], booking["start"], booking["end"]) == ("ACCEPTED", MONDAY_10, "2026-05-04T08:30:00Z")
    assert booking["durationInMinutes"] == 30
    assert [(person["email"], person["kind"]) for person in booking["attendees"]] == [("ann@example.com", "BOOKER")]
    assert [(person["name"], person["user"]["id"]) for person in booking["hosts"]] == [("Hugo", gid(host))]
    assert (booking["eventType"]["id"], booking["team"], booking["metadata"]) == (
        gid(event_type),
        None,
        {"source": "site"},
    )
    assert [item["uid"] for item in answer["bookings"]] == [booking["uid"]]
    assert await api.read("Booking", uid=booking["uid"]) == {
        **booking,
        "rescheduledByEmail": None,
        "cancelledByEmail": None,
    }


async def test_a_start_is_an_instant_whatever_offset_it_is_written_with(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    answer = await book(api, event_type, "2026-05-04T10:00:00+02:00")
    assert answer["booking"]["start"] == MONDAY_10
    assert await api.refusal("CreateBooking", input=wish(event_type, "2026-05-04T10:00:00")) == "INVALID_VARIABLES"


async def test_a_taken_start_answers_why_and_what_to_take_instead(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    first = await book(api, event_type)
    async with nothing_written():
        refused = await book(api, event_type, email="bob@example.com")
    assert (refused["__typename"], refused["code"], refused["path"]) == (
        "SlotUnavailable",
        "SLOT_UNAVAILABLE",
        ["start"],
    )
    assert [at(slot["start"]) for slot in refused["nextSlots"]] == [
        at(f"2026-05-04T{time}") for time in ("08:30", "09:00", "09:30", "10:00", "10:30")
    ]
    assert at(refused["nextSlots"][0]["end"]) == at("2026-05-04T09:00")
    assert int(refused["slotsVersion"]) == int(first["slotsVersion"])


async def test_the_next_slots_of_a_refusal_can_be_booked(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    await book(api, event_type)
    refused = await book(api, event_type)
    for slot in refused["nextSlots"]:
        assert (await book(api, event_type, slot["start"]))["__typename"] == "CreateBookingSuccess"


async def test_only_those_who_work_with_it_are_told_who_is_busy_when(api: Api) -> None:
    hosts = [await api.person(), await api.person()]
    event_type = await api.team_event("ROUND_ROBIN", *hosts)
    for email in ("a@example.com", "b@example.com"):
        await book(api, event_type, email=email)
    for stranger in (None, await api.person()):
        refused = await book(api, event_type, email="c@example.com", by=stranger)
        assert refused["__typename"] == "SlotUnavailable"
        assert [(reason["host"], reason["start"]) for reason in refused["reasons"]] == [(None, None)]
        held = await api.write("HoldSlot", by=stranger, eventType={"id": gid(event_type)}, start=MONDAY_10)
        assert [(reason["host"], reason["start"]) for reason in held["reasons"]] == [(None, None)]
    told = await book(api, event_type, email="c@example.com", by=hosts[0])
    busy = [reason for reason in told["reasons"] if reason["rule"] == "BT-1"]
    assert {reason["host"]["id"] for reason in busy} == {gid(host) for host in hosts}
    assert {(reason["start"], reason["end"]) for reason in busy} == {(MONDAY_10, "2026-05-04T08:30:00Z")}


async def test_a_fixed_host_who_is_busy_is_named_as_unavailable(api: Api) -> None:
    """TM-13."""
    hosts = [await api.person(), await api.person()]
    event_type = await api.team_event("COLLECTIVE", *hosts)
    await api.booking(await api.event_type(hosts[1]), [hosts[1]], "2026-05-04T08:00")
    async with nothing_written():
        refused = await book(api, event_type)
    assert (refused["__typename"], refused["code"]) == ("HostUnavailable", "HOST_UNAVAILABLE")
    assert at(refused["nextSlots"][0]["start"]) == at("2026-05-04T08:30")


async def test_a_full_period_names_the_limit_and_when_it_frees(api: Api) -> None:
    """BT-22."""
    event_type = await api.event_type(await api.person("UTC"), booking_limits={"day": 1})
    await book(api, event_type, "2026-05-04T10:00:00Z")
    async with nothing_written():
        refused = await book(api, event_type, "2026-05-04T12:00:00Z")
    assert {name: refused[name] for name in ("__typename", "code", "period", "limit", "freesAt")} == {
        "__typename": "LimitReached",
        "code": "LIMIT_REACHED",
        "period": "day",
        "limit": 1,
        "freesAt": "2026-05-05T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("fields", "start", "policy"),
    [
        ({"minimum_notice": 7 * 24 * 60}, MONDAY_10, "minimum_notice"),
        ({}, "2026-04-27T08:00:00Z", "past"),
        ({"period_type": "ROLLING", "period_days": 1}, MONDAY_10, "booking_window"),
    ],
    ids=["notice", "past", "window"],
)
async def test_a_rule_of_the_event_type_is_named(api: Api, fields: dict[str, Any], start: str, policy: str) -> None:
    event_type = await api.event_type(await api.person(), **fields)
    async with nothing_written():
        refused = await book(api, event_type, start)
    assert (refused["__typename"], refused["policy"]) == ("PolicyViolation", policy)


async def test_seats_are_taken_until_none_is_left(api: Api) -> None:
    """BK-35."""
    event_type = await api.event_type(await api.person(), seats_per_slot=2)
    first = await book(api, event_type)
    async with nothing_written():
        again = await book(api, event_type)
    second = await book(api, event_type, email="bob@example.com")
    assert first["booking"]["uid"] == second["booking"]["uid"]
    assert first["seatUid"] not in {None, second["seatUid"]}
    async with nothing_written():
        full = await book(api, event_type, email="cem@example.com")
    assert (again["__typename"], again["code"]) == ("AlreadySignedUp", "ALREADY_SIGNED_UP")
    assert (full["__typename"], full["code"]) == ("SeatsFull", "SEATS_FULL")


async def test_an_older_version_than_now_is_a_conflict_that_names_the_current_one(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    window = {"start": "2026-05-04T00:00:00Z", "end": "2026-05-05T00:00:00Z"}
    seen = await api.read("Slots", eventType={"id": gid(event_type)}, window=window)
    first = await book(api, event_type, expectedVersion=seen["slotsVersion"])
    assert int(first["slotsVersion"]) > int(seen["slotsVersion"])
    async with nothing_written():
        refused = await book(api, event_type, "2026-05-04T09:00:00Z", expectedVersion=seen["slotsVersion"])
    assert (refused["__typename"], refused["path"]) == ("VersionConflict", ["expectedVersion"])
    assert refused["currentVersion"] == first["slotsVersion"]
    retried = await book(api, event_type, "2026-05-04T09:00:00Z", expectedVersion=refused["currentVersion"])
    assert retried["__typename"] == "CreateBookingSuccess"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"lengthInMinutes": 45}, ["lengthInMinutes"]),
        ({"metadata": [1]}, ["metadata"]),
        ({"responses": [1]}, ["responses"]),
        ({"recurrenceCount": 2}, ["recurrenceCount"]),
        ({"attendee": {"name": "", "email": "ann@example.com", "timeZone": "UTC"}}, ["attendee", "name"]),
        ({"attendee": {"name": "Ann", "timeZone": "UTC"}}, ["attendee"]),
    ],
    ids=lambda value: str(value)[:24],
)
async def test_a_wrong_input_is_named_as_the_input_names_it(api: Api, change: dict[str, Any], path: list[str]) -> None:
    event_type = await api.event_type(await api.person())
    async with nothing_written():
        refused = await api.write("CreateBooking", **{**wish(event_type), **change})
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", path), refused


async def test_an_event_type_that_is_not_there_is_not_found(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    async with nothing_written():
        unknown = await api.write("CreateBooking", **{**wish(event_type), "eventType": {"databaseId": 9_999}})
    assert (unknown["__typename"], unknown["code"]) == ("NotFound", "NOT_FOUND")


async def test_a_series_gives_one_booking_for_each_occurrence(api: Api) -> None:
    recurrence = {"interval": 1, "occurrences": 3, "frequency": "weekly"}
    event_type = await api.event_type(await api.person(), recurrence=recurrence)
    answer = await book(api, event_type)
    assert [item["start"] for item in answer["bookings"]] == [f"2026-05-{day}T08:00:00Z" for day in ("04", "11", "18")]
    series = await api.read("BookingSeries", uid=answer["booking"]["recurringUid"])
    assert [item["uid"] for item in series] == [item["uid"] for item in answer["bookings"]]


async def test_a_series_is_all_or_nothing_and_names_the_dates_that_are_taken(api: Api) -> None:
    recurrence = {"interval": 1, "occurrences": 3, "frequency": "weekly"}
    host = await api.person()
    event_type = await api.event_type(host, recurrence=recurrence)
    await api.booking(event_type, [host], "2026-05-11T08:00")
    async with nothing_written():
        refused = await book(api, event_type)
    assert refused["__typename"] == "SlotUnavailable"
    assert refused["dates"] == ["2026-05-11T08:00:00Z"]


async def test_a_dry_run_checks_everything_and_writes_nothing(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    async with nothing_written():
        answer = await book(api, event_type, dryRun=True)
    assert (answer["__typename"], answer["dryRun"]) == ("CreateBookingSuccess", True)
    await book(api, event_type)
    assert (await book(api, event_type, dryRun=True))["__typename"] == "SlotUnavailable"


async def test_rs_7_a_booking_ends_the_hold_it_names_and_holds_stop_nobody(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    held = await api.write("HoldSlot", eventType={"id": gid(event_type)}, start=MONDAY_10)
    other = await api.write("HoldSlot", eventType={"id": gid(event_type)}, start="2026-05-04T09:00:00Z")
    assert (await book(api, event_type, hold=held["hold"]["id"]))["__typename"] == "CreateBookingSuccess"
    assert await api.read("SlotHold", id=held["hold"]["id"]) is None
    assert await api.read("SlotHold", id=other["hold"]["id"]) == other["hold"]
    assert (await book(api, event_type, "2026-05-04T09:00:00Z"))["__typename"] == "CreateBookingSuccess"


async def test_a_hold_of_another_type_of_object_is_an_invalid_id(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    assert await api.refusal("CreateBooking", input=wish(event_type, hold=gid(event_type))) == "INVALID_ID"


async def test_guests_are_served_as_attendees(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    answer = await book(api, event_type, guests=["bob@example.com"])
    kinds = {person["email"]: person["kind"] for person in answer["booking"]["attendees"]}
    assert kinds == {"ann@example.com": "BOOKER", "bob@example.com": "GUEST"}
    assert await Attendee.all().count() == 2


async def test_bookings_of_a_group_have_no_event_type(api: Api) -> None:
    """TM-24."""
    people = [await api.person(), await api.person()]
    ref = {"group": [person.username for person in people]}
    attendee = {"name": "Ann", "email": "ann@example.com", "timeZone": "UTC"}
    answer = await api.write("CreateBooking", eventType=ref, start=MONDAY_10, attendee=attendee)
    assert answer["__typename"] == "CreateBookingSuccess", answer
    assert answer["booking"]["eventType"] is None
    assert {host["user"]["id"] for host in answer["booking"]["hosts"]} == {gid(person) for person in people}
    assert await count("bookings") == 1


async def test_ids_of_other_types_are_refused(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    wrong = {**wish(event_type), "eventType": {"id": global_id("User", 1)}}
    assert await api.refusal("CreateBooking", input=wrong) == "INVALID_ID"


@pytest.mark.postgres
async def test_a_booking_takes_four_statements(api: Api) -> None:
    """P10."""
    event_type = await api.event_type(await api.person())
    document = """mutation Book($input: CreateBookingInput!) { createBooking(input: $input) {
      ... on CreateBookingSuccess { slotsVersion booking { uid start hosts { name email } attendees { email } } }
    } }"""
    with counted_statements() as seen:
        made = await api.read(document, input=wish(event_type))
    assert made["booking"]["start"] == MONDAY_10
    assert len(seen) <= 4, "\n".join(seen)
