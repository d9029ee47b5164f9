"""Whether a booking has to be confirmed by its organizer, and its first status (BK-15 to BK-17, LC-5, LC-6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Final

from app.domain.enums import BookingStatus


@unique
class NoticeUnit(StrEnum):
    """The unit in which a notice threshold is counted."""

    MINUTES = "minutes"
    HOURS = "hours"


_SECONDS: Final = {NoticeUnit.MINUTES: 60, NoticeUnit.HOURS: 3600}


@dataclass(frozen=True, slots=True)
class NoticeThreshold:
    """Bookings further away than `count` whole units need no confirmation (BK-16)."""

    unit: NoticeUnit
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationPolicy:
    """The confirmation switches of an event type; the default never asks."""

    required: bool = False
    threshold: NoticeThreshold | None = None
    # BK-17: replaces the plain flag, the threshold still applies after it.
    only_free_mail: bool = False
    # BT-2: a pending booking keeps its time from others.
    blocks_slots: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRequest:
    """What decides the first status of a booking; times are epoch seconds, the price is in minor units.

    `by_organizer` is true only when the *authenticated* caller is the organizer of the booking being rescheduled
    (LC-5: an e-mail address in the request proves nothing). `price` is 0 too when the booking is already paid.
    """

    policy: ConfirmationPolicy
    start: int
    now: int
    price: int = 0
    free_mail_booker: bool = False
    by_organizer: bool = False
    instant: bool = False


def threshold_from_json(stored: Mapping[str, Any] | None) -> NoticeThreshold | None:
    """Read `{unit, count}`, the API's and the stored shape; KeyError or ValueError if it is not."""
    return NoticeThreshold(NoticeUnit(stored["unit"]), int(stored["count"])) if stored else None


def first_status(request: StatusRequest) -> BookingStatus:
    """Decide the status a new or rescheduled booking starts with (BK-15, LC-6)."""
    if request.instant:
        return BookingStatus.AWAITING_HOST
    if request.by_organizer:
        return BookingStatus.ACCEPTED
    if request.price > 0 or needs_confirmation(request):
        return BookingStatus.PENDING
    return BookingStatus.ACCEPTED


def needs_confirmation(request: StatusRequest) -> bool:
    """Tell whether the policy asks the organizer for this start and this booker (BK-16, BK-17)."""
    policy = request.policy
    asked = request.free_mail_booker if policy.only_free_mail else policy.required
    return asked and _is_close(policy.threshold, request.start - request.now)


def _is_close(threshold: NoticeThreshold | None, seconds_ahead: int) -> bool:
    """Compare whole units, truncated: 24 h 59 min ahead is 24 hours (BK-16)."""
    if threshold is None:
        return True
    return seconds_ahead // _SECONDS[threshold.unit] <= threshold.count
