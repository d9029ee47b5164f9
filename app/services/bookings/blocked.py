"""Bookers whom the operator does not want (BK-27)."""

from app.context import RequestContext
from app.db import raw
from app.domain.attendees import base_address, is_blacklisted
from app.errors import ForbiddenError

BLOCKED = "Cannot use this email to create the booking."
_OWNER = "SELECT 1 FROM users WHERE id = $1::int AND lower(email) = $2 AND email_verified_at IS NOT NULL"


async def refuse_blocked(ctx: RequestContext, email: str) -> None:
    """Raise ForbiddenError for a blacklisted booker, unless the caller is the verified owner of the address."""
    if not is_blacklisted(email, ctx.settings.blacklisted_guest_emails):
        return
    # One text for all: it does not tell whose address it is, or whether anybody's.
    if ctx.actor.is_anonymous or not await raw.rows(_OWNER, ctx.actor.user_id, base_address(email)):
        raise ForbiddenError(BLOCKED, path=("attendee", "email"))
