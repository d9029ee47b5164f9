"""What of an event type can be set, and how it lands in the columns."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.services.unset import UNSET, Unset, given


@dataclass(frozen=True, slots=True)
class BookingWindow:
    """How far ahead one can book (BT-25): `days` for ROLLING and ROLLING_WINDOW, dates for RANGE."""

    type: str
    days: int | None = None
    calendar_days: bool = True
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class ConfirmationPolicy:
    """Which bookings wait for the host (BK-16): all, or only those closer than the threshold."""

    threshold_count: int | None = None
    threshold_unit: str | None = None
    pending_blocks: bool = False
    free_email_only: bool = False


@dataclass(frozen=True, slots=True)
class SeatsPolicy:
    """Several bookers share one start (BK-34)."""

    per_slot: int
    show_attendees: bool = False
    show_availability: bool = True


@dataclass(frozen=True, slots=True)
class HostInput:
    """A member who takes bookings; `is_fixed` counts for round robin only (TM-20)."""

    user_id: int
    is_fixed: bool = False
    priority: int = 2
    weight: int = 100
    schedule_id: int | None = None


@dataclass(frozen=True, slots=True)
class EventTypeFields:
    """Values for an event type; what is UNSET stays, or takes its default on creation (VR-5, VR-6)."""

    title: str | Unset = UNSET
    slug: str | Unset = UNSET
    description: str | None | Unset = UNSET
    hidden: bool | Unset = UNSET
    position: int | Unset = UNSET
    length_minutes: int | Unset = UNSET
    length_options: list[int] | Unset = UNSET
    slot_interval: int | None | Unset = UNSET
    offset_start: int | Unset = UNSET
    minimum_notice: int | Unset = UNSET
    before_buffer: int | Unset = UNSET
    after_buffer: int | Unset = UNSET
    only_first_slot: bool | Unset = UNSET
    schedule_id: int | None | Unset = UNSET
    time_zone: str | None | Unset = UNSET
    lock_time_zone: bool | Unset = UNSET
    booking_limits: dict[str, int] | None | Unset = UNSET
    duration_limits: dict[str, int] | None | Unset = UNSET
    locations: list[dict[str, Any]] | Unset = UNSET
    booking_fields: list[dict[str, Any]] | Unset = UNSET
    disable_guests: bool | Unset = UNSET
    requires_email_verification: bool | Unset = UNSET
    recurrence: dict[str, Any] | None | Unset = UNSET
    is_instant: bool | Unset = UNSET
    instant_expiry_seconds: int | Unset = UNSET
    disable_cancelling: bool | Unset = UNSET
    disable_rescheduling: bool | Unset = UNSET
    assign_all_members: bool | Unset = UNSET
    weights_enabled: bool | Unset = UNSET
    max_lead_threshold: int | None | Unset = UNSET
    same_host_on_reschedule: bool | Unset = UNSET
    price: int | Unset = UNSET
    currency: str | Unset = UNSET
    success_redirect_url: str | None | Unset = UNSET
    forward_params_redirect: bool | Unset = UNSET
    custom_name: str | None | Unset = UNSET
    color: dict[str, str] | None | Unset = UNSET
    booker_layouts: dict[str, Any] | None | Unset = UNSET
    destination_calendar: dict[str, str] | None | Unset = UNSET
    use_destination_email: bool | Unset = UNSET
    hide_calendar_notes: bool | Unset = UNSET
    hide_calendar_details: bool | Unset = UNSET
    hide_organizer_email: bool | Unset = UNSET
    custom_reply_to_email: str | None | Unset = UNSET
    interface_language: str | None | Unset = UNSET
    metadata: dict[str, Any] | Unset = UNSET
    window: BookingWindow | None | Unset = UNSET
    confirmation: ConfirmationPolicy | None | Unset = UNSET
    seats: SeatsPolicy | None | Unset = UNSET


_GROUPS = frozenset({"window", "confirmation", "seats"})


def columns(values: EventTypeFields) -> dict[str, Any]:
    """The given fields as column values; a group set to None is switched off."""
    plain = dict(given(values, skip=_GROUPS))
    if values.window is not UNSET:
        plain |= _window(values.window)
    if values.confirmation is not UNSET:
        plain |= _confirmation(values.confirmation)
    if values.seats is not UNSET:
        plain |= _seats(values.seats)
    return plain


def _window(window: BookingWindow | None) -> dict[str, Any]:
    window = window or BookingWindow("UNLIMITED")
    return {
        "period_type": window.type,
        "period_days": window.days,
        "period_calendar_days": window.calendar_days,
        "period_start": window.start,
        "period_end": window.end,
    }


def _confirmation(policy: ConfirmationPolicy | None) -> dict[str, Any]:
    threshold = None
    if policy is not None and policy.threshold_count is not None:
        threshold = {"count": policy.threshold_count, "unit": policy.threshold_unit or "minutes"}
    return {
        "requires_confirmation": policy is not None,
        "confirmation_threshold": threshold,
        "pending_blocks": policy is not None and policy.pending_blocks,
        "confirmation_free_email_only": policy is not None and policy.free_email_only,
    }


def _seats(seats: SeatsPolicy | None) -> dict[str, Any]:
    return {
        "seats_per_slot": seats.per_slot if seats is not None else None,
        "seats_show_attendees": seats is not None and seats.show_attendees,
        "seats_show_availability": seats is None or seats.show_availability,
    }
