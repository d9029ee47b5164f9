"""What the booking mutations are given."""

from datetime import datetime
from typing import Any

import strawberry
from strawberry.scalars import JSON

from app.errors import InvalidInputError
from app.services.bookings.add_guests import AddGuests
from app.services.bookings.cancel import CancelBooking
from app.services.bookings.change_location import ChangeLocation
from app.services.bookings.create_command import Booker, CreateBooking
from app.services.bookings.edit import EditBooking
from app.services.bookings.mark_absent import AttendeeAbsence, MarkAbsent
from app.services.bookings.reassign import ReassignBooking
from app.services.bookings.reschedule import RescheduleBooking
from schema.bookings.enums import BookingStatus, SeriesScope
from schema.event_types.enums import LocationType
from schema.event_types.refs import EventTypeRefInput
from schema.inputs import given
from schema.node import database_id, internal_id
from schema.scalars import EmailAddress, IdempotencyKey, Locale, PhoneNumber, SlotsVersion, TimeZone

KEY = "The same key with the same input gives the same answer for 24 hours."


@strawberry.input(description="Who books; an e-mail address or a phone number is needed.")
class AttendeeInput:
    """Input form of `Booker` (BK-2)."""

    name: str = strawberry.field(description="Name.")
    time_zone: TimeZone = strawberry.field(description="Zone of the booker.")
    email: EmailAddress | None = strawberry.field(default=None, description="Address.")
    phone_number: PhoneNumber | None = strawberry.field(default=None, description="Phone number.")
    language: Locale = strawberry.field(default=Locale("en"), description="Language of mails.")

    def booker(self) -> Booker:
        """The service's value."""
        return Booker(
            name=self.name,
            time_zone=self.time_zone,
            email=self.email,
            phone_number=self.phone_number,
            language=self.language,
        )


@strawberry.input(description="Where to meet: one of the event type's places, with what the booker adds.")
class BookingLocationInput:
    """Input form of a booking's location (BK-7)."""

    type: LocationType = strawberry.field(description="One of the event type's kinds of place.")
    integration: str | None = strawberry.field(default=None, description="For `INTEGRATION`: which app.")
    address: str | None = strawberry.field(default=None, description="For `ATTENDEE_ADDRESS`.")
    phone: PhoneNumber | None = strawberry.field(default=None, description="For `ATTENDEE_PHONE`.")
    location: str | None = strawberry.field(default=None, description="For `ATTENDEE_DEFINED`.")

    def value(self) -> dict[str, Any]:
        """The contract's object."""
        named = {name: getattr(self, name) for name in ("integration", "address", "phone", "location")}
        return {"type": self.type.value, **{name: value for name, value in named.items() if value is not None}}


@strawberry.input(description="A wish to book.")
class CreateBookingInput:
    """Input of `createBooking`."""

    event_type: EventTypeRefInput = strawberry.field(description="What to book.")
    start: datetime = strawberry.field(description="When it begins.")
    attendee: AttendeeInput = strawberry.field(description="Who books.")
    length_in_minutes: int | None = strawberry.field(default=None, description="A length the event type offers.")
    responses: JSON | None = strawberry.field(default=None, description="Answers to booking fields by slug, an object.")
    guests: list[EmailAddress] = strawberry.field(default_factory=list, description="Who else is invited.")
    location: BookingLocationInput | None = strawberry.field(
        default=None, description="Where; the first place if left out."
    )
    metadata: JSON | None = strawberry.field(default=None, description="At most 50 keys of plain values.")
    recurrence_count: int | None = strawberry.field(default=None, description="A shorter series than the event type's.")
    instant: bool = strawberry.field(default=False, description="Meet at once (teams only).")
    hold: strawberry.ID | None = strawberry.field(default=None, description="The caller's hold, ended by the booking.")
    expected_version: SlotsVersion | None = strawberry.field(
        default=None, description="The `slotsVersion` the caller has seen; an older one than now is a conflict."
    )
    idempotency_key: IdempotencyKey | None = strawberry.field(default=None, description=KEY)
    dry_run: bool = strawberry.field(default=False, description="Check everything and write nothing.")

    def command(self) -> CreateBooking:
        """The service's command; raises InvalidIdError, InvalidInputError."""
        return CreateBooking(
            event_type=self.event_type.ref(),
            start=self.start,
            attendee=self.attendee.booker(),
            length_minutes=self.length_in_minutes,
            responses=_object("responses", self.responses),
            guests=tuple(self.guests),
            location=self.location.value() if self.location is not None else None,
            metadata=_object("metadata", self.metadata),
            recurrence_count=self.recurrence_count,
            instant=self.instant,
            hold=_hold(self.hold),
            expected_version=self.expected_version,
            idempotency_key=self.idempotency_key,
            dry_run=self.dry_run,
            creation_source="GRAPHQL",
        )


