"""Which round-robin hosts are asked at all, and who is asked when they have no time (TM-4 to TM-6)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from app.domain.bookable import check_start
from app.domain.facts import HostFacts, SlotQuery
from app.domain.hosts import Hosts, split_hosts
from app.domain.outcomes import Bookable, Refusal
from app.domain.round_robin import HostStanding, within_lead_threshold
from app.domain.slots import open_starts
from app.domain.zones import DAY

SEARCHED_DAYS = 14
"""How far ahead a narrowed set of hosts must have time, or the wider one is asked (TM-6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What narrows the round-robin hosts of one request; None or nothing switches a filter off.

    `segment` holds the members that match the event type's segment rule, `routed` those a routing form chose,
    `contact_owner` the CRM owner, `standings` what the lead threshold compares.
    """

    same_host: int | None = None
    segment: Collection[int] | None = None
    routed: Collection[int] | None = None
    contact_owner: int | None = None
    standings: Mapping[int, HostStanding] = field(default_factory=dict)
    lead_threshold: int | None = None
    weighted: bool = False


@dataclass(frozen=True, slots=True)
class NarrowedHosts:
    """The round-robin hosts to ask, and the wider set to ask when they have no time; None if there is none."""

    asked: Hosts
    fallback: Hosts | None = None


def narrow_hosts(round_robin: Hosts, narrowing: Narrowing) -> NarrowedHosts:
    """Apply the filters in order, each falling back to the set before it when it leaves nobody (TM-4)."""
    same = _only(round_robin, lambda host: host.user_id == narrowing.same_host)
    if len(same) == 1:
        return NarrowedHosts(same)
    matching = _among(same, narrowing.segment)
    if len(matching) == 1:
        return NarrowedHosts(matching)
    routed = _among(matching, narrowing.routed)
    fair = _fair(routed, narrowing) if len(routed) > 1 else routed
    owner = tuple(host for host in matching if host.user_id == narrowing.contact_owner)
    if owner:
        return NarrowedHosts(owner, fair)
    return NarrowedHosts(fair, routed if len(fair) < len(routed) else None)


def hosts_with_time(query: SlotQuery, fallback: Hosts | None) -> SlotQuery:
    """The query itself, or for the wider set when its own hosts have nothing free in the next two weeks (TM-6).

    `query.hosts` are the fixed and the narrowed hosts; its busy facts must reach two weeks from now.
    """
    if fallback is None or open_starts(query, (query.now_s, query.now_s + SEARCHED_DAYS * DAY)):
        return query
    return _widened(query, fallback)


def check_narrowed(
    query: SlotQuery, fallback: Hosts | None, start_s: int, length_minutes: int, *, against_holds: bool = False
) -> Bookable | Refusal:
    """`check_start` for the narrowed hosts, then as second try for the wider set (TM-6)."""
    verdict = check_start(query, start_s, length_minutes, against_holds=against_holds)
    if isinstance(verdict, Bookable) or fallback is None:
        return verdict
    return check_start(_widened(query, fallback), start_s, length_minutes, against_holds=against_holds)


def _widened(query: SlotQuery, fallback: Hosts) -> SlotQuery:
    fixed, _ = split_hosts(query.rules, query.hosts)
    return replace(query, hosts=(*fixed, *fallback))


def _only(hosts: Hosts, wanted: Callable[[HostFacts], bool]) -> Hosts:
    return tuple(host for host in hosts if wanted(host)) or hosts


def _among(hosts: Hosts, wanted: Collection[int] | None) -> Hosts:
    return hosts if wanted is None else _only(hosts, lambda host: host.user_id in wanted)


def _fair(hosts: Hosts, narrowing: Narrowing) -> Hosts:
    standings = [narrowing.standings.get(host.user_id, HostStanding(user_id=host.user_id)) for host in hosts]
    kept = within_lead_threshold(standings, narrowing.lead_threshold, weighted=narrowing.weighted)
    return _among(hosts, {standing.user_id for standing in kept})
