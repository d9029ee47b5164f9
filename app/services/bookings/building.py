"""From a checked wish and chosen hosts to the rows of the booking (BK-20 to BK-25, BK-33, BK-35)."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from app.context import RequestContext
from app.domain.attendees import Person, keep_guests
from app.domain.confirmation import StatusRequest, first_status
from app.domain.default_fields import GUESTS, LOCATION, TITLE
from app.domain.enums import BookingStatus, SchedulingType
from app.domain.round_robin import HostAssignment
from app.domain.titles import TitleFacts, booking_title
from app.domain.uids import booking_uid, ical_uid
from app.services.bookings.create_command import CreateBooking
from app.services.bookings.planning import NewBookings, NewOccurrence, NewSeat, attendee_list
from app.services.bookings.profile import EventProfile, EventTypeRead
from app.services.bookings.wish import Wish, decide
from app.services.slots.facts import EventTypeFacts, HostPerson

FREE_MAIL = frozenset(
    {"gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "live.com", "msn.com", "icloud.com"}
    | {"me.com", "aol.com", "gmx.com", "gmx.de", "gmx.net", "web.de", "mail.com", "mail.ru", "yandex.com", "yandex.ru"}
    | {"protonmail.com", "proton.me", "zoho.com", "fastmail.com"}
)
"""Domains where anybody gets an address (BK-17)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request with everything read that does not depend on what is booked; `now_s` in epoch seconds."""

    command: CreateBooking
    read: EventTypeRead
    wish: Wish
    status: BookingStatus
    now_s: int

    @property
    def facts(self) -> EventTypeFacts:
        """The event type's scheduling facts."""
        return self.read.facts

    @property
    def profile(self) -> EventProfile:
        """The event type's form, places and policies."""
        return self.read.profile

    @property
    def people(self) -> Mapping[int, HostPerson]:
        """Who the hosts are, by user id."""
        return self.facts.setup.people

    @property
    def has_limits(self) -> bool:
        """Whether bookings of all hosts are counted (BT-16)."""
        return bool(self.facts.rules.count_limits or self.facts.rules.duration_limits)

    @property
    def is_seated(self) -> bool:
        """Whether the event type sells seats."""
        return self.profile.seats_per_slot is not None


def status_of(profile: EventProfile, wish: Wish, now_s: int) -> BookingStatus:
    """The first status of a booking made by its booker (BK-15 to BK-17)."""
    request = StatusRequest(
        policy=profile.policy,
        start=wish.starts[0],
        now=now_s,
        price=profile.price,
        free_mail_booker=wish.booker.email.rpartition("@")[2].casefold() in FREE_MAIL,
    )
    return first_status(request)


def build(ctx: RequestContext, made: Prepared, hosts: HostAssignment) -> NewBookings:
    """The rows of the booking, or of every occurrence of the series."""
    wish, profile = made.wish, made.profile
    location = decide(profile, wish.choice, hosts.organizer_id)
    guests = guests_of(ctx, made, (hosts.organizer_id, *hosts.member_ids))
    answers = answers_of(wish, location.answer, guests)
    notes = wish.notes
    seat = NewSeat(str(uuid4()), answers, notes, wish.metadata) if made.is_seated else None
    return NewBookings(
        occurrences=_occurrences(ctx, made, hosts, location.text or ""),
        event_type_id=profile.id,
        organizer_id=hosts.organizer_id,
        team_id=profile.team_id,
        status=made.status,
        host_ids=(hosts.organizer_id, *hosts.member_ids),
        attendees=attendee_list(wish.booker, guests, [(i, as_person(made.people[i])) for i in hosts.member_ids]),
        booker_email=wish.booker.email,
        now=ctx.now(),
        description=None if seat else notes,
        location=location.text,
        responses=None if seat else answers,
        metadata={} if seat else wish.metadata,
        recurring_uid=str(uuid4()) if profile.recurrence is not None else None,
        sms_reminder_number=wish.sms_reminder_number,
        creation_source=made.command.creation_source,
        seat=seat,
        pending_blocks=profile.policy.blocks_slots,
    )


def answers_of(wish: Wish, location: Any, guests: Sequence[str]) -> dict[str, Any]:
    """The answers to keep: where it takes place, and of the guests those who come."""
    answers = {**wish.answers, LOCATION: location, GUESTS: list(guests)}
    if not guests:
        del answers[GUESTS]
    return answers


def guests_of(ctx: RequestContext, made: Prepared, host_ids: Sequence[int] = ()) -> tuple[str, ...]:
    """Blacklisted guests and, in team events, hosts are dropped (BK-23); a seat is for one person and has no guests."""
    if made.is_seated:
        return ()
    chosen = host_ids if made.profile.is_team else ()
    return keep_guests(
        made.wish.guests,
        blacklist=ctx.settings.blacklisted_guest_emails,
        host_emails=[made.people[user_id].email for user_id in chosen],
    )


def _occurrences(
    ctx: RequestContext, made: Prepared, hosts: HostAssignment, location: str
) -> tuple[NewOccurrence, ...]:
    title = title_of(made.profile, made.people, hosts, made.wish.booker, made.wish.length, location, made.wish.answers)
    organizer = made.people[hosts.organizer_id].username
    return tuple(occurrence(ctx, organizer, start, start + made.wish.length * 60, title) for start in made.wish.starts)


def occurrence(ctx: RequestContext, organizer: str, start_s: int, end_s: int, title: str) -> NewOccurrence:
    """A booking's time with a uid nobody can guess: who knows it may cancel (BK-20, LC-14)."""
    now_ms = int(ctx.now().timestamp() * 1000)
    uid = booking_uid(organizer, start_s, now_ms, secrets.token_hex(16))
    return NewOccurrence(uid=uid, start_s=start_s, end_s=end_s, title=title, ical_uid=ical_uid(uid))


def title_of(
    profile: EventProfile,
    people: Mapping[int, HostPerson],
    hosts: HostAssignment,
    booker: Person,
    length: int,
    location: str,
    answers: Mapping[str, Any],
) -> str:
    """The booking's title (BK-21); a dynamic group takes the booker's (TM-24)."""
    if profile.id is None and answers.get(TITLE):
        return str(answers[TITLE])
    many = profile.scheduling_type is SchedulingType.COLLECTIVE or bool(hosts.member_ids)
    facts = TitleFacts(
        event_type_title=profile.title,
        organizer_name=people[hosts.organizer_id].name or "Nameless",
        attendee_name=booker.name,
        length=length,
        team_name=profile.team_name if many else None,
        location=location,
        answers=answers,
    )
    return booking_title(profile.custom_name, facts)[:1000]


def as_person(host: HostPerson) -> Person:
    """A host as an attendee row, in his own zone and language (TM-13)."""
    return Person(host.name or "Nameless", host.email, host.time_zone, host.locale)
