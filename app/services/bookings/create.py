"""Make a booking: regular, recurring, seated, for a team, for a dynamic group, or instant (BK-1 to BK-44)."""

from functools import partial

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import ConstraintError, UnitOfWork
from app.domain.enums import BookingStatus
from app.domain.round_robin import HostAssignment
from app.errors import ConflictError, ServiceUnavailableError
from app.events.outbox import EventType
from app.services.bookings.available import Unavailable, unavailable_error
from app.services.bookings.building import Prepared, build
from app.services.bookings.choosing import assign
from app.services.bookings.create_command import Booker, CreateBooking
from app.services.bookings.insert import WriteOptions, insert_at_once, was_deadlock
from app.services.bookings.insert_steps import insert_in
from app.services.bookings.instant import create_instant
from app.services.bookings.keyed import once, with_version
from app.services.bookings.locking import lock_event_type, lock_hosts
from app.services.bookings.looking import Looked, look, look_at_once
from app.services.bookings.new_views import views_of
from app.services.bookings.planning import Inserted, NewBookings
from app.services.bookings.preparing import facts_of, prepare, requested_before
from app.services.bookings.seats import join_booking, lock_seated
from app.services.bookings.views import ChangedBookings
from app.services.bookings.wish import epoch

__all__ = ["Booker", "CreateBooking", "create_booking"]

_TRIES = 2
"""How often the one statement is tried before the hosts are locked: others were faster in between."""


async def create_booking(ctx: RequestContext, command: CreateBooking) -> ChangedBookings:
    """Book a start; a series gives one booking per occurrence, sorted by start (BK-42).

    Raises InvalidInputError, NotFoundError, ForbiddenError, SlotUnavailableError, HostUnavailableError,
    PolicyViolationError, LimitReachedError, SeatsFullError, AlreadySignedUpError, VersionConflictError,
    IdempotencyConflictError (BK-10).
    """
    if command.instant:
        return await create_instant(ctx, command)
    try:
        return await _create(ctx, command)
    except Unavailable as lost:
        made = await prepare(ctx, command)
        wish = made.wish
        team = made.profile.is_team
        raise await unavailable_error(ctx, made.facts, lost, wish.length, wish.zone, team=team) from None
    except ConstraintError as error:
        if error.name == "ux_bookings_uid":
            raise ConflictError("booking_conflict") from error
        raise


async def _create(ctx: RequestContext, command: CreateBooking) -> ChangedBookings:
    keyed = (command.idempotency_key or ctx.idempotency_key) is not None
    if command.dry_run:
        return await _rehearse(ctx, await prepare(ctx, command))
    if raw.dialect() == "postgres" and not keyed:
        done = await _without_locks(ctx, command)
        if done is not None:
            return done
    return await once(ctx, "createBooking", command, partial(_locked, ctx, command), key=command.idempotency_key)


async def _rehearse(ctx: RequestContext, made: Prepared) -> ChangedBookings:
    """Check everything and write nothing (WH-9)."""
    new = build(ctx, made, _chosen(await look(ctx, made)))
    nobody = tuple(Inserted(0, one.uid, (0,) * len(new.attendees)) for one in new.occurrences)
    views = views_of(ctx, new, nobody, made.profile, made.people)
    return ChangedBookings(views, slots_version=made.facts.version, dry_run=True)


async def _without_locks(ctx: RequestContext, command: CreateBooking) -> ChangedBookings | None:
    """Read, decide, write in one statement; None when others were faster each time, and for seats."""
    looked = await look_at_once(ctx, command)
    done = None if looked is None else await _race(ctx, looked)
    for _ in range(_TRIES):
        if done is not None:
            break
        made = await prepare(ctx, command)
        if made.is_seated:
            break
        before = await requested_before(ctx, made)
        if before is not None:
            return await with_version(ChangedBookings((before,), replayed=True))
        done = await _race(ctx, await look(ctx, made))
    return done


async def _race(ctx: RequestContext, looked: Looked) -> ChangedBookings | None:
    """Write with the host whose turn it is; one who is lost to another booking is replaced by the next."""
    made, free = looked.made, looked.free
    lost: set[int] = set()
    while True:
        hosts = _chosen(looked, lost)
        new = build(ctx, made, hosts)
        try:
            written = await insert_at_once(ctx, new, _options(made))
        except ConstraintError as error:
            if error.kind != "exclusion":
                raise
            lost |= set(new.host_ids) - set(free[0].free_fixed) or set(new.host_ids)
            continue
        except ServiceUnavailableError as error:
            if not was_deadlock(error):
                raise
            return None
        if written is None:
            return None
        views = views_of(ctx, new, written.bookings, made.profile, made.people)
        return ChangedBookings(views, slots_version=max(written.version, made.facts.version))


async def _locked(ctx: RequestContext, command: CreateBooking, uow: UnitOfWork) -> ChangedBookings:
    """The same under locks: what was read stays true until it is written."""
    if raw.dialect() == "postgres":
        facts = await facts_of(ctx, command.event_type)
        if facts.rules.seats_per_slot is not None:
            await lock_seated(facts.event_type_id, epoch("start", command.start))
        await lock_hosts(facts.host_ids)
        await lock_event_type(facts.event_type_id)
    made = await prepare(ctx, command)
    before = await requested_before(ctx, made)
    if before is not None:
        return ChangedBookings((before,), replayed=True)
    looked = await look(ctx, made)
    joined = looked.free[0].joins_booking_uid
    if joined is not None:
        return await join_booking(uow, made, joined)
    new = build(ctx, made, _chosen(looked))
    inserted = await _insert(uow, made, new)
    views = views_of(ctx, new, inserted, made.profile, made.people)
    return ChangedBookings(views, seat_uid=new.seat.uid if new.seat else None)


async def _insert(uow: UnitOfWork, made: Prepared, new: NewBookings) -> tuple[Inserted, ...]:
    try:
        return await insert_in(uow, new, _options(made))
    except ConstraintError as error:
        if error.kind != "exclusion":
            raise
        raise Unavailable(made.wish.starts) from error


def _chosen(looked: Looked, lost: set[int] | None = None) -> HostAssignment:
    made = looked.made
    hosts = assign(made.profile, looked.free, made.now_s, without=lost or ())
    if hosts is None:
        raise Unavailable(made.wish.starts)
    return hosts


def _options(made: Prepared) -> WriteOptions:
    pending = made.status is BookingStatus.PENDING
    series = {"seriesCount": len(made.wish.starts)} if len(made.wish.starts) > 1 else {}
    rules = made.facts.rules
    return WriteOptions(
        event=EventType.BOOKING_REQUESTED if pending else EventType.BOOKING_CREATED,
        seen=made.read.seen,
        guard=bool(made.command.expected_version or made.has_limits or rules.before_buffer or rules.after_buffer),
        bump_event_type=made.has_limits or made.is_seated,
        hold=made.command.hold,
        payload=series,
    )
