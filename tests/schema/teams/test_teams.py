"""Teams and memberships: AU-12, TM-20."""

import pytest

from app.models import Membership, Team
from schema.node import global_id
from tests.schema.api import Api, gid, nothing_written

NOBODY = global_id("Membership", 9_999)


async def test_a_team_is_made_changed_and_removed_by_its_owner(api: Api) -> None:
    user = await api.person()
    team = (await api.write("CreateTeam", by=user, name="Blue", slug="blue", timeZone="UTC"))["team"]
    assert (team["slug"], team["isOrganization"], team["parent"]) == ("blue", False, None)
    assert [node["id"] for node in (await api.read("ViewerTeams", by=user))["teams"]["nodes"]] == [team["id"]]
    changed = await api.write("UpdateTeam", by=user, id=team["id"], bio="We build.", brandColor="#ff0000")
    assert changed["team"] == {**team, "bio": "We build.", "brandColor": "#ff0000"}
    assert await api.read("Team", ref={"slug": "blue"}) == changed["team"]
    assert await api.read("Team", ref={"id": team["id"]}) == changed["team"]
    assert (await api.write("DeleteTeam", by=user, id=team["id"]))["team"]["id"] == team["id"]
    assert await api.refusal("Team", ref={"slug": "blue"}) == "NOT_FOUND"
    assert (await api.write("DeleteTeam", by=user, id=team["id"]))["__typename"] == "NotFound"


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"name": ""}, "name"),
        ({"slug": "no spaces"}, "slug"),
        ({"brandColor": "reddish"}, "brandColor"),
        ({"theme": "pink"}, "theme"),
        ({"metadata": [1]}, "metadata"),
    ],
    ids=str,
)
async def test_wrong_values_are_named_as_the_input_names_them(api: Api, fields: dict[str, object], path: str) -> None:
    owner = await api.person()
    team = await api.team(owner)
    async with nothing_written():
        refused = await api.write("UpdateTeam", by=owner, id=gid(team), **fields)
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", [path])


@pytest.mark.parametrize("fields", [{"name": ""}, {"slug": "no spaces"}], ids=str)
async def test_a_new_team_needs_a_name_and_a_slug(api: Api, fields: dict[str, str]) -> None:
    owner = await api.person()
    async with nothing_written():
        refused = await api.write("CreateTeam", by=owner, **{"name": "Blue", "slug": "blue", **fields})
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", list(fields))


async def test_a_taken_slug_is_a_conflict(api: Api) -> None:
    owner = await api.person()
    first, second = await api.team(owner), await api.team(owner)
    async with nothing_written():
        made = await api.write("CreateTeam", by=owner, name="Again", slug=first.slug)
        renamed = await api.write("UpdateTeam", by=owner, id=gid(second), slug=first.slug)
    for answer in (made, renamed):
        assert (answer["__typename"], answer["path"]) == ("Conflict", ["slug"])


async def test_only_an_admin_of_an_organization_makes_teams_below_it(api: Api) -> None:
    owner = await api.person()
    organization = await api.team(owner, is_organization=True)
    team = (await api.write("CreateTeam", by=owner, name="Sub", slug="sub", parentId=gid(organization)))["team"]
    assert team["parent"]["id"] == gid(organization)
    stranger = await api.person()
    async with nothing_written():
        refused = await api.write("CreateTeam", by=stranger, name="Mine", slug="mine", parentId=gid(organization))
    assert refused["__typename"] == "Forbidden"


async def test_members_are_invited_accept_change_and_leave(api: Api) -> None:
    owner, guest = await api.person(), await api.person()
    team = await api.team(owner)
    invited = await api.write("AddMember", by=owner, teamId=gid(team), person={"username": guest.username})
    membership = invited["membership"]
    assert (membership["accepted"], membership["role"], membership["user"]["id"]) == (False, "MEMBER", gid(guest))
    waiting = (await api.read("ViewerInvitations", by=guest))["invitations"]["nodes"]
    assert [node["id"] for node in waiting] == [membership["id"]]
    accepted = await api.write("AcceptMembership", by=guest, id=membership["id"])
    assert accepted["membership"]["accepted"] is True
    promoted = await api.write("UpdateMembership", by=owner, id=membership["id"], role="ADMIN")
    assert promoted["membership"]["role"] == "ADMIN"
    page = (await api.read("TeamMembers", by=guest, ref={"id": gid(team)}))["members"]
    assert [node["user"]["id"] for node in page["nodes"]] == [gid(owner), gid(guest)]
    gone = await api.write("RemoveMember", by=guest, id=membership["id"])
    assert gone["membership"]["id"] == membership["id"]
    assert await Membership.filter(team=team).count() == 1


async def test_whom_an_invitation_cannot_name(api: Api) -> None:
    owner, member = await api.person(), await api.person()
    team = await api.team(owner, member)
    async with nothing_written():
        unknown = await api.write("AddMember", by=owner, teamId=gid(team), person={"email": "nobody@example.com"})
        twice = await api.write("AddMember", by=owner, teamId=gid(team), person={"id": gid(member)})
        missing = await api.write("UpdateMembership", by=owner, id=NOBODY, role="ADMIN")
        absent = await api.write("RemoveMember", by=owner, id=NOBODY)
        nowhere = await api.write("AcceptMembership", by=owner, id=NOBODY)
    assert (unknown["__typename"], unknown["path"]) == ("NotFound", ["person"])
    assert (twice["__typename"], twice["path"]) == ("Conflict", ["person"])
    assert [answer["__typename"] for answer in (missing, absent, nowhere)] == ["NotFound"] * 3


async def test_a_team_keeps_an_owner(api: Api) -> None:
    owner = await api.person()
    team = await api.team(owner)
    own = await Membership.get(team=team)
    async with nothing_written():
        demoted = await api.write("UpdateMembership", by=owner, id=gid(own), role="MEMBER")
        left = await api.write("RemoveMember", by=owner, id=gid(own))
    assert [answer["__typename"] for answer in (demoted, left)] == ["InvalidInput", "InvalidInput"]
    assert demoted["path"] == ["role"]


async def test_members_and_private_teams_are_for_members(api: Api) -> None:
    owner, stranger = await api.person(), await api.person()
    team = await api.team(owner, is_private=True)
    for caller in (None, stranger):
        assert await api.refusal("Team", by=caller, ref={"id": gid(team)}) == "NOT_FOUND"
    await Team.filter(id=team.id).update(is_private=False)
    for caller, code in ((None, "UNAUTHENTICATED"), (stranger, "FORBIDDEN")):
        outcome = await api.run("TeamMembers", {"ref": {"id": gid(team)}}, by=caller)
        assert outcome.data is not None
        assert outcome.data["team"]["members"] is None
        assert [error["extensions"]["code"] for error in outcome.errors] == [code]


async def test_event_types_of_a_team_are_public_and_hidden_ones_for_its_admins(api: Api) -> None:
    owner = await api.person()
    team = await api.team(owner)
    shown = await api.team_event("ROUND_ROBIN", owner, team=team)
    hidden = await api.team_event("ROUND_ROBIN", owner, team=team, hidden=True)
    ref = {"slug": team.slug}
    public = (await api.read("TeamEventTypes", ref=ref))["eventTypes"]["nodes"]
    own = (await api.read("TeamEventTypes", by=owner, ref=ref))["eventTypes"]["nodes"]
    assert [node["slug"] for node in public] == [shown.slug]
    assert sorted(node["slug"] for node in own) == sorted([shown.slug, hidden.slug])
