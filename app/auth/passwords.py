"""Passwords as Argon2id hashes, made in threads of their own so that the event loop never waits for one."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.settings import Settings

_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
"""Two at a time: a hash takes 64 MiB and a core, and a flood of sign-ins must not take them all."""


async def hash_password(settings: Settings, password: str) -> str:
    """The hash to store, with its parameters and salt."""
    hasher = _hasher(settings.password_hash_cost)
    return await asyncio.get_running_loop().run_in_executor(_THREADS, hasher.hash, password)


async def verify_password(settings: Settings, stored: str | None, password: str) -> bool:
    """Whether the password fits the stored hash; without one it says no just as slowly, so nobody learns who exists."""
    cost = settings.password_hash_cost
    loop = asyncio.get_running_loop()
    fits = await loop.run_in_executor(_THREADS, _fits, cost, stored, password)
    return fits and stored is not None


def _fits(cost: Literal["default", "cheap"], stored: str | None, password: str) -> bool:
    try:
        return _hasher(cost).verify(_nobodys_hash(cost) if stored is None else stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher(cost: Literal["default", "cheap"]) -> PasswordHasher:
    return PasswordHasher() if cost == "default" else PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@cache
def _nobodys_hash(cost: Literal["default", "cheap"]) -> str:
    return _hasher(cost).hash(secrets.token_hex())
