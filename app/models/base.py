"""What all models share."""

from tortoise import fields
from tortoise.models import Model


class Timestamped(Model):
    """Creation and change instants (UTC)."""

    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta(Model.Meta):
        abstract = True
