"""A wall clock that is set must not send things twice or hold them up.

Rows hold instants of the wall clock, since several machines read them; each worker compares it with steady time. Set
forward, it makes leases look ended: those from before count by the old clock for as long as a lease lasts. Set back, it
makes pauses and leases look long: they are pulled in. What happened while nobody looked, or to another machine's clock,
shows in the rows (made later than now, held or waiting for longer than anything does) and is looked for once a lease.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.db import raw
from app.events.registry import WorkContext

TOLERANCE: Final = timedelta(seconds=1)
"""What is less is no jump; nobody waits noticeably for it."""

LONGEST_WAIT: Final = timedelta(hours=12)
"""Longer than any pause before something is tried again."""


@dataclass(frozen=True, slots=True)
class WorkTable:
    """A table of work: which rows wait for a pause to end (not for a date), and which are under a lease, as SQL."""

    name: str
    pausing: str
    held: str


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant at which work is looked for; leases that end before `leases_end` are over."""

    now: datetime
    leases_end: datetime


class ClockGuard:
    """Watches the clock for whoever takes work of one table under leases of one length."""

    def __init__(self, context: WorkContext, table: WorkTable, lease: timedelta) -> None:
        self._context = context
        self._table = table
        self._lease = lease
        self._offset = self._measure()
        self._ahead = timedelta()
        self._until = self._next_look = context.steady()
        self._set_back = False

    def moment(self) -> Moment:
        """What counts as now, and as the end of a lease."""
        now = self._context.now()
        return Moment(now, now - self._held_longer())

    async def look(self) -> bool:
        """Notice a jump of the clock, and put rows right when it is time to; whether that was done."""
        self._notice()
        steady = self._context.steady()
        if not self._set_back and steady < self._next_look:
            return False
        await self._put_right()
        self._set_back = False
        self._next_look = steady + self._lease.total_seconds()
        return True

    def _notice(self) -> None:
        before, self._offset = self._offset, self._measure()
        jump = self._offset - before
        if abs(jump) < TOLERANCE:
            return
        self._ahead = max(self._held_longer() + jump, timedelta())
        self._until = self._context.steady() + self._lease.total_seconds()
        self._set_back = self._set_back or jump < timedelta()

    def _held_longer(self) -> timedelta:
        return self._ahead if self._context.steady() < self._until else timedelta()

    def _measure(self) -> timedelta:
        return timedelta(seconds=self._context.now().timestamp() - self._context.steady())

    async def _put_right(self) -> None:
        table, now = self._table, self._context.now()
        await raw.execute(
            f"UPDATE {table.name} SET locked_until = $1 WHERE {table.held} AND locked_until > $1",  # noqa: S608
            now + self._lease,
        )
        await raw.execute(
            f"UPDATE {table.name} SET run_at = $1 WHERE {table.pausing} AND run_at > $1"  # noqa: S608
            " AND (created_at > $1 OR run_at > $2)",
            now,
            now if self._set_back else now + LONGEST_WAIT,
        )
