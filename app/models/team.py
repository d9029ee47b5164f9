"""Teams and organizations (a team with children), and who belongs to them."""

from tortoise import fields
from tortoise.models import Model

from app.models.base import Timestamped
from app.models.columns import CharField
from app.models.user import User


class Team(Timestamped):
    """A team, or an organization when `is_organization`; `parent` is a team's organization."""

    id = fields.IntField(primary_key=True)
    name = CharField(max_length=200)
    slug = CharField(max_length=100)
    parent: fields.ForeignKeyNullableRelation["Team"] = fields.ForeignKeyField(
        "models.Team", related_name="children", null=True
    )
    parent_id: int | None
    is_organization = fields.BooleanField(default=False)
    is_platform = fields.BooleanField(default=False)
    bio = fields.TextField(null=True)
    logo_url = CharField(max_length=2000, null=True)
    banner_url = CharField(max_length=2000, null=True)
    calendar_video_logo = CharField(max_length=2000, null=True)
    time_zone = CharField(max_length=64, default="Europe/London")
    week_start = CharField(max_length=9, default="Sunday")
    time_format = fields.SmallIntField(null=True)
    theme = CharField(max_length=10, null=True)
    brand_color = CharField(max_length=9, null=True)
    dark_brand_color = CharField(max_length=9, null=True)
    hide_branding = fields.BooleanField(default=False)
    hide_book_a_team_member = fields.BooleanField(default=False)
    is_private = fields.BooleanField(default=False)
    round_robin_interval = CharField(max_length=5, default="MONTH")
    booking_limits: fields.JSONField[dict[str, int]] = fields.JSONField(null=True)
    include_managed_in_limits = fields.BooleanField(default=False)
    metadata: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    slots_changed_at = fields.BigIntField(default=0)

    class Meta(Model.Meta):
        table = "teams"


class Membership(Timestamped):
    """A person's place in a team; counts only when accepted (AU-12)."""

    id = fields.IntField(primary_key=True)
    team: fields.ForeignKeyRelation[Team] = fields.ForeignKeyField("models.Team", related_name="memberships")
    team_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="memberships")
    user_id: int
    role = CharField(max_length=20, default="MEMBER")
    accepted = fields.BooleanField(default=False)
    disable_impersonation = fields.BooleanField(default=False)

    class Meta(Model.Meta):
        table = "memberships"
