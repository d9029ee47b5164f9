"""Whether hosts can take one stretch of time, rule by rule (TM-1, BK-12)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from app.domain.availability import Hours, away_on, host_zone, hours_of, ranges_of, zone_on
from app.domain.facts import HoldFacts, HostFacts, SeatFacts, SlotQuery, Span
from app.domain.hosts import split_hosts
from app.domain.limits import ReachedLimit, reached_limits
from app.domain.occupancy import blocking_holds, busy_of, held_seats, is_full, seat_overlap, seats_at
from app.domain.outcomes import Bookable, Refusal, RuleCode, RuleOutcome
from app.domain.time_ranges import containing
from app.domain.zones import day_of, day_start, local_day

LIMIT_CODES = (RuleCode.BOOKING_LIMIT_REACHED, RuleCode.DURATION_LIMIT_REACHED)


@dataclass(slots=True)
class HostCheck:
    """What each rule says to one host and `[start, end)`; hosts with equal hours share the work.

    Reservations speak only to lists, unless `against_holds` (RS-5, RS-7).
    """

    query: SlotQuery
    start: int
    end: int
    against_holds: bool = False
    _limits: dict[ZoneInfo, list[RuleOutcome]] = field(default_factory=dict)
    _hours: dict[Hours, tuple[list[RuleOutcome], RuleOutcome | None]] = field(default_factory=dict)
    _refused: dict[Hours, RuleOutcome | None] = field(default_factory=dict)
    _holds: list[HoldFacts] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Keep the reservations that touch the stretch."""
        holds = blocking_holds(self.query)
        self._holds = [hold for hold in holds if hold.start_s < self.end and self.start < hold.end_s]

    def outcomes(self, host: HostFacts) -> list[RuleOutcome]:
        """Every rule's word on this host, in the order of deciding."""
        shared, _ = self._shared_outcomes(hours_of(host, self.query.rules))
        return [*(outcome._replace(host_id=host.user_id) for outcome in shared), *self._taken_outcomes(host.user_id)]

    def limit_outcomes(self, host: HostFacts) -> list[RuleOutcome]:
        """What limits say, the only rules about hosts that joining a seat obeys (BT-22)."""
        return [
            outcome._replace(host_id=host.user_id) for outcome in self._limits_in(host_zone(host, self.query.rules))
        ]

    def refusal(self, host: HostFacts) -> RuleOutcome | None:
        """The first rule that keeps this host from being booked."""
        refusal = self._shared_refusal(hours_of(host, self.query.rules))
        if refusal is not None:
            return refusal._replace(host_id=host.user_id)
        return _first_refusal(self._taken_outcomes(host.user_id))

    def limit_refusal(self, host: HostFacts) -> RuleOutcome | None:
        """The limit that is reached for this host."""
        return _first_refusal(self.limit_outcomes(host))

    def _shared_outcomes(self, hours: Hours) -> tuple[list[RuleOutcome], RuleOutcome | None]:
        """What is said alike to all hosts of these hours, and the first refusal among it."""
        known = self._hours.get(hours)
        if known is None:
            outcomes = [*self._limits_in(hours.zone), *self._ask_hours(hours)]
            known = self._hours[hours] = (outcomes, _first_refusal(outcomes))
        return known

    def _shared_refusal(self, hours: Hours) -> RuleOutcome | None:
        """What refuses all hosts of these hours alike."""
        if hours not in self._refused:
            self._refused[hours] = self._ask_shared(hours)
        return self._refused[hours]

    def _ask_shared(self, hours: Hours) -> RuleOutcome | None:
        # Where limits and hours allow it, which is nearly always, nobody wants to know in which words.
        if not self._limits_in(hours.zone) and containing(self._ranges(hours), self.start, self.end) is not None:
            return None
        return self._shared_outcomes(hours)[1]

    def _limits_in(self, zone: ZoneInfo) -> list[RuleOutcome]:
        known = self._limits.get(zone)
        if known is None:
            known = self._limits[zone] = self._ask_limits(zone)
        return known

    def _ask_limits(self, zone: ZoneInfo) -> list[RuleOutcome]:
        rules, query = self.query.rules, self.query
        span = (self.start, self.end - 1)
        reached = reached_limits(rules, query.busy.counted, zone, span, query.length_minutes)
        outcomes = [_limit_outcome(limit) for limit in reached]
        if rules.count_limits and not any(o.code is RuleCode.BOOKING_LIMIT_REACHED for o in outcomes):
            outcomes.append(RuleOutcome("BT-17", RuleCode.BOOKING_LIMIT_REACHED, True, "Every count limit has room."))
        if rules.duration_limits and not any(o.code is RuleCode.DURATION_LIMIT_REACHED for o in outcomes):
            detail = "Every duration limit has room for this length."
            outcomes.append(RuleOutcome("BT-21", RuleCode.DURATION_LIMIT_REACHED, True, detail))
        return outcomes

    def _ask_hours(self, hours: Hours) -> list[RuleOutcome]:
        present = hours._replace(out_of_office=())
        ranges = self._ranges(present)
        inside = containing(ranges, self.start, self.end)
        outcomes = []
        if hours.out_of_office:
            away = inside is not None and containing(self._ranges(hours), self.start, self.end) is None
            outcomes.append(self._away_outcome(hours, away))
        rule_id = self._hours_rule(hours, ranges, inside)
        detail = "Inside one range of working hours." if inside else "No range of working hours holds it as a whole."
        code = RuleCode.OUTSIDE_WORKING_HOURS
        outcomes.append(RuleOutcome(rule_id, code, inside is not None, detail, span=inside))
        return outcomes

    def _ranges(self, hours: Hours) -> list[Span]:
        return ranges_of(hours, (self.start, self.end), self.query.now_s)

    def _away_outcome(self, hours: Hours, away: bool) -> RuleOutcome:
        if not away:
            return RuleOutcome("AV-22", RuleCode.OUT_OF_OFFICE, True, "Present on that day.")
        days = (local_day(hours.zone, self.start), local_day(hours.zone, self.end - 1))
        day = next((day for day in days if away_on(hours, day, self.query.now_s)), days[0])
        span = (day_start(hours.zone, day), day_start(hours.zone, day + 1))
        return RuleOutcome("AV-22", RuleCode.OUT_OF_OFFICE, False, "Out of office on that day.", span=span)

    def _hours_rule(self, hours: Hours, ranges: list[Span], inside: Span | None) -> str:
        """The rule that shaped the hours of the start's day."""
        day = local_day(hours.zone, self.start)
        if any(day_of(override.date) == day for override in hours.overrides):
            return "AV-11"
        if zone_on(hours, day) is not hours.zone:
            return "AV-21"
        touched = [span for span in ranges if span[0] < self.end and self.start < span[1]]
        covered = sum(min(end, self.end) - max(start, self.start) for start, end in touched)
        return "AV-2" if inside is None and covered == self.end - self.start else "AV-1"

    def _taken_outcomes(self, host_id: int) -> list[RuleOutcome]:
        outcomes = [self._busy_outcome(host_id)]
        if self.query.rules.seats_per_slot:
            outcomes.append(self._seat_outcome(host_id))
        if self.query.busy.holds:
            outcomes.append(self._hold_outcome(host_id))
        return outcomes

    def _busy_outcome(self, host_id: int) -> RuleOutcome:
        blocked = busy_of(self.query, host_id)
        span = blocked.first_overlap(self.start, self.end)
        if span is None:
            return RuleOutcome("BT-1", RuleCode.BUSY, True, "No booking or busy time overlaps.", host_id)
        if span[0] + blocked.before < self.end and self.start < span[1] - blocked.after:
            return RuleOutcome("BT-1", RuleCode.BUSY, False, "Overlaps a booking or busy time.", host_id, span)
        return RuleOutcome("BT-7", RuleCode.BUSY, False, "Overlaps the buffer around a busy time.", host_id, span)

    def _seat_outcome(self, host_id: int) -> RuleOutcome:
        seat = seat_overlap(self.query, host_id, self.start, self.end)
        if seat is None:
            return RuleOutcome("BT-12", RuleCode.BUSY, True, "No seated booking overlaps.", host_id)
        span = (seat.start_s, seat.end_s)
        return RuleOutcome("BT-12", RuleCode.BUSY, False, "Overlaps a seated booking of another start.", host_id, span)

    def _hold_outcome(self, host_id: int) -> RuleOutcome:
        hold = next((hold for hold in self._holds if hold.host_id == host_id), None)
        listing_only = not self.against_holds
        if hold is None:
            detail = "No reservation overlaps."
            return RuleOutcome("RS-5", RuleCode.ON_HOLD, True, detail, host_id, listing_only=listing_only)
        span = (hold.start_s, hold.end_s)
        detail = "Somebody has reserved this time for a moment."
        return RuleOutcome("RS-5", RuleCode.ON_HOLD, False, detail, host_id, span, listing_only)


