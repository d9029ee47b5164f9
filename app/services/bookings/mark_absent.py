"""Note who did not come (LC-24 to LC-26)."""

from dataclasses import dataclass

from app.context import RequestContext
from app.services.bookings.views import ChangedBookings


@dataclass(frozen=True, slots=True)
class AttendeeAbsence:
    """Whether the attendee with this address was absent; False takes it back."""

    email: str
    absent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAbsent:
    """Who was absent; `host` None leaves the host's mark alone."""

    uid: str
    host: bool | None = None
    attendees: tuple[AttendeeAbsence, ...] = ()
    idempotency_key: str | None = None


async def mark_absent(ctx: RequestContext, command: MarkAbsent) -> ChangedBookings:
    """Mark host and attendees absent or present, once the meeting has begun; unknown addresses are skipped (LC-24)."""
    raise NotImplementedError
