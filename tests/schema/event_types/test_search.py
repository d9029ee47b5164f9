"""Event types as booking pages and dashboards find them."""

from tests.schema.api import Api, gid


async def test_event_types_of_a_person_leave_hidden_ones_out(api: Api) -> None:
    """A slug finds a hidden one all the same (BK-13)."""
    user = await api.person()
    shown = await api.event_type(user)
    hidden = await api.event_type(user, hidden=True)
    found = await api.read("EventTypes", username=user.username)
    assert [node["id"] for node in found["nodes"]] == [gid(shown, "EventType")]
    by_slug = await api.read("EventTypes", username=user.username, slug=hidden.slug)
    assert [node["id"] for node in by_slug["nodes"]] == [gid(hidden, "EventType")]
    assert (await api.read("EventTypes", username=user.username, slug="nothing"))["nodes"] == []
    assert (await api.read("EventTypes", username="nobody"))["nodes"] == []


async def test_without_a_name_the_list_is_ones_own(api: Api) -> None:
    """Nobody has none."""
    user = await api.person()
    event_type = await api.event_type(user, hidden=True)
    assert [node["databaseId"] for node in (await api.read("EventTypes", by=user))["nodes"]] == [event_type.id]
    assert (await api.read("EventTypes"))["nodes"] == []


async def test_a_group_is_one_virtual_event_type(api: Api) -> None:
    """TM-24, and everybody in it must allow it."""
    one, two = await api.person(), await api.person()
    [node] = (await api.read("EventTypes", usernames=[one.username, two.username]))["nodes"]
    assert (node["slug"], node["lengthInMinutes"], node["databaseId"]) == ("dynamic", 30, 0)
    two.allow_dynamic_booking = False
    await two.save()
    assert await api.refusal("EventTypes", usernames=[one.username, two.username]) == "POLICY_VIOLATION"
    assert await api.refusal("EventTypes", usernames=[one.username, "nobody"]) == "NOT_FOUND"


async def test_only_what_one_may_change_is_ones_own(api: Api) -> None:
    """`viewer.eventType` answers null with an error for anybody else's."""
    user, stranger = await api.person(), await api.person()
    event_type = gid(await api.event_type(user), "EventType")
    document = "query Own($id: ID!) { viewer { eventType(id: $id) { id } } }"
    assert (await api.read(document, by=user, id=event_type))["eventType"]["id"] == event_type
    outcome = await api.run(document, {"id": event_type}, by=stranger)
    assert [error["extensions"]["code"] for error in outcome.errors] == ["NOT_FOUND"]
