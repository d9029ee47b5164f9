"""Pure ASGI middleware: request ids, the access log, metrics and security headers."""

import logging
import re
import secrets
import time
from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.observability.logging import log_context
from app.observability.metrics import METRICS
from app.observability.tracing import span
from app.settings import Settings

logger = logging.getLogger("slotgraph.access")

REQUEST_ID: Final = b"x-request-id"
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_ROUTES: Final = frozenset(
    {"/", "/graphql", "/healthz", "/readyz", "/metrics", "/docs", "/v1/openapi.json", "/v2/openapi.json"}
)
_PREFIXES: Final = ("/v2", "/v1", "/api/v2", "/api/v1", "/graphql/static")
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})

# What cross-origin components send, and what our own clients add.
ALLOWED_HEADERS: Final = (
    "x-cal-client-id",
    "x-cal-secret-key",
    "x-cal-platform-embed",
    "cal-api-version",
    "Accept",
    "Authorization",
    "Content-Type",
    "Origin",
    "Idempotency-Key",
    "Last-Event-ID",
    "X-Request-Id",
)
ALLOWED_METHODS: Final = ("GET", "PATCH", "DELETE", "HEAD", "POST", "PUT", "OPTIONS")


def middleware_for(settings: Settings) -> list[Middleware]:
    """Outermost first."""
    cors: dict[str, Any] = {
        "allow_origins": ["*"],  # no cookie is ever read, so any origin may ask
        "allow_methods": ALLOWED_METHODS,
        "allow_headers": ALLOWED_HEADERS,
        "expose_headers": ["*"],
        "max_age": 86_400,
    }
    return [
        Middleware(ObserveMiddleware),
        Middleware(SecurityHeadersMiddleware, https=settings.public_url.startswith("https://")),
        Middleware(CORSMiddleware, **cors),
    ]


class ObserveMiddleware:
    """Gives each request an id (the caller's if it looks like one), counts it, and writes one line about it.

    The line has the route, never the path, query, address or body, which may name people.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or socket."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        observed = _Observed(scope, send, request_id)
        with log_context(request_id=request_id), METRICS.requests_open.labels(scope["type"]).track_inprogress():
            try:
                with span(f"{scope['type']} {route_of(scope['path'])}", **{"slotgraph.request_id": request_id}):
                    await self._app(scope, receive, observed.send)
            finally:
                observed.finish()


class _Observed:
    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self._scope = scope
        self._send = send
        self._id_header = (REQUEST_ID, request_id.encode())
        self._started = time.perf_counter()
        self._status = 0

    async def send(self, message: Message) -> None:
        """Note the status and add the id."""
        kind = message["type"]
        if kind in {"http.response.start", "websocket.http.response.start"}:
            self._status = message["status"]
            message["headers"] = [*message.get("headers", ()), self._id_header]
        elif kind == "websocket.accept":
            self._status = 101
            message["headers"] = [*message.get("headers", ()), self._id_header]
        elif kind == "websocket.close" and not self._status:
            self._status = 403  # closing before accepting refuses the handshake
        await self._send(message)

    def finish(self) -> None:
        """Count and log."""
        seconds = time.perf_counter() - self._started
        route = route_of(self._scope["path"])
        method = self._scope.get("method", "WEBSOCKET")
        method = method if method in _METHODS or method == "WEBSOCKET" else "OTHER"
        # No answer at all: the client left first (499, as proxies log it).
        status = self._status or 499
        METRICS.requests.labels(method, route, status).inc()
        if method != "WEBSOCKET":
            METRICS.request_seconds.labels(route).observe(seconds)
        level = logging.DEBUG if route in _QUIET else logging.INFO
        if logger.isEnabledFor(level):
            fields: Mapping[str, object] = {
                "method": method,
                "route": route,
                "status": status,
                "duration_ms": round(seconds * 1000, 1),
            }
            logger.log(level, "request", extra=fields)


def request_id_of(scope: Scope) -> str:
    """The caller's `X-Request-Id` if it is short and plain, else a new one."""
    for name, value in scope["headers"]:
        if name == REQUEST_ID:
            text = value.decode("latin-1")
            if _ACCEPTED_ID.fullmatch(text):
                return str(text)
            break
    return secrets.token_hex(12)


def route_of(path: str) -> str:
    """A label for the path that names nobody: one of a few."""
    if path in _ROUTES:
        return path
    for prefix in _PREFIXES:
        if path.startswith(prefix + "/"):
            return prefix + "/*"
    return "other"


class SecurityHeadersMiddleware:
    """Headers that keep browsers careful; an answer that sets one itself keeps its own."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin"}
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if "content-security-policy" not in headers:  # pages that may be framed say so there
                    headers.setdefault("X-Frame-Options", "SAMEORIGIN")
            await send(message)

        await self._app(scope, receive, send_with_headers)
