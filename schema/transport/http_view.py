"""GraphQL over HTTP: POST, GET for stored documents, server-sent events, and the explorer for a browser."""

import asyncio
import math
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson
from graphql.language import OperationType

from app.context import RequestContext
from app.errors import ErrorCode, ForbiddenError, SlotgraphError, UnauthenticatedError
from schema.context import Context
from schema.error_entries import internal, refusal
from schema.executor.engine import Engine, Outcome
from schema.executor.requests import BadRequestError, GraphRequest, read_request
from schema.scalars import ScalarInputError, parse_event_cursor
from schema.transport.credentials import Authenticate, Credentials, credentials_of, headers_of, hear_of_key, key_topics
from schema.transport.explorer import explorer_page
from schema.transport.negotiation import Media, choose, is_json, status_of
from schema.transport.shared_subscriptions import Frames, SharedSubscriptions
from schema.transport.sse import event_stream
from schema.transport.ws_handler import RECHECK_SECONDS

if TYPE_CHECKING:
    from schema.loaders import Loaders

Scope = MutableMapping[str, Any]
Receive = Callable[[], Any]
Send = Callable[[Any], Any]

DRY_RUN_HEADER = "graphql-dry-run"
"""`GraphQL-Dry-Run: 1` answers what an operation would cost, without executing it."""


