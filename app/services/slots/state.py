"""Slots at one moment, together with what can change them next: topics of the bus, and time itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.context import RequestContext
from app.domain.enums import PeriodType
from app.domain.facts import EventTypeRules, SlotQuery
from app.domain.outcomes import SlotList
from app.events.outbox import event_type_topic, host_topic, schedule_topic
from app.services.slots.busy import BusyWindow
from app.services.slots.events import SlotState
from app.services.slots.facts import EventTypeFacts, load_facts
from app.services.slots.listing import list_free
from app.services.slots.queries import check_duration, now_s
from app.services.slots.refs import EventTypeRef

_ROLLING = frozenset({PeriodType.ROLLING, PeriodType.ROLLING_WINDOW})


@dataclass(frozen=True, slots=True)
class WatchedQuery:
    """What is watched; equal ones share their work. `zone` is the booker's where it decides anything, else UTC."""

    ref: EventTypeRef
    start_s: int
    end_s: int
    duration: int | None
    zone: ZoneInfo
    by_zone: bool


async def read_state(ctx: RequestContext, query: WatchedQuery) -> SlotState:
    """Slots now, in two statements; raises NotFoundError when the event type is gone."""
    facts = await load_facts(ctx, query.ref)
    check_duration(facts.rules, query.duration)
    window = BusyWindow(query.start_s, query.end_s, now_s(ctx), query.zone)
    found = await list_free(ctx, facts, window, query.duration)
    asked, slots = found.query, found.slots
    return SlotState(
        event_type_id=facts.event_type_id,
        starts=slots.starts,
        seats=slots.seats,
        length_minutes=slots.length_minutes,
        version=facts.version,
        next_change_s=min(_instants_of_change(asked, slots), default=None),
        topics=topics_of(facts),
        depends_on_zone=depends_on_zone(facts.rules),
    )


def topics_of(facts: EventTypeFacts) -> frozenset[str]:
    """The bus topics that tell of changes to these slots."""
    schedules = {host.schedule.id for host in facts.hosts if host.schedule is not None}
    topics = [host_topic(host) for host in facts.host_ids]
    topics += [schedule_topic(schedule) for schedule in schedules if schedule is not None]
    if facts.event_type_id is not None:
        topics.append(event_type_topic(facts.event_type_id))
    return frozenset(topics)


def depends_on_zone(rules: EventTypeRules) -> bool:
    """Whether the booker's zone decides which starts there are (BT-26, BT-27, SL-12), not only how they are written."""
    return rules.period_type in _ROLLING or rules.first_slot_only


def _instants_of_change(query: SlotQuery, slots: SlotList) -> Iterable[int]:
    if slots.starts:
        # BT-32: the first start falls out, and with it the grid that began there (SL-5).
        yield slots.starts[0] - (query.rules.notice or 1) * 60 + 1
    yield from (hold.expires_s for hold in query.busy.holds if hold.expires_s > query.now_s)
    if query.rules.period_type in _ROLLING:
        yield _next_midnight(query.now_s, query.booker_zone)


def _next_midnight(at_s: int, zone: ZoneInfo) -> int:
    tomorrow = datetime.fromtimestamp(at_s, zone).date() + timedelta(days=1)
    return int(datetime.combine(tomorrow, time(), zone).timestamp())
