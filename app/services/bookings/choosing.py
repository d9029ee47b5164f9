"""Who hosts a booking among those who are free (TM-5 to TM-13)."""

from collections.abc import Collection, Sequence

from app.domain.outcomes import Bookable
from app.domain.round_robin import HostAssignment, assign_hosts, choose_host, within_lead_threshold
from app.services.bookings.profile import EventProfile


def assign(
    profile: EventProfile,
    bookable: Sequence[Bookable],
    now_s: int,
    *,
    without: Collection[int] = (),
    required: int | None = None,
) -> HostAssignment | None:
    """Organizer and members for all occurrences (BK-42); None when no round-robin host is free for all of them.

    `without` are hosts who turned out not to be free, `required` is the one a reschedule must keep (LC-8).
    """
    fixed = bookable[0].free_fixed
    if not bookable[0].free_round_robin:
        return assign_hosts(fixed, None) if fixed and not set(fixed) & set(without) else None
    free = set(bookable[0].free_round_robin).intersection(*(one.free_round_robin for one in bookable[1:]))
    lucky = lucky_host(profile, free - set(without), now_s, required=required)
    return None if lucky is None else assign_hosts(fixed, lucky)


def lucky_host(profile: EventProfile, free: Collection[int], now_s: int, *, required: int | None = None) -> int | None:
    """The round-robin host whose turn it is (TM-7), with the lead threshold where it leaves anybody (TM-5, TM-6)."""
    if required is not None:
        return required if required in free else None
    if len(free) < 2:
        return next(iter(free), None)
    everyone = profile.standings(now_s)
    available = [standing for standing in everyone if standing.user_id in free]
    fair = within_lead_threshold(everyone, profile.max_lead_threshold, weighted=profile.weights_enabled)
    pool = [standing for standing in available if standing in fair] or available
    return choose_host(pool, everyone, weighted=profile.weights_enabled).user_id
