"""GraphQL over WebSocket (graphql-transport-ws): one `Socket` per connection, all of them known to `Sockets`.

Close codes are chosen by what the usual client does with them: 4400, 4401, 4406, 4409, 4429 and 1011 end it for good;
4403, 4408, 1012 and 1013 let it come back with fresh credentials or to another process. 1011 is never sent.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from graphql.language import OperationType

from app.context import RequestContext
from app.errors import ErrorCode, ForbiddenError, ServiceUnavailableError, SlotgraphError, UnauthenticatedError
from schema.context import Context
from schema.error_entries import internal, refusal
from schema.executor.engine import Engine, Outcome, Ready
from schema.executor.prepared import Phase
from schema.executor.requests import read_request
from schema.extensions.payment import caller_of
from schema.transport.credentials import (
    Authenticate,
    Credentials,
    credentials_of,
    headers_of,
    key_topics,
    with_init_payload,
)
from schema.transport.shared_subscriptions import SharedSubscriptions, frame_of
from schema.transport.ws_messages import SUBPROTOCOL, Close, Message, message, next_prefix, read_message

if TYPE_CHECKING:
    from schema.loaders import Loaders

logger = logging.getLogger("slotgraph.graphql")

INIT_SECONDS = 10.0
BLOCKED_SECONDS = 30.0
WATCH_SECONDS = 5.0
RECHECK_SECONDS = 30.0
"""How often credentials of an open stream are looked at again: a revoked key loses its streams after that long."""
RESTART_REASON = "Service restart: reconnect in 1 s"


class TooManyOperationsError(SlotgraphError):
    """More operations at once than a socket may run."""

    code = ErrorCode.TOO_MANY_OPERATIONS


class Sockets:
    """Every open socket of a process: counts them per caller, watches for stalled ones, closes them at shutdown."""

    def __init__(
        self,
        engine: Engine,
        shared: SharedSubscriptions,
        authenticate: Authenticate,
        make_loaders: "Callable[[RequestContext], Loaders]",
        *,
        blocked_seconds: float = BLOCKED_SECONDS,
        init_seconds: float = INIT_SECONDS,
        recheck_seconds: float = RECHECK_SECONDS,
    ) -> None:
        self.engine = engine
        self.settings = engine.settings
        self.shared = shared
        self.authenticate = authenticate
        self.make_loaders = make_loaders
        self.blocked_seconds = blocked_seconds
        self.init_seconds = init_seconds
        self.recheck_seconds = recheck_seconds
        self._open: set[Socket] = set()
        self._callers: Counter[str] = Counter()
        self._watcher: asyncio.Task[None] | None = None
        self._stopping = False

    async def handle(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        """Serve one connection until it closes."""
        headers = headers_of(scope)
        await receive()  # websocket.connect
        if self._stopping or not self._origin_allowed(headers):
            await send({"type": "websocket.close", "code": 1012 if self._stopping else 4403})
            return
        socket = Socket(self, receive, send, credentials_of(scope, headers))
        if SUBPROTOCOL not in scope.get("subprotocols", ()):
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        self._open.add(socket)
        self._watch()
        try:
            await socket.serve()
        finally:
            self._open.discard(socket)

    def _origin_allowed(self, headers: dict[str, str]) -> bool:
        origin = headers.get("origin")
        allowed = self.settings.graphql_allowed_origins
        if origin is None or "*" in allowed or origin in allowed:
            return True
        return origin.partition("://")[2] == headers.get("host")

    def register(self, context: RequestContext) -> str:
        """Count a socket of this caller; raises Close when there are too many."""
        caller = f"key:{context.actor.api_key_id}" if context.actor.api_key_id else caller_of(context)
        settings = self.settings
        anonymous = context.actor.is_anonymous
        maximum = settings.graphql_max_sockets_per_ip if anonymous else settings.graphql_max_sockets_per_token
        if self._callers[caller] >= maximum:
            raise Close(4429, f"At most {maximum} sockets at once")
        self._callers[caller] += 1
        return caller

    def unregister(self, caller: str) -> None:
        """A socket of this caller has closed."""
        self._callers[caller] -= 1
        if self._callers[caller] <= 0:
            del self._callers[caller]

    def _watch(self) -> None:
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._look_after())

    async def _look_after(self) -> None:
        """Close sockets whose client stopped reading, and look at credentials again."""
        while self._open:
            await asyncio.sleep(min(WATCH_SECONDS, self.blocked_seconds / 2, self.recheck_seconds))
            now = asyncio.get_running_loop().time()
            for socket in list(self._open):
                if now - socket.checked_at > self.recheck_seconds:
                    await socket.recheck(now)
                if socket.blocked_since is not None and now - socket.blocked_since > self.blocked_seconds:
                    logger.warning("socket closed: its client has stopped reading")
                    socket.abandon()

    async def stop(self) -> None:
        """Complete every operation, then close with 1012, which clients answer by coming back."""
        self._stopping = True
        await asyncio.gather(*(socket.finish() for socket in list(self._open)), return_exceptions=True)
        if self._watcher is not None:
            self._watcher.cancel()

    def __len__(self) -> int:
        return len(self._open)

    @property
    def open_operations(self) -> int:
        """Operations at work on all sockets: nearly all of them subscriptions."""
        return sum(len(socket._operations) for socket in self._open)


class Socket:
    """One connection."""

    def __init__(
        self, sockets: Sockets, receive: Callable[[], Any], send: Callable[[Any], Any], credentials: Credentials
    ) -> None:
        self._sockets = sockets
        self._receive = receive
        self._asgi_send = send
        self._credentials = credentials
        self._context: Context | None = None
        self._caller: str | None = None
        self._initialised = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._expiry: asyncio.TimerHandle | None = None
        self._key_watch: asyncio.Task[None] | None = None
        self._task = asyncio.current_task()
        self._closing = False
        self._sending = 0
        self.blocked_since: float | None = None
        self.checked_at = asyncio.get_running_loop().time()

    async def serve(self) -> None:
        """Read and act on messages until the connection ends; no exception leaves it."""
        init_timer = asyncio.get_running_loop().call_later(
            self._sockets.init_seconds, self._close_soon, 4408, "Connection initialisation timeout"
        )
        try:
            while True:
                event = await self._receive()
                if event["type"] == "websocket.disconnect":
                    return
                limit = self._sockets.settings.graphql_max_body
                await self._act(read_message(event.get("text"), limit))
                if self._initialised:
                    init_timer.cancel()
        except Close as order:
            await self._close(order.code, order.reason)
        except (asyncio.CancelledError, OSError):
            return  # abandoned, or the connection broke while sending
        except Exception as error:
            if not _is_disconnect(error):
                internal(error, self._credentials.request_id)
                await self._close(1013, "Try again later")
        finally:
            init_timer.cancel()
            await self._clean_up()

    async def _clean_up(self) -> None:
        self._closing = True
        if self._expiry is not None:
            self._expiry.cancel()
        tasks = list(self._operations.values())
        if self._key_watch is not None:
            tasks.append(self._key_watch)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=10)
        if self._caller is not None:
            self._sockets.unregister(self._caller)

    async def _act(self, received: Message) -> None:
        if received.type == "subscribe":
            await self._subscribe(received)
        elif received.type == "complete":
            task = self._operations.pop(received.id, None)
            if task is not None:
                task.cancel()
        elif received.type == "ping":
            await self._send(message("pong"))
        elif received.type == "connection_init":
            await self._initialise(received.payload or {})

    async def _initialise(self, payload: dict[str, Any]) -> None:
        if self._initialised:
            raise Close(4429, "Too many initialisation requests")
        self._initialised = True
        self._credentials = with_init_payload(self._credentials, payload)
        request = await self._authenticated(self._credentials)
        self._caller = self._sockets.register(request)
        self._context = Context(request, self._sockets.make_loaders)
        expires_at = request.actor.expires_at
        if expires_at is not None:
            seconds = max(0.0, (expires_at - request.now()).total_seconds())
            self._expiry = asyncio.get_running_loop().call_later(seconds, self._close_soon, 4403, "Token expired")
        if key_topics(request.actor):
            self._key_watch = asyncio.create_task(self._watch_key(request))
        await self._send(message("connection_ack"))

    async def _watch_key(self, request: RequestContext) -> None:
        """Close at once when the key is revoked, whichever process did it."""
        async with request.bus.subscribe(key_topics(request.actor)) as news:
            while await news.take() is not None:
                await self.recheck(asyncio.get_running_loop().time())

    async def recheck(self, now: float) -> None:
        """Close when the credentials do not work any more; a fault of ours closes nothing."""
        self.checked_at = now
        if self._context is None or self._context.request.actor.is_anonymous:
            return
        try:
            await self._authenticated(self._credentials)
        except Close as order:
            if order.code != 1013:
                self._close_soon(order.code, order.reason)
        except Exception as error:
            internal(error, self._credentials.request_id)

    async def _authenticated(self, credentials: Credentials) -> RequestContext:
        try:
            return await self._sockets.authenticate(credentials)
        except UnauthenticatedError as error:
            raise Close(4401, error.message) from None
        except ForbiddenError as error:
            raise Close(4403, error.message) from None
        except ServiceUnavailableError:
            raise Close(1013, "Try again later") from None
        except SlotgraphError as error:
            raise Close(4403, error.message) from None

    async def _subscribe(self, received: Message) -> None:
        if self._context is None:
            raise Close(4401, "Unauthorized: send connection_init first")
        if received.id in self._operations:
            raise Close(4409, f"Subscriber for {received.id} already exists")
        maximum = self._sockets.settings.graphql_max_operations_per_socket
        if len(self._operations) >= maximum:
            await self._refuse(received.id, maximum)
            return
        self._operations[received.id] = asyncio.create_task(self._guarded(received))

    async def _refuse(self, identity: str, maximum: int) -> None:
        error = TooManyOperationsError(f"At most {maximum} operations at once on one socket.")
        await self._send(message("error", identity, [refusal(error, self._credentials.request_id)]))

    async def _guarded(self, received: Message) -> None:
        """Run one operation; whatever happens in it stays its own."""
        identity = received.id
        try:
            await self._operate(received)
        except SlotgraphError as error:
            with suppress(Exception):
                await self._send(message("error", identity, [refusal(error, self._credentials.request_id)]))
        except Exception as error:
            if not _is_disconnect(error):
                entry = internal(error, self._credentials.request_id)
                with suppress(Exception):
                    await self._send(message("error", identity, [entry]))
        finally:
            if self._operations.get(identity) is asyncio.current_task():
                del self._operations[identity]

    async def _operate(self, received: Message) -> None:
        assert self._context is not None  # noqa: S101 checked before the task was made
        engine = self._sockets.engine
        ready = await engine.prepare(read_request(received.payload), self._context.fork())
        if isinstance(ready, Ready) and ready.operation.kind is OperationType.SUBSCRIPTION:
            await self._stream(received.id, ready)
            return
        outcome = await engine.execute(ready) if isinstance(ready, Ready) else ready
        await self._answer(received.id, outcome)

    async def _answer(self, identity: str, outcome: Outcome) -> None:
        if outcome.phase is not Phase.EXECUTED:
            await self._send(message("error", identity, outcome.errors))
            return
        await self._send(f"{next_prefix(identity)}{frame_of(outcome, None).text}}}")
        await self._complete(identity)

    async def _stream(self, identity: str, ready: Ready) -> None:
        frames = await self._sockets.shared.open(ready)
        if isinstance(frames, Outcome):
            await self._send(message("error", identity, frames.errors))
            return
        prefix = next_prefix(identity)
        try:
            async for frame in frames:
                await self._send(f"{prefix}{frame.text}}}")
        finally:
            await frames.aclose()
        await self._complete(identity)

    async def _complete(self, identity: str) -> None:
        # The id is free again for the client as soon as it reads this.
        if self._operations.get(identity) is asyncio.current_task():
            del self._operations[identity]
        await self._send(message("complete", identity))

    async def _send(self, text: str) -> None:
        if self._sending == 0:
            self.blocked_since = asyncio.get_running_loop().time()
        self._sending += 1
        try:
            await self._asgi_send({"type": "websocket.send", "text": text})
        finally:
            self._sending -= 1
            self.blocked_since = asyncio.get_running_loop().time() if self._sending else None

    def _close_soon(self, code: int, reason: str) -> None:
        if not self._closing and self._task is not None:
            self._closer = asyncio.ensure_future(self._close(code, reason))

    async def _close(self, code: int, reason: str) -> None:
        """Close unless that is under way; the reader then sees the disconnect."""
        if self._closing:
            return
        self._closing = True
        with suppress(Exception):
            async with asyncio.timeout(5):
                await self._asgi_send({"type": "websocket.close", "code": code, "reason": reason})
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()

    def abandon(self) -> None:
        """End a connection that takes nothing any more, not even a close frame."""
        self._closing = True
        if self._task is not None:
            self._task.cancel()

    async def finish(self) -> None:
        """Complete every operation, then ask the client to come back."""
        operations = dict(self._operations)
        self._operations.clear()
        for task in operations.values():
            task.cancel()
        with suppress(Exception):
            async with asyncio.timeout(2):
                for identity in operations:
                    await self._send(message("complete", identity))
        await self._close(1012, RESTART_REASON)


def _is_disconnect(error: Exception) -> bool:
    """Whether the server says that the client has gone; uvicorn and starlette have their own exceptions for it."""
    return isinstance(error, OSError) or type(error).__name__ in {"ClientDisconnected", "WebSocketDisconnect"}
