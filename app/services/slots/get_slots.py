"""List free starts: of one event type or dynamic group, or of several at once; two statements either way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.context import RequestContext
from app.domain.facts import BusyFacts
from app.domain.outcomes import SlotList
from app.domain.slots import list_slots
from app.errors import InvalidInputError
from app.services.slots.busy import BusyWindow, load_many_busy
from app.services.slots.facts import EventTypeFacts, load_facts, load_many_facts
from app.services.slots.listing import list_free
from app.services.slots.narrowing import may_narrow
from app.services.slots.queries import check_duration, slot_query, window_of, zone_of
from app.services.slots.refs import EventTypeRef
from app.services.slots.views import SlotsView

MAX_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSlots:
    """Which starts of an event type are free in a window.

    `start` and `end` carry an offset. `zone` is the IANA zone of the booker: dates and texts are in it, and rolling
    booking windows end at its midnight (BT-26); None means UTC. `duration` is in minutes, None = the default one.
    `moved_uid` is a booking about to be rescheduled, which does not block (BT-5); `own_hold_uid` the caller's
    reservation, which does not hide its slot (RS-5).
    """

    ref: EventTypeRef
    start: datetime
    end: datetime
    zone: str | None = None
    duration: int | None = None
    moved_uid: str | None = None
    own_hold_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetManySlots:
    """The same window and zone for several event types and groups, at most 50; `duration` must suit each of them."""

    refs: tuple[EventTypeRef, ...]
    start: datetime
    end: datetime
    zone: str | None = None
    duration: int | None = None


async def get_slots(ctx: RequestContext, command: GetSlots) -> SlotsView:
    """Free starts, for anybody: hidden event types are found too (BK-13). Two statements.

    A third one where a round robin asks only its fairest hosts (TM-5), or only the host of the booking being moved.

    Raises NotFoundError, InvalidInputError (window, zone, duration), PolicyViolationError (a group's member declines).
    """
    window = window_of(ctx, command.start, command.end, command.zone)
    facts = await load_facts(ctx, command.ref)
    check_duration(facts.rules, command.duration)
    found = await list_free(
        ctx, facts, window, command.duration, moved_uid=command.moved_uid, own_hold_uid=command.own_hold_uid
    )
    return _view(facts, found.slots, command)


async def get_many(ctx: RequestContext, command: GetManySlots) -> list[SlotsView]:
    """Free starts of each event type, in the order asked for; errors as of `get_slots`, one wrong ref fails all."""
    if not 1 <= len(command.refs) <= MAX_AT_ONCE:
        raise InvalidInputError.at("eventTypes", f"Ask for 1 to {MAX_AT_ONCE} event types at once.", "count")
    window = window_of(ctx, command.start, command.end, command.zone)
    found = await load_many_facts(ctx, command.refs)
    for facts in found:
        check_duration(facts.rules, command.duration)
    shared = [facts for facts in found if not may_narrow(facts, None)]
    taken = dict(zip(map(id, shared), await load_many_busy(shared, window), strict=True))
    return [_view(facts, await _slots(ctx, facts, taken.get(id(facts)), window, command), command) for facts in found]


async def _slots(
    ctx: RequestContext, facts: EventTypeFacts, busy: BusyFacts | None, window: BusyWindow, command: GetManySlots
) -> SlotList:
    if busy is None:
        return (await list_free(ctx, facts, window, command.duration)).slots
    return list_slots(slot_query(ctx, facts, busy, window, command.duration))


def _view(facts: EventTypeFacts, slots: SlotList, command: GetSlots | GetManySlots) -> SlotsView:
    return SlotsView(
        facts.event_type_id, slots.starts, slots.length_minutes, slots.seats, facts.version, zone_of(command.zone)
    )
