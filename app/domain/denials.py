"""What the core answers when a rule forbids an operation: a code to branch on and a text to show."""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class DenialCode(StrEnum):
    """Why a rule says no. Lower-case values are documented wire codes (BK-10, LC-3, LC-12) and never change."""

    # Reschedule (LC-3, LC-8, LC-10)
    ORIGINAL_NOT_FOUND = "ORIGINAL_NOT_FOUND"
    CANCELLED_CANNOT_BE_RESCHEDULED = "cancelled_bookings_cannot_be_rescheduled"
    ALREADY_RESCHEDULED = "ALREADY_RESCHEDULED"
    RESCHEDULING_DISABLED = "RESCHEDULING_DISABLED"
    PAST_BOOKING = "PAST_BOOKING"
    # Cancel (LC-14 to LC-16)
    ALREADY_CANCELLED = "ALREADY_CANCELLED"
    ALREADY_REJECTED = "ALREADY_REJECTED"
    CANCELLING_DISABLED = "CANCELLING_DISABLED"
    REASON_REQUIRED = "REASON_REQUIRED"
    OWNER_MISSING = "OWNER_MISSING"
    NOT_A_HOST = "NOT_A_HOST"
    SERIES_UID_WITH_FOLLOWING = "SERIES_UID_WITH_FOLLOWING"
    NOT_PART_OF_SERIES = "NOT_PART_OF_SERIES"
    # Confirm and decline (LC-21, LC-22)
    ALREADY_ACCEPTED = "ALREADY_ACCEPTED"
    NOT_PENDING = "NOT_PENDING"
    # Absence (LC-24)
    NOT_STARTED = "NOT_STARTED"
    # Seats (BK-35, LC-11, LC-12, LC-18)
    SEAT_NOT_FOUND = "SEAT_NOT_FOUND"
    SEAT_OF_OTHER_BOOKING = "SEAT_OF_OTHER_BOOKING"
    NO_SEATS_LEFT = "NO_SEATS_LEFT"
    NOT_ENOUGH_SEATS = "not_enough_available_seats_error"
    ALREADY_SIGNED_UP = "already_signed_up_for_this_booking_error"
    SEATS_WITH_RECURRENCE = "recurring_event_seats_error"
    # What is asked for when booking (BK-6, BK-7, BK-39)
    LENGTH_NOT_SELECTABLE = "LENGTH_NOT_SELECTABLE"
    LENGTH_NOT_OFFERED = "LENGTH_NOT_OFFERED"
    LOCATION_NOT_OFFERED = "LOCATION_NOT_OFFERED"
    NOT_RECURRING = "NOT_RECURRING"
    RECURRENCE_COUNT_TOO_HIGH = "RECURRENCE_COUNT_TOO_HIGH"
    RECURRENCE_COUNT_TOO_LOW = "RECURRENCE_COUNT_TOO_LOW"


@dataclass(frozen=True, slots=True)
class Denial:
    """A rule's no: `code` for programs, `message` (documented wire text where there is one) for people."""

    code: DenialCode
    message: str
