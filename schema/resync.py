"""The event that tells a subscriber to forget what it knows."""

from enum import Enum

import strawberry

from schema.enums import describe_enum
from schema.transport.shared_subscriptions import CURSOR_UNKNOWN


class ResyncReason(Enum):
    """Why; the services' reasons by name, and `TOO_SLOW` for a reader that did not keep up."""

    CURSOR_UNKNOWN = "CURSOR_UNKNOWN"
    CURSOR_TOO_OLD = "CURSOR_TOO_OLD"
    TOO_SLOW = "TOO_SLOW"
    HINTS_LOST = "HINTS_LOST"
    RULES_CHANGED = "RULES_CHANGED"


describe_enum(
    ResyncReason,
    name="ResyncReason",
    description="Why a stream starts over.",
    values={
        "CURSOR_UNKNOWN": "The `after` cursor is not of this stream, or this server does not know it.",
        "CURSOR_TOO_OLD": "The event log no longer reaches back to the `after` cursor.",
        "TOO_SLOW": "The reader did not keep up, and events were dropped.",
        "HINTS_LOST": "Events may have been missed between servers.",
        "RULES_CHANGED": "The event type changed in a way that makes old events meaningless.",
    },
)


@strawberry.type(description="Forget what you know: the next event is a snapshot.")
class Resync:
    """An event of every subscription."""

    reason: ResyncReason = strawberry.field(description="Why.")
    event_cursor: strawberry.Private[str | None] = None
    snapshot: strawberry.Private[object] = None

    def current_snapshot(self) -> object:
        """What tells a late reader the state: another resync, as the snapshot follows by itself."""
        return self.snapshot or self

    def resync(self, reason: str) -> "Resync":
        """Another one, for the reason that the transport gives."""
        return resync_for(reason)


def resync_for(reason: str) -> Resync:
    """The resync of a reader whose cursor its stream does not know, or who did not keep up."""
    return Resync(reason=ResyncReason.CURSOR_UNKNOWN if reason == CURSOR_UNKNOWN else ResyncReason.TOO_SLOW)
