"""The difference between "not given" and "given as nothing" in partial updates (VR-5: absent = unchanged)."""

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, Final


class Unset(Enum):
    """Type of `UNSET`."""

    UNSET = "UNSET"


UNSET: Final = Unset.UNSET


def given(changes: Any, *, skip: frozenset[str] = frozenset()) -> Mapping[str, Any]:
    """The fields of a dataclass of changes that were given, by name."""
    named = ((item.name, getattr(changes, item.name)) for item in fields(changes) if item.name not in skip)
    return {name: value for name, value in named if value is not UNSET}
