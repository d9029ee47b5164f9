"""What the fronts see of a webhook."""

from dataclasses import dataclass
from datetime import datetime

from app.models import Webhook


@dataclass(frozen=True, slots=True)
class WebhookView:
    """A webhook of a person, team, event type or OAuth client; the secret is for who may change it."""

    id: str
    user_id: int | None
    team_id: int | None
    event_type_id: int | None
    oauth_client_id: str | None
    subscriber_url: str
    active: bool
    triggers: tuple[str, ...]
    payload_template: str | None
    secret: str | None
    time: int | None
    time_unit: str | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Webhook) -> "WebhookView":
        """The view of a row."""
        plain = {name: getattr(row, name) for name in cls.__slots__ if name != "triggers"}
        return cls(**plain, triggers=tuple(row.triggers))
