"""Credit for round-robin hosts who could not take part from the start of the interval (TM-10)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class HostHistory:
    """A round-robin host's part of the interval, in epoch seconds.

    `bookings` are the creation times of the bookings counted for the host (TM-8); `away` are out-of-office entries and
    full-day calendar events as (start, end).
    """

    user_id: int
    added_at: int
    bookings: Sequence[int] = ()
    away: Sequence[tuple[int, int]] = ()


def calibrations(hosts: Sequence[HostHistory], since: int, now: int) -> dict[int, Fraction]:
    """Tell by user id how many bookings each host is credited with for the time he was missing (TM-10)."""
    return {host.user_id: _joined_late(host, hosts, since) + _was_away(host, hosts, since, now) for host in hosts}


def merge_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join overlapping or touching spans, so that no booking is credited twice."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def _joined_late(host: HostHistory, hosts: Sequence[HostHistory], since: int) -> Fraction:
    """Give a host added inside the interval the average of those who were there before him."""
    earlier = sum(1 for other in hosts if other.added_at < host.added_at)
    if host.added_at < since or earlier == 0:
        return Fraction(0)
    return Fraction(sum(1 for made in _others(host, hosts) if since <= made < host.added_at), earlier)


def _was_away(host: HostHistory, hosts: Sequence[HostHistory], since: int, now: int) -> Fraction:
    """Give a host back the share he missed while away, for absences that ended inside the interval."""
    spans = merge_spans((start, end) for start, end in host.away if since <= end <= now)
    if not spans or len(hosts) == 1:
        return Fraction(0)
    missed = sum(1 for made in _others(host, hosts) if made >= since and any(s <= made <= e for s, e in spans))
    return Fraction(missed, len(hosts) - 1)


def _others(host: HostHistory, hosts: Sequence[HostHistory]) -> Iterable[int]:
    return (made for other in hosts if other.user_id != host.user_id for made in other.bookings)
