"""Pure ASGI middleware: request ids, the access log, metrics and security headers."""

import logging
import re
import secrets
import time
from functools import cache
from typing import Any, Final

from prometheus_client import Counter, Histogram
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.observability.logging import log_access, request_id
from app.observability.metrics import METRICS
from app.observability.tracing import is_tracing, span
from app.settings import Settings
from app.web.cors import TOLD, Cors
from app.web.proxies import CallerAddressMiddleware

Header = tuple[bytes, bytes]

REQUEST_ID: Final = b"x-request-id"
_POLICY: Final = b"content-security-policy"
_FRAMES: Final = (b"x-frame-options", b"SAMEORIGIN")
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
        "max_age": 86_400,
    }
    return [
        Middleware(CallerAddressMiddleware, trusted_hosts=settings.forwarded_allow_ips),
        Middleware(EdgeMiddleware, https=settings.public_url.startswith("https://")),
        Middleware(Cors, **cors),
    ]


class EdgeMiddleware:
    """Gives each request an id (the caller's if it looks like one), counts it, and writes one line about it.

    The line has the route, never the path, query, address or body, which may name people. Answers get the id and the
    headers that keep browsers careful, unless they set those themselves.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"strict-origin-when-cross-origin"),
            *TOLD,
        ]
        if https:
            self._headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or socket."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request = _Observed(scope, send, request_id_of(scope), self._headers)
        scope.setdefault("state", {})["request_id"] = request.id
        token = request_id.set(request.id)
        request.open.count += 1
        try:
            if is_tracing():
                with span(f"{scope['type']} {request.route}", request_id=request.id):
                    await self._app(scope, receive, request.send)
            else:
                await self._app(scope, receive, request.send)
        finally:
            request.open.count -= 1
            request.finish()
            request_id.reset(token)


class _Observed:
    __slots__ = ("_defaults", "_scope", "_send", "_started", "_status", "id", "open", "route")

    def __init__(self, scope: Scope, send: Send, identity: str, defaults: list[Header]) -> None:
        self._scope = scope
        self._send = send
        self._defaults = defaults
        self._started = time.perf_counter()
        self._status = 0
        self.id = identity
        self.route = route_of(scope["path"])
        self.open = _requests_open(scope["type"])

    async def send(self, message: Message) -> None:
        """Note the status; add the id and the usual headers."""
        kind = message["type"]
        if kind == "http.response.start":
            self._status = message["status"]
            message["headers"] = self._with_defaults(list(message.get("headers", ())))
        elif kind in {"websocket.accept", "websocket.http.response.start"}:
            self._status = message.get("status", 101)
            message["headers"] = [*message.get("headers", ()), (REQUEST_ID, self.id.encode())]
        elif kind == "websocket.close" and not self._status:
            self._status = 403  # closing before accepting refuses the handshake
        await self._send(message)

    def _with_defaults(self, headers: list[Header]) -> list[Header]:
        present = {name.lower() for name, _ in headers}
        headers += [header for header in self._defaults if header[0] not in present]
        if _POLICY not in present and _FRAMES[0] not in present:  # pages that may be framed say so in their policy
            headers.append(_FRAMES)
        headers.append((REQUEST_ID, self.id.encode()))
        return headers

    def finish(self) -> None:
        """Count and log."""
        seconds = time.perf_counter() - self._started
        method = self._scope.get("method", "WEBSOCKET")
        method = method if method in _METHODS or method == "WEBSOCKET" else "OTHER"
        status = self._status or 499  # no answer at all: the client left first, as proxies log it
        _requests(method, self.route, status).inc()
        if method != "WEBSOCKET":
            _request_seconds(self.route).observe(seconds)
        log_access(logging.DEBUG if self.route in _QUIET else logging.INFO, method, self.route, status, seconds)


# Looking a labelled metric up costs more than counting; there are few of them.
@cache
def _requests(method: str, route: str, status: int) -> Counter:
    return METRICS.requests.labels(method, route, status)


@cache
def _request_seconds(route: str) -> Histogram:
    return METRICS.request_seconds.labels(route)


class _Open:
    """How many are at work; the gauge asks, since telling it twice a request costs more than all other counting."""

    def __init__(self, kind: str) -> None:
        self.count = 0
        METRICS.requests_open.labels(kind).set_function(lambda: self.count)


@cache
def _requests_open(kind: str) -> _Open:
    return _Open(kind)


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
