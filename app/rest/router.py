"""The application of one front: finds the row, admits the caller, reads, calls the service, renders."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from starlette.types import Receive, Scope, Send

from app.context import RequestContext
from app.rest.bodies import ClientLeftError, ControlCharacterError, read_given
from app.rest.idempotency import once
from app.rest.operation import Answer, AnyOperation, Front, Instead
from app.rest.request import RestRequest
from app.rest.routes import RouteTable

logger = logging.getLogger(__name__)
JSON = (b"content-type", b"application/json; charset=utf-8")
VERSION = b"cal-api-version"
_ALIASES = frozenset({"", "/api"})


class NoRouteError(Exception):
    """No row answers this method, path and version."""


class RestApp:
    """A pure ASGI application over the rows of one front, mounted at `prefix` and its aliases."""

    def __init__(self, front: Front, operations: Iterable[AnyOperation], prefix: str) -> None:
        self.operations = tuple(operations)
        self._front = front
        self._prefix = prefix
        self._table = RouteTable(self.operations, prefix, front.versions)
        self._documents: dict[str, Callable[[], Answer]] = {}

    def serve_document(self, path: str, make: Callable[[], Answer]) -> None:
        """Answer GET of this path (below the prefix) to everybody with a document, made when first asked for."""
        self._documents[path] = cache(make)

    async def close(self) -> None:
        """Let go of what the front has opened; called when the process ends."""
        await self._front.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await _refuse_socket(scope, receive, send)
            return
        request = RestRequest(scope)
        try:
            answer = await self._answer(request, receive)
        except ClientLeftError:
            return
        except Exception as error:
            answer = self._front.failure(request, error)
            if answer.status >= 500:
                logger.log(logging.ERROR if answer.status == 500 else logging.WARNING, "request failed", exc_info=error)
        await _send(request, answer, send)

    async def _answer(self, request: RestRequest, receive: Receive) -> Answer:
        above, _, path = request.path.partition(self._prefix)
        if above not in _ALIASES:
            raise NoRouteError  # only decoded does it begin with the prefix
        if request.method == "OPTIONS":
            return self._options(path)
        document = self._documents.get(path)
        if document is not None and request.method in {"GET", "HEAD"}:
            # Made once, and not in the way of other requests.
            return await asyncio.to_thread(document)
        operation = self.match(request, path)
        ctx = await self._front.admit(request, operation)
        return await self._perform(request, operation, ctx, receive)

    def match(self, request: RestRequest, path: str) -> AnyOperation:
        """The row that answers, noted in the request; raises NoRouteError."""
        method = "GET" if request.method == "HEAD" else request.method
        found = self._table.find(method, path, self._front.version_of(request))
        if found is None:
            raise NoRouteError
        route, values = found
        request.operation = route.operation
        request.version = route.version
        if values:
            request.params = dict(zip(route.names, values, strict=True))
        return route.operation

    async def _perform(
        self, request: RestRequest, operation: AnyOperation, ctx: RequestContext, receive: Receive
    ) -> Answer:
        if not "".join(request.params.values()).isprintable():
            raise ControlCharacterError("path")
        given = await read_given(request, receive)
        body = self._front.read(operation, given) if operation.body is not None else None
        command = (operation.command(request, body),) if operation.command is not None else ()
        if command and isinstance(command[0], Instead):
            operation, command = command[0].operation, (command[0].command,)
        if ctx.idempotency_key is None or operation.keyed or operation.secret or operation.method != "POST":
            result = await operation.call(ctx, *command)
            request.answer_headers.extend(operation.headers(result))
            data = operation.rendered(request, result)
        else:
            data = await once(request, operation, ctx, given, command)
        return Answer(operation.status, self._front.success(operation, data))

    def _options(self, path: str) -> Answer:
        """What of CORS did not answer: a plain OPTIONS."""
        allowed = self._table.allowed(path)
        if not allowed:
            raise NoRouteError
        methods = [*allowed, *(["HEAD"] if "GET" in allowed else []), "OPTIONS"]
        return Answer(204, b"", [(b"allow", ", ".join(methods).encode())])


async def _send(request: RestRequest, answer: Answer, send: Send) -> None:
    headers: list[Any] = [*answer.headers, *request.answer_headers]
    if request.version:
        headers.append((VERSION, request.version.encode()))
    if answer.status != 204:
        if not any(name == b"content-type" for name, _ in answer.headers):
            headers.append(JSON)
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else answer.body})


async def _refuse_socket(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1000})
