"""Statement one, read into the core's facts: rules and hosts of event types and dynamic groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from app.context import RequestContext
from app.db import raw
from app.domain.availability import choose_schedule
from app.domain.enums import LimitPeriod, OutOfOfficeReason, PeriodType, SchedulingType
from app.domain.facts import (
    DateOverride,
    EventTypeRules,
    HostFacts,
    Limits,
    OutOfOffice,
    ScheduleFacts,
    TravelEntry,
    WeeklyRow,
)
from app.errors import NotFoundError, PolicyViolationError
from app.services.slots.facts_sql import RULES, facts_by_id, facts_by_name, facts_by_refs
from app.services.slots.refs import EventTypeRef

GROUP_LENGTHS: Final = (15, 30, 45, 60, 90)
GROUP_RULES: Final = EventTypeRules(
    id=0, length=30, length_options=GROUP_LENGTHS, scheduling_type=SchedulingType.COLLECTIVE, is_team=True
)
"""The event type nobody has made that people share when they meet as a group (TM-24)."""
GROUP_REFUSED: Final = "Some of the users in this group do not allow dynamic booking"
NOT_FOUND: Final = "Event Type not found"
_YESTERDAY: Final = timedelta(days=2)  # before every local today, in any zone


@dataclass(frozen=True, slots=True)
class HostPerson:
    """Who a host is: what bookings copy into their rows."""

    user_id: int
    username: str
    email: str
    name: str | None
    time_zone: str
    locale: str
    allows_groups: bool


@dataclass(frozen=True, slots=True)
class EventTypeSetup:
    """What of an event type's facts changes only when somebody edits it; equal texts give the same object."""

    rules: EventTypeRules
    hosts: tuple[HostFacts, ...]
    people: Mapping[int, HostPerson]
    slug: str
    owner_id: int | None
    team_id: int | None
    parent_id: int | None
    hidden: bool
    requires_confirmation: bool
    pending_blocks: bool
    same_host_on_reschedule: bool = False
    max_lead_threshold: int | None = None
    weights_enabled: bool = False


@dataclass(frozen=True, slots=True)
class EventTypeFacts:
    """An event type (or dynamic group: `event_type_id` is None) as slots and bookings need it.

    `version` is the newest change, in microseconds, of the event type, its hosts and their schedules. It is read
    before busy times are, so what is computed is never older than it says.
    """

    event_type_id: int | None
    setup: EventTypeSetup
    version: int

    @property
    def rules(self) -> EventTypeRules:
        """The rules for the core."""
        return self.setup.rules

    @property
    def hosts(self) -> tuple[HostFacts, ...]:
        """The hosts for the core, in the order they were added."""
        return self.setup.hosts

    @property
    def host_ids(self) -> list[int]:
        """User ids of the hosts."""
        return [host.user_id for host in self.setup.hosts]

    @property
    def blocks_while_pending(self) -> bool:
        """Whether unconfirmed bookings of this event type block it (BT-2)."""
        return self.setup.requires_confirmation and self.setup.pending_blocks


async def load_facts(ctx: RequestContext, ref: EventTypeRef) -> EventTypeFacts:
    """Facts of one event type in one statement; NotFoundError when there is none, hidden ones are found (BK-13)."""
    ref.check()
    if ref.is_group:
        return (await load_many_facts(ctx, [ref]))[0]
    rows = await raw.rows(*_statement(ref, first_day(ctx)))
    if not rows:
        raise NotFoundError(NOT_FOUND, path=("eventType",))
    return facts_in(ref, rows[0])


def _statement(ref: EventTypeRef, day: date) -> tuple[raw.Sql, *tuple[Any, ...]]:
    if ref.id is not None:
        return facts_by_id(), ref.id, day
    place = () if ref.organization_slug is None else (ref.organization_slug,)
    of_team = ref.team_slug is not None
    statement = facts_by_name(of_team=of_team, in_organization=bool(place))
    return statement, ref.team_slug if of_team else ref.username, day, ref.slug, *place


async def load_many_facts(ctx: RequestContext, refs: Sequence[EventTypeRef]) -> list[EventTypeFacts]:
    """Facts of several event types and groups in one statement, in the order asked for."""
    for ref in refs:
        ref.check()
    groups = [entry for position, ref in enumerate(refs) for entry in _members(position, ref)]
    named = [_named(position, ref) for position, ref in enumerate(refs) if not ref.is_group]
    params: list[Any] = [raw.dumps(named), first_day(ctx)]
    if groups:
        params.append(raw.dumps(groups))
    rows = {row["pos"]: row for row in await raw.rows(facts_by_refs(with_groups=bool(groups)), *params)}
    if len(rows) < len(refs):
        raise NotFoundError(NOT_FOUND, path=("eventType",))
    return [facts_in(ref, rows[position]) for position, ref in enumerate(refs)]


def _named(position: int, ref: EventTypeRef) -> list[Any]:
    return [position, ref.id, ref.username, ref.team_slug, ref.slug, ref.organization_slug]


def _members(position: int, ref: EventTypeRef) -> list[list[Any]]:
    names = dict.fromkeys(ref.usernames)
    return [[position, rank, name, ref.organization_slug] for rank, name in enumerate(names)]


def first_day(ctx: RequestContext) -> date:
    """The first day of which overrides, absences and travels are read."""
    return ctx.now().date() - _YESTERDAY


