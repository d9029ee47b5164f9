"""Who is asked for slots of a round robin: sometimes fewer than all hosts (TM-4 to TM-6)."""

from collections.abc import Collection
from typing import Final

from app.context import RequestContext
from app.db import raw
from app.domain.enums import SchedulingType
from app.domain.facts import HostFacts
from app.domain.round_robin import within_lead_threshold
from app.services.bookings.profile import load_profile
from app.services.slots.facts import EventTypeFacts

TWO_WEEKS: Final = 14 * 86_400
"""If nobody of the fairest hosts is free for so long, the others are asked as well (TM-6)."""

_HOSTS_OF = "SELECT h.host_id FROM booking_hosts h JOIN bookings b ON b.id = h.booking_id WHERE b.uid = $1"

Hosts = tuple[HostFacts, ...]


def may_narrow(facts: EventTypeFacts, moved_uid: str | None) -> bool:
    """Whether fewer hosts than all may be asked."""
    setup = facts.setup
    if facts.rules.scheduling_type is not SchedulingType.ROUND_ROBIN:
        return False
    return setup.max_lead_threshold is not None or (setup.same_host_on_reschedule and moved_uid is not None)


async def hosts_to_ask(ctx: RequestContext, facts: EventTypeFacts, moved_uid: str | None) -> tuple[Hosts, Hosts]:
    """The hosts to ask, and those to ask when they have nothing free for two weeks; each filter leaves somebody."""
    everyone = facts.hosts
    if facts.setup.same_host_on_reschedule and moved_uid is not None:
        everyone = _only(everyone, {row["host_id"] for row in await raw.rows(_HOSTS_OF, moved_uid)})
    if facts.setup.max_lead_threshold is None:
        return everyone, everyone
    profile = await load_profile(facts.rules.id, ctx.now())
    asked = {host.user_id for host in everyone}
    standings = [one for one in profile.standings(int(ctx.now().timestamp())) if one.user_id in asked]
    weighted = facts.setup.weights_enabled
    fair = within_lead_threshold(standings, facts.setup.max_lead_threshold, weighted=weighted)
    return _only(everyone, {one.user_id for one in fair}), everyone


def _only(hosts: Hosts, chosen: Collection[int]) -> Hosts:
    """The fixed hosts and the chosen ones; all of them when nobody is chosen."""
    kept = tuple(host for host in hosts if host.is_fixed or host.user_id in chosen)
    return kept if any(not host.is_fixed for host in kept) else hosts
