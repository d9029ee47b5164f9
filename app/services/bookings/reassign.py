"""Hand a round-robin booking to another host (TM-15 to TM-19)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import ConstraintError, UnitOfWork
from app.domain.enums import SchedulingType
from app.domain.facts import SlotQuery
from app.domain.host_check import HostCheck
from app.domain.occupancy import busy_of
from app.domain.round_robin import HostAssignment
from app.domain.transitions import LIVE_STATUSES
from app.errors import HostUnavailableError, InvalidInputError, InvalidStateError, NotFoundError
from app.events.outbox import EventType
from app.services.bookings.available import load_query, now_s
from app.services.bookings.building import as_person, title_of
from app.services.bookings.changes import booking_event
from app.services.bookings.changing import answer, bump, find, require_access
from app.services.bookings.choosing import lucky_host
from app.services.bookings.keyed import once
from app.services.bookings.locking import lock_hosts
from app.services.bookings.moving import as_invited, booker_of
from app.services.bookings.preparing import facts_of, profile_of
from app.services.bookings.profile import EventProfile
from app.services.bookings.queries import not_found
from app.services.bookings.texts import check_storable
from app.services.bookings.views import BookingView, ChangedBookings, HostView
from app.services.slots.facts import EventTypeFacts, HostPerson
from app.services.slots.refs import EventTypeRef

NOBODY_FREE = "Can't reassign the booking because no other host is available at that time."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassignBooking:
    """The booking to hand over; without `to_user_id` the fairest free host gets it (TM-15)."""

    uid: str
    to_user_id: int | None = None
    reason: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class ReassignedBooking:
    """The booking after the change and who has it now (TM-18)."""

    changed: ChangedBookings
    reassigned_to: HostView


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handover:
    """Everything about one reassignment, under its locks."""

    ctx: RequestContext
    booking: BookingView
    facts: EventTypeFacts
    profile: EventProfile
    leaving: int

    @property
    def round_robin(self) -> set[int]:
        """The hosts who take turns."""
        return {host.user_id for host in self.profile.hosts if not host.is_fixed}

    @property
    def people(self) -> Mapping[int, HostPerson]:
        """Who the hosts are, by user id."""
        return self.facts.setup.people


async def reassign_booking(ctx: RequestContext, command: ReassignBooking) -> ReassignedBooking:
    """Replace the round-robin host of a booking; the uid stays (TM-16).

    Raises NotFoundError, ForbiddenError (TM-19), InvalidInputError (target no round-robin host), InvalidStateError,
    HostUnavailableError (nobody, or the target, is free: no path may book a host twice).
    """
    changed = await once(ctx, "reassignBooking", command, partial(_reassign, ctx, command), key=command.idempotency_key)
    return ReassignedBooking(changed, _turn_taker(changed.booking, await _fixed(changed.booking)))


async def _fixed(booking: BookingView) -> set[int]:
    rows = await raw.rows("SELECT user_id FROM hosts WHERE event_type_id = $1 AND is_fixed", booking.event_type_id)
    return {row["user_id"] for row in rows}


def _turn_taker(booking: BookingView, fixed: set[int]) -> HostView:
    return next((host for host in booking.hosts if host.user_id not in fixed), booking.hosts[0])


async def _reassign(ctx: RequestContext, command: ReassignBooking, uow: UnitOfWork) -> ChangedBookings:
    check_storable("reason", command.reason)
    found = await find(ctx, command.uid)
    if found.named is None:
        raise not_found(command.uid)
    booking = found.named
    require_access(ctx, booking, "reassign")
    if booking.booking_status not in LIVE_STATUSES:
        raise InvalidStateError(f"A {booking.status.lower()} booking cannot be reassigned.")
    hand = await _handover(ctx, booking)
    target = await _target(hand, command.to_user_id)
    await _replace(hand, command, target)
    changed = (await answer(ctx, [booking.uid]))[0]
    organizer = hand.leaving == booking.user_id
    payload = {"fromUserId": hand.leaving, "toUserId": target, "reason": command.reason, "organizerChanged": organizer}
    uow.record(booking_event(EventType.BOOKING_REASSIGNED, ctx.actor, changed, payload, other_hosts=[hand.leaving]))
    bump(uow, [booking, changed])
    return ChangedBookings((changed,))


async def _handover(ctx: RequestContext, booking: BookingView) -> _Handover:
    if booking.scheduling_type != SchedulingType.ROUND_ROBIN:
        raise InvalidInputError.at("uid", "Only round-robin bookings can be reassigned.", "not_round_robin")
    ref = EventTypeRef(id=booking.event_type_id)
    facts = await facts_of(ctx, ref)
    await lock_hosts([*facts.host_ids, *(host.user_id for host in booking.hosts)])
    facts = await facts_of(ctx, ref)
    profile = await profile_of(ctx, facts)
    fixed = {host.user_id for host in profile.hosts if host.is_fixed}
    leaving = _turn_taker(booking, fixed).user_id
    if leaving in fixed:
        raise InvalidInputError.at("uid", "The booking has no round-robin host.", "not_round_robin")
    return _Handover(ctx=ctx, booking=booking, facts=facts, profile=profile, leaving=leaving)


async def _target(hand: _Handover, wanted: int | None) -> int:
    booking = hand.booking
    query = await load_query(
        hand.ctx, hand.facts, [booking.start_s], booking.duration_minutes, ZoneInfo("UTC"), booking.uid
    )
    present = {host.user_id for host in booking.hosts}
    if wanted is not None:
        await _check_wanted(hand, wanted, present)
        if busy_of(query, wanted).first_overlap(booking.start_s, booking.end_s):
            raise HostUnavailableError(f"User with id={wanted} is not available at that time.")
        return wanted
    free = [user_id for user_id in _free(hand, query) if user_id not in present]
    lucky = lucky_host(hand.profile, free, now_s(hand.ctx))
    if lucky is None:
        raise HostUnavailableError(NOBODY_FREE)
    return lucky


def _free(hand: _Handover, query: SlotQuery) -> list[int]:
    check = HostCheck(query, hand.booking.start_s, hand.booking.end_s)
    turning = [host for host in hand.facts.hosts if host.user_id in hand.round_robin]
    return [host.user_id for host in turning if check.refusal(host) is None]


async def _check_wanted(hand: _Handover, wanted: int, present: set[int]) -> None:
    """TM-17: an existing user, a round-robin host of the event type, and not there already."""
    if not await raw.rows("SELECT 1 FROM users WHERE id = $1", wanted):
        raise NotFoundError(f"User with id={wanted} was not found.", path=("toUserId",))
    if wanted not in hand.round_robin or wanted in present:
        message = (
            f"User with id={wanted} is not a valid Round Robin host - the user to which you reassign this booking "
        )
        message += (
            "must be one of the booking hosts. Fetch the booking using following endpoint and select id of one of "
        )
        raise InvalidInputError.at("toUserId", message + f"the hosts: /v2/bookings/{hand.booking.uid}", "host")


async def _replace(hand: _Handover, command: ReassignBooking, target: int) -> None:
    booking = hand.booking
    text = "UPDATE booking_hosts SET host_id = $3 WHERE booking_id = $1 AND host_id = $2"
    try:
        await raw.execute(text, booking.id, hand.leaving, target)
    except ConstraintError as error:
        if error.kind != "exclusion":
            raise
        raise HostUnavailableError(NOBODY_FREE) from error
    organizer = target if hand.leaving == booking.user_id else booking.user_id
    title = _title(hand, target) if organizer == target else booking.title
    text = (
        "UPDATE bookings SET user_id = $2, title = $3, reassign_reason = $4, reassigned_by_id = $5, updated_at = $6,"
        " ical_sequence = ical_sequence + 1 WHERE id = $1"
    )
    by = hand.ctx.actor.user_id
    await raw.execute(text, booking.id, organizer, title, command.reason, by, hand.ctx.now())
    await _replace_attendee(hand, target)


def _title(hand: _Handover, target: int) -> str:
    booking = hand.booking
    members = tuple(host.user_id for host in booking.hosts if host.user_id != hand.leaving)
    people = hand.people
    hosts = HostAssignment(target, tuple(user_id for user_id in members if user_id in people))
    booker = as_invited(booker_of(booking))
    location = booking.location or ""
    return title_of(hand.profile, people, hosts, booker, booking.duration_minutes, location, booking.responses)


async def _replace_attendee(hand: _Handover, target: int) -> None:
    """The co-host's attendee row names the new one (TM-16)."""
    person = as_person(hand.people[target])
    text = (
        "UPDATE attendees SET user_id = $3, email = $4, name = $5, time_zone = $6, locale = $7"
        " WHERE booking_id = $1 AND user_id = $2 AND kind = 'HOST'"
    )
    row = (target, person.email, person.name, person.zone, person.language)
    await raw.execute(text, hand.booking.id, hand.leaving, *row)
