"""What calendars are told of an occurrence of a series: its place in the series' one entry (RFC 5545, 3.8.4.4)."""

from collections.abc import Sequence

from app.services.bookings.views import BookingView
from app.services.mails.content import CalendarEntry, MailKind, Occurrence
from app.services.mails.facts import Facts, Place
from app.services.mails.ics import CANCELLED, method_of
from app.services.mails.letters import Letter
from app.services.mails.people import invited


def entry_of(letter: Letter, facts: Facts) -> CalendarEntry | None:
    """The entry for the file of this letter; None for what is no series, and for mails without a file (EM-3)."""
    series = facts.series.get(letter.booking.recurring_uid or "")
    if series is None or not series.repeats or method_of(letter.kind) is None:
        return None
    uids = letter.changed or (letter.booking.uid,)
    changed = sorted((series.places[uid] for uid in uids if uid in series.places), key=lambda place: place.start_s)
    others = [place for place in series.places.values() if place.is_live and place not in changed]
    return CalendarEntry(
        uid=series.ical_uid,
        sequence=series.sequence,
        zone=_zone(letter.booking),
        whole=not others and _is_fresh(letter.kind, changed),
        occurrences=tuple(Occurrence(each.start_s, each.end_s, each.known_start_s) for each in changed),
        recurrence=facts.event_type(letter.booking).recurrence,
    )


def _is_fresh(kind: MailKind, changed: Sequence[Place]) -> bool:
    """Whether nothing of an older entry stands: it is removed, or no occurrence keeps its place in it."""
    return kind in CANCELLED or all(place.original_start_s is None for place in changed)


def _zone(booking: BookingView) -> str:
    """The booker's, whose clock time a series keeps (BK-39)."""
    people = invited(booking)
    return people[0].time_zone if people else "UTC"
