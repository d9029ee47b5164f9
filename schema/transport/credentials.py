"""What a request says about who sends it, for the `authenticate` function that the application passes in."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from app.context import Actor, RequestContext
from app.events.bus import Subscription


@dataclass(frozen=True, slots=True)
class Credentials:
    """Headers in lower case; on WebSocket the strings of the init payload override those of the handshake."""

    headers: Mapping[str, str] = field(default_factory=dict)
    client_ip: str = ""
    request_id: str = ""


Authenticate = Callable[[Credentials], Awaitable[RequestContext]]
"""Makes the context of a caller; anonymous without credentials.

Raises UnauthenticatedError for credentials that can never work (401, 4401) and ForbiddenError for those that do not
work any more or not here (403, 4403), such as an expired token.
"""


def key_topics(actor: Actor) -> list[str]:
    """Bus topics that tell of the end of the caller's API key."""
    return [f"api-key:{actor.api_key_id}"] if actor.api_key_id is not None else []


async def hear_of_key(news: Subscription, seconds: float) -> None:
    """Wait for news of the caller's key, or that some were missed; at most `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            if await news.take() is None:  # the bus has closed and will tell nothing more
                await asyncio.sleep(seconds)
    except TimeoutError:
        return


def headers_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """The headers of an ASGI scope."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def credentials_of(scope: Mapping[str, Any], headers: Mapping[str, str]) -> Credentials:
    """The credentials of a request or handshake; keeps the request id that a middleware has given."""
    client = scope.get("client")
    state = scope.get("state") or {}
    return Credentials(headers, client[0] if client else "", state.get("request_id") or token_hex(8))


def with_init_payload(credentials: Credentials, payload: Mapping[str, Any]) -> Credentials:
    """Credentials of a socket whose `connection_init` carries headers, at the top or under `headers`."""
    nested = payload.get("headers")
    sources = (payload, nested) if isinstance(nested, dict) else (payload,)
    given = {
        name.lower(): value
        for source in sources
        for name, value in source.items()
        if isinstance(name, str) and isinstance(value, str) and len(value) <= 8192
    }
    return Credentials({**credentials.headers, **given}, credentials.client_ip, credentials.request_id)
