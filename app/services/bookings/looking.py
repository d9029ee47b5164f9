"""Who is free at the starts that somebody wants, with everything the decision rests on (BK-4, BK-11, BK-12)."""

from dataclasses import dataclass

from app.context import RequestContext
from app.domain.enums import BookingStatus
from app.domain.outcomes import Bookable
from app.errors import SlotgraphError
from app.services.bookings.available import check_starts, load_query, query_of, window_of
from app.services.bookings.building import Prepared
from app.services.bookings.create_command import CreateBooking
from app.services.bookings.preparing import check_version, prepare_for
from app.services.bookings.remembered import busy_if_unchanged, remembered


@dataclass(frozen=True, slots=True)
class Looked:
    """A request, and who is free at each of its starts."""

    made: Prepared
    free: list[Bookable]


async def look(ctx: RequestContext, made: Prepared) -> Looked:
    """Ask what is taken. Raises PolicyViolationError, LimitReachedError, SeatsFullError, Unavailable."""
    wish = made.wish
    query = await load_query(ctx, made.facts, wish.starts, wish.length, wish.zone)
    return Looked(made, check_starts(query, wish.starts, wish.length))


async def look_at_once(ctx: RequestContext, command: CreateBooking) -> Looked | None:
    """The same in one statement, for an event type that is remembered and has not changed; None for any other.

    Raises VersionConflictError, and what `look` raises.
    """
    made = await _prepared(ctx, command)
    if made is None:
        return None
    wish = made.wish
    window = window_of(ctx, wish.starts, wish.length, wish.zone)
    found = await busy_if_unchanged(ctx, made.read, window)
    if found is None:
        return None
    read, busy = found
    check_version(read.facts, command.expected_version)
    query = query_of(ctx, read.facts, busy, window, wish.length)
    now = Prepared(command=command, read=read, wish=wish, status=made.status, now_s=made.now_s)
    return Looked(now, check_starts(query, wish.starts, wish.length))


async def _prepared(ctx: RequestContext, command: CreateBooking) -> Prepared | None:
    """None also for what it refuses as it was: it may have changed; requests look for an equal one first (BK-18)."""
    known = remembered(ctx, command.event_type.id)
    if known is None:
        return None
    try:
        command.event_type.check()
        made = await prepare_for(ctx, command, known)
    except SlotgraphError:
        return None
    return None if made.status is BookingStatus.PENDING else made
