"""Read holds: anybody who knows the uid may (RS-8)."""

from datetime import datetime
from math import ceil
from typing import Any

from app.context import RequestContext
from app.db import raw
from app.services.holds.views import HoldView
from app.services.slots.queries import now_s

_FIND = """
    SELECT s.uid, s.event_type_id, s.start_s, s.end_s, s.expires_s, s.is_seat, s.created_by_id, s.created_at, h.host_id
      FROM slot_holds s LEFT JOIN slot_hold_hosts h ON h.hold_id = s.id
     WHERE s.uid = $1 AND NOT s.released AND s.expires_s > $2::bigint
     ORDER BY h.id"""


async def get_hold(ctx: RequestContext, uid: str) -> HoldView | None:
    """A live hold; None when there is none, has expired or was released (RS-8)."""
    return await find_hold(uid, now_s(ctx))


async def find_hold(uid: str, at_s: int) -> HoldView | None:
    """The hold as of an instant in epoch seconds."""
    rows = await raw.rows(_FIND, uid, at_s)
    return _view(rows) if rows else None


def _view(rows: list[Any]) -> HoldView:
    first = rows[0]
    created: datetime | None = raw.instant(first["created_at"])
    life = first["expires_s"] - (created.timestamp() if created else first["expires_s"])
    return HoldView(
        uid=first["uid"],
        event_type_id=first["event_type_id"],
        start_s=first["start_s"],
        end_s=first["end_s"],
        expires_s=first["expires_s"],
        hold_minutes=ceil(life / 60),
        host_ids=tuple(row["host_id"] for row in rows if row["host_id"] is not None),
        is_seat=bool(first["is_seat"]),
        created_by_id=first["created_by_id"],
    )
