"""Who asks and with what: handed to every service function."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

from app.errors import UnauthenticatedError
from app.settings import Settings

if TYPE_CHECKING:
    from app.events.bus import Bus


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes the request; anonymous when `user_id` is None.

    `team_id` is the team an API key is tied to; `is_admin` the system administrator (AU-12).
    """

    user_id: int | None = None
    email: str | None = None
    username: str | None = None
    time_zone: str = "UTC"
    is_admin: bool = False
    api_key_id: str | None = None
    team_id: int | None = None
    expires_at: datetime | None = None
    profile: Any = field(default=None, repr=False, compare=False)
    """The row of `users`, where it was read by this very request together with the credentials."""

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is signed in."""
        return self.user_id is None

    @property
    def scope(self) -> str:
        """Key of what belongs to this caller: idempotency records, shared subscriptions, cost buckets."""
        return f"user:{self.user_id}" if self.user_id is not None else "anonymous"


ANONYMOUS = Actor()


def utc_now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)


_CHANCE = Random()  # noqa: S311 hosts are drawn with it, secrets are not


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What a service function may use beside its command; the clock and chance are arguments."""

    actor: Actor
    settings: Settings
    bus: "Bus"
    now: Callable[[], datetime] = utc_now
    random: Random = _CHANCE
    request_id: str = ""
    client_ip: str = ""
    idempotency_key: str | None = None

    def require_user(self) -> int:
        """The caller's user id; raises UnauthenticatedError for an anonymous caller."""
        if self.actor.user_id is None:
            raise UnauthenticatedError("Sign in or send an API key to do this.")
        return self.actor.user_id
