"""What the booking mutations answer."""

from typing import Annotated, Any, Self

import strawberry

from app.services.bookings.views import ChangedBookings
from schema.bookings.types import Booking, BookingHost
from schema.errors import (
    AlreadySignedUp,
    Conflict,
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    InvalidState,
    LimitReached,
    NotFound,
    NotSupported,
    PolicyViolation,
    SeatsFull,
    Unauthenticated,
    VersionConflict,
)
from schema.scalars import SlotsVersion
from schema.slots.explain import HostUnavailable, SlotUnavailable


@strawberry.interface(description="A booking operation that went through.")
class BookingsChanged:
    """What the success members share."""

    booking: Booking = strawberry.field(description="The booking; of a series the first one touched.")
    bookings: list[Booking] = strawberry.field(description="Every booking touched, by start; at most one series.")
    replayed: bool = strawberry.field(description="Whether this is the stored answer of an earlier equal request.")
    slots_version: SlotsVersion = strawberry.field(description="Version of the availability after it.")

    @classmethod
    def from_changed(cls, changed: ChangedBookings, **more: Any) -> Self:
        """The type of what a service answered."""
        bookings = [Booking.from_view(view) for view in changed.bookings]
        return cls(
            booking=bookings[0],
            bookings=bookings,
            replayed=changed.replayed,
            slots_version=SlotsVersion(changed.slots_version),
            **more,
        )


@strawberry.type(description="The booking was made.")
class CreateBookingSuccess(BookingsChanged):
    """Success member of `CreateBookingResult`."""

    seat_uid: str | None = strawberry.field(description="On seated event types: the booker's seat.")
    dry_run: bool = strawberry.field(description="Whether nothing was written.")


@strawberry.type(description="The booking was moved; `booking` is its successor.")
class RescheduleBookingSuccess(BookingsChanged):
    """Success member of `RescheduleBookingResult`."""

    seat_uid: str | None = strawberry.field(description="On seated event types: the seat that was moved.")


@strawberry.type(description="The booking, seat or series was cancelled.")
class CancelBookingSuccess(BookingsChanged):
    """Success member of `CancelBookingResult`."""


@strawberry.type(description="The booking was confirmed.")
class ConfirmBookingSuccess(BookingsChanged):
    """Success member of `ConfirmBookingResult`."""


@strawberry.type(description="The booking was declined.")
class DeclineBookingSuccess(BookingsChanged):
    """Success member of `DeclineBookingResult`."""


@strawberry.type(description="Another host takes the booking.")
class ReassignBookingSuccess(BookingsChanged):
    """Success member of `ReassignBookingResult`."""

    reassigned_to: BookingHost = strawberry.field(description="The new host.")


@strawberry.type(description="Absence was noted.")
class MarkAbsentSuccess(BookingsChanged):
    """Success member of `MarkAbsentResult`."""


@strawberry.type(description="The booking was edited in place.")
class EditBookingSuccess(BookingsChanged):
    """Success member of `EditBookingResult`."""


@strawberry.type(description="The caller took the instant meeting.")
class ClaimInstantBookingSuccess(BookingsChanged):
    """Success member of `ClaimInstantBookingResult`."""


@strawberry.type(description="The booking was cancelled; its booker may choose another time.")
class RequestRescheduleSuccess(BookingsChanged):
    """Success member of `RequestRescheduleResult`."""


@strawberry.type(description="The booking takes place elsewhere.")
class ChangeBookingLocationSuccess(BookingsChanged):
    """Success member of `ChangeBookingLocationResult`."""


@strawberry.type(description="The guests were invited.")
class AddGuestsSuccess(BookingsChanged):
    """Success member of `AddGuestsResult`."""


