"""Invite more people to a booking (BK-23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import UnitOfWork
from app.domain.attendees import Person, keep_guests
from app.domain.default_fields import GUESTS
from app.errors import InvalidInputError, InvalidStateError
from app.events.outbox import EventType
from app.services.bookings.changes import booking_event
from app.services.bookings.changing import answer, find_live
from app.services.bookings.keyed import once
from app.services.bookings.moving import booker_of
from app.services.bookings.views import AttendeeKind, BookingView, ChangedBookings
from app.services.bookings.wish import MAX_GUESTS
from app.services.checks import check_email

_INVITE: Final = """
INSERT INTO attendees (booking_id, position, kind, email, name, time_zone, locale)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_WRITE: Final = """
UPDATE bookings SET responses = $2::jsonb, updated_at = $3, ical_sequence = ical_sequence + 1 WHERE id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddGuests:
    """Who else shall come, by e-mail address."""

    uid: str
    guests: tuple[str, ...]
    idempotency_key: str | None = None


async def add_guests(ctx: RequestContext, command: AddGuests) -> ChangedBookings:
    """Invite guests; those on the operator's blacklist, and hosts of team events, are dropped silently (BK-23).

    Raises NotFoundError, ForbiddenError, InvalidInputError (nobody, no address, twice, too many), InvalidStateError
    (over, or seated: a seat is for one person).
    """
    return await once(ctx, "addGuests", command, partial(_add, ctx, command), key=command.idempotency_key)


async def _add(ctx: RequestContext, command: AddGuests, uow: UnitOfWork) -> ChangedBookings:
    booking = await find_live(ctx, command.uid, "add guests to")
    if booking.is_seated:
        raise InvalidStateError("A seat is for one person: guests take seats of their own.")
    guests = keep_guests(
        _new_addresses(command, booking),
        blacklist=ctx.settings.blacklisted_guest_emails,
        host_emails=[host.email for host in booking.hosts] if booking.team_id is not None else (),
    )
    if guests:
        await _invite(uow, booking, guests)
    return ChangedBookings(await answer(ctx, [booking.uid]))


def _new_addresses(command: AddGuests, booking: BookingView) -> list[str]:
    addresses = [check_email("guests", guest) for guest in command.guests]
    if not addresses:
        raise InvalidInputError.at("guests", "Name somebody.", "empty")
    hosts = {host.email.casefold() for host in booking.hosts}
    there = {person.email.casefold() for person in booking.attendees} - hosts
    if len(set(addresses)) < len(addresses) or there.intersection(addresses):
        raise InvalidInputError.at("guests", "{guests}duplicate_email", "duplicate_email")
    if len(booking.guests) + len(addresses) > MAX_GUESTS:
        raise InvalidInputError.at("guests", f"At most {MAX_GUESTS} guests.", "length")
    return addresses


async def _invite(uow: UnitOfWork, booking: BookingView, guests: Sequence[str]) -> None:
    """BK-22: nameless, in English, in the booker's zone."""
    zone = booker_of(booking).time_zone
    first = max(person.position for person in booking.attendees) + 1
    people = [Person("", address, zone) for address in guests]
    rows = [
        (booking.id, position, AttendeeKind.GUEST.value, each.email, each.name, each.zone, each.language)
        for position, each in enumerate(people, first)
    ]
    await raw.execute_many(_INVITE, rows)
    responses = {**booking.responses, GUESTS: [*booking.guests, *guests]}
    await raw.execute(_WRITE, booking.id, raw.dumps(responses), uow.ctx.now())
    payload = {"addedGuests": list(guests)}
    uow.record(booking_event(EventType.BOOKING_EDITED, uow.ctx.actor, booking, payload))
