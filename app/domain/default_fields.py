"""The fields every booking form has by itself, and how an owner's own fields join them (BK-24, BK-29)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.domain.booking_fields import BookingField, Editable, FieldType, FormView

NAME: Final = "name"
EMAIL: Final = "email"
ATTENDEE_PHONE: Final = "attendeePhoneNumber"
LOCATION: Final = "location"
TITLE: Final = "title"
NOTES: Final = "notes"
GUESTS: Final = "guests"
RESCHEDULE_REASON: Final = "rescheduleReason"
SMS_REMINDER: Final = "smsReminderNumber"

_OPTIONAL: Final = Editable.SYSTEM_BUT_OPTIONAL

DEFAULT_FIELDS: Final = (
    BookingField(slug=NAME, type=FieldType.NAME, required=True, editable=Editable.SYSTEM),
    BookingField(slug=EMAIL, type=FieldType.EMAIL, required=True, editable=_OPTIONAL),
    BookingField(slug=ATTENDEE_PHONE, type=FieldType.PHONE, hidden=True, editable=_OPTIONAL),
    BookingField(slug=LOCATION, type=FieldType.RADIO_INPUT, editable=Editable.SYSTEM),
    BookingField(slug=TITLE, type=FieldType.TEXT, required=True, hidden=True, editable=_OPTIONAL),
    BookingField(slug=NOTES, type=FieldType.TEXTAREA, editable=_OPTIONAL),
    BookingField(slug=GUESTS, type=FieldType.MULTIEMAIL, editable=_OPTIONAL),
    BookingField(slug=RESCHEDULE_REASON, type=FieldType.TEXTAREA, editable=_OPTIONAL, views=(FormView.RESCHEDULE,)),
)
# Joins the form only while a workflow sends text messages to the booker.
SMS_REMINDER_FIELD: Final = BookingField(slug=SMS_REMINDER, type=FieldType.PHONE, editable=Editable.SYSTEM)

DEFAULT_SLUGS: Final = frozenset({*(field.slug for field in DEFAULT_FIELDS), SMS_REMINDER})


def complete_form(fields: Sequence[BookingField]) -> tuple[BookingField, ...]:
    """Build the whole form: default fields first, changed as `fields` say, then the owner's own in their order (BK-29).

    A field of `fields` with a default slug lends its label, placeholder and switches; type, views and order stay.
    """
    given = {field.slug: field for field in fields}
    defaults = [_adapt(default, given.get(default.slug)) for default in DEFAULT_FIELDS]
    reminder = [SMS_REMINDER_FIELD] if SMS_REMINDER in given else []
    return (*defaults, *reminder, *(field for field in fields if field.slug not in DEFAULT_SLUGS))


def own_fields(fields: Sequence[BookingField]) -> tuple[BookingField, ...]:
    """Pick the fields the owner added."""
    return tuple(field for field in fields if field.slug not in DEFAULT_SLUGS)


def with_guests_disabled(fields: Sequence[BookingField], disabled: bool) -> tuple[BookingField, ...]:
    """Hide or show the guests field as `disableGuests` says; hidden, its answers are ignored (BK-23, BK-24)."""
    return tuple(replace(field, hidden=disabled) if field.slug == GUESTS else field for field in fields)


def guests_disabled(fields: Sequence[BookingField]) -> bool:
    """Tell whether the form takes no guests."""
    return all(field.hidden for field in fields if field.slug == GUESTS)


def is_phone_only(fields: Sequence[BookingField]) -> bool:
    """Tell whether bookers need no e-mail address but a phone number (BK-5, BK-32)."""
    by_slug = {field.slug: field for field in fields}
    return not _demanded(by_slug.get(EMAIL)) and _demanded(by_slug.get(ATTENDEE_PHONE))


def demands_email(fields: Sequence[BookingField]) -> bool:
    """Tell whether every booker must give a visible e-mail address (BK-32)."""
    return any(field.slug == EMAIL and _demanded(field) for field in fields)


def _demanded(field: BookingField | None) -> bool:
    return field is not None and field.required and not field.hidden


def _adapt(default: BookingField, given: BookingField | None) -> BookingField:
    if given is None:
        return default
    return replace(
        default,
        label=given.label,
        placeholder=given.placeholder,
        disable_on_prefill=given.disable_on_prefill,
        required=True if default.slug == NAME else given.required,
        hidden=False if default.slug == NAME else given.hidden,
        min_length=given.min_length,
        max_length=given.max_length,
        exclude_emails=given.exclude_emails,
        require_emails=given.require_emails,
        name_variant=given.name_variant,
    )
