"""Sign-up, profiles and what a caller reads of their own."""

from typing import Any

import pytest

from app.models import ApiKey, Schedule, User
from tests.schema.api import Api, gid, nothing_written

ANN: dict[str, Any] = {
    "email": "ann@example.com",
    "username": "ann",
    "password": "correct horse",
    "timeZone": "Asia/Tokyo",
}


async def test_sign_up_makes_an_account_with_a_schedule_and_shows_its_key_once(api: Api) -> None:
    made = await api.write("SignUp", **ANN, name="Ann")
    assert made["__typename"] == "SignUpSuccess"
    assert made["apiKey"].startswith("cal_")
    user = await User.get(username="ann")
    assert made["user"] == {
        "id": gid(user),
        "databaseId": user.id,
        "username": "ann",
        "name": "Ann",
        "bio": None,
        "avatarUrl": None,
        "timeZone": "Asia/Tokyo",
        "weekStart": "Sunday",
        "timeFormat": 12,
        "locale": "en",
    }
    viewer = await api.read("Viewer", by=user)
    assert viewer["account"]["email"] == "ann@example.com"
    assert viewer["defaultSchedule"]["availability"] == [
        {
            "days": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
            "startTime": "09:00",
            "endTime": "17:00",
        }
    ]


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [("username", "no spaces", "username"), ("password", "short", "password"), ("name", "x" * 2000, "name")],
)
async def test_a_wrong_field_of_a_sign_up_is_named(api: Api, field: str, value: str, path: str) -> None:
    async with nothing_written():
        refused = await api.write("SignUp", **{**ANN, field: value})
    assert refused["__typename"] == "InvalidInput"
    assert (refused["code"], refused["path"]) == ("INVALID_INPUT", [path])
    assert [fault["path"] for fault in refused["fields"]] == [[path]]


async def test_a_taken_address_or_name_is_a_conflict(api: Api) -> None:
    await api.write("SignUp", **ANN)
    async with nothing_written():
        by_email = await api.write("SignUp", **{**ANN, "username": "other"})
        by_name = await api.write("SignUp", **{**ANN, "email": "other@example.com"})
    assert [(answer["__typename"], answer["path"]) for answer in (by_email, by_name)] == [
        ("Conflict", ["email"]),
        ("Conflict", ["username"]),
    ]


async def test_a_profile_is_changed_and_what_is_left_out_stays(api: Api) -> None:
    user = await api.person("Europe/Berlin", name="Ann", bio="Hello")
    answer = await api.write("UpdateProfile", by=user, name=None, timeFormat=24, metadata={"team": "blue"})
    assert answer["user"]["name"] is None
    assert (answer["user"]["bio"], answer["user"]["timeFormat"]) == ("Hello", 24)
    assert answer["account"]["metadata"] == {"team": "blue"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"weekStart": "Funday"}, "weekStart"),
        ({"timeFormat": 13}, "timeFormat"),
        ({"brandColor": "red"}, "brandColor"),
        ({"metadata": [1]}, "metadata"),
    ],
    ids=str,
)
async def test_wrong_profile_values_are_named_as_the_input_names_them(
    api: Api, change: dict[str, Any], path: str
) -> None:
    user = await api.person()
    async with nothing_written():
        refused = await api.write("UpdateProfile", by=user, **change)
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", [path])


async def test_a_profile_takes_no_name_of_somebody_else_and_no_strange_schedule(api: Api) -> None:
    user, other = await api.person(), await api.person()
    theirs = await Schedule.get(id=other.default_schedule_id or 0)
    async with nothing_written():
        taken = await api.write("UpdateProfile", by=user, username=other.username)
        strange = await api.write("UpdateProfile", by=user, defaultScheduleId=gid(theirs))
    assert (taken["__typename"], taken["path"]) == ("Conflict", ["username"])
    assert (strange["__typename"], strange["path"]) == ("NotFound", ["defaultScheduleId"])


async def test_the_viewer_of_an_anonymous_caller_is_null_without_error(api: Api) -> None:
    assert await api.read("Viewer") is None
    assert await api.read("ViewerBookings") is None


async def test_a_person_is_found_by_name_without_private_facts(api: Api) -> None:
    user = await api.person(name="Ann")
    found = await api.read("User", username=user.username.upper())
    assert (found["id"], found["name"]) == (gid(user), "Ann")
    assert "email" not in found
    assert await api.refusal("User", username="nobody") == "NOT_FOUND"


async def test_hidden_event_types_are_listed_for_their_owner_only(api: Api) -> None:
    user = await api.person()
    shown = await api.event_type(user)
    hidden = await api.event_type(user, hidden=True)

    async def listed(by: User | None) -> list[str]:
        person = await api.read("UserEventTypes", by=by, username=user.username)
        return [node["slug"] for node in person["eventTypes"]["nodes"]]

    assert await listed(None) == [shown.slug]
    assert await listed(await api.person()) == [shown.slug]
    assert sorted(await listed(user)) == sorted([shown.slug, hidden.slug])


async def test_a_sign_up_leaves_one_key_whose_secret_is_not_stored(api: Api) -> None:
    made = await api.write("SignUp", **ANN)
    (key,) = await ApiKey.all()
    assert made["apiKey"] not in {key.hashed_key, key.id, key.note}
