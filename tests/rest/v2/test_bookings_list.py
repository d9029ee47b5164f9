"""Lists of bookings over REST 2024-08-13: who sees what, every filter, order and page (LC-27, LC-28)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.auth.identity import settle
from app.db import raw
from app.models import Booking
from tests.contract.client import Caller, ContractClient
from tests.parts.statements import counted_statements
from tests.rest.v2.booking_desk import PATH, VERSION, YAN, ZOE, BookingDesk

pytestmark = pytest.mark.usefixtures("app")


def day(offset: int) -> str:
    """A whole hour so many days from now, in UTC."""
    moment = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=offset)
    return moment.isoformat()[:19]


async def shelf(desk: BookingDesk, ann: Caller) -> tuple[dict[str, Booking], dict[str, int]]:
    """One booking of each kind; their event types."""
    user = await desk.user(ann)
    one, two = await desk.event_type(ann), await desk.event_type(ann)
    people = {"zoe@example.com": "BOOKER"}
    made = {
        "past": await desk.world.booking(one, [user], day(-3)),
        "coming": await desk.world.booking(one, [user], day(2), attendees=people),
        "waiting": await desk.world.booking(two, [user], day(3), status="PENDING"),
        "cancelled": await desk.world.booking(two, [user], day(4), status="CANCELLED"),
        "rejected": await desk.world.booking(two, [user], day(5), status="REJECTED"),
        "series": await desk.world.booking(two, [user], day(6)),
    }
    await raw.execute("UPDATE bookings SET recurring_uid = 'series' WHERE id = $1", made["series"].id)
    return made, {"one": one.id, "two": two.id}


async def names(desk: BookingDesk, caller: Caller, made: dict[str, Booking], **params: Any) -> list[str]:
    known = {row.uid: name for name, row in made.items()}
    return [known[shown["uid"]] for shown in await desk.list(caller, **params)]


async def test_status_words_are_joined(desk: BookingDesk, ann: Caller) -> None:
    """LC-27: several are OR-ed, however they are written; a lone past or cancelled list runs backwards."""
    made, _ = await shelf(desk, ann)
    for status, expected in (
        ({}, ["past", "coming", "waiting", "cancelled", "rejected", "series"]),
        ({"status": "upcoming"}, ["coming", "waiting", "series"]),
        ({"status": "past"}, ["past"]),
        ({"status": "cancelled"}, ["rejected", "cancelled"]),
        ({"status": "unconfirmed"}, ["waiting"]),
        ({"status": "recurring"}, ["series"]),
        ({"status": "past,unconfirmed"}, ["past", "waiting"]),
        ({"status": ["past", "unconfirmed"]}, ["past", "waiting"]),
        ({"status[]": ["past", "cancelled"]}, ["past", "cancelled", "rejected"]),
        ({"status[0]": "recurring", "status[1]": "past"}, ["past", "series"]),
    ):
        assert await names(desk, ann, made, **status) == expected, status


async def test_filters_are_joined(desk: BookingDesk, ann: Caller) -> None:
    made, types = await shelf(desk, ann)
    team = await desk.world.team(await desk.user(ann))
    await raw.execute("UPDATE bookings SET team_id = $2 WHERE id = $1", made["waiting"].id, team.id)
    everything = list(made)
    hour_ago, in_an_hour = (
        (datetime.now(UTC) + timedelta(hours=hours)).isoformat().replace("+00:00", "Z") for hours in (-1, 1)
    )
    for params, expected in (
        ({"eventTypeId": types["one"]}, ["past", "coming"]),
        ({"eventTypeId": f"{types['one']}.0"}, ["past", "coming"]),
        ({"eventTypeIds": f"{types['one']},{types['two']}"}, everything),
        ({"eventTypeIds": f"{types['two']}", "status": "unconfirmed"}, ["waiting"]),
        ({"teamId": team.id}, ["waiting"]),
        ({"teamsIds": f"{team.id},999"}, ["waiting"]),
        ({"teamIds[]": str(team.id)}, ["waiting"]),
        ({"attendeeEmail": "ZOE@example.com"}, ["coming"]),
        ({"attendeeName": "nobody"}, []),
        ({"afterStart": day(3) + "Z", "beforeEnd": day(4) + ".000+00:00"}, ["waiting"]),
        ({"afterCreatedAt": hour_ago}, everything),
        ({"beforeCreatedAt": hour_ago}, []),
        ({"afterUpdatedAt": hour_ago, "beforeUpdatedAt": in_an_hour}, everything),
        ({"unknown": "ignored"}, everything),
    ):
        assert await names(desk, ann, made, **params) == expected, params


async def test_orders(desk: BookingDesk, ann: Caller) -> None:
    """The first of several orders counts."""
    made, _ = await shelf(desk, ann)
    forwards = list(made)
    for params, expected in (
        ({"sortStart": "asc"}, forwards),
        ({"sortStart": "desc"}, forwards[::-1]),
        ({"sortEnd": "desc"}, forwards[::-1]),
        ({"sortCreated": "desc"}, forwards[::-1]),
        ({"sortUpdatedAt": "asc"}, forwards),
        ({"sortStart": "asc", "sortEnd": "desc"}, forwards),
        ({"status": "cancelled", "sortStart": "asc"}, ["cancelled", "rejected"]),
    ):
        assert await names(desk, ann, made, **params) == expected, params


async def test_pages(desk: BookingDesk, ann: Caller) -> None:
    """LC-27: `take` and `skip`, also as floats."""
    made, _ = await shelf(desk, ann)
    assert await names(desk, ann, made, take="2.0") == ["past", "coming"]
    assert await names(desk, ann, made, take=2, skip="4.0") == ["rejected", "series"]
    assert await names(desk, ann, made, skip=6) == []
    assert await names(desk, ann, made, take=250) == list(made)


TAKE = [
    "take must be a number conforming to the specified constraints",
    "take must not be greater than 250",
    "take must not be less than 1",
]


@pytest.mark.parametrize(
    ("params", "errors"),
    [
        ({"take": "0"}, {"take": ["take must not be less than 1"]}),
        ({"take": "251"}, {"take": ["take must not be greater than 250"]}),
        ({"skip": "-1"}, {"skip": ["skip must not be less than 0"]}),
        ({"take": "many"}, {"take": TAKE}),
        (
            {"status": "open"},
            {"status": ["Invalid status. Allowed are upcoming, recurring, past, cancelled, unconfirmed"]},
        ),
        ({"sortStart": "up"}, {"sortStart": ['SortStart must be either "asc" or "desc".']}),
        ({"afterStart": "soon"}, {"afterStart": ["afterStart must be a valid ISO 8601 date string"]}),
        (
            {"eventTypeIds": "1,x"},
            {"eventTypeIds": ["each value in eventTypeIds must be a number conforming to the specified constraints"]},
        ),
        ({"take": ""}, {"take": TAKE}),
        ({"eventTypeId": "x"}, {"eventTypeId": ["eventTypeId must be an integer number"]}),
    ],
)
async def test_wrong_filters(
    rest: ContractClient, ann: Caller, params: dict[str, str], errors: dict[str, list[str]]
) -> None:
    """AU-31."""
    assert await rest.wrong("GET", PATH, ann, version=VERSION, params=params) == errors


async def test_nobody_has_no_list_and_nobody_sees_the_bookings_of_others(
    rest: ContractClient, desk: BookingDesk, ann: Caller, bob: Caller
) -> None:
    """LC-27: own and attended ones; a filter by somebody else's event type finds nothing."""
    event_type = await desk.event_type(ann)
    made = await desk.book(event_type)
    assert (await rest.refused("GET", PATH, version=VERSION))[0] == 401
    assert await desk.list(bob) == []
    assert await desk.list(bob, eventTypeId=event_type.id, attendeeEmail=ZOE["email"]) == []
    attended = await desk.book(event_type, "2050-09-05T08:00:00Z", attendee={**YAN, "email": bob.email})
    assert [one["uid"] for one in await desk.list(bob)] == [attended["uid"]]
    assert [one["uid"] for one in await desk.list(ann)] == [made["uid"], attended["uid"]]


