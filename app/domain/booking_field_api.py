"""Booking fields as the API of 2024-06-14 names them, to and from the core's model (BK-29, VR-4)."""

from collections.abc import Mapping
from typing import Any, Final

from app.domain.booking_fields import CHOICE_TYPES, BookingField, FieldOption, FieldType
from app.domain.default_fields import DEFAULT_FIELDS, EMAIL, LOCATION, NAME

_DEFAULTS: Final = {field.slug: field for field in DEFAULT_FIELDS}
# Default fields that the API lets an owner change without naming a type.
_SLUG_OF_TYPE: Final = {FieldType.NAME.value: NAME, FieldType.EMAIL.value: EMAIL}


def field_from_api(given: Mapping[str, Any]) -> BookingField:
    """Read a field of the API: default ones by their slug (name and email also by type alone), others in full.

    Switches that are left out keep the default field's values. Raises ValueError for an unknown type or no slug.
    """
    slug = given.get("slug") or _SLUG_OF_TYPE.get(str(given.get("type")))
    if not isinstance(slug, str) or not slug:
        message = "A booking field needs a slug."
        raise ValueError(message)
    default = _DEFAULTS.get(slug)
    kind = str(given.get("type") or (default.type.value if default else None))
    return BookingField(
        slug=slug,
        type=FieldType(kind),
        label=given.get("label"),
        required=_switch(given, "required", default.required if default else False),
        hidden=_switch(given, "hidden", default.hidden if default else False),
        placeholder=given.get("placeholder"),
        options=tuple(FieldOption(option, option) for option in given.get("options") or ()),
        disable_on_prefill=bool(given.get("disableOnPrefill")),
    )


def field_to_api(field: BookingField) -> dict[str, Any]:
    """Write a field for the API; label and placeholder only when set, options only for choices."""
    shown: dict[str, Any] = {
        "isDefault": field.is_default,
        "type": field.type.value,
        "slug": field.slug,
        "required": field.required,
    }
    if field.slug != LOCATION:
        shown["disableOnPrefill"] = field.disable_on_prefill
    if field.slug not in {NAME, EMAIL} or field.hidden:
        shown["hidden"] = field.hidden
    if field.label is not None or not field.is_default:
        shown["label"] = field.label or ""
    if field.placeholder is not None:
        shown["placeholder"] = field.placeholder
    if field.type in CHOICE_TYPES:
        shown["options"] = [option.value for option in field.options]
    return shown


def _switch(given: Mapping[str, Any], key: str, default: bool) -> bool:
    value = given.get(key)
    return default if value is None else bool(value)
