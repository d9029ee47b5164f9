"""Read everything about a request that does not depend on what is booked (BK-4, BK-11)."""

from app.context import RequestContext
from app.db import raw
from app.domain.enums import BookingStatus
from app.errors import NotFoundError, VersionConflictError
from app.services.bookings.available import now_s
from app.services.bookings.blocked import refuse_blocked
from app.services.bookings.building import Prepared, status_of
from app.services.bookings.create_command import CreateBooking
from app.services.bookings.loading import load_views
from app.services.bookings.profile import EventProfile, EventTypeRead, group_profile, load_profile
from app.services.bookings.remembered import read_event_type
from app.services.bookings.views import BookingView
from app.services.bookings.wish import read_wish
from app.services.slots.facts import EventTypeFacts, load_facts
from app.services.slots.refs import EventTypeRef


async def prepare(ctx: RequestContext, command: CreateBooking) -> Prepared:
    """Facts, profile and checked wish of a request, in one statement; two for event types named otherwise than by id.

    Raises NotFoundError (BK-4), VersionConflictError, InvalidInputError, ForbiddenError (BK-27), PolicyViolationError
    (TM-24).
    """
    read = await _read(ctx, command.event_type)
    check_version(read.facts, command.expected_version)
    return await prepare_for(ctx, command, read)


async def prepare_for(ctx: RequestContext, command: CreateBooking, read: EventTypeRead) -> Prepared:
    """The same for an event type that has been read."""
    wish = read_wish(command, read.profile)
    await refuse_blocked(ctx, wish.booker.email)
    now = now_s(ctx)
    return Prepared(
        command=command,
        read=read,
        wish=wish,
        status=status_of(read.profile, wish, now),
        now_s=now,
    )


async def _read(ctx: RequestContext, ref: EventTypeRef) -> EventTypeRead:
    if ref.id is None:
        facts = await facts_of(ctx, ref)
        profile = await profile_of(ctx, facts)
        return EventTypeRead(facts, profile, profile.seen)
    ref.check()
    try:
        return await read_event_type(ctx, ref.id)
    except NotFoundError as error:
        raise NotFoundError(await _not_found(ref), path=("eventType",)) from error


def check_version(facts: EventTypeFacts, expected: int | None) -> None:
    """Refuse a caller who decided on older slots than there are now."""
    if expected is not None and expected < facts.version:
        message = "The free slots have changed since expectedVersion."
        raise VersionConflictError(message, current_version=facts.version)


async def profile_of(ctx: RequestContext, facts: EventTypeFacts) -> EventProfile:
    """The profile of an event type or dynamic group."""
    if facts.event_type_id is None:
        return await group_profile(facts.setup)
    return await load_profile(facts.event_type_id, ctx.now())


async def facts_of(ctx: RequestContext, ref: EventTypeRef) -> EventTypeFacts:
    """The facts of the event type; NotFoundError with the documented text (BK-4)."""
    try:
        return await load_facts(ctx, ref)
    except NotFoundError as error:
        if ref.is_group:
            raise
        raise NotFoundError(await _not_found(ref), path=("eventType",)) from error


async def _not_found(ref: EventTypeRef) -> str:
    if ref.id is not None:
        return f"Event type with id {ref.id} not found."
    owner = f"user {ref.username}" if ref.username is not None else f"team {ref.team_slug}"
    if ref.username is not None and not await raw.rows("SELECT 1 FROM users WHERE username = $1", ref.username):
        return f"User with username {ref.username} not found"
    if ref.team_slug is not None and not await raw.rows("SELECT 1 FROM teams WHERE slug = $1", ref.team_slug):
        return f"Team with slug {ref.team_slug} not found"
    within = f" within organization {ref.organization_slug}" if ref.organization_slug else ""
    return f"Event type with slug {ref.slug} belonging to {owner}{within} not found."


async def requested_before(ctx: RequestContext, made: Prepared) -> BookingView | None:
    """The pending booking that the same person asked for before (BK-18)."""
    if made.status is not BookingStatus.PENDING:
        return None
    where = (
        "WHERE b.event_type_id = $3::int AND b.start_s = $4::bigint AND b.booker_email = $5 AND b.status = 'PENDING'"
        " AND EXISTS (SELECT 1 FROM attendees p WHERE p.booking_id = b.id AND p.kind = 'BOOKER'"
        " AND coalesce(p.phone_number, '') = coalesce($6::text, '')) ORDER BY b.id LIMIT 1"
    )
    booker = made.wish.booker
    found = await load_views(ctx.actor, where, made.profile.id, made.wish.starts[0], booker.email, booker.phone)
    return found[0] if found else None
