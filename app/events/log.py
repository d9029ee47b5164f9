"""Reading the event log: every change in commit order, with a gapless `sequence` that serves as a cursor."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app.db import raw

COLUMNS: Final = (
    "sequence, type, key, key_sequence, topics, payload, user_id, team_id, event_type_id, booking_id, occurred_at"
)
SCAN: Final = 500
"""Entries read from the database at once."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One change as the log has it; `occurred_at` is when its transaction ran (UTC)."""

    sequence: int
    type: str
    key: str
    key_sequence: int
    topics: tuple[str, ...]
    payload: dict[str, Any]
    user_id: int | None
    team_id: int | None
    event_type_id: int | None
    booking_id: int | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class LogPage:
    """Events after a cursor; `cursor` is where the next page starts, `more` whether there may be one at once."""

    events: tuple[LoggedEvent, ...]
    cursor: int
    more: bool


def logged_event(row: raw.Row) -> LoggedEvent:
    """The event of a row with `COLUMNS`."""
    occurred_at = raw.instant(row["occurred_at"])
    assert occurred_at is not None  # noqa: S101 the column is NOT NULL
    return LoggedEvent(
        sequence=row["sequence"],
        type=row["type"],
        key=row["key"],
        key_sequence=row["key_sequence"],
        topics=tuple(raw.loads(row["topics"])),
        payload=raw.loads(row["payload"]),
        user_id=row["user_id"],
        team_id=row["team_id"],
        event_type_id=row["event_type_id"],
        booking_id=row["booking_id"],
        occurred_at=occurred_at,
    )


async def newest_sequence() -> int:
    """The sequence of the newest entry, 0 for an empty log: the cursor of somebody who has just read the state."""
    return int(await raw.value("SELECT max(sequence) FROM event_log") or 0)


async def events_after(
    cursor: int,
    *,
    topics: Collection[str] | None = None,
    types: Collection[str] | None = None,
    limit: int = 100,
    scan: int = SCAN,
) -> LogPage:
    """Events after `cursor` in order that name one of `topics` and have one of `types`; None means any.

    At most `limit` events of the next `scan` entries; go on from `page.cursor` while `page.more`. Check
    `is_replayable` first: entries older than the retention are gone.
    """
    found = await raw.rows(
        f"SELECT {COLUMNS} FROM event_log WHERE sequence > $1 ORDER BY sequence LIMIT $2",  # noqa: S608 constant
        cursor,
        scan,
    )
    wanted: list[LoggedEvent] = []
    for row in found:
        if len(wanted) == limit:
            return LogPage(tuple(wanted), cursor, more=True)
        cursor = row["sequence"]
        if (types is None or row["type"] in types) and _names(row["topics"], topics):
            wanted.append(logged_event(row))
    return LogPage(tuple(wanted), cursor, more=len(found) == scan)


def _names(text: Any, topics: Collection[str] | None) -> bool:
    return topics is None or any(topic in topics for topic in raw.loads(text))


async def is_replayable(cursor: int, *, now: datetime, retention: timedelta) -> bool:
    """Whether the log still has everything after `cursor`; false also for a cursor that the log never reached."""
    newest = await newest_sequence()
    if cursor >= newest:
        return cursor == newest
    # Pruning removes what is older than the retention: if the next entry is younger, all that follow are there.
    following = await raw.value("SELECT occurred_at FROM event_log WHERE sequence = $1", cursor + 1)
    occurred_at = raw.instant(following)
    return occurred_at is not None and occurred_at >= now - retention


async def prune(*, now: datetime, retention: timedelta, batch: int = 2_000) -> int:
    """Delete entries older than the retention; how many. The newest entry of each key stays: it carries the count.

    Everything after the oldest entry within the retention stays as well, so `is_replayable` need not look further.
    """
    first_kept = await raw.value("SELECT min(sequence) FROM event_log WHERE occurred_at >= $1", now - retention)
    newest = await newest_sequence()
    bound = newest if first_kept is None else first_kept
    removed = 0
    while bound:
        changed = await raw.execute(
            "DELETE FROM event_log WHERE sequence IN ("
            " SELECT e.sequence FROM event_log e WHERE e.sequence < $1 AND (e.key LIKE 'hold:%' OR EXISTS ("
            "  SELECT 1 FROM event_log n WHERE n.key = e.key AND n.key_sequence > e.key_sequence))"
            " ORDER BY e.sequence LIMIT $2)",
            bound,
            batch,
        )
        removed += changed
        if changed < batch:
            break
    return removed
