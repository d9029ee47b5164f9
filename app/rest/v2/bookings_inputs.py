"""Bodies and queries of bookings as of 2024-08-13 (BK-1 to BK-7, LC-2, LC-14, LC-24, LC-27)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NotRequired, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from app.domain.locations import INTEGRATIONS
from app.rest.v2.constraints import DATE_STRING, DEFINED, INT, PHONE, STRING, Constraint, Told, not_shorter, one_of
from app.rest.v2.inputs import (
    Body,
    Email,
    Int,
    Language,
    Metadata,
    PageQuery,
    Positive,
    QueryInt,
    QueryInts,
    QueryTake,
    Text,
    TimeZone,
)
from app.rest.v2.validation import wrong
from app.services.bookings.queries import BookingListStatus
from app.services.bookings.wish import NO_CONTACT, is_phone

UNNAMED = "Name the event type: by eventTypeId, by eventTypeSlug and username, or by eventTypeSlug and teamSlug"
DEFAULT_TAKE = 100


def _instant(value: Any) -> datetime:
    """An ISO 8601 date; without an offset it is UTC (BK-1)."""
    try:
        if not isinstance(value, str):
            raise TypeError
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise wrong(DATE_STRING) from error


def _phone(value: str) -> str:
    if not is_phone(value):
        raise wrong(PHONE)
    return value


def _statuses(value: Any) -> Any:
    """Names separated by commas, or a list."""
    names = value.split(",") if isinstance(value, str) else value
    known = {status.value for status in BookingListStatus}
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() in known for name in names):
        raise wrong(STATUS)
    return [name.strip() for name in names]


STATUS = Constraint("isEnum", f"Invalid status. Allowed are {', '.join(BookingListStatus)}")
Instant = Annotated[datetime, BeforeValidator(_instant), Told((DATE_STRING,))]
Phone = Annotated[str, AfterValidator(_phone), Told((PHONE,))]
QueryId = Annotated[QueryInt, Told((INT,))]
Order = Literal["asc", "desc"]


def _order(name: str) -> Told:
    """The documents have a text of their own for each order, without the name of the property."""
    return Told((Constraint("isEnum", f'{name} must be either "asc" or "desc".'),))


class AttendeeInput(Body):
    """Who books (BK-2)."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    time_zone: TimeZone
    email: Email | None = None
    phone_number: Phone | None = None
    language: Language | None = None

    @model_validator(mode="after")
    def _check_contact(self) -> Self:
        if not self.email and not self.phone_number:
            raise wrong(Constraint("requireEmailOrPhone", NO_CONTACT))
        return self


class BookingLocation(TypedDict):
    """Where to meet; each type names what the attendee adds to it, if anything."""

    type: Literal[
        "address", "attendeeAddress", "attendeeDefined", "attendeePhone", "integration", "link",
        "organizersDefaultApp", "phone",
    ]  # fmt: skip
    address: NotRequired[str]
    phone: NotRequired[str]
    location: NotRequired[str]
    integration: NotRequired[str]


_ADDED: Mapping[str, str | None] = {
    "address": None,
    "link": None,
    "integration": "integration",
    "phone": None,
    "attendeePhone": "phone",
    "attendeeAddress": "address",
    "attendeeDefined": "location",
    "organizersDefaultApp": None,
}
"""Type of a location -> what must be said beside it; in the order in which the refusal lists them."""


def _location(value: Any) -> Any:
    """A plain text, which is taken as it is, or an object of a known type with all it needs (BK-7)."""
    if value is None or isinstance(value, str):
        return value or None
    kind = value.get("type") if isinstance(value, Mapping) else None
    if not kind:
        raise _wrong_location("Booking 'location' must have a 'type' property.")
    if not isinstance(kind, str) or kind not in _ADDED:
        *kinds, last = _ADDED
        raise _wrong_location(
            f"Unsupported booking location type '{kind}'. Valid types are {', '.join(kinds)} and {last}."
        )
    name = _ADDED[kind]
    if name is None:
        return {"type": kind}
    broken = _broken(name, value.get(name))
    if broken:
        texts = ", ".join(constraint.about(name) for constraint in broken)
        raise _wrong_location(f"Validation failed for {kind} location: {texts}")
    return {"type": kind, name: value[name]}


