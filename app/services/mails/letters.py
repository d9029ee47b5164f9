"""EM-1: which mail a change of a booking makes, and to whom."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.domain.enums import BookingStatus
from app.domain.titles import Reader
from app.events.log import LoggedEvent
from app.events.outbox import EventType
from app.services.bookings.changes import INSTANT_CLAIMED
from app.services.bookings.views import AttendeeKind, AttendeeView, BookingView
from app.services.mails.content import MailKind, Recipient
from app.services.mails.facts import Facts
from app.services.mails.people import (
    attendee,
    attendees,
    booker_name,
    bookers,
    display_name,
    hosts,
    invited,
    member,
    organizer,
    organizer_name,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail about a booking before it is written; `person` is whom it is about on the other side.

    `only` is the attendee of whom alone it speaks (seats). `occurrences` is how many of a series it speaks for,
    `changed` are the uids of all that changed with it (default: the booking's).
    """

    kind: MailKind
    to: Recipient
    booking: BookingView
    person: str
    reason: str | None = None
    old_start_s: int | None = None
    old_end_s: int | None = None
    only: AttendeeView | None = None
    occurrences: int = 1
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One event about one booking, with everything known of it; `group` are those of a series that changed alike."""

    event: LoggedEvent
    booking: BookingView
    facts: Facts
    now: datetime
    group: Sequence[LoggedEvent]

    @property
    def together(self) -> int:
        """How many occurrences changed alike."""
        return len(self.group)

    @property
    def payload(self) -> Mapping[str, Any]:
        """What the event says."""
        return self.event.payload

    def letters(
        self, kind: MailKind, to: Iterable[Recipient], *, person: str | None = None, **more: Any
    ) -> Iterator[Letter]:
        """The same mail to several people."""
        for recipient in to:
            other = booker_name(self.booking) if recipient.reader is Reader.HOST else organizer_name(self.booking)
            said = {"person": person or other, "changed": tuple(event.key for event in self.group), **more}
            yield Letter(kind=kind, to=recipient, booking=self.booking, **said)

    def everybody(self) -> list[Recipient]:
        """Hosts, booker and guests."""
        return [*hosts(self.booking, self.facts), *attendees(self.booking, self.facts)]

    def concerned(self) -> list[Recipient]:
        """Who knows of the booking: of one that waits, guests do not yet."""
        if self.booking.status != BookingStatus.PENDING:
            return self.everybody()
        return [*hosts(self.booking, self.facts), *bookers(self.booking, self.facts)]

    def moved(self) -> dict[str, Any]:
        """When it was before, and why it moved."""
        start, end = (self.payload.get(key) for key in ("rescheduleStart", "rescheduleEnd"))
        return {"reason": self.payload.get("reason"), "old_start_s": _epoch(start), "old_end_s": _epoch(end)}

    def seat(self, seat_uid: object) -> AttendeeView | None:
        """Who has this seat of the booking now."""
        return next((person for person in self.booking.attendees if person.seat_uid == seat_uid), None)

    def leaver(self) -> AttendeeView | None:
        """Who gave up a seat: the row is gone, the event tells."""
        told = self.payload.get("attendee")
        if not isinstance(told, Mapping):
            return None
        return AttendeeView(
            id=0,
            booking_id=self.booking.id,
            position=0,
            kind=AttendeeKind.BOOKER,
            user_id=None,
            email=told["email"],
            name=told.get("name") or "",
            time_zone=told["timeZone"],
            locale=told["locale"],
            phone_number=told.get("phoneNumber"),
            absent=False,
        )


def letters_of(change: Change) -> Sequence[Letter]:
    """The mails of one event."""
    rule = RULES.get(change.event.type)
    return list(rule(change)) if rule else []


def _created(change: Change) -> Iterator[Letter]:
    count = change.facts.made_together(change.booking)
    people = change.everybody()
    if change.booking.is_seated:  # who has taken a seat since has an event of their own
        opener = change.booking.booker_email.casefold()
        people = [each for each in people if each.reader is Reader.HOST or each.email.casefold() == opener]
    yield from change.letters(MailKind.SCHEDULED, people, occurrences=count)


def _claimed(change: Change) -> Iterator[Letter]:
    yield from change.letters(MailKind.SCHEDULED, change.everybody())


def _requested(change: Change) -> Iterator[Letter]:
    count = change.facts.made_together(change.booking)
    more: dict[str, Any] = {**change.moved(), "occurrences": count}
    yield from change.letters(MailKind.REQUEST, hosts(change.booking, change.facts), **more)
    yield from change.letters(MailKind.REQUEST_RECEIVED, bookers(change.booking, change.facts), **more)


def _confirmed(change: Change) -> Iterator[Letter]:
    count = change.payload.get("occurrences", 1)
    yield from change.letters(MailKind.SCHEDULED, change.everybody(), occurrences=count)


def _declined(change: Change) -> Iterator[Letter]:
    more: dict[str, Any] = {"reason": change.payload.get("reason"), "occurrences": change.payload.get("occurrences", 1)}
    yield from change.letters(MailKind.DECLINED, attendees(change.booking, change.facts), **more)


def _cancelled(change: Change) -> Iterator[Letter]:
    more: dict[str, Any] = {"reason": change.payload.get("reason"), "occurrences": change.together}
    yield from change.letters(MailKind.CANCELLED, change.everybody(), **more)


def _rescheduled(change: Change) -> Iterator[Letter]:
    if change.payload.get("seatUid") is not None:
        yield from _seat_moved(change)
        return
    merged = change.payload.get("merged")
    if merged is not None:
        movers = [person for person in invited(change.booking) if person.seat_uid in merged]
        to = [*hosts(change.booking, change.facts), *(attendee(person, change.facts) for person in movers)]
        yield from change.letters(MailKind.RESCHEDULED, to, **change.moved())
        return
    yield from _moved_to_other_hosts(change)
    more = {**change.moved(), "occurrences": change.together}
    yield from change.letters(MailKind.RESCHEDULED, attendees(change.booking, change.facts), **more)


def _moved_to_other_hosts(change: Change) -> Iterator[Letter]:
    """Who hosts now and did not before, who did and does not, and who still does."""
    booking, old = change.booking, change.payload.get("oldHostIds")
    before = {*old} if old is not None else {host.user_id for host in booking.hosts}
    known = [host.user_id for host in booking.hosts if host.user_id in change.facts.members]
    new = [member(change.facts.members[user_id]) for user_id in known if user_id not in before]
    rest = [member(change.facts.members[user_id]) for user_id in known if user_id in before]
    gone = [user_id for user_id in before if user_id not in known and user_id in change.facts.members]
    yield from change.letters(MailKind.SCHEDULED, new, occurrences=change.together)
    yield from change.letters(MailKind.RESCHEDULED, rest, occurrences=change.together, **change.moved())
    yield from (_lost(change, member(change.facts.members[user_id])) for user_id in gone)


def _lost(change: Change, to: Recipient) -> Letter:
    """To who hosted before: what was there is cancelled."""
    original = change.facts.bookings.get(str(change.payload.get("rescheduleUid")), change.booking)
    return Letter(
        kind=MailKind.CANCELLED,
        to=to,
        booking=original,
        person=booker_name(original),
        reason=change.payload.get("reason"),
        occurrences=change.together,
        changed=tuple(str(event.payload.get("rescheduleUid")) for event in change.group),
    )


def _reassigned(change: Change) -> Iterator[Letter]:
    """TM-18."""
    members = change.facts.members
    new, old = members.get(change.payload["toUserId"]), members.get(change.payload["fromUserId"])
    reason = change.payload.get("reason")
    if new is not None:
        yield from change.letters(MailKind.SCHEDULED, [member(new)])
    if old is not None:
        person = new.name if new is not None else organizer_name(change.booking)
        yield from change.letters(MailKind.REASSIGNED, [member(old)], person=person, reason=reason)
    if change.payload.get("organizerChanged") and change.booking.start > change.now:
        yield from change.letters(MailKind.UPDATED, attendees(change.booking, change.facts))


def _seat_taken(change: Change) -> Iterator[Letter]:
    taker = change.seat(change.payload.get("seatUid"))
    if taker is None:
        return
    name = display_name(taker.name, taker.email)
    in_charge = organizer(change.booking, change.facts)
    co_hosts = [host for host in hosts(change.booking, change.facts) if host not in in_charge]
    yield from change.letters(MailKind.SEAT_ADDED, in_charge, person=name, only=taker)
    yield from change.letters(MailKind.SCHEDULED, co_hosts, person=name)
    yield from change.letters(MailKind.SCHEDULED, [attendee(taker, change.facts)])


def _seat_moved(change: Change) -> Iterator[Letter]:
    mover = change.seat(change.payload.get("seatUid"))
    if mover is None:
        return
    more = change.moved()
    name = display_name(mover.name, mover.email)
    yield from change.letters(
        MailKind.SEAT_MOVED, organizer(change.booking, change.facts), person=name, only=mover, **more
    )
    yield from change.letters(MailKind.SEAT_MOVED, [attendee(mover, change.facts)], **more)


def _seat_left(change: Change) -> Iterator[Letter]:
    leaver = change.leaver()
    if leaver is None:  # it moved, and that is told
        return
    to = attendee(leaver, change.facts)
    more: dict[str, Any] = {"only": leaver, "reason": change.payload.get("reason")}
    if change.booking.status == BookingStatus.CANCELLED:  # the last one: hosts hear that all is cancelled (LC-18)
        yield from change.letters(MailKind.CANCELLED, [to], **more)
        return
    name = display_name(leaver.name, leaver.email)
    yield from change.letters(MailKind.SEAT_CANCELLED, organizer(change.booking, change.facts), person=name, **more)
    yield from change.letters(MailKind.SEAT_CANCELLED, [to], **more)


def _edited(change: Change) -> Iterator[Letter]:
    """Other times are told as a move; `oldLocation` and `addedGuests` as what they are."""
    start, end = _epoch(change.payload.get("oldStart")), _epoch(change.payload.get("oldEnd"))
    people = change.concerned()
    if start is not None and (start, end) != (change.booking.start_s, change.booking.end_s):
        yield from change.letters(MailKind.RESCHEDULED, people, old_start_s=start, old_end_s=end)
    elif "oldLocation" in change.payload and change.payload["oldLocation"] != change.booking.location:
        yield from change.letters(MailKind.LOCATION_CHANGED, people)
    elif added := {str(email).casefold() for email in change.payload.get("addedGuests", ())}:
        new = [each for each in people if each.email.casefold() in added and each.reader is Reader.ATTENDEE]
        yield from change.letters(MailKind.GUESTS_ADDED, [each for each in people if each not in new])
        yield from change.letters(MailKind.SCHEDULED, new)


def _reschedule_requested(change: Change) -> Iterator[Letter]:
    to = [*organizer(change.booking, change.facts), *attendees(change.booking, change.facts)]
    yield from change.letters(MailKind.RESCHEDULE_REQUESTED, to, reason=change.payload.get("reason"))


def _epoch(text: object) -> int | None:
    return int(datetime.fromisoformat(text).timestamp()) if isinstance(text, str) else None


RULES: Final[Mapping[str, Callable[[Change], Iterator[Letter]]]] = {
    EventType.BOOKING_CREATED: _created,
    EventType.BOOKING_REQUESTED: _requested,
    EventType.BOOKING_CONFIRMED: _confirmed,
    EventType.BOOKING_DECLINED: _declined,
    EventType.BOOKING_CANCELLED: _cancelled,
    EventType.BOOKING_RESCHEDULED: _rescheduled,
    EventType.BOOKING_RESCHEDULE_REQUESTED: _reschedule_requested,
    EventType.BOOKING_REASSIGNED: _reassigned,
    EventType.BOOKING_SEAT_TAKEN: _seat_taken,
    EventType.BOOKING_SEAT_MOVED: _seat_moved,
    EventType.BOOKING_SEAT_LEFT: _seat_left,
    EventType.BOOKING_EDITED: _edited,
    INSTANT_CLAIMED: _claimed,
}
