"""The text of API keys (AU-1)."""

import hashlib
import secrets
from datetime import UTC, datetime, time, timedelta

DEFAULT_PREFIX = "cal_"
_SECRET_BYTES = 32


def generate_key(prefix: str = DEFAULT_PREFIX) -> str:
    """A new secret: the prefix and 64 random hexadecimal digits."""
    return prefix + secrets.token_hex(_SECRET_BYTES)


def is_key(text: str, prefix: str = DEFAULT_PREFIX) -> bool:
    """Whether a bearer token is meant as an API key: it starts with the configured prefix (AU-1)."""
    return text.startswith(prefix)


def hash_key(secret: str, prefix: str = DEFAULT_PREFIX) -> str:
    """SHA-256 (hex) of what follows the prefix, which is removed once, so `cal_live_x` is the hash of `live_x` (AU-1).

    A fast hash is right here: the secret is random, so there is nothing to guess.
    """
    return hashlib.sha256(secret.removeprefix(prefix).encode()).hexdigest()


def ends_at(expires_at: datetime | None) -> datetime | None:
    """When a key stops working: it is valid through its expiry date, a calendar day in UTC (AU-1). None = never."""
    if expires_at is None:
        return None
    following = expires_at.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(following, time(), tzinfo=UTC)
