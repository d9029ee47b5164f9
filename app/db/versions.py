"""`slots_changed_at`: the microsecond counters that slotsVersion is the highest of."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.context import RequestContext
from app.db.statements import Part


class _Clock:
    last = 0


def now_us(ctx: RequestContext) -> int:
    """Microseconds since the epoch by the caller's clock, never the same twice in a process.

    So two changes of different rows within one tick still raise the highest of their counters.
    """
    _Clock.last = max(_Clock.last + 1, int(ctx.now().timestamp() * 1_000_000))
    return _Clock.last


@dataclass(slots=True)
class Changed:
    """Whose slots a transaction may have moved."""

    hosts: set[int] = field(default_factory=set)
    event_types: set[int] = field(default_factory=set)
    schedules: set[int] = field(default_factory=set)


def version_parts(changed: Changed, now: int) -> list[Part]:
    """One update per table with changed rows, always in the same order so that writers queue instead of deadlocking."""
    tables = (("users", changed.hosts), ("event_types", changed.event_types), ("schedules", changed.schedules))
    return [_bump(table, ids, now) for table, ids in tables if ids]


def _bump(table: str, ids: Iterable[int], now: int) -> Part:
    text = (
        f"UPDATE {table} SET slots_changed_at = greatest(slots_changed_at + 1, {{}}::bigint) "
        f"WHERE id IN (SELECT id FROM {table} WHERE id = ANY({{}}) ORDER BY id FOR NO KEY UPDATE)"
    )
    return Part(text, [now, sorted(ids)])
