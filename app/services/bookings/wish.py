"""A booking request, checked and put into the core's words (BK-1 to BK-8, BK-29 to BK-33)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

from app.domain.answer_kinds import AnswerChecks
from app.domain.attendees import Person, email_for_phone
from app.domain.booking_answers import (
    missing_answer_message,
    missing_answers,
    missing_phone_message,
    validate_responses,
)
from app.domain.booking_fields import FormView
from app.domain.default_fields import ATTENDEE_PHONE, EMAIL, GUESTS, LOCATION, NAME, NOTES, SMS_REMINDER
from app.domain.denials import Denial, DenialCode
from app.domain.languages import is_language
from app.domain.lengths import booking_length
from app.domain.location_choice import (
    BookingLocation,
    ChosenLocation,
    LocationOffer,
    choice_from_answer,
    choice_from_api,
    choice_from_text,
    decide_location,
)
from app.domain.locations import MAX_LOCATION
from app.domain.metadata import check_metadata
from app.domain.recurrence import occurrence_count, occurrence_starts
from app.errors import InvalidInputError
from app.services.bookings.create_command import Booker, CreateBooking
from app.services.bookings.profile import EventProfile
from app.services.bookings.refusals import deny, error_of_denial, refuse_answers, refuse_faults
from app.services.bookings.texts import check_storable, is_name
from app.services.checks import check_email, check_text, check_zone

NO_CONTACT = "Attendee must have at least one contact method (email or phone number)"
MAX_GUESTS = 100
LAST_YEAR = 2199
"""So that a series of a hundred years, and a zone's offset, still make a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be booked: one start per occurrence (epoch seconds), `length` in minutes, answers as stored."""

    booker: Person
    starts: tuple[int, ...]
    length: int
    answers: Mapping[str, Any]
    choice: ChosenLocation | None
    metadata: Mapping[str, Any]

    @property
    def zone(self) -> ZoneInfo:
        """The booker's time zone."""
        return ZoneInfo(self.booker.zone)

    @property
    def guests(self) -> tuple[str, ...]:
        """The guests that the form let through."""
        return tuple(self.answers.get(GUESTS) or ())

    @property
    def notes(self) -> str | None:
        """What the booker wrote to the host."""
        return self.answers.get(NOTES) or None

    @property
    def sms_reminder_number(self) -> str | None:
        """The number for text message reminders."""
        return self.answers.get(SMS_REMINDER) or None


def read_wish(command: CreateBooking, profile: EventProfile) -> Wish:
    """Check a request in the documented order (BK-4). Raises InvalidInputError."""
    _check_texts(command)
    booker = read_booker(command.attendee)
    metadata = read_metadata(command.metadata)
    _check_own_fields(command, profile)
    length = _length(command, profile)
    choice = read_choice(command)
    if choice is not None:
        decide(profile, choice)
    starts = _starts(command, profile, ZoneInfo(booker.zone))
    answers = _answers(command, profile, booker, choice)
    return Wish(booker=booker, starts=starts, length=length, answers=answers, choice=choice, metadata=metadata)


def _check_texts(command: CreateBooking) -> None:
    check_storable("bookingFieldsResponses", command.responses)
    check_storable("metadata", command.metadata)
    check_storable("guests", command.guests)
    check_storable("location", command.location)
    if len(str(command.location)) > MAX_LOCATION:
        raise InvalidInputError.at("location", f"At most {MAX_LOCATION} characters.", "length")
    if command.hold is not None and not is_name(command.hold):
        raise InvalidInputError.at("hold", "Is not the uid of a hold.", "hold")


def epoch(path: str, moment: datetime) -> int:
    """An aware instant as epoch seconds, truncated. Raises InvalidInputError for a naive one, or one after 2199."""
    if moment.tzinfo is None:
        raise InvalidInputError.at(path, "Must have a UTC offset.", "offset")
    if moment.year > LAST_YEAR:
        raise InvalidInputError.at(path, f"Must lie before the year {LAST_YEAR + 1}.", "range")
    return max(int(moment.timestamp()), 0)


def read_booker(given: Booker) -> Person:
    """The booker's attendee row; a phone number alone makes a stand-in address (BK-2, BK-25)."""
    name = check_text("attendee.name", given.name, least=1, most=300)
    zone = check_zone("attendee.timeZone", given.time_zone)
    if not is_language(given.language):
        raise InvalidInputError.at("attendee.language", f"{given.language!r} is not a known language.", "language")
    phone = _phone(given.phone_number) if given.phone_number else None
    if given.email:
        return Person(name, _email(given.email), zone, given.language, phone)
    if phone is None:
        raise InvalidInputError.at("attendee", NO_CONTACT, "contact")
    return Person(name, email_for_phone(phone), zone, given.language, phone)


