"""Bodies of event types as of 2024-06-14 and what they mean for the services (VR-4, VR-5, BT-25, BK-16, BK-34)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, WrapValidator
from typing_extensions import TypedDict

from app.domain.schedule_validation import parse_date
from app.errors import InvalidInputError
from app.rest.v2.event_type_parts import stored_fields, stored_locations
from app.rest.v2.inputs import MAX_INT, Body, Int, Lengths, NotNegative, Positive, Text, UrlOrBlank, whole
from app.services.event_types.fields import BookingWindow, ConfirmationPolicy, EventTypeFields, SeatsPolicy

MAX_DAYS: Final = 36_500


class Off(TypedDict):
    """Switches a group of settings off."""

    disabled: Literal[True]


class Option(Body):
    """A group of settings that `{"disabled": true}` switches off."""

    disabled: bool = False


def _switch(model: type[Any]) -> WrapValidator:
    """Nothing else is looked at in a group that is switched off."""

    def read(value: Any, handler: Callable[[Any], Any]) -> Any:
        if isinstance(value, dict) and value.get("disabled") is True:
            return model.model_construct(disabled=True)
        return handler(value)

    return WrapValidator(read, json_schema_input_type=model | Off)


class LimitsCount(Option):
    """Bookings in a period."""

    day: Positive | None = None
    week: Positive | None = None
    month: Positive | None = None
    year: Positive | None = None


LimitMinutes = Annotated[int, Field(ge=15, le=MAX_INT), BeforeValidator(whole)]


class LimitsDuration(Option):
    """Minutes in a period."""

    day: LimitMinutes | None = None
    week: LimitMinutes | None = None
    month: LimitMinutes | None = None
    year: LimitMinutes | None = None


class WindowInput(Option):
    """How far ahead one can book."""

    type: Literal["businessDays", "calendarDays", "range"]
    value: Annotated[Any, BeforeValidator(whole)] = None
    rolling: bool | None = None


class NoticeThresholdInput(Body):
    """Closer than this a booking waits."""

    unit: Literal["minutes", "hours"]
    count: Positive


class ConfirmationInput(Option):
    """Which bookings wait for the host."""

    type: Literal["always", "time"]
    notice_threshold: NoticeThresholdInput | None = None
    block_unconfirmed_bookings_in_booker: bool = False


class RecurrenceInput(Option):
    """Bookings repeat."""

    interval: Positive
    occurrences: Positive
    frequency: Literal["yearly", "monthly", "weekly"]


class SeatsInput(Option):
    """Several bookers share a start."""

    seats_per_time_slot: Positive
    show_attendee_info: bool = False
    show_availability_count: bool = True


class LayoutsInput(Body):
    """How the booking page shows slots."""

    default_layout: Literal["month", "week", "column"]
    enabled_layouts: list[Literal["month", "week", "column"]]


class ColorInput(Body):
    """Colours in calendars."""

    light_theme_hex: str
    dark_theme_hex: str


class DestinationCalendarInput(Body):
    """The calendar that bookings are written to."""

    integration: Annotated[Text, Field(max_length=60)]
    external_id: Annotated[Text, Field(max_length=500)]


class EventTypeBody(Body):
    """Everything that can be set; a new event type needs the three of its subclass."""

    length_in_minutes: Positive | None = None
    length_in_minutes_options: Lengths | None = None
    title: Text | None = None
    slug: Text | None = None
    description: str | None = None
    booking_fields: list[Any] | None = None
    disable_guests: bool | None = None
    slot_interval: Int | None = None
    minimum_booking_notice: NotNegative | None = None
    before_event_buffer: NotNegative | None = None
    after_event_buffer: NotNegative | None = None
    schedule_id: Int | None = None
    booking_limits_count: Annotated[LimitsCount, _switch(LimitsCount)] | None = None
    only_show_first_available_slot: bool | None = None
    booking_limits_duration: Annotated[LimitsDuration, _switch(LimitsDuration)] | None = None
    booking_window: Annotated[WindowInput, _switch(WindowInput)] | None = None
    offset_start: NotNegative | None = None
    booker_layouts: LayoutsInput | None = None
    confirmation_policy: Annotated[ConfirmationInput, _switch(ConfirmationInput)] | None = None
    recurrence: Annotated[RecurrenceInput, _switch(RecurrenceInput)] | None = None
    requires_booker_email_verification: bool | None = None
    hide_calendar_notes: bool | None = None
    lock_time_zone_toggle_on_booking_page: bool | None = None
    color: ColorInput | None = None
    seats: Annotated[SeatsInput, _switch(SeatsInput)] | None = None
    custom_name: str | None = None
    destination_calendar: DestinationCalendarInput | None = None
    use_destination_calendar_email: bool | None = None
    hide_calendar_event_details: bool | None = None
    success_redirect_url: UrlOrBlank | None = None
    forward_params_success_redirect: bool | None = None
    hide_organizer_email: bool | None = None
    hidden: bool | None = None
    locations: list[Any] | None = None

    def fields(self) -> EventTypeFields:
        """The services' values; what was not given stays as it is, null unsets (VR-5). Raises InvalidInputError."""
        given = self.given()
        unset: dict[str, Any] = {
            _COLUMNS.get(name, name): None for name in _UNSETTABLE & self.model_fields_set - given.keys()
        }
        plain = {_COLUMNS.get(name, name): value for name, value in given.items() if name not in _GROUPS}
        groups = {_COLUMNS.get(name, name): _GROUPS[name](value) for name, value in given.items() if name in _GROUPS}
        return EventTypeFields(**plain, **groups, **unset)


