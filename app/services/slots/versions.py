"""The availability version of an event type by itself: one short statement."""

from app.context import RequestContext
from app.db import raw
from app.errors import NotFoundError
from app.services.slots.facts import NOT_FOUND, load_facts
from app.services.slots.facts_sql import version_by_id
from app.services.slots.refs import EventTypeRef


async def slots_version(ctx: RequestContext, ref: EventTypeRef) -> int:
    """Microseconds since the epoch of the newest change that can have moved slots; NotFoundError for a wrong ref."""
    if ref.id is None:
        return (await load_facts(ctx, ref)).version
    ref.check()
    return (await _read(ref.id))[0]


async def change_mark(ctx: RequestContext, ref: EventTypeRef) -> int:
    """A number that differs whenever anything has changed that can move slots, even by a clock that runs behind."""
    return (await load_facts(ctx, ref)).version if ref.id is None else (await _read(ref.id))[1]


async def _read(event_type_id: int) -> tuple[int, int]:
    row = await raw.row(version_by_id(), event_type_id)
    if row is None:
        raise NotFoundError(NOT_FOUND, path=("eventType",))
    return int(row["changed"]), int(row["mark"])
