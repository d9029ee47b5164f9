"""Notice, booking window, and how far facts must reach (BT-10, BT-25 to BT-32)."""

from zoneinfo import ZoneInfo

from app.domain.facts import EventTypeRules, Span


def facts_window(rules: EventTypeRules, start_s: int, end_s: int, now_s: int, booker_zone: ZoneInfo) -> Span:
    """The span for which busy times, seats and holds must be loaded to answer about `[start_s, end_s)`.

    It includes this event type's buffers, and today's walk when the window is ROLLING_WINDOW (BT-28). Load a
    booking B of type T when `B.start - T.before < to` and `B.end + T.after > from` (BT-10).
    """
    raise NotImplementedError


def limits_window(rules: EventTypeRules, start_s: int, end_s: int, now_s: int, booker_zone: ZoneInfo) -> Span | None:
    """The span in which started bookings of the event type must be counted; None when it has no limits."""
    raise NotImplementedError
