"""Read one booking, or a page of them (LC-27, LC-28, BK-38)."""

from collections.abc import Sequence

from app.context import RequestContext
from app.db import raw
from app.errors import InvalidInputError, NotFoundError
from app.services.bookings.list_command import (
    BookingListStatus,
    BookingPage,
    BookingSort,
    ListBookings,
    PageKey,
    sort_value,
)
from app.services.bookings.list_sql import conditions_of, order_of, page_of
from app.services.bookings.loading import booking_texts, load_views, views_in, visible_seats
from app.services.bookings.texts import check_storable, is_name
from app.services.bookings.views import BookingParts, BookingView

__all__ = [
    "BookingListStatus",
    "BookingPage",
    "BookingSort",
    "ListBookings",
    "PageKey",
    "bookings_by_uid",
    "get_booking",
    "get_booking_by_id",
    "get_booking_or_series",
    "list_bookings",
    "sort_value",
    "successor_uids",
]

MAX_PAGE = 250


def not_found(uid: str) -> NotFoundError:
    """The documented text (LC-2, LC-14, LC-27)."""
    return NotFoundError(f"Booking with uid={uid} not found", path=("uid",))


async def get_booking(ctx: RequestContext, uid: str) -> BookingView:
    """One booking by its uid, for anybody who knows it (LC-27), or by that of a seat. Raises NotFoundError."""
    found = await load_views(ctx.actor, "WHERE b.uid = $3::text", uid) if is_name(uid) else ()
    if not found and is_name(uid):
        where = "WHERE b.id = (SELECT booking_id FROM seats WHERE uid = $3::text)"
        found = await load_views(ctx.actor, where, uid, own_seat=uid)
    if not found:
        raise not_found(uid)
    return found[0]


async def get_booking_or_series(ctx: RequestContext, uid: str) -> tuple[BookingView, ...]:
    """The booking with this uid, or every occurrence of the series with this uid, by start. Raises NotFoundError."""
    where = "WHERE b.uid = $3::text OR b.recurring_uid = $3::text ORDER BY b.start_s, b.id"
    found = await load_views(ctx.actor, where, uid) if is_name(uid) else ()
    if not found:
        raise not_found(uid)
    return found


async def get_booking_by_id(ctx: RequestContext, booking_id: int) -> BookingView:
    """One booking by its number, for callers who may see it in their list; NotFoundError for others."""
    ctx.require_user()
    found = conditions_of(ctx.actor, ListBookings(one_month_back=False), ctx.now())
    number = found.put(booking_id, "int")
    views = await load_views(ctx.actor, f"WHERE b.id = {number} AND ($2 OR {found.where})", *found.params)
    if not views:
        raise NotFoundError(f"Booking with id={booking_id} not found", path=("id",))
    return views[0]


async def list_bookings(ctx: RequestContext, command: ListBookings) -> BookingPage:
    """A page of the bookings the caller may see: own, attended, of administered teams and organizations (LC-27)."""
    ctx.require_user()
    if not 1 <= command.limit <= MAX_PAGE or command.skip < 0:
        raise InvalidInputError.at("limit", f"A page has 1 to {MAX_PAGE} bookings.", "range")
    check_storable("filter", [command.attendee_email, command.attendee_name])
    found = conditions_of(ctx.actor, command, ctx.now())
    total = await _total(ctx, command) if command.with_total else None
    rest = page_of(found, command)
    texts = await booking_texts(ctx.actor, rest, found.params, parts=command.parts, slim=command.slim)
    more, texts = len(texts) > command.limit, texts[: command.limit]
    if command.backward:
        texts.reverse()
    views = views_in(texts, slim=command.slim)
    if BookingParts.ATTENDEES in command.parts:
        views = tuple([visible_seats(view, ctx.actor) for view in views])
    sort, descending = order_of(command)
    before = command.after is not None or command.skip > 0
    ahead, behind = (command.before is not None, more) if command.backward else (more, before)
    return BookingPage(
        views,
        has_next=ahead,
        has_previous=behind,
        sort=sort,
        descending=descending,
        total=total,
        next_skip=command.skip + command.limit if more else None,
    )


async def _total(ctx: RequestContext, command: ListBookings) -> int:
    found = conditions_of(ctx.actor, command, ctx.now())
    text = f"SELECT count(*) FROM bookings b WHERE {found.where} AND $2::bool IS NOT NULL"  # noqa: S608 made of constants
    total: int = await raw.value(text, ctx.actor.user_id, ctx.actor.is_admin, *found.params)
    return total


async def bookings_by_uid(ctx: RequestContext, uids: Sequence[str]) -> dict[str, BookingView]:
    """Many bookings by uid, in one statement; unknown uids are missing from the answer."""
    found = await load_views(ctx.actor, "WHERE b.uid = ANY($3::text[])", [uid for uid in uids if is_name(uid)])
    return {view.uid: view for view in found}


async def successor_uids(uids: Sequence[str]) -> dict[str, str]:
    """The booking that replaced each rescheduled one, by the old uid (GP-68)."""
    text = "SELECT from_reschedule_uid, uid FROM bookings WHERE from_reschedule_uid = ANY($1::text[]) ORDER BY id"
    return {row["from_reschedule_uid"]: row["uid"] for row in await raw.rows(text, list(uids))}
