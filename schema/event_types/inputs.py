"""What can be set on an event type, as input types."""

from datetime import date
from typing import Any

import strawberry
from strawberry.scalars import JSON

from app.domain.booking_fields import BookingField, Editable, FieldOption, FieldType, field_to_json
from app.domain.default_fields import DEFAULT_SLUGS
from app.domain.enums import PeriodType
from app.domain.locations import location_from_api, location_to_json
from app.domain.recurrence import Frequency
from app.errors import InvalidInputError
from app.services.event_types.fields import BookingWindow, ConfirmationPolicy, EventTypeFields, HostInput, SeatsPolicy
from schema.event_types.enums import BookerLayout, LocationType, NoticeUnit
from schema.inputs import given, given_as
from schema.node import database_id
from schema.scalars import URL, EmailAddress, TimeZone

Absent = None


@strawberry.input(description="A place a booker can choose; give the detail that fits the type.")
class LocationInput:
    """Input form of an offered location (BK-8)."""

    type: LocationType = strawberry.field(description="What kind of place; `UNKNOWN` cannot be set.")
    address: str | None = strawberry.field(default=None, description="For `ADDRESS`.")
    link: URL | None = strawberry.field(default=None, description="For `LINK`.")
    phone: str | None = strawberry.field(default=None, description="For `PHONE`.")
    integration: str | None = strawberry.field(default=None, description="For `INTEGRATION`: `cal-video`, `zoom`, ...")
    public: bool = strawberry.field(default=False, description="Show the detail to bookers before they book.")

    def stored(self, index: int) -> dict[str, Any]:
        """The stored shape; raises InvalidInputError."""
        api = {name: getattr(self, name) for name in ("address", "link", "phone", "integration", "public")}
        try:
            return location_to_json(location_from_api({**api, "type": self.type.value}))
        except ValueError as error:
            raise InvalidInputError.at(f"locations.{index}", str(error), "location") from error


@strawberry.input(description="A choice of a booking field.")
class BookingFieldOptionInput:
    """One option."""

    value: str = strawberry.field(description="What an answer holds.")
    label: str | None = strawberry.field(default=None, description="What a booker reads; null = the value.")


@strawberry.input(description="A question of the booking form; a default field's slug changes that field.")
class BookingFieldInput:
    """Input form of a booking field (BK-29)."""

    slug: str = strawberry.field(description="Key of the answer in `responses`.")
    type: FieldType = strawberry.field(description="What kind of answer.")
    label: str | None = strawberry.field(default=None, description="The question.")
    required: bool = strawberry.field(default=False, description="Whether an answer is needed.")
    hidden: bool = strawberry.field(default=False, description="Do not ask.")
    placeholder: str | None = strawberry.field(default=None, description="Example answer.")
    options: list[BookingFieldOptionInput] = strawberry.field(default_factory=list, description="Choices.")
    disable_on_prefill: bool = strawberry.field(default=False, description="A prefilled answer cannot be changed.")
    min_length: int | None = strawberry.field(default=None, description="Least characters of a long text.")
    max_length: int | None = strawberry.field(default=None, description="Most characters of a long text.")

    def stored(self) -> dict[str, Any]:
        """The stored shape."""
        editable = Editable.SYSTEM_BUT_OPTIONAL if self.slug in DEFAULT_SLUGS else Editable.USER
        names = ("slug", "type", "label", "required", "hidden", "placeholder", "disable_on_prefill")
        return field_to_json(
            BookingField(
                **{name: getattr(self, name) for name in names},
                options=tuple(FieldOption(item.value, item.label or item.value) for item in self.options),
                editable=editable,
                min_length=self.min_length,
                max_length=self.max_length,
            )
        )


@strawberry.input(description="How far ahead one can book.")
class BookingWindowInput:
    """Input form of the booking window (BT-25)."""

    type: PeriodType = strawberry.field(description="What kind of window.")
    days: int | None = strawberry.field(default=None, description="For rolling windows: how many days.")
    business_days: bool = strawberry.field(default=False, description="Count only Monday to Friday.")
    start: date | None = strawberry.field(default=None, description="For `RANGE`: first date.")
    end: date | None = strawberry.field(default=None, description="For `RANGE`: last date, inclusive.")

    def window(self) -> BookingWindow:
        """The service's value."""
        return BookingWindow(self.type, self.days, not self.business_days, self.start, self.end)


