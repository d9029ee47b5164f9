"""Real processes, one host with one event type, and clients that book."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import asyncpg
import pytest

from app.context import ANONYMOUS, Actor, RequestContext
from app.db import connection, raw
from app.events.bus import InProcessBus
from app.services.api_keys.create import CreateApiKey, create_api_key
from app.services.event_types.create import CreateEventType, create_event_type
from app.services.event_types.fields import EventTypeFields
from app.services.users.create import CreateUser, create_user
from app.settings import Settings
from tests.parts.postgres import PostgresCluster
from tests.parts.processes import leash
from tests.parts.server import Slotgraph

BOOK = """mutation Book($input: CreateBookingInput!) {
  createBooking(input: $input) { __typename ... on CreateBookingSuccess { booking { uid } } ... on UserError { code } }
}"""

HOLD = """mutation Hold($input: HoldSlotInput!) {
  holdSlot(input: $input) { __typename ... on UserError { code } }
}"""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: HTTP status (0: the connection broke), type of the result or code of the error, uid if booked."""

    status: int
    outcome: str
    uid: str | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """Somebody with the event type `intro` of 30 minutes and working hours Mon-Fri 09:00-17:00 in UTC."""

    user_id: int
    username: str
    event_type_id: int

    def wish(self, start: datetime, number: int = 0) -> Json:
        """The input of a booking by a person of this number."""
        return {
            "eventType": {"databaseId": self.event_type_id},
            "start": text(start),
            "attendee": {"name": f"Person {number}", "email": f"person{number}@example.com", "timeZone": "UTC"},
        }


def text(instant: datetime) -> str:
    """An instant as clients write it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def starts(count: int, *, minutes: int = 30) -> list[datetime]:
    """So many different starts within working hours, from two days ahead."""
    day = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=2)
    found: list[datetime] = []
    while len(found) < count:
        if day.weekday() < 5:
            found += [day + timedelta(minutes=minutes * step) for step in range(16)]
        day += timedelta(days=1)
    return found[:count]


async def add_host(settings: Settings, username: str = "ann") -> Host:
    """Make the host on the database of the settings."""
    await connection.connect(settings)
    try:
        ctx = RequestContext(ANONYMOUS, settings, InProcessBus())
        user = await create_user(ctx, CreateUser(f"{username}@example.com", username, time_zone="UTC"))
        mine = RequestContext(Actor(user_id=user.id), settings, ctx.bus)
        fields = EventTypeFields(title="Intro", slug="intro", length_minutes=30)
        event_type = await create_event_type(mine, CreateEventType(fields))
        return Host(user.id, username, event_type.id)
    finally:
        await connection.close()


async def api_key(settings: Settings, host: Host) -> str:
    """A key of the host."""
    async with connection.database(settings):
        ctx = RequestContext(Actor(user_id=host.user_id), settings, InProcessBus())
        return (await create_api_key(ctx, CreateApiKey())).secret


@pytest.fixture
async def host(settings: Settings) -> Host:
    """A host on this test's own database."""
    return await add_host(settings)


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client with room for a crowd."""
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        yield session


async def graphql(
    client: aiohttp.ClientSession, url: str, query: str, variables: Json | None = None, key: str | None = None
) -> tuple[int, Json]:
    """Status and body of one operation."""
    body = {"query": query, "variables": variables or {}}
    headers = {"authorization": f"Bearer {key}"} if key else {}
    async with client.post(f"{url}/graphql", json=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def book(client: aiohttp.ClientSession, url: str, wish: Json) -> Answer:
    """Book, and say what became of it."""
    try:
        status, body = await graphql(client, url, BOOK, {"input": wish})
    except (aiohttp.ClientError, TimeoutError, OSError):
        return Answer(0, "broken")
    if body.get("data"):
        result = body["data"]["createBooking"]
        return Answer(status, result.get("code") or "booked", (result.get("booking") or {}).get("uid"))
    return Answer(status, body["errors"][0]["extensions"]["code"])


async def hold(client: aiohttp.ClientSession, url: str, host: Host, start: datetime) -> Answer:
    """Keep a slot, and say what became of it."""
    wish = {"eventType": {"databaseId": host.event_type_id}, "start": text(start)}
    try:
        status, body = await graphql(client, url, HOLD, {"input": wish})
    except (aiohttp.ClientError, TimeoutError, OSError):
        return Answer(0, "broken")
    result = (body.get("data") or {}).get("holdSlot") or {"code": body["errors"][0]["message"]}
    return Answer(status, result.get("code") or "held")


def outcomes(answers: list[Answer]) -> Counter[str]:
    """How often each outcome came."""
    return Counter(answer.outcome for answer in answers)


async def query(settings: Settings, sql: str, *params: object) -> list[raw.Row]:
    """Rows of the test's database, read beside the processes."""
    async with connection.database(settings):
        return await raw.rows(sql, *params)


