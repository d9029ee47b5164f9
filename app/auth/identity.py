"""From the Authorization header to who is asking: one statement, no cache, so a revoked key stops at once."""

import asyncio
import logging
from contextvars import Context
from datetime import datetime, timedelta

from app.auth.api_keys import ends_at, hash_key, is_key
from app.context import ANONYMOUS, Actor, utc_now
from app.db import raw
from app.errors import ForbiddenError, UnauthenticatedError
from app.settings import Settings

logger = logging.getLogger(__name__)
NOT_VALID = "ApiAuthStrategy - api key - Your api key is not valid"
EXPIRED = "ApiAuthStrategy - api key - Your api key is expired"
NO_USER = "ApiAuthStrategy - api key - No user tied to this apiKey"
INVALID_TOKEN = "ApiAuthStrategy - access token - Invalid Access Token."  # noqa: S105 a message
LOCKED = "You are not authorized to perform this request."
USED_EVERY = timedelta(minutes=1)

_FIND = """
SELECT k.id, k.hashed_key, k.team_id, k.expires_at, k.last_used_at, k.rate_limits,
       u.id AS user_id, u.email, u.username, u.time_zone, u.is_admin, u.locked
  FROM api_keys k LEFT JOIN users u ON u.id = k.user_id
 WHERE k.hashed_key = $1
"""
_FIND_WITH_PROFILE = _FIND.replace(
    "u.locked\n",
    "u.locked, u.name, u.bio, u.avatar_url, u.week_start, u.time_format, u.locale, u.theme, u.brand_color,"
    " u.dark_brand_color, u.hide_branding, u.allow_dynamic_booking, u.default_schedule_id, u.organization_id,"
    " u.is_platform_managed, u.metadata, u.created_at, u.updated_at\n",
)
_USED = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)"


async def identify(settings: Settings, authorization: str | None, *, now: datetime | None = None) -> Actor:
    """Who sends this Authorization header (`Bearer cal_...`); anonymous without one.

    `Actor.expires_at` is when the key stops working. Raises UnauthenticatedError with the texts of AU-1 and AU-5,
    ForbiddenError for a locked user (AU-40), ServiceUnavailableError when the database cannot be reached.
    """
    token = bearer_token(authorization)
    if token is None:
        return ANONYMOUS
    if not is_key(token, settings.api_key_prefix):
        raise UnauthenticatedError(INVALID_TOKEN)
    return await identify_key(settings, token, now=now)


def bearer_token(authorization: str | None) -> str | None:
    """The token of an Authorization header; raises UnauthenticatedError for another scheme than Bearer."""
    if authorization is None or not authorization.strip():
        return None
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError(NOT_VALID)
    return token.strip()


async def identify_key(settings: Settings, key: str, *, now: datetime | None = None) -> Actor:
    """Who this API key belongs to (AU-1)."""
    row = await find_key(settings, key)
    if row is None:
        raise UnauthenticatedError(NOT_VALID)
    return owner_of(row, now or utc_now())


async def find_key(settings: Settings, key: str, *, with_profile: bool = False) -> raw.Row | None:
    """The stored key with this secret and its owner; `rate_limits` holds its own limits (RL-3).

    With the profile the row has every column that people see of themselves, for `Actor.profile`.
    """
    sql = _FIND_WITH_PROFILE if with_profile else _FIND
    return await raw.row(sql, hash_key(key, settings.api_key_prefix))


def owner_of(row: raw.Row, instant: datetime, *, with_profile: bool = False) -> Actor:
    """Who a stored key acts for now; a row with the profile may become `Actor.profile`.

    Raises UnauthenticatedError (AU-1), ForbiddenError (AU-40).
    """
    expires = ends_at(raw.instant(row["expires_at"]))
    if expires is not None and instant >= expires:
        raise UnauthenticatedError(EXPIRED)
    if row["user_id"] is None:
        raise UnauthenticatedError(NO_USER)
    if row["locked"]:
        raise ForbiddenError(LOCKED)
    _note_use(row["id"], raw.instant(row["last_used_at"]), instant)
    return _actor(row, expires, row if with_profile else None)


def _actor(row: raw.Row, expires: datetime | None, profile: raw.Row | None) -> Actor:
    return Actor(
        user_id=row["user_id"],
        email=row["email"],
        username=row["username"],
        time_zone=row["time_zone"],
        is_admin=bool(row["is_admin"]),
        api_key_id=row["id"],
        team_id=row["team_id"],
        expires_at=expires,
        profile=profile,
    )


class _Notes:
    """Writes of `last_used_at` under way, by key, so that a burst of requests makes one."""

    tasks: dict[str, "asyncio.Task[None]"] = {}


def _note_use(key_id: str, last_used_at: datetime | None, now: datetime) -> None:
    if key_id in _Notes.tasks or (last_used_at is not None and now - last_used_at < USED_EVERY):
        return
    # A context of its own: the write must not join a transaction of the request.
    task = asyncio.get_running_loop().create_task(_write_use(key_id, now), context=Context())
    _Notes.tasks[key_id] = task
    task.add_done_callback(lambda _: _Notes.tasks.pop(key_id, None))


async def _write_use(key_id: str, now: datetime) -> None:
    try:
        await raw.execute(_USED, key_id, now, now - USED_EVERY)
    except Exception:
        logger.warning("The last use of an API key could not be noted", exc_info=True)


async def settle() -> None:
    """Wait for the notes under way; called before the database is closed."""
    await asyncio.gather(*_Notes.tasks.values())