CreateBookingResult = Annotated[
    CreateBookingSuccess
    | SlotUnavailable
    | HostUnavailable
    | LimitReached
    | PolicyViolation
    | SeatsFull
    | AlreadySignedUp
    | VersionConflict
    | InvalidInput
    | NotFound
    | Conflict
    | Forbidden
    | NotSupported
    | IdempotencyConflict,
    strawberry.union("CreateBookingResult", description="The booking, or what stands against it."),
]
RescheduleBookingResult = Annotated[
    RescheduleBookingSuccess
    | SlotUnavailable
    | HostUnavailable
    | LimitReached
    | PolicyViolation
    | SeatsFull
    | AlreadySignedUp
    | VersionConflict
    | InvalidState
    | InvalidInput
    | NotFound
    | Conflict
    | Forbidden
    | Unauthenticated
    | IdempotencyConflict,
    strawberry.union("RescheduleBookingResult", description="The successor, or what stands against it."),
]
CancelBookingResult = Annotated[
    CancelBookingSuccess
    | InvalidState
    | PolicyViolation
    | InvalidInput
    | NotFound
    | Forbidden
    | Unauthenticated
    | IdempotencyConflict,
    strawberry.union("CancelBookingResult", description="What was cancelled, or what stands against it."),
]
ConfirmBookingResult = Annotated[
    ConfirmBookingSuccess
    | SlotUnavailable
    | HostUnavailable
    | InvalidState
    | PolicyViolation
    | InvalidInput
    | NotFound
    | Forbidden
    | Unauthenticated
    | IdempotencyConflict,
    strawberry.union("ConfirmBookingResult", description="The accepted booking, or what stands against it."),
]
DeclineBookingResult = Annotated[
    DeclineBookingSuccess
    | InvalidState
    | PolicyViolation
    | InvalidInput
    | NotFound
    | Forbidden
    | Unauthenticated
    | IdempotencyConflict,
    strawberry.union("DeclineBookingResult", description="The declined booking, or what stands against it."),
]
ReassignBookingResult = Annotated[
    ReassignBookingSuccess
    | SlotUnavailable
    | HostUnavailable
    | InvalidState
    | PolicyViolation
    | InvalidInput
    | NotFound
    | Forbidden
    | Unauthenticated
    | IdempotencyConflict,
    strawberry.union("ReassignBookingResult", description="The booking with its new host, or what stands against it."),
]
MarkAbsentResult = Annotated[
    MarkAbsentSuccess
    | InvalidState
    | PolicyViolation
    | InvalidInput
    | NotFound
    | Forbidden
    | Unauthenticated
    | IdempotencyConflict,
    strawberry.union("MarkAbsentResult", description="The booking, or what stands against it."),
]
EditBookingResult = Annotated[
    EditBookingSuccess
    | SlotUnavailable
    | HostUnavailable
    | LimitReached
    | PolicyViolation
    | InvalidState
    | InvalidInput
    | NotFound
    | Forbidden
    | Unauthenticated
    | IdempotencyConflict,
    strawberry.union("EditBookingResult", description="The edited booking, or what stands against it."),
]
RequestRescheduleResult = Annotated[
    RequestRescheduleSuccess
    | InvalidState
    | PolicyViolation
    | InvalidInput
    | NotFound
    | Forbidden
    | Unauthenticated
    | IdempotencyConflict,
    strawberry.union("RequestRescheduleResult", description="The cancelled booking, or what stands against it."),
]
ChangeBookingLocationResult = Annotated[
    ChangeBookingLocationSuccess
    | InvalidState
    | InvalidInput
    | NotFound
    | Forbidden
    | Unauthenticated
    | IdempotencyConflict,
    strawberry.union(
        "ChangeBookingLocationResult", description="The booking with its new place, or what stands against it."
    ),
]
AddGuestsResult = Annotated[
    AddGuestsSuccess | InvalidState | InvalidInput | NotFound | Forbidden | Unauthenticated | IdempotencyConflict,
    strawberry.union("AddGuestsResult", description="The booking with its guests, or what stands against it."),
]
ClaimInstantBookingResult = Annotated[
    ClaimInstantBookingSuccess
    | SlotUnavailable
    | HostUnavailable
    | InvalidState
    | PolicyViolation
    | InvalidInput
    | NotFound
    | Forbidden
    | Unauthenticated,
    strawberry.union("ClaimInstantBookingResult", description="The taken meeting, or what stands against it."),
]
