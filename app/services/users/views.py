"""What the fronts see of a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.models import User


@dataclass(frozen=True, slots=True)
class UserView:
    """A person. The e-mail is for the person and their admins; fronts leave it out for anybody else."""

    id: int
    username: str
    email: str
    name: str | None
    bio: str | None
    avatar_url: str | None
    time_zone: str
    week_start: str
    time_format: int
    locale: str
    theme: str | None
    brand_color: str | None
    dark_brand_color: str | None
    hide_branding: bool
    allow_dynamic_booking: bool
    default_schedule_id: int | None
    organization_id: int | None
    is_platform_managed: bool
    is_admin: bool
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: User) -> "UserView":
        """The view of a row."""
        return cls(**{name: getattr(row, name) for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class SignedUp:
    """A new person with their first API key; `api_key` is shown only now."""

    user: UserView
    api_key: str
