"""What of a caller's text a database can keep: no NUL characters, no halves of surrogate pairs."""

from typing import Any, Final

from app.db import raw
from app.errors import InvalidInputError

MAX_UID: Final = 40
MAX_ADDRESS: Final = 320


def check_storable(path: str, value: Any) -> None:
    """Refuse JSON values with text that cannot be stored. Raises InvalidInputError."""
    if not value:
        return
    try:
        text = raw.dumps(value)
    except TypeError as error:
        raise InvalidInputError.at(path, "Is not made of JSON values.", "json") from error
    if "\\u0000" in text:
        raise InvalidInputError.at(path, "NUL characters are not allowed.", "control_character")


def is_name(text: str) -> bool:
    """Whether this could be the uid of a booking, series, seat or hold; no others are looked for."""
    return len(text) <= MAX_UID and text.isascii() and text.isprintable()
