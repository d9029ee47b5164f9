"""Closed vocabularies of bookings."""

from enum import Enum

from app.domain.enums import BookingStatus
from app.domain.series import SeriesScope
from app.services.bookings.queries import BookingListStatus, BookingSort
from app.services.bookings.views import AttendeeKind
from schema.enums import describe_enum

__all__ = ["AttendeeKind", "BookingListStatus", "BookingSort", "BookingStatus", "SeriesScope", "SortDirection"]

describe_enum(
    BookingStatus,
    name="BookingStatus",
    description="Where a booking stands in its life.",
    values={
        "ACCEPTED": "It takes place.",
        "PENDING": "It waits for the host's confirmation.",
        "CANCELLED": "It was cancelled, or moved to another booking.",
        "REJECTED": "The host declined it.",
        "AWAITING_HOST": "An instant meeting that no host has joined yet.",
    },
)
describe_enum(
    AttendeeKind,
    name="AttendeeKind",
    description="Why somebody is among the attendees.",
    values={
        "BOOKER": "Made the booking.",
        "GUEST": "Was named by the booker.",
        "HOST": "Takes part as a further host.",
    },
)


describe_enum(
    SeriesScope,
    name="SeriesScope",
    description="How much of a series is meant.",
    values={
        "THIS": "Only this occurrence.",
        "THIS_AND_FOLLOWING": "This occurrence and all later ones.",
        "ALL": "All occurrences still to come.",
    },
)
describe_enum(
    BookingListStatus,
    name="BookingListStatus",
    description="Groups of bookings, as the REST API names them.",
    values={
        "UPCOMING": "Not over, not cancelled or declined; those that wait included.",
        "RECURRING": "Occurrences of series, not over.",
        "PAST": "Over, not cancelled or declined.",
        "CANCELLED": "Cancelled or declined.",
        "UNCONFIRMED": "Waiting for confirmation, not over.",
    },
)
describe_enum(
    BookingSort,
    name="BookingSortField",
    description="What a list of bookings is ordered by; ties by number.",
    values={"START": "Start.", "END": "End.", "CREATED": "When it was made.", "UPDATED": "When it last changed."},
)


class SortDirection(Enum):
    """Up or down."""

    ASC = "ASC"
    DESC = "DESC"


describe_enum(
    SortDirection,
    name="SortDirection",
    description="Direction of an order.",
    values={"ASC": "Smallest or earliest first.", "DESC": "Largest or latest first."},
)
