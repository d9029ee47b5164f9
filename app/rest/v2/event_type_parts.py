"""Locations and booking fields of event types as of 2024-06-14: read with the documented refusals (BK-8, BK-29)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import orjson

from app.domain.booking_field_api import field_from_api, field_to_api
from app.domain.booking_fields import CHOICE_TYPES, field_from_json, field_to_json
from app.domain.default_fields import DEFAULT_SLUGS, LOCATION
from app.domain.locations import location_from_api, location_from_json, location_to_api, location_to_json
from app.errors import InvalidInputError
from app.services.bookings.wish import is_phone
from app.services.checks import check_url

INTEGRATIONS: Final = ("cal-video", "google-meet", "office365-video", "zoom")
LOCATION_KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "address": {"address": "string", "public": "boolean"},
    "link": {"link": "url", "public": "boolean"},
    "integration": {"integration": "integration"},
    "phone": {"phone": "phone", "public": "boolean"},
    "attendeeAddress": {},
    "attendeePhone": {},
    "attendeeDefined": {},
}
"""Keys that a location needs beside its type."""
FIELD_TYPES: Final = (
    "name", "email", "phone", "address", "text", "number", "textarea", "select", "multiselect", "multiemail",
    "checkbox", "radio", "boolean", "url",
)  # fmt: skip
WITHOUT_TYPE: Final = ("title", "notes", "guests", "rescheduleReason", "location")
WITHOUT_SLUG: Final = ("name", "email")
RESERVED: Final = (*WITHOUT_SLUG, "smsReminderNumber")
_CHOICES: Final = frozenset(kind.value for kind in CHOICE_TYPES)


def stored_locations(given: Sequence[Any]) -> list[dict[str, Any]]:
    """Locations in the stored shape. Raises InvalidInputError with the documented texts."""
    if not given:
        raise _refusal("locations", "'locations' must contain at least 1 location.")
    return [_stored_location(item) for item in given]


def stored_fields(given: Sequence[Any]) -> list[dict[str, Any]]:
    """Booking fields in the stored shape. Raises InvalidInputError with the documented texts."""
    if not given:
        raise _refusal("bookingFields", "'bookingFields' must contain at least 1 booking field.")
    seen: set[str] = set()
    return [_stored_field(item, seen) for item in given]


def shown_location(stored: Mapping[str, Any], *, with_details: bool) -> dict[str, Any]:
    """A location of the API; what is not public has its detail for those only who may change the event type."""
    location = location_from_json(stored)
    shown = location_to_api(location)
    if shown is None:
        return {"type": "unknown", "location": orjson.dumps(dict(stored)).decode() if with_details else location.type}
    if not with_details and shown.get("public") is False:
        return {key: value if key in {"type", "public"} else "" for key, value in shown.items()}
    return shown


def shown_fields(
    stored: Sequence[Mapping[str, Any]], *, several_places: bool, with_hidden: bool
) -> list[dict[str, Any]]:
    """Booking fields of the API; where to meet is asked only when there are several places.

    Hidden ones are for those only who may change the event type.
    """
    shown = [field_to_api(field_from_json(item)) for item in stored if several_places or item["name"] != LOCATION]
    return shown if with_hidden else [field for field in shown if not field.get("hidden")]


def _stored_location(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise _refusal("locations", "Each object in 'locations' must be an object.")
    kind = given.get("type")
    if not kind:
        raise _refusal("locations", "Each object in 'locations' must have a 'type' property.")
    keys = LOCATION_KEYS.get(kind) if isinstance(kind, str) else None
    if keys is None:
        kinds = "address, link, integration, and phone"
        raise _refusal("locations", f"Unsupported location type '{kind}'. Valid types are {kinds}.")
    _check_keys("locations", f"Validation failed for {kind} location: ", given, keys)
    try:
        return location_to_json(location_from_api({key: given[key] for key in ("type", *keys)}))
    except ValueError as error:
        raise _refusal("locations", f"Validation failed for {kind} location: {error}") from error


def _stored_field(given: Any, seen: set[str]) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise _refusal("bookingFields", "Each booking field must be an object.")
    kind, slug = given.get("type"), given.get("slug")
    if slug not in WITHOUT_TYPE:
        _check_own(kind, slug)
    if slug is not None and not isinstance(slug, str):
        raise _refusal("bookingFields", f"Validation failed for {kind} booking field: slug must be a string")
    name = str(slug or kind)
    if name in seen:
        message = f"Duplicate bookingFields slug '{name}' found. All bookingFields slugs must be unique."
        raise _refusal("bookingFields", message)
    seen.add(name)
    _check_keys("bookingFields", f"Validation failed for {kind or slug} booking field: ", given, _keys(kind, slug))
    try:
        return field_to_json(field_from_api(given))
    except ValueError as error:
        raise _refusal("bookingFields", f"Validation failed for {kind or slug} booking field: {error}") from error


def _check_own(kind: Any, slug: Any) -> None:
    """What has a type: name and email without a slug, and the owner's own fields."""
    if not kind:
        raise _refusal("bookingFields", "Each booking field must have a 'type' property.")
    if kind not in FIELD_TYPES:
        raise _refusal("bookingFields", f"Unsupported booking field type '{kind}'.")
    if not slug and kind not in WITHOUT_SLUG:
        raise _refusal("bookingFields", "Each booking field must have a 'slug' property.")
    if slug in RESERVED and slug != kind:
        message = (
            f"The slug '{slug}' is reserved and cannot be used, because it is a slug of a default booking field. "
            f"Reserved slugs are: {', '.join(RESERVED)}"
        )
        raise _refusal("bookingFields", message)


def _keys(kind: Any, slug: Any) -> Mapping[str, str]:
    """The keys a field needs; those of default fields may all be left out."""
    if slug in DEFAULT_SLUGS or kind in WITHOUT_SLUG:
        optional = {"label": "string?", "placeholder": "string?"}
        return {**optional, "required": "boolean?", "hidden": "boolean?", "disableOnPrefill": "boolean?"}
    needed = {"slug": "string", "label": "string", "required": "boolean"}
    optional = {"placeholder": "string?", "hidden": "boolean?", "disableOnPrefill": "boolean?"}
    return {**needed, **optional, **({"options": "strings"} if kind in _CHOICES else {})}


def _check_keys(path: str, beginning: str, given: Mapping[str, Any], keys: Mapping[str, str]) -> None:
    wrong = [text for key, kind in keys.items() if (text := _wrong(key, kind, given.get(key)))]
    if wrong:
        raise _refusal(path, beginning + ", ".join(wrong))


def _wrong(key: str, kind: str, value: Any) -> str | None:
    if value is None and kind.endswith("?"):
        return None
    right, text = _KINDS[kind.removesuffix("?")]
    return None if right(value) else f"{key} {text}"


def _is_url(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(check_url("link", value))
    except InvalidInputError:
        return False


def _are_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_KINDS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "string": (lambda value: isinstance(value, str), "must be a string"),
    "boolean": (lambda value: isinstance(value, bool), "must be a boolean value"),
    "strings": (_are_strings, "must be an array of strings"),
    "url": (_is_url, "must be a URL address"),
    "phone": (lambda value: isinstance(value, str) and is_phone(value), "must be a valid phone number"),
    "integration": (
        lambda value: value in INTEGRATIONS,
        f"must be one of the following values: {', '.join(INTEGRATIONS)}",
    ),
}


def _refusal(path: str, message: str) -> InvalidInputError:
    return InvalidInputError.at(path, message, "isValid")