class HttpRefusal(SlotgraphError):
    """A request refused before it is GraphQL; `status` and `code` are those of the instance."""

    def __init__(self, status: int, code: ErrorCode, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.refused_status = status
        self.refused_code = code
        self.headers = dict(headers or {})


class HttpView:
    """Answers one HTTP request; the endpoint (`endpoint.py`) makes one view per process."""

    def __init__(
        self,
        engine: Engine,
        shared: SharedSubscriptions,
        authenticate: Authenticate,
        make_loaders: "Callable[[RequestContext], Loaders]",
    ) -> None:
        self._engine = engine
        self._settings = engine.settings
        self._shared = shared
        self._authenticate = authenticate
        self._make_loaders = make_loaders
        self.recheck_seconds = RECHECK_SECONDS
        self._stopping = asyncio.Event()
        self._streams = 0

    def stop(self) -> None:
        """Complete every open event stream."""
        self._stopping.set()

    @property
    def open_streams(self) -> int:
        """Event streams at work."""
        return self._streams

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; every refusal is a JSON body with a code."""
        headers = headers_of(scope)
        credentials = credentials_of(scope, headers)
        media = Media.JSON
        try:
            media = self._media(scope, headers)
            if media is Media.HTML:
                await _send(send, 200, b"text/html; charset=utf-8", explorer_page(), _EXPLORER_HEADERS)
                return
            payload = await self._payload(scope, headers, receive)
            request_context = await self._authenticate(credentials)
            await self._answer(scope, credentials, media, payload, request_context, receive, send)
        except SlotgraphError as error:
            await self._refuse(send, error, media, credentials)
        except ClientGoneError:
            return
        except Exception as error:
            body = {"errors": [internal(error, credentials.request_id)]}
            await _send(send, 500, _content_type(media), orjson.dumps(body), ())

    def _media(self, scope: Scope, headers: Mapping[str, str]) -> Media:
        method = scope["method"]
        if method not in {"GET", "POST"}:
            allow = {"allow": "GET, POST"}
            raise HttpRefusal(405, ErrorCode.METHOD_NOT_ALLOWED, "Use POST, or GET for stored documents.", allow)
        plain_get = method == "GET" and not scope["query_string"]
        media = choose(headers.get("accept"), plain_get)
        if media is None:
            text = "Accept application/graphql-response+json, application/json or text/event-stream."
            raise HttpRefusal(406, ErrorCode.NOT_ACCEPTABLE, text)
        return media

    async def _payload(self, scope: Scope, headers: Mapping[str, str], receive: Receive) -> Any:
        if scope["method"] == "GET":
            return _query_payload(scope["query_string"])
        if not is_json(headers.get("content-type")):
            text = "The body must be application/json in UTF-8."
            raise HttpRefusal(415, ErrorCode.UNSUPPORTED_MEDIA_TYPE, text, {"accept": "application/json"})
        body = await self._body(headers, receive)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            raise BadRequestError("The body is not JSON.") from None

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> bytes:
        limit = self._settings.graphql_max_body
        declared = headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > limit:
            raise _too_large(limit)
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            chunks.append(chunk)
            if not message.get("more_body", False):
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def _answer(
        self,
        scope: Scope,
        credentials: Credentials,
        media: Media,
        payload: Any,
        request_context: RequestContext,
        receive: Receive,
        send: Send,
    ) -> None:
        context, headers = Context(request_context, self._make_loaders), credentials.headers
        dry = DRY_RUN_HEADER in headers and headers[DRY_RUN_HEADER] not in {"0", "false"}
        if isinstance(payload, list):
            await self._batch(payload, context, dry, media, send)
            return
        request = read_request(payload)
        reading = scope["method"] == "GET"
        if media is Media.EVENTS:
            await self._events(request, context, credentials, reading, receive, send)
            return
        outcome = await self._engine.run(request, context, dry=dry, reading=reading)
        await self._respond(send, outcome, media, headers if reading else None)

    async def _respond(self, send: Send, outcome: Outcome, media: Media, get_headers: Mapping[str, str] | None) -> None:
        extra = cost_headers(outcome)
        if outcome.status == 405:
            extra.append((b"allow", b"POST"))
        body = orjson.dumps(outcome.body())
        status = status_of(outcome, media, partial_294=self._settings.graphql_partial_success_294)
        if get_headers is not None and status == 200 and outcome.stored:
            tag = _entity_tag(outcome)
            extra += [(b"etag", tag), (b"cache-control", b"private, no-cache"), (b"vary", b"authorization, accept")]
            if get_headers.get("if-none-match") == tag.decode():
                status, body = 304, b""
        await _send(send, status, _content_type(media), body, extra)

    async def _batch(self, payload: list[Any], context: Context, dry: bool, media: Media, send: Send) -> None:
        maximum = self._settings.graphql_max_batch
        if media is Media.EVENTS or not 0 < len(payload) <= maximum:
            text = f"A batch may hold 1 to {maximum} operations." if maximum else "Batching is switched off."
            raise HttpRefusal(400, ErrorCode.BATCH_LIMIT, text)
        requests = [read_request(item) for item in payload]
        outcomes = [await self._engine.run(request, context.fork(), dry=dry) for request in requests]
        body = orjson.dumps([outcome.body() for outcome in outcomes])
        await _send(send, 200, _content_type(media), body, cost_headers(outcomes[-1]))

    async def _events(
        self,
        request: GraphRequest,
        context: Context,
        credentials: Credentials,
        reading: bool,
        receive: Receive,
        send: Send,
    ) -> None:
        frames = await self._frames(request, context, credentials.headers.get("last-event-id"), reading)
        if isinstance(frames, Outcome) and frames.status in {405, 413}:
            await self._respond(send, frames, Media.GRAPHQL, None)
            return
        self._streams += 1
        try:
            await event_stream(frames, receive, send, self._stopping, self._credentials_end(credentials, context))
        finally:
            self._streams -= 1

    async def _credentials_end(self, credentials: Credentials, context: Context) -> None:
        """Returns when the caller's credentials have expired or do not work any more."""
        request, expires = context.request, context.request.actor.expires_at
        if request.actor.is_anonymous:
            await asyncio.Event().wait()
        async with request.bus.subscribe(key_topics(request.actor)) as news:
            while expires is None or request.now() < expires:
                left = (expires - request.now()).total_seconds() if expires else math.inf
                await hear_of_key(news, min(left, self.recheck_seconds))
                try:
                    await self._authenticate(credentials)
                except (UnauthenticatedError, ForbiddenError):
                    return
                except Exception as error:
                    internal(error, credentials.request_id)

    async def _frames(
        self, request: GraphRequest, context: Context, last_event_id: str | None, reading: bool
    ) -> "Frames | Outcome":
        ready = await self._engine.prepare(request, context, reading=reading)
        if isinstance(ready, Outcome):
            return ready
        if ready.operation.kind is not OperationType.SUBSCRIPTION:
            return await self._engine.execute(ready)
        return await self._shared.open(ready, _cursor(last_event_id))

    async def _refuse(self, send: Send, error: SlotgraphError, media: Media, credentials: Credentials) -> None:
        entry = refusal(error, credentials.request_id)
        status, extra = error.status, {}
        if isinstance(error, HttpRefusal):
            status, extra = error.refused_status, error.headers
            entry["extensions"]["code"] = error.refused_code.value
        elif error.code is ErrorCode.UNAUTHENTICATED:
            extra = {"www-authenticate": "Bearer"}
        pairs = [(name.encode(), value.encode()) for name, value in extra.items()]
        with suppress(OSError):
            await _send(send, status, _content_type(media), orjson.dumps({"errors": [entry]}), pairs)


class ClientGoneError(Exception):
    """The client closed the connection while it was sending."""


_EXPLORER_HEADERS = (
    (b"cache-control", b"no-cache"),
    (
        b"content-security-policy",
        b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        b"connect-src 'self' ws: wss:; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
)


def cost_headers(outcome: Outcome) -> list[tuple[bytes, bytes]]:
    """`RateLimit` and `RateLimit-Policy` of the bucket that paid, `Retry-After` where waiting helps."""
    extra: list[tuple[bytes, bytes]] = []
    report = outcome.cost
    if report is not None:
        rate = max(report.restore_rate, 1)
        window = -(-report.limit // rate)
        full_in = -(-(report.limit - report.remaining) // rate)
        extra.append((b"ratelimit", b'"cost";r=%d;t=%d' % (report.remaining, full_in)))
        extra.append((b"ratelimit-policy", b'"cost";q=%d;w=%d' % (report.limit, window)))
    if outcome.retry_after is not None:
        extra.append((b"retry-after", b"%d" % outcome.retry_after))
    return extra


def _content_type(media: Media) -> bytes:
    return (
        b"application/graphql-response+json; charset=utf-8"
        if media is Media.GRAPHQL
        else b"application/json; charset=utf-8"
    )


async def _send(send: Send, status: int, content_type: bytes, body: bytes, extra: Any) -> None:
    headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body)), *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _too_large(limit: int) -> HttpRefusal:
    return HttpRefusal(413, ErrorCode.PAYLOAD_TOO_LARGE, f"The body may have at most {limit} bytes.")


def _query_payload(query_string: bytes) -> dict[str, Any]:
    """The request in the parameters of a GET; raises for one that is not about a stored document."""
    try:
        pairs: dict[str, Any] = dict(
            parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=20)
        )
    except ValueError:
        raise BadRequestError("The URL has too many parameters.") from None
    for name in ("variables", "extensions"):
        if name in pairs:
            try:
                pairs[name] = orjson.loads(pairs[name])
            except orjson.JSONDecodeError:
                raise BadRequestError(f"`{name}` is not JSON.", path=(name,)) from None
    extensions = pairs.get("extensions")
    stored = "documentId" in pairs or (isinstance(extensions, dict) and "persistedQuery" in extensions)
    if pairs.get("query") and not stored:
        text = "GET is for stored documents; send the text of a document by POST."
        raise HttpRefusal(405, ErrorCode.METHOD_NOT_ALLOWED, text, {"allow": "POST"})
    return pairs


def _entity_tag(outcome: Outcome) -> bytes:
    """Weak: the answer is the same although its cost entry may differ."""
    content = orjson.dumps([outcome.data, [error["message"] for error in outcome.errors]])
    return b'W/"%s"' % sha256(content).hexdigest()[:32].encode()


def _cursor(text: str | None) -> str | None:
    """The cursor in a `Last-Event-ID`; what is none is ignored, the stream then begins with a snapshot."""
    if not text:
        return None
    try:
        return parse_event_cursor(text)
    except ScalarInputError:
        return None
