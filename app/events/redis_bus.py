"""The bus between processes: one Redis channel of hints, filtered where they are heard.

Publishing hands hints to a sender task, so no caller ever waits for Redis or sees it fail. What could not be sent, or
could not be heard, becomes a gap for everybody concerned: here when our own connection was away, elsewhere through a
message once Redis answers again. Heartbeats through Redis itself notice a connection that is open and silent.
"""

import asyncio
import logging
import secrets
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

import orjson
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.events.bus import BusState, Listener, LocalHub

logger = logging.getLogger(__name__)

MAX_UNSENT: Final = 10_000
MAX_TOPICS_PER_MESSAGE: Final = 500
START_WAIT: Final = 1.0
CONNECT_TIMEOUT: Final = 1.0
SEND_TIMEOUT: Final = 1.0
FIRST_RETRY: Final = 0.1
LAST_RETRY: Final = 2.0

REDIS_ERRORS: Final = (RedisError, OSError, TimeoutError)


class RedisBus:
    """Reaches the listeners of every process that shares a Redis and a prefix."""

    def __init__(self, url: str, *, prefix: str = "slotgraph", heartbeat: float = 5.0) -> None:
        self._url = url
        self._channel = f"{prefix}:hints"
        self._origin = secrets.token_hex(6)
        self._heartbeat = heartbeat
        self._hub = LocalHub()
        self._unsent: dict[str, int] = {}
        self._owes_gap = False
        self._unsent_wake = asyncio.Event()
        self._nothing_unsent = asyncio.Event()
        self._subscribed = asyncio.Event()
        self._hears = False
        self._speaks = True
        self._dropped = 0
        self._error: str | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def state(self) -> BusState:
        """Connected when the channel is subscribed and heartbeats come back."""
        return BusState(
            kind="redis",
            connected=self._hears and self._speaks,
            listeners=len(self._hub),
            published=self._hub.published,
            dropped=self._dropped,
            gaps=self._hub.gaps,
            error=self._error,
        )

    async def start(self) -> None:
        """Connect in the background; waits a second at most and never fails."""
        self._tasks = [asyncio.create_task(self._listen(), name="bus-listen")]
        self._tasks.append(asyncio.create_task(self._send(), name="bus-send"))
        with suppress(TimeoutError):
            async with asyncio.timeout(START_WAIT):
                await self._subscribed.wait()

    async def publish(self, topics: Iterable[str], sequence: int = 0) -> None:
        """Deliver here at once and queue for the others."""
        topics = tuple(topics)
        self._hub.deliver(topics, sequence)
        for topic in topics:
            self._unsent[topic] = max(sequence, self._unsent.get(topic, 0))
        if len(self._unsent) > MAX_UNSENT:
            self._drop(len(self._unsent))
            self._unsent.clear()
        self._nothing_unsent.clear()
        self._unsent_wake.set()

    def tell(self, topics: Iterable[str], sequence: int = 0) -> None:
        """Deliver here only."""
        self._hub.deliver(topics, sequence)

    def subscribe(self, topics: Iterable[str]) -> Listener:
        """Listen from now on."""
        return Listener(self._hub, topics)

    def complete(self) -> None:
        """End every listener's iteration."""
        self._hub.complete()

    async def close(self) -> None:
        """End every listener's iteration, send what waits for a moment, disconnect."""
        self._hub.complete()
        if self.state.connected and self._tasks:
            with suppress(TimeoutError):
                async with asyncio.timeout(SEND_TIMEOUT):
                    await self._nothing_unsent.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self._hears = False

    async def _listen(self) -> None:
        delay = FIRST_RETRY
        while True:
            try:
                await self._hear()
            except REDIS_ERRORS as error:
                delay = FIRST_RETRY if self._hears else min(delay * 2, LAST_RETRY)
                self._hears = False
                self._failed(error)
                await asyncio.sleep(delay)

    async def _hear(self) -> None:
        """Listen on one connection until it fails; what was missed before it stood is a gap."""
        # The timeout of reading is ours (`_read`): a timeout of the client would break idle connections.
        async with self._client(socket_timeout=None) as client, client.pubsub() as pubsub:
            async with asyncio.timeout(CONNECT_TIMEOUT * 2):
                await pubsub.subscribe(self._channel)
            while True:
                self._receive(await self._read(pubsub))

    async def _read(self, pubsub: PubSub) -> dict[str, Any] | None:
        async with asyncio.timeout(self._heartbeat * 3):
            message: dict[str, Any] | None = await pubsub.get_message(timeout=None)
            return message

    def _receive(self, message: dict[str, Any] | None) -> None:
        if message is None:
            return
        if message["type"] == "subscribe":
            self._found()
        elif message["type"] == "message":
            self._deliver(message["data"])

    def _deliver(self, data: bytes) -> None:
        try:
            body = orjson.loads(data)
            origin, sequence, topics = body["o"], int(body.get("s", 0)), [str(topic) for topic in body.get("t", ())]
            gap = bool(body.get("g"))
        except (ValueError, TypeError, KeyError, AttributeError):
            logger.warning("bus message not understood")
            return
        if origin == self._origin:
            return
        if gap:
            self._hub.gap()
        self._hub.deliver(topics, sequence)

    def _found(self) -> None:
        """The channel is subscribed (again): whatever was said before was not heard."""
        self._hears = True
        self._subscribed.set()
        self._hub.gap()
        self._works()

    def _failed(self, error: BaseException) -> None:
        if self._error is None:
            logger.warning("bus connection lost", extra={"error_type": type(error).__name__})
        self._error = type(error).__name__

    def _works(self) -> None:
        if self._error is not None and self._hears and self._speaks:
            self._error = None
            logger.info("bus connected again, listeners resynchronise")

    async def _send(self) -> None:
        async with self._client(socket_timeout=SEND_TIMEOUT) as client:
            delay = FIRST_RETRY
            while True:
                await self._something_to_send()
                try:
                    await self._flush(client)
                    delay, self._speaks = FIRST_RETRY, True
                    self._works()
                except REDIS_ERRORS as error:
                    self._owes_gap, self._speaks = True, False
                    self._failed(error)
                    # The circuit is open: what is published meanwhile merges, and a gap will follow.
                    await asyncio.sleep(delay)
                    delay = min(delay * 2, LAST_RETRY)

    async def _something_to_send(self) -> None:
        """Wait for hints, for the time of the next heartbeat, or for nothing if a gap is owed."""
        if self._owes_gap:
            return
        self._unsent_wake.clear()
        if not self._unsent:
            self._nothing_unsent.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._heartbeat):
                    await self._unsent_wake.wait()

    async def _flush(self, client: Redis) -> None:
        """Send a heartbeat with, if owed, the gap; then what waits, grouped by sequence."""
        if self._owes_gap or not self._unsent:
            await self._say(client, {"g": 1} if self._owes_gap else {})
            self._owes_gap = False
        unsent, self._unsent = self._unsent, {}
        try:
            for sequence, topics in _grouped(unsent):
                await self._say(client, {"t": topics, "s": sequence})
        except REDIS_ERRORS:
            self._drop(len(unsent))
            raise

    async def _say(self, client: Redis, body: dict[str, Any]) -> None:
        await client.publish(self._channel, orjson.dumps({"o": self._origin, **body}))

    def _drop(self, count: int) -> None:
        self._dropped += count
        self._owes_gap = True

    def _client(self, *, socket_timeout: float | None) -> Redis:
        # Retries are ours: the client's own would hide a lost connection, and with it lost hints.
        return Redis.from_url(
            self._url,
            socket_timeout=socket_timeout,
            socket_connect_timeout=CONNECT_TIMEOUT,
            socket_keepalive=True,
            retry=Retry(NoBackoff(), 0),
            max_connections=2,
        )


def _grouped(unsent: dict[str, int]) -> list[tuple[int, list[str]]]:
    """Topics by sequence, in messages of a bounded size."""
    by_sequence: dict[int, list[str]] = {}
    for topic, sequence in unsent.items():
        by_sequence.setdefault(sequence, []).append(topic)
    return [
        (sequence, topics[start : start + MAX_TOPICS_PER_MESSAGE])
        for sequence, topics in by_sequence.items()
        for start in range(0, len(topics), MAX_TOPICS_PER_MESSAGE)
    ]
