"""Calendars of other systems: keys to them, which of them block, and what is taken in them."""

from tortoise import fields
from tortoise.models import Model

from app.models.base import Timestamped
from app.models.columns import CharField
from app.models.team import Team
from app.models.user import User


class Credential(Timestamped):
    """A person's or team's access to another system; what it needs is sealed (`app.auth.vault`)."""

    id = fields.IntField(primary_key=True)
    type = CharField(max_length=60)
    app_slug = CharField(max_length=60)
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="credentials", null=True
    )
    user_id: int | None
    team: fields.ForeignKeyNullableRelation[Team] = fields.ForeignKeyField(
        "models.Team", related_name="credentials", null=True
    )
    team_id: int | None
    key_id = CharField(max_length=16)
    sealed_key = fields.TextField()
    expires_at = fields.DatetimeField(null=True)
    invalid = fields.BooleanField(default=False)

    class Meta(Model.Meta):
        table = "credentials"


class SelectedCalendar(Model):
    """A calendar whose busy times block its user (BT-11); `external_id` as `app.services.calendars.ids` makes it."""

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="selected_calendars")
    user_id: int
    credential: fields.ForeignKeyRelation[Credential] = fields.ForeignKeyField(
        "models.Credential", related_name="selected_calendars"
    )
    credential_id: int
    integration = CharField(max_length=60)
    external_id = CharField(max_length=500)

    class Meta(Model.Meta):
        table = "selected_calendars"


class DestinationCalendar(Model):
    """The calendar into which a user's bookings are written."""

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="destination_calendars")
    user_id: int
    credential: fields.ForeignKeyRelation[Credential] = fields.ForeignKeyField(
        "models.Credential", related_name="destination_calendars"
    )
    credential_id: int
    integration = CharField(max_length=60)
    external_id = CharField(max_length=500)

    class Meta(Model.Meta):
        table = "destination_calendars"


class CalendarFeed(Model):
    """One calendar that is read over HTTP: what the server said last, and when to ask again."""

    id = fields.IntField(primary_key=True)
    credential: fields.ForeignKeyRelation[Credential] = fields.ForeignKeyField(
        "models.Credential", related_name="feeds"
    )
    credential_id: int
    external_id = CharField(max_length=500)
    name = CharField(max_length=200, null=True)
    etag = CharField(max_length=500, null=True)
    last_modified = CharField(max_length=100, null=True)
    fetched_at = fields.DatetimeField(null=True)
    expanded_at = fields.DatetimeField(null=True)
    next_fetch_at = fields.DatetimeField()
    failures = fields.IntField(default=0)
    error = fields.TextField(null=True)
    problems: fields.JSONField[list[str]] = fields.JSONField(default=list)
    busy_digest = CharField(max_length=64, default="")

    class Meta(Model.Meta):
        table = "calendar_feeds"


class CalendarBusy(Model):
    """A stretch of time that is taken in a feed's calendar: epoch seconds, half open."""

    id = fields.BigIntField(primary_key=True)
    feed: fields.ForeignKeyRelation[CalendarFeed] = fields.ForeignKeyField("models.CalendarFeed", related_name="busy")
    feed_id: int
    start_s = fields.BigIntField()
    end_s = fields.BigIntField()

    class Meta(Model.Meta):
        table = "calendar_busy"
