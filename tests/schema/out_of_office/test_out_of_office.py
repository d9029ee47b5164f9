"""Days away: AV-27."""

from typing import Any

import pytest

from app.models import User
from tests.schema.api import Api, gid, nothing_written

WEEK: dict[str, Any] = {"start": "2026-06-01", "end": "2026-06-05", "reason": "VACATION"}


async def away(api: Api, by: User, **fields: Any) -> dict[str, Any]:
    return await api.write("CreateOutOfOffice", by=by, **{**WEEK, **fields})


async def test_days_away_are_made_changed_listed_and_removed(api: Api) -> None:
    user, mate = await api.person(), await api.person()
    await api.team(user, mate)
    entry = (await away(api, user, notes="Lake", toUserId=gid(mate)))["outOfOffice"]
    assert entry["toUser"]["username"] == mate.username
    assert {**WEEK, "notes": "Lake"}.items() <= entry.items()
    changed = await api.write("UpdateOutOfOffice", by=user, id=entry["id"], end="2026-06-09", toUserId=None)
    assert changed["outOfOffice"] == {**entry, "end": "2026-06-09", "toUser": None}
    listed = (await api.read("ViewerOutOfOffice", by=user))["outOfOffice"]
    assert listed["nodes"] == [changed["outOfOffice"]]
    removed = await api.write("DeleteOutOfOffice", by=user, id=entry["id"])
    assert removed["outOfOffice"] == changed["outOfOffice"]
    assert (await api.read("ViewerOutOfOffice", by=user))["outOfOffice"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("fields", "path"),
    [({"end": "2026-05-31"}, "start"), ({"notes": "x" * 3000}, "notes")],
    ids=["order", "notes"],
)
async def test_wrong_values_are_named(api: Api, fields: dict[str, Any], path: str) -> None:
    user = await api.person()
    entry = (await away(api, user))["outOfOffice"]
    async with nothing_written():
        made = await away(api, user, **{"start": "2026-07-01", "end": "2026-07-02", **fields})
        changed = await api.write("UpdateOutOfOffice", by=user, id=entry["id"], **fields)
    for answer in (made, changed):
        assert (answer["__typename"], answer["path"]) == ("InvalidInput", [path])


async def test_overlapping_days_are_a_conflict(api: Api) -> None:
    user = await api.person()
    await away(api, user)
    later = (await away(api, user, start="2026-07-01", end="2026-07-02"))["outOfOffice"]
    async with nothing_written():
        made = await away(api, user)
        moved = await api.write("UpdateOutOfOffice", by=user, id=later["id"], **WEEK)
    assert [answer["__typename"] for answer in (made, moved)] == ["Conflict", "Conflict"]


async def test_a_strangers_days_look_like_none(api: Api) -> None:
    user, stranger = await api.person(), await api.person()
    entry = (await away(api, user))["outOfOffice"]
    async with nothing_written():
        for name in ("UpdateOutOfOffice", "DeleteOutOfOffice"):
            assert (await api.write(name, by=stranger, id=entry["id"]))["__typename"] == "NotFound"
            assert (await api.write(name, id=entry["id"]))["__typename"] == "Unauthenticated"
        assert (await api.write("CreateOutOfOffice", **WEEK))["__typename"] == "Unauthenticated"
    assert (await api.read("ViewerOutOfOffice", by=stranger))["outOfOffice"]["nodes"] == []
