"""People, their API keys and where they travel."""

from tortoise import fields
from tortoise.models import Model

from app.models.base import Timestamped
from app.models.columns import CharField


class User(Timestamped):
    """A person who publishes event types or works in a team.

    `email_verified_at` is when somebody vouched for the address: the operator, who made the person (BK-27).
    `slots_changed_at` (microseconds since the epoch) moves with everything that can change this host's free slots.
    """

    id = fields.IntField(primary_key=True)
    username = CharField(max_length=100)
    email = CharField(max_length=320)
    name = CharField(max_length=200, null=True)
    password_hash = CharField(max_length=200, null=True)
    bio = fields.TextField(null=True)
    avatar_url = CharField(max_length=2000, null=True)
    time_zone = CharField(max_length=64, default="Europe/London")
    week_start = CharField(max_length=9, default="Sunday")
    time_format = fields.SmallIntField(default=12)
    locale = CharField(max_length=10, default="en")
    theme = CharField(max_length=10, null=True)
    brand_color = CharField(max_length=9, null=True)
    dark_brand_color = CharField(max_length=9, null=True)
    hide_branding = fields.BooleanField(default=False)
    allow_dynamic_booking = fields.BooleanField(default=True)
    default_schedule_id = fields.IntField(null=True)
    default_app_slug = CharField(max_length=100, null=True)
    organization: fields.ForeignKeyNullableRelation["Team"] = fields.ForeignKeyField(  # type: ignore[name-defined] # noqa: F821
        "models.Team", related_name="users", null=True, on_delete=fields.SET_NULL
    )
    organization_id: int | None
    is_platform_managed = fields.BooleanField(default=False)
    is_admin = fields.BooleanField(default=False)
    locked = fields.BooleanField(default=False)
    email_verified_at = fields.DatetimeField(null=True)
    metadata: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    slots_changed_at = fields.BigIntField(default=0)

    class Meta(Model.Meta):
        table = "users"


class ApiKey(Model):
    """A secret shown once; only the SHA-256 of what follows the prefix is kept (AU-1)."""

    id = CharField(max_length=36, primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="api_keys")
    user_id: int
    team: fields.ForeignKeyNullableRelation["Team"] = fields.ForeignKeyField(  # type: ignore[name-defined] # noqa: F821
        "models.Team", related_name="api_keys", null=True
    )
    team_id: int | None
    hashed_key = CharField(max_length=64)
    note = CharField(max_length=200, null=True)
    expires_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)
    rate_limits: fields.JSONField[list[dict[str, object]]] = fields.JSONField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta(Model.Meta):
        table = "api_keys"


class TravelSchedule(Model):
    """Days on which the default schedule is read in another zone (AV-21)."""

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="travel_schedules")
    user_id: int
    time_zone = CharField(max_length=64)
    start_date = fields.DateField()
    end_date = fields.DateField(null=True)

    class Meta(Model.Meta):
        table = "travel_schedules"


class OutOfOffice(Timestamped):
    """Days away, as calendar dates (AV-22), with an optional stand-in."""

    id = fields.IntField(primary_key=True)
    uuid = CharField(max_length=36)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="out_of_office")
    user_id: int
    start_date = fields.DateField()
    end_date = fields.DateField()
    reason = CharField(max_length=20, default="unspecified")
    notes = fields.TextField(null=True)
    to_user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="stands_in_for", null=True, on_delete=fields.SET_NULL
    )
    to_user_id: int | None

    class Meta(Model.Meta):
        table = "out_of_office"
