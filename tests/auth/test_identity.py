"""Who an Authorization header stands for (AU-1)."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from app.auth import identity
from app.auth.api_keys import ends_at, generate_key, hash_key
from app.auth.identity import identify
from app.context import ANONYMOUS, Actor
from app.db import raw
from app.db.session import Database
from app.errors import ForbiddenError, UnauthenticatedError
from app.models import ApiKey, Team, User
from app.settings import Settings

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


async def add_key(key: str = "cal_secret", **values: Any) -> ApiKey:
    """A key of a new person."""
    person = await User.create(username="ann", email="ann@example.com", time_zone="Europe/Berlin")
    return await ApiKey.create(id="k1", user=person, hashed_key=hash_key(key), **values)


async def last_use() -> datetime | None:
    """When the key was used last, after the notes under way."""
    await identity.settle()
    return raw.instant(await raw.value("SELECT last_used_at FROM api_keys"))


@pytest.mark.parametrize("key", ["cal_secret", "cal_live_secret", "cal_test_secret"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
async def test_a_key_stands_for_its_user(settings: Settings, database: Database, key: str, scheme: str) -> None:
    row = await add_key(key)
    actor = await identify(settings, f"{scheme} {key}", now=NOW)
    assert actor == Actor(
        user_id=row.user_id,  # type: ignore[attr-defined,unused-ignore]
        email="ann@example.com",
        username="ann",
        time_zone="Europe/Berlin",
        api_key_id="k1",
    )


async def test_a_key_of_a_team_and_an_administrator(settings: Settings, database: Database) -> None:
    team = await Team.create(name="Sales", slug="sales")
    await add_key(team=team)
    await User.all().update(is_admin=True)
    actor = await identify(settings, "Bearer cal_secret", now=NOW)
    assert (actor.team_id, actor.is_admin) == (team.id, True)


@pytest.mark.parametrize("header", [None, "", "  "])
async def test_without_a_header_the_caller_is_anonymous(settings: Settings, header: str | None) -> None:
    assert await identify(settings, header) is ANONYMOUS


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("Bearer cal_wrong", "ApiAuthStrategy - api key - Your api key is not valid"),
        ("Bearer cal_", "ApiAuthStrategy - api key - Your api key is not valid"),
        ("Bearer ", "ApiAuthStrategy - api key - Your api key is not valid"),
        ("Basic cal_secret", "ApiAuthStrategy - api key - Your api key is not valid"),
        ("cal_secret", "ApiAuthStrategy - api key - Your api key is not valid"),
        ("Bearer secret", "ApiAuthStrategy - access token - Invalid Access Token."),
    ],
)
async def test_wrong_credentials_are_refused(settings: Settings, database: Database, header: str, text: str) -> None:
    await add_key()
    with pytest.raises(UnauthenticatedError) as caught:
        await identify(settings, header, now=NOW)
    assert caught.value.message == text


async def test_a_key_is_valid_through_its_expiry_date(settings: Settings, database: Database) -> None:
    await add_key(expires_at=datetime(2026, 3, 2, 0, 30, tzinfo=UTC))
    last_moment = datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)
    actor = await identify(settings, "Bearer cal_secret", now=last_moment)
    assert actor.expires_at == datetime(2026, 3, 3, tzinfo=UTC)
    with pytest.raises(UnauthenticatedError) as caught:
        await identify(settings, "Bearer cal_secret", now=last_moment + timedelta(seconds=1))
    assert caught.value.message == "ApiAuthStrategy - api key - Your api key is expired"


async def test_a_locked_user_may_do_nothing(settings: Settings, database: Database) -> None:
    """AU-40."""
    await add_key()
    await User.all().update(locked=True)
    with pytest.raises(ForbiddenError, match=r"You are not authorized to perform this request\."):
        await identify(settings, "Bearer cal_secret", now=NOW)


async def test_a_revoked_key_stops_at_once(settings: Settings, database: Database) -> None:
    row = await add_key()
    await identify(settings, "Bearer cal_secret", now=NOW)
    await row.delete()
    with pytest.raises(UnauthenticatedError):
        await identify(settings, "Bearer cal_secret", now=NOW)


async def test_the_last_use_is_noted_once_a_minute(settings: Settings, database: Database) -> None:
    await add_key()

    async def use_after(seconds: float) -> None:
        await identify(settings, "Bearer cal_secret", now=NOW + timedelta(seconds=seconds))

    await asyncio.gather(*(use_after(0) for _ in range(5)))
    assert await last_use() == NOW
    await use_after(59.9)
    assert await last_use() == NOW
    await use_after(60)
    assert await last_use() == NOW + timedelta(seconds=60)


async def test_nobody_waits_for_the_note(
    settings: Settings, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await add_key()
    await identify(settings, "Bearer cal_secret", now=NOW)
    await raw.execute("ALTER TABLE api_keys RENAME COLUMN last_used_at TO gone")
    await identity.settle()
    await raw.execute("ALTER TABLE api_keys RENAME COLUMN gone TO last_used_at")
    assert len(caplog.records) <= 1


def test_keys_are_long_random_and_prefixed() -> None:
    keys = {generate_key() for _ in range(50)}
    assert len(keys) == 50
    assert all(key.startswith("cal_") and len(key) == 68 for key in keys)
    assert generate_key("own_").startswith("own_")


def test_the_hash_is_of_what_follows_the_prefix() -> None:
    assert hash_key("cal_abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of "abc"
    assert hash_key("cal_cal_abc") == hash_key("own_cal_abc", "own_")
    assert hash_key("cal_live_abc") != hash_key("cal_abc")


def test_the_end_is_midnight_utc_after_the_expiry_date() -> None:
    assert ends_at(None) is None
    late_in_new_york = datetime(2026, 3, 2, 22, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert ends_at(late_in_new_york) == datetime(2026, 3, 4, tzinfo=UTC)