@strawberry.input(description="How much may be booked in a period; longer periods never less than shorter ones.")
class PeriodLimitsInput:
    """Input form of limits by period (BT-15)."""

    day: int | None = strawberry.field(default=None, description="In a day.")
    week: int | None = strawberry.field(default=None, description="In a week from Sunday.")
    month: int | None = strawberry.field(default=None, description="In a month.")
    year: int | None = strawberry.field(default=None, description="In a year.")

    def limits(self) -> dict[str, int] | None:
        """The stored shape; None without any limit."""
        named = {name: getattr(self, name) for name in ("day", "week", "month", "year")}
        return {name: value for name, value in named.items() if value is not None} or None


@strawberry.input(description="Which bookings wait for the host.")
class ConfirmationPolicyInput:
    """Input form of the confirmation policy (BK-16)."""

    threshold_count: int | None = strawberry.field(
        default=None, description="Only bookings closer than this; null = all."
    )
    threshold_unit: NoticeUnit = strawberry.field(default=NoticeUnit.MINUTES, description="Unit of the threshold.")
    pending_blocks: bool = strawberry.field(default=False, description="A waiting booking takes the slot.")

    def policy(self) -> ConfirmationPolicy:
        """The service's value."""
        return ConfirmationPolicy(self.threshold_count, self.threshold_unit.value, self.pending_blocks)


@strawberry.input(description="Several bookers share one start.")
class SeatsPolicyInput:
    """Input form of the seats policy (BK-34)."""

    per_slot: int = strawberry.field(description="How many seats a start has, 1 to 1000.")
    show_attendees: bool = strawberry.field(default=False, description="Attendees see each other.")
    show_availability: bool = strawberry.field(default=True, description="Slots tell how many seats are left.")

    def seats(self) -> SeatsPolicy:
        """The service's value."""
        return SeatsPolicy(self.per_slot, self.show_attendees, self.show_availability)


@strawberry.input(description="Bookings repeat.")
class RecurrenceInput:
    """Input form of a recurrence (BK-39)."""

    interval: int = strawberry.field(default=1, description="Every so many units.")
    occurrences: int = strawberry.field(description="At most so many times.")
    frequency: Frequency = strawberry.field(description="The unit.")

    def stored(self) -> dict[str, Any]:
        """The stored shape."""
        return {"interval": self.interval, "occurrences": self.occurrences, "frequency": self.frequency.value}


@strawberry.input(description="Colour of an event type in calendars.")
class EventTypeColorInput:
    """Input form of the colours."""

    light_theme_hex: str = strawberry.field(description="In light mode, such as `#292929`.")
    dark_theme_hex: str = strawberry.field(description="In dark mode.")

    def stored(self) -> dict[str, str]:
        """The stored shape."""
        return {"lightThemeHex": self.light_theme_hex, "darkThemeHex": self.dark_theme_hex}


@strawberry.input(description="How the booking page shows slots.")
class BookerLayoutsInput:
    """Input form of the layouts."""

    default_layout: BookerLayout = strawberry.field(description="The first one shown.")
    enabled_layouts: list[BookerLayout] = strawberry.field(description="What a booker can choose from.")

    def stored(self) -> dict[str, Any]:
        """The stored shape."""
        return {
            "defaultLayout": self.default_layout.value,
            "enabledLayouts": [layout.value for layout in self.enabled_layouts],
        }


@strawberry.input(name="HostInput", description="A member who takes bookings.")
class HostRefInput:
    """Input form of a host."""

    user_id: strawberry.ID = strawberry.field(description="An accepted member of the team.")
    is_fixed: bool = strawberry.field(default=False, description="Takes part in every booking (round robin only).")
    priority: int = strawberry.field(default=2, description="0 (lowest) to 4 (highest).")
    weight: int = strawberry.field(default=100, description="Share of round-robin bookings.")
    schedule_id: strawberry.ID | None = strawberry.field(default=None, description="Hours for this event type only.")

    def host(self) -> HostInput:
        """The service's value."""
        schedule_id = database_id(self.schedule_id, "Schedule") if self.schedule_id is not None else None
        return HostInput(database_id(self.user_id, "User"), self.is_fixed, self.priority, self.weight, schedule_id)


