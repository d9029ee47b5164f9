"""Which changes of a booking's life are allowed (BK-19, LC-3, LC-10, LC-14, LC-15, LC-21, LC-22, LC-24)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.domain.denials import Denial, DenialCode
from app.domain.enums import BookingStatus

_NEXT: Final[Mapping[BookingStatus, frozenset[BookingStatus]]] = MappingProxyType(
    {
        BookingStatus.PENDING: frozenset({BookingStatus.ACCEPTED, BookingStatus.REJECTED, BookingStatus.CANCELLED}),
        BookingStatus.ACCEPTED: frozenset({BookingStatus.CANCELLED}),
        BookingStatus.AWAITING_HOST: frozenset({BookingStatus.ACCEPTED}),
        BookingStatus.REJECTED: frozenset(),
        BookingStatus.CANCELLED: frozenset(),
    }
)
LIVE_STATUSES: Final = frozenset({BookingStatus.ACCEPTED, BookingStatus.PENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleFacts:
    """What decides whether a booking may be moved; times are epoch seconds.

    `rescheduled` is the internal flag of a booking cancelled in order to be moved, `has_successor` tells that this has
    happened. The switches are those of the event type; `refuse_past` is the operator's setting (LC-10).
    """

    status: BookingStatus
    end: int
    now: int
    rescheduled: bool = False
    has_successor: bool = False
    rescheduling_disabled: bool = False
    allow_past: bool = False
    refuse_past: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelFacts:
    """What decides whether a booking may be cancelled.

    `by_host` means an authenticated host or owner, `reason_waived` an event type of a platform client, `whole_seated`
    a seated booking cancelled without naming a seat, `one_seat` a request that names a (checked) seat.
    """

    status: BookingStatus
    has_owner: bool = True
    cancelling_disabled: bool = False
    by_host: bool = False
    reason: str | None = None
    reason_waived: bool = False
    whole_seated: bool = False
    one_seat: bool = False


def can_become(status: BookingStatus, target: BookingStatus) -> bool:
    """Tell whether a booking may change from one status to another; REJECTED and CANCELLED are final (BK-19)."""
    return target in _NEXT[status]


def check_reschedule(facts: RescheduleFacts) -> Denial | None:
    """Refuse to move a booking that is over, dead or already moved (LC-3, LC-10); None allows it.

    A booking cancelled by a host's request to reschedule has no successor yet and may be moved once (LC-13).
    """
    return _check_movable(facts) or _check_switches(facts)


def check_cancel(facts: CancelFacts) -> Denial | None:
    """Refuse a cancellation in the documented order (LC-14, LC-15); None allows it.

    A host who frees one seat needs no reason (LC-19).
    """
    if facts.status in {BookingStatus.CANCELLED, BookingStatus.REJECTED}:
        return _already_over(facts.status)
    if not facts.has_owner:
        return Denial(DenialCode.OWNER_MISSING, "User not found")
    if facts.cancelling_disabled:
        return Denial(DenialCode.CANCELLING_DISABLED, "This event type does not allow cancellations")
    if facts.by_host and not (facts.reason or "").strip() and not (facts.reason_waived or facts.one_seat):
        return Denial(DenialCode.REASON_REQUIRED, "Cancellation reason is required when you are the host")
    if facts.whole_seated and not facts.by_host:
        return Denial(DenialCode.NOT_A_HOST, "User not a host of this event")
    return None


def check_confirm(status: BookingStatus) -> Denial | None:
    """Refuse to confirm anything but a pending booking (LC-21, LC-22); None allows it."""
    return _check_pending(status, "confirmed")


def check_decline(status: BookingStatus) -> Denial | None:
    """Refuse to decline anything but a pending booking (LC-21, LC-22); None allows it."""
    return _check_pending(status, "declined")


def check_mark_absent(start: int, now: int) -> Denial | None:
    """Refuse to mark anybody absent before the meeting has started; epoch seconds (LC-24, LC-25)."""
    if now < start:
        return Denial(DenialCode.NOT_STARTED, "Cannot mark absence before the meeting has started.")
    return None


def _check_movable(facts: RescheduleFacts) -> Denial | None:
    if facts.status in LIVE_STATUSES:
        return None
    if facts.status is not BookingStatus.CANCELLED:
        return Denial(DenialCode.ORIGINAL_NOT_FOUND, "Could not find original booking")
    if facts.has_successor:
        return Denial(DenialCode.ALREADY_RESCHEDULED, "Booking has already been rescheduled.")
    if facts.rescheduled:
        return None
    code = DenialCode.CANCELLED_CANNOT_BE_RESCHEDULED
    return Denial(code, code.value)


def _check_switches(facts: RescheduleFacts) -> Denial | None:
    if facts.rescheduling_disabled:
        return Denial(DenialCode.RESCHEDULING_DISABLED, "This event type does not allow rescheduling")
    if facts.refuse_past and not facts.allow_past and facts.end <= facts.now:
        return Denial(DenialCode.PAST_BOOKING, "Past bookings cannot be rescheduled.")
    return None


def _already_over(status: BookingStatus) -> Denial:
    if status is BookingStatus.CANCELLED:
        return Denial(DenialCode.ALREADY_CANCELLED, "Booking has already been cancelled.")
    return Denial(DenialCode.ALREADY_REJECTED, "Booking has been rejected and cannot be cancelled.")


def _check_pending(status: BookingStatus, deed: str) -> Denial | None:
    if status is BookingStatus.PENDING:
        return None
    if status is BookingStatus.ACCEPTED:
        return Denial(DenialCode.ALREADY_ACCEPTED, "Booking already confirmed")
    return Denial(
        DenialCode.NOT_PENDING, f"Only pending bookings can be {deed}; this booking is {status.value.lower()}."
    )