def facts_in(ref: EventTypeRef, row: raw.Row) -> EventTypeFacts:
    """The facts in a row of statement one."""
    setup = parse_setup(row["facts"])
    if ref.is_group:
        _check_group(ref, setup)
        return EventTypeFacts(None, setup, row["changed"])
    return EventTypeFacts(setup.rules.id, setup, row["changed"])


def _check_group(ref: EventTypeRef, setup: EventTypeSetup) -> None:
    if len(setup.people) < len(set(ref.usernames)):
        raise NotFoundError("Some of the users in this group do not exist", path=("eventType", "usernames"))
    if not all(person.allows_groups for person in setup.people.values()):
        raise PolicyViolationError(
            GROUP_REFUSED, policy="dynamic_booking", rule="TM-24", path=("eventType", "usernames")
        )


@lru_cache(maxsize=512)
def parse_setup(text: str) -> EventTypeSetup:
    """What a JSON text of statement one tells. Kept by text: no change can be missed, equal hosts are shared."""
    rules_row, host_rows = orjson.loads(text)
    host_rows = sorted(host_rows or [])
    people = {person.user_id: person for person in map(_person, host_rows)}
    if rules_row is None:
        hosts = tuple(_host(row, None) for row in host_rows)
        return EventTypeSetup(GROUP_RULES, hosts, people, "dynamic", None, None, None, False, False, False)
    column = dict(zip(RULES, rules_row, strict=False))
    options, counts, durations, own = rules_row[len(RULES) :]
    common = _schedule(own, None)
    return EventTypeSetup(
        rules=_rules(column, options, counts, durations, common),
        hosts=tuple(_host(row, common) for row in host_rows),
        people=people,
        slug=column["slug"],
        owner_id=column["owner_id"],
        team_id=column["team_id"],
        parent_id=column["parent_id"],
        hidden=bool(column["hidden"]),
        requires_confirmation=bool(column["requires_confirmation"]),
        pending_blocks=bool(column["pending_blocks"]),
        same_host_on_reschedule=bool(column["same_host_on_reschedule"]),
        max_lead_threshold=column["max_lead_threshold"],
        weights_enabled=bool(column["weights_enabled"]),
    )


def _rules(
    column: dict[str, Any], options: list[int] | None, counts: Any, durations: Any, common: ScheduleFacts | None
) -> EventTypeRules:
    return EventTypeRules(
        id=column["id"],
        length=column["length_minutes"],
        length_options=tuple(options or ()),
        slot_interval=column["slot_interval"],
        offset_start=column["offset_start"],
        notice=column["minimum_notice"],
        before_buffer=column["before_buffer"],
        after_buffer=column["after_buffer"],
        period_type=PeriodType(column["period_type"]),
        period_days=column["period_days"] or 0,
        period_calendar_days=bool(column["period_calendar_days"]),
        period_start=raw.day(column["period_start"]),
        period_end=raw.day(column["period_end"]),
        count_limits=_limits(counts),
        duration_limits=_limits(durations),
        seats_per_slot=column["seats_per_slot"],
        first_slot_only=bool(column["only_first_slot"]),
        zone=_zone(column["time_zone"]),
        schedule_zone=common.zone if common else None,
        scheduling_type=SchedulingType(column["scheduling_type"]) if column["scheduling_type"] else None,
        is_team=column["team_id"] is not None,
    )


def _limits(by_period: dict[str, int] | None) -> Limits:
    known = by_period or {}
    return tuple((period, known[period]) for period in LimitPeriod if known.get(period))


def _zone(name: str | None) -> ZoneInfo | None:
    return ZoneInfo(name) if name else None


def _person(row: list[Any]) -> HostPerson:
    _, _, _, _, user_id, zone, username, email, name, locale, allows_groups, *_ = row
    return HostPerson(user_id, username, email, name, zone, locale, bool(allows_groups))


def _host(row: list[Any], common: ScheduleFacts | None) -> HostFacts:
    _, is_fixed, priority, weight, user_id, zone, _, _, _, _, _, default_id, chosen, away, travel = row
    # The event type's own schedule is some hosts' default one (AV-21).
    shared = replace(common, is_default=common.id == default_id) if common else None
    return HostFacts(
        user_id=user_id,
        zone=ZoneInfo(zone),
        schedule=choose_schedule(shared, _schedule(chosen, default_id), ()),
        is_fixed=bool(is_fixed),
        priority=priority,
        weight=weight,
        out_of_office=tuple(_away(entry) for entry in sorted(away, key=str)),
        travel=tuple(
            TravelEntry(date.fromisoformat(start), raw.day(end), ZoneInfo(name))
            for start, end, name in sorted(travel, key=str)
        ),
    )


def _away(entry: list[Any]) -> OutOfOffice:
    start, end, to_user_id, reason, notes = entry
    known = OutOfOfficeReason[reason.upper()]
    return OutOfOffice(date.fromisoformat(start), date.fromisoformat(end), to_user_id, known, notes)


def _schedule(entry: list[Any] | None, default_id: int | None) -> ScheduleFacts | None:
    if entry is None:
        return None
    number, zone, rows, overrides = entry
    return ScheduleFacts(
        id=number,
        zone=ZoneInfo(zone),
        rows=tuple(WeeklyRow(*row) for row in sorted(rows)),
        overrides=tuple(DateOverride(date.fromisoformat(day), start, end) for day, start, end in sorted(overrides)),
        is_default=number == default_id,
    )
