"""Move a booking, a seat, or all coming occurrences of a series to another time (LC-1 to LC-12, GP-70)."""

from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import ConstraintError, UnitOfWork
from app.domain.denials import Denial
from app.domain.rescheduling import OriginalBooking, ReschedulePlan, RescheduleRequest, plan_reschedule
from app.domain.series import SeriesScope, select_occurrences
from app.domain.transitions import RescheduleFacts
from app.errors import NotFoundError
from app.services.bookings.available import Unavailable, check_starts, load_query, now_s, unavailable_error
from app.services.bookings.building import FREE_MAIL
from app.services.bookings.changing import Found, answer, find
from app.services.bookings.choosing import assign
from app.services.bookings.keyed import once
from app.services.bookings.locking import lock_event_type, lock_hosts
from app.services.bookings.moving import Move, booker_of, close_original, required_host, write_successor
from app.services.bookings.preparing import check_version, facts_of, profile_of
from app.services.bookings.profile import EventProfile
from app.services.bookings.queries import get_booking
from app.services.bookings.refusals import error_of_denial
from app.services.bookings.reschedule_command import RescheduleBooking
from app.services.bookings.reschedule_seats import move_seat, move_seated_booking
from app.services.bookings.series_places import keep_places
from app.services.bookings.shifting import shifted_starts
from app.services.bookings.texts import check_storable, is_name
from app.services.bookings.views import BookingView, ChangedBookings
from app.services.bookings.wish import epoch
from app.services.slots.refs import EventTypeRef

__all__ = ["RescheduleBooking", "reschedule_booking"]

_SEATED = "SELECT b.uid FROM seats s JOIN bookings b ON b.id = s.booking_id WHERE s.uid = $1"


async def reschedule_booking(ctx: RequestContext, command: RescheduleBooking) -> ChangedBookings:
    """Make the successor booking and cancel the original in one transaction (LC-1); answers the successor(s).

    Anybody who knows the uid may (LC-2). Raises NotFoundError, InvalidStateError (LC-3), PolicyViolationError (LC-10,
    notice, window, past), SlotUnavailableError, LimitReachedError, SeatsFullError, AlreadySignedUpError (LC-11),
    NotAuthorizedError (LC-12), VersionConflictError.
    """
    try:
        return await once(
            ctx, "rescheduleBooking", command, partial(_reschedule, ctx, command), key=command.idempotency_key
        )
    except Unavailable as lost:
        booking = await get_booking(ctx, command.uid)
        facts = await facts_of(ctx, EventTypeRef(id=booking.event_type_id))
        length, team = booking.duration_minutes, booking.scheduling_type is not None
        raise await unavailable_error(
            ctx, facts, lost, length, ZoneInfo("UTC"), team=team, moved_uid=booking.uid
        ) from None


async def _reschedule(ctx: RequestContext, command: RescheduleBooking, uow: UnitOfWork) -> ChangedBookings:
    check_storable("reason", [command.reason, command.rescheduled_by])
    command = await _of_seat(command)
    found = await find(ctx, command.uid)
    if found.named is None or found.named.event_type_id is None:
        raise NotFoundError(f"Booking with uid={command.uid} not found", path=("uid",))  # LC-9
    facts = await facts_of(ctx, EventTypeRef(id=found.named.event_type_id))
    await lock_hosts([*facts.host_ids, *(host.user_id for view in found.series for host in view.hosts)])
    await lock_event_type(facts.event_type_id)
    facts = await facts_of(ctx, EventTypeRef(id=found.named.event_type_id))
    check_version(facts, command.expected_version)
    move = Move(ctx=ctx, uow=uow, command=command, facts=facts, profile=await profile_of(ctx, facts))
    if found.named.is_seated:
        start = epoch("start", command.start)
        await _plan(move, found.named, start)
        seat = command.seat_uid
        return await (
            move_seat(move, found.named, seat, start) if seat else move_seated_booking(move, found.named, start)
        )
    return await _move(move, found, *_scope(move, found))


