"""Somebody's calendar that does what mails ask, as RFC 5546 has it, and is strict about what they must say."""

from datetime import UTC, datetime
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from app.services.mails.content import MailContent
from tests.services.mails.post import rendered

Span = tuple[datetime, datetime]


class Agenda:
    """Entries by UID: the entry itself, and its occurrences that are otherwise or gone, by their RECURRENCE-ID."""

    def __init__(self) -> None:
        self._zones: list[Any] = []
        self._entries: dict[str, Any] = {}
        self._others: dict[str, dict[datetime, Any | None]] = {}
        self._sequences: dict[tuple[str, datetime | None], int] = {}

    def take(self, mail: MailContent) -> None:
        """Follow the file of a mail, if it has one; it must be newer than what it replaces."""
        file = rendered(mail).calendar
        if file is None:
            return
        calendar = Calendar.from_ical(file)
        self._zones += calendar.timezones
        known = dict(self._sequences)
        for event in calendar.events:
            if calendar["METHOD"] == "REQUEST":
                self._check_sequence(event, known)
                self._follow(event)
            elif str(event["UID"]) in {uid for uid, _ in known}:  # what is not there cannot be removed
                self._check_sequence(event, known)
                self._cancel(event)

    def _check_sequence(self, event: Any, known: dict[tuple[str, datetime | None], int]) -> None:
        uid, place = str(event["UID"]), _place(event)
        if place is None:  # it replaces everything
            before = [number for (other, _), number in known.items() if other == uid]
        else:
            before = [known[key] for key in ((uid, None), (uid, place)) if key in known]
        assert all(event["SEQUENCE"] > number for number in before), "a calendar would ignore this"
        self._sequences[uid, place] = event["SEQUENCE"]

    def _follow(self, event: Any) -> None:
        uid, place = str(event["UID"]), _place(event)
        if place is None:
            self._entries[uid] = event
            self._others[uid] = {}
        else:
            self._others.setdefault(uid, {})[place] = event

    def _cancel(self, event: Any) -> None:
        uid, place = str(event["UID"]), _place(event)
        if place is None:
            self._entries.pop(uid, None)
            self._others.pop(uid, None)
        else:
            self._others.setdefault(uid, {})[place] = None

    def meetings(self) -> list[Span]:
        """From when to when there are meetings, in UTC."""
        calendar = Calendar()
        for zone in self._zones:
            calendar.add_component(zone)
        for event in self._entries.values():
            calendar.add_component(event)
        spans = [span for span in _expanded(calendar) if not self._is_otherwise(span)]
        kept = (event for others in self._others.values() for event in others.values() if event is not None)
        return sorted([*spans, *((_utc(event["DTSTART"].dt), _utc(event["DTEND"].dt)) for event in kept)])

    def _is_otherwise(self, span: Span) -> bool:
        return any(span[0] in others for others in self._others.values())

    def places_exist(self) -> bool:
        """Whether every occurrence that is otherwise has its place in an entry."""
        calendar = Calendar()
        for event in [*self._zones, *self._entries.values()]:
            calendar.add_component(event)
        starts = {start for start, _ in _expanded(calendar)}
        return all(place in starts for others in self._others.values() for place in others)


def _expanded(calendar: Calendar) -> list[Span]:
    found = recurring_ical_events.of(calendar).between((2020, 1, 1), (2070, 1, 1))
    return sorted((_utc(event["DTSTART"].dt), _utc(event["DTEND"].dt)) for event in found)


def _place(event: Any) -> datetime | None:
    return _utc(event["RECURRENCE-ID"].dt) if "RECURRENCE-ID" in event else None


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
