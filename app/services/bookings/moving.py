"""The two halves of a reschedule: the original ends, the successor begins (LC-1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork
from app.domain.attendees import Person
from app.domain.enums import BookingStatus, SchedulingType
from app.domain.rescheduling import OriginalBooking, ReschedulePlan, successor_identity
from app.domain.round_robin import HostAssignment
from app.domain.transitions import RescheduleFacts
from app.errors import NotFoundError
from app.events.outbox import EventType, booking_topic, host_topic, user_bookings_topic
from app.services.bookings.building import as_person, occurrence, title_of
from app.services.bookings.changing import end
from app.services.bookings.insert import WriteOptions
from app.services.bookings.insert_steps import insert_in
from app.services.bookings.planning import NewAttendee, NewBookings, NewOccurrence
from app.services.bookings.profile import EventProfile
from app.services.bookings.reschedule_command import RescheduleBooking
from app.services.bookings.texts import MAX_ADDRESS
from app.services.bookings.views import AttendeeKind, AttendeeView, BookingView
from app.services.slots.facts import EventTypeFacts, HostPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One reschedule in its transaction."""

    ctx: RequestContext
    uow: UnitOfWork
    command: RescheduleBooking
    facts: EventTypeFacts
    profile: EventProfile

    @property
    def people(self) -> Mapping[int, HostPerson]:
        """Who the hosts of the event type are, by user id."""
        return self.facts.setup.people

    @property
    def by(self) -> str | None:
        """Who moves it: the signed-in caller, else the address given (LC-5, GP-64)."""
        by = self.ctx.actor.email or self.command.rescheduled_by
        return by[:MAX_ADDRESS] if by else None


def booker_of(booking: BookingView) -> AttendeeView:
    """The person who booked."""
    found = next((person for person in booking.attendees if person.kind == AttendeeKind.BOOKER), None)
    if found is None:
        raise NotFoundError("Could not find original booking")
    return found


def required_host(profile: EventProfile, booking: BookingView) -> int | None:
    """The round-robin host that the successor must keep (LC-8)."""
    if profile.scheduling_type is not SchedulingType.ROUND_ROBIN or not profile.same_host_on_reschedule:
        return None
    turning = {host.user_id for host in profile.hosts if not host.is_fixed}
    return next((host.user_id for host in booking.hosts if host.user_id in turning), None)


async def close_original(move: Move, booking: BookingView) -> None:
    """The old booking becomes CANCELLED by reschedule; its successor's event tells of it (WH-7)."""
    await end(move.uow, [booking], BookingStatus.CANCELLED, ", rescheduled = TRUE, rescheduled_by = $4", move.by)
    move.uow.hint(booking_topic(booking.uid))


async def write_successor(move: Move, booking: BookingView, plan: ReschedulePlan, hosts: HostAssignment) -> str:
    """Write the booking that takes the original's place; its uid. Raises ConstraintError when a host is not free."""
    new = successor(move, booking, plan, hosts)
    await insert_in(move.uow, new, successor_options(move, booking, plan.status))
    return new.occurrences[0].uid


def successor_options(move: Move, booking: BookingView, status: BookingStatus) -> WriteOptions:
    """What is told: BOOKING_RESCHEDULED, or BOOKING_REQUESTED when it must be confirmed anew (LC-6)."""
    accepted = status is BookingStatus.ACCEPTED
    old_hosts = [host.user_id for host in booking.hosts]
    return WriteOptions(
        event=EventType.BOOKING_RESCHEDULED if accepted else EventType.BOOKING_REQUESTED,
        bump_event_type=True,
        hold=move.command.hold,
        payload={**old_facts(move, booking), "oldHostIds": old_hosts},
        topics=(
            booking_topic(booking.uid),
            *(topic(user_id) for user_id in old_hosts for topic in (host_topic, user_bookings_topic)),
        ),
    )


def old_facts(move: Move, booking: BookingView) -> dict[str, object]:
    """What webhooks say about the time before (WH-7)."""
    return {
        "rescheduleId": booking.id,
        "rescheduleUid": booking.uid,
        "rescheduleStart": booking.start.isoformat(),
        "rescheduleEnd": booking.end.isoformat(),
        "rescheduledBy": move.by,
        "reason": move.command.reason,
    }


def successor(move: Move, booking: BookingView, plan: ReschedulePlan, hosts: HostAssignment) -> NewBookings:
    """The successor's rows: answers, guests, metadata, language, zone and location are copied (LC-2)."""
    same = hosts.organizer_id == booking.user_id
    return NewBookings(
        occurrences=(_occurrence(move, booking, plan, hosts),),
        event_type_id=booking.event_type_id,
        organizer_id=hosts.organizer_id,
        team_id=booking.team_id,
        status=plan.status,
        host_ids=(hosts.organizer_id, *hosts.member_ids),
        attendees=_attendees(move, booking, hosts),
        booker_email=booking.booker_email,
        now=move.ctx.now(),
        description=booking.description,
        location=booking.location,
        meeting_url=booking.meeting_url if same else None,
        responses=None if booking.responses_json is None else booking.responses,
        metadata=booking.metadata,
        recurring_uid=booking.recurring_uid,
        rescheduling_reason=move.command.reason,
        sms_reminder_number=booking.sms_reminder_number,
        creation_source=booking.creation_source,
        pending_blocks=move.profile.policy.blocks_slots,
    )


def _occurrence(move: Move, booking: BookingView, plan: ReschedulePlan, hosts: HostAssignment) -> NewOccurrence:
    identity = successor_identity(_identity_of(booking), hosts.organizer_id)
    title = identity.title or _title(move, booking, hosts)
    made = occurrence(move.ctx, move.people[hosts.organizer_id].username, plan.start, plan.end, title)
    return NewOccurrence(
        uid=made.uid,
        start_s=plan.start,
        end_s=plan.end,
        title=title,
        ical_uid=identity.ical_uid or made.ical_uid,
        ical_sequence=identity.ical_sequence,
        from_uid=booking.uid,
    )


def _identity_of(booking: BookingView) -> OriginalBooking:
    return OriginalBooking(
        standing=RescheduleFacts(status=booking.booking_status, end=booking.end_s, now=0),
        start=booking.start_s,
        end=booking.end_s,
        organizer_id=booking.user_id,
        title=booking.title,
        ical_uid=booking.ical_uid,
        ical_sequence=booking.ical_sequence,
    )


def _title(move: Move, booking: BookingView, hosts: HostAssignment) -> str:
    booker = as_invited(booker_of(booking))
    location = booking.location or ""
    return title_of(move.profile, move.people, hosts, booker, booking.duration_minutes, location, booking.responses)


def as_invited(person: AttendeeView) -> Person:
    """An attendee as the core knows people."""
    return Person(person.name, person.email, person.time_zone, person.locale, person.phone_number)


def _attendees(move: Move, booking: BookingView, hosts: HostAssignment) -> tuple[NewAttendee, ...]:
    kept = (person for person in booking.attendees if person.kind != AttendeeKind.HOST)
    return (
        *(NewAttendee(AttendeeKind(person.kind), as_invited(person)) for person in kept),
        *(NewAttendee(AttendeeKind.HOST, as_person(move.people[i]), i) for i in hosts.member_ids),
    )
