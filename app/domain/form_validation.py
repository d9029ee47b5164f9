"""Whether a booking form makes sense: slugs, options, lengths, and a way to reach the booker (BK-32)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from app.domain.booking_fields import CHOICE_TYPES, BookingField, FieldType
from app.domain.default_fields import DEFAULT_FIELDS, DEFAULT_SLUGS, demands_email, is_phone_only
from app.domain.faults import Fault

MAX_FIELDS: Final = 100
MAX_OPTIONS: Final = 200
MAX_SLUG: Final = 100
MAX_TEXT: Final = 1000
_DEFAULT_TYPES: Final = {field.slug: field.type for field in DEFAULT_FIELDS}
_FAILED: Final = "Booking fields validation failed:"


def check_form(fields: Sequence[BookingField], *, phone_only_allowed: bool) -> Iterable[Fault]:
    """Check a whole form, default fields included; an empty one stands for the default form.

    `phone_only_allowed`: the event type belongs to a team of an organization, whose bookers may be asked for a phone
    number instead of an e-mail address (BK-32).
    """
    if not fields:
        return
    if len(fields) > MAX_FIELDS:
        yield Fault("booking_fields", f"{_FAILED} at most {MAX_FIELDS} fields.")
    for slug, times in Counter(field.slug for field in fields).items():
        if times > 1:
            yield Fault("booking_fields", f"{_FAILED} slug '{slug}' is used more than once.")
    for index, field in enumerate(fields):
        yield from _check_field(field, f"booking_fields.{index}")
    yield from _check_contact(fields, phone_only_allowed)


def _check_contact(fields: Sequence[BookingField], phone_only_allowed: bool) -> Iterable[Fault]:
    if demands_email(fields) or (phone_only_allowed and is_phone_only(fields)):
        return
    wanted = "the email field must be required and visible"
    if phone_only_allowed:
        wanted += ", or the attendeePhoneNumber field must be"
    yield Fault("booking_fields", f"{_FAILED} {wanted}.")


def _check_field(field: BookingField, path: str) -> Iterable[Fault]:
    if not field.slug.strip() or len(field.slug) > MAX_SLUG or any(sign in field.slug for sign in "{}"):
        yield Fault(f"{path}.slug", f"{_FAILED} a slug has 1 to {MAX_SLUG} characters and no braces.")
    if field.slug in _DEFAULT_TYPES and field.type is not _DEFAULT_TYPES[field.slug]:
        yield Fault(f"{path}.type", f"{_FAILED} the slug '{field.slug}' belongs to a default field.")
    if field.slug not in DEFAULT_SLUGS and field.type in {FieldType.NAME, FieldType.RADIO_INPUT}:
        yield Fault(f"{path}.type", f"{_FAILED} type '{field.type.value}' is for default fields only.")
    if max(len(field.label or ""), len(field.placeholder or "")) > MAX_TEXT:
        yield Fault(f"{path}.label", f"{_FAILED} texts have at most {MAX_TEXT} characters.")
    yield from _check_options(field, path)
    yield from _check_size(field, path)


def _check_options(field: BookingField, path: str) -> Iterable[Fault]:
    values = [option.value for option in field.options]
    if field.type in CHOICE_TYPES and not 1 <= len(values) <= MAX_OPTIONS:
        yield Fault(f"{path}.options", f"{_FAILED} 1 to {MAX_OPTIONS} options are needed.")
    if len(set(values)) < len(values) or not all(value.strip() for value in values):
        yield Fault(f"{path}.options", f"{_FAILED} options must be different and not empty.")


def _check_size(field: BookingField, path: str) -> Iterable[Fault]:
    least, most = field.min_length or 0, field.max_length
    if least < 0 or (most is not None and (most < 1 or most < least)):
        yield Fault(f"{path}.maxLength", f"{_FAILED} lengths must be positive and in order.")
