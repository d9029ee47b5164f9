"""Mails: what is to be written to whom, and how its sending went."""

from tortoise import fields
from tortoise.models import Model

from app.models.columns import CharField


class Mail(Model):
    """One mail to one person, planned with the state change that caused it and rendered when it is sent.

    `id` follows from cause, kind and recipient, so planning twice writes once; it is the mail's Message-ID too.
    `content` holds the facts at the moment of planning, in the shape of `app.services.mails.content`.
    """

    id = CharField(max_length=36, primary_key=True)
    sequence = fields.BigIntField(null=True)
    booking_id = fields.IntField(null=True)
    kind = CharField(max_length=40)
    recipient = CharField(max_length=320)
    content: fields.JSONField[dict[str, object]] = fields.JSONField()
    subject = fields.TextField(null=True)
    status = CharField(max_length=10, default="PENDING")
    attempts = fields.IntField(default=0)
    error = fields.TextField(null=True)
    smtp_code = fields.IntField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    settled_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "mails"
