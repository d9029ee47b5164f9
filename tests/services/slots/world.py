"""Rows for tests of slots and holds: people, schedules, event types, bookings, written through the models."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from app.context import ANONYMOUS, Actor, RequestContext
from app.events.bus import Bus, InProcessBus
from app.models import (
    Attendee,
    Booking,
    BookingHost,
    EventType,
    Host,
    Membership,
    Schedule,
    ScheduleOverride,
    ScheduleRow,
    SlotHold,
    SlotHoldHost,
    Team,
    User,
)
from app.settings import Settings

Hours = tuple[int, int, int]
"""Weekday mask (bit 0 is Sunday), first and last minute."""
MON_FRI = 0b0111110
EVERY_DAY = 0b1111111
NINE_TO_FIVE: tuple[Hours, ...] = ((MON_FRI, 9 * 60, 17 * 60),)


def at(text: str) -> datetime:
    """An aware instant from ISO text; UTC unless it says otherwise."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def seconds(text: str) -> int:
    """Epoch seconds of an instant in ISO text."""
    return int(at(text).timestamp())


@dataclass
class Clock:
    """The present, as the test wants it."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class World:
    """Makes rows in the open database; `ctx` is an anonymous caller at `clock`."""

    settings: Settings
    clock: Clock = field(default_factory=lambda: Clock(at("2026-05-01T00:00")))
    bus: Bus = field(default_factory=InProcessBus)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def ctx(self) -> RequestContext:
        """A context of an anonymous caller."""
        return self.as_actor(ANONYMOUS)

    def as_actor(self, actor: Actor) -> RequestContext:
        """A context of this caller."""
        return RequestContext(actor, self.settings, self.bus, now=self.clock, random=Random(7))

    def as_user(self, user: User) -> RequestContext:
        """A context of this person."""
        return self.as_actor(Actor(user_id=user.id, email=user.email, username=user.username))

    async def person(
        self, zone: str = "Europe/Berlin", hours: Sequence[Hours] | None = NINE_TO_FIVE, **fields: Any
    ) -> User:
        """Somebody with a default schedule; `hours` None = without any."""
        name = f"person{next(self._numbers)}"
        values: dict[str, Any] = {"username": name, "email": f"{name}@example.com", "time_zone": zone, **fields}
        user = await User.create(**values)
        if hours is not None:
            user.default_schedule_id = (await self.schedule(user, zone, hours)).id
            await user.save()
        return user

    async def schedule(self, user: User, zone: str, hours: Sequence[Hours]) -> Schedule:
        """A schedule with weekly rows."""
        schedule = await Schedule.create(user=user, name="Hours", time_zone=zone)
        for days, start, end in hours:
            await ScheduleRow.create(schedule=schedule, days=days, start_minute=start, end_minute=end)
        return schedule

    async def override(self, user: User, day: date, start: int, end: int) -> None:
        """Other hours on one date of the default schedule."""
        await ScheduleOverride.create(
            schedule_id=user.default_schedule_id, date=day, start_minute=start, end_minute=end
        )

    async def event_type(self, owner: User | None = None, **fields: Any) -> EventType:
        """A personal event type, half an hour without notice unless told otherwise."""
        values: dict[str, Any] = {
            "title": "Meeting",
            "slug": f"meeting{next(self._numbers)}",
            "length_minutes": 30,
            "minimum_notice": 0,
            "owner": owner,
            **fields,
        }
        event_type = await EventType.create(**values)
        if owner is not None and event_type.team_id is None:
            await self.host(event_type, owner)
        return event_type

    async def team(self, *members: User, **fields: Any) -> Team:
        """A team whose members have accepted; the first one owns it."""
        slug = f"team{next(self._numbers)}"
        values: dict[str, Any] = {"name": slug, "slug": slug, **fields}
        team = await Team.create(**values)
        for member in members:
            role = "OWNER" if member is members[0] else "MEMBER"
            await Membership.create(team=team, user=member, role=role, accepted=True)
        return team

    async def team_event(self, kind: str, *hosts: User, team: Team | None = None, **fields: Any) -> EventType:
        """A team's event type; collective hosts are fixed."""
        team = team or await self.team(*hosts)
        event_type = await self.event_type(None, team=team, scheduling_type=kind, **fields)
        for host in hosts:
            await self.host(event_type, host, is_fixed=kind == "COLLECTIVE")
        return event_type

    async def host(self, event_type: EventType, user: User, **fields: Any) -> Host:
        """Make somebody a host."""
        return await Host.create(event_type=event_type, user=user, **fields)

    async def booking(
        self,
        event_type: EventType | None,
        hosts: Sequence[User],
        start: str,
        minutes: int = 30,
        *,
        status: str = "ACCEPTED",
        attendees: Mapping[str, str] | None = None,
        pending_blocks: bool = False,
    ) -> Booking:
        """A booking; `attendees` are kinds by e-mail address."""
        start_s = seconds(start)
        number = next(self._numbers)
        span: dict[str, Any] = {"start_s": start_s, "end_s": start_s + minutes * 60}
        booking = await Booking.create(
            uid=f"uid{number}",
            event_type=event_type,
            user=hosts[0],
            status=status,
            title="Meeting",
            ical_uid=f"uid{number}@slotgraph",
            booker_email="booker@example.com",
            **span,
        )
        blocks = status == "ACCEPTED"
        for host in hosts:
            await BookingHost.create(
                booking=booking,
                host=host,
                event_type_id=event_type.id if event_type else None,
                blocks=blocks,
                blocks_same_type=blocks or (pending_blocks and status == "PENDING"),
                is_organizer=host is hosts[0],
                **span,
            )
        for position, (email, kind) in enumerate((attendees or {"booker@example.com": "BOOKER"}).items()):
            await Attendee.create(booking=booking, position=position, kind=kind, email=email, time_zone="UTC")
        return booking

    async def hold(
        self, event_type: EventType, host: User, start: str, expires: str, minutes: int = 30, *, is_seat: bool = False
    ) -> SlotHold:
        """A reservation of one host."""
        start_s = seconds(start)
        values: dict[str, Any] = {
            "start_s": start_s,
            "end_s": start_s + minutes * 60,
            "expires_s": seconds(expires),
            "is_seat": is_seat,
        }
        hold = await SlotHold.create(uid=f"hold{next(self._numbers)}", event_type=event_type, **values)
        await SlotHoldHost.create(hold=hold, host=host, event_type_id=event_type.id, **values)
        return hold
