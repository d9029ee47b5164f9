"""Note who did not come (LC-24 to LC-26)."""

from dataclasses import dataclass
from functools import partial

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import UnitOfWork
from app.domain.transitions import check_mark_absent
from app.errors import InvalidInputError
from app.events.outbox import EventType
from app.services.bookings.available import now_s
from app.services.bookings.changes import booking_event
from app.services.bookings.changing import answer, find, require_access
from app.services.bookings.keyed import once
from app.services.bookings.queries import not_found
from app.services.bookings.refusals import deny
from app.services.bookings.views import BookingView, ChangedBookings


@dataclass(frozen=True, slots=True)
class AttendeeAbsence:
    """Whether the attendee with this address was absent; False takes it back."""

    email: str
    absent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAbsent:
    """Who was absent; `host` None leaves the host's mark alone."""

    uid: str
    host: bool | None = None
    attendees: tuple[AttendeeAbsence, ...] = ()
    idempotency_key: str | None = None


async def mark_absent(ctx: RequestContext, command: MarkAbsent) -> ChangedBookings:
    """Mark host and attendees absent or present, once the meeting has begun; unknown addresses are skipped (LC-24).

    Raises NotFoundError, ForbiddenError, InvalidStateError (not begun), InvalidInputError (nobody named).
    """
    if command.host is None and not command.attendees:
        raise InvalidInputError.at("attendees", "Say who was absent: the host, attendees, or both.", "empty")
    return await once(ctx, "markAbsent", command, partial(_mark, ctx, command), key=command.idempotency_key)


async def _mark(ctx: RequestContext, command: MarkAbsent, uow: UnitOfWork) -> ChangedBookings:
    found = await find(ctx, command.uid)
    if found.named is None:
        raise not_found(command.uid)
    booking = found.named
    require_access(ctx, booking, "mark absences of")
    deny(check_mark_absent(booking.start_s, now_s(ctx)))
    marked = await _mark_attendees(booking, command)
    host = booking.host_absent if command.host is None else command.host
    text = "UPDATE bookings SET host_absent = $2, updated_at = $3 WHERE id = $1"
    await raw.execute(text, booking.id, host, ctx.now())
    payload = {"host": command.host, "attendees": marked}
    uow.record(booking_event(EventType.BOOKING_ABSENCE_MARKED, ctx.actor, booking, payload))
    return ChangedBookings(await answer(ctx, [booking.uid]))


async def _mark_attendees(booking: BookingView, command: MarkAbsent) -> list[dict[str, object]]:
    """Those of the named people who are on the booking, as the webhook names them."""
    known = {person.email.casefold(): person for person in booking.attendees}
    marked: list[dict[str, object]] = []
    for entry in command.attendees:
        person = known.get(entry.email.strip().casefold())
        if person is not None:
            await raw.execute("UPDATE attendees SET absent = $2 WHERE id = $1", person.id, entry.absent)
            marked.append({"email": person.email, "noShow": entry.absent})
    return marked
