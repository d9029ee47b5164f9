"""A dict that does not grow without end, for what is quicker kept than made again."""

from typing import Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")

LARGEST: Final = 4_096
"""Bytes or characters of what is worth keeping: a few large values are not to take the room of many."""


class Bounded(dict[K, V]):
    """Holds at most `most` entries: the one that came first makes room for the next."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: K, value: V) -> None:
        """Keep a value."""
        if len(self) >= self._most and key not in self:
            del self[next(iter(self))]
        super().__setitem__(key, value)

    def keep(self, key: K, value: V, *, size: int) -> V:
        """Keep a value unless it is larger than LARGEST; answers the value."""
        if size <= LARGEST:
            self[key] = value
        return value