@strawberry.input(description="Values of an event type; what is left out stays, or takes its default on creation.")
class EventTypeFieldsInput:
    """Input form of `EventTypeFields`."""

    title: strawberry.Maybe[str] = strawberry.field(
        default=Absent, description="What bookers read; needed on creation."
    )
    slug: strawberry.Maybe[str] = strawberry.field(default=Absent, description="Name in links; needed on creation.")
    length_in_minutes: strawberry.Maybe[int] = strawberry.field(
        default=Absent, description="Default length; needed on creation."
    )
    length_in_minutes_options: strawberry.Maybe[list[int]] = strawberry.field(
        default=Absent, description="Lengths to choose from, the default among them."
    )
    description: strawberry.Maybe[str | None] = strawberry.field(default=Absent, description="More about it.")
    hidden: strawberry.Maybe[bool] = strawberry.field(default=Absent, description="Leave it out of lists.")
    slot_interval: strawberry.Maybe[int | None] = strawberry.field(
        default=Absent, description="Minutes from start to start."
    )
    offset_start: strawberry.Maybe[int] = strawberry.field(
        default=Absent, description="Minutes every start is moved by."
    )
    minimum_booking_notice: strawberry.Maybe[int] = strawberry.field(
        default=Absent, description="Minutes a booking must lie ahead; 120 by default."
    )
    before_event_buffer: strawberry.Maybe[int] = strawberry.field(
        default=Absent, description="Minutes kept free before."
    )
    after_event_buffer: strawberry.Maybe[int] = strawberry.field(default=Absent, description="Minutes kept free after.")
    only_show_first_available_slot: strawberry.Maybe[bool] = strawberry.field(
        default=Absent, description="List only the first slot of a day."
    )
    schedule_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        default=Absent, description="A schedule of the owner."
    )
    time_zone: strawberry.Maybe[TimeZone | None] = strawberry.field(default=Absent, description="Zone of its own.")
    lock_time_zone: strawberry.Maybe[bool] = strawberry.field(
        default=Absent, description="The booking page fixes the zone."
    )
    booking_window: strawberry.Maybe[BookingWindowInput | None] = strawberry.field(
        default=Absent, description="How far ahead; null = unlimited."
    )
    booking_limits_count: strawberry.Maybe[PeriodLimitsInput | None] = strawberry.field(
        default=Absent, description="Bookings in a period."
    )
    booking_limits_duration: strawberry.Maybe[PeriodLimitsInput | None] = strawberry.field(
        default=Absent, description="Minutes in a period, at least 15."
    )
    locations: strawberry.Maybe[list[LocationInput]] = strawberry.field(
        default=Absent, description="Places; replaces the list."
    )
    booking_fields: strawberry.Maybe[list[BookingFieldInput]] = strawberry.field(
        default=Absent, description="Questions; replaces the list."
    )
    disable_guests: strawberry.Maybe[bool] = strawberry.field(default=Absent, description="Ignore guests.")
    confirmation_policy: strawberry.Maybe[ConfirmationPolicyInput | None] = strawberry.field(
        default=Absent, description="Which bookings wait; null = none."
    )
    requires_booker_email_verification: strawberry.Maybe[bool] = strawberry.field(
        default=Absent, description="The form asks for a code."
    )
    recurrence: strawberry.Maybe[RecurrenceInput | None] = strawberry.field(default=Absent, description="Repetition.")
    seats: strawberry.Maybe[SeatsPolicyInput | None] = strawberry.field(default=Absent, description="Seats.")
    is_instant_event: strawberry.Maybe[bool] = strawberry.field(default=Absent, description="It can be met at once.")
    disable_cancelling: strawberry.Maybe[bool] = strawberry.field(
        default=Absent, description="Bookings cannot be cancelled."
    )
    disable_rescheduling: strawberry.Maybe[bool] = strawberry.field(
        default=Absent, description="Bookings cannot be moved."
    )
    assign_all_team_members: strawberry.Maybe[bool] = strawberry.field(
        default=Absent, description="Everybody in the team hosts it."
    )
    round_robin_weights_enabled: strawberry.Maybe[bool] = strawberry.field(
        default=Absent, description="Share bookings by weight."
    )
    max_lead_threshold: strawberry.Maybe[int | None] = strawberry.field(
        default=Absent, description="Bookings a host may be ahead of others."
    )
    reschedule_with_same_round_robin_host: strawberry.Maybe[bool] = strawberry.field(
        default=Absent, description="Keep the host when a booking moves."
    )
    success_redirect_url: strawberry.Maybe[URL | None] = strawberry.field(
        default=Absent, description="Where bookers are sent afterwards."
    )
    custom_name: strawberry.Maybe[str | None] = strawberry.field(
        default=Absent, description="Template of booking titles, such as `{Organiser} and {Scheduler}`."
    )
    color: strawberry.Maybe[EventTypeColorInput | None] = strawberry.field(
        default=Absent, description="Colour in calendars."
    )
    booker_layouts: strawberry.Maybe[BookerLayoutsInput | None] = strawberry.field(
        default=Absent, description="Layouts of the booking page."
    )
    hide_calendar_notes: strawberry.Maybe[bool] = strawberry.field(
        default=Absent, description="Keep notes out of calendars."
    )
    hide_calendar_event_details: strawberry.Maybe[bool] = strawberry.field(
        default=Absent, description="Keep details out of calendars."
    )
    hide_organizer_email: strawberry.Maybe[bool] = strawberry.field(
        default=Absent, description="Do not show the organizer's address."
    )
    custom_reply_to_email: strawberry.Maybe[EmailAddress | None] = strawberry.field(
        default=Absent, description="Where answers to mails about its bookings go; null = the organizer."
    )
    metadata: strawberry.Maybe[JSON] = strawberry.field(default=Absent, description="At most 50 keys of plain values.")

    def fields(self) -> EventTypeFields:
        """The services' values; raises InvalidInputError for a location that is none."""
        return EventTypeFields(
            title=given(self.title),
            slug=given(self.slug),
            length_minutes=given(self.length_in_minutes),
            length_options=given(self.length_in_minutes_options),
            description=given(self.description),
            hidden=given(self.hidden),
            slot_interval=given(self.slot_interval),
            offset_start=given(self.offset_start),
            minimum_notice=given(self.minimum_booking_notice),
            before_buffer=given(self.before_event_buffer),
            after_buffer=given(self.after_event_buffer),
            only_first_slot=given(self.only_show_first_available_slot),
            schedule_id=given_as(self.schedule_id, lambda text: database_id(text, "Schedule")),
            time_zone=given(self.time_zone),
            lock_time_zone=given(self.lock_time_zone),
            window=given_as(self.booking_window, BookingWindowInput.window),
            booking_limits=given_as(self.booking_limits_count, PeriodLimitsInput.limits),
            duration_limits=given_as(self.booking_limits_duration, PeriodLimitsInput.limits),
            locations=given_as(self.locations, lambda items: [item.stored(i) for i, item in enumerate(items)]),
            booking_fields=given_as(self.booking_fields, lambda items: [item.stored() for item in items]),
            disable_guests=given(self.disable_guests),
            confirmation=given_as(self.confirmation_policy, ConfirmationPolicyInput.policy),
            requires_email_verification=given(self.requires_booker_email_verification),
            recurrence=given_as(self.recurrence, RecurrenceInput.stored),
            seats=given_as(self.seats, SeatsPolicyInput.seats),
            is_instant=given(self.is_instant_event),
            disable_cancelling=given(self.disable_cancelling),
            disable_rescheduling=given(self.disable_rescheduling),
            assign_all_members=given(self.assign_all_team_members),
            weights_enabled=given(self.round_robin_weights_enabled),
            max_lead_threshold=given(self.max_lead_threshold),
            same_host_on_reschedule=given(self.reschedule_with_same_round_robin_host),
            success_redirect_url=given(self.success_redirect_url),
            custom_name=given(self.custom_name),
            color=given_as(self.color, EventTypeColorInput.stored),
            booker_layouts=given_as(self.booker_layouts, BookerLayoutsInput.stored),
            hide_calendar_notes=given(self.hide_calendar_notes),
            hide_calendar_details=given(self.hide_calendar_event_details),
            hide_organizer_email=given(self.hide_organizer_email),
            custom_reply_to_email=given(self.custom_reply_to_email),
            metadata=given(self.metadata),
        )
