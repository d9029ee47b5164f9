"""Starts as the contract writes them: by date of the booker, in ISO text with milliseconds (SL-11, SL-15)."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo


def group_by_date(starts: Sequence[int], zone: ZoneInfo) -> dict[str, list[int]]:
    """Starts by local date (`YYYY-MM-DD`), dates and starts in time order, only dates that have some."""
    raise NotImplementedError


def render_by_date(starts: Sequence[int], zone: ZoneInfo | None) -> dict[str, list[str]]:
    """Like `group_by_date`, each start as `2026-05-05T09:00:00.000+02:00`; no zone: UTC dates and `...000Z`."""
    raise NotImplementedError


def render_instants(instants: Sequence[int], zone: ZoneInfo | None) -> list[str]:
    """Ordered instants as ISO text in the zone's offset, or with `Z` when there is no zone."""
    raise NotImplementedError
