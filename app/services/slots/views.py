"""What slots operations answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from app.domain.facts import UTC_ZONE
from app.domain.grouping import group_by_date, render_by_date, render_instants
from app.domain.outcomes import RuleOutcome, SeatInfo


@dataclass(frozen=True)
class SlotsView:
    """The free starts of one event type or group in a window: whole minutes, in time order, as epoch seconds.

    `version` moves whenever something changes that could have changed them (microseconds since the epoch).
    `zone` is the one asked for; None means UTC, written with `Z` (SL-15). Texts are made when first asked for.
    """

    event_type_id: int | None
    starts: Sequence[int]
    length_minutes: int
    seats: Mapping[int, SeatInfo]
    version: int
    zone: ZoneInfo | None

    @cached_property
    def days(self) -> dict[str, list[str]]:
        """Starts as ISO text by date of the zone; only dates that have some (SL-11)."""
        return render_by_date(self.starts, self.zone)

    @cached_property
    def starts_by_date(self) -> dict[str, list[int]]:
        """Starts as epoch seconds by date of the zone."""
        return group_by_date(self.starts, self.zone or UTC_ZONE)

    @cached_property
    def texts(self) -> list[str]:
        """Starts as ISO text, in the zone's offset or with `Z`."""
        return render_instants(self.starts, self.zone)

    @cached_property
    def end_texts(self) -> list[str]:
        """Ends as ISO text, one for each start (`format=range`)."""
        length = self.length_minutes * 60
        return render_instants([start + length for start in self.starts], self.zone)

    @property
    def instants(self) -> list[datetime]:
        """Starts as aware UTC datetimes."""
        return [datetime.fromtimestamp(start, UTC) for start in self.starts]


@dataclass(frozen=True, slots=True)
class ExplainedHost:
    """The rules that speak about a start for one host, in the order of deciding."""

    user_id: int
    available: bool
    outcomes: tuple[RuleOutcome, ...]


@dataclass(frozen=True, slots=True)
class SlotExplanation:
    """Why a start is offered or not: rules of the event type as a whole, then of each host.

    `bookable` is what booking it would say; `listed` whether the list of slots shows it (BK-12: a start can be
    booked without being listed). `next_starts` are the next listed starts (epoch seconds), at most 5.
    """

    event_type_id: int | None
    start_s: int
    length_minutes: int
    bookable: bool
    listed: bool
    outcomes: tuple[RuleOutcome, ...]
    hosts: tuple[ExplainedHost, ...]
    next_starts: tuple[int, ...]
    version: int
