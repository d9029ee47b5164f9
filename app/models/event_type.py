"""Event types and who hosts them."""

from tortoise import fields
from tortoise.models import Model

from app.models.base import Timestamped
from app.models.columns import CharField
from app.models.schedule import Schedule
from app.models.team import Team
from app.models.user import User


class EventType(Timestamped):
    """What can be booked: lengths, rules and questions. Owned by a person or a team.

    Lengths, buffers, notice and intervals are minutes; JSON columns hold the core's own shapes
    (`app.domain.booking_fields`, `app.domain.locations`).
    """

    id = fields.IntField(primary_key=True)
    owner: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="event_types", null=True
    )
    owner_id: int | None
    team: fields.ForeignKeyNullableRelation[Team] = fields.ForeignKeyField(
        "models.Team", related_name="event_types", null=True
    )
    team_id: int | None
    parent: fields.ForeignKeyNullableRelation["EventType"] = fields.ForeignKeyField(
        "models.EventType", related_name="children", null=True
    )
    parent_id: int | None
    title = CharField(max_length=300)
    slug = CharField(max_length=200)
    description = fields.TextField(null=True)
    hidden = fields.BooleanField(default=False)
    position = fields.IntField(default=0)
    scheduling_type = CharField(max_length=20, null=True)
    length_minutes = fields.IntField()
    length_options: fields.JSONField[list[int]] = fields.JSONField(default=list)
    slot_interval = fields.IntField(null=True)
    offset_start = fields.IntField(default=0)
    minimum_notice = fields.IntField(default=120)
    before_buffer = fields.IntField(default=0)
    after_buffer = fields.IntField(default=0)
    only_first_slot = fields.BooleanField(default=False)
    schedule: fields.ForeignKeyNullableRelation[Schedule] = fields.ForeignKeyField(
        "models.Schedule", related_name="event_types", null=True, on_delete=fields.SET_NULL
    )
    schedule_id: int | None
    time_zone = CharField(max_length=64, null=True)
    lock_time_zone = fields.BooleanField(default=False)
    period_type = CharField(max_length=20, default="UNLIMITED")
    period_days = fields.IntField(null=True)
    period_calendar_days = fields.BooleanField(default=True)
    period_start = fields.DateField(null=True)
    period_end = fields.DateField(null=True)
    booking_limits: fields.JSONField[dict[str, int]] = fields.JSONField(null=True)
    duration_limits: fields.JSONField[dict[str, int]] = fields.JSONField(null=True)
    locations: fields.JSONField[list[dict[str, object]]] = fields.JSONField(default=list)
    booking_fields: fields.JSONField[list[dict[str, object]]] = fields.JSONField(default=list)
    disable_guests = fields.BooleanField(default=False)
    requires_confirmation = fields.BooleanField(default=False)
    confirmation_threshold: fields.JSONField[dict[str, object]] = fields.JSONField(null=True)
    confirmation_free_email_only = fields.BooleanField(default=False)
    pending_blocks = fields.BooleanField(default=False)
    requires_email_verification = fields.BooleanField(default=False)
    recurrence: fields.JSONField[dict[str, object]] = fields.JSONField(null=True)
    seats_per_slot = fields.IntField(null=True)
    seats_show_attendees = fields.BooleanField(default=False)
    seats_show_availability = fields.BooleanField(default=True)
    is_instant = fields.BooleanField(default=False)
    instant_expiry_seconds = fields.IntField(default=90)
    disable_cancelling = fields.BooleanField(default=False)
    disable_rescheduling = fields.BooleanField(default=False)
    assign_all_members = fields.BooleanField(default=False)
    weights_enabled = fields.BooleanField(default=False)
    max_lead_threshold = fields.IntField(null=True)
    same_host_on_reschedule = fields.BooleanField(default=False)
    price = fields.IntField(default=0)
    currency = CharField(max_length=3, default="usd")
    success_redirect_url = CharField(max_length=2000, null=True)
    forward_params_redirect = fields.BooleanField(default=True)
    custom_name = CharField(max_length=500, null=True)
    color: fields.JSONField[dict[str, str]] = fields.JSONField(null=True)
    booker_layouts: fields.JSONField[dict[str, object]] = fields.JSONField(null=True)
    destination_calendar: fields.JSONField[dict[str, str]] = fields.JSONField(null=True)
    use_destination_email = fields.BooleanField(default=False)
    hide_calendar_notes = fields.BooleanField(default=False)
    hide_calendar_details = fields.BooleanField(default=False)
    hide_organizer_email = fields.BooleanField(default=False)
    custom_reply_to_email = CharField(max_length=320, null=True)
    interface_language = CharField(max_length=10, null=True)
    metadata: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    slots_changed_at = fields.BigIntField(default=0)

    class Meta(Model.Meta):
        table = "event_types"


class Host(Model):
    """A person who can take an event type's bookings. Personal event types have exactly one: the owner."""

    id = fields.IntField(primary_key=True)
    event_type: fields.ForeignKeyRelation[EventType] = fields.ForeignKeyField("models.EventType", related_name="hosts")
    event_type_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="hosting")
    user_id: int
    is_fixed = fields.BooleanField(default=False)
    priority = fields.SmallIntField(default=2)
    weight = fields.IntField(default=100)
    schedule: fields.ForeignKeyNullableRelation[Schedule] = fields.ForeignKeyField(
        "models.Schedule", related_name="host_rows", null=True, on_delete=fields.SET_NULL
    )
    schedule_id: int | None
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta(Model.Meta):
        table = "hosts"
