"""Event types as this process has read them last: one statement less for every booking on PostgreSQL.

Nothing of it is believed: the statement that reads what is taken says in the same moment how the event type stands,
and one that anybody has written to since is read anew.
"""

from datetime import date
from weakref import WeakKeyDictionary

import orjson

from app.bounded import Bounded
from app.context import RequestContext
from app.db import raw
from app.db.connection import current
from app.db.session import Database
from app.domain.facts import BusyFacts
from app.errors import NotFoundError
from app.services.bookings.profile import EventTypeRead, SeenVersions, profile_in, since
from app.services.bookings.profile_sql import facts_and_profile
from app.services.bookings.remembered_sql import busy_and_standing
from app.services.slots.busy import BusyWindow, ask_busy, read_busy
from app.services.slots.facts import NOT_FOUND, EventTypeFacts, facts_in, first_day
from app.services.slots.refs import EventTypeRef

_Memory = Bounded[tuple[int, date], EventTypeRead]
_memories: WeakKeyDictionary[Database, _Memory] = WeakKeyDictionary()
"""Of each database that is open, event types by id and the day from which on they were read."""


async def read_event_type(ctx: RequestContext, event_type_id: int) -> EventTypeRead:
    """Scheduling facts and profile of an event type, in one statement. Raises NotFoundError."""
    row = await raw.row(facts_and_profile(), event_type_id, first_day(ctx), *since(ctx.now()))
    if row is None:
        raise NotFoundError(NOT_FOUND, path=("eventType",))
    facts, profile = facts_in(EventTypeRef(id=event_type_id), row), profile_in(event_type_id, row)
    read = EventTypeRead(facts, profile, profile.seen, _mark_in(row["standing"]))
    if _is_kept(read):
        _memory()[event_type_id, first_day(ctx)] = read
    return read


def remembered(ctx: RequestContext, event_type_id: int | None) -> EventTypeRead | None:
    """The event type as it was, if this process has read it today."""
    return None if event_type_id is None else _memory().get((event_type_id, first_day(ctx)))


async def busy_if_unchanged(
    ctx: RequestContext, known: EventTypeRead, window: BusyWindow
) -> tuple[EventTypeRead, BusyFacts] | None:
    """What is taken, with the event type as it stands now; None when it has changed, and has to be read anew."""
    question = ask_busy([known.facts], window)
    row = (await raw.rows(busy_and_standing(question.shape), *question.params, known.facts.event_type_id))[0]
    mark, changed, version, hosts = orjson.loads(row["standing"] or "[null,0,0,[]]")
    if mark != known.mark:
        _memory().pop((known.facts.rules.id, first_day(ctx)), None)
        return None
    seen = SeenVersions(version, dict(hosts))
    facts = EventTypeFacts(known.facts.event_type_id, known.facts.setup, changed)
    current = EventTypeRead(facts, known.profile, seen, mark)
    return current, read_busy(row, [known.facts])[0]


def _memory() -> _Memory:
    database = current()
    memory = _memories.get(database)
    if memory is None:
        memory = _memories[database] = Bounded(2_048)
    return memory


def _mark_in(standing: str | None) -> str | None:
    return orjson.loads(standing)[0] if standing else None


def _is_kept(read: EventTypeRead) -> bool:
    """Not where each booking writes to the event type, or is made under locks that ask for everything anew."""
    rules = read.facts.rules
    return not (read.mark is None or rules.count_limits or rules.duration_limits or rules.seats_per_slot)
