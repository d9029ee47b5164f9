"""Hints that something changed, within a process and between processes.

A hint names a topic; it carries no facts. The database is the truth: whoever is woken reads there. So hints may repeat
(a change is hinted at after its commit and again when the event log has it), may be merged and, when they could have
been lost, are replaced by the `GAP` marker: "read everything you watch again".
"""

from asyncio import Event
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, Protocol, Self

from app.settings import Settings

MAX_PENDING: Final = 1_024
"""Different topics one listener may have waiting before they are replaced by a gap."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something about `topic` changed; `sequence` is its newest entry of the event log, 0 if not yet logged."""

    topic: str
    sequence: int = 0


class Marker(Enum):
    """What a listener may get in place of a hint."""

    GAP = "gap"


GAP: Final = Marker.GAP
"""Hints may have been lost: read the state of every topic again."""


@dataclass(frozen=True, slots=True)
class BusState:
    """How the bus is doing; `connected` is always true for a bus that needs no connection."""

    kind: Literal["in-process", "redis"]
    connected: bool
    listeners: int
    published: int
    dropped: int
    gaps: int
    error: str | None = None


class Subscription(Protocol):
    """The hints of some topics, from the moment of `Bus.subscribe` on; iteration ends when the bus closes."""

    async def __aenter__(self) -> Self:
        """Use it as a context manager, so that it is closed."""

    async def __aexit__(self, *_: object) -> None:
        """Close it."""

    def __aiter__(self) -> AsyncIterator[Hint | Literal[Marker.GAP]]:
        """Hints one by one; safe to cancel at every step."""

    async def take(self) -> list[Hint] | Literal[Marker.GAP] | None:
        """Wait for news and return all of it at once; None when the bus has closed."""

    def watch(self, topics: Iterable[str]) -> None:
        """Listen to these topics instead; hints of topics that stay are kept."""

    def close(self) -> None:
        """Stop listening; iteration ends."""


class Bus(Protocol):
    """Carries hints; publishing never fails and never waits for the network."""

    @property
    def state(self) -> BusState:
        """How the bus is doing."""

    async def publish(self, topics: Iterable[str], sequence: int = 0) -> None:
        """Hint at `topics` to every listener: here at once, elsewhere soon."""

    def tell(self, topics: Iterable[str], sequence: int = 0) -> None:
        """Hint at `topics` to the listeners of this process only."""

    def subscribe(self, topics: Iterable[str]) -> Subscription:
        """Listen from now on; use it as `async with bus.subscribe(...) as news:`."""

    async def start(self) -> None:
        """Connect, if the bus needs that; never fails."""

    def complete(self) -> None:
        """End every listener's iteration; new listeners end at once. Publishing still works."""

    async def close(self) -> None:
        """Complete every listener and disconnect."""


class Listener:
    """A bounded, merging queue: at most one hint per topic, and one gap in place of too many."""

    def __init__(self, hub: "LocalHub", topics: Iterable[str], *, max_pending: int = MAX_PENDING) -> None:
        self._hub = hub
        self._topics = frozenset(topics)
        self._max_pending = max_pending
        self._pending: dict[str, int] = {}
        self._gap = False
        self._closed = False
        self._wake = Event()
        hub.register(self)
        hub.add(self, self._topics)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def offer(self, topic: str, sequence: int) -> None:
        """Queue a hint; merges with a waiting one of the same topic."""
        if self._gap:
            return
        if topic not in self._pending and len(self._pending) >= self._max_pending:
            self._hub.count_gap()
            self.offer_gap()
            return
        self._pending[topic] = max(sequence, self._pending.get(topic, 0))
        self._wake.set()

    def offer_gap(self) -> None:
        """Replace what waits by a gap."""
        self._pending.clear()
        self._gap = True
        self._wake.set()

    def end(self) -> None:
        """End the iteration once what waits has been read."""
        self._closed = True
        self._wake.set()

    def watch(self, topics: Iterable[str]) -> None:
        """Listen to these topics instead."""
        wanted = frozenset(topics)
        if self._closed:
            return
        self._hub.remove(self, self._topics - wanted)
        self._hub.add(self, wanted - self._topics)
        for topic in self._topics - wanted:
            self._pending.pop(topic, None)
        self._topics = wanted

    def close(self) -> None:
        """Stop listening."""
        self._hub.remove(self, self._topics)
        self._hub.unregister(self)
        self._topics = frozenset()
        self._pending.clear()
        self._gap = False
        self.end()

    async def take(self) -> list[Hint] | Literal[Marker.GAP] | None:
        """All news at once; None when the bus has closed."""
        while not self._gap and not self._pending:
            if self._closed:
                return None
            self._wake.clear()
            await self._wake.wait()
        if self._gap:
            self._gap = False
            return GAP
        hints = [Hint(topic, sequence) for topic, sequence in self._pending.items()]
        self._pending.clear()
        return hints

    async def __aiter__(self) -> AsyncIterator[Hint | Literal[Marker.GAP]]:
        waiting: deque[Hint] = deque()
        while (news := await self.take()) is not None:
            if news is GAP:
                yield GAP
                continue
            waiting.extend(news)
            while waiting and not self._gap:
                yield waiting.popleft()
            waiting.clear()  # a gap says more than the rest


