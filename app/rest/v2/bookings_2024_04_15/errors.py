"""Errors of the old shape: the documented status with the core's own code as message (VR-2)."""

from app.errors import (
    AlreadySignedUpError,
    HostUnavailableError,
    NotFoundError,
    PolicyViolationError,
    SeatsFullError,
    SlotgraphError,
    SlotUnavailableError,
)
from app.rest.operation import Failure

_OUT_OF_BOUNDS = frozenset({"minimum_notice", "booking_window"})
_CODES: tuple[tuple[type[SlotgraphError], int, str], ...] = (
    (HostUnavailableError, 400, "hosts_unavailable_for_booking"),
    (SlotUnavailableError, 400, "no_available_users_found_error"),
    (AlreadySignedUpError, 409, "already_signed_up_for_this_booking_error"),
)
_SEATS_FULL = "booking_seats_full_error"
_NOT_ENOUGH_SEATS = "not_enough_available_seats_error"


def raw_failure(error: SlotgraphError) -> Failure | None:
    """The code that clients translate; what has none keeps its text."""
    if isinstance(error, PolicyViolationError) and error.policy in _OUT_OF_BOUNDS:
        return Failure(400, "booking_time_out_of_bounds_error")
    if isinstance(error, SeatsFullError):
        return Failure(409, _NOT_ENOUGH_SEATS if error.message == _NOT_ENOUGH_SEATS else _SEATS_FULL)
    if isinstance(error, NotFoundError) and error.path[:1] == ("eventType",):
        no_hosts = error.message == "eventTypeUser.notFound"
        return Failure(404, error.message if no_hosts else "event_type_not_found_error")
    return next((Failure(status, code) for kind, status, code in _CODES if isinstance(error, kind)), None)
