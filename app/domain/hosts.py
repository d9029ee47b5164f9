"""The hosts of an event type: who must be free, who may, and who works the same hours (TM-1 to TM-3)."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from app.domain.availability import Hours, host_zone, hours_of, ranges_of
from app.domain.enums import SchedulingType
from app.domain.facts import UTC_ZONE, EventTypeRules, HostFacts, SlotQuery, Span
from app.domain.limits import reached_limits
from app.domain.time_ranges import clip, intersect, subtract

Hosts = tuple[HostFacts, ...]


def split_hosts(rules: EventTypeRules, hosts: Hosts) -> tuple[Hosts, Hosts]:
    """Hosts who must all be free, and hosts of whom one must be (TM-1).

    Everybody is needed for a collective or personal event type and a dynamic group (TM-3), and for a round robin
    whose hosts are all fixed. A managed template has no hosts that can be booked (BK-13).
    """
    if rules.scheduling_type is SchedulingType.MANAGED:
        return (), ()
    if rules.scheduling_type is not SchedulingType.ROUND_ROBIN:
        return hosts, ()
    return tuple(host for host in hosts if host.is_fixed), tuple(host for host in hosts if not host.is_fixed)


def group_by_hours(rules: EventTypeRules, hosts: Iterable[HostFacts]) -> dict[Hours, list[int]]:
    """Ids of hosts by equal working hours, in host order."""
    groups: dict[Hours, list[int]] = {}
    for host in hosts:
        groups.setdefault(hours_of(host, rules), []).append(host.user_id)
    return groups


def event_zone(query: SlotQuery) -> ZoneInfo:
    """The zone of the event type, else of its schedule, else of its first host (BT-29)."""
    zone = query.rules.zone or query.rules.schedule_zone
    if zone:
        return zone
    return host_zone(query.hosts[0], query.rules) if query.hosts else UTC_ZONE


def open_hours(query: SlotQuery, hours: Hours, window: Span) -> list[Span]:
    """Working hours within the window, without the periods whose limit is reached (AV-7, AV-13, BT-17)."""
    ranges = clip(ranges_of(hours, window, query.now_s), *window)
    reached = reached_limits(query.rules, query.busy.counted, hours.zone, window, query.length_minutes)
    if not reached:
        return ranges
    spans = sorted(limit.span for limit in reached)
    return subtract(ranges, [start for start, _ in spans], [end for _, end in spans])


def common_open_hours(query: SlotQuery, groups: Iterable[Hours], window: Span) -> list[Span]:
    """Open hours that all groups share; none, if they share none (TM-2)."""
    common: list[Span] | None = None
    for hours in groups:
        ranges = open_hours(query, hours, window)
        common = ranges if common is None else intersect(common, ranges)
    return common or []