async def eventually(
    settings: Settings, sql: str, holds: Callable[[list[raw.Row]], bool], within: float = 15
) -> list[raw.Row]:
    """The rows as soon as the condition holds; raises TimeoutError with what they were."""
    deadline = asyncio.get_running_loop().time() + within
    while True:
        rows = await query(settings, sql)
        if holds(rows):
            return rows
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(f"{sql}: {[tuple(row) for row in rows]}")
        await asyncio.sleep(0.2)


async def assert_sound(settings: Settings, *, booked: set[str] | None = None) -> None:
    """Nothing half done: every booking has its host and attendee, none overlap, each created one is logged once."""
    bookings = await query(settings, "SELECT id, uid, status FROM bookings ORDER BY id")
    hosts = await query(settings, "SELECT booking_id, host_id, start_s, end_s FROM booking_hosts WHERE blocks")
    attendees = await query(settings, "SELECT DISTINCT booking_id FROM attendees")
    ids = {row["id"] for row in bookings}
    assert {row["booking_id"] for row in hosts} == ids
    assert {row["booking_id"] for row in attendees} == ids
    spans = sorted((row["host_id"], row["start_s"], row["end_s"]) for row in hosts)
    assert all(one[0] != two[0] or one[2] <= two[1] for one, two in pairwise(spans))
    uids = {row["uid"] for row in bookings}
    if booked is not None:
        assert booked <= uids
    logged = await eventually(
        settings,
        "SELECT sequence, key, booking_id FROM event_log WHERE type = 'booking.created' ORDER BY sequence",
        lambda rows: {row["key"] for row in rows} == uids,
    )
    assert len(logged) == len(uids)
    everything = await eventually(settings, "SELECT count(*) AS waiting FROM outbox", lambda rows: rows[0][0] == 0)
    assert everything[0]["waiting"] == 0
    sequences = [row["sequence"] for row in await query(settings, "SELECT sequence FROM event_log ORDER BY sequence")]
    assert sequences == list(range(1, len(sequences) + 1))
    await assert_holds_sound(settings)


async def assert_holds_sound(settings: Settings) -> None:
    """No orphan: every hold keeps its host, nothing is kept without a hold, and each one taken is logged."""
    holds = await query(settings, "SELECT id, uid FROM slot_holds WHERE NOT released")
    kept = await query(settings, "SELECT hold_id FROM slot_hold_hosts")
    assert sorted(row["hold_id"] for row in kept) == sorted(row["id"] for row in holds)
    logged = await query(settings, "SELECT key FROM event_log WHERE type = 'hold.taken'")
    assert {f"hold:{row['uid']}" for row in holds} == {row["key"] for row in logged}


async def on_own_postgres(
    slotgraph: Slotgraph, cluster: PostgresCluster, make_settings: Callable[..., Settings]
) -> Settings:
    """Let the processes use a server that may be stopped; what it commits survives a crash."""
    slotgraph.database_url = cluster.url
    await slotgraph.run("migrate")
    await _commit_for_good(cluster)
    return make_settings(database_url=cluster.url)


async def _commit_for_good(cluster: PostgresCluster) -> None:
    """Test clusters answer commits before they are written; a crash may then take answered ones with it."""
    server = await asyncpg.connect(cluster.url)
    await server.execute("ALTER DATABASE postgres SET synchronous_commit = on")
    await server.close()


def start_script(
    slotgraph: Slotgraph, script: ModuleType, *arguments: object, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Run a module of this folder on the test's database; its log is `NAME.log` in the folder of the processes."""
    slotgraph.folder.mkdir(parents=True, exist_ok=True)
    path = Path(script.__file__ or "")
    with (slotgraph.folder / f"{path.stem}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, path, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=slotgraph.folder,
            env={**slotgraph.environment(environment), "PYTHONPATH": str(Path(__file__).parents[2])},
            preexec_fn=leash(),
        )


def no_traceback(*logs: str) -> None:
    """The logs of the processes hold no unexpected error."""
    for log in logs:
        lines = [line for line in log.splitlines() if "Traceback" in line or '"level":"critical"' in line]
        assert not lines, lines[0][:3000]


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """Where processes leave what they did."""
    return tmp_path / "evidence.txt"