async def _of_seat(command: RescheduleBooking) -> RescheduleBooking:
    """Whoever names the uid of a seat, which clients of older interfaces do, means that seat (LC-11)."""
    if command.seat_uid is not None or "-" not in command.uid or not is_name(command.uid):
        return command  # uids of bookings have no dash
    uid = await raw.value(_SEATED, command.uid)
    return replace(command, uid=uid, seat_uid=command.uid) if uid is not None else command


def _scope(move: Move, found: Found) -> tuple[list[BookingView], list[int]]:
    """The bookings to move and their new starts."""
    named, start = found.first, epoch("start", move.command.start)
    if move.command.scope is SeriesScope.THIS or named.recurring_uid is None:
        return [named], [start]
    now = now_s(move.ctx)
    chosen = select_occurrences(found.occurrences, move.command.scope, now=now, named_uid=named.uid)
    views = found.views(chosen)
    if named not in views:
        return [named], [start]  # what is wrong with it is said by the plan
    return views, shifted_starts(views, named, start, ZoneInfo(booker_of(named).time_zone))


async def _move(move: Move, found: Found, originals: list[BookingView], starts: list[int]) -> ChangedBookings:
    """All or nothing: end the originals, so that they block nothing (BT-5), then check and write the successors."""
    ctx = move.ctx
    plans = [await _plan(move, view, start) for view, start in zip(originals, starts, strict=True)]
    required = required_host(move.profile, originals[0])
    for view in originals:
        await close_original(move, view)
    length = originals[0].duration_minutes
    zone = ZoneInfo(booker_of(originals[0]).time_zone)
    query = await load_query(ctx, move.facts, starts, length, zone)
    free = check_starts(query, starts, length)
    hosts = assign(move.profile, free, now_s(ctx), required=required)
    if hosts is None:
        raise Unavailable(starts)
    uids = []
    try:
        for view, plan in zip(originals, plans, strict=True):
            uids.append(await write_successor(move, view, plan, hosts))
    except ConstraintError as error:
        if error.kind != "exclusion":
            raise
        raise Unavailable(starts) from error
    await keep_places(found.series, originals, uids)
    return ChangedBookings(await answer(ctx, uids))


async def _plan(move: Move, booking: BookingView, start: int) -> ReschedulePlan:
    """What the successor will be; raises what LC-3 and LC-10 forbid."""
    profile, ctx = move.profile, move.ctx
    plan = plan_reschedule(
        RescheduleRequest(
            original=await _original(move, booking),
            new_start=start,
            policy=profile.policy,
            scheduling_type=profile.scheduling_type,
            same_round_robin_host=profile.same_host_on_reschedule,
            price=0 if booking.paid else profile.price,
            free_mail_booker=booking.booker_email.rpartition("@")[2].casefold() in FREE_MAIL,
            by_organizer=ctx.actor.user_id is not None and ctx.actor.user_id == booking.user_id,
        )
    )
    if isinstance(plan, Denial):
        raise error_of_denial(plan)
    return plan


async def _original(move: Move, booking: BookingView) -> OriginalBooking:
    profile: EventProfile = move.profile
    moved = await raw.rows("SELECT 1 FROM bookings WHERE from_reschedule_uid = $1 LIMIT 1", booking.uid)
    allow_past = move.ctx.settings.allow_past_reschedule
    return OriginalBooking(
        standing=RescheduleFacts(
            status=booking.booking_status,
            end=booking.end_s,
            now=now_s(move.ctx),
            rescheduled=booking.rescheduled,
            has_successor=bool(moved),
            rescheduling_disabled=profile.disable_rescheduling,
            allow_past=allow_past,
        ),
        start=booking.start_s,
        end=booking.end_s,
        organizer_id=booking.user_id,
        title=booking.title,
        ical_uid=booking.ical_uid,
        ical_sequence=booking.ical_sequence,
    )
