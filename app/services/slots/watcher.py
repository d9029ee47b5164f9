"""One watcher's place in the stream: what waits for it, bounded."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from app.errors import SlotgraphError
from app.services.slots.events import Resync, ResyncReason, SlotDelta, SlotEvent, SlotSnapshot

WAITING_DELTAS: Final = 64
"""How many changes may wait before they are replaced by a snapshot."""


class Watcher:
    """Events in order; a reader that is too slow gets a resync and the newest snapshot in place of what waited."""

    def __init__(self, snapshot: Callable[[], SlotSnapshot]) -> None:
        self._snapshot = snapshot
        self._waiting: deque[SlotDelta] = deque()
        self._resync: ResyncReason | None = None
        self._starts_over = False
        self._ended = False
        self._error: SlotgraphError | None = None
        self._wake = asyncio.Event()

    def offer(self, delta: SlotDelta) -> None:
        """Queue a change; a snapshot that is still to come will have it anyway."""
        if self._starts_over:
            return
        if len(self._waiting) >= WAITING_DELTAS:
            self.start_over(ResyncReason.TOO_SLOW)
            return
        self._waiting.append(delta)
        self._wake.set()

    def start_over(self, reason: ResyncReason | None) -> None:
        """Replace what waits by a snapshot, announced by a resync if there is a reason."""
        self._waiting.clear()
        self._resync = reason
        self._starts_over = True
        self._wake.set()

    def end(self, error: SlotgraphError | None) -> None:
        """End the stream, after what waits, with the error if there is one."""
        self._ended = True
        self._error = error
        self._wake.set()

    async def next(self) -> SlotEvent | None:
        """Wait for the next event; None at the end, or the error that has ended it."""
        while not (self._starts_over or self._waiting):
            if self._ended:
                if self._error is not None:
                    raise self._error
                return None
            self._wake.clear()
            await self._wake.wait()
        if self._waiting:
            return self._waiting.popleft()
        if self._resync is not None:
            reason, self._resync = self._resync, None
            return Resync(reason)
        self._starts_over = False
        return self._snapshot()
