"""One recomputation per change for everybody in this process who watches the same slots."""

import asyncio
import logging
import secrets
from collections import deque
from contextvars import Context
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final, Literal

from app.context import ANONYMOUS, RequestContext
from app.db.unit_of_work import now_us
from app.errors import ServiceUnavailableError, SlotgraphError
from app.events.bus import GAP, Hint, Marker, Subscription
from app.services.slots.events import ResyncReason, SlotDelta, SlotSnapshot, SlotState
from app.services.slots.queries import now_s
from app.services.slots.state import WatchedQuery, read_state
from app.services.slots.versions import change_mark
from app.services.slots.watcher import Watcher

logger = logging.getLogger(__name__)

KEPT_DELTAS: Final = 256
"""How many changes a watcher may have missed and still resume."""
UNKNOWN: Final = -1
"""A mark that no state has."""

Heard = list[Hint] | Literal[Marker.GAP] | None


@dataclass(frozen=True, slots=True)
class HubTiming:
    """Seconds: how long changes are gathered, how often the version is polled, how old slots may get that nothing has
    moved, how long an unwatched hub stays."""

    gather: float = 0.004
    poll: float = 5.0
    reread: float = 60.0
    linger: float = 30.0


class SlotsHub:
    """Keeps the slots of one query current and tells its watchers."""

    def __init__(self, ctx: RequestContext, query: WatchedQuery, timing: HubTiming) -> None:
        self.query = query
        self.recomputed = 0
        self.users = 0
        self.retired = False
        self._ctx = RequestContext(ANONYMOUS, ctx.settings, ctx.bus, now=ctx.now, random=ctx.random)
        self._timing = timing
        self._name = secrets.token_urlsafe(6)
        self._topics: frozenset[str] = frozenset()
        self._mark = UNKNOWN
        self._read_at = 0.0
        self._state: SlotState | None = None
        self._snapshot: SlotSnapshot | None = None
        self._kept: deque[SlotDelta] = deque(maxlen=KEPT_DELTAS)
        self._watchers: set[Watcher] = set()
        self._error: SlotgraphError | None = None
        self._ready = asyncio.Event()
        # In a context of its own: it outlives the request that starts it.
        self._task = asyncio.get_running_loop().create_task(self._run(), context=Context())

    @property
    def finished(self) -> bool:
        """Whether it will tell nothing more."""
        return self._task.done()

    def close(self) -> None:
        """Stop."""
        self._task.cancel()

    async def join(self, after: str | None) -> Watcher:
        """A new watcher. It begins with a snapshot, or with what it has missed since the cursor `after`."""
        await self._ready.wait()
        watcher = Watcher(self.snapshot)
        self._watchers.add(watcher)
        if self._state is not None and after is None:
            watcher.start_over(None)
        elif self._state is not None and after is not None:
            self._resume(watcher, self._state, after)
        if self.finished:
            watcher.end(self._error)
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """Forget a watcher."""
        self._watchers.discard(watcher)

    def snapshot(self) -> SlotSnapshot:
        """The slots now; one object for all watchers."""
        state = self._current()
        if self._snapshot is None or self._snapshot.version != state.version:
            self._snapshot = state.snapshot(self._cursor(state.version))
        return self._snapshot

    def _current(self) -> SlotState:
        assert self._state is not None, "nobody joins before there is a state"  # noqa: S101
        return self._state

    def _cursor(self, version: int) -> str:
        # Only this hub's versions mean the same slots: elsewhere time may have taken some away at another moment.
        return f"{self._name}.{version}"

    def _resume(self, watcher: Watcher, state: SlotState, after: str) -> None:
        if after == self._cursor(state.version):
            return
        known = [self._cursor(delta.previous_version) for delta in self._kept]
        if after not in known:
            watcher.start_over(ResyncReason.CURSOR_UNKNOWN)
            return
        for delta in list(self._kept)[known.index(after) :]:
            watcher.offer(delta)

    async def _run(self) -> None:
        try:
            async with self._ctx.bus.subscribe(()) as news:
                self._state = await self._read(news)
                self._ready.set()
                await self._follow(news)
        except SlotgraphError as error:
            self._error = error
        except Exception:
            logger.exception("A watch of slots has broken")
            self._error = ServiceUnavailableError("Slots cannot be watched just now. Try again.")
        finally:
            for watcher in tuple(self._watchers):
                watcher.end(self._error)
            self._task.get_loop().call_soon(self._ready.set)  # when the task is done

    async def _read(self, news: Subscription) -> SlotState:
        """The state, read while listening to everything that can change it."""
        while True:
            mark = await change_mark(self._ctx, self.query.ref)
            state = await read_state(self._ctx, self.query)
            self.recomputed += 1
            if state.topics == self._topics:
                self._mark, self._read_at = mark, monotonic()
                return state
            news.watch(state.topics)
            self._topics = state.topics

    async def _follow(self, news: Subscription) -> None:
        while True:
            heard = await self._wait(news)
            if heard is None:
                return
            try:
                if not await self._update(news, lost=heard is GAP):
                    return
            except ServiceUnavailableError:
                # The database is away: what watchers know stays, and is compared when it is back.
                self._mark = UNKNOWN
                await asyncio.sleep(min(self._timing.poll, 1.0))

    async def _wait(self, news: Subscription) -> Heard:
        """News, gathered for a moment; an empty list when only time has passed; None at the end."""
        timeout = self._timing.poll
        if (due := self._current().next_change_s) is not None:
            timeout = min(timeout, max(0.0, due - self._ctx.now().timestamp()))
        if self._mark == UNKNOWN:
            timeout = 0.0
        try:
            async with asyncio.timeout(timeout):
                heard = await news.take()
        except TimeoutError:
            return []
        if heard is not None:
            await asyncio.sleep(self._timing.gather)
        return heard

    async def _update(self, news: Subscription, *, lost: bool) -> bool:
        """Read again, if there is a reason to, and tell; False when this hub can no longer answer its query."""
        due = self._current().next_change_s
        by_time = due is not None and now_s(self._ctx) >= due
        # BT-1: what a host attends as somebody's guest moves no version of his.
        aged = monotonic() - self._read_at >= self._timing.reread
        if not (lost or by_time or aged) and await change_mark(self._ctx, self.query.ref) == self._mark:
            return True  # a change hinted at twice, or a poll that has found nothing
        state = await self._read(news)
        if state.depends_on_zone != self.query.by_zone:
            self.retired = True
            return False
        self._tell(state)
        if lost:
            for watcher in tuple(self._watchers):
                watcher.start_over(ResyncReason.HINTS_LOST)
        return True

    def _tell(self, new: SlotState) -> None:
        old = self._current()
        if old.looks_like(new) and new.version <= old.version:
            self._state = replace(new, version=old.version)
            return
        # Time alone does not move the version of the rows: the stream's still grows.
        version = new.version if new.version > old.version else max(old.version + 1, now_us(self._ctx))
        self._state = replace(new, version=version)
        delta = old.delta_to(self._state, self._cursor(version))
        self._kept.append(delta)
        for watcher in tuple(self._watchers):
            watcher.offer(delta)
