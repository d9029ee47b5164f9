"""The hosts that a worker sends to, how fast each answers, and how much of the worker the slower ones may take.

Whoever holds up a request for long shares a small part of the worker's places with all others that do; whoever has not
yet been quick leaves some to those who have. So hosts that stall, however many, hold up only each other.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from typing import Final
from urllib.parse import urlsplit

from app.events.delivery_rows import DELIVERED, Claimed, Due, Outcome

QUICK_ROOM: Final = 128
"""Messages in hand for a quick host; the others get no more than can be sent at once."""

QUICK: Final = timedelta(milliseconds=500)
KNOWN_HOSTS: Final = 5_000


class Pace(IntEnum):
    """How a host's last answer came."""

    SLOW = 0
    ORDINARY = 1
    QUICK = 2


SHARES: Final = {Pace.SLOW: 1 / 8, Pace.ORDINARY: 3 / 4, Pace.QUICK: 1.0}
"""Which part of all places hosts of this pace and of the slower ones may take together."""


def pace_of(outcome: Outcome, time_limit: timedelta) -> Pace:
    """Slow is what takes half of the time that there is, however it ends."""
    took = timedelta(milliseconds=outcome.duration_ms or 0)
    if took >= time_limit / 2:
        return Pace.SLOW
    return Pace.QUICK if outcome.status == DELIVERED and took <= QUICK else Pace.ORDINARY


def host_of(url: str) -> str:
    """Host and port; empty for what is no address."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


@dataclass(slots=True)
class Lane:
    """What waits for one host; `in_hand` counts also what is being sent and what is not written down yet."""

    host: str
    per_host: int
    pace: Pace = Pace.ORDINARY
    waiting: deque[Claimed] = field(default_factory=deque)
    senders: set[asyncio.Task[None]] = field(default_factory=set)
    in_hand: int = 0

    @property
    def room(self) -> int:
        """Messages that may be in hand."""
        return QUICK_ROOM if self.pace is Pace.QUICK else self.per_host

    @property
    def is_busy(self) -> bool:
        """Whether it is too early to fetch more."""
        return self.in_hand > self.room // 2

    def empty(self) -> list[Claimed]:
        """Take out what waits."""
        waiting = list(self.waiting)
        self.waiting.clear()
        return waiting


class Lanes:
    """Every host that is known, those heard of last at the end, and which webhook leads to which host."""

    def __init__(self, per_host: int, places: int) -> None:
        self._per_host = per_host
        self._places = places
        self._lanes: OrderedDict[str, Lane] = OrderedDict()
        self._hosts: dict[str, str] = {}

    def __iter__(self) -> Iterator[Lane]:
        return iter(self._lanes.values())

    def of(self, due: Due) -> Lane:
        """The lane of a delivery's host; makes one for a new host, and forgets the one that was idle for longest."""
        host = host_of(due.url)
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = Lane(host, self._per_host)
            self._forget()
        self._lanes.move_to_end(host)
        self._hosts[due.webhook_id] = host
        return lane

    def _forget(self) -> None:
        idle = [lane.host for lane in self if not lane.in_hand] if len(self._lanes) > KNOWN_HOSTS else []
        for host in idle[: len(self._lanes) - KNOWN_HOSTS]:
            del self._lanes[host]
            self._hosts = {webhook: at for webhook, at in self._hosts.items() if at != host}

    def look(self) -> "Look":
        """What may be fetched now."""
        return Look(self, self._places)

    def closed(self, look: "Look") -> set[str]:
        """Webhooks whose hosts are busy, or too slow to get another place, or were refused one in this look."""
        shut = {lane.host for lane in self if lane.is_busy or not look.has_place(lane.pace)} | look.refused
        return {webhook for webhook, host in self._hosts.items() if host in shut}


class Look:
    """One look for work: hands out the places that are free, as far as each host may have them."""

    def __init__(self, lanes: Lanes, places: int) -> None:
        self._lanes = lanes
        self._limits = {pace: int(places * share) for pace, share in SHARES.items()}
        self._taken = Counter({pace: sum(lane.in_hand for lane in lanes if lane.pace is pace) for pace in Pace})
        self._of_host: Counter[str] = Counter()
        self.refused: set[str] = set()

    @property
    def room(self) -> int:
        """Places that are free for the quickest."""
        return self._limits[Pace.QUICK] - self._taken.total()

    def has_place(self, pace: Pace) -> bool:
        """Whether a host of this pace may have one more."""
        return all(
            sum(self._taken[each] for each in Pace if each <= bound) < limit
            for bound, limit in self._limits.items()
            if bound >= pace
        )

    def take(self, due: Due) -> bool:
        """Give a place to this delivery, unless its host has as many as it may."""
        lane = self._lanes.of(due)
        if lane.in_hand + self._of_host[lane.host] >= lane.room or not self.has_place(lane.pace):
            self.refused.add(lane.host)
            return False
        self._of_host[lane.host] += 1
        self._taken[lane.pace] += 1
        return True
