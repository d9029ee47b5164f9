"""What booking needs to know of an event type: the form, places, policies and how its hosts stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

import orjson

from app.db import raw
from app.db.raw import Row
from app.domain.booking_fields import BookingField, fields_from_json
from app.domain.confirmation import ConfirmationPolicy, NoticeThreshold, NoticeUnit
from app.domain.default_fields import complete_form, with_guests_disabled
from app.domain.enums import RoundRobinInterval, SchedulingType
from app.domain.locations import OfferedLocation, location_from_json
from app.domain.recurrence import Frequency, Recurrence
from app.domain.round_robin import HostStanding, interval_start
from app.domain.round_robin_calibration import HostHistory, calibrations
from app.errors import NotFoundError
from app.services.bookings.profile_sql import EVENT_TYPE_PROFILE, GROUP_VERSIONS
from app.services.slots.facts import EventTypeFacts, EventTypeSetup


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host of the event type; instants are epoch milliseconds."""

    user_id: int
    is_fixed: bool
    priority: int
    weight: int
    added_ms: int
    default_app: str | None
    last_booked_ms: int | None
    counted_ms: tuple[int, ...]
    away: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SeenVersions:
    """Slots versions from before busy times were read: the event type's, and its hosts' by user id."""

    event_type: int = 0
    hosts: Mapping[int, int] = field(default_factory=dict)

    def of_hosts(self, user_ids: Iterable[int]) -> list[int]:
        """Those of these hosts, in their order."""
        return [self.hosts.get(user_id, 0) for user_id in user_ids]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventProfile:
    """An event type as bookings see it; `id` is None for a dynamic group (TM-24). Lengths are minutes."""

    id: int | None
    title: str
    slug: str
    owner_id: int | None
    team_id: int | None
    team_name: str | None
    scheduling_type: SchedulingType | None
    length: int
    length_options: tuple[int, ...]
    form: tuple[BookingField, ...]
    locations: tuple[OfferedLocation, ...]
    custom_name: str | None = None
    policy: ConfirmationPolicy = field(default_factory=ConfirmationPolicy)
    recurrence: Recurrence | None = None
    seats_per_slot: int | None = None
    seats_show_attendees: bool | None = None
    hide_organizer_email: bool | None = None
    instant_expiry_seconds: int = 90
    disable_cancelling: bool = False
    disable_rescheduling: bool = False
    weights_enabled: bool = False
    max_lead_threshold: int | None = None
    same_host_on_reschedule: bool = False
    price: int = 0
    round_robin_interval: RoundRobinInterval = RoundRobinInterval.MONTH
    hosts: tuple[HostRow, ...] = field(default=())
    seen: SeenVersions = field(default_factory=SeenVersions)

    @property
    def is_team(self) -> bool:
        """Whether the texts speak of "one of the hosts" (BK-10)."""
        return self.id is None or self.scheduling_type is not None

    def default_app(self, user_id: int) -> str | None:
        """The conferencing app a host prefers (BK-33)."""
        return next((host.default_app for host in self.hosts if host.user_id == user_id), None)

    def standings(self, now_s: int) -> tuple[HostStanding, ...]:
        """How the round-robin hosts stand, for the choice of one (TM-7)."""
        since = interval_start(self.round_robin_interval, now_s)
        hosts = [host for host in self.hosts if not host.is_fixed]
        credit = calibrations([_history(host) for host in hosts], since, now_s) if self.weights_enabled else {}
        return tuple(
            HostStanding(
                user_id=host.user_id,
                bookings=len(host.counted_ms),
                calibration=credit.get(host.user_id, Fraction(0)),
                weight=host.weight,
                priority=host.priority,
                last_booked=host.last_booked_ms,
            )
            for host in hosts
        )


@dataclass(frozen=True, slots=True)
class EventTypeRead:
    """An event type with everything that booking needs of it, and the versions it was read under; the `mark`
    tells whether it has changed since (`app.services.bookings.remembered`)."""

    facts: EventTypeFacts
    profile: EventProfile
    seen: SeenVersions
    mark: str | None = None


async def load_profile(event_type_id: int, now: datetime) -> EventProfile:
    """The profile of an event type, in one statement. Raises NotFoundError (BK-4)."""
    row = await raw.row(EVENT_TYPE_PROFILE, event_type_id, *since(now))
    if row is None:
        raise NotFoundError(f"Event type with id {event_type_id} not found.", path=("eventType", "id"))
    return profile_in(event_type_id, row)


