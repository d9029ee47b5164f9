"""Pages of bookings: cursors in both directions, filters, orders, who sees what, and what it costs the database."""

from typing import Any

import pytest

from app.models import Booking, EventType, User
from tests.parts.statements import counted_statements
from tests.schema.api import Api, gid

PAGE = """query Page($filter: BookingFilter, $orderBy: BookingOrder,
                     $first: Int, $after: String, $last: Int, $before: String) {
  viewer { bookings(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    nodes { uid } edges { cursor node { uid } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}"""
COUNT = "{ viewer { bookings(first: 1) { totalCount nodes { uid } } } }"
LOADED = """{ viewer { bookings(first: 50) { nodes {
  uid eventType { id slug title } hosts { email user { id name } } team { id name }
} } } }"""


async def calendar(api: Api, number: int) -> tuple[User, list[str]]:
    """A host with so many bookings, one an hour; the uids by start."""
    host = await api.person("UTC")
    event_type = await api.event_type(host)
    rows = [await api.booking(event_type, [host], f"2026-05-{4 + i // 20:02}T{i % 20:02}:00") for i in range(number)]
    return host, [row.uid for row in rows]


async def page(api: Api, by: User, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.read(PAGE, by=by, **variables))["bookings"]
    assert [edge["node"] for edge in found["edges"]] == found["nodes"]
    return found


def uids(found: dict[str, Any]) -> list[str]:
    return [node["uid"] for node in found["nodes"]]


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", ["START", "END", "CREATED", "UPDATED"])
async def test_pages_forward_and_backward_cut_the_same_list(api: Api, field: str, direction: str) -> None:
    host, made = await calendar(api, 7)
    order = {"field": field, "direction": direction}
    whole = uids(await page(api, host, orderBy=order))
    assert sorted(whole) == sorted(made)
    forward: list[str] = []
    cursor = None
    while True:
        found = await page(api, host, orderBy=order, first=3, after=cursor)
        assert found["pageInfo"]["hasPreviousPage"] is (cursor is not None)
        forward += uids(found)
        cursor = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    backward: list[str] = []
    cursor = None
    while True:
        found = await page(api, host, orderBy=order, last=3, before=cursor)
        assert found["pageInfo"]["hasNextPage"] is (cursor is not None)
        backward = uids(found) + backward
        cursor = found["pageInfo"]["startCursor"]
        if not found["pageInfo"]["hasPreviousPage"]:
            break
    assert forward == whole
    assert backward == whole


async def test_a_cursor_stays_where_it_is_when_bookings_come_and_go(api: Api) -> None:
    host, made = await calendar(api, 6)
    event_type = await EventType.get(owner=host)
    first = await page(api, host, first=3)
    earlier = await api.booking(event_type, [host], "2026-05-03T10:00")
    between = await api.booking(event_type, [host], "2026-05-04T03:30", minutes=15)
    await Booking.filter(uid=made[2]).delete()
    rest = await page(api, host, first=10, after=first["pageInfo"]["endCursor"])
    assert uids(rest) == [made[3], between.uid, *made[4:]]
    before = await page(api, host, last=10, before=rest["pageInfo"]["startCursor"])
    assert uids(before) == [earlier.uid, *made[:2]]


async def test_the_cursor_of_an_edge_resumes_after_it(api: Api) -> None:
    host, made = await calendar(api, 4)
    edges = (await page(api, host))["edges"]
    assert uids(await page(api, host, after=edges[1]["cursor"])) == made[2:]
    assert uids(await page(api, host, before=edges[1]["cursor"], last=5)) == made[:1]


async def test_cursors_of_another_order_and_tampered_ones_are_refused(api: Api) -> None:
    host, _ = await calendar(api, 3)
    cursor = (await page(api, host, first=1))["pageInfo"]["endCursor"]
    other = {"field": "CREATED", "direction": "ASC"}
    flipped = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]
    for variables in (
        {"first": 1, "after": cursor, "orderBy": other},
        {"first": 1, "after": flipped},
        {"first": 1, "after": "é"},
        {"last": 1, "before": ""},
        {"first": 1, "after": "x" * 2000},
    ):
        outcome = await api.run(PAGE, variables, by=host)
        assert [error["extensions"]["code"] for error in outcome.errors] == ["INVALID_CURSOR"], variables


@pytest.mark.parametrize(
    "variables",
    [{"first": 0}, {"first": 101}, {"last": 0}, {"last": 101}, {"first": -1}, {"first": 1, "last": 1}],
    ids=str,
)
async def test_page_sizes_out_of_range_are_refused(api: Api, variables: dict[str, int]) -> None:
    host, _ = await calendar(api, 1)
    outcome = await api.run(PAGE, variables, by=host)
    (error,) = outcome.errors
    assert error["extensions"]["code"] == "PAGE_SIZE"
    assert error["path"] == ["viewer", "bookings"]
    assert outcome.data == {"viewer": {"bookings": None}}


