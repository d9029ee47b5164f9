"""Answers kept for a while, so that a request sent twice is carried out once (BK-18).

Used inside a unit of work: a failed operation leaves no record, and two identical requests at once wait for each other
in the database (PostgreSQL: on the unique index, SQLite: for the one write transaction), after which the second finds
the answer of the first.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from app.context import RequestContext
from app.db import raw
from app.errors import IdempotencyConflictError

OTHER_INPUT = "This idempotency key was used before with another input."
STILL_RUNNING = "The first request with this idempotency key is still running."

_CLAIM = """
INSERT INTO idempotency_records (scope, key, operation, input_hash, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (scope, key, operation) DO UPDATE
   SET input_hash = excluded.input_hash, answer = NULL, booking_uids = NULL,
       created_at = excluded.created_at, expires_at = excluded.expires_at
 WHERE idempotency_records.expires_at <= excluded.created_at
RETURNING id
"""
_FIND = (
    "SELECT input_hash, answer, booking_uids FROM idempotency_records WHERE scope = $1 AND key = $2 AND operation = $3"
)
_COMPLETE = """
UPDATE idempotency_records SET answer = $4::jsonb, booking_uids = $5::jsonb
 WHERE scope = $1 AND key = $2 AND operation = $3
"""
_RELEASE = raw.Sql(
    postgres="DELETE FROM idempotency_records WHERE booking_uids @> jsonb_build_array($1::text)",
    sqlite="DELETE FROM idempotency_records WHERE EXISTS (SELECT 1 FROM json_each(booking_uids) u WHERE u.value = $1)",
)


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """One keyed request of one caller; the same key may be used for different operations."""

    scope: str
    key: str
    operation: str
    input_hash: str
    at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, ctx: RequestContext, operation: str, command: Any, key: str | None = None) -> "KeyedRequest | None":
        """The request of `ctx` under `key` or its own idempotency key; None when it has neither."""
        chosen = key or ctx.idempotency_key
        if chosen is None:
            return None
        now = ctx.now()
        expires_at = now + ctx.settings.idempotency_retention
        return cls(ctx.actor.scope, chosen, operation, hash_input(command), now, expires_at)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What the first request with this key was answered."""

    answer: Any
    booking_uids: tuple[str, ...]


async def claim(request: KeyedRequest) -> StoredAnswer | None:
    """Take the key for this request: None when it is now ours to carry out, else the stored answer to give again.

    Raises IdempotencyConflictError when the key was used with another input. Call it first in the unit of work.
    """
    found = await raw.rows(
        _CLAIM, *_identity(request), request.input_hash, raw.utc(request.at), raw.utc(request.expires_at)
    )
    if found:
        return None
    return await _stored(request)


async def _stored(request: KeyedRequest) -> StoredAnswer:
    row = await raw.row(_FIND, *_identity(request))
    if row is None or (row["input_hash"] == request.input_hash and row["answer"] is None):
        raise IdempotencyConflictError(STILL_RUNNING, path=("idempotencyKey",))
    if row["input_hash"] != request.input_hash:
        raise IdempotencyConflictError(OTHER_INPUT, path=("idempotencyKey",))
    return StoredAnswer(raw.loads(row["answer"]), tuple(raw.loads(row["booking_uids"]) or ()))


async def complete(request: KeyedRequest, answer: Any, booking_uids: Sequence[str] = ()) -> None:
    """Keep the answer (plain JSON values) under the claimed key, in the transaction of the operation."""
    await raw.execute(_COMPLETE, *_identity(request), raw.dumps(answer), raw.dumps(list(booking_uids)))


async def release(booking_uid: str) -> None:
    """Forget the answers about a booking, in the transaction that cancels it: its slot may be booked anew."""
    await raw.execute(_RELEASE, booking_uid)


def hash_input(command: Any) -> str:
    """SHA-256 (hex) of a command's values, independent of the order of keys."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    return hashlib.sha256(orjson.dumps(command, option=options, default=str)).hexdigest()


def _identity(request: KeyedRequest) -> tuple[str, str, str]:
    return request.scope, request.key, request.operation
