"""The header `cal-api-version` (VR-1)."""

from bisect import bisect_right
from datetime import date
from typing import Final

V_2024_04_15: Final = "2024-04-15"
V_2024_06_11: Final = "2024-06-11"
V_2024_06_14: Final = "2024-06-14"
V_2024_08_13: Final = "2024-08-13"
V_2024_09_04: Final = "2024-09-04"
VERSIONS: Final = (V_2024_04_15, V_2024_06_11, V_2024_06_14, V_2024_08_13, V_2024_09_04)
_KNOWN: Final = frozenset(VERSIONS)


def known_version(given: str | None) -> str:
    """The newest known version not after the one given; the oldest for none at all and for what is no date.

    A row then serves its newest shape not after that, so a date without a shape of its own is never a 404 (VR-1).
    """
    if given in _KNOWN:
        return given
    given = (given or "").strip()
    if not _is_date(given):
        return VERSIONS[0]
    return VERSIONS[max(0, bisect_right(VERSIONS, given) - 1)]


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text  # week dates are none of ours
    except ValueError:
        return False
