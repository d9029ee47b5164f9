"""Which occurrences of a series an operation touches (LC-9, LC-16, LC-17, LC-21)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique

from app.domain.denials import Denial, DenialCode
from app.domain.enums import BookingStatus
from app.domain.transitions import LIVE_STATUSES


@unique
class SeriesScope(StrEnum):
    """How much of a series is meant."""

    THIS = "THIS"
    THIS_AND_FOLLOWING = "THIS_AND_FOLLOWING"
    ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One booking of a series; `start` in epoch seconds."""

    uid: str
    start: int
    status: BookingStatus


def cancel_scope(uid: str, *, is_series_uid: bool, in_series: bool, following: bool) -> SeriesScope | Denial:
    """Read the scope out of a cancel request, checked before anything is written (LC-16).

    `uid` is the one of the request: of a series (`is_series_uid`) or of a booking, which may be `in_series`;
    `following` is the flag `cancelSubsequentBookings`.
    """
    if is_series_uid and following:
        message = (
            "Cannot cancel subsequent bookings for recurring event - you have to provide uid of one of the "
            "individual bookings of a recurring booking."
        )
        return Denial(DenialCode.SERIES_UID_WITH_FOLLOWING, message)
    if following and not in_series:
        message = f"Booking with bookingUid={uid} is not part of a recurring booking."
        return Denial(DenialCode.NOT_PART_OF_SERIES, message)
    if is_series_uid:
        return SeriesScope.ALL
    return SeriesScope.THIS_AND_FOLLOWING if following else SeriesScope.THIS


def select_occurrences(
    occurrences: Iterable[Occurrence], scope: SeriesScope, *, now: int, named_uid: str | None = None
) -> tuple[Occurrence, ...]:
    """Pick the live occurrences in scope, by start (LC-16, LC-17).

    ALL takes those starting at `now` (epoch seconds) or later; the other scopes count from `named_uid`, which must be
    one of the occurrences (else KeyError).
    """
    ordered = sorted(occurrences, key=lambda occurrence: (occurrence.start, occurrence.uid))
    live = [occurrence for occurrence in ordered if occurrence.status in LIVE_STATUSES]
    if scope is SeriesScope.ALL:
        return tuple(occurrence for occurrence in live if occurrence.start >= now)
    named = {occurrence.uid: occurrence for occurrence in ordered}[named_uid or ""]
    if scope is SeriesScope.THIS:
        return tuple(occurrence for occurrence in live if occurrence.uid == named.uid)
    return tuple(occurrence for occurrence in live if occurrence.start >= named.start)


def pending_occurrences(occurrences: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    """Pick the occurrences that one confirmation or decline changes together (LC-21)."""
    pending = (occurrence for occurrence in occurrences if occurrence.status is BookingStatus.PENDING)
    return tuple(sorted(pending, key=lambda occurrence: (occurrence.start, occurrence.uid)))