class CreateEventTypeInput(EventTypeBody):
    """A new event type."""

    length_in_minutes: Positive
    title: Text
    slug: Text


class UpdateEventTypeInput(EventTypeBody):
    """New values."""


def _limits(limits: LimitsCount | LimitsDuration) -> dict[str, int] | None:
    if limits.disabled:
        return None
    named = {name: getattr(limits, name) for name in ("day", "week", "month", "year")}
    return {name: value for name, value in named.items() if value is not None} or None


def _window(window: WindowInput) -> BookingWindow | None:
    """BT-25."""
    if window.disabled:
        return None
    if window.type == "range":
        start, end = _range(window.value)
        return BookingWindow("RANGE", start=start, end=end)
    if not isinstance(window.value, int) or isinstance(window.value, bool):
        raise InvalidInputError.at("bookingWindow.value", "value must be an integer number", "isInt")
    if not 0 <= window.value <= MAX_DAYS:
        raise InvalidInputError.at("bookingWindow.value", f"value must be between 0 and {MAX_DAYS}", "max")
    kind = "ROLLING_WINDOW" if window.rolling else "ROLLING"
    return BookingWindow(kind, days=window.value, calendar_days=window.type == "calendarDays")


def _range(value: Any) -> tuple[date, date]:
    texts = value if isinstance(value, list) else []
    days = [_day(text) if isinstance(text, str) else None for text in texts]
    if len(days) == 2 and days[0] is not None and days[1] is not None:
        return days[0], days[1]
    message = "value must be an array of two dates in the form YYYY-MM-DD"
    raise InvalidInputError.at("bookingWindow.value", message, "isDateString")


def _day(text: str) -> date | None:
    """A date, or the date of an instant."""
    try:
        return parse_date(text) or datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _confirmation(policy: ConfirmationInput) -> ConfirmationPolicy | None:
    """BK-16."""
    if policy.disabled:
        return None
    blocks = policy.block_unconfirmed_bookings_in_booker
    if policy.type == "always":
        return ConfirmationPolicy(pending_blocks=blocks)
    if policy.notice_threshold is None:
        message = "noticeThreshold is required when type is 'time'"
        raise InvalidInputError.at("confirmationPolicy.noticeThreshold", message, "isDefined")
    return ConfirmationPolicy(policy.notice_threshold.count, policy.notice_threshold.unit, blocks)


def _seats(seats: SeatsInput) -> SeatsPolicy | None:
    if seats.disabled:
        return None
    return SeatsPolicy(seats.seats_per_time_slot, seats.show_attendee_info, seats.show_availability_count)


def _recurrence(recurrence: RecurrenceInput) -> dict[str, Any] | None:
    if recurrence.disabled:
        return None
    return recurrence.model_dump(include={"interval", "occurrences", "frequency"})


def _dumped(model: Body) -> dict[str, Any]:
    return model.model_dump(by_alias=True)


def _text_or_none(text: str) -> str | None:
    return text.strip() or None


_GROUPS: Final[dict[str, Callable[[Any], Any]]] = {
    "booking_fields": stored_fields,
    "locations": stored_locations,
    "booking_limits_count": _limits,
    "booking_limits_duration": _limits,
    "booking_window": _window,
    "confirmation_policy": _confirmation,
    "recurrence": _recurrence,
    "seats": _seats,
    "booker_layouts": _dumped,
    "color": _dumped,
    "destination_calendar": _dumped,
    "success_redirect_url": _text_or_none,
    "custom_name": _text_or_none,
}
# What reads back as null or is left out while unset; null for anything else changes nothing.
_UNSETTABLE: Final = frozenset(
    {
        "description", "slot_interval", "schedule_id", "booking_limits_count", "booking_limits_duration",
        "booking_window", "booker_layouts", "confirmation_policy", "recurrence", "color", "seats", "custom_name",
        "destination_calendar", "success_redirect_url",
    }
)  # fmt: skip
# Where the column is called otherwise.
_COLUMNS: Final = {
    "length_in_minutes": "length_minutes",
    "length_in_minutes_options": "length_options",
    "minimum_booking_notice": "minimum_notice",
    "before_event_buffer": "before_buffer",
    "after_event_buffer": "after_buffer",
    "booking_limits_count": "booking_limits",
    "only_show_first_available_slot": "only_first_slot",
    "booking_limits_duration": "duration_limits",
    "booking_window": "window",
    "confirmation_policy": "confirmation",
    "requires_booker_email_verification": "requires_email_verification",
    "lock_time_zone_toggle_on_booking_page": "lock_time_zone",
    "use_destination_calendar_email": "use_destination_email",
    "hide_calendar_event_details": "hide_calendar_details",
    "forward_params_success_redirect": "forward_params_redirect",
}
