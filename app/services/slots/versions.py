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
    changed = await raw.value(version_by_id(), ref.id)
    if changed is None:
        raise NotFoundError(NOT_FOUND, path=("eventType",))
    return int(changed)
