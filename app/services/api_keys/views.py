"""What the fronts see of an API key: never its secret, except once."""

from dataclasses import dataclass
from datetime import datetime

from app.models import ApiKey


@dataclass(frozen=True, slots=True)
class ApiKeyView:
    """An API key without its secret; instants in UTC."""

    id: str
    user_id: int
    team_id: int | None
    note: str | None
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, row: ApiKey) -> "ApiKeyView":
        """The view of a row."""
        return cls(**{name: getattr(row, name) for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class CreatedApiKey:
    """A new key; `secret` is shown only now."""

    key: ApiKeyView
    secret: str
