"""What the worker knows to do: planners of events, handlers of jobs, and work that returns on a timetable."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from app.events.bus import Bus
from app.events.log import LoggedEvent
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class NewJob:
    """Work to be done at `run_at` (None: at once); jobs of one `key` run one after another, oldest first."""

    kind: str
    payload: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    run_at: datetime | None = None
    max_attempts: int = 20


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A message for one webhook, as it will be sent; with an `error` it is noted as dead and not sent."""

    webhook_id: str
    key: str
    trigger: str
    body: str
    sequence: int | None = None
    run_at: datetime | None = None
    content_type: str = "application/json"
    error: str | None = None


@dataclass(frozen=True, slots=True)
class DropJobs:
    """Jobs of this kind and key that wait are not needed any more; what is planned beside it comes after it."""

    kind: str
    key: str


Planned = NewJob | NewDelivery | DropJobs


@dataclass(frozen=True, slots=True)
class WorkContext:
    """What planners, handlers and recurring work may use beside their arguments."""

    settings: Settings
    bus: Bus
    now: Callable[[], datetime]
    random: Random
    steady: Callable[[], float] = time.monotonic
    """Seconds that go on evenly, whatever the wall clock is set to."""


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A claimed job; `attempt` counts from 1."""

    id: int
    kind: str
    key: str | None
    payload: dict[str, Any]
    attempt: int
    max_attempts: int


Planner = Callable[[WorkContext, Sequence[LoggedEvent]], Awaitable[Sequence[Planned]]]
"""Decides what follows from new events. Runs in the relay's transaction, reads only, and answers what to write."""

Handler = Callable[[WorkContext, RunningJob], Awaitable[None]]
"""Does a job. It may run again after a crash, so it must be safe to repeat."""

Recurring = Callable[[WorkContext], Awaitable[None]]


class Timetable(Protocol):
    """When recurring work is due."""

    def after(self, now: datetime) -> datetime:
        """The first due instant after `now`."""


@dataclass(frozen=True, slots=True)
class Every:
    """Due again so long after it was done."""

    interval: timedelta

    def after(self, now: datetime) -> datetime:
        """`now` plus the interval."""
        return now + self.interval


@dataclass(frozen=True, slots=True)
class Daily:
    """Due once a day at a clock time of an IANA zone; a time that a DST change skips is due an hour later."""

    hour: int
    minute: int
    zone: ZoneInfo

    def after(self, now: datetime) -> datetime:
        """The next time this clock time is reached."""
        local = now.astimezone(self.zone)
        due = local.replace(hour=self.hour, minute=self.minute, second=0, microsecond=0, fold=0)
        while due.astimezone(now.tzinfo) <= now:
            due = due + timedelta(days=1)
        return due.astimezone(now.tzinfo)


@dataclass(frozen=True, slots=True)
class Cron:
    """Recurring work under a name that is unique in the installation."""

    name: str
    timetable: Timetable
    work: Recurring


def default_backoff(attempt: int) -> timedelta:
    """5 s after the first failure, doubling, an hour at most."""
    return timedelta(seconds=min(5 * 2 ** min(attempt - 1, 20), 3_600))


@dataclass(frozen=True, slots=True)
class JobKind:
    """How jobs of one kind are done: by whom, how long one may take, how long to wait after failures."""

    handler: Handler
    time_limit: timedelta
    backoff: Callable[[int], timedelta]


class Registry:
    """Filled while the process is put together, read by the worker."""

    def __init__(self) -> None:
        self.planners: dict[str, Planner] = {}
        self.job_kinds: dict[str, JobKind] = {}
        self.crons: dict[str, Cron] = {}
        self.closers: list[Callable[[], Awaitable[None]]] = []

    def register_planner(self, name: str, planner: Planner) -> None:
        """Ask `planner` about every new event."""
        _once(name, self.planners)
        self.planners[name] = planner

    def register_handler(
        self,
        kind: str,
        handler: Handler,
        *,
        time_limit: timedelta = timedelta(minutes=5),
        backoff: Callable[[int], timedelta] = default_backoff,
    ) -> None:
        """Give jobs of this kind to `handler`; a worker claims only kinds that it knows."""
        _once(kind, self.job_kinds)
        self.job_kinds[kind] = JobKind(handler, time_limit, backoff)

    def register_cron(self, name: str, timetable: Timetable, work: Recurring) -> None:
        """Do this again and again: once in the whole installation, whoever is first."""
        _once(name, self.crons)
        self.crons[name] = Cron(name, timetable, work)

    def register_closer(self, close: Callable[[], Awaitable[None]]) -> None:
        """Call this when the worker has stopped: what handlers keep open between jobs ends then."""
        self.closers.append(close)


def _once(name: str, known: dict[str, Any]) -> None:
    if name in known:
        raise ValueError(f"{name!r} is registered already")
