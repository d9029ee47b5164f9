"""Ask for a meeting right now: whoever of the team opens the link first takes it (BK-44)."""

import secrets
from datetime import timedelta
from uuid import uuid4

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork
from app.domain.enums import BookingStatus
from app.domain.locations import CAL_VIDEO
from app.domain.titles import instant_title
from app.errors import InvalidInputError
from app.services.bookings.available import now_s
from app.services.bookings.blocked import refuse_blocked
from app.services.bookings.building import Prepared, answers_of, guests_of, occurrence
from app.services.bookings.changes import INSTANT_REQUESTED
from app.services.bookings.create_command import CreateBooking
from app.services.bookings.insert import WriteOptions
from app.services.bookings.insert_steps import insert_in
from app.services.bookings.keyed import once
from app.services.bookings.new_views import views_of
from app.services.bookings.planning import Inserted, NewBookings, NewSeat, attendee_list
from app.services.bookings.preparing import facts_of, profile_of
from app.services.bookings.profile import EventTypeRead
from app.services.bookings.views import ChangedBookings
from app.services.bookings.wish import read_wish

NOT_A_TEAM = "Instant bookings are only supported for team event types, not individual user event types."


async def create_instant(ctx: RequestContext, command: CreateBooking) -> ChangedBookings:
    """A booking without organizer and with a join token; neither availability nor limits are asked (BK-44).

    Raises InvalidInputError for personal event types, NotFoundError.
    """
    made = await _prepare(ctx, command)
    new = _build(ctx, made)
    if command.dry_run:
        unwritten = tuple(Inserted(0, one.uid, (0,) * len(new.attendees)) for one in new.occurrences)
        return ChangedBookings(views_of(ctx, new, unwritten, made.profile, made.people), dry_run=True)

    async def work(uow: UnitOfWork) -> ChangedBookings:
        inserted = await insert_in(uow, new, _options(made, new))
        seat_uid = new.seat.uid if new.seat else None
        return ChangedBookings(views_of(ctx, new, inserted, made.profile, made.people), seat_uid=seat_uid)

    return await once(ctx, "createBooking", command, work, key=command.idempotency_key)


async def _prepare(ctx: RequestContext, command: CreateBooking) -> Prepared:
    facts = await facts_of(ctx, command.event_type)
    profile = await profile_of(ctx, facts)
    read = EventTypeRead(facts, profile, profile.seen)
    if facts.setup.team_id is None:
        raise InvalidInputError.at("eventType", NOT_A_TEAM, "not_a_team")
    wish = read_wish(command, profile)
    await refuse_blocked(ctx, wish.booker.email)
    status = BookingStatus.AWAITING_HOST
    return Prepared(command=command, read=read, wish=wish, status=status, now_s=now_s(ctx))


def _build(ctx: RequestContext, made: Prepared) -> NewBookings:
    wish, profile, start = made.wish, made.profile, made.wish.starts[0]
    title = instant_title(wish.booker.name)
    guests = guests_of(ctx, made)
    answers = answers_of(wish, {"value": CAL_VIDEO, "optionValue": ""}, guests)
    seat = NewSeat(str(uuid4()), answers, wish.notes, wish.metadata) if made.is_seated else None
    return NewBookings(
        occurrences=(occurrence(ctx, "instant", start, start + wish.length * 60, title),),
        event_type_id=profile.id,
        organizer_id=None,
        team_id=profile.team_id,
        status=made.status,
        host_ids=(),
        attendees=attendee_list(wish.booker, guests, []),
        booker_email=wish.booker.email,
        now=ctx.now(),
        description=None if seat else wish.notes,
        location=CAL_VIDEO,
        responses=None if seat else answers,
        metadata={} if seat else wish.metadata,
        creation_source=made.command.creation_source,
        join_token=secrets.token_hex(32),
        join_token_expires_at=ctx.now() + timedelta(seconds=profile.instant_expiry_seconds),
        seat=seat,
    )


def _options(made: Prepared, new: NewBookings) -> WriteOptions:
    expires = new.join_token_expires_at.isoformat() if new.join_token_expires_at else None
    payload = {"joinToken": new.join_token, "joinTokenExpiresAt": expires}
    return WriteOptions(event=INSTANT_REQUESTED, payload=payload)
