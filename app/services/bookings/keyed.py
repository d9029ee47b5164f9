"""Changes of bookings carried out once per idempotency key, each in one transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeAlias

from app.context import RequestContext
from app.db import idempotency, raw
from app.db.idempotency import KeyedRequest, StoredAnswer
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.services.bookings.loading import load_views
from app.services.bookings.views import BookingView, ChangedBookings

Work: TypeAlias = Callable[[UnitOfWork], Awaitable[ChangedBookings]]

_VERSION = """
SELECT max(v) AS version FROM (
    SELECT slots_changed_at AS v FROM event_types WHERE id = $1::int
    UNION ALL
    SELECT u.slots_changed_at FROM hosts h JOIN users u ON u.id = h.user_id WHERE h.event_type_id = $1::int
    UNION ALL
    SELECT u.slots_changed_at FROM booking_hosts h JOIN users u ON u.id = h.host_id WHERE h.booking_id = $2::int
) AS versions
"""


async def once(
    ctx: RequestContext, operation: str, command: Any, work: Work, *, key: str | None = None
) -> ChangedBookings:
    """Run `work` in a transaction, or give the stored answer of the same keyed request again.

    Raises IdempotencyConflictError when the key was used with another input.
    """
    request = KeyedRequest.of(ctx, operation, command, key)

    async def run(uow: UnitOfWork) -> ChangedBookings:
        stored = await idempotency.claim(request) if request else None
        if stored is not None:
            return await _again(ctx, stored)
        changed = await work(uow)
        if request is not None:
            uids = [booking.uid for booking in changed.bookings]
            await idempotency.complete(request, {"uids": uids, "seatUid": changed.seat_uid}, uids)
        return changed

    return await with_version(await unit_of_work(ctx, run))


async def with_version(changed: ChangedBookings) -> ChangedBookings:
    """The same with the slots version as it is now."""
    first = changed.booking
    version = await raw.value(_VERSION, first.event_type_id, first.id)
    return replace(changed, slots_version=version or 0)


async def _again(ctx: RequestContext, stored: StoredAnswer) -> ChangedBookings:
    views = await by_uids(ctx, stored.answer["uids"], stored.answer["seatUid"])
    return ChangedBookings(views, replayed=True, seat_uid=stored.answer["seatUid"])


async def by_uids(ctx: RequestContext, uids: list[str], own_seat: str | None = None) -> tuple[BookingView, ...]:
    """Bookings by their uids, sorted by start."""
    where = "WHERE b.uid = ANY($3::text[]) ORDER BY b.start_s, b.id"
    return await load_views(ctx.actor, where, uids, own_seat=own_seat)
