"""Bookings, the spans they block, and who takes part."""

from tortoise import fields
from tortoise.models import Model

from app.models.base import Timestamped
from app.models.columns import CharField
from app.models.event_type import EventType
from app.models.user import User


class Booking(Timestamped):
    """One meeting. `start_s`/`end_s` are epoch seconds (UTC), half open.

    `original_start_s` is the start by which calendars know an occurrence of a series that has moved; null: its own.
    `seat_capacity` is how many seats this booking may have; null takes the event type's seats per slot.
    """

    id = fields.IntField(primary_key=True)
    uid = CharField(max_length=40)
    event_type: fields.ForeignKeyNullableRelation[EventType] = fields.ForeignKeyField(
        "models.EventType", related_name="bookings", null=True, on_delete=fields.SET_NULL
    )
    event_type_id: int | None
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="bookings", null=True, on_delete=fields.SET_NULL
    )
    user_id: int | None
    team_id = fields.IntField(null=True)
    status = CharField(max_length=13)
    title = CharField(max_length=1000)
    description = fields.TextField(null=True)
    start_s = fields.BigIntField()
    end_s = fields.BigIntField()
    location = CharField(max_length=2000, null=True)
    meeting_url = CharField(max_length=2000, null=True)
    responses: fields.JSONField[dict[str, object]] = fields.JSONField(null=True)
    metadata: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    recurring_uid = CharField(max_length=40, null=True)
    from_reschedule_uid = CharField(max_length=40, null=True)
    rescheduled = fields.BooleanField(default=False)
    rescheduled_by = CharField(max_length=320, null=True)
    rescheduling_reason = fields.TextField(null=True)
    cancellation_reason = fields.TextField(null=True)
    cancelled_by = CharField(max_length=320, null=True)
    rejection_reason = fields.TextField(null=True)
    reassign_reason = fields.TextField(null=True)
    reassigned_by_id = fields.IntField(null=True)
    ical_uid = CharField(max_length=100)
    ical_sequence = fields.IntField(default=0)
    host_absent = fields.BooleanField(default=False)
    rating = fields.SmallIntField(null=True)
    rating_feedback = fields.TextField(null=True)
    paid = fields.BooleanField(default=False)
    join_token = CharField(max_length=64, null=True)
    join_token_expires_at = fields.DatetimeField(null=True)
    sms_reminder_number = CharField(max_length=40, null=True)
    booker_email = CharField(max_length=320)
    creation_source = CharField(max_length=20, null=True)
    seat_capacity = fields.IntField(null=True)
    original_start_s = fields.BigIntField(null=True)

    class Meta(Model.Meta):
        table = "bookings"


class BookingHost(Model):
    """The span a booking takes of one host; the no-double-booking constraint lives on this table.

    `blocks` is true while the booking is ACCEPTED; `blocks_same_type` also while it is PENDING under a policy that
    lets unconfirmed bookings block their own event type (BT-1, BT-2).
    """

    id = fields.IntField(primary_key=True)
    booking: fields.ForeignKeyRelation[Booking] = fields.ForeignKeyField("models.Booking", related_name="host_rows")
    booking_id: int
    host: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="booked_spans")
    host_id: int
    event_type_id = fields.IntField(null=True)
    start_s = fields.BigIntField()
    end_s = fields.BigIntField()
    blocks = fields.BooleanField()
    blocks_same_type = fields.BooleanField()
    is_organizer = fields.BooleanField(default=False)

    class Meta(Model.Meta):
        table = "booking_hosts"


class Attendee(Model):
    """Someone invited: the booker first, then guests, then co-hosts (BK-22)."""

    id = fields.IntField(primary_key=True)
    booking: fields.ForeignKeyRelation[Booking] = fields.ForeignKeyField("models.Booking", related_name="attendees")
    booking_id: int
    position = fields.SmallIntField(default=0)
    kind = CharField(max_length=8, default="BOOKER")
    user_id = fields.IntField(null=True)
    email = CharField(max_length=320)
    name = CharField(max_length=300, default="")
    time_zone = CharField(max_length=64)
    locale = CharField(max_length=10, default="en")
    phone_number = CharField(max_length=40, null=True)
    absent = fields.BooleanField(default=False)

    class Meta(Model.Meta):
        table = "attendees"


class Seat(Model):
    """One seat of a seated booking: its attendee and their own answers (BK-35)."""

    id = fields.IntField(primary_key=True)
    uid = CharField(max_length=36)
    booking: fields.ForeignKeyRelation[Booking] = fields.ForeignKeyField("models.Booking", related_name="seats")
    booking_id: int
    attendee: fields.ForeignKeyRelation[Attendee] = fields.ForeignKeyField("models.Attendee", related_name="seat")
    attendee_id: int
    responses: fields.JSONField[dict[str, object]] = fields.JSONField(null=True)
    description = fields.TextField(null=True)
    metadata: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)

    class Meta(Model.Meta):
        table = "seats"


class BookingReference(Model):
    """What stands for this booking elsewhere: a calendar event, a video room."""

    id = fields.IntField(primary_key=True)
    booking: fields.ForeignKeyRelation[Booking] = fields.ForeignKeyField("models.Booking", related_name="references")
    booking_id: int
    type = CharField(max_length=100)
    uid = CharField(max_length=1000)
    meeting_id = CharField(max_length=1000, null=True)
    meeting_password = CharField(max_length=1000, null=True)
    meeting_url = CharField(max_length=2000, null=True)
    external_calendar_id = CharField(max_length=1000, null=True)
    credential_id = fields.IntField(null=True)
    deleted = fields.BooleanField(default=False)

    class Meta(Model.Meta):
        table = "booking_references"


class SlotHold(Model):
    """A slot kept for somebody for a few minutes (RS-1); one `SlotHoldHost` per host it keeps."""

    id = fields.IntField(primary_key=True)
    uid = CharField(max_length=36)
    event_type: fields.ForeignKeyRelation[EventType] = fields.ForeignKeyField("models.EventType", related_name="holds")
    event_type_id: int
    start_s = fields.BigIntField()
    end_s = fields.BigIntField()
    expires_s = fields.BigIntField()
    is_seat = fields.BooleanField(default=False)
    created_by_id = fields.IntField(null=True)
    released = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta(Model.Meta):
        table = "slot_holds"


class SlotHoldHost(Model):
    """A host kept by a hold; the span and expiry are repeated for one-table look-ups."""

    id = fields.IntField(primary_key=True)
    hold: fields.ForeignKeyRelation[SlotHold] = fields.ForeignKeyField("models.SlotHold", related_name="hosts")
    hold_id: int
    host: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="held_spans")
    host_id: int
    event_type_id = fields.IntField()
    start_s = fields.BigIntField()
    end_s = fields.BigIntField()
    expires_s = fields.BigIntField()
    is_seat = fields.BooleanField(default=False)

    class Meta(Model.Meta):
        table = "slot_hold_hosts"
