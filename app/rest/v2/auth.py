"""Who asks, after the request was counted (AU-1 to AU-7, RL-1 to RL-5)."""

from collections.abc import Sequence
from typing import Any

from app.auth.api_keys import is_key
from app.auth.identity import INVALID_TOKEN, NOT_VALID, find_key, owner_of
from app.context import ANONYMOUS, Actor, RequestContext, utc_now
from app.db import raw
from app.errors import InvalidInputError, RateLimitedError, UnauthenticatedError
from app.events.bus import Bus
from app.rest.operation import AnyOperation, Auth
from app.rest.rate_limits import Count, Limit, Limiter, tracker
from app.rest.request import RestRequest
from app.rest.v2.envelope import TOO_MANY
from app.settings import Settings

NO_AUTHENTICATION = (
    "ApiAuthStrategy - No authentication method provided. Either pass an API key as 'Bearer' header or OAuth client "
    "credentials as 'x-cal-secret-key' and 'x-cal-client-id' headers"
)
INVALID_KEY = "CustomThrottlerGuard - Invalid API Key"
UNKNOWN_CLIENT = "ApiAuthStrategy - oAuth client - Client with ID {} not found"
MAX_IDEMPOTENCY_KEY = 255


class Doorkeeper:
    """Counts each request, then finds its caller; one per process."""

    def __init__(self, settings: Settings, bus: Bus, limiter: Limiter) -> None:
        self._settings = settings
        self._bus = bus
        self._limiter = limiter

    async def admit(self, request: RestRequest, operation: AnyOperation) -> RequestContext:
        """The context of a request that may go on.

        Raises RateLimitedError, UnauthenticatedError with the documented texts, InvalidInputError for a bad header.
        """
        actor = await self._actor(request, operation)
        if actor.is_anonymous and operation.auth is Auth.REQUIRED:
            raise UnauthenticatedError(NO_AUTHENTICATION)
        return RequestContext(
            actor,
            self._settings,
            self._bus,
            request_id=request.request_id,
            client_ip=request.client_ip,
            idempotency_key=_idempotency_key(request),
        )

    async def close(self) -> None:
        """Close the connections of the limiter."""
        await self._limiter.close()

    async def _actor(self, request: RestRequest, operation: AnyOperation) -> Actor:
        token = _bearer(request)
        if token is not None and is_key(token, self._settings.api_key_prefix):
            return await self._key_owner(request, operation, token)
        await self._count_others(request, operation, token)
        if operation.auth is Auth.LENIENT:
            return ANONYMOUS
        _refuse_client(request)
        if token is not None:
            raise UnauthenticatedError(INVALID_TOKEN)
        return ANONYMOUS

    async def _key_owner(self, request: RestRequest, operation: AnyOperation, key: str) -> Actor:
        """One statement finds the key with its own limits; a key that does not exist counts for the address."""
        row = await find_key(self._settings, key, with_profile=True)
        if row is None:
            await self._count(request, operation, tracker("ip", request.client_ip), self._settings.rate_limit_ip)
            if operation.auth is Auth.LENIENT:
                return ANONYMOUS
            # RL-2: the limiter looks the key up first; without one it is the authentication that refuses (AU-1).
            raise UnauthenticatedError(INVALID_KEY if self._settings.rate_limit_api_key else NOT_VALID)
        name = f"key_{row['hashed_key'][:32]}"
        await self._count(request, operation, name, self._settings.rate_limit_api_key, _own_limits(row["rate_limits"]))
        try:
            _refuse_client(request)
            return owner_of(row, utc_now(), with_profile=True)
        except UnauthenticatedError:
            if operation.auth is Auth.LENIENT:
                return ANONYMOUS
            raise

    async def _count_others(self, request: RestRequest, operation: AnyOperation, token: str | None) -> None:
        """RL-2: access token, OAuth client id, address. What nobody has checked yet counts for the address too."""
        client, requests = request.header(b"x-cal-client-id"), self._settings.rate_limit_client
        if client is None or token is not None or not requests:
            await self._count(request, operation, tracker("ip", request.client_ip), self._settings.rate_limit_ip)
            return
        # Naming a client is no proof: an address that names many has no more requests than one client.
        [alone] = await self._limiter.hit(tracker("clients of", request.client_ip), (Limit(requests),))
        if alone.blocked:
            _tell(request, [alone])
            raise RateLimitedError(TOO_MANY, retry_after=alone.reset)
        await self._count(request, operation, tracker("client", client), requests)

    async def _count(
        self, request: RestRequest, operation: AnyOperation, name: str, requests: int, own: Sequence[Limit] = ()
    ) -> None:
        limits = own or ((Limit(requests),) if requests else ())
        counts = await self._limiter.hit(name, limits) if limits else []
        _tell(request, counts)
        # RL-3: refused only when every limit of the caller blocks.
        if counts and all(count.blocked for count in counts):
            raise RateLimitedError(TOO_MANY, retry_after=min(count.reset for count in counts))
        if operation.limit is not None and requests:
            alone = await self._limiter.hit(f"{name}_{operation.operation_id}", (operation.limit,))
            _tell(request, alone)
            if alone[0].blocked:
                raise RateLimitedError(TOO_MANY, retry_after=alone[0].reset)


def _tell(request: RestRequest, counts: Sequence[Count]) -> None:
    """RL-4: three headers a limit."""
    for count in counts:
        name = count.limit.name[:1].upper() + count.limit.name[1:]
        for what, value in (("Limit", count.limit.requests), ("Remaining", count.remaining), ("Reset", count.reset)):
            request.answer_headers.append((f"x-ratelimit-{what}-{name}".lower().encode(), str(value).encode()))


def _refuse_client(request: RestRequest) -> None:
    """AU-3: credentials of an OAuth client go before any others, and nobody knows one yet (AU-4)."""
    client = request.header(b"x-cal-client-id")
    if client is not None and request.header(b"x-cal-secret-key") is not None:
        raise UnauthenticatedError(UNKNOWN_CLIENT.format(client))


def _own_limits(stored: Any) -> tuple[Limit, ...]:
    """The limits of one key (RL-3): `[{name, limit, ttl, blockDuration}]`, times in milliseconds."""
    if stored is None:
        return ()
    return tuple(
        Limit(int(row["limit"]), str(row["name"]), int(row["ttl"]) / 1000, int(row["blockDuration"]) / 1000)
        for row in raw.loads(stored) or ()
    )


def _bearer(request: RestRequest) -> str | None:
    scheme, _, token = (request.header(b"authorization") or "").strip().partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _idempotency_key(request: RestRequest) -> str | None:
    key = request.header(b"idempotency-key")
    if key is not None and not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY:
        message = f"Idempotency-Key must have 1 to {MAX_IDEMPOTENCY_KEY} characters."
        raise InvalidInputError.at("idempotencyKey", message, "length")
    return key or None