@strawberry.input(description="A wish to move a booking.")
class RescheduleBookingInput:
    """Input of `rescheduleBooking`."""

    uid: str = strawberry.field(description="The booking.")
    start: datetime = strawberry.field(description="When it shall begin; the length stays.")
    reason: str | None = strawberry.field(default=None, description="Why.")
    rescheduled_by: EmailAddress | None = strawberry.field(
        default=None, description="Who moves it; noted, not trusted."
    )
    seat_uid: str | None = strawberry.field(default=None, description="Move only this seat.")
    scope: SeriesScope = strawberry.field(default=SeriesScope.THIS, description="How much of a series.")
    hold: strawberry.ID | None = strawberry.field(default=None, description="The caller's hold of the new time.")
    expected_version: SlotsVersion | None = strawberry.field(default=None, description="The `slotsVersion` seen.")
    idempotency_key: IdempotencyKey | None = strawberry.field(default=None, description=KEY)

    def command(self) -> RescheduleBooking:
        """The service's command."""
        return RescheduleBooking(
            uid=self.uid,
            start=self.start,
            reason=self.reason,
            rescheduled_by=self.rescheduled_by,
            seat_uid=self.seat_uid,
            scope=self.scope,
            hold=_hold(self.hold),
            expected_version=self.expected_version,
            idempotency_key=self.idempotency_key,
        )


@strawberry.input(description="What to cancel.")
class CancelBookingInput:
    """Input of `cancelBooking`."""

    uid: str = strawberry.field(description="The booking, or the `recurringUid` of a series.")
    reason: str | None = strawberry.field(default=None, description="Why; hosts must say.")
    seat_uid: str | None = strawberry.field(default=None, description="Cancel only this seat.")
    scope: SeriesScope = strawberry.field(default=SeriesScope.THIS, description="How much of a series.")
    idempotency_key: IdempotencyKey | None = strawberry.field(default=None, description=KEY)

    def command(self) -> CancelBooking:
        """The service's command."""
        return CancelBooking(
            uid=self.uid,
            reason=self.reason,
            seat_uid=self.seat_uid,
            scope=self.scope,
            idempotency_key=self.idempotency_key,
        )


@strawberry.input(description="Which booking to accept.")
class ConfirmBookingInput:
    """Input of `confirmBooking`."""

    uid: str = strawberry.field(description="The booking.")
    idempotency_key: IdempotencyKey | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which booking to decline.")
class DeclineBookingInput:
    """Input of `declineBooking`."""

    uid: str = strawberry.field(description="The booking.")
    reason: str | None = strawberry.field(default=None, description="Why; the booker reads it.")
    idempotency_key: IdempotencyKey | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Which booking to hand over, and to whom.")
class ReassignBookingInput:
    """Input of `reassignBooking`."""

    uid: str = strawberry.field(description="The booking.")
    to_user_id: strawberry.ID | None = strawberry.field(
        default=None, description="A host of the event type; left out = the fairest."
    )
    reason: str | None = strawberry.field(default=None, description="Why.")
    idempotency_key: IdempotencyKey | None = strawberry.field(default=None, description=KEY)

    def command(self) -> ReassignBooking:
        """The service's command."""
        to_user_id = database_id(self.to_user_id, "User") if self.to_user_id is not None else None
        return ReassignBooking(
            uid=self.uid, to_user_id=to_user_id, reason=self.reason, idempotency_key=self.idempotency_key
        )


@strawberry.input(description="Whether an attendee was absent.")
class AttendeeAbsenceInput:
    """Input form of `AttendeeAbsence`."""

    email: EmailAddress = strawberry.field(description="Address of the attendee.")
    absent: bool = strawberry.field(description="false takes it back.")


