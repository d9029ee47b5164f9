"""Take an instant meeting: the first host to open the join link gets it (BK-44)."""

from dataclasses import dataclass

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import ConstraintError, UnitOfWork
from app.errors import ForbiddenError, InvalidStateError, NotFoundError
from app.services.bookings.available import Unavailable
from app.services.bookings.changes import INSTANT_CLAIMED, booking_event
from app.services.bookings.changing import answer
from app.services.bookings.confirm import lost_error
from app.services.bookings.keyed import once
from app.services.bookings.locking import lock_bookings, lock_hosts
from app.services.bookings.queries import get_booking
from app.services.bookings.views import ChangedBookings

_BY_TOKEN = "SELECT uid, team_id, join_token_expires_at FROM bookings WHERE join_token = $1"  # noqa: S105 a column's name
_MEMBER = """
SELECT 1 FROM memberships m JOIN teams t ON t.id = $2::int
 WHERE m.user_id = $1::int AND m.accepted AND (m.team_id = t.id OR m.team_id = t.parent_id)
"""
_CLAIM = """
UPDATE bookings SET status = 'ACCEPTED', user_id = $2, join_token = NULL, join_token_expires_at = NULL, updated_at = $3
 WHERE uid = $1 AND status = 'AWAITING_HOST'
"""
_HOST = """
INSERT INTO booking_hosts (booking_id, host_id, event_type_id, start_s, end_s, blocks, blocks_same_type, is_organizer)
SELECT id, $2::int, event_type_id, start_s, end_s, TRUE, TRUE, TRUE FROM bookings WHERE uid = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimInstantBooking:
    """The join token of the link."""

    token: str
    idempotency_key: str | None = None


async def claim_instant_booking(ctx: RequestContext, command: ClaimInstantBooking) -> ChangedBookings:
    """Become the organizer of a waiting instant meeting, as a member of its team or organization.

    Raises NotFoundError (unknown or used token), InvalidStateError (expired), ForbiddenError (not of the team),
    SlotUnavailableError when the caller has another booking at that time.
    """
    user_id = ctx.require_user()
    uid = await _uid(ctx, command.token, user_id)

    async def work(uow: UnitOfWork) -> ChangedBookings:
        await lock_bookings([uid])
        await lock_hosts([user_id])
        if not await raw.execute(_CLAIM, uid, user_id, ctx.now()):
            raise _unknown()
        try:
            await raw.execute(_HOST, uid, user_id)
        except ConstraintError as error:
            raise Unavailable([0]) from error
        views = await answer(ctx, [uid])
        uow.record(booking_event(INSTANT_CLAIMED, ctx.actor, views[0], {"claimedBy": user_id}))
        uow.bump_hosts([user_id])
        return ChangedBookings(views)

    try:
        return await once(ctx, "claimInstantBooking", command, work, key=command.idempotency_key)
    except Unavailable:
        booking = await get_booking(ctx, uid)
        raise await lost_error(ctx, booking, Unavailable([booking.start_s])) from None


async def _uid(ctx: RequestContext, token: str, user_id: int) -> str:
    row = await raw.row(_BY_TOKEN, token) if token.isascii() and token.isalnum() else None
    if row is None:
        raise _unknown()
    if not await raw.rows(_MEMBER, user_id, row["team_id"]):
        raise ForbiddenError("Only members of the team can take this meeting.", path=("token",))
    expires = raw.instant(row["join_token_expires_at"])
    if expires is None or expires <= ctx.now():
        raise InvalidStateError("Token expired", path=("token",))
    uid: str = row["uid"]
    return uid


def _unknown() -> NotFoundError:
    return NotFoundError("No meeting waits under this token.", path=("token",))
