"""Write new bookings step by step inside a unit of work, on either database."""

from app.db import raw
from app.db.unit_of_work import OutboxEvent, UnitOfWork
from app.events.outbox import booking_topic
from app.services.bookings.changes import shared_topics
from app.services.bookings.insert import WriteOptions, event_payload
from app.services.bookings.planning import Inserted, NewBookings, NewOccurrence, NewSeat

_BOOKING = """
INSERT INTO bookings (uid, start_s, end_s, title, ical_uid, ical_sequence, from_reschedule_uid, event_type_id, user_id,
    team_id, status, description, location, meeting_url, responses, metadata, recurring_uid, rescheduling_reason,
    booker_email, sms_reminder_number, creation_source, join_token, join_token_expires_at, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
    $24)
RETURNING id
"""
_HOST = """
INSERT INTO booking_hosts (booking_id, host_id, event_type_id, start_s, end_s, blocks, blocks_same_type, is_organizer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_ATTENDEE = """
INSERT INTO attendees (booking_id, position, kind, user_id, email, name, time_zone, locale, phone_number)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
"""
_SEAT = (
    "INSERT INTO seats (uid, booking_id, attendee_id, responses, description, metadata) VALUES ($1, $2, $3, $4, $5, $6)"
)


async def insert_in(uow: UnitOfWork, new: NewBookings, options: WriteOptions) -> tuple[Inserted, ...]:
    """Write the bookings and record their events. Raises ConstraintError when a host is not free."""
    done = [await _insert_one(new, occurrence) for occurrence in new.occurrences]
    topics = shared_topics(new.host_ids, new.event_type_id, new.team_id)
    payload = event_payload(uow.ctx, new, options)
    for inserted in done:
        uow.record(
            OutboxEvent(
                type=options.event,
                key=inserted.uid,
                topics=tuple(dict.fromkeys((*topics, *options.topics, booking_topic(inserted.uid)))),
                payload={"uid": inserted.uid, **payload},
                user_id=new.organizer_id,
                team_id=new.team_id,
                event_type_id=new.event_type_id,
                booking_id=inserted.id,
            )
        )
    uow.bump_hosts(new.host_ids)
    if options.bump_event_type and new.event_type_id is not None:
        uow.bump_event_type(new.event_type_id)
    if options.hold is not None:
        await release_hold(options.hold, new.event_type_id)
    return tuple(done)


async def release_hold(uid: str, event_type_id: int | None) -> None:
    """Remove the reservation that led to the booking (RS-7)."""
    await raw.execute("DELETE FROM slot_holds WHERE uid = $1 AND event_type_id = $2", uid, event_type_id)


async def insert_attendee(booking_id: int, position: int, new: NewBookings, index: int) -> int:
    """One attendee row; its id."""
    one = new.attendees[index]
    person = one.person
    row = (booking_id, position, one.kind.value, one.user_id, person.email, person.name, person.zone, person.language)
    attendee_id: int = await raw.value(_ATTENDEE, *row, person.phone)
    return attendee_id


async def insert_seat(seat: NewSeat, booking_id: int, attendee_id: int) -> None:
    """The seat of an attendee. Raises ConstraintError `ck_seats_capacity` when the booking is full (BK-36)."""
    values = (raw.dumps(seat.responses), seat.description, raw.dumps(seat.metadata))
    await raw.execute(_SEAT, seat.uid, booking_id, attendee_id, *values)


async def _insert_one(new: NewBookings, one: NewOccurrence) -> Inserted:
    booking_id: int = await raw.value(_BOOKING, *_booking_row(new, one))
    for host_id in sorted(new.host_ids):
        span = (one.start_s, one.end_s, new.blocks, new.blocks_same_type)
        await raw.execute(_HOST, booking_id, host_id, new.event_type_id, *span, host_id == new.organizer_id)
    people = [await insert_attendee(booking_id, index, new, index) for index in range(len(new.attendees))]
    if new.seat is not None:
        await insert_seat(new.seat, booking_id, people[0])
    return Inserted(booking_id, one.uid, tuple(people))


def _booking_row(new: NewBookings, one: NewOccurrence) -> tuple[object, ...]:
    return (
        *(one.uid, one.start_s, one.end_s, one.title, one.ical_uid, one.ical_sequence, one.from_uid),
        *(new.event_type_id, new.organizer_id, new.team_id, new.status.value, new.description, new.location),
        *(new.meeting_url, None if new.responses is None else raw.dumps(new.responses)),
        *(raw.dumps(new.metadata or {}), new.recurring_uid, new.rescheduling_reason, new.booker_email),
        *(new.sms_reminder_number, new.creation_source, new.join_token, new.join_token_expires_at, new.now),
    )
