"""GraphQL and REST on one fixture: what one front writes the other reads, and both refuse alike (house style 4)."""

from datetime import datetime
from typing import Any

import pytest

from app.rest.v2.bookings_2024_04_15.operations import MOVE
from app.rest.v2.bookings_outputs import iso, iso_us
from app.services.bookings.reschedule import reschedule_booking
from tests.contract.client import Caller
from tests.rest.v2.booking_desk import NINE, TEN, YAN, BookingDesk
from tests.schema.api import operation

pytestmark = pytest.mark.usefixtures("app")


async def graphql(desk: BookingDesk, name: str, caller: Caller | None = None, **variables: Any) -> Any:
    """The root field's value of a stored operation without errors."""
    headers = {"Authorization": f"Bearer {caller.key}"} if caller is not None else {}
    body = {"query": operation(name), "variables": variables}
    answer = (await desk.rest.http.post("/graphql", json=body, headers=headers)).json()
    assert "errors" not in answer, answer
    (value,) = answer["data"].values()
    return value


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def compare(shown: dict[str, Any], node: dict[str, Any]) -> None:
    """Every field that both fronts have."""
    assert shown["id"] == node["databaseId"]
    for ours, theirs in (
        ("uid", "uid"), ("title", "title"), ("duration", "durationInMinutes"), ("icsUid", "icalUid"),
        ("absentHost", "absentHost"), ("metadata", "metadata"), ("location", "location"),
    ):  # fmt: skip
        assert shown[ours] == node[theirs], ours
    for ours, theirs in (
        ("cancellationReason", "cancellationReason"), ("reschedulingReason", "reschedulingReason"),
        ("rescheduledFromUid", "rescheduledFromUid"), ("recurringBookingUid", "recurringUid"),
    ):  # fmt: skip
        assert shown.get(ours) == node[theirs], ours
    assert shown["status"] == node["status"].lower()
    assert (shown["description"] or None) == node["description"]
    assert [instant(shown[name]) for name in ("start", "end")] == [instant(node[name]) for name in ("start", "end")]
    assert shown["createdAt"][:23] == node["createdAt"][:23]
    names = ("name", "email", "timeZone", "language", "absent")
    assert [[person[name] for name in names] for person in shown["attendees"]] == [
        [person[name] for name in names] for person in node["attendees"]
    ]
    assert shown["hosts"][0]["username"] == node["hosts"][0]["user"]["username"]
    assert shown.get("bookingFieldsResponses", {}) == node["responses"]


async def test_both_fronts_tell_the_same_of_one_life(desk: BookingDesk, ann: Caller) -> None:
    event_type = await desk.event_type(ann)
    wish = {
        "eventType": {"databaseId": event_type.id}, "start": NINE, "metadata": {"a": 1}, "responses": {"notes": "Hi"},
        "attendee": {"name": "Zoe", "email": "zoe@example.com", "timeZone": "Europe/Rome"}, "guests": ["g@example.com"],
    }  # fmt: skip
    made = (await graphql(desk, "CreateBooking", input=wish))["booking"]
    compare(await desk.get(made["uid"]), made)
    moved = await desk.post(f"/{made['uid']}/reschedule", start=TEN, reschedulingReason="Late")
    compare(moved, await graphql(desk, "Booking", uid=moved["uid"]))
    compare(await desk.get(made["uid"]), await graphql(desk, "Booking", uid=made["uid"]))
    await graphql(desk, "CancelBooking", ann, input={"uid": moved["uid"], "reason": "Ill"})
    gone = await desk.get(moved["uid"])
    assert gone["status"] == "cancelled"
    compare(gone, await graphql(desk, "Booking", uid=moved["uid"]))


async def test_both_fronts_book_the_same(desk: BookingDesk, ann: Caller) -> None:
    """The same wish through either front leaves the same booking, but for its ids and times of making."""
    attendee = {"name": "Zoe", "email": "zoe@example.com", "timeZone": "Europe/Rome", "language": "it"}
    own = {"id", "uid", "icsUid", "createdAt", "updatedAt", "eventTypeId", "eventType", "recurringBookingUid"}
    recurrence = {"interval": 1, "occurrences": 2, "frequency": "monthly"}
    kinds: tuple[dict[str, Any], ...] = ({}, {"recurrence": recurrence}, {"requires_confirmation": True})
    for number, fields in enumerate(kinds):
        start = f"2050-09-0{5 + number}T07:00:00Z"
        first, second = await desk.event_type(ann, **fields), await desk.event_type(ann, **fields)
        rest = await desk.book(first, start, attendee=attendee)
        uids = [one["uid"] for one in rest] if isinstance(rest, list) else [rest["uid"]]
        for uid in uids:
            await desk.post(f"/{uid}/cancel")
        wish = {"eventType": {"databaseId": second.id}, "start": start, "attendee": attendee}
        made = await graphql(desk, "CreateBooking", input=wish)
        also = [await desk.get(one["uid"]) for one in made["bookings"]]
        expected = rest if isinstance(rest, list) else [rest]
        assert [{k: v for k, v in one.items() if k not in own} for one in also] == [
            {k: v for k, v in one.items() if k not in own} for one in expected
        ]


async def test_lists_have_the_same_bookings(desk: BookingDesk, ann: Caller) -> None:
    event_type = await desk.event_type(ann)
    for start in (TEN, NINE):
        await desk.book(event_type, start)
    nodes = (await graphql(desk, "ViewerBookings", ann))["bookings"]["nodes"]
    shown = await desk.list(ann)
    assert [node["uid"] for node in nodes] == [one["uid"] for one in shown]
    for one, node in zip(shown, nodes, strict=True):
        compare(one, node)


async def test_both_refuse_alike(desk: BookingDesk, ann: Caller) -> None:
    event_type = await desk.event_type(ann)
    await desk.book(event_type)
    _, message = await desk.not_booked(event_type, attendee=YAN)
    wish = {"eventType": {"databaseId": event_type.id}, "start": NINE, "attendee": YAN}
    refused = await graphql(desk, "CreateBooking", input=wish)
    assert refused["message"] == message


def test_moving_in_the_old_shape_calls_the_service_of_its_field() -> None:
    """The row without a path of its own is held to its field like every other."""
    from tests.contract.test_rows import test_the_graphql_field_of_a_row_calls_the_same_service as check  # noqa: PLC0415

    assert MOVE.call is reschedule_booking
    check(MOVE)


@pytest.mark.parametrize(
    ("epoch_us", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_709_251_199_999_999, "2024-02-29T23:59:59.999Z"),
        (1_709_251_200_000_000, "2024-03-01T00:00:00.000Z"),
        (7_258_118_399_001_000, "2199-12-31T23:59:59.001Z"),
    ],
)
def test_instants_are_cut_to_milliseconds(epoch_us: int, text: str) -> None:
    assert iso_us(epoch_us) == text
    assert iso(epoch_us // 1_000_000) == f"{text[:19]}.000Z"
