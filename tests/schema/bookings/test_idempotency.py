"""One key, one booking, one answer."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.models import Booking, EventType
from tests.schema.api import Api, gid, nothing_written


def wish(event_type: EventType, **more: Any) -> dict[str, Any]:
    attendee = {"name": "Ann", "email": "ann@example.com", "timeZone": "UTC"}
    return {
        "eventType": {"id": gid(event_type)},
        "start": "2026-05-04T08:00:00Z",
        "attendee": attendee,
        "idempotencyKey": "key-1",
        **more,
    }


async def test_the_same_wish_again_gets_the_same_answer(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    first = await api.write("CreateBooking", **wish(event_type))
    async with nothing_written():
        again = await api.write("CreateBooking", **wish(event_type))
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert {**again, "replayed": False} == first


async def test_many_at_once_make_one_booking(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    answers = await asyncio.gather(*(api.write("CreateBooking", **wish(event_type)) for _ in range(8)))
    assert await Booking.all().count() == 1
    made = [answer for answer in answers if answer["__typename"] == "CreateBookingSuccess"]
    assert len({answer["booking"]["uid"] for answer in made}) == 1
    assert [answer["replayed"] for answer in made].count(False) == 1
    assert {answer["__typename"] for answer in answers} <= {"CreateBookingSuccess", "IdempotencyConflict"}


@pytest.mark.parametrize("change", [{"start": "2026-05-04T09:00:00Z"}, {"metadata": {"a": 1}}], ids=str)
async def test_another_wish_with_the_same_key_is_a_conflict(api: Api, change: dict[str, Any]) -> None:
    event_type = await api.event_type(await api.person())
    await api.write("CreateBooking", **wish(event_type))
    async with nothing_written():
        refused = await api.write("CreateBooking", **wish(event_type, **change))
    assert (refused["__typename"], refused["code"]) == ("IdempotencyConflict", "IDEMPOTENCY_CONFLICT")


async def test_a_refused_wish_does_not_use_its_key_up(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    past = wish(event_type, start="2026-04-27T08:00:00Z")
    assert (await api.write("CreateBooking", **past))["__typename"] == "PolicyViolation"
    assert (await api.write("CreateBooking", **wish(event_type)))["__typename"] == "CreateBookingSuccess"


async def test_keys_of_two_callers_have_nothing_to_do_with_each_other(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    one, two = await api.person(), await api.person()
    first = await api.write("CreateBooking", by=one, **wish(event_type))
    other = await api.write("CreateBooking", by=two, **wish(event_type, start="2026-05-04T09:00:00Z"))
    assert other["__typename"] == "CreateBookingSuccess"
    assert other["booking"]["uid"] != first["booking"]["uid"]


async def test_a_key_in_the_header_counts_as_one_in_the_input(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    keyed = replace(api.ctx, idempotency_key="key-1")
    values = wish(event_type)
    del values["idempotencyKey"]
    first = await api.write("CreateBooking", by=keyed, **values)
    again = await api.write("CreateBooking", by=keyed, **values)
    assert (again["replayed"], again["booking"]["uid"]) == (True, first["booking"]["uid"])


async def test_a_cancelled_booking_frees_its_key(api: Api) -> None:
    event_type = await api.event_type(await api.person())
    first = await api.write("CreateBooking", **wish(event_type))
    await api.write("CancelBooking", uid=first["booking"]["uid"])
    again = await api.write("CreateBooking", **wish(event_type))
    assert (again["__typename"], again["replayed"]) == ("CreateBookingSuccess", False)
    assert again["booking"]["uid"] != first["booking"]["uid"]


@pytest.mark.parametrize("name", ["RescheduleBooking", "CancelBooking"])
async def test_changes_are_replayed_too(api: Api, name: str) -> None:
    event_type = await api.event_type(await api.person())
    uid = (await api.write("CreateBooking", **wish(event_type)))["booking"]["uid"]
    values = {"uid": uid, "idempotencyKey": "key-2"}
    if name == "RescheduleBooking":
        values["start"] = "2026-05-04T10:00:00Z"
    first = await api.write(name, **values)
    async with nothing_written():
        again = await api.write(name, **values)
        other = await api.write(name, **values, reason="Other")
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert again["booking"]["uid"] == first["booking"]["uid"]
    assert other["__typename"] == "IdempotencyConflict"
