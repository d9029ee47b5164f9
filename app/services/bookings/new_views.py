"""Views of bookings that were just written, without reading them back."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.context import RequestContext
from app.services.bookings.loading import visible_seats
from app.services.bookings.planning import Inserted, NewBookings, NewOccurrence
from app.services.bookings.profile import EventProfile
from app.services.bookings.views import AttendeeView, BookingView, HostView
from app.services.slots.facts import HostPerson


def views_of(
    ctx: RequestContext,
    new: NewBookings,
    inserted: tuple[Inserted, ...],
    profile: EventProfile,
    people: Mapping[int, HostPerson],
) -> tuple[BookingView, ...]:
    """What reading the rows would give this caller."""
    pairs = zip(new.occurrences, inserted, strict=True)
    own_seat = new.seat.uid if new.seat else None
    return tuple(visible_seats(_view(ctx, new, one, done, profile, people), ctx.actor, own_seat) for one, done in pairs)


def _view(
    ctx: RequestContext,
    new: NewBookings,
    one: NewOccurrence,
    done: Inserted,
    profile: EventProfile,
    people: Mapping[int, HostPerson],
) -> BookingView:
    organizer = people.get(new.organizer_id or 0)
    now_us = int(new.now.timestamp()) * 1_000_000 + new.now.microsecond
    caller = ctx.actor.user_id
    return BookingView(
        id=done.id,
        uid=one.uid,
        status=new.status.value,
        title=one.title,
        description=new.description,
        start_s=one.start_s,
        end_s=one.end_s,
        location=new.location,
        meeting_url=new.meeting_url,
        event_type_id=new.event_type_id,
        user_id=new.organizer_id,
        team_id=new.team_id,
        recurring_uid=new.recurring_uid,
        from_reschedule_uid=one.from_uid,
        rescheduled=False,
        rescheduled_by=None,
        rescheduling_reason=new.rescheduling_reason,
        cancellation_reason=None,
        cancelled_by=None,
        rejection_reason=None,
        reassign_reason=None,
        reassigned_by_id=None,
        ical_uid=one.ical_uid,
        ical_sequence=one.ical_sequence,
        host_absent=False,
        rating=None,
        paid=False,
        responses_json=_json(new.responses),
        metadata_json=_json(new.metadata or {}),
        booker_email=new.booker_email,
        sms_reminder_number=new.sms_reminder_number,
        creation_source=new.creation_source,
        created_us=now_us,
        updated_us=now_us,
        event_type_slug=None if profile.id is None else profile.slug,
        event_type_title=None if profile.id is None else profile.title,
        event_type_owner_id=profile.owner_id,
        event_type_length=None if profile.id is None else profile.length,
        scheduling_type=None if profile.id is None else profile.scheduling_type,
        seats_per_slot=profile.seats_per_slot,
        seats_show_attendees=profile.seats_show_attendees,
        hide_organizer_email=profile.hide_organizer_email,
        disable_rescheduling=profile.disable_rescheduling,
        organizer_name=organizer.name if organizer else None,
        organizer_email=organizer.email if organizer else None,
        organizer_username=organizer.username if organizer else None,
        organizer_time_zone=organizer.time_zone if organizer else None,
        viewer_manages=ctx.actor.is_admin or (caller is not None and caller in {*new.host_ids, profile.owner_id}),
        hosts=_hosts(new, done, people),
        attendees=_attendees(new, done),
    )


def _hosts(new: NewBookings, done: Inserted, people: Mapping[int, HostPerson]) -> tuple[HostView, ...]:
    return tuple(
        HostView(done.id, host.user_id, host.name, host.email, host.username, host.time_zone, host.locale, index == 0)
        for index, host in enumerate(people[user_id] for user_id in new.host_ids)
    )


def _attendees(new: NewBookings, done: Inserted) -> tuple[AttendeeView, ...]:
    rows = zip(new.attendees, done.attendee_ids, strict=True)
    return tuple(
        AttendeeView(
            id=attendee_id,
            booking_id=done.id,
            position=position,
            kind=one.kind.value,
            user_id=one.user_id,
            email=one.person.email,
            name=one.person.name,
            time_zone=one.person.zone,
            locale=one.person.language,
            phone_number=one.person.phone,
            absent=False,
            **(_seat(new) if position == 0 else {}),
        )
        for position, (one, attendee_id) in enumerate(rows)
    )


def _seat(new: NewBookings) -> dict[str, Any]:
    if new.seat is None:
        return {}
    return {
        "seat_uid": new.seat.uid,
        "seat_responses_json": _json(new.seat.responses),
        "seat_description": new.seat.description,
        "seat_metadata_json": _json(new.seat.metadata),
    }


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
