"""Checking what a booker answered against the booking form (BK-5, BK-23, BK-29 to BK-32)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.answer_kinds import AnswerChecks, InvalidAnswerError, read_answer
from app.domain.booking_fields import BookingField, FieldType, FormView
from app.domain.default_fields import GUESTS, is_phone_only, own_fields

REQUIRED: Final = "error_required_field"
_PARTS: Final = {FieldType.NAME: ("firstName", "lastName"), FieldType.RADIO_INPUT: ("value",)}


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """What is wrong with one answer; `code` is the documented text after the slug (BK-31)."""

    slug: str
    code: str

    @property
    def message(self) -> str:
        """The wire form `{slug}code`."""
        return f"{{{self.slug}}}{self.code}"


@dataclass(frozen=True, slots=True)
class ValidatedAnswers:
    """Answers by slug, of JSON types, as they are stored; blank ones are left out, unknown slugs kept (BK-32)."""

    values: Mapping[str, object]


def validate_responses(
    fields: Sequence[BookingField], answers: Mapping[str, object], view: FormView, checks: AnswerChecks
) -> ValidatedAnswers | tuple[AnswerFault, ...]:
    """Check and normalise all answers of a form; every fault is reported, in form order.

    A hidden field is never required; a field of another view is not checked (BK-29). Answers to a hidden guests field
    are dropped silently (BK-23).
    """
    known = {field.slug for field in fields}
    values = {slug: answer for slug, answer in answers.items() if slug not in known}
    faults: list[AnswerFault] = []
    for field in fields:
        given = answers.get(field.slug)
        if given is None and not field.required:
            continue
        try:
            answer = _accepted(field, given, view, checks)
        except InvalidAnswerError as error:
            faults.append(AnswerFault(field.slug, error.code))
        else:
            if answer is not None:
                values[field.slug] = answer
    return tuple(faults) or ValidatedAnswers(values)


def missing_answers(fields: Sequence[BookingField], answers: Mapping[str, object]) -> tuple[str, ...]:
    """List the slugs of the owner's required fields without any answer (BK-5)."""
    wanted = (field for field in own_fields(fields) if field.required and not field.hidden)
    return tuple(field.slug for field in wanted if field.shown_in(FormView.BOOKING) and answers.get(field.slug) is None)


def missing_answer_message(slug: str, event_type_id: int) -> str:
    """Say which required answer is missing (BK-5)."""
    return (
        f"Missing required booking field response: {slug} - it is required by the event type booking fields, "
        "but missing in the bookingFieldsResponses. "
        f"You can fetch the event type with ID {event_type_id} to see the required fields."
    )


def missing_phone_message(fields: Sequence[BookingField], phone: str | None) -> str | None:
    """Say that a phone-only event type needs a phone number; None when all is well (BK-5)."""
    if phone or not is_phone_only(fields):
        return None
    return (
        "Missing attendee phone number - it is required by the event type. "
        'Pass it as "attendee.phoneNumber" in the request.'
    )


def _accepted(field: BookingField, answer: object, view: FormView, checks: AnswerChecks) -> object | None:
    """Return the answer to store, None for none; raises InvalidAnswerError."""
    if field.slug == GUESTS and field.hidden:
        return None
    if not field.shown_in(view):
        return answer
    if _is_blank(answer, field.type):
        if field.required and not field.hidden:
            raise InvalidAnswerError(REQUIRED)
        return None
    return read_answer(field, answer, checks)


def _is_blank(answer: object, kind: FieldType) -> bool:
    """Tell whether nothing was answered; a no to a yes/no field is an answer."""
    if isinstance(answer, str):
        return not answer.strip()
    if isinstance(answer, Mapping) and kind in _PARTS:
        return not any(answer.get(part) for part in _PARTS[kind])
    return answer is None or answer == []
