"""Meet somewhere else: another place for a booking that stays what it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import UnitOfWork
from app.domain.default_fields import LOCATION
from app.domain.location_choice import BookingLocation
from app.domain.locations import INTEGRATIONS, MAX_LOCATION, ORGANIZER_TYPES
from app.errors import InvalidInputError
from app.events.outbox import EventType
from app.services.bookings.changes import booking_event
from app.services.bookings.changing import answer, find_live
from app.services.bookings.keyed import once
from app.services.bookings.views import BookingView, ChangedBookings
from app.services.bookings.wish import is_phone
from app.services.checks import check_text, check_url

_WRITE: Final = """
UPDATE bookings SET location = $2, meeting_url = NULL, responses = $3::jsonb, updated_at = $4,
       ical_sequence = ical_sequence + 1
 WHERE id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLocation:
    """The new place: `kind` is address, link, phone or integration; a host is not bound to the event type's places."""

    uid: str
    kind: str
    value: str
    idempotency_key: str | None = None


async def change_location(ctx: RequestContext, command: ChangeLocation) -> ChangedBookings:
    """Change where a booking takes place; the same place again changes nothing.

    Raises NotFoundError, ForbiddenError, InvalidInputError, InvalidStateError (over).
    """
    return await once(
        ctx, "changeBookingLocation", command, partial(_change, ctx, command), key=command.idempotency_key
    )


async def _change(ctx: RequestContext, command: ChangeLocation, uow: UnitOfWork) -> ChangedBookings:
    booking = await find_live(ctx, command.uid, "change the location of")
    place = _place(command)
    if place.text != booking.location:
        await _write(uow, booking, place)
    return ChangedBookings(await answer(ctx, [booking.uid]))


def _place(command: ChangeLocation) -> BookingLocation:
    path = f"location.{command.kind}"
    check = _CHECKS.get(command.kind)
    if check is None:
        raise InvalidInputError.at("location", f"Must be one of {', '.join(_CHECKS)}.", "choice")
    text = check(path, check_text(path, command.value, least=1, most=MAX_LOCATION))
    stored = ORGANIZER_TYPES.get(command.kind)
    return BookingLocation(stored[0] if stored else text, text)


def _as_given(_: str, text: str) -> str:
    return text


def _phone(path: str, text: str) -> str:
    if not is_phone(text):
        raise InvalidInputError.at(path, "Not an international phone number.", "phone")
    return text


def _app(path: str, name: str) -> str:
    if name not in INTEGRATIONS:
        raise InvalidInputError.at(path, f"Must be one of {', '.join(INTEGRATIONS)}.", "choice")
    return INTEGRATIONS[name]


_CHECKS: Final[Mapping[str, Callable[[str, str], str]]] = {
    "address": _as_given,
    "link": check_url,
    "phone": _phone,
    "integration": _app,
}


async def _write(uow: UnitOfWork, booking: BookingView, place: BookingLocation) -> None:
    responses = None if booking.responses_json is None else raw.dumps({**booking.responses, LOCATION: place.answer})
    await raw.execute(_WRITE, booking.id, place.text, responses, uow.ctx.now())
    payload = {"oldLocation": booking.location, "location": place.text}
    uow.record(booking_event(EventType.BOOKING_EDITED, uow.ctx.actor, booking, payload))
