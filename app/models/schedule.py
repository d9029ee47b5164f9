"""Schedules: weekly rows and date overrides (AV-1)."""

from tortoise import fields
from tortoise.models import Model

from app.models.base import Timestamped
from app.models.columns import CharField
from app.models.user import User


class Schedule(Timestamped):
    """A named set of weekly rows and overrides in one IANA zone."""

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="schedules")
    user_id: int
    name = CharField(max_length=200)
    time_zone = CharField(max_length=64)
    slots_changed_at = fields.BigIntField(default=0)

    class Meta(Model.Meta):
        table = "schedules"


class ScheduleRow(Model):
    """Weekly hours: `days` is a bit mask (bit 0 = Sunday), times are minutes of the local day.

    `day_order` has the digits of the days in the order in which they were given; empty means Monday first.
    """

    id = fields.IntField(primary_key=True)
    schedule: fields.ForeignKeyRelation[Schedule] = fields.ForeignKeyField("models.Schedule", related_name="rows")
    schedule_id: int
    days = fields.SmallIntField()
    day_order = CharField(max_length=7, default="")
    start_minute = fields.SmallIntField()
    end_minute = fields.SmallIntField()

    class Meta(Model.Meta):
        table = "schedule_rows"


class ScheduleOverride(Model):
    """Hours that replace one local date (AV-11); equal times close the day."""

    id = fields.IntField(primary_key=True)
    schedule: fields.ForeignKeyRelation[Schedule] = fields.ForeignKeyField("models.Schedule", related_name="overrides")
    schedule_id: int
    date = fields.DateField()
    start_minute = fields.SmallIntField()
    end_minute = fields.SmallIntField()

    class Meta(Model.Meta):
        table = "schedule_overrides"
