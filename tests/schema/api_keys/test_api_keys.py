"""Making, exchanging and ending API keys; signing in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.auth.identity import identify
from app.context import RequestContext
from app.errors import UnauthenticatedError
from app.models import ApiKey, User
from tests.schema.api import Api, gid, nothing_written

PASSWORD = "correct horse"


async def signed_up(api: Api) -> User:
    """Ann, now: keys are told to be valid by the clock of the machine."""
    api.clock.moment = datetime.now(UTC).replace(microsecond=0)
    made = await api.write("SignUp", email="ann@example.com", username="ann", password=PASSWORD, timeZone="UTC")
    return await User.get(id=made["user"]["databaseId"])


async def with_key(api: Api, user: User, secret: str) -> RequestContext:
    """The caller as the endpoint knows them by this key."""
    return replace(api.as_user(user), actor=await identify(api.settings, f"Bearer {secret}"))


async def test_a_new_key_is_shown_once_and_listed_without_its_secret(api: Api) -> None:
    user = await api.person()
    made = await api.write("CreateApiKey", by=user, note="ci", expiresAt="2030-01-01T00:00:00Z")
    assert made["secret"].startswith("cal_")
    assert (made["apiKey"]["note"], made["apiKey"]["expiresAt"]) == ("ci", "2030-01-01T00:00:00Z")
    listed = (await api.read("ViewerApiKeys", by=user))["apiKeys"]
    assert listed["totalCount"] == 1
    assert listed["nodes"] == [made["apiKey"]]
    assert (await with_key(api, user, made["secret"])).actor.user_id == user.id


async def test_a_key_that_would_have_expired_is_refused(api: Api) -> None:
    user = await api.person()
    async with nothing_written():
        refused = await api.write("CreateApiKey", by=user, expiresAt="2026-04-30T00:00:00Z")
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", ["expiresAt"])


async def test_a_key_of_a_team_needs_an_admin_of_the_team(api: Api) -> None:
    owner, member = await api.person(), await api.person()
    team = await api.team(owner, member)
    made = await api.write("CreateApiKey", by=owner, teamId=gid(team))
    assert (await with_key(api, owner, made["secret"])).actor.team_id == team.id
    stranger = await api.person()
    for caller in (member, stranger):
        async with nothing_written():
            refused = await api.write("CreateApiKey", by=caller, teamId=gid(team))
        assert refused["__typename"] == "Forbidden"


async def test_a_refreshed_key_ends_with_its_successor(api: Api) -> None:
    user = await signed_up(api)
    old = await api.write("SignIn", email=user.email, password=PASSWORD)
    caller = await with_key(api, user, old["secret"])
    new = await api.write("RefreshApiKey", by=caller, daysValid=7)
    expires_at = datetime.fromisoformat(new["apiKey"]["expiresAt"])
    assert expires_at == api.clock.moment + timedelta(days=7)
    assert (await with_key(api, user, new["secret"])).actor.user_id == user.id
    with pytest.raises(UnauthenticatedError):
        await identify(api.settings, f"Bearer {old['secret']}")


@pytest.mark.parametrize(
    "validity", [{"daysValid": 0}, {"daysValid": 40_000}, {"daysValid": 7, "neverExpires": True}], ids=str
)
async def test_a_wrong_validity_is_named(api: Api, validity: dict[str, object]) -> None:
    user = await signed_up(api)
    key = await api.write("SignIn", email=user.email, password=PASSWORD)
    caller = await with_key(api, user, key["secret"])
    async with nothing_written():
        refused = await api.write("RefreshApiKey", by=caller, **validity)
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", ["daysValid"])


async def test_only_a_key_can_be_refreshed(api: Api) -> None:
    async with nothing_written():
        refused = await api.write("RefreshApiKey")
    assert refused["__typename"] == "Unauthenticated"


async def test_a_revoked_key_is_refused_at_once(api: Api) -> None:
    user = await api.person()
    made = await api.write("CreateApiKey", by=user)
    ended = await api.write("RevokeApiKey", by=user, id=made["apiKey"]["id"])
    assert ended["apiKey"] == made["apiKey"]
    with pytest.raises(UnauthenticatedError):
        await identify(api.settings, f"Bearer {made['secret']}")
    again = await api.write("RevokeApiKey", by=user, id=made["apiKey"]["id"])
    assert again["__typename"] == "NotFound"


async def test_a_key_of_somebody_else_looks_like_none(api: Api) -> None:
    made = await api.write("CreateApiKey", by=await api.person())
    stranger = await api.person()
    async with nothing_written():
        refused = await api.write("RevokeApiKey", by=stranger, id=made["apiKey"]["id"])
    assert refused["__typename"] == "NotFound"


async def test_a_wrong_password_and_an_unknown_address_answer_alike(api: Api) -> None:
    user = await signed_up(api)
    async with nothing_written():
        wrong = await api.write("SignIn", email=user.email, password="wrong horse")
        unknown = await api.write("SignIn", email="nobody@example.com", password=PASSWORD)
    assert wrong == unknown
    assert wrong["__typename"] == "Unauthenticated"
    assert await ApiKey.all().count() == 1
