"""The address of a caller behind proxies (RL-2)."""

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_CLOUDFLARE = b"cf-connecting-ip"
_FORWARDED = b"x-forwarded-for"


class CallerAddressMiddleware(ProxyHeadersMiddleware):
    """Takes the address from `CF-Connecting-IP`, else from `X-Forwarded-For`, when a trusted proxy sends them.

    From anybody else these headers say nothing: whoever could choose an address would never reach a limit.
    """

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Handle one request or socket."""
        if scope["type"] != "lifespan":
            for name, value in scope["headers"]:
                if name == _CLOUDFLARE:
                    others = [header for header in scope["headers"] if header[0] != _FORWARDED]
                    scope["headers"] = [*others, (_FORWARDED, value)]
                    break
        await super().__call__(scope, receive, send)
