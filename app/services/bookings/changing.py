"""What changes of existing bookings share: finding and locking them, who may, freeing their hosts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.context import ANONYMOUS, RequestContext
from app.db import idempotency, raw
from app.db.unit_of_work import UnitOfWork
from app.domain.enums import BookingStatus
from app.domain.series import Occurrence
from app.domain.transitions import LIVE_STATUSES
from app.errors import ForbiddenError, InvalidStateError, NotFoundError
from app.services.bookings.loading import load_views
from app.services.bookings.locking import lock_bookings, lock_hosts
from app.services.bookings.texts import is_name
from app.services.bookings.views import BookingView

_NAMED = """
SELECT uid FROM bookings WHERE uid = $1 OR recurring_uid = $1
UNION SELECT o.uid FROM bookings b JOIN bookings o ON o.recurring_uid = b.recurring_uid WHERE b.uid = $1
"""
_SWITCHES = "SELECT disable_cancelling, disable_rescheduling FROM event_types WHERE id = $1::int"


class NotAuthorizedError(ForbiddenError):
    """The caller may not decide about this booking; the documented status is 401 (LC-12, LC-21)."""

    status = 401


@dataclass(frozen=True, slots=True)
class Found:
    """Bookings under their locks: the named one (None for the uid of a series) and its whole series, by start."""

    uid: str
    named: BookingView | None
    series: tuple[BookingView, ...]

    @property
    def first(self) -> BookingView:
        """The named booking, or the first of the named series."""
        return self.named or self.series[0]

    @property
    def is_series_uid(self) -> bool:
        """Whether a series was named, not a booking."""
        return self.named is None

    @property
    def occurrences(self) -> list[Occurrence]:
        """The series for the core."""
        return [Occurrence(view.uid, view.start_s, view.booking_status) for view in self.series]

    def views(self, occurrences: Sequence[Occurrence]) -> list[BookingView]:
        """The bookings behind occurrences."""
        by_uid = {view.uid: view for view in self.series}
        return [by_uid[occurrence.uid] for occurrence in occurrences]


async def find(ctx: RequestContext, uid: str) -> Found:
    """Lock and read the booking with this uid, or all of the series it belongs to or names. Raises NotFoundError.

    Seats of others are included, as services decide on all of them: answer with `answer`.
    """
    uids = [row["uid"] for row in await raw.rows(_NAMED, uid)] if is_name(uid) else []
    await lock_bookings(uids)
    where = "WHERE b.uid = ANY($3::text[]) ORDER BY b.start_s, b.id"
    series = await load_views(ctx.actor, where, uids, whole=True) if uids else ()
    if not series:
        raise NotFoundError(f"Booking with uid={uid} not found", path=("uid",))
    return Found(uid, next((view for view in series if view.uid == uid), None), series)


async def find_live(ctx: RequestContext, uid: str, deed: str) -> BookingView:
    """Lock and read one booking that its host may still change.

    Raises NotFoundError (also for the uid of a series), ForbiddenError, InvalidStateError.
    """
    found = await find(ctx, uid)
    if found.named is None:
        raise NotFoundError(f"Booking with uid={uid} not found", path=("uid",))
    require_access(ctx, found.named, deed)
    if found.named.booking_status not in LIVE_STATUSES:
        raise InvalidStateError(f"You cannot {deed} a booking that is {found.named.status.lower()}.")
    return found.named


async def load_all(uids: Sequence[str]) -> tuple[BookingView, ...]:
    """Bookings with every seat, whoever asks, by start: for deciding, never for answering."""
    where = "WHERE b.uid = ANY($3::text[]) ORDER BY b.start_s, b.id"
    return await load_views(ANONYMOUS, where, list(uids), whole=True)


async def answer(ctx: RequestContext, uids: Sequence[str], own_seat: str | None = None) -> tuple[BookingView, ...]:
    """Bookings as the caller may see them, by start."""
    where = "WHERE b.uid = ANY($3::text[]) ORDER BY b.start_s, b.id"
    return await load_views(ctx.actor, where, list(uids), own_seat=own_seat)


def require_manager(ctx: RequestContext, booking: BookingView, deed: str) -> None:
    """Only host, owner, event type owner, administrators (LC-21); 401 for others, as documented."""
    ctx.require_user()
    if not booking.viewer_manages:
        raise NotAuthorizedError(f"You are not allowed to {deed} this booking.", path=("uid",))


def require_access(ctx: RequestContext, booking: BookingView, deed: str) -> None:
    """The same people; 403 for others (TM-19, LC-25)."""
    ctx.require_user()
    if not booking.viewer_manages:
        raise ForbiddenError(f"You are not allowed to {deed} this booking.", path=("uid",))


async def switches(event_type_id: int | None) -> tuple[bool, bool]:
    """Whether the event type forbids cancelling and rescheduling."""
    row = await raw.row(_SWITCHES, event_type_id) if event_type_id is not None else None
    return (bool(row[0]), bool(row[1])) if row else (False, False)


async def free_hosts(bookings: Sequence[BookingView]) -> None:
    """The hosts' time no longer belongs to these bookings."""
    await lock_hosts(host.user_id for booking in bookings for host in booking.hosts)
    ids = [booking.id for booking in bookings]
    text = "UPDATE booking_hosts SET blocks = FALSE, blocks_same_type = FALSE WHERE booking_id = ANY($1::int[])"
    await raw.execute(text, ids)


async def take_hosts(bookings: Sequence[BookingView]) -> None:
    """The hosts' time belongs to these bookings. Raises ConstraintError when it belongs to others."""
    ids = [booking.id for booking in bookings]
    text = "UPDATE booking_hosts SET blocks = TRUE, blocks_same_type = TRUE WHERE booking_id = ANY($1::int[])"
    await raw.execute(text, ids)


async def end(
    uow: UnitOfWork, bookings: Sequence[BookingView], status: BookingStatus, assignments: str, *params: Any
) -> None:
    """Give bookings their last status; `assignments` are further columns, whose parameters count from $4."""
    await free_hosts(bookings)
    ids = [booking.id for booking in bookings]
    text = (
        f"UPDATE bookings SET status = $2, updated_at = $3, ical_sequence = ical_sequence + 1{assignments}"  # noqa: S608
        " WHERE id = ANY($1::int[])"
    )
    await raw.execute(text, ids, status.value, uow.ctx.now(), *params)
    bump(uow, bookings)
    for booking in bookings:
        await idempotency.release(booking.uid)


def bump(uow: UnitOfWork, bookings: Sequence[BookingView]) -> None:
    """The slots of these hosts and event types have moved."""
    uow.bump_hosts(host.user_id for booking in bookings for host in booking.hosts)
    for booking in bookings:
        if booking.event_type_id is not None:
            uow.bump_event_type(booking.event_type_id)
