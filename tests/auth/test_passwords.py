"""Passwords are kept as Argon2id hashes and checked off the event loop."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from app.auth import passwords
from app.auth.passwords import hash_password, verify_password
from app.settings import Settings


@pytest.fixture
def cheap(make_settings: Callable[..., Settings]) -> Settings:
    """Settings with parameters for tests."""
    return make_settings()


async def test_the_right_password_fits(cheap: Settings) -> None:
    stored = await hash_password(cheap, "correct horse")
    assert stored.startswith("$argon2id$")
    assert await verify_password(cheap, stored, "correct horse") is True
    assert await verify_password(cheap, stored, "wrong horse") is False


async def test_the_same_password_gets_different_hashes(cheap: Settings) -> None:
    assert await hash_password(cheap, "x") != await hash_password(cheap, "x")


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
async def test_nobody_has_no_password(cheap: Settings, stored: str | None) -> None:
    assert await verify_password(cheap, stored, "") is False


async def test_default_parameters_are_the_library_s(make_settings: Callable[..., Settings]) -> None:
    stored = await hash_password(make_settings(password_hash_cost="default"), "x")
    assert "m=65536,t=3,p=4" in stored
    assert await verify_password(make_settings(), stored, "x") is True


async def test_two_at_a_time_and_never_in_the_loop_s_thread(cheap: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[int] = set()

    def note(cost: str, stored: str | None, password: str) -> bool:
        threads.add(threading.get_ident())
        return True

    monkeypatch.setattr(passwords, "_fits", note)
    await asyncio.gather(*(verify_password(cheap, "x", "y") for _ in range(20)))
    assert len(threads) <= 2
    assert threading.get_ident() not in threads