async def test_an_empty_page_has_no_cursors(api: Api) -> None:
    found = await page(api, await api.person(), first=5)
    assert found["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


async def test_the_total_is_counted_only_when_it_is_asked_for(api: Api) -> None:
    host, _ = await calendar(api, 5)
    with counted_statements() as plain:
        await page(api, host, first=1)
    with counted_statements() as counting:
        assert (await api.read(COUNT, by=host))["bookings"]["totalCount"] == 5
    counts = [[statement for statement in seen if "SELECT count(" in statement] for seen in (plain, counting)]
    assert [len(found) for found in counts] == [0, 1]


async def test_fifty_bookings_with_everything_around_them_take_five_statements(api: Api) -> None:
    hosts = [await api.person("UTC") for _ in range(3)]
    team = await api.team(*hosts)
    types = [await api.team_event("ROUND_ROBIN", *hosts, team=team) for _ in range(4)]
    for i in range(50):
        await api.booking(types[i % 4], [hosts[i % 3]], f"2026-05-{4 + i // 20:02}T{i % 20:02}:00")
    await Booking.all().update(team_id=team.id)
    with counted_statements() as seen:
        nodes = (await api.read(LOADED, by=hosts[0]))["bookings"]["nodes"]
    assert len(nodes) == 50
    assert {node["team"]["id"] for node in nodes} == {gid(team)}
    assert {node["hosts"][0]["user"]["id"] for node in nodes} == {gid(host) for host in hosts}
    assert len(seen) == 5, "\n".join(seen)


async def test_filters_are_joined(api: Api) -> None:
    host, other = await api.person("UTC"), await api.person("UTC")
    first, second = await api.event_type(host), await api.event_type(host)
    past = await api.booking(first, [host], "2026-04-20T10:00")
    coming = await api.booking(first, [host], "2026-05-04T10:00", attendees={"zoe@example.com": "BOOKER"})
    waiting = await api.booking(second, [host], "2026-05-05T10:00", status="PENDING")
    cancelled = await api.booking(second, [host], "2026-05-06T10:00", status="CANCELLED")
    await api.booking(await api.event_type(other), [other], "2026-05-04T10:00")
    for condition, expected in (
        ({}, [past, coming, waiting, cancelled]),
        ({"statuses": ["UPCOMING"]}, [coming, waiting]),
        ({"statuses": ["PAST", "CANCELLED"]}, [past, cancelled]),
        ({"statuses": ["UNCONFIRMED"]}, [waiting]),
        ({"eventTypeIds": [gid(second)]}, [waiting, cancelled]),
        ({"eventTypeIds": [gid(second)], "statuses": ["CANCELLED"]}, [cancelled]),
        ({"attendeeEmail": "zoe@example.com"}, [coming]),
        ({"afterStart": "2026-05-04T10:00:00Z", "beforeEnd": "2026-05-05T10:30:00Z"}, [coming, waiting]),
        ({"attendeeEmail": "nobody@example.com"}, []),
    ):
        assert uids(await page(api, host, filter=condition)) == [row.uid for row in expected], condition


async def test_who_sees_which_bookings(api: Api) -> None:
    owner, member, stranger = await api.person("UTC"), await api.person("UTC"), await api.person("UTC")
    team = await api.team(owner, member)
    event_type = await api.team_event("ROUND_ROBIN", owner, member, team=team)
    mine = await api.booking(event_type, [member], "2026-05-04T10:00")
    theirs = await api.booking(event_type, [owner], "2026-05-04T11:00", attendees={stranger.email: "BOOKER"})
    private = await api.booking(await api.event_type(member), [member], "2026-05-04T12:00")
    await Booking.filter(id__in=[mine.id, theirs.id]).update(team_id=team.id)
    assert uids(await page(api, owner)) == [mine.uid, theirs.uid]
    assert uids(await page(api, member)) == [mine.uid, private.uid]
    assert uids(await page(api, stranger)) == [theirs.uid]
    for caller, expected in ((owner, [mine, theirs]), (member, [mine]), (stranger, [theirs]), (None, None)):
        outcome = await api.run("TeamBookings", {"ref": {"id": gid(team)}}, by=caller)
        assert outcome.data is not None
        found = outcome.data["team"]["bookings"]
        if expected is None:
            assert found is None
            assert outcome.errors[0]["extensions"]["code"] == "UNAUTHENTICATED"
        else:
            assert uids(found) == [row.uid for row in expected]


async def test_the_default_page_has_25_and_the_largest_100(api: Api) -> None:
    host, made = await calendar(api, 102)
    assert uids(await page(api, host)) == made[:25]
    assert uids(await page(api, host, first=100)) == made[:100]