def _first_refusal(outcomes: Iterable[RuleOutcome]) -> RuleOutcome | None:
    return next((outcome for outcome in outcomes if not outcome.allows and not outcome.listing_only), None)


def decide_hosts(query: SlotQuery, start_s: int, *, against_holds: bool = False) -> Bookable | Refusal:
    """Who is free at a start for the query's length, or which seated booking it joins; windows and notice aside."""
    if query.rules.seats_per_slot:
        seat, taken = taken_seats(query, start_s, with_holds=against_holds)
        if is_full(query.rules, taken):
            return Refusal(RuleCode.SEATS_FULL, ("BT-13",))
        if seat is not None:
            return _join(query, seat)
    fixed, round_robin = split_hosts(query.rules, query.hosts)
    if not fixed and not round_robin:
        return Refusal(RuleCode.NO_HOSTS, ("BK-13",))
    check = HostCheck(query, start_s, start_s + query.length_minutes * 60, against_holds)
    refused = _refusals(check, fixed)
    if refused:
        alone = len(fixed) == 1 and not round_robin
        return _refuse(refused, RuleCode.NO_HOST_AVAILABLE if alone else RuleCode.FIXED_HOST_UNAVAILABLE)
    refused = _refusals(check, round_robin)
    if round_robin and len(refused) == len(round_robin):
        return _refuse(refused, RuleCode.NO_HOST_AVAILABLE)
    free = tuple(host.user_id for host in round_robin if host.user_id not in refused)
    return Bookable(tuple(host.user_id for host in fixed), free)


