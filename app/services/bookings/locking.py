"""Row locks of a unit of work, always in the same order: bookings, hosts, event type, each by id.

SQLite has one writer at a time, so there is nothing to lock.
"""

from collections.abc import Iterable

from app.db import raw


async def lock_event_type(event_type_id: int | None) -> None:
    """Make other bookings of a seated or limited event type wait."""
    if event_type_id is not None and raw.dialect() == "postgres":
        await raw.rows("SELECT id FROM event_types WHERE id = $1::int FOR NO KEY UPDATE", event_type_id)


async def lock_hosts(user_ids: Iterable[int]) -> None:
    """Make other bookings of these hosts wait."""
    if raw.dialect() == "postgres":
        ids = sorted(set(user_ids))
        await raw.rows("SELECT id FROM users WHERE id = ANY($1::int[]) ORDER BY id FOR NO KEY UPDATE", ids)


async def lock_bookings(uids: Iterable[str]) -> None:
    """Make other changes of these bookings wait; events of one booking then follow each other (outbox order)."""
    if raw.dialect() == "postgres":
        names = sorted(set(uids))
        await raw.rows("SELECT id FROM bookings WHERE uid = ANY($1::text[]) ORDER BY id FOR UPDATE", names)