def since(now: datetime) -> tuple[datetime, datetime]:
    """When this month and this day began (UTC)."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day.replace(day=1), day


async def group_profile(setup: EventTypeSetup) -> EventProfile:
    """The profile of a dynamic group: no title template, no guests (TM-24)."""
    rows = await raw.rows(GROUP_VERSIONS, list(setup.people))
    hosts = tuple(_member(row["id"], row["default_app_slug"]) for row in rows)
    return EventProfile(
        id=None,
        title="Group Meeting",
        slug=setup.slug,
        owner_id=None,
        team_id=None,
        team_name=", ".join(person.name or person.username for person in setup.people.values()),
        scheduling_type=SchedulingType.COLLECTIVE,
        length=setup.rules.length,
        length_options=setup.rules.length_options,
        form=_form("[]", True),
        locations=(),
        hosts=hosts,
        seen=SeenVersions(0, {row["id"]: row["slots_changed_at"] for row in rows}),
    )


def _member(user_id: int, default_app: str | None) -> HostRow:
    return HostRow(user_id, True, 2, 100, 0, default_app, None, (), ())


def profile_in(event_type_id: int, row: Row) -> EventProfile:
    """The profile in a row of the statement."""
    interval = row["round_robin_interval"]
    kind = row["scheduling_type"]
    hosts = orjson.loads(row["hosts"] or "[]")
    return EventProfile(
        id=event_type_id,
        title=row["title"],
        slug=row["slug"],
        owner_id=row["owner_id"],
        team_id=row["team_id"],
        team_name=row["team_name"],
        scheduling_type=SchedulingType(kind) if kind else None,
        length=row["length_minutes"],
        length_options=tuple(raw.loads(row["length_options"]) or ()),
        form=_form(row["booking_fields"] or "[]", bool(row["disable_guests"])),
        locations=_locations(row["locations"] or "[]"),
        custom_name=row["custom_name"],
        policy=_policy(row),
        recurrence=_recurrence(row["recurrence"]),
        seats_per_slot=row["seats_per_slot"],
        seats_show_attendees=bool(row["seats_show_attendees"]),
        hide_organizer_email=bool(row["hide_organizer_email"]),
        instant_expiry_seconds=row["instant_expiry_seconds"],
        disable_cancelling=bool(row["disable_cancelling"]),
        disable_rescheduling=bool(row["disable_rescheduling"]),
        weights_enabled=bool(row["weights_enabled"]),
        max_lead_threshold=row["max_lead_threshold"],
        same_host_on_reschedule=bool(row["same_host_on_reschedule"]),
        price=row["price"],
        round_robin_interval=RoundRobinInterval(interval) if interval else RoundRobinInterval.MONTH,
        hosts=tuple(_host(item) for item in hosts),
        seen=SeenVersions(row["slots_changed_at"], {item[0]: item[6] for item in hosts}),
    )


# The three below are functions of the stored text alone, so remembering them cannot serve anything stale.
@lru_cache(maxsize=1024)
def _form(text: str, guests_disabled: bool) -> tuple[BookingField, ...]:
    form = complete_form(fields_from_json(orjson.loads(text)))
    return with_guests_disabled(form, disabled=True) if guests_disabled else form


@lru_cache(maxsize=1024)
def _locations(text: str) -> tuple[OfferedLocation, ...]:
    return tuple(location_from_json(stored) for stored in orjson.loads(text))


@lru_cache(maxsize=256)
def _recurrence(text: str | None) -> Recurrence | None:
    stored = orjson.loads(text) if text else None
    if not stored:
        return None
    return Recurrence(stored["interval"], stored["occurrences"], Frequency(stored["frequency"]))


def _policy(row: Row) -> ConfirmationPolicy:
    stored = raw.loads(row["confirmation_threshold"])
    return ConfirmationPolicy(
        required=bool(row["requires_confirmation"]),
        threshold=NoticeThreshold(NoticeUnit(stored["unit"]), stored["count"]) if stored else None,
        only_free_mail=bool(row["confirmation_free_email_only"]),
        blocks_slots=bool(row["pending_blocks"]),
    )


def _host(item: Sequence[Any]) -> HostRow:
    user_id, is_fixed, priority, weight, added, app, _, last, counted, away = item
    spans = tuple((start, end) for start, end in away or ())
    return HostRow(user_id, bool(is_fixed), priority, weight, added, app, last, tuple(counted or ()), spans)


def _history(host: HostRow) -> HostHistory:
    return HostHistory(
        user_id=host.user_id,
        added_at=host.added_ms // 1000,
        bookings=[moment // 1000 for moment in host.counted_ms],
        away=[(_midnight(start), _midnight(end) + int(timedelta(days=1).total_seconds())) for start, end in host.away],
    )


def _midnight(text: str) -> int:
    day = date.fromisoformat(text[:10])
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
