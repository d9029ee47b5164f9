"""What an event type may be set to: pure checks of its finished values, before they are written.

Fields of faults are the names of `EventTypeDraft`, dotted for parts (`booking_fields.2.slug`); fronts translate them.
Reasons are the documented texts where there is one. All durations are minutes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Final

from app.domain.booking_fields import BookingField
from app.domain.confirmation import NoticeThreshold
from app.domain.enums import LimitPeriod, PeriodType
from app.domain.faults import Fault
from app.domain.form_validation import check_form
from app.domain.languages import is_language
from app.domain.locations import MAX_LOCATION, OfferedLocation
from app.domain.metadata import check_metadata
from app.domain.recurrence import MAX_INTERVAL, MAX_OCCURRENCES, MAX_SPAN_YEARS, Recurrence, spans_years
from app.domain.seats import MAX_SEATS, MIN_SEATS
from app.domain.slugs import MAX_SLUG, is_slug
from app.domain.titles import unknown_variables, unknown_variables_message

MAX_TITLE: Final = 300
MAX_CUSTOM_NAME: Final = 500
MAX_DESCRIPTION: Final = 10_000
MAX_URL: Final = 2000
MAX_LENGTH: Final = 1440
MAX_AHEAD: Final = 525_600
MAX_LOCATIONS: Final = 50
# In minor units of the currency.
MAX_PRICE: Final = 1_000_000_000
MIN_DURATION_LIMIT: Final = 15
LAYOUTS: Final = ("month", "week", "column")
_COLOR: Final = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
_WEB_URL: Final = re.compile(r"https?://[^\s/?#]+\S*")
_CURRENCY: Final = re.compile(r"[a-z]{3}")
_SEATS_FAILED: Final = "Seats Validation failed: Seats are enabled but"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTypeDraft:
    """The values an event type would have after a write; an update starts from the stored ones (VR-5).

    `colors` are hex texts by theme, `layouts` None when unset. `booking_fields` is the whole form. Phone-only forms are
    for team event types of organizations (BK-32).
    """

    title: str
    slug: str
    length_minutes: int
    length_options: Sequence[int] = ()
    description: str | None = None
    slot_interval: int | None = None
    offset_start: int = 0
    minimum_notice: int = 120
    before_buffer: int = 0
    after_buffer: int = 0
    booking_limits: Mapping[LimitPeriod, int] = field(default_factory=dict)
    duration_limits: Mapping[LimitPeriod, int] = field(default_factory=dict)
    period_type: PeriodType = PeriodType.UNLIMITED
    period_days: int | None = None
    period_start: date | None = None
    period_end: date | None = None
    locations: Sequence[OfferedLocation] = ()
    booking_fields: Sequence[BookingField] = ()
    is_organization_team: bool = False
    requires_confirmation: bool = False
    confirmation_threshold: NoticeThreshold | None = None
    recurrence: Recurrence | None = None
    seats_per_slot: int | None = None
    max_lead_threshold: int | None = None
    price: int = 0
    currency: str = "usd"
    success_redirect_url: str | None = None
    custom_name: str | None = None
    colors: Mapping[str, str] = field(default_factory=dict)
    default_layout: str | None = None
    enabled_layouts: Sequence[str] = ()
    interface_language: str | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)


def check_event_type(draft: EventTypeDraft) -> tuple[Fault, ...]:
    """Collect everything that is wrong with an event type; empty when it may be written."""
    checks = (
        check_texts(draft),
        check_lengths(draft),
        check_limits("booking_limits", draft.booking_limits, least=1),
        check_limits("duration_limits", draft.duration_limits, least=MIN_DURATION_LIMIT),
        check_window(draft),
        check_seats(draft),
        check_recurrence(draft.recurrence),
        check_policies(draft),
        check_appearance(draft),
        check_form(draft.booking_fields, phone_only_allowed=draft.is_organization_team),
        check_metadata(draft.metadata),
    )
    return tuple(fault for faults in checks for fault in faults)


def check_texts(draft: EventTypeDraft) -> Iterable[Fault]:
    """Title, slug, description and the title template of bookings (BK-21)."""
    if not 1 <= len(draft.title.strip()) <= MAX_TITLE:
        yield Fault("title", f"Must have 1 to {MAX_TITLE} characters.")
    if not is_slug(draft.slug):
        reason = "lower-case letters, digits, '.', '-' or '_', beginning and ending with a letter or digit."
        yield Fault("slug", f"Use 1 to {MAX_SLUG} {reason}")
    if len(draft.description or "") > MAX_DESCRIPTION:
        yield Fault("description", f"Must have at most {MAX_DESCRIPTION} characters.")
    if len(draft.custom_name or "") > MAX_CUSTOM_NAME:
        yield Fault("custom_name", f"Must have at most {MAX_CUSTOM_NAME} characters.")
    unknown = unknown_variables(draft.custom_name or "")
    if unknown:
        yield Fault("custom_name", unknown_variables_message(unknown))


def check_lengths(draft: EventTypeDraft) -> Iterable[Fault]:
    """Lengths, interval, offset, notice and buffers; the default length must be among the options (SL-16)."""
    yield from _in_range("length_minutes", draft.length_minutes, 1, MAX_LENGTH)
    for index, option in enumerate(draft.length_options):
        yield from _in_range(f"length_options.{index}", option, 1, MAX_LENGTH)
    if len(set(draft.length_options)) < len(draft.length_options):
        yield Fault("length_options", "Lengths must not repeat.")
    if draft.length_options and draft.length_minutes not in draft.length_options:
        yield Fault("length_options", "'lengthInMinutesOptions' must include the provided 'lengthInMinutes'.")
    if draft.slot_interval is not None:
        yield from _in_range("slot_interval", draft.slot_interval, 1, MAX_LENGTH)
    yield from _in_range("offset_start", draft.offset_start, 0, MAX_LENGTH)
    yield from _in_range("minimum_notice", draft.minimum_notice, 0, MAX_AHEAD)
    yield from _in_range("before_buffer", draft.before_buffer, 0, MAX_AHEAD)
    yield from _in_range("after_buffer", draft.after_buffer, 0, MAX_AHEAD)


def check_limits(name: str, limits: Mapping[LimitPeriod, int], *, least: int) -> Iterable[Fault]:
    """Limits by period: each at least `least`, none lower than that of a shorter period (BT-15)."""
    for period, limit in limits.items():
        yield from _in_range(f"{name}.{period.value}", limit, least, MAX_AHEAD)
    ordered = [limits[period] for period in LimitPeriod if period in limits]
    if any(longer < shorter for shorter, longer in pairwise(ordered)):
        yield Fault(name, "Booking limits must be in ascending order.")


def check_window(draft: EventTypeDraft) -> Iterable[Fault]:
    """The booking window: days for rolling ones, two dates in order for a range (BT-25)."""
    if draft.period_type in {PeriodType.ROLLING, PeriodType.ROLLING_WINDOW}:
        if draft.period_days is None:
            yield Fault("period_days", "A rolling booking window needs a number of days.")
        else:
            yield from _in_range("period_days", draft.period_days, 0, MAX_AHEAD)
    elif draft.period_type is PeriodType.RANGE:
        if draft.period_start is None or draft.period_end is None:
            yield Fault("period_start", "A range booking window needs two dates.")
        elif draft.period_end < draft.period_start:
            yield Fault("period_end", "The end of the booking window must not be before its start.")


def check_seats(draft: EventTypeDraft) -> Iterable[Fault]:
    """Seats: 1 to 1000, and neither several locations nor confirmation nor recurrence beside them (BK-34)."""
    if draft.seats_per_slot is None:
        return
    yield from _in_range("seats_per_slot", draft.seats_per_slot, MIN_SEATS, MAX_SEATS)
    if len(draft.locations) > 1:
        yield Fault("seats_per_slot", f"{_SEATS_FAILED} more than one location provided.")
    if draft.requires_confirmation:
        yield Fault("seats_per_slot", f"{_SEATS_FAILED} requiresConfirmation is true.")
    if draft.recurrence is not None:
        yield Fault("seats_per_slot", f"{_SEATS_FAILED} recurrence is set.")


def check_recurrence(recurrence: Recurrence | None) -> Iterable[Fault]:
    """Bounds of a recurrence, so that its last occurrence is a date that exists (BK-39)."""
    if recurrence is None:
        return
    yield from _in_range("recurrence.interval", recurrence.interval, 1, MAX_INTERVAL)
    yield from _in_range("recurrence.occurrences", recurrence.occurrences, 1, MAX_OCCURRENCES)
    if spans_years(recurrence) > MAX_SPAN_YEARS:
        yield Fault("recurrence", f"A recurrence must not reach further than {MAX_SPAN_YEARS} years.")


def check_policies(draft: EventTypeDraft) -> Iterable[Fault]:
    """Confirmation threshold (BK-16), lead threshold (TM-5), price, currency; number and length of locations."""
    if draft.confirmation_threshold is not None:
        yield from _in_range("confirmation_threshold.count", draft.confirmation_threshold.count, 1, MAX_AHEAD)
    if draft.max_lead_threshold is not None and draft.max_lead_threshold < 1:
        yield Fault("max_lead_threshold", "Must be at least 1; leave it out to switch it off.")
    yield from _in_range("price", draft.price, 0, MAX_PRICE)
    if not _CURRENCY.fullmatch(draft.currency):
        yield Fault("currency", "Must be a currency code of three lower-case letters.")
    if len(draft.locations) > MAX_LOCATIONS:
        yield Fault("locations", f"At most {MAX_LOCATIONS} locations.")
    if any(len(location.value or "") > MAX_LOCATION for location in draft.locations):
        yield Fault("locations", f"A location must have at most {MAX_LOCATION} characters.")


def check_appearance(draft: EventTypeDraft) -> Iterable[Fault]:
    """Colours, layouts, language and where bookers are sent afterwards."""
    for theme, color in draft.colors.items():
        if not _COLOR.fullmatch(color):
            yield Fault(f"colors.{theme}", "Must be a colour in the form #rrggbb.")
    yield from _check_layouts(draft)
    if draft.interface_language and not is_language(draft.interface_language):
        yield Fault("interface_language", "Is not one of the supported languages.")
    url = draft.success_redirect_url
    if url and (len(url) > MAX_URL or not _WEB_URL.fullmatch(url)):
        yield Fault("success_redirect_url", "Must be an absolute http or https URL.")


def _check_layouts(draft: EventTypeDraft) -> Iterable[Fault]:
    if draft.default_layout is None and not draft.enabled_layouts:
        return
    if not draft.enabled_layouts or not set(draft.enabled_layouts) <= set(LAYOUTS):
        yield Fault("enabled_layouts", f"Must name at least one of {', '.join(LAYOUTS)}.")
    elif draft.default_layout not in draft.enabled_layouts:
        yield Fault("default_layout", "Must be one of the enabled layouts.")


def _in_range(name: str, value: int, least: int, most: int) -> Iterable[Fault]:
    if value < least:
        yield Fault(name, f"Must not be less than {least}.")
    if value > most:
        yield Fault(name, f"Must not be greater than {most}.")