class LocalHub:
    """Who listens to what in this process."""

    def __init__(self) -> None:
        self._by_topic: dict[str, set[Listener]] = {}
        self._listeners: set[Listener] = set()
        self._completed = False
        self.published = 0
        self.gaps = 0

    def __len__(self) -> int:
        return len(self._listeners)

    def register(self, listener: Listener) -> None:
        """Take in a listener; it ends at once if the bus has closed."""
        self._listeners.add(listener)
        if self._completed:
            listener.end()

    def unregister(self, listener: Listener) -> None:
        """Forget a listener."""
        self._listeners.discard(listener)

    def add(self, listener: Listener, topics: Iterable[str]) -> None:
        """Deliver hints of `topics` to `listener`."""
        for topic in topics:
            self._by_topic.setdefault(topic, set()).add(listener)

    def remove(self, listener: Listener, topics: Iterable[str]) -> None:
        """Deliver no more hints of `topics` to `listener`."""
        for topic in topics:
            members = self._by_topic.get(topic, set())
            members.discard(listener)
            if not members:
                self._by_topic.pop(topic, None)

    def deliver(self, topics: Iterable[str], sequence: int = 0) -> None:
        """Queue a hint of each topic with everybody who listens to it."""
        for topic in topics:
            self.published += 1
            for listener in tuple(self._by_topic.get(topic, ())):
                listener.offer(topic, sequence)

    def count_gap(self) -> None:
        """One listener was too slow."""
        self.gaps += 1

    def gap(self) -> None:
        """Tell everybody that hints may have been lost."""
        self.gaps += len(self._listeners)
        for listener in tuple(self._listeners):
            listener.offer_gap()

    def complete(self) -> None:
        """End every iteration, also those that begin later."""
        self._completed = True
        for listener in tuple(self._listeners):
            listener.end()


class InProcessBus:
    """Reaches the listeners of this process: enough for one process, and for tests."""

    def __init__(self) -> None:
        self._hub = LocalHub()

    @property
    def state(self) -> BusState:
        """Always connected."""
        return BusState("in-process", True, len(self._hub), self._hub.published, 0, self._hub.gaps)

    async def publish(self, topics: Iterable[str], sequence: int = 0) -> None:
        """Deliver at once."""
        self._hub.deliver(topics, sequence)

    def tell(self, topics: Iterable[str], sequence: int = 0) -> None:
        """Deliver at once; here the same as publishing."""
        self._hub.deliver(topics, sequence)

    def subscribe(self, topics: Iterable[str]) -> Listener:
        """Listen from now on."""
        return Listener(self._hub, topics)

    async def start(self) -> None:
        """Nothing to connect."""

    def complete(self) -> None:
        """End every listener's iteration."""
        self._hub.complete()

    async def close(self) -> None:
        """End every listener's iteration."""
        self._hub.complete()


def bus_from(settings: Settings) -> Bus:
    """The bus that `REDIS_URL` asks for; not started."""
    if settings.redis_url is None:
        return InProcessBus()
    from app.events.redis_bus import RedisBus  # noqa: PLC0415 only those who use Redis pay for importing it

    return RedisBus(settings.redis_url, prefix=settings.redis_prefix)
