"""The parts of an event type as the API shows them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Self

import strawberry

from app.domain.booking_fields import BookingField as FieldFacts
from app.domain.booking_fields import FieldType, field_from_json
from app.domain.enums import PeriodType
from app.domain.locations import location_from_json, location_to_api
from app.domain.recurrence import Frequency
from app.services.event_types.views import EventTypeView
from schema.event_types.enums import BookerLayout, LocationType, NoticeUnit


@strawberry.type(description="A place a booker can choose.")
class Location:
    """One offered location (BK-8); the detail that fits the type is set."""

    type: LocationType = strawberry.field(description="What kind of place.")
    address: str | None = strawberry.field(description="For `ADDRESS`.")
    link: str | None = strawberry.field(description="For `LINK`.")
    phone: str | None = strawberry.field(description="For `PHONE`.")
    integration: str | None = strawberry.field(description="For `INTEGRATION`: `cal-video`, `zoom`, ...")
    public: bool = strawberry.field(description="Whether bookers see the detail before booking.")

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """The type of a stored location."""
        api = location_to_api(location_from_json(stored)) or {"type": "unknown"}
        names = ("address", "link", "phone", "integration")
        return cls(
            type=LocationType(api["type"]), public=bool(api.get("public")), **{name: api.get(name) for name in names}
        )

    @property
    def has_detail(self) -> bool:
        """Whether it tells where exactly."""
        return bool(self.address or self.link or self.phone)

    def without_detail(self) -> Self:
        """The same place, without telling where exactly."""
        return replace(self, address=None, link=None, phone=None)


@strawberry.type(description="A choice of a booking field.")
class BookingFieldOption:
    """One option."""

    value: str = strawberry.field(description="What an answer holds.")
    label: str = strawberry.field(description="What a booker reads.")


@strawberry.type(description="A question of the booking form.")
class BookingField:
    """One field of the form (BK-29)."""

    slug: str = strawberry.field(description="Key of the answer in `responses`.")
    type: FieldType = strawberry.field(description="What kind of answer.")
    label: str | None = strawberry.field(description="The question; null = the form's own text.")
    required: bool = strawberry.field(description="Whether an answer is needed; never while hidden.")
    hidden: bool = strawberry.field(description="Whether it is not asked.")
    placeholder: str | None = strawberry.field(description="Example answer.")
    options: list[BookingFieldOption] = strawberry.field(description="Choices of choice fields.")
    disable_on_prefill: bool = strawberry.field(description="Whether a prefilled answer cannot be changed.")
    is_default: bool = strawberry.field(description="Whether every form has it.")
    min_length: int | None = strawberry.field(description="Least characters of a long text.")
    max_length: int | None = strawberry.field(description="Most characters of a long text.")

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """The type of a stored field."""
        field: FieldFacts = field_from_json(stored)
        return cls(
            slug=field.slug,
            type=field.type,
            label=field.label,
            required=field.required,
            hidden=field.hidden,
            placeholder=field.placeholder,
            options=[BookingFieldOption(value=option.value, label=option.label) for option in field.options],
            disable_on_prefill=field.disable_on_prefill,
            is_default=field.is_default,
            min_length=field.min_length,
            max_length=field.max_length,
        )


@strawberry.type(description="How far ahead one can book.")
class BookingWindow:
    """GraphQL form of the period columns (BT-25)."""

    type: PeriodType = strawberry.field(description="What kind of window.")
    days: int | None = strawberry.field(description="For rolling windows: how many days.")
    business_days: bool = strawberry.field(description="Whether only Monday to Friday count.")
    start: date | None = strawberry.field(description="For `RANGE`: first date.")
    end: date | None = strawberry.field(description="For `RANGE`: last date, inclusive.")

    @classmethod
    def of(cls, view: EventTypeView) -> Self:
        """The window of a view."""
        return cls(
            type=PeriodType(view.period_type),
            days=view.period_days,
            business_days=not view.period_calendar_days,
            start=view.period_start,
            end=view.period_end,
        )


@strawberry.type(description="How much may be booked in a period; null = no limit.")
class PeriodLimits:
    """Limits by period (BT-15)."""

    day: int | None = strawberry.field(description="In a day.")
    week: int | None = strawberry.field(description="In a week from Sunday.")
    month: int | None = strawberry.field(description="In a month.")
    year: int | None = strawberry.field(description="In a year.")

    @classmethod
    def of(cls, stored: Mapping[str, int] | None) -> Self | None:
        """The type of stored limits."""
        return cls(**{name: stored.get(name) for name in ("day", "week", "month", "year")}) if stored else None


@strawberry.type(description="Which bookings wait for the host.")
class ConfirmationPolicy:
    """GraphQL form of the confirmation columns (BK-16)."""

    threshold_count: int | None = strawberry.field(description="Only bookings closer than this wait; null = all.")
    threshold_unit: NoticeUnit | None = strawberry.field(description="Unit of the threshold.")
    pending_blocks: bool = strawberry.field(description="Whether a waiting booking takes the slot.")

    @classmethod
    def of(cls, view: EventTypeView) -> Self | None:
        """The policy of a view; None when bookings need no confirmation."""
        if not view.requires_confirmation:
            return None
        threshold = view.confirmation_threshold or {}
        unit = threshold.get("unit")
        return cls(
            threshold_count=threshold.get("count"),
            threshold_unit=NoticeUnit(unit) if unit else None,
            pending_blocks=view.pending_blocks,
        )


@strawberry.type(description="Several bookers share one start.")
class SeatsPolicy:
    """GraphQL form of the seats columns (BK-34)."""

    per_slot: int = strawberry.field(description="How many seats a start has.")
    show_attendees: bool = strawberry.field(description="Whether attendees see each other.")
    show_availability: bool = strawberry.field(description="Whether slots tell how many seats are left.")

    @classmethod
    def of(cls, view: EventTypeView) -> Self | None:
        """The policy of a view; None without seats."""
        if view.seats_per_slot is None:
            return None
        return cls(
            per_slot=view.seats_per_slot,
            show_attendees=view.seats_show_attendees,
            show_availability=view.seats_show_availability,
        )


@strawberry.type(description="Bookings repeat.")
class Recurrence:
    """GraphQL form of a recurrence (BK-39)."""

    interval: int = strawberry.field(description="Every so many units.")
    occurrences: int = strawberry.field(description="At most so many times.")
    frequency: Frequency = strawberry.field(description="The unit.")

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Self | None:
        """The type of a stored recurrence."""
        if not stored:
            return None
        return cls(
            interval=stored["interval"], occurrences=stored["occurrences"], frequency=Frequency(stored["frequency"])
        )


@strawberry.type(description="Colour of an event type in calendars.")
class EventTypeColor:
    """Hex colours by theme."""

    light_theme_hex: str = strawberry.field(description="In light mode, such as `#292929`.")
    dark_theme_hex: str = strawberry.field(description="In dark mode.")

    @classmethod
    def of(cls, stored: Mapping[str, str] | None) -> Self | None:
        """The type of stored colours."""
        if not stored:
            return None
        return cls(light_theme_hex=stored["lightThemeHex"], dark_theme_hex=stored["darkThemeHex"])


@strawberry.type(description="How the booking page shows slots.")
class BookerLayouts:
    """Layouts of the booking page."""

    default_layout: BookerLayout = strawberry.field(description="The first one shown.")
    enabled_layouts: list[BookerLayout] = strawberry.field(description="What a booker can choose from.")

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Self | None:
        """The type of stored layouts."""
        if not stored:
            return None
        enabled = [BookerLayout(name) for name in stored["enabledLayouts"]]
        return cls(default_layout=BookerLayout(stored["defaultLayout"]), enabled_layouts=enabled)
