"""The location of one booking: what the booker asks for and what it becomes (BK-7, BK-8, BK-33)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.answer_kinds import is_url
from app.domain.denials import Denial, DenialCode
from app.domain.locations import (
    ATTENDEE_TYPES,
    CAL_VIDEO,
    GOOGLE_MEET,
    INTEGRATION_PREFIX,
    ORGANIZER_TYPES,
    ORGANIZERS_DEFAULT_APP,
    OfferedLocation,
    integration_type,
    is_attendee_type,
)


@dataclass(frozen=True, slots=True)
class ChosenLocation:
    """What a booking request asks for, in stored words; `value` is the booker's own address, number, link or text.

    `checked` is false for a plain string, which is not held against the event type's list (BK-7).
    """

    type: str
    value: str | None = None
    checked: bool = True


@dataclass(frozen=True, slots=True)
class BookingLocation:
    """Where a booking takes place: stored type and readable text; the text of an app is its type (BK-33)."""

    type: str
    text: str | None

    @property
    def is_integration(self) -> bool:
        """Whether a conferencing app has to make the meeting."""
        return self.type.startswith(INTEGRATION_PREFIX)

    @property
    def answer(self) -> dict[str, str]:
        """The answer stored for the `location` booking field."""
        extra = self.text if is_attendee_type(self.type) else None
        return {"value": self.type, "optionValue": extra or ""}


@dataclass(frozen=True, slots=True)
class LocationOffer:
    """What the event type and its organizer have: locations in order, the organizer's default app (stored type)."""

    locations: Sequence[OfferedLocation] = ()
    default_app: str | None = None
    has_google_calendar: bool = False


def choice_from_api(given: Mapping[str, Any]) -> ChosenLocation:
    """Read a location object of a booking request (BK-8); ValueError for an unknown type or integration."""
    kind = str(given.get("type"))
    if kind in ORGANIZER_TYPES:
        return ChosenLocation(ORGANIZER_TYPES[kind][0])
    if kind in ATTENDEE_TYPES:
        stored, key = ATTENDEE_TYPES[kind]
        return ChosenLocation(stored, given.get(key))
    if kind == "organizersDefaultApp":
        return ChosenLocation(ORGANIZERS_DEFAULT_APP)
    if kind == "integration":
        return ChosenLocation(integration_type(given.get("integration")))
    message = f"Unknown location type {kind!r}."
    raise ValueError(message)


def choice_from_text(text: str, is_phone: Callable[[str], bool]) -> ChosenLocation:
    """Read a plain string: a URL is a link, a phone number a phone, anything else free text (BK-7)."""
    text = text.strip()
    if is_url(text):
        return ChosenLocation("link", text, checked=False)
    return ChosenLocation("phone" if is_phone(text) else "somewhereElse", text, checked=False)


def choice_from_answer(answer: Mapping[str, Any]) -> ChosenLocation | None:
    """Read the answer to the `location` booking field, `{value, optionValue}`; None for an empty one."""
    chosen = answer.get("value")
    return ChosenLocation(str(chosen), answer.get("optionValue") or None) if chosen else None


def decide_location(
    choice: ChosenLocation | None, offer: LocationOffer, *, strict: bool = False
) -> BookingLocation | Denial:
    """Turn a request into the booking's location, or refuse a type the event type does not offer (BK-7).

    Nothing asked for: the event type's first location, else the organizer's default app, else Cal Video (BK-33).
    `strict` holds plain strings against the list too.
    """
    if choice is None:
        return _default(offer)
    offered = next((location for location in offer.locations if location.type == choice.type), None)
    if offered is None and (choice.checked or strict):
        return Denial(DenialCode.LOCATION_NOT_OFFERED, _not_offered(choice, offer))
    own_words = is_attendee_type(choice.type) or not (choice.checked or strict)
    if own_words and choice.value is not None:
        return BookingLocation(choice.type, choice.value)
    return _settle(offered or OfferedLocation(choice.type), offer)


def _default(offer: LocationOffer) -> BookingLocation:
    first = offer.locations[0] if offer.locations else OfferedLocation(ORGANIZERS_DEFAULT_APP)
    return _settle(first, offer)


def _settle(location: OfferedLocation, offer: LocationOffer) -> BookingLocation:
    """Name the app behind "organizer's default app", and Cal Video where Google Meet has no calendar (BK-33)."""
    kind = (offer.default_app or CAL_VIDEO) if location.type == ORGANIZERS_DEFAULT_APP else location.type
    if kind == GOOGLE_MEET and not offer.has_google_calendar:
        kind = CAL_VIDEO
    return BookingLocation(kind, kind if kind.startswith(INTEGRATION_PREFIX) else location.value)


def _not_offered(choice: ChosenLocation, offer: LocationOffer) -> str:
    names = ", ".join(dict.fromkeys(location.type for location in offer.locations)) or "none"
    return f"Location {choice.type!r} is not one of the locations of the event type. Its locations are: {names}."
