"""What the fronts see of an event type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from app.models import EventType, Host
from app.services.users.views import UserView


@dataclass(frozen=True, slots=True)
class HostView:
    """Somebody who takes an event type's bookings; priority 0 (lowest) to 4 (highest), weight 100 = normal."""

    user_id: int
    is_fixed: bool
    priority: int
    weight: int
    schedule_id: int | None
    user: UserView | None

    @classmethod
    def of(cls, row: Host, people: Mapping[int, UserView]) -> "HostView":
        """The view of a row, with its person."""
        user_id: int = row.user_id
        schedule_id: int | None = row.schedule_id
        return cls(user_id, row.is_fixed, row.priority, row.weight, schedule_id, people.get(user_id))


@dataclass(frozen=True, slots=True)
class EventTypeView:
    """An event type. Lengths, buffers, notice and intervals in minutes; JSON values in the core's own shapes."""

    id: int
    owner_id: int | None
    team_id: int | None
    parent_id: int | None
    title: str
    slug: str
    description: str | None
    hidden: bool
    position: int
    scheduling_type: str | None
    length_minutes: int
    length_options: list[int]
    slot_interval: int | None
    offset_start: int
    minimum_notice: int
    before_buffer: int
    after_buffer: int
    only_first_slot: bool
    schedule_id: int | None
    time_zone: str | None
    lock_time_zone: bool
    period_type: str
    period_days: int | None
    period_calendar_days: bool
    period_start: date | None
    period_end: date | None
    booking_limits: dict[str, int] | None
    duration_limits: dict[str, int] | None
    locations: list[dict[str, Any]]
    booking_fields: list[dict[str, Any]]
    disable_guests: bool
    requires_confirmation: bool
    confirmation_threshold: dict[str, Any] | None
    confirmation_free_email_only: bool
    pending_blocks: bool
    requires_email_verification: bool
    recurrence: dict[str, Any] | None
    seats_per_slot: int | None
    seats_show_attendees: bool
    seats_show_availability: bool
    is_instant: bool
    instant_expiry_seconds: int
    disable_cancelling: bool
    disable_rescheduling: bool
    assign_all_members: bool
    weights_enabled: bool
    max_lead_threshold: int | None
    same_host_on_reschedule: bool
    price: int
    currency: str
    success_redirect_url: str | None
    forward_params_redirect: bool
    custom_name: str | None
    color: dict[str, str] | None
    booker_layouts: dict[str, Any] | None
    destination_calendar: dict[str, str] | None
    use_destination_email: bool
    hide_calendar_notes: bool
    hide_calendar_details: bool
    hide_organizer_email: bool
    custom_reply_to_email: str | None
    interface_language: str | None
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    hosts: tuple[HostView, ...]

    @classmethod
    def of(cls, row: EventType, hosts: Sequence[HostView]) -> "EventTypeView":
        """The view of a row with its hosts."""
        return cls(
            **{item.name: getattr(row, item.name) for item in fields(cls) if item.name != "hosts"}, hosts=tuple(hosts)
        )
