"""Which round-robin host gets a booking (TM-5, TM-7 to TM-13). All times are epoch seconds unless said otherwise."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final

from app.domain.enums import RoundRobinInterval

DEFAULT_WEIGHT: Final = 100
DEFAULT_PRIORITY: Final = 2
PRIORITY_WORDS: Final = ("lowest", "low", "medium", "high", "highest")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStanding:
    """What the choice knows of one round-robin host.

    `bookings` are those counted inside the interval (TM-8), `last_booked` is `last_booking()` in any unit common to all
    hosts, None for a host who was never booked. Weights of routing options (TM-14) replace `weight` before the call.
    """

    user_id: int
    bookings: int = 0
    calibration: Fraction = Fraction(0)
    weight: int = DEFAULT_WEIGHT
    priority: int = DEFAULT_PRIORITY
    last_booked: int | None = None


@dataclass(frozen=True, slots=True)
class HostAssignment:
    """Who owns a booking and who joins it as a team member, in the order of their attendee rows (BK-22)."""

    organizer_id: int
    member_ids: tuple[int, ...]


def choose_host(available: Sequence[HostStanding], everyone: Sequence[HostStanding], *, weighted: bool) -> HostStanding:
    """Choose the host among the available ones; `everyone` are all round-robin hosts of the event type (TM-7).

    Weights (if the event type uses them) decide first, then the highest priority, then who waited longest, then the
    lowest user id (TM-12). Raises ValueError when nobody is available.
    """
    pool = _furthest_behind(available, everyone) if weighted else list(available)
    top = max((host.priority for host in pool), default=None)
    return min((host for host in pool if host.priority == top), key=_waiting_order)


def shortfalls(everyone: Sequence[HostStanding]) -> dict[int, Fraction]:
    """Tell by user id how many bookings each host lacks of his weighted share (TM-9)."""
    credited = {host.user_id: host.bookings + host.calibration for host in everyone}
    total_weight = sum(host.weight for host in everyone)
    if total_weight == 0:
        return {user_id: -credit for user_id, credit in credited.items()}
    each = Fraction(sum(credited.values(), Fraction(0)), total_weight)
    return {host.user_id: each * host.weight - credited[host.user_id] for host in everyone}


def within_lead_threshold(
    hosts: Sequence[HostStanding], threshold: int | None, *, weighted: bool
) -> tuple[HostStanding, ...]:
    """Drop the hosts who lead the others by more than the threshold; None switches the filter off (TM-5)."""
    if threshold is None or not hosts:
        return tuple(hosts)
    if weighted:
        behind = shortfalls(hosts)
        floor = max(behind.values()) - threshold
        return tuple(host for host in hosts if behind[host.user_id] >= floor)
    ceiling = min(host.bookings for host in hosts) + threshold
    return tuple(host for host in hosts if host.bookings <= ceiling)


def interval_start(interval: RoundRobinInterval, now: int) -> int:
    """Tell since when bookings count, by their creation time: UTC midnight of today or of the 1st (TM-8)."""
    midnight = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight if interval is RoundRobinInterval.DAY else midnight.replace(day=1)
    return int(start.timestamp())


def last_booking(as_organizer: int | None, as_attendee: int | None, since: int) -> int | None:
    """Combine a host's latest bookings: as organizer of any age, as attendee only inside the interval (TM-12)."""
    attended = as_attendee if as_attendee is not None and as_attendee >= since else None
    return max((moment for moment in (as_organizer, attended) if moment is not None), default=None)


def assign_hosts(fixed: Sequence[int], lucky: int | None, preferred: int | None = None) -> HostAssignment:
    """Name the organizer: the preferred member if chosen, else the first fixed host, else the lucky one (TM-13).

    Raises ValueError when there is neither a fixed nor a lucky host.
    """
    chosen = list(dict.fromkeys([*fixed, *([] if lucky is None else [lucky])]))
    if not chosen:
        message = "a booking needs at least one host"
        raise ValueError(message)
    organizer = preferred if preferred in chosen else chosen[0]
    return HostAssignment(organizer, tuple(user_id for user_id in chosen if user_id != organizer))


def priority_word(priority: int) -> str:
    """Name a stored priority; 0 is `lowest`, never missing (TM-11, TM-21)."""
    return PRIORITY_WORDS[priority]


def priority_of(word: str) -> int:
    """Read a priority word; ValueError for an unknown one (TM-11)."""
    return PRIORITY_WORDS.index(word)


def _furthest_behind(available: Iterable[HostStanding], everyone: Sequence[HostStanding]) -> list[HostStanding]:
    """Keep the largest shortfall, among those the largest weight (TM-9)."""
    behind = shortfalls(everyone)
    ranked = [((behind[host.user_id], host.weight), host) for host in available]
    best = max((rank for rank, _ in ranked), default=None)
    return [host for rank, host in ranked if rank == best]


def _waiting_order(host: HostStanding) -> tuple[bool, int, int]:
    """Sort hosts who were never booked first, then by their latest booking, then by user id (TM-12)."""
    return host.last_booked is not None, host.last_booked or 0, host.user_id