def read_metadata(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """Metadata within its limits (BK-3)."""
    refuse_faults(check_metadata(metadata))
    return metadata


def read_choice(command: CreateBooking) -> ChosenLocation | None:
    """The location asked for: an object, plain text, or the answer to the location field (BK-7)."""
    given = command.location
    if isinstance(given, str):
        return choice_from_text(given, is_phone)
    if given is None:
        return _answered_choice(command)
    try:
        return choice_from_api(given)
    except ValueError as error:
        raise InvalidInputError.at("location", str(error), "location") from error


def _answered_choice(command: CreateBooking) -> ChosenLocation | None:
    answer = command.responses.get(LOCATION)
    if not isinstance(answer, Mapping):
        return None
    if not isinstance(answer.get("optionValue"), str | None) or len(str(answer)) > MAX_LOCATION:
        raise InvalidInputError.at("bookingFieldsResponses.location", "{location}Invalid string", "Invalid string")
    choice = choice_from_answer(answer)
    return replace(choice, checked=not command.any_location) if choice is not None else None


def decide(profile: EventProfile, choice: ChosenLocation | None, organizer_id: int | None = None) -> BookingLocation:
    """Where the booking takes place (BK-33). Raises InvalidInputError for a type that is not offered (BK-7)."""
    offer = LocationOffer(
        locations=profile.locations,
        default_app=profile.default_app(organizer_id) if organizer_id is not None else None,
    )
    decided = decide_location(choice, offer)
    if isinstance(decided, Denial):
        raise error_of_denial(decided)
    return decided


def _check_own_fields(command: CreateBooking, profile: EventProfile) -> None:
    """BK-5: the owner's required fields, then the phone number of phone-only event types."""
    missing = missing_answers(profile.form, command.responses)
    if missing:
        message = missing_answer_message(missing[0], profile.id or 0)
        raise InvalidInputError.at(f"bookingFieldsResponses.{missing[0]}", message, "error_required_field")
    phone = command.attendee.phone_number or command.responses.get(ATTENDEE_PHONE)
    message_or_none = missing_phone_message(profile.form, phone)
    if message_or_none:
        raise InvalidInputError.at("attendee.phoneNumber", message_or_none, "error_required_field")


def _length(command: CreateBooking, profile: EventProfile) -> int:
    if profile.recurrence is not None:
        return profile.length  # BK-6: a series always has the default length
    if command.end is not None:
        return _length_until(command.end, command.start, profile)
    length = booking_length(profile.length, profile.length_options, command.length_minutes)
    if isinstance(length, Denial):
        raise error_of_denial(length)
    return length


def _length_until(end: datetime, start: datetime, profile: EventProfile) -> int:
    """The length between two instants, if the event type has it (BK-10)."""
    seconds = epoch("end", end) - epoch("start", start)
    length, rest = divmod(seconds, 60)
    if rest or length not in {profile.length, *profile.length_options}:
        raise InvalidInputError.at("end", "Invalid event length", "length")
    return length


def _starts(command: CreateBooking, profile: EventProfile, zone: ZoneInfo) -> tuple[int, ...]:
    first = epoch("start", command.start)
    count = 1 if command.once else occurrence_count(profile.recurrence, command.recurrence_count)
    if isinstance(count, Denial):
        raise error_of_denial(count)
    if profile.recurrence is None:
        return (first,)
    if profile.seats_per_slot is not None:
        code = DenialCode.SEATS_WITH_RECURRENCE
        deny(Denial(code, code.value))
    return occurrence_starts(first, count, profile.recurrence, zone)


def _answers(
    command: CreateBooking, profile: EventProfile, booker: Person, choice: ChosenLocation | None
) -> Mapping[str, Any]:
    """All answers of the form, the ones given outside of `responses` included, checked and normalised (BK-30)."""
    answers: dict[str, Any] = {**command.responses, NAME: booker.name, EMAIL: booker.email}
    if booker.phone:
        answers[ATTENDEE_PHONE] = booker.phone
    if command.guests:
        answers[GUESTS] = list(command.guests)
    answers.pop(LOCATION, None)
    if choice is not None and choice.checked:
        answers[LOCATION] = {"value": choice.type, "optionValue": choice.value or ""}
    checked = validate_responses(profile.form, answers, FormView.BOOKING, _CHECKS)
    if isinstance(checked, tuple):
        refuse_answers(checked)
    if len(checked.values.get(GUESTS) or ()) > MAX_GUESTS:  # type: ignore[arg-type] # a list of addresses by now
        raise InvalidInputError.at("guests", f"At most {MAX_GUESTS} guests.", "length")
    return checked.values


@lru_cache(maxsize=4096)
def _email(address: str) -> str:
    # Kept by text: the booking form checks the same address again.
    return check_email("attendee.email", address)


def _phone(number: str) -> str:
    if not is_phone(number):
        raise InvalidInputError.at("attendee.phoneNumber", "Not an international phone number.", "phone")
    parsed = phonenumbers.parse(number)
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def is_phone(number: str) -> bool:
    """Whether this can be an international phone number (BK-2); nobody needs to have it yet."""
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(number)))
    except phonenumbers.NumberParseException:
        return False


def is_email(address: str) -> bool:
    """Whether this is a syntactically right address."""
    try:
        _email(address)
    except InvalidInputError:
        return False
    return True


_CHECKS = AnswerChecks(is_email=is_email, is_phone=is_phone)
