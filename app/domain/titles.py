"""Titles of bookings: the default sentence and the owner's template (BK-21, BK-44)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Final

TITLE_VARIABLES: Final = (
    "Event type title",
    "Organiser",
    "Scheduler",
    "Location",
    "Organiser first name",
    "Scheduler first name",
    "Scheduler last name",
    "Event duration",
    "LOCATION",
    "HOST/ATTENDEE",
    "HOST",
    "ATTENDEE",
    "USER",
)
_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")


@unique
class Reader(StrEnum):
    """For whom a title is written: `{HOST/ATTENDEE}` names the other side."""

    HOST = "HOST"
    ATTENDEE = "ATTENDEE"


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleFacts:
    """What a title may mention.

    `team_name` is given for COLLECTIVE event types and for bookings with more than one host, else None. `length` is the
    real length of the booking in minutes. `location` is its readable name; `answers` are those to booking fields.
    """

    event_type_title: str
    organizer_name: str
    attendee_name: str
    length: int
    team_name: str | None = None
    location: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)


def booking_title(template: str | None, facts: TitleFacts, reader: Reader = Reader.HOST) -> str:
    """Write the title of a booking by the owner's template, else the default sentence (BK-21).

    Variables without a value (unanswered fields, unknown names) stay as literal text. Values are not expanded again.
    """
    if not (template or "").strip():
        return default_title(facts)
    values = _values(facts, reader)
    return _VARIABLE.sub(lambda match: values.get(match[1]) or match[0], template or "")


def default_title(facts: TitleFacts) -> str:
    """Write "<event type> between <team or organizer> and <attendee>" (BK-21)."""
    return f"{facts.event_type_title} between {facts.team_name or facts.organizer_name} and {facts.attendee_name}"


def instant_title(attendee_name: str) -> str:
    """Write the title of an instant meeting (BK-44)."""
    return f"Instant Meeting with {attendee_name}"


def unknown_variables(template: str) -> tuple[str, ...]:
    """List the variables of a template that are not built in; booking field slugs count as unknown (BK-21)."""
    return tuple(name for name in _VARIABLE.findall(template) if name not in TITLE_VARIABLES)


def unknown_variables_message(names: tuple[str, ...]) -> str:
    """Say which variables of a template are not allowed (BK-21)."""
    return f"Invalid event name variables: {', '.join(names)}"


def _values(facts: TitleFacts, reader: Reader) -> dict[str, str]:
    first, _, last = facts.attendee_name.partition(" ")
    host, attendee = facts.organizer_name, facts.attendee_name
    built_in = {
        "Event type title": facts.event_type_title,
        "Organiser": host,
        "Organiser first name": host.partition(" ")[0],
        "Scheduler": attendee,
        "Scheduler first name": first,
        "Scheduler last name": last,
        "Location": facts.location,
        "LOCATION": facts.location,
        "Event duration": f"{facts.length} mins",
        "HOST": host,
        "ATTENDEE": attendee,
        "USER": attendee,
        "HOST/ATTENDEE": attendee if reader is Reader.HOST else host,
    }
    return {slug: _written(answer) for slug, answer in facts.answers.items()} | built_in


def _written(answer: object) -> str:
    """Put an answer into a title: lists joined, a location by its text, names by their parts."""
    if isinstance(answer, Mapping):
        parts = (answer.get(key) for key in ("firstName", "lastName", "optionValue"))
        return " ".join(str(part) for part in parts if part) or str(answer.get("value") or "")
    if isinstance(answer, list | tuple):
        return ", ".join(str(item) for item in answer)
    if isinstance(answer, bool):
        return "true" if answer else "false"
    return "" if answer is None else str(answer)
