"""Take and change holds: hosts are locked first, then the core decides, then rows are written."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import OutboxEvent, UnitOfWork, unit_of_work
from app.domain.bookable import check_start
from app.domain.enums import SchedulingType
from app.domain.facts import UTC_ZONE, SlotQuery
from app.domain.outcomes import Bookable, Refusal, RuleCode
from app.domain.slots import list_slots
from app.errors import ForbiddenError, InvalidInputError, NotFoundError, UnauthenticatedError
from app.events.outbox import EventType, event_type_topic, host_topic
from app.services.bookings.locking import lock_event_type, lock_hosts
from app.services.bookings.refusals import is_limit, is_policy, limit_error, policy_error, reasons_of
from app.services.holds.queries import find_hold
from app.services.holds.views import HoldSeatsFullError, HoldUnavailableError, HoldView
from app.services.permissions import share_team, team_role
from app.services.slots.busy import BusyWindow, load_busy
from app.services.slots.explain_slot import is_insider, next_free
from app.services.slots.facts import EventTypeFacts, load_facts
from app.services.slots.queries import check_duration, now_s, slot_query, zone_of
from app.services.slots.refs import EventTypeRef

MAX_HOLD_MINUTES: Final = 24 * 60
TAKEN: Final = "Can't reserve a slot if the event is already booked."
CUSTOM_NEEDS_AUTH: Final = (
    "reservationDuration can only be used for authenticated requests. Use access token, api key or OAuth credentials"
)
_LOOK_AHEAD: Final = 14 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSlot:
    """A start to keep; `duration` is the slot's length in minutes (None = the default one).

    `hold_minutes` is how long to keep it, None = the usual few minutes; anything else needs a caller who works with
    the event type (RS-1). `zone` is the booker's (IANA name, None = UTC): rolling windows end at its midnight.
    A live hold `renews_uid` of the caller is moved instead of keeping a second slot. `beside_others` is for callers
    who cannot show that a hold is their own (VR-8): then no hold stands in the way. `dry_run` writes nothing.
    """

    event_type_id: int
    start: datetime
    duration: int | None = None
    hold_minutes: int | None = None
    zone: str | None = None
    renews_uid: str | None = None
    beside_others: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateHold:
    """Another slot, another length or a new life for a hold; what is None stays, its life begins anew."""

    uid: str
    event_type_id: int | None = None
    start: datetime | None = None
    duration: int | None = None
    hold_minutes: int | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class _Wish:
    """A checked wish: what to keep, until when, in place of which hold."""

    facts: EventTypeFacts
    start_s: int
    length: int
    hold_minutes: int
    zone: ZoneInfo
    replaces: HoldView | None = None
    beside_others: bool = False
    dry_run: bool = False


class _Refused(Exception):  # noqa: N818 never leaves this module
    """The core said no; the error is made after the transaction, since looking for other starts takes time."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self.refusal = refusal


async def hold_slot(ctx: RequestContext, command: HoldSlot) -> HoldView:
    """Keep a slot: all hosts of a collective event type, one free host of a round robin, a seat of a seated one (RS-4).

    Raises NotFoundError, InvalidInputError, UnauthenticatedError and ForbiddenError (own `hold_minutes`),
    PolicyViolationError, LimitReachedError, HoldUnavailableError, HoldSeatsFullError.
    """
    known = await find_hold(command.renews_uid, now_s(ctx)) if command.renews_uid else None
    return await _take(ctx, await _checked(ctx, command, replaces=known))


async def update_hold(ctx: RequestContext, command: UpdateHold) -> HoldView:
    """Move, resize or prolong a hold; it does not stand in its own way. Errors as of `hold_slot` (RS-8)."""
    known = await find_hold(command.uid, now_s(ctx))
    if known is None:
        raise NotFoundError(f"Slot with uid={command.uid} not found", path=("uid",))
    same_type = command.event_type_id in (None, known.event_type_id)
    full = HoldSlot(
        event_type_id=command.event_type_id or known.event_type_id,
        start=command.start or datetime.fromtimestamp(known.start_s, UTC),
        duration=command.duration or (known.length_minutes if same_type else None),
        hold_minutes=command.hold_minutes,
        zone=command.zone,
    )
    return await _take(ctx, await _checked(ctx, full, replaces=known))


