"""Bodies and queries of bookings as of 2024-08-13 (BK-1 to BK-7, LC-2, LC-14, LC-24, LC-27)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NotRequired, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    field_validator,
    model_validator,
)
from typing_extensions import TypedDict

from app.domain.languages import is_language
from app.domain.locations import INTEGRATIONS
from app.domain.metadata import check_metadata
from app.rest.v2.inputs import Body, Email, Int, PageQuery, QueryInt, QueryInts, Text, TimeZone
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
        raise wrong("isDateString", "$property must be a valid ISO 8601 date string") from error


def _phone(value: str) -> str:
    if not is_phone(value):
        raise wrong("isPhoneNumber", "$property must be a valid phone number")
    return value


def _language(value: str) -> str:
    if not is_language(value):
        raise wrong("isEnum", "$property must be one of the documented languages")
    return value


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    faults = check_metadata(value)
    if faults:
        raise wrong("isMetadata", faults[0].reason)
    return value


def _statuses(value: Any) -> Any:
    """Names separated by commas, or a list."""
    names = value.split(",") if isinstance(value, str) else value
    known = {status.value for status in BookingListStatus}
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() in known for name in names):
        raise wrong("isEnum", f"Invalid status. Allowed are {', '.join(BookingListStatus)}")
    return [name.strip() for name in names]


Instant = Annotated[datetime, BeforeValidator(_instant)]
Phone = Annotated[str, AfterValidator(_phone)]
Order = Literal["asc", "desc"]


class AttendeeInput(Body):
    """Who books (BK-2)."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    time_zone: TimeZone
    email: Email | None = None
    phone_number: Phone | None = None
    language: Annotated[str, AfterValidator(_language)] | None = None

    @model_validator(mode="after")
    def _check_contact(self) -> Self:
        if not self.email and not self.phone_number:
            raise wrong("contact", NO_CONTACT)
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
    "attendeeAddress": "address",
    "attendeeDefined": "location",
    "attendeePhone": "phone",
    "integration": "integration",
    "link": None,
    "organizersDefaultApp": None,
    "phone": None,
}
"""Type of a location -> what must be said beside it."""


def _location(value: Any) -> Any:
    """A plain text, which is taken as it is, or an object of a known type with all it needs (BK-7)."""
    if value is None or isinstance(value, str):
        return value or None
    if not isinstance(value, Mapping):
        raise wrong("isObject", "$property must be an object")
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in _ADDED:
        raise wrong("isIn", f"type must be one of the following values: {', '.join(_ADDED)}")
    name = _ADDED[kind]
    return {"type": kind} if name is None else {"type": kind, name: _added(name, value.get(name))}


def _added(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise wrong("isString", f"{name} must be a string")
    if name == "phone" and not is_phone(value):
        raise wrong("isPhoneNumber", "phone must be a valid phone number")
    if name == "integration" and value not in INTEGRATIONS:
        raise wrong("isIn", f"integration must be one of the following values: {', '.join(INTEGRATIONS)}")
    return value


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
    metadata: Annotated[dict[str, Any], AfterValidator(_metadata)] | None = None
    length_in_minutes: Int | None = None
    recurrence_count: Int | None = None
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
            raise wrong("isDefined", UNNAMED)
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

    take: Annotated[QueryInt, Field(ge=1, le=250)] = DEFAULT_TAKE
    status: Annotated[list[BookingListStatus], BeforeValidator(_statuses)] | None = None
    attendee_email: str | None = None
    attendee_name: str | None = None
    event_type_ids: QueryInts | None = None
    event_type_id: QueryInt | None = None
    teams_ids: QueryInts | None = None
    team_ids: QueryInts | None = None
    team_id: QueryInt | None = None
    after_start: Instant | None = None
    before_end: Instant | None = None
    after_created_at: Instant | None = None
    before_created_at: Instant | None = None
    after_updated_at: Instant | None = None
    before_updated_at: Instant | None = None
    sort_start: Order | None = None
    sort_end: Order | None = None
    sort_created: Order | None = None
    sort_updated_at: Order | None = None
