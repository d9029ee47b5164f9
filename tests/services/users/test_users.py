"""Signing up, the profile, look-ups."""

from typing import Any

import pytest

from app.context import ANONYMOUS
from app.errors import ConflictError, InvalidInputError, NotFoundError, UnauthenticatedError
from app.models import ApiKey, OutboxEntry, User
from app.services.schedules.queries import get_default_schedule
from app.services.users.create import CreateUser, create_user, sign_up
from app.services.users.queries import get_user, get_viewer, users_by_id
from app.services.users.update import UpdateProfile, update_profile
from tests.services.slots.world import World


def ann(**fields: Any) -> CreateUser:
    """Somebody to sign up."""
    return CreateUser(**{"email": "ann@example.com", "username": "ann", "password": "correct horse", **fields})


async def test_sign_up_gives_a_schedule_and_a_key_whose_hash_alone_is_kept(world: World) -> None:
    made = await sign_up(world.ctx, ann(email="Ann@Example.com", username="Ann", time_zone="Asia/Tokyo"))
    assert (made.user.email, made.user.username) == ("ann@example.com", "ann")
    row = await User.get(id=made.user.id)
    assert "correct horse" not in (row.password_hash or "correct horse")
    key = await ApiKey.get(user_id=row.id)
    assert made.api_key not in (key.hashed_key, key.id)
    assert len(key.hashed_key) == 64
    schedule = await get_default_schedule(world.as_user(row))
    assert schedule is not None
    assert (schedule.time_zone, schedule.availability[0].days) == ("Asia/Tokyo", (1, 2, 3, 4, 5))


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"email": "nobody"}, "email"),
        ({"username": "no spaces"}, "username"),
        ({"username": "-dash"}, "username"),
        ({"password": "short"}, "password"),
        ({"password": None}, "password"),
        ({"time_zone": "Mars/Olympus"}, "timeZone"),
        ({"name": "a\x00b"}, "name"),
        ({"is_admin": True}, "isAdmin"),
    ],
    ids=str,
)
async def test_a_wrong_field_is_named_and_nobody_is_made(world: World, fields: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await sign_up(world.ctx, ann(**fields))
    assert refused.value.faults[0].path == (path,)
    assert await User.all().count() == 0


@pytest.mark.parametrize(
    ("fields", "path"),
    [({"username": "bob"}, "email"), ({"email": "bob@example.com"}, "username")],
    ids=["email", "name"],
)
async def test_a_taken_name_is_a_conflict_and_leaves_no_schedule(
    world: World, fields: dict[str, Any], path: str
) -> None:
    await sign_up(world.ctx, ann())
    with pytest.raises(ConflictError) as refused:
        await sign_up(world.ctx, ann(**fields))
    assert refused.value.path == (path,)
    assert (await User.all().count(), await ApiKey.all().count()) == (1, 1)


async def test_a_changed_profile_moves_the_slots_version_and_tells_the_world(world: World) -> None:
    user = await world.person()
    before = (await User.get(id=user.id)).slots_changed_at
    view = await update_profile(world.as_user(user), UpdateProfile(time_zone="Asia/Tokyo", name="Ann", bio=None))
    assert (view.time_zone, view.name) == ("Asia/Tokyo", "Ann")
    assert (await User.get(id=user.id)).slots_changed_at > before
    assert [entry.type for entry in await OutboxEntry.all()] == ["user.changed"]


async def test_a_profile_takes_only_a_schedule_of_its_own(world: World) -> None:
    user, stranger = await world.person(), await world.person()
    with pytest.raises(NotFoundError):
        await update_profile(world.as_user(user), UpdateProfile(default_schedule_id=stranger.default_schedule_id or 0))
    assert (await User.get(id=user.id)).default_schedule_id == user.default_schedule_id


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (UpdateProfile(week_start="Funday"), "weekStart"),
        (UpdateProfile(time_format=13), "timeFormat"),
        (UpdateProfile(brand_color="red"), "brandColor"),
        (UpdateProfile(avatar_url="javascript:alert(1)"), "avatarUrl"),
        (UpdateProfile(metadata={"a" * 41: 1}), "metadata"),
        (UpdateProfile(locale="tlh"), "locale"),
    ],
    ids=["week", "format", "colour", "avatar", "BK-3", "locale"],
)
async def test_wrong_profile_values_are_named(world: World, change: UpdateProfile, path: str) -> None:
    user = await world.person()
    with pytest.raises(InvalidInputError) as refused:
        await update_profile(world.as_user(user), change)
    assert refused.value.faults[0].path[0] == path


async def test_an_anonymous_caller_has_no_profile(world: World) -> None:
    with pytest.raises(UnauthenticatedError):
        await get_viewer(world.as_actor(ANONYMOUS))
    with pytest.raises(UnauthenticatedError):
        await update_profile(world.ctx, UpdateProfile(name="x"))


async def test_people_are_found_by_name_unless_locked(world: World) -> None:
    user, locked = await world.person(), await world.person(locked=True)
    assert (await get_user(world.ctx, user.username.upper())).id == user.id
    with pytest.raises(NotFoundError):
        await get_user(world.ctx, locked.username)
    assert set(await users_by_id([user.id, 10**9])) == {user.id}


async def test_an_address_is_vouched_for_by_the_operator_only(world: World) -> None:
    """BK-27: of people the operator makes, until they give another address; nobody vouches for their own."""
    signed_up = await sign_up(world.ctx, ann())
    made = await create_user(world.ctx, ann(email="bob@example.com", username="bob"))
    assert (await User.get(id=signed_up.user.id)).email_verified_at is None
    bob = await User.get(id=made.id)
    assert bob.email_verified_at == world.ctx.now()
    for email, kept in (("Bob@example.com", True), ("other@example.com", False)):
        await update_profile(world.as_user(bob), UpdateProfile(name="Bob", email=email))
        assert ((await User.get(id=bob.id)).email_verified_at is not None) is kept
