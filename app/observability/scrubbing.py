"""Takes personal data and secrets out of log entries, whoever wrote them."""

import re
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Final

REMOVED: Final = "[removed]"

_SECRET_KEY = re.compile(
    r"pass(word|wd|phrase)?$|secret|token|authori[sz]ation|cookie|credential|api_?key|private_?key|signature|session|"
    r"e_?mail|phone|(^|_)(user|first|last|full|attendee|guest|host|display)_?name$|^names?$|attendees?$|guests?$|"
    r"responses?$|answers?$|variables$|body$|payload$|notes?$|location$|address|client_?ip|(^|_)ip$|remote",
    re.IGNORECASE,
)
_HARMLESS_KEY = re.compile(r"_(id|type|count|seconds|ms|bytes|status|code)$|^(logger_name|idempotency_key_given)$")

_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"\b([a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s/@]*@", re.IGNORECASE), rf"\1{REMOVED}@"),
    (re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\1 {REMOVED}"),
    (re.compile(r"\bcal_[A-Za-z0-9_-]{8,}"), REMOVED),
    (re.compile(r"\b(?:sk|pk|rk|whsec)_[A-Za-z0-9_]{8,}"), REMOVED),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), REMOVED),
    (re.compile(r"[^\s@<>\"(),;:=\[\]{}]+@[^\s@<>\"'(),;:=\[\]{}]+\.[^\s@<>\"'(),;:=\[\]{}.]{2,}"), REMOVED),
    (re.compile(r"(?i)\b((?:api_?key|token|secret|password)=)[^\s&\"']+"), rf"\1{REMOVED}"),
)
_MAY_MATCH = re.compile(r"[@=_]|eyJ|bearer |basic ", re.IGNORECASE)
"""What every pattern above needs; most texts have nothing of it."""

_DEPTH: Final = 6


def scrub_text(text: str) -> str:
    """The text without e-mail addresses, keys, tokens and passwords of URLs."""
    if not _MAY_MATCH.search(text):
        return text
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


@lru_cache(maxsize=1024)
def is_private_key(key: str) -> bool:
    """Whether what is logged under this name is somebody's or secret; remembered, since names are few."""
    return _SECRET_KEY.search(key) is not None and not _HARMLESS_KEY.search(key)


def scrub_value(value: Any, depth: int = _DEPTH) -> Any:
    """A value with everything private in it replaced; what is nested too deeply is left out."""
    if isinstance(value, str):
        return scrub_text(value)
    if isinstance(value, bool | int | float) or value is None:
        return value
    if depth == 0:
        return REMOVED
    if isinstance(value, Mapping):
        return {
            str(key): REMOVED if is_private_key(str(key)) else scrub_value(item, depth - 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [scrub_value(item, depth - 1) for item in value]
    return scrub_text(str(value))


def scrub(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor; the last one before rendering."""
    for key, value in entry.items():
        if not key.startswith("_"):
            entry[key] = REMOVED if is_private_key(key) else scrub_value(value)
    return entry
