"""What the fronts see of teams and memberships."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.models import Membership, Team
from app.services.users.views import UserView


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team, or an organization when `is_organization`."""

    id: int
    name: str
    slug: str
    parent_id: int | None
    is_organization: bool
    is_platform: bool
    bio: str | None
    logo_url: str | None
    banner_url: str | None
    time_zone: str
    week_start: str
    time_format: int | None
    theme: str | None
    brand_color: str | None
    dark_brand_color: str | None
    hide_branding: bool
    hide_book_a_team_member: bool
    is_private: bool
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Team) -> "TeamView":
        """The view of a row."""
        return cls(**{name: getattr(row, name) for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class MembershipView:
    """A person's place in a team; `role` is MEMBER, ADMIN or OWNER."""

    id: int
    team_id: int
    user_id: int
    role: str
    accepted: bool
    disable_impersonation: bool
    created_at: datetime
    user: UserView | None = None

    @classmethod
    def of(cls, row: Membership, user: UserView | None = None) -> "MembershipView":
        """The view of a row, with its person when loaded."""
        names = [name for name in cls.__slots__ if name != "user"]
        return cls(**{name: getattr(row, name) for name in names}, user=user)
