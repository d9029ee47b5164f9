"""Follow bookings as they change: a snapshot first, then changes in the order of the event log."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from enum import StrEnum, unique

from app.context import RequestContext
from app.errors import ForbiddenError, InvalidInputError
from app.events.bus import Subscription
from app.events.log import LoggedEvent, events_after, is_replayable, newest_sequence
from app.events.outbox import booking_topic, team_bookings_topic, user_bookings_topic
from app.services.bookings.list_command import BookingListStatus, ListBookings
from app.services.bookings.queries import MAX_PAGE, bookings_by_uid, get_booking, list_bookings
from app.services.bookings.views import BookingView
from app.services.permissions import Role, may_manage_user, team_role


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchBookings:
    """What to follow: one user, one team or one booking; `after` is the cursor of the last event seen."""

    user_id: int | None = None
    team_id: int | None = None
    uid: str | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class BookingsSnapshot:
    """The coming bookings in scope (the next 250 by start), or the one booking, as of `cursor`."""

    bookings: tuple[BookingView, ...]
    cursor: int


@dataclass(frozen=True, slots=True)
class BookingChanged:
    """One entry of the event log about a booking in scope, with the booking as it is now.

    `type` is the name of the change (`app.events.outbox.EventType`), `cursor` its sequence in the log, `sequence`
    counts the changes of this booking without gaps.
    """

    type: str
    booking: BookingView
    cursor: int
    sequence: int


@unique
class ResyncReason(StrEnum):
    """Why the follower must forget what it knows; a snapshot comes next."""

    CURSOR_TOO_OLD = "CURSOR_TOO_OLD"
    CURSOR_UNKNOWN = "CURSOR_UNKNOWN"


@dataclass(frozen=True, slots=True)
class BookingsResync:
    """The event log no longer reaches back to the follower's cursor; the next event is a snapshot."""

    reason: ResyncReason
    cursor: int


BookingsEvent = BookingsSnapshot | BookingChanged | BookingsResync


async def watch_bookings(ctx: RequestContext, command: WatchBookings) -> AsyncGenerator[BookingsEvent, None]:
    """Snapshot, then every change at least once, in log order; ends when the bus closes.

    With `after` the missed changes come first instead of the snapshot, if the log still has them. Whether the caller
    may is asked again before each batch of changes: ForbiddenError ends the stream. Raises NotFoundError for an unknown
    booking, UnauthenticatedError, InvalidInputError.
    """
    topic = _topic(command)
    await _require(ctx, command)
    async with ctx.bus.subscribe([topic]) as news:
        newest = await newest_sequence()
        cursor = command.after
        if cursor is None or not await _replayable(ctx, cursor):
            if cursor is not None:
                reason = ResyncReason.CURSOR_UNKNOWN if cursor > newest else ResyncReason.CURSOR_TOO_OLD
                yield BookingsResync(reason, newest)
            cursor = newest
            yield BookingsSnapshot(await _snapshot(ctx, command), cursor)
        async for change in _changes(ctx, command, topic, cursor, news):
            yield change


def _topic(command: WatchBookings) -> str:
    scopes = (command.user_id, command.team_id, command.uid)
    if sum(scope is not None for scope in scopes) != 1:
        raise InvalidInputError("Follow exactly one of a user, a team or a booking.")
    if command.user_id is not None:
        return user_bookings_topic(command.user_id)
    return booking_topic(command.uid) if command.uid is not None else team_bookings_topic(command.team_id or 0)


async def _require(ctx: RequestContext, command: WatchBookings) -> None:
    """Oneself or somebody one administers; a team one administers; any booking whose uid one knows (LC-27)."""
    if command.uid is not None:
        return
    caller = ctx.require_user()
    if ctx.actor.is_admin:
        return
    if command.user_id is not None:
        allowed = await may_manage_user(ctx, command.user_id)
    else:
        role = await team_role(caller, command.team_id or 0)
        allowed = role is not None and role >= Role.ADMIN
    if not allowed:
        raise ForbiddenError("You are not allowed to follow these bookings.")


async def _replayable(ctx: RequestContext, cursor: int) -> bool:
    return await is_replayable(cursor, now=ctx.now(), retention=ctx.settings.event_retention)


async def _snapshot(ctx: RequestContext, command: WatchBookings) -> tuple[BookingView, ...]:
    if command.uid is not None:
        return (await get_booking(ctx, command.uid),)
    coming = ListBookings(
        limit=MAX_PAGE,
        statuses=frozenset({BookingListStatus.UPCOMING, BookingListStatus.UNCONFIRMED}),
        scope_user_id=command.user_id,
        scope_team_id=command.team_id,
    )
    return (await list_bookings(ctx, coming)).bookings


async def _changes(
    ctx: RequestContext, command: WatchBookings, topic: str, cursor: int, news: Subscription
) -> AsyncIterator[BookingChanged]:
    while True:
        page = await events_after(cursor, topics=[topic])
        if page.events:
            await _require(ctx, command)
        for change in await _with_bookings(ctx, page.events):
            yield change
        cursor = page.cursor
        if not page.more and await news.take() is None:
            return


async def _with_bookings(ctx: RequestContext, events: tuple[LoggedEvent, ...]) -> list[BookingChanged]:
    """The events with their bookings, which are read once for all of them."""
    bookings = await bookings_by_uid(ctx, list({event.key for event in events})) if events else {}
    return [
        BookingChanged(event.type, bookings[event.key], event.sequence, event.key_sequence)
        for event in events
        if event.key in bookings
    ]
