"""Working hours of a host (AV)."""

from collections.abc import Sequence
from datetime import date

from app.domain.facts import EventTypeRules, HostFacts, OutOfOffice, ScheduleFacts, Span


def choose_schedule(
    event_schedule: ScheduleFacts | None, host_schedule: ScheduleFacts | None, owned: Sequence[ScheduleFacts]
) -> ScheduleFacts | None:
    """The schedule in use: the event type's, the host row's, the default or else first one; None = built-in (AV-16)."""
    if event_schedule or host_schedule:
        return event_schedule or host_schedule
    return next((schedule for schedule in owned if schedule.is_default), owned[0] if owned else None)


def working_ranges(host: HostFacts, rules: EventTypeRules, window: Span, now_s: int) -> list[Span]:
    """Working hours that touch the window, unclipped, ordered, disjoint; out-of-office days are empty."""
    raise NotImplementedError


def away_days(host: HostFacts, now_s: int) -> list[tuple[date, OutOfOffice]]:
    """Local dates from today (UTC) on that an out-of-office entry empties, with the entry (AV-22, AV-24)."""
    raise NotImplementedError
