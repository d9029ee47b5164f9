"""Confirm a pending booking (LC-21 to LC-23)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import ConstraintError, UnitOfWork
from app.domain.denials import Denial
from app.domain.enums import BookingStatus
from app.domain.occupancy import busy_of
from app.domain.series import pending_occurrences
from app.domain.transitions import check_confirm
from app.errors import InvalidStateError, SlotUnavailableError
from app.events.outbox import EventType
from app.services.bookings.available import Unavailable, load_query, now_s, unavailable_error
from app.services.bookings.changes import booking_event
from app.services.bookings.changing import Found, answer, bump, find, free_hosts, require_manager, take_hosts
from app.services.bookings.keyed import once
from app.services.bookings.preparing import facts_of
from app.services.bookings.queries import get_booking_or_series
from app.services.bookings.refusals import deny, unavailable_message
from app.services.bookings.views import BookingView, ChangedBookings
from app.services.slots.facts import EventTypeFacts
from app.services.slots.refs import EventTypeRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmBooking:
    """The pending booking, or the uid of its series, to accept."""

    uid: str
    idempotency_key: str | None = None


async def confirm_booking(ctx: RequestContext, command: ConfirmBooking) -> ChangedBookings:
    """Accept a pending booking; all pending occurrences of its series change together (LC-21).

    Raises NotFoundError, NotAuthorizedError, InvalidStateError, SlotUnavailableError when a host was booked meanwhile.
    """
    try:
        return await once(
            ctx, "confirmBooking", command, partial(confirm_in, ctx, command), key=command.idempotency_key
        )
    except Unavailable as lost:
        booking = (await get_booking_or_series(ctx, command.uid))[0]
        raise await lost_error(ctx, booking, lost) from None


async def lost_error(ctx: RequestContext, booking: BookingView, lost: Unavailable) -> Exception:
    """The documented answer about a booking whose hosts are not free."""
    if booking.event_type_id is None:
        return SlotUnavailableError(unavailable_message(team=True), dates=[booking.start])
    facts = await facts_of(ctx, EventTypeRef(id=booking.event_type_id))
    team = booking.scheduling_type is not None
    return await unavailable_error(
        ctx, facts, lost, booking.duration_minutes, ZoneInfo("UTC"), team=team, moved_uid=booking.uid
    )


async def confirm_in(ctx: RequestContext, command: ConfirmBooking, uow: UnitOfWork) -> ChangedBookings:
    """Confirm inside a unit of work; raises Unavailable."""
    found = await find(ctx, command.uid)
    chosen = pending_of(ctx, found, check_confirm, "confirm")
    if found.first.end_s <= now_s(ctx):
        raise InvalidStateError("Booking is over and cannot be confirmed.")
    await free_hosts(chosen)  # a pending booking does not stand in its own way
    await check_still_free(ctx, chosen)
    try:
        await take_hosts(chosen)
    except ConstraintError as error:
        raise Unavailable([booking.start_s for booking in chosen]) from error
    ids = [booking.id for booking in chosen]
    text = "UPDATE bookings SET status = $2, updated_at = $3 WHERE id = ANY($1::int[])"
    await raw.execute(text, ids, BookingStatus.ACCEPTED.value, ctx.now())
    bump(uow, chosen)
    for booking in chosen:
        payload = {"named": booking.uid == found.first.uid, "occurrences": len(chosen)}
        uow.record(booking_event(EventType.BOOKING_CONFIRMED, ctx.actor, booking, payload))
    return ChangedBookings(await answer(ctx, [booking.uid for booking in chosen]))


def pending_of(
    ctx: RequestContext, found: Found, check: Callable[[BookingStatus], Denial | None], deed: str
) -> list[BookingView]:
    """The bookings that one decision changes; refuses strangers, then what is not pending (LC-21, LC-22)."""
    require_manager(ctx, found.first, deed)
    pending = found.views(pending_occurrences(found.occurrences))
    booking = found.named or next(iter(pending), found.first)
    deny(check(booking.booking_status))
    return pending


async def check_still_free(ctx: RequestContext, bookings: list[BookingView]) -> None:
    """No busy time of a host may overlap, buffers included (LC-22); working hours are the host's own choice here."""
    event_type_id = bookings[0].event_type_id
    if event_type_id is None:
        return
    facts = await facts_of(ctx, EventTypeRef(id=event_type_id))
    hosts = {host.user_id for booking in bookings for host in booking.hosts}
    refused = await overlapping(ctx, facts, bookings, hosts)
    if refused:
        raise Unavailable(refused)


async def overlapping(
    ctx: RequestContext, facts: EventTypeFacts, bookings: list[BookingView], hosts: set[int]
) -> list[int]:
    """Starts of the bookings during which one of these hosts is busy; the bookings themselves do not block now."""
    length = max(booking.duration_minutes for booking in bookings)
    starts = [booking.start_s for booking in bookings]
    query = await load_query(ctx, facts, starts, length, ZoneInfo("UTC"))
    busy = [busy_of(query, host) for host in hosts]
    return [
        booking.start_s
        for booking in bookings
        if any(spans.first_overlap(booking.start_s, booking.end_s) for spans in busy)
    ]
