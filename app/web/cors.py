"""Cross-origin requests: any origin may ask, since no cookie tells who somebody is."""

from typing import Any

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Cors(CORSMiddleware):
    """Says the same to every origin, and to requests without one, so that caches need not tell them apart."""

    def __init__(self, app: ASGIApp, /, **options: Any) -> None:
        super().__init__(app, **options)
        self._told = [(name.lower().encode(), value.encode()) for name, value in self.simple_headers.items()]

    async def simple_response(self, scope: Scope, receive: Receive, send: Send, request_headers: Headers) -> None:
        """Every answer but that to a preflight."""

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._told]
            await send(message)

        await self.app(scope, receive, tell)

    def preflight_response(self, request_headers: Headers) -> Response:
        """What is allowed, also to those who ask for more: it is the browser that refuses. No text to read as error."""
        answer = super().preflight_response(request_headers)
        headers = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
        return Response(status_code=200, headers=headers)