@strawberry.input(description="Who did not come.")
class MarkAbsentInput:
    """Input of `markAbsent`."""

    uid: str = strawberry.field(description="The booking.")
    host: bool | None = strawberry.field(default=None, description="The host; false takes it back.")
    attendees: list[AttendeeAbsenceInput] = strawberry.field(default_factory=list, description="Attendees.")
    idempotency_key: IdempotencyKey | None = strawberry.field(default=None, description=KEY)

    def command(self) -> MarkAbsent:
        """The service's command."""
        people = tuple(AttendeeAbsence(item.email, item.absent) for item in self.attendees)
        return MarkAbsent(uid=self.uid, host=self.host, attendees=people, idempotency_key=self.idempotency_key)


@strawberry.input(description="New values for a booking; what is left out stays.")
class EditBookingInput:
    """Input of `editBooking`."""

    uid: str = strawberry.field(description="The booking.")
    title: strawberry.Maybe[str] = strawberry.field(default=None, description="Title.")
    description: strawberry.Maybe[str | None] = strawberry.field(default=None, description="Notes.")
    status: strawberry.Maybe[BookingStatus] = strawberry.field(default=None, description="`CANCELLED` cancels it.")
    start: strawberry.Maybe[datetime] = strawberry.field(default=None, description="When it begins.")
    end: strawberry.Maybe[datetime] = strawberry.field(default=None, description="When it ends.")
    idempotency_key: IdempotencyKey | None = strawberry.field(default=None, description=KEY)

    def command(self) -> EditBooking:
        """The service's command."""
        return EditBooking(
            uid=self.uid,
            title=given(self.title),
            description=given(self.description),
            status=given(self.status),
            start=given(self.start),
            end=given(self.end),
            idempotency_key=self.idempotency_key,
        )


@strawberry.input(description="Which booking shall be at another time.")
class RequestRescheduleInput:
    """Input of `requestReschedule`."""

    uid: str = strawberry.field(description="The booking.")
    reason: str | None = strawberry.field(default=None, description="Why; the booker reads it.")
    idempotency_key: IdempotencyKey | None = strawberry.field(default=None, description=KEY)


@strawberry.input(one_of=True, description="A place of exactly one kind; the event type need not offer it.")
class NewLocationInput:
    """Input form of a place that a host chooses."""

    address: str | None = strawberry.field(default=strawberry.UNSET, description="A place to go to.")
    link: str | None = strawberry.field(default=strawberry.UNSET, description="A web address.")
    phone: PhoneNumber | None = strawberry.field(default=strawberry.UNSET, description="A number to call.")
    integration: str | None = strawberry.field(default=strawberry.UNSET, description="An app, such as `cal-video`.")

    def choice(self) -> tuple[str, str]:
        """Kind and value."""
        kinds = ("address", "link", "phone", "integration")
        return next((kind, value) for kind in kinds if (value := getattr(self, kind)) is not strawberry.UNSET)


@strawberry.input(description="Where a booking takes place now.")
class ChangeBookingLocationInput:
    """Input of `changeBookingLocation`."""

    uid: str = strawberry.field(description="The booking.")
    location: NewLocationInput = strawberry.field(description="The new place.")
    idempotency_key: IdempotencyKey | None = strawberry.field(default=None, description=KEY)

    def command(self) -> ChangeLocation:
        """The service's command."""
        kind, value = self.location.choice()
        return ChangeLocation(uid=self.uid, kind=kind, value=value, idempotency_key=self.idempotency_key)


@strawberry.input(description="Who else is invited.")
class AddGuestsInput:
    """Input of `addGuests`."""

    uid: str = strawberry.field(description="The booking.")
    guests: list[EmailAddress] = strawberry.field(description="Addresses that are not on the booking yet.")
    idempotency_key: IdempotencyKey | None = strawberry.field(default=None, description=KEY)

    def command(self) -> AddGuests:
        """The service's command."""
        return AddGuests(uid=self.uid, guests=tuple(self.guests), idempotency_key=self.idempotency_key)


@strawberry.input(description="Which instant meeting to take.")
class ClaimInstantBookingInput:
    """Input of `claimInstantBooking`."""

    token: str = strawberry.field(description="The join token of the link.")


def _hold(text: str | None) -> str | None:
    return internal_id(text, "SlotHold") if text is not None else None


def _object(path: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInputError.at(path, "Must be an object.", "object")
    return value
