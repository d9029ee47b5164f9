"""How calendars of other systems are named in rows."""

from hashlib import sha256
from typing import Final

ICS_TYPE: Final = "ics-feed_calendar"
ICS_SLUG: Final = "ics-feed"


def stored_id(integration: str, external_id: str) -> str:
    """What rows say for an external id: the URL of a feed is a secret, so its digest."""
    return sha256(external_id.encode()).hexdigest() if integration == ICS_TYPE else external_id


def owner_of(credential_type: str, user_id: int) -> str:
    """What a sealed key is bound to."""
    return f"{credential_type}:user:{user_id}"
