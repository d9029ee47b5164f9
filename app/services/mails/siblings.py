"""What happened to several occurrences of a series in one transaction, however the relay parts it (BK-43)."""

from collections.abc import Sequence
from typing import Final

from app.db import raw
from app.events.log import COLUMNS, LoggedEvent, logged_event

_SERIES: Final = """
SELECT DISTINCT recurring_uid FROM bookings WHERE uid = ANY($1::text[]) AND recurring_uid IS NOT NULL
"""
_OF_SERIES: Final = "key IN (SELECT uid FROM bookings WHERE recurring_uid = ANY($1::text[]))"
# What the relay has not moved yet stands in the outbox; such events have no numbers.
_LOGGED: Final = f"SELECT {COLUMNS} FROM event_log WHERE {_OF_SERIES} AND occurred_at BETWEEN $2 AND $3"  # noqa: S608
_WAITING: Final = f"""
SELECT 0 AS sequence, type, key, 0 AS key_sequence, topics, payload, user_id, team_id, event_type_id, booking_id,
       created_at AS occurred_at
  FROM outbox WHERE {_OF_SERIES} AND created_at BETWEEN $2 AND $3
"""  # noqa: S608 constants


async def with_siblings(events: Sequence[LoggedEvent]) -> list[LoggedEvent]:
    """These events and those of the same series at the same time that come in another part."""
    uids = sorted({event.key for event in events})
    series = [row["recurring_uid"] for row in await raw.rows(_SERIES, uids)]
    if not series:
        return list(events)
    span = min(event.occurred_at for event in events), max(event.occurred_at for event in events)
    rows = [*await raw.rows(_LOGGED, series, *span), *await raw.rows(_WAITING, series, *span)]
    known = {event.sequence for event in events}
    return [*events, *(logged_event(row) for row in rows if row["sequence"] not in known)]
