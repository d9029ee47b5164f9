"""Whether an event type may be set to these values: the core's checks over stored plus new columns."""

from collections.abc import Mapping
from typing import Any

from app.domain.booking_fields import fields_from_json, fields_to_json
from app.domain.confirmation import NoticeThreshold, NoticeUnit
from app.domain.default_fields import complete_form, with_guests_disabled
from app.domain.enums import LimitPeriod, PeriodType
from app.domain.event_type_validation import EventTypeDraft, check_event_type
from app.domain.faults import Fault
from app.domain.locations import DEFAULT_LOCATIONS, location_from_json, location_to_json
from app.domain.recurrence import recurrence_from_json
from app.errors import InvalidInputError, NotFoundError
from app.models import EventType, Schedule, Team
from app.services.calendars.ids import ICS_TYPE
from app.services.calendars.queries import is_connected
from app.services.checks import check_email, check_zone, raise_faults

_NO_DESTINATION = "Invalid destinationCalendarId: Calendar"
_NAMES = {
    "length_minutes": "lengthInMinutes",
    "length_options": "lengthInMinutesOptions",
    "minimum_notice": "minimumBookingNotice",
    "before_buffer": "beforeEventBuffer",
    "after_buffer": "afterEventBuffer",
    "booking_limits": "bookingLimitsCount",
    "duration_limits": "bookingLimitsDuration",
    "period_days": "bookingWindow",
    "period_start": "bookingWindow",
    "period_end": "bookingWindow",
    "seats_per_slot": "seats",
    "confirmation_threshold": "confirmationPolicy",
    "colors": "color",
    "default_layout": "bookerLayouts",
    "enabled_layouts": "bookerLayouts",
}


async def check_columns(row: EventType | None, values: dict[str, Any]) -> dict[str, Any]:
    """The column values to write for a new event type (`row` None) or a change of one.

    Raises InvalidInputError naming every wrong field by its API name.
    """
    if row is None:
        needed = ("title", "slug", "length_minutes")
        missing = [name for name in needed if values.get(name) is None]
        raise_faults([Fault(_NAMES.get(name, name), "This field is required.") for name in missing], code="required")
    if values.get("time_zone") is not None:
        check_zone("timeZone", values["time_zone"])
    if values.get("custom_reply_to_email") is not None:
        values = {
            **values,
            "custom_reply_to_email": check_email("customReplyToEmail", values["custom_reply_to_email"]),
        }
    completed = _complete(row, values)
    draft = _draft(row, completed, organization=row is not None and await _in_organization(row))
    raise_faults([Fault(_api_name(fault.field), fault.reason) for fault in check_event_type(draft)])
    return completed


async def check_schedule(values: Mapping[str, Any], owner_id: int) -> None:
    """An event type may only point at a schedule its owner has (AV-20). Raises NotFoundError."""
    wanted = values.get("schedule_id")
    if wanted is not None and not await Schedule.filter(id=wanted, user_id=owner_id).exists():
        raise NotFoundError(f"User with ID={owner_id} does not own schedule with ID={wanted}", path=("scheduleId",))


async def check_destination(values: Mapping[str, Any], user_id: int) -> None:
    """Bookings are written into a calendar that this person has connected and may write (VR-4). InvalidInputError."""
    wanted = values.get("destination_calendar")
    if wanted is None:
        return
    if not await is_connected(user_id, wanted["integration"], wanted["externalId"]):
        raise InvalidInputError.at("destinationCalendar", f"{_NO_DESTINATION} does not exist", "missing")
    if wanted["integration"] == ICS_TYPE:
        raise InvalidInputError.at("destinationCalendar", f"{_NO_DESTINATION} does not have write permission", "read")


def _complete(row: EventType | None, values: dict[str, Any]) -> dict[str, Any]:
    """Values with the form completed and the guests field following `disable_guests` (BK-24)."""
    result = {name: value.strip() if name in {"title", "slug"} else value for name, value in values.items()}
    if row is None:
        result.setdefault("locations", [location_to_json(item) for item in DEFAULT_LOCATIONS])
        result.setdefault("booking_fields", [])
    if "booking_fields" in result or "disable_guests" in result:
        stored = result.get("booking_fields", row.booking_fields if row is not None else [])
        disabled = bool(result.get("disable_guests", row is not None and row.disable_guests))
        result["booking_fields"] = fields_to_json(with_guests_disabled(_form(stored), disabled))
    return result


def _form(stored: list[dict[str, Any]]) -> Any:
    try:
        return complete_form(fields_from_json(stored))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InvalidInputError.at("bookingFields", f"Booking fields validation failed: {error}", "shape") from error


def _draft(row: EventType | None, values: Mapping[str, Any], *, organization: bool) -> EventTypeDraft:
    blank = row or EventType()

    def value(name: str) -> Any:
        return values[name] if name in values else getattr(blank, name)

    threshold = value("confirmation_threshold")
    layouts = value("booker_layouts") or {}
    try:
        return EventTypeDraft(
            **{name: value(name) for name in _PLAIN},
            booking_limits=_limits(value("booking_limits")),
            duration_limits=_limits(value("duration_limits")),
            period_type=PeriodType(value("period_type")),
            locations=[location_from_json(item) for item in value("locations")],
            booking_fields=fields_from_json(value("booking_fields")),
            is_organization_team=organization,
            confirmation_threshold=NoticeThreshold(NoticeUnit(threshold["unit"]), threshold["count"])
            if threshold
            else None,
            recurrence=recurrence_from_json(value("recurrence")),
            colors=value("color") or {},
            default_layout=layouts.get("defaultLayout"),
            enabled_layouts=layouts.get("enabledLayouts") or (),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise InvalidInputError.at("input", f"A value has the wrong form: {error}", "shape") from error


_PLAIN = (
    "title", "slug", "length_minutes", "length_options", "description", "slot_interval", "offset_start",
    "minimum_notice", "before_buffer", "after_buffer", "period_days", "period_start", "period_end",
    "requires_confirmation", "seats_per_slot", "max_lead_threshold", "price", "currency", "success_redirect_url",
    "custom_name", "interface_language", "metadata",
)  # fmt: skip


def _limits(stored: Mapping[str, int] | None) -> dict[LimitPeriod, int]:
    return {LimitPeriod(period): limit for period, limit in (stored or {}).items()}


async def _in_organization(row: EventType) -> bool:
    team_id: int | None = row.team_id
    return team_id is not None and await Team.filter(id=team_id, parent_id__isnull=False).exists()


def _api_name(field: str) -> str:
    first, dot, rest = field.partition(".")
    words = _NAMES.get(first) or first.split("_")[0] + "".join(word.capitalize() for word in first.split("_")[1:])
    return f"{words}{dot}{rest}"
