"""API keys: made, exchanged, ended; signing in."""

from datetime import timedelta

import pytest

from app.auth.identity import identify
from app.context import Actor
from app.errors import ForbiddenError, InvalidInputError, NotFoundError, UnauthenticatedError
from app.models import ApiKey
from app.services.api_keys.create import CreateApiKey, create_api_key
from app.services.api_keys.refresh import RefreshApiKey, refresh_api_key
from app.services.api_keys.revoke import RevokeApiKey, list_api_keys, revoke_api_key
from app.services.api_keys.sign_in import SignIn, sign_in
from app.services.users.create import CreateUser, sign_up
from tests.services.slots.world import World


async def test_a_key_identifies_its_owner_until_it_is_revoked(world: World) -> None:
    user = await world.person()
    ctx = world.as_user(user)
    made = await create_api_key(ctx, CreateApiKey(note="Laptop"))
    actor = await identify(world.settings, f"Bearer {made.secret}")
    assert (actor.user_id, actor.api_key_id) == (user.id, made.key.id)
    assert [key.note for key in await list_api_keys(ctx)] == ["Laptop"]
    await revoke_api_key(ctx, RevokeApiKey(made.key.id))
    with pytest.raises(UnauthenticatedError, match="Your api key is not valid"):
        await identify(world.settings, f"Bearer {made.secret}")


async def test_somebody_elses_key_cannot_be_revoked(world: World) -> None:
    user, stranger = await world.person(), await world.person()
    made = await create_api_key(world.as_user(user), CreateApiKey())
    with pytest.raises(NotFoundError):
        await revoke_api_key(world.as_user(stranger), RevokeApiKey(made.key.id))
    assert await ApiKey.filter(id=made.key.id).exists()


async def test_a_key_in_the_past_is_refused(world: World) -> None:
    user = await world.person()
    with pytest.raises(InvalidInputError):
        await create_api_key(world.as_user(user), CreateApiKey(expires_at=world.clock() - timedelta(seconds=1)))
    assert await ApiKey.all().count() == 0


async def test_a_team_key_needs_an_admin_of_the_team(world: World) -> None:
    owner, member, stranger = await world.person(), await world.person(), await world.person()
    team = await world.team(owner, member)
    for person in (member, stranger):
        with pytest.raises(ForbiddenError):
            await create_api_key(world.as_user(person), CreateApiKey(team_id=team.id))
    assert await ApiKey.all().count() == 0
    assert (await create_api_key(world.as_user(owner), CreateApiKey(team_id=team.id))).key.team_id == team.id


@pytest.mark.parametrize(
    ("command", "days"),
    [(RefreshApiKey(), 30), (RefreshApiKey(days_valid=7), 7), (RefreshApiKey(never_expires=True), None)],
    ids=["AU-2 default", "AU-2 days", "AU-2 never"],
)
async def test_refreshing_replaces_the_key_in_use(world: World, command: RefreshApiKey, days: int | None) -> None:
    user = await world.person()
    old = await create_api_key(world.as_user(user), CreateApiKey())
    ctx = world.as_actor(Actor(user_id=user.id, api_key_id=old.key.id))
    new = await refresh_api_key(ctx, command)
    expected = None if days is None else world.clock() + timedelta(days=days)
    assert new.key.expires_at == expected
    assert [key.id for key in await ApiKey.all()] == [new.key.id]
    with pytest.raises(UnauthenticatedError):
        await refresh_api_key(ctx, command)


async def test_both_ways_of_validity_at_once_are_refused_and_keep_the_key(world: World) -> None:
    user = await world.person()
    old = await create_api_key(world.as_user(user), CreateApiKey())
    ctx = world.as_actor(Actor(user_id=user.id, api_key_id=old.key.id))
    with pytest.raises(InvalidInputError):
        await refresh_api_key(ctx, RefreshApiKey(days_valid=3, never_expires=True))
    assert await ApiKey.filter(id=old.key.id).exists()


async def test_signing_in_gives_a_key_and_tells_nothing_about_who_exists(world: World) -> None:
    await sign_up(world.ctx, CreateUser(email="ann@example.com", username="ann", password="correct horse"))
    made = await sign_in(world.ctx, SignIn("Ann@example.com", "correct horse"))
    assert (await identify(world.settings, f"Bearer {made.secret}", now=world.clock())).username == "ann"
    said = set()
    for email, password in (("ann@example.com", "wrong"), ("nobody@example.com", "correct horse")):
        with pytest.raises(UnauthenticatedError) as refused:
            await sign_in(world.ctx, SignIn(email, password))
        said.add(refused.value.message)
    assert len(said) == 1