async def _checked(ctx: RequestContext, command: HoldSlot, replaces: HoldView | None = None) -> _Wish:
    start, duration, event_type_id = command.start, command.duration, command.event_type_id
    hold_minutes, zone = command.hold_minutes, zone_of(command.zone) or UTC_ZONE
    if start.tzinfo is None:
        raise InvalidInputError.at("start", "Give an offset, for instance 2026-05-04T09:00:00Z.", "offset")
    try:
        facts = await load_facts(ctx, EventTypeRef(id=event_type_id))
    except NotFoundError as error:
        raise NotFoundError(f"Event Type with ID={event_type_id} not found", path=("eventType",)) from error
    check_duration(facts.rules, duration)
    if not facts.hosts:
        raise InvalidInputError.at("eventType", f"Event Type with ID={event_type_id} has no hosts.", "no_hosts")
    if hold_minutes is not None:
        await _may_choose_life(ctx, facts, hold_minutes)
    minutes = int(ctx.settings.slot_hold.total_seconds()) // 60 if hold_minutes is None else hold_minutes
    return _Wish(
        facts,
        int(start.timestamp()),
        duration or facts.rules.length,
        minutes,
        zone,
        replaces,
        beside_others=command.beside_others,
        dry_run=command.dry_run,
    )


async def _may_choose_life(ctx: RequestContext, facts: EventTypeFacts, hold_minutes: int) -> None:
    user_id = ctx.actor.user_id
    if user_id is None:
        raise UnauthenticatedError(CUSTOM_NEEDS_AUTH)
    if not 1 <= hold_minutes <= MAX_HOLD_MINUTES:
        message = f"A slot can be held for 1 to {MAX_HOLD_MINUTES} minutes."
        raise InvalidInputError.at("holdMinutes", message, "range")
    if not await _works_with(ctx, user_id, facts):
        raise ForbiddenError(
            "reservationDuration can only be used by the event type's owner, his team-mates and members of its team"
        )


async def _works_with(ctx: RequestContext, user_id: int, facts: EventTypeFacts) -> bool:
    """RS-1: the owner, somebody who shares a team with him, an accepted member of the team or its organization."""
    setup = facts.setup
    if ctx.actor.is_admin or user_id == setup.owner_id:
        return True
    if setup.team_id is not None:
        return await team_role(user_id, setup.team_id) is not None
    return setup.owner_id is not None and await share_team(user_id, setup.owner_id)


async def _take(ctx: RequestContext, wish: _Wish) -> HoldView:
    async def work(uow: UnitOfWork) -> HoldView:
        rules = wish.facts.rules
        if rules.seats_per_slot or rules.count_limits or rules.duration_limits:
            await lock_event_type(rules.id)
        await lock_hosts(wish.facts.host_ids)
        verdict = check_start(await _query(ctx, wish), wish.start_s, wish.length, against_holds=not wish.beside_others)
        if isinstance(verdict, Refusal):
            raise _Refused(verdict)
        return await _write(uow, wish, _hosts_to_keep(wish.facts, verdict))

    try:
        return await unit_of_work(ctx, work)
    except _Refused as refused:
        raise await _error(ctx, wish, refused.refusal) from None


async def _query(ctx: RequestContext, wish: _Wish, look_ahead: int = 0) -> SlotQuery:
    window = BusyWindow(wish.start_s, wish.start_s + wish.length * 60 + look_ahead, now_s(ctx), wish.zone)
    busy = await load_busy(wish.facts, window)
    own = wish.replaces.uid if wish.replaces else None
    return slot_query(ctx, wish.facts, busy, window, wish.length, own)


def _hosts_to_keep(facts: EventTypeFacts, free: Bookable) -> tuple[int, ...]:
    """RS-4: everybody who must come, and one round-robin host."""
    if facts.rules.scheduling_type is SchedulingType.ROUND_ROBIN and free.joins_booking_uid is None:
        return (*free.free_fixed, *free.free_round_robin[:1])
    return (*free.free_fixed, *free.free_round_robin)


