"""The booking form of an event type: its fields, and the one JSON shape they are stored in (BK-29, BK-30).

Stored shape, one object per field, in form order; keys at their default are left out except the first five:

    {"name": "diet", "type": "select", "required": true, "hidden": false, "editable": "user",
     "label": "Diet", "placeholder": "Select...", "options": [{"value": "vegan", "label": "Vegan"}],
     "disableOnPrefill": true, "views": [{"id": "reschedule"}], "minLength": 2, "maxLength": 400,
     "excludeEmails": "@spam.example,@test.example", "requireEmails": "@acme.example", "variant": "firstAndLastName"}

`name` is the slug under which answers are kept. No `views` means every view. It is also what clients of the internal
event type shape read and write, so unknown keys they add are ignored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Final


@unique
class FieldType(StrEnum):
    """The kind of answer a field takes (BK-30)."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    TEXT = "text"
    NUMBER = "number"
    TEXTAREA = "textarea"
    SELECT = "select"
    MULTISELECT = "multiselect"
    MULTIEMAIL = "multiemail"
    CHECKBOX = "checkbox"
    RADIO = "radio"
    BOOLEAN = "boolean"
    URL = "url"
    RADIO_INPUT = "radioInput"


@unique
class FormView(StrEnum):
    """The form in which a field is shown."""

    BOOKING = "booking"
    RESCHEDULE = "reschedule"


@unique
class Editable(StrEnum):
    """What the owner of the event type may change about a field; `system...` marks default fields."""

    SYSTEM = "system"
    SYSTEM_BUT_OPTIONAL = "system-but-optional"
    SYSTEM_BUT_HIDDEN = "system-but-hidden"
    USER = "user"
    USER_READONLY = "user-readonly"


@unique
class NameVariant(StrEnum):
    """Whether a name is asked in one part or two."""

    FULL_NAME = "fullName"
    FIRST_AND_LAST_NAME = "firstAndLastName"


CHOICE_TYPES: Final = frozenset({FieldType.SELECT, FieldType.RADIO, FieldType.MULTISELECT, FieldType.CHECKBOX})


@dataclass(frozen=True, slots=True)
class FieldOption:
    """One choice of a select, radio, multiselect or checkbox field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingField:
    """One field of the booking form; lengths are in characters, empty `views` means every view."""

    slug: str
    type: FieldType
    label: str | None = None
    required: bool = False
    hidden: bool = False
    placeholder: str | None = None
    options: tuple[FieldOption, ...] = ()
    disable_on_prefill: bool = False
    editable: Editable = Editable.USER
    views: tuple[FormView, ...] = ()
    min_length: int | None = None
    max_length: int | None = None
    exclude_emails: tuple[str, ...] = ()
    require_emails: tuple[str, ...] = ()
    name_variant: NameVariant = NameVariant.FULL_NAME

    @property
    def is_default(self) -> bool:
        """Whether the form has this field by itself (BK-29)."""
        return self.editable.value.startswith("system")

    def shown_in(self, view: FormView) -> bool:
        """Tell whether the field belongs to this view of the form."""
        return not self.views or view in self.views


def field_to_json(field: BookingField) -> dict[str, Any]:
    """Write a field in the stored shape."""
    extras: dict[str, Any] = {
        "label": field.label,
        "placeholder": field.placeholder,
        "options": [{"value": option.value, "label": option.label} for option in field.options],
        "disableOnPrefill": field.disable_on_prefill,
        "views": [{"id": view.value} for view in field.views],
        "minLength": field.min_length,
        "maxLength": field.max_length,
        "excludeEmails": ",".join(field.exclude_emails),
        "requireEmails": ",".join(field.require_emails),
        "variant": field.name_variant.value if field.name_variant is not NameVariant.FULL_NAME else None,
    }
    return {
        "name": field.slug,
        "type": field.type.value,
        "required": field.required,
        "hidden": field.hidden,
        "editable": field.editable.value,
        **{key: value for key, value in extras.items() if value},
    }


def field_from_json(stored: Mapping[str, Any]) -> BookingField:
    """Read a stored field; unknown keys are ignored. Raises KeyError or ValueError for a shape that is none of ours."""
    return BookingField(
        slug=stored["name"],
        type=FieldType(stored["type"]),
        label=stored.get("label"),
        required=bool(stored.get("required")),
        hidden=bool(stored.get("hidden")),
        placeholder=stored.get("placeholder"),
        options=tuple(_option(option) for option in stored.get("options") or ()),
        disable_on_prefill=bool(stored.get("disableOnPrefill")),
        editable=Editable(stored.get("editable") or Editable.USER),
        views=tuple(FormView(view["id"]) for view in stored.get("views") or ()),
        min_length=stored.get("minLength"),
        max_length=stored.get("maxLength"),
        exclude_emails=_entries(stored.get("excludeEmails")),
        require_emails=_entries(stored.get("requireEmails")),
        name_variant=NameVariant(stored.get("variant") or NameVariant.FULL_NAME),
    )


def fields_to_json(fields: Sequence[BookingField]) -> list[dict[str, Any]]:
    """Write a whole form in the stored shape."""
    return [field_to_json(field) for field in fields]


def fields_from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[BookingField, ...]:
    """Read a whole stored form; errors as `field_from_json`."""
    return tuple(field_from_json(field) for field in stored)


def _option(stored: Mapping[str, Any] | str) -> FieldOption:
    if isinstance(stored, str):
        return FieldOption(stored, stored)
    return FieldOption(stored["value"], stored.get("label") or stored["value"])


def _entries(text: str | None) -> tuple[str, ...]:
    return tuple(entry for part in (text or "").split(",") if (entry := part.strip()))
