"""Checks of single values that several resources share; each raises InvalidInputError naming the field."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from email_validator import EmailNotValidError

from app.domain.faults import Fault
from app.domain.metadata import check_metadata
from app.domain.slugs import MAX_SLUG, is_slug
from app.errors import FieldFault, InvalidInputError
from app.services.addresses import normal_address

_COLOUR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Every IANA zone name known here, aliases included; what stands for no zone of its own is none."""
    return frozenset(available_timezones()) - {"Factory", "localtime"}


def check_zone(path: str, name: str) -> str:
    """An IANA zone name, as given."""
    if name not in zone_names():
        raise InvalidInputError.at(path, f"{name!r} is not an IANA time zone.", "time_zone")
    return name


def check_email(path: str, address: str) -> str:
    """A syntactically right address, lower-cased: people type theirs in any case."""
    try:
        return normal_address(address).lower()
    except EmailNotValidError as error:
        raise InvalidInputError.at(path, f"Not an e-mail address: {error}", "email") from error


def check_slug(path: str, slug: str) -> str:
    """A part of a URL path: lower-case letters, digits, dots, hyphens and underscores."""
    if not is_slug(slug):
        signs = "lower-case letters, digits, '.', '-' or '_', beginning and ending with a letter or digit"
        message = f"Use 1 to {MAX_SLUG} {signs}."
        raise InvalidInputError.at(path, message, "slug")
    return slug


def check_text(path: str, text: str, *, most: int, least: int = 0) -> str:
    """Text of bounded length without control characters; surrounding white space is dropped."""
    text = text.strip()
    if not least <= len(text) <= most:
        raise InvalidInputError.at(path, f"Must have {least} to {most} characters.", "length")
    if _CONTROL.search(text):
        raise InvalidInputError.at(path, "Control characters are not allowed.", "control_character")
    return text


def check_url(path: str, url: str) -> str:
    """An absolute http(s) URL."""
    if len(url) > 2000 or not re.fullmatch(r"https?://[^\s/?#]+\S*", url):
        raise InvalidInputError.at(path, "Must be an absolute http or https URL.", "url")
    return url


def check_colour(path: str, value: str) -> str:
    """A colour in three or six hexadecimal digits."""
    if not _COLOUR.fullmatch(value):
        raise InvalidInputError.at(path, "Must be a colour such as #292929.", "color")
    return value


def check_stored_metadata(value: dict[str, Any]) -> dict[str, Any]:
    """Metadata that a caller stores with an object (BK-3); named `metadata`."""
    raise_faults(check_metadata(value), code="metadata")
    return value


def check_choice(path: str, value: str, choices: tuple[str, ...]) -> str:
    """One of the choices."""
    if value not in choices:
        raise InvalidInputError.at(path, f"Must be one of {', '.join(choices)}.", "choice")
    return value


def raise_faults(faults: Sequence[Fault], *, code: str = "invalid") -> None:
    """Turn the core's faults into one error naming every field; nothing when there are none."""
    if faults:
        named = [FieldFault(tuple(fault.field.split(".")), fault.reason, code) for fault in faults]
        raise InvalidInputError(faults[0].reason, named)
