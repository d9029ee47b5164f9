"""Limits of the free metadata a caller may attach (BK-3)."""

from collections.abc import Mapping
from typing import Final

from app.domain.faults import Fault

MAX_KEYS: Final = 50
MAX_KEY_LENGTH: Final = 40
MAX_VALUE_LENGTH: Final = 500


def check_metadata(metadata: object, field: str = "metadata") -> tuple[Fault, ...]:
    """Check metadata: an object of at most 50 keys, keys up to 40 and texts up to 500 characters (BK-3).

    Numbers and booleans pass and keep their type. Returns every fault, none when all is well.
    """
    if not isinstance(metadata, Mapping):
        return (Fault(field, "Metadata must be an object."),)
    faults = [Fault(f"{field}.{key}", reason) for key, value in metadata.items() if (reason := _entry(key, value))]
    if len(metadata) > MAX_KEYS:
        faults.insert(0, Fault(field, f"Metadata must have at most {MAX_KEYS} keys."))
    return tuple(faults)


def _entry(key: object, value: object) -> str | None:
    if not isinstance(key, str) or len(key) > MAX_KEY_LENGTH:
        return f"Metadata keys must be texts of at most {MAX_KEY_LENGTH} characters."
    if isinstance(value, str):
        return (
            f"Metadata values must be at most {MAX_VALUE_LENGTH} characters." if len(value) > MAX_VALUE_LENGTH else None
        )
    return None if isinstance(value, bool | int | float) else "Metadata values must be texts, numbers or booleans."
