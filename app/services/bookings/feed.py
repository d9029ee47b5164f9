"""The event log as its reader may see it: what happened to bookings, in order, from a cursor on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.context import RequestContext
from app.errors import ForbiddenError, InvalidInputError
from app.events.log import LoggedEvent, events_after, is_replayable, newest_sequence
from app.events.outbox import EventType, booking_topic, host_topic, team_bookings_topic, user_bookings_topic
from app.services.bookings.queries import get_booking
from app.services.permissions import Role, may_manage_user, team_role

MAX_PAGE: Final = 100
_SCANS: Final = 10
_TYPES: Final = frozenset(
    {*(each.value for each in EventType if each.value.startswith("booking.")), EventType.OUT_OF_OFFICE_CHANGED.value}
)
_SECRET: Final = frozenset({"joinToken", "joinTokenExpiresAt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvents:
    """Whose events (exactly one scope) after which cursor; without a cursor from the oldest that the log still has."""

    user_id: int | None = None
    team_id: int | None = None
    uid: str | None = None
    after: int | None = None
    first: int = 25


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One change; `sequence` is its place in the whole log, `key_sequence` counts the changes of its key from 1."""

    sequence: int
    key: str
    key_sequence: int
    type: str
    occurred_at: datetime
    booking_id: int | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events in order; go on from `cursor` while `more`. Not `complete`: the log no longer reaches back so far."""

    events: tuple[FeedEvent, ...]
    cursor: int
    more: bool
    complete: bool


async def read_events(ctx: RequestContext, command: ReadEvents) -> EventPage:
    """A page of the feed. Raises UnauthenticatedError, ForbiddenError, NotFoundError, InvalidInputError.

    Everything is there once, so that a receiver of webhooks can find what it missed.
    """
    topics = await _topics(ctx, command)
    cursor = command.after or 0
    complete = command.after is None or await is_replayable(
        cursor, now=ctx.now(), retention=ctx.settings.event_retention
    )
    cursor = min(cursor, await newest_sequence())
    found: list[LoggedEvent] = []
    more = True
    for _ in range(_SCANS):
        page = await events_after(cursor, topics=topics, types=_TYPES, limit=command.first - len(found))
        found += page.events
        cursor, more = page.cursor, page.more
        if not more or len(found) >= command.first:
            break
    return EventPage(tuple(_shown(event) for event in found), cursor, more, complete)


async def _topics(ctx: RequestContext, command: ReadEvents) -> set[str]:
    """Oneself or somebody one administers, a team one administers, a booking one manages."""
    caller = ctx.require_user()
    if sum(scope is not None for scope in (command.user_id, command.team_id, command.uid)) != 1:
        raise InvalidInputError("Read the events of exactly one of a user, a team or a booking.")
    if command.user_id is not None:
        allowed = await may_manage_user(ctx, command.user_id)
        topics = {user_bookings_topic(command.user_id), host_topic(command.user_id)}
    elif command.team_id is not None:
        role = await team_role(caller, command.team_id)
        allowed = ctx.actor.is_admin or (role is not None and role >= Role.ADMIN)
        topics = {team_bookings_topic(command.team_id)}
    else:
        allowed = (await get_booking(ctx, command.uid or "")).viewer_manages
        topics = {booking_topic(command.uid or "")}
    if not allowed:
        raise ForbiddenError("You are not allowed to read these events.")
    return topics


def _shown(event: LoggedEvent) -> FeedEvent:
    return FeedEvent(
        sequence=event.sequence,
        key=event.key,
        key_sequence=event.key_sequence,
        type=event.type,
        occurred_at=event.occurred_at,
        booking_id=event.booking_id,
        details={name: value for name, value in event.payload.items() if name not in _SECRET},
    )
