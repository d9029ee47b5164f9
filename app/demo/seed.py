"""Demo data: two people in different zones, a team of both, and a few bookings; made once, through the services."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from app.auth.api_keys import generate_key, hash_key
from app.context import Actor, RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.models import ApiKey, Booking, EventType, Membership, Schedule, Team, User
from app.services.api_keys.create import add_key
from app.services.bookings.create import create_booking
from app.services.bookings.create_command import Booker, CreateBooking
from app.services.event_types.create import (
    CreateEventType,
    CreateTeamEventType,
    create_event_type,
    create_team_event_type,
)
from app.services.event_types.fields import EventTypeFields, HostInput
from app.services.schedules.update import UpdateSchedule, update_schedule
from app.services.schedules.views import Hours
from app.services.slots.get_slots import GetSlots, get_slots
from app.services.slots.refs import EventTypeRef
from app.services.teams.memberships import AcceptMembership, AddMember, accept_membership, add_member
from app.services.teams.write import CreateTeam, create_team
from app.services.users.create import CreateUser, create_user

PASSWORD: Final = "slotgraph-demo"  # noqa: S105 the demo's, printed for everybody
KEY_FILE: Final = "demo-api-key"
KEY_NOTE: Final = "Demo key"
PEOPLE: Final = (
    CreateUser("maya@example.com", "maya", name="Maya Stein", password=PASSWORD, time_zone="Europe/Berlin"),
    CreateUser("leo@example.com", "leo", name="Leo Park", password=PASSWORD, time_zone="America/New_York"),
)
LEOS_HOURS: Final = (Hours((1, 2, 3, 4), 8 * 60, 12 * 60), Hours((1, 2, 3, 4), 13 * 60, 18 * 60), Hours((5,), 540, 780))
TEAM: Final = CreateTeam("Customer Success", "success", time_zone="Europe/Berlin")
INTRO: Final = EventTypeFields(
    title="Intro call", slug="intro", description="Half an hour to get to know each other.", length_minutes=30
)
LONGER: Final = EventTypeFields(
    title="Workshop", slug="workshop", length_minutes=60, before_buffer=15, after_buffer=15, minimum_notice=24 * 60
)
ROUND_ROBIN: Final = EventTypeFields(title="Onboarding", slug="onboarding", length_minutes=45)
COLLECTIVE: Final = EventTypeFields(title="Quarterly review", slug="review", length_minutes=60)
BOOKERS: Final = (
    Booker(name="Ada Okafor", email="ada@example.com", time_zone="Africa/Lagos"),
    Booker(name="Tom Lindqvist", email="tom@example.com", time_zone="Europe/Stockholm"),
    Booker(name="Mei Tanaka", email="mei@example.com", time_zone="Asia/Tokyo"),
    Booker(name="Rosa Duarte", email="rosa@example.com", time_zone="America/Sao_Paulo"),
)


@dataclass(frozen=True, slots=True)
class Demo:
    """What somebody needs to try it: a key of `maya`, ids, and a start of her intro call that is free."""

    api_key: str
    event_type_id: int
    username: str
    slug: str
    free_start: datetime | None


async def seed(ctx: RequestContext) -> Demo:
    """Make what is missing of the demo data; a second time it changes nothing."""
    maya, leo = [await _person(ctx, command) for command in PEOPLE]
    await _leos_hours(ctx, leo)
    team_id = await _team(ctx, maya, leo)
    intro = await _personal(ctx, maya, INTRO)
    workshop = await _personal(ctx, leo, LONGER)
    hosts = (HostInput(maya.id), HostInput(leo.id))
    onboarding = await _of_team(ctx, maya, team_id, "ROUND_ROBIN", ROUND_ROBIN, hosts)
    fixed = (HostInput(maya.id, is_fixed=True), HostInput(leo.id, is_fixed=True))
    review = await _of_team(ctx, maya, team_id, "COLLECTIVE", COLLECTIVE, fixed)
    await _bookings(ctx, [intro, workshop, onboarding, review])
    free = await _free_starts(ctx, intro)
    return Demo(await _api_key(ctx, maya), intro, "maya", "intro", free[0] if free else None)


def _as(ctx: RequestContext, user: User) -> RequestContext:
    return RequestContext(
        Actor(user_id=user.id, email=user.email, username=user.username, time_zone=user.time_zone),
        ctx.settings,
        ctx.bus,
        now=ctx.now,
        random=ctx.random,
    )


async def _person(ctx: RequestContext, command: CreateUser) -> User:
    if (user := await User.get_or_none(username=command.username)) is None:
        await create_user(ctx, command)
        user = await User.get(username=command.username)
    return user


async def _leos_hours(ctx: RequestContext, leo: User) -> None:
    schedule = await Schedule.get(id=leo.default_schedule_id)
    if schedule.name == "Working Hours":
        command = UpdateSchedule(schedule.id, name="Leo's week", availability=LEOS_HOURS)
        await update_schedule(_as(ctx, leo), command)


async def _team(ctx: RequestContext, owner: User, member: User) -> int:
    team = await Team.get_or_none(slug=TEAM.slug, parent_id=None)
    team_id: int = team.id if team else (await create_team(_as(ctx, owner), TEAM)).id
    membership = await Membership.get_or_none(team_id=team_id, user_id=member.id)
    if membership is None:
        await add_member(_as(ctx, owner), AddMember(team_id, user_id=member.id))
        membership = await Membership.get(team_id=team_id, user_id=member.id)
    if not membership.accepted:
        await accept_membership(_as(ctx, member), AcceptMembership(membership.id))
    return team_id


async def _personal(ctx: RequestContext, owner: User, fields: EventTypeFields) -> int:
    if found := await EventType.get_or_none(owner_id=owner.id, slug=fields.slug):
        return int(found.id)
    return (await create_event_type(_as(ctx, owner), CreateEventType(fields))).id


async def _of_team(
    ctx: RequestContext, admin: User, team_id: int, kind: str, fields: EventTypeFields, hosts: tuple[HostInput, ...]
) -> int:
    if found := await EventType.get_or_none(team_id=team_id, slug=fields.slug):
        return int(found.id)
    made = await create_team_event_type(_as(ctx, admin), CreateTeamEventType(team_id, kind, fields, hosts))
    return made[0].id


async def _bookings(ctx: RequestContext, event_type_ids: list[int]) -> None:
    if await Booking.filter(event_type_id__in=event_type_ids).exists():
        return
    for number, (event_type_id, booker) in enumerate(zip(event_type_ids, BOOKERS, strict=True)):
        starts = await _free_starts(ctx, event_type_id)
        if len(starts) > 3 + number:
            ref = EventTypeRef(id=event_type_id)
            await create_booking(ctx, CreateBooking(event_type=ref, start=starts[3 + number], attendee=booker))


async def _free_starts(ctx: RequestContext, event_type_id: int) -> list[datetime]:
    now = ctx.now()
    ref = EventTypeRef(id=event_type_id)
    view = await get_slots(ctx, GetSlots(ref=ref, start=now + timedelta(days=1), end=now + timedelta(days=15)))
    return view.instants


async def _api_key(ctx: RequestContext, user: User) -> str:
    """The key in `data/`, which is made when there is none and stays the same over restarts."""
    path = key_path(ctx)
    secret = path.read_text().strip() if path.exists() else ""
    if not secret.startswith(ctx.settings.api_key_prefix):
        secret = generate_key(ctx.settings.api_key_prefix)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secret + "\n")
    hashed = hash_key(secret, ctx.settings.api_key_prefix)
    if not await ApiKey.filter(hashed_key=hashed).exists():

        async def work(_: UnitOfWork) -> None:
            await add_key(ctx.settings, user.id, note=KEY_NOTE, expires_at=None, now=ctx.now(), secret=secret)

        await unit_of_work(ctx, work)
    return secret


def key_path(ctx: RequestContext) -> Path:
    """Beside the embedded database, else in `data/`."""
    if ctx.settings.is_sqlite:
        database = Path(ctx.settings.database_url.removeprefix("sqlite://").partition("?")[0])
        return database.parent / KEY_FILE
    return Path("data") / KEY_FILE


_SLOTS = """query Slots($window: TimeWindow!) {
  slots(
    eventType: {personal: {username: "%(username)s", slug: "%(slug)s"}}, window: $window, timeZone: "Europe/Berlin"
  ) { slotsVersion days { date starts } }
}"""
_BOOK = """mutation Book($input: CreateBookingInput!) {
  createBooking(input: $input) {
    ... on CreateBookingSuccess { booking { uid status title start end } }
    ... on SlotUnavailable { message nextSlots { start } }
    ... on UserError { code message }
  }
}"""
_WATCH = """subscription Watch($window: TimeWindow!) {
  slots(eventType: {personal: {username: "%(username)s", slug: "%(slug)s"}}, window: $window) {
    __typename
    ... on SlotSnapshot { version starts }
    ... on SlotDelta { version added { start } removed { start } }
  }
}"""


def announce(demo: Demo, url: str) -> str:
    """What `serve --demo` prints: addresses, the key, and three requests to paste into another terminal."""
    start = (demo.free_start or datetime.now(UTC)).replace(hour=0, minute=0, second=0, microsecond=0)
    window = {"start": _text(start), "end": _text(start + timedelta(days=5))}
    names = {"username": demo.username, "slug": demo.slug}
    wish = {
        "eventType": {"personal": names},
        "start": _text(demo.free_start or start),
        "attendee": {"name": "Sam Rivera", "email": "sam@example.com", "timeZone": "Europe/Paris"},
    }
    parts = [
        f"Slotgraph is at {url} (GraphQL explorer: {url}/graphql)",
        f"Demo API key of {demo.username}: {demo.api_key}",
        f"Sign in as maya@example.com or leo@example.com with the password {PASSWORD}",
        "1. Which slots are free?\n" + _curl(url, demo, _SLOTS % names, {"window": window}),
        "2. Watch them change (leave it running, book in another terminal):\n"
        + _curl(url, demo, _WATCH % names, {"window": window}, "-N", "-H 'accept: text/event-stream'"),
        "3. Book one:\n" + _curl(url, demo, _BOOK, {"input": wish}),
    ]
    return "\n\n".join(parts) + "\n"


def _curl(url: str, demo: Demo, document: str, variables: dict[str, object], *options: str) -> str:
    body = json.dumps({"query": " ".join(document.split()), "variables": variables})
    headers = ["-H 'content-type: application/json'", f"-H 'authorization: Bearer {demo.api_key}'", *options]
    return f"curl -s {url}/graphql {' '.join(headers)} -d '{body}'"


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
