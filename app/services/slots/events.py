"""What a watcher of slots is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, unique

from app.domain.outcomes import SeatInfo


@unique
class ResyncReason(StrEnum):
    """Why a watcher must forget what it knows; a snapshot comes next."""

    CURSOR_UNKNOWN = "CURSOR_UNKNOWN"
    TOO_SLOW = "TOO_SLOW"
    HINTS_LOST = "HINTS_LOST"
    RULES_CHANGED = "RULES_CHANGED"


@dataclass(frozen=True, slots=True)
class SlotSnapshot:
    """All free starts (epoch seconds, in time order) as of `version`; `seats` has every start of a seated event type.

    `cursor` resumes the stream after this event.
    """

    event_type_id: int | None
    starts: Sequence[int]
    seats: Mapping[int, SeatInfo]
    length_minutes: int
    version: int
    cursor: str


@dataclass(frozen=True, slots=True)
class SlotDelta:
    """What changed from `previous_version` to `version`; `seats` has the starts whose seats are new or have changed.

    Nothing at all, when something has changed that could have moved slots and did not: the version is always current,
    so that a booking that expects it is not refused. `state` is everything as of `version`.
    """

    added: tuple[int, ...]
    removed: tuple[int, ...]
    seats: Mapping[int, SeatInfo]
    length_minutes: int
    version: int
    previous_version: int
    cursor: str
    state: "SlotState"


@dataclass(frozen=True, slots=True)
class Resync:
    """Forget what you know: the next event is a snapshot."""

    reason: ResyncReason


SlotEvent = SlotSnapshot | SlotDelta | Resync


@dataclass(frozen=True, slots=True)
class SlotState:
    """Slots at one moment; `next_change_s` is when time alone changes them (epoch seconds), None = never."""

    event_type_id: int | None
    starts: Sequence[int]
    seats: Mapping[int, SeatInfo]
    length_minutes: int
    version: int
    next_change_s: int | None
    topics: frozenset[str] = field(default_factory=frozenset)
    depends_on_zone: bool = False

    def snapshot(self, cursor: str) -> SlotSnapshot:
        """All of it."""
        return SlotSnapshot(self.event_type_id, self.starts, self.seats, self.length_minutes, self.version, cursor)

    def looks_like(self, other: "SlotState") -> bool:
        """Whether a watcher would see no difference, the version aside."""
        mine = (self.starts, self.seats, self.length_minutes)
        return mine == (other.starts, other.seats, other.length_minutes)

    def delta_to(self, new: "SlotState", cursor: str) -> SlotDelta:
        """What makes this state the new one."""
        before, after = set(self.starts), set(new.starts)
        return SlotDelta(
            added=tuple(start for start in new.starts if start not in before),
            removed=tuple(start for start in self.starts if start not in after),
            seats={start: seat for start, seat in new.seats.items() if self.seats.get(start) != seat},
            length_minutes=new.length_minutes,
            version=new.version,
            previous_version=self.version,
            cursor=cursor,
            state=new,
        )