async def test_administrators_see_one_month_back(desk: BookingDesk, ann: Caller, bob: Caller) -> None:
    """LC-28: unless they filter by date."""
    team = await desk.world.team(await desk.user(ann))
    event_type = await desk.team_event("ROUND_ROBIN", bob, team=team)
    made = {
        name: await desk.world.booking(event_type, [await desk.user(bob)], day(offset))
        for name, offset in (("long ago", -60), ("lately", -10))
    }
    await Booking.all().update(team_id=team.id)
    assert await names(desk, ann, made) == ["lately"]
    assert await names(desk, ann, made, afterStart=day(-90)) == ["long ago", "lately"]
    assert await names(desk, bob, made) == ["long ago", "lately"]


async def test_a_page_takes_one_statement_and_one_to_know_the_caller(desk: BookingDesk, ann: Caller) -> None:
    user, event_type = await desk.user(ann), await desk.event_type(ann)
    for hour in range(30):
        await desk.world.booking(event_type, [user], f"2050-09-{5 + hour // 20:02}T{hour % 20:02}:00")
    await desk.list(ann)
    await settle()  # that the key was used is noted once in a while
    with counted_statements() as seen:
        assert len(await desk.list(ann, take=50)) == 30
    assert len(seen) == 2, "\n".join(seen)