def taken_seats(query: SlotQuery, start_s: int, *, with_holds: bool) -> tuple[SeatFacts | None, int]:
    """The seated booking at this start, and how many of its seats are taken, reserved ones too if asked."""
    seat = seats_at(query, start_s)
    held = held_seats(query).get(start_s, 0) if with_holds else 0
    return seat, held + (seat.taken if seat else 0)


def _join(query: SlotQuery, seat: SeatFacts) -> Bookable | Refusal:
    """BK-35: a further seat asks neither for availability nor for a choice of host; limits still hold (BT-22)."""
    check = HostCheck(query, seat.start_s, seat.end_s)
    hosts = [host for host in query.hosts if host.user_id in seat.host_ids]
    refused = {host.user_id: outcome for host in hosts if (outcome := check.limit_refusal(host))}
    if hosts and len(refused) == len(hosts):
        return _refuse(refused, RuleCode.NO_HOST_AVAILABLE)
    return Bookable(seat.host_ids, joins_booking_uid=seat.booking_uid)


def _refusals(check: HostCheck, hosts: tuple[HostFacts, ...]) -> dict[int, RuleOutcome]:
    return {host.user_id: outcome for host in hosts if (outcome := check.refusal(host))}


def _refuse(refused: Mapping[int, RuleOutcome], otherwise: RuleCode) -> Refusal:
    """A limit is named as such when nothing else stands in the way of anybody (BT-22)."""
    codes = {outcome.code for outcome in refused.values()}
    limit = next((code for code in LIMIT_CODES if code in codes), None)
    code = limit if limit and codes.issubset(LIMIT_CODES) else otherwise
    return Refusal(code, tuple(sorted({outcome.rule_id for outcome in refused.values()})), refused)


def _limit_outcome(limit: ReachedLimit) -> RuleOutcome:
    detail = f"{limit.used} of {limit.limit} per {limit.period} used."
    return RuleOutcome(limit.rule_id, limit.code, False, detail, span=limit.span)
