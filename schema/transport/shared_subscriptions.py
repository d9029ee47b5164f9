"""One execution for all who watch the same: its frames are made once and fanned out.

A subscription field takes part by `strawberry.subscription(metadata=SHARED)`; its events then know the whole state they
lead to (`SharedEvent`). Subscribers share a stream when document, variables (but for `after`) and caller scope are
equal. Who joins late is sent the snapshot of the last event first and then every event after that one: both are decided
in one step of the event loop, so nothing is missed or sent twice. Who comes back with a cursor gets the frames after
it, if they are still kept. Who does not, and who reads too slowly, gets `resync` and a snapshot instead.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
from graphql import GraphQLObjectType
from graphql.language import FieldNode

from schema.executor.engine import Engine, Outcome, Ready, Stream
from schema.extensions.cost import field_metadata

SHARED: dict[object, object] = {"slotgraph.shared": True}
"""Metadata of a subscription field whose events are `SharedEvent`s."""

MAX_QUEUED = 16
KEPT_FRAMES = 64
"""How many frames a reader may have missed and still resume."""
OVERFLOW = "overflow"
CURSOR_UNKNOWN = "cursor unknown"


class SharedEvent(Protocol):
    """What a shared subscription field yields. Immutable: it still describes its own version when it is asked later."""

    event_cursor: str | None

    def current_snapshot(self) -> Any:
        """The event that tells somebody new the state after this event."""
        ...

    def resync(self, reason: str) -> Any:
        """The event that tells a reader to forget what it has, since a snapshot follows."""
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """One ready-made execution result: JSON text, and the cursor to resume after it."""

    text: str
    cursor: str | None = None


def frame_of(outcome: Outcome, payload: Any) -> Frame:
    """The frame of an executed event."""
    return Frame(orjson.dumps(outcome.body()).decode(), getattr(payload, "event_cursor", None))


class Subscriber:
    """One reader of a shared stream, with a bounded queue."""

    def __init__(
        self, entry: "_Entry", *, fresh: bool = False, resync: str | None = None, missed: Iterable[Frame] = ()
    ) -> None:
        self._entry = entry
        self._queue: deque[Frame] = deque()
        self._caught_up: deque[Frame] = deque(missed)
        self._fresh = fresh
        self._resync = resync
        self._lagging = False
        self._ended = False
        self._waiter: asyncio.Future[None] | None = None

    def push(self, frame: Frame) -> None:
        """Queue a frame; a full queue is given up for a snapshot."""
        if len(self._queue) >= MAX_QUEUED:
            self._queue.clear()
            self._lagging, self._resync = True, OVERFLOW
        if not self._lagging:
            self._queue.append(frame)
        self._wake()

    def end(self) -> None:
        """Nothing follows what is queued."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def __aiter__(self) -> "Subscriber":
        return self

    async def __anext__(self) -> Frame:
        """What to send next; waits for it."""
        while True:
            if (self._fresh or self._lagging) and self._entry.last is not None:
                self._caught_up.extend(await self._catch_up())
            if self._caught_up:
                return self._caught_up.popleft()
            if self._queue:
                return self._queue.popleft()
            if self._ended:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    async def aclose(self) -> None:
        """Leave the stream."""
        await self._entry.leave(self)

    async def _catch_up(self) -> list[Frame]:
        # No await between taking the event and emptying the queue: what is queued from here on follows that event.
        payload, resync = self._entry.last, self._resync
        self._queue.clear()
        self._caught_up.clear()
        self._fresh = self._lagging = False
        self._resync = None
        snapshot = await self._entry.snapshot(payload)
        if resync is None:
            return [snapshot]
        return [await self._entry.rendered(payload.resync(resync)), snapshot]


class Frames(Protocol):
    """Frames of one subscription; must be closed by who opened it."""

    def __aiter__(self) -> AsyncIterator[Frame]: ...

    async def __anext__(self) -> Frame: ...

    async def aclose(self) -> None: ...


