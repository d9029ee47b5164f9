"""So many things at a time, and so many of one owner."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Turns:
    """An owner who takes long keeps others waiting only while all turns are taken, and has few of them."""

    def __init__(self, in_all: int, an_owner: int) -> None:
        self._free = asyncio.Semaphore(in_all)
        self._an_owner = an_owner
        self._of: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, owner: int) -> AsyncIterator[None]:
        """Wait for a turn, first among the owner's own, then among all."""
        mine = self._of.get(owner) or self._of.setdefault(owner, asyncio.Semaphore(self._an_owner))
        async with mine, self._free:
            yield
