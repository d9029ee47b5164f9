"""`node` and `nodes`: every entity by its id, for those who may see it; nothing tells missing and forbidden apart."""

from typing import Any

import pytest
from graphql import GraphQLInterfaceType

from app.models import Membership, Schedule, User
from schema.app import schema
from schema.node import global_id
from tests.parts.statements import counted_statements
from tests.schema.api import Api, Caller, gid

NODES = "query Nodes($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
EVERYBODY = {"User", "EventType", "Team", "Booking", "SlotHold"}
"""What anybody may read who has its id; the rest belongs to its owner, memberships to the team."""


async def world_of(api: Api) -> tuple[User, dict[str, str]]:
    """A person with one of everything; the ids by type."""
    user = await api.person()
    team = await api.team(user)
    event_type = await api.event_type(user)
    booking = await api.booking(event_type, [user], "2026-05-04T10:00")
    held = await api.write("HoldSlot", eventType={"id": gid(event_type)}, start="2026-05-04T12:00:00Z")
    away = await api.write("CreateOutOfOffice", by=user, start="2026-07-01", end="2026-07-02")
    key = await api.write("CreateApiKey", by=user)
    return user, {
        "User": gid(user),
        "Team": gid(team),
        "EventType": gid(event_type),
        "Booking": global_id("Booking", booking.uid),
        "SlotHold": held["hold"]["id"],
        "OutOfOffice": away["outOfOffice"]["id"],
        "ApiKey": key["apiKey"]["id"],
        "Schedule": gid(await Schedule.get(user=user)),
        "Membership": gid(await Membership.get(user=user)),
    }


async def types_of(api: Api, ids: dict[str, str], by: Caller = None) -> set[str]:
    """The types that this caller reads."""
    found = await api.read(NODES, by=by, ids=list(ids.values()))
    for node, (name, id_) in zip(found, ids.items(), strict=True):
        assert node in ({"__typename": name, "id": id_}, None)
    return {node["__typename"] for node in found if node is not None}


async def test_every_entity_is_read_by_its_owner_and_only_public_ones_by_others(api: Api) -> None:
    user, ids = await world_of(api)
    assert await types_of(api, ids, user) == set(ids)
    for other in (None, await api.person()):
        assert await types_of(api, ids, other) == EVERYBODY


async def test_every_type_that_is_a_node_can_be_fetched(api: Api) -> None:
    interface = schema._schema.get_type("Node")
    assert isinstance(interface, GraphQLInterfaceType)
    for kind in schema._schema.get_possible_types(interface):
        assert await api.read(NODES, ids=[global_id(kind.name, 9_999)]) == [None]


async def test_nodes_keep_their_order_and_may_repeat(api: Api) -> None:
    user, other = await api.person(), await api.person()
    missing = global_id("User", 9_999)
    ids = [gid(other), missing, gid(user), gid(other)]
    assert [node and node["id"] for node in await api.read(NODES, ids=ids)] == [gid(other), None, gid(user), gid(other)]
    assert await api.read("Node", id=missing) is None
    assert (await api.read("Node", id=gid(user)))["username"] == user.username


@pytest.mark.parametrize(
    "wrong",
    ["", "x", "VXNlcg", "VXNlcjo", global_id("Nothing", 1), "\u00fc", "a" * 5_000],
    ids=lambda value: value[:12],
)
async def test_what_is_no_id_of_this_api_is_refused(api: Api, wrong: str) -> None:
    assert await api.refusal(NODES, ids=[wrong]) == "INVALID_ID"
    assert await api.refusal("Node", id=wrong) == "INVALID_ID"


@pytest.mark.parametrize("name", ["User", "Team", "Schedule", "EventType", "OutOfOffice", "Membership"])
@pytest.mark.parametrize("number", ["x", "-1", "0", "9" * 30, "1 OR 1=1"])
async def test_an_id_with_another_number_than_the_api_makes_is_nobody(api: Api, name: str, number: str) -> None:
    assert await api.read(NODES, by=await api.person(), ids=[global_id(name, number)]) == [None]


async def test_a_hundred_at_once_and_no_more(api: Api) -> None:
    user = await api.person()
    assert len(await api.read(NODES, ids=[gid(user)] * 100)) == 100
    assert await api.refusal(NODES, ids=[gid(user)] * 101) == "PAGE_SIZE"


@pytest.mark.parametrize("name", ["User", "EventType", "Booking"])
async def test_many_of_one_type_are_read_together(api: Api, name: str) -> None:
    host = await api.person("UTC")
    event_type = await api.event_type(host)

    async def make(number: int) -> Any:
        if name == "User":
            return gid(await api.person())
        if name == "EventType":
            return gid(await api.event_type(host))
        return global_id("Booking", (await api.booking(event_type, [host], f"2026-05-04T{number:02}:00")).uid)

    ids = [await make(number) for number in range(10)]
    numbers = []
    for size in (1, 10):
        with counted_statements() as seen:
            assert None not in await api.read(NODES, ids=ids[:size])
        numbers.append(len(seen))
    assert numbers[0] == numbers[1]


async def test_what_is_left_to_spend_is_read(api: Api) -> None:
    found = await api.read("RateLimit")
    assert (found["limit"], found["restoreRate"]) == (10_000, 500)
    assert found["limit"] - found["cost"] <= found["remaining"] <= found["limit"]