class PrivateFrames:
    """The frames of a stream that nobody else reads; its source is asked only when a frame can be sent."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def __aiter__(self) -> "PrivateFrames":
        return self

    async def __anext__(self) -> Frame:
        payload, outcome = await self._stream.__anext__()
        return frame_of(outcome, payload)

    async def aclose(self) -> None:
        """End the source."""
        await self._stream.aclose()


@dataclass(slots=True, eq=False)
class _Entry:
    """One shared stream and its readers."""

    hub: "SharedSubscriptions"
    key: bytes
    stream: Stream
    after: Any
    last: Any = None
    kept: deque[Frame] = field(default_factory=lambda: deque(maxlen=KEPT_FRAMES))
    subscribers: set[Subscriber] = field(default_factory=set)
    task: "asyncio.Task[None] | None" = None
    _snapshot_of: Any = None
    _snapshot: "asyncio.Future[Frame] | None" = None

    async def run(self) -> None:
        """Execute each event once and hand its frame to everybody."""
        try:
            async for payload, outcome in self.stream:
                frame = frame_of(outcome, payload)
                if payload is not None:
                    self.last = payload
                    self.kept.append(frame)
                for subscriber in self.subscribers:
                    subscriber.push(frame)
        finally:
            self.hub.forget(self)
            for subscriber in self.subscribers:
                subscriber.end()
            with contextlib.suppress(Exception):
                await self.stream.aclose()

    def join(self, after: Any) -> Subscriber:
        """One more reader, who has seen everything up to the cursor `after`, or nothing yet."""
        missed = self._missed(after)
        if missed is not None:
            subscriber = Subscriber(self, missed=missed)
        elif after is None or self.last is None:
            subscriber = Subscriber(self, fresh=self.last is not None or after != self.after)
        else:
            subscriber = Subscriber(self, fresh=True, resync=CURSOR_UNKNOWN)
        self.subscribers.add(subscriber)
        return subscriber

    def _missed(self, after: Any) -> list[Frame] | None:
        """The frames after a cursor; None when they are not kept."""
        cursors = [frame.cursor for frame in self.kept]
        return list(self.kept)[cursors.index(after) + 1 :] if after is not None and after in cursors else None

    async def rendered(self, payload: Any) -> Frame:
        """The frame of an event for one reader."""
        return frame_of(await self.stream.render(payload), payload)

    async def snapshot(self, payload: Any) -> Frame:
        """The snapshot frame after this event, made once for all who join at the same point."""
        if self._snapshot is None or self._snapshot_of is not payload:
            self._snapshot_of = payload
            self._snapshot = asyncio.ensure_future(self.rendered(payload.current_snapshot()))
        return await asyncio.shield(self._snapshot)

    async def leave(self, subscriber: Subscriber) -> None:
        """Forget a reader; the last one ends the stream."""
        self.subscribers.discard(subscriber)
        if self.subscribers or self.task is None or self.task.done():
            return
        self.hub.forget(self)
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await asyncio.wait([self.task], timeout=5)


class SharedSubscriptions:
    """All shared streams of a process, and the way to open any subscription."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._entries: dict[bytes, _Entry] = {}

    async def open(self, ready: Ready, last_event_id: str | None = None) -> "Frames | Outcome":
        """The frames of a subscription, shared where its field allows; an Outcome when it cannot begin."""
        if not self._is_shared(ready):
            opened = await self._engine.open(ready, last_event_id)
            return opened if isinstance(opened, Outcome) else PrivateFrames(opened)
        after = last_event_id or ready.raw_variables.get("after")
        key = _key(ready)
        entry = self._entries.get(key)
        if entry is None:
            opened = await self._engine.open(ready, last_event_id)
            if isinstance(opened, Outcome):
                return opened
            entry = self._entries.get(key)  # somebody else may have been faster
            if entry is None:
                return self._start(key, opened, after)
            await opened.aclose()
        return entry.join(after)

    def _start(self, key: bytes, stream: Stream, after: Any) -> Subscriber:
        entry = self._entries[key] = _Entry(self, key, stream, after)
        subscriber = Subscriber(entry)
        entry.subscribers.add(subscriber)
        entry.task = asyncio.create_task(entry.run())
        return subscriber

    def forget(self, entry: _Entry) -> None:
        """Nobody can join this stream any more."""
        if self._entries.get(entry.key) is entry:
            del self._entries[entry.key]

    def __len__(self) -> int:
        return len(self._entries)

    def _is_shared(self, ready: Ready) -> bool:
        roots = ready.operation.node.selection_set.selections
        root_type = self._engine.schema.subscription_type
        if len(roots) != 1 or not isinstance(roots[0], FieldNode) or not isinstance(root_type, GraphQLObjectType):
            return False
        definition = root_type.fields.get(roots[0].name.value)
        return definition is not None and field_metadata(definition).get("slotgraph.shared") is True


def _key(ready: Ready) -> bytes:
    actor = ready.context.request.actor
    variables = {name: value for name, value in ready.raw_variables.items() if name != "after"}
    scope = [actor.user_id, actor.team_id, actor.is_admin]
    document = [ready.document.text, ready.operation.name]
    return orjson.dumps([document, variables, scope], option=orjson.OPT_SORT_KEYS)
