"""Who is in a meeting, as receivers of mails and as lines in them."""

from collections.abc import Iterable

from app.domain.attendees import gets_mail
from app.domain.titles import Reader
from app.services.bookings.views import AttendeeKind, AttendeeView, BookingView
from app.services.mails.content import Participant, Recipient, Role
from app.services.mails.facts import Facts, Member


def member(person: Member) -> Recipient:
    """Somebody with an account, as host."""
    return Recipient(
        email=person.email,
        name=person.name,
        zone=person.zone,
        language=person.language,
        reader=Reader.HOST,
        time_format=person.time_format,
    )


def hosts(booking: BookingView, facts: Facts) -> list[Recipient]:
    """The hosts, the organizer first."""
    return [member(facts.members[host.user_id]) for host in booking.hosts if host.user_id in facts.members]


def organizer(booking: BookingView, facts: Facts) -> list[Recipient]:
    """The organizer alone; nobody if the account is gone."""
    found = facts.members.get(booking.user_id) if booking.user_id is not None else None
    return [member(found)] if found else []


def attendee(person: AttendeeView, facts: Facts) -> Recipient:
    """Somebody invited; who has an account as well gets its time format."""
    return Recipient(
        email=person.email,
        name=person.name,
        zone=person.time_zone,
        language=person.locale,
        reader=Reader.ATTENDEE,
        time_format=facts.time_formats.get(person.email.lower()),
        seat_uid=person.seat_uid,
    )


def invited(booking: BookingView) -> list[AttendeeView]:
    """Booker and guests; co-hosts among the attendees are written to as hosts (BK-22)."""
    return [person for person in booking.attendees if person.kind != AttendeeKind.HOST]


def attendees(booking: BookingView, facts: Facts) -> list[Recipient]:
    """Booker and guests as receivers."""
    return [attendee(person, facts) for person in invited(booking)]


def bookers(booking: BookingView, facts: Facts) -> list[Recipient]:
    """Whoever booked; of a seated booking everybody did."""
    return [attendee(person, facts) for person in invited(booking) if person.kind == AttendeeKind.BOOKER]


def reachable(recipients: Iterable[Recipient]) -> list[Recipient]:
    """Everybody once, hosts before attendees as given, without stand-ins for phone numbers (BK-25)."""
    found: dict[str, Recipient] = {}
    for recipient in recipients:
        if gets_mail(recipient.email):
            found.setdefault(recipient.email.casefold(), recipient)
    return list(found.values())


def organizer_name(booking: BookingView) -> str:
    """As attendees know the organizer (BK-26)."""
    return booking.organizer_name or "Nameless"


def booker_name(booking: BookingView) -> str:
    """As hosts know the booker."""
    people = invited(booking)
    return display_name(people[0].name, people[0].email) if people else ""


def display_name(name: str, email: str) -> str:
    """Guests have no name: their address stands for it."""
    return name or email


def participants(booking: BookingView, recipient: Recipient, only: AttendeeView | None = None) -> list[Participant]:
    """Everybody whom the recipient may see: the seats of others only where they are public (BK-38)."""
    return [*_hosting(booking, recipient), *(_guest(person) for person in _visible(booking, recipient, only))]


def _hosting(booking: BookingView, recipient: Recipient) -> list[Participant]:
    hidden = bool(booking.hide_organizer_email) and recipient.reader is Reader.ATTENDEE
    found = []
    for host in booking.hosts:
        role = Role.ORGANIZER if host.is_organizer else Role.HOST
        email = None if hidden and host.is_organizer else host.email
        found.append(Participant(role, host.name or "Nameless", email))
    return found


def _visible(booking: BookingView, recipient: Recipient, only: AttendeeView | None) -> list[AttendeeView]:
    people = invited(booking)
    # A host's calendar takes the file for the whole meeting, so whoever comes stands in it.
    if only is not None and not (recipient.reader is Reader.HOST and only in people):
        return [only]
    if recipient.reader is Reader.HOST or not booking.is_seated or booking.seats_show_attendees:
        return people
    return [person for person in people if person.email.casefold() == recipient.email.casefold()]


def _guest(person: AttendeeView) -> Participant:
    email = person.email if gets_mail(person.email) else None
    return Participant(Role.ATTENDEE, display_name(person.name, person.email), email, person.phone_number)
