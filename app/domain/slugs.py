"""The names of event types and booking fields in URLs."""

import re
import unicodedata
from typing import Final

MAX_SLUG: Final = 100
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")


def is_slug(text: str) -> bool:
    """Tell whether a text is a slug: lower-case letters, digits, `.`, `-`, `_`, a letter or digit at both ends."""
    return len(text) <= MAX_SLUG and _SLUG.fullmatch(text) is not None


def slugify(text: str) -> str:
    """Make a slug of a title: no accents, lower case, everything else a hyphen; may come out empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._]+", "-", plain)[:MAX_SLUG].strip("-._")