async def _write(uow: UnitOfWork, wish: _Wish, hosts: tuple[int, ...]) -> HoldView:
    ctx, rules, old = uow.ctx, wish.facts.rules, wish.replaces
    now = ctx.now()
    view = HoldView(
        uid=old.uid if old else str(uuid4()),
        event_type_id=rules.id,
        start_s=wish.start_s,
        end_s=wish.start_s + wish.length * 60,
        expires_s=int((now + timedelta(minutes=wish.hold_minutes)).timestamp()),
        hold_minutes=wish.hold_minutes,
        host_ids=hosts,
        is_seat=bool(rules.seats_per_slot),
        created_by_id=old.created_by_id if old else ctx.actor.user_id,
    )
    if wish.dry_run:
        return view
    await (_replace(view, now) if old else _insert(view, now))
    tell(uow, EventType.HOLD_CHANGED if old else EventType.HOLD_TAKEN, view, also=old)
    return view


_HOSTS = (
    "INSERT INTO slot_hold_hosts (hold_id, host_id, event_type_id, start_s, end_s, expires_s, is_seat)"
    " SELECT s.id, $2::int, s.event_type_id, s.start_s, s.end_s, s.expires_s, s.is_seat"
    " FROM slot_holds s WHERE s.uid = $1"
)
FREE_HOSTS: Final = "DELETE FROM slot_hold_hosts WHERE hold_id = (SELECT id FROM slot_holds WHERE uid = $1)"


async def _insert(view: HoldView, now: datetime) -> None:
    await raw.execute(
        "INSERT INTO slot_holds (uid, event_type_id, start_s, end_s, expires_s, is_seat, created_by_id, released,"
        " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE, $8)",
        *(view.uid, view.event_type_id, view.start_s, view.end_s, view.expires_s, view.is_seat, view.created_by_id),
        now,
    )
    await raw.execute_many(_HOSTS, [(view.uid, host) for host in view.host_ids])


async def _replace(view: HoldView, now: datetime) -> None:
    changed = await raw.execute(
        "UPDATE slot_holds SET event_type_id = $2, start_s = $3, end_s = $4, expires_s = $5, is_seat = $6,"
        " created_at = $7 WHERE uid = $1 AND NOT released",
        *(view.uid, view.event_type_id, view.start_s, view.end_s, view.expires_s, view.is_seat),
        now,
    )
    if not changed:
        raise NotFoundError(f"Slot with uid={view.uid} not found", path=("uid",))
    await raw.execute(
        "DELETE FROM slot_hold_hosts WHERE hold_id = (SELECT id FROM slot_holds WHERE uid = $1)", view.uid
    )
    await raw.execute_many(_HOSTS, [(view.uid, host) for host in view.host_ids])


def tell(uow: UnitOfWork, kind: EventType, view: HoldView, also: HoldView | None = None) -> None:
    """Move the versions of everybody concerned and record the change; `also` is how the hold was before."""
    hosts = dict.fromkeys((*view.host_ids, *(also.host_ids if also else ())))
    event_types = dict.fromkeys((view.event_type_id, *((also.event_type_id,) if also else ())))
    uow.bump_hosts(hosts)
    uow.bump_event_type(*event_types)
    uow.record(
        OutboxEvent(
            type=kind,
            key=f"hold:{view.uid}",
            topics=(*map(event_type_topic, event_types), *map(host_topic, hosts)),
            payload={
                "uid": view.uid,
                "eventTypeId": view.event_type_id,
                "hostIds": list(view.host_ids),
                "start": datetime.fromtimestamp(view.start_s, UTC).isoformat(),
                "expiresAt": datetime.fromtimestamp(view.expires_s, UTC).isoformat(),
            },
            event_type_id=view.event_type_id,
        )
    )


async def _error(ctx: RequestContext, wish: _Wish, refusal: Refusal) -> Exception:
    rules = wish.facts.rules
    start = datetime.fromtimestamp(wish.start_s, UTC)
    if is_policy(refusal):
        return policy_error(refusal)
    if is_limit(refusal):
        return limit_error(refusal, rules)
    if refusal.code is RuleCode.SEATS_FULL:
        text = f"Booking with id={rules.id} at {start:%Y-%m-%dT%H:%M:%S.000Z} has no more seats left."
        return HoldSeatsFullError(text, path=("start",))
    query = await _query(ctx, wish, _LOOK_AHEAD)
    removing = [outcome for outcome in refusal.hosts.values() if not outcome.allows]
    return HoldUnavailableError(
        TAKEN,
        reasons=reasons_of(removing, insider=await is_insider(ctx, wish.facts)),
        next_slots=[datetime.fromtimestamp(free, UTC) for free in next_free(list_slots(query), wish.start_s)],
        slots_version=wish.facts.version,
        dates=[start],
        length_minutes=wish.length,
    )