def _wrong_location(text: str) -> PydanticCustomError:
    """The location is validated as one value."""
    return wrong(Constraint("ValidateLocation", f"BookingInputLocationValidator_2024_08_13 - {text}"))


def _broken(name: str, value: Any) -> tuple[Constraint, ...]:
    if name == "phone":
        return () if isinstance(value, str) and is_phone(value) else (PHONE,)
    if name == "integration":
        return () if isinstance(value, str) and value in INTEGRATIONS else (one_of(INTEGRATIONS),)
    if not isinstance(value, str):
        return not_shorter(1), STRING
    return () if value.strip() else (not_shorter(1),)


LocationInput = Annotated[
    dict[str, str] | str | None,
    PlainValidator(_location, json_schema_input_type=BookingLocation | str | None),
]


class CreateBookingInput(Body):
    """A booking, a series or an instant meeting: which of them is up to the event type and `instant` (BK-1)."""

    model_config = ConfigDict(extra="forbid")

    start: Instant
    attendee: AttendeeInput
    event_type_slug: str | None = None
    username: str | None = None
    team_slug: str | None = None
    organization_slug: str | None = None
    event_type_id: Int | None = None
    booking_fields_responses: dict[str, Any] | None = None
    guests: list[Email] | None = None
    location: LocationInput = None
    meeting_url: str | None = None
    metadata: Metadata | None = None
    length_in_minutes: Positive | None = None
    recurrence_count: Positive | None = None
    instant: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_id(cls, given: Any) -> Any:
        """An id that is absent is checked like one that is null."""
        return {"eventTypeId": None, **given} if isinstance(given, dict) else given

    @field_validator("event_type_id")
    @classmethod
    def _check_event_type(cls, value: int | None, info: ValidationInfo) -> int | None:
        named = info.data
        if value is None and not (named.get("event_type_slug") and (named.get("username") or named.get("team_slug"))):
            raise wrong(Constraint(DEFINED.name, UNNAMED))
        return value


class RescheduleBookingInput(Body):
    """A new time for a booking, or for one seat of it."""

    start: Instant
    rescheduled_by: Email | None = None
    rescheduling_reason: str | None = None
    seat_uid: str | None = None


class CancelBookingInput(Body):
    """What to cancel, and why."""

    cancellation_reason: str | None = None
    cancel_subsequent_bookings: bool | None = None
    seat_uid: str | None = None


class ReasonInput(Body):
    """Why."""

    reason: str | None = None


class AbsenceInput(Body):
    """Whether an attendee was absent."""

    email: Email
    absent: bool


class MarkAbsentInput(Body):
    """Who did not come."""

    host: bool | None = None
    attendees: list[AbsenceInput] | None = None


class BookingsQuery(PageQuery):
    """Which bookings, in which order, which page (LC-27)."""

    take: QueryTake = DEFAULT_TAKE
    status: Annotated[list[BookingListStatus], BeforeValidator(_statuses)] | None = None
    attendee_email: str | None = None
    attendee_name: str | None = None
    event_type_ids: QueryInts | None = None
    event_type_id: QueryId | None = None
    teams_ids: QueryInts | None = None
    team_ids: QueryInts | None = None
    team_id: QueryId | None = None
    after_start: Instant | None = None
    before_end: Instant | None = None
    after_created_at: Instant | None = None
    before_created_at: Instant | None = None
    after_updated_at: Instant | None = None
    before_updated_at: Instant | None = None
    sort_start: Annotated[Order, _order("SortStart")] | None = None
    sort_end: Annotated[Order, _order("SortEnd")] | None = None
    sort_created: Annotated[Order, _order("SortCreated")] | None = None
    sort_updated_at: Annotated[Order, _order("SortCreated")] | None = None
