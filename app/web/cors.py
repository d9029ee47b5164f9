"""Cross-origin requests: any origin may ask, since no cookie tells who somebody is."""

from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

TOLD: Final = ((b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"*"))
"""On every answer, also to requests without an origin, so that caches need not tell them apart."""


class Cors(CORSMiddleware):
    """Answers preflights; `TOLD` is added with the other headers that every answer has."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or socket."""
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def simple_response(self, scope: Scope, receive: Receive, send: Send, request_headers: Headers) -> None:
        """An OPTIONS that is no preflight."""
        await self.app(scope, receive, send)

    def preflight_response(self, request_headers: Headers) -> Response:
        """What is allowed, also to those who ask for more: it is the browser that refuses. No text to read as error."""
        answer = super().preflight_response(request_headers)
        headers = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
        return Response(status_code=200, headers=headers)
