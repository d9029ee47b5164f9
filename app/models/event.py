"""What leaves the system: outbox, event log, webhooks and their deliveries, jobs, idempotency records."""

from tortoise import fields
from tortoise.models import Model

from app.models.base import Timestamped
from app.models.columns import CharField


class OutboxEntry(Model):
    """A state change, written in the transaction that made it; the relay moves it to the event log.

    `topics` are bus topics to hint at; `key` orders entries (a booking's uid); `payload` holds the facts of the change.
    """

    id = fields.BigIntField(primary_key=True)
    type = CharField(max_length=60)
    key = CharField(max_length=100)
    topics: fields.JSONField[list[str]] = fields.JSONField(default=list)
    payload: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    user_id = fields.IntField(null=True)
    team_id = fields.IntField(null=True)
    event_type_id = fields.IntField(null=True)
    booking_id = fields.IntField(null=True)
    created_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "outbox"


class EventLogEntry(Model):
    """The ordered feed: `sequence` is global and gapless in commit order, `key_sequence` counts per key."""

    sequence = fields.BigIntField(primary_key=True)
    outbox_id = fields.BigIntField()
    type = CharField(max_length=60)
    key = CharField(max_length=100)
    key_sequence = fields.IntField()
    topics: fields.JSONField[list[str]] = fields.JSONField(default=list)
    payload: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    user_id = fields.IntField(null=True)
    team_id = fields.IntField(null=True)
    event_type_id = fields.IntField(null=True)
    booking_id = fields.IntField(null=True)
    occurred_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "event_log"


class Webhook(Timestamped):
    """Where events are posted to; exactly one owner column is set, none for a platform-wide one.

    `version` is the form of its messages: 2 has the envelope around those about meetings too (WH-8).
    """

    id = CharField(max_length=36, primary_key=True)
    user_id = fields.IntField(null=True)
    team_id = fields.IntField(null=True)
    event_type_id = fields.IntField(null=True)
    oauth_client_id = CharField(max_length=36, null=True)
    platform = fields.BooleanField(default=False)
    subscriber_url = CharField(max_length=2000)
    active = fields.BooleanField(default=True)
    triggers: fields.JSONField[list[str]] = fields.JSONField(default=list)
    payload_template = fields.TextField(null=True)
    secret = CharField(max_length=500, null=True)
    time = fields.IntField(null=True)
    time_unit = CharField(max_length=6, null=True)
    version = fields.SmallIntField(default=1)

    class Meta(Model.Meta):
        table = "webhooks"


class WebhookDelivery(Model):
    """One message to one webhook and how its sending went."""

    id = fields.BigIntField(primary_key=True)
    webhook_id = CharField(max_length=36)
    sequence = fields.BigIntField(null=True)
    key = CharField(max_length=100)
    trigger = CharField(max_length=60)
    body = fields.TextField()
    content_type = CharField(max_length=100, default="application/json")
    status = CharField(max_length=10, default="PENDING")
    attempts = fields.IntField(default=0)
    run_at = fields.DatetimeField()
    locked_until = fields.DatetimeField(null=True)
    response_status = fields.IntField(null=True)
    response_excerpt = fields.TextField(null=True)
    error = fields.TextField(null=True)
    duration_ms = fields.IntField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    delivered_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "webhook_deliveries"


class Job(Model):
    """Work that is due at an instant, claimed under a lease; jobs of one `key` run one after another."""

    id = fields.BigIntField(primary_key=True)
    kind = CharField(max_length=60)
    key = CharField(max_length=100, null=True)
    payload: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    status = CharField(max_length=10, default="DUE")
    run_at = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    max_attempts = fields.IntField(default=20)
    locked_until = fields.DatetimeField(null=True)
    locked_by = CharField(max_length=60, null=True)
    last_error = fields.TextField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "jobs"


class IdempotencyRecord(Model):
    """The first answer to a keyed request of one caller; replays get the same (24 h)."""

    id = fields.BigIntField(primary_key=True)
    scope = CharField(max_length=100)
    key = CharField(max_length=255)
    operation = CharField(max_length=100)
    input_hash = CharField(max_length=64)
    booking_uids: fields.JSONField[list[str]] = fields.JSONField(null=True)
    answer: fields.JSONField[dict[str, object]] = fields.JSONField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "idempotency_records"
