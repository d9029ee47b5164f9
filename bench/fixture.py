"""The data of the benchmarks, the same for Slotgraph's tables and the floor's.

A month with a change of clocks (March 2027), Europe/Berlin, Monday to Friday 9 to 17, half an hour.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.db import connection, raw
from app.settings import Settings

ZONE = ZoneInfo("Europe/Berlin")
MONTH = (datetime(2027, 3, 1, tzinfo=ZONE), datetime(2027, 4, 1, tzinfo=ZONE))
OWNER = 1
BOOKED_EVENTS = range(501, 517)
"""Event types of five minutes around the clock, a host each: what the booking benchmark books."""
LISTED_EVENT = 600


@dataclass(frozen=True, slots=True)
class Case:
    """One event type: its id, how many hosts it has and how many bookings they have together."""

    name: str
    event_id: int
    hosts: int
    bookings: int
    free: int | None = None

    @property
    def host_ids(self) -> range:
        """User ids of the hosts, of nobody else."""
        return range(self.event_id * 1_000, self.event_id * 1_000 + self.hosts)

    @property
    def window(self) -> tuple[int, int]:
        """The month, in epoch seconds."""
        return int(MONTH[0].timestamp()), int(MONTH[1].timestamp())


CASES = {
    case.name: case
    for case in (
        Case("solo0", 11, 1, 0, 368),
        Case("solo200", 12, 1, 200, 168),
        Case("team10", 13, 10, 200, 368),
        Case("team50", 14, 50, 1_000, 368),
    )
}
GRID = [
    Case(f"{hosts} hosts, {bookings} bookings", 100 + index, hosts, bookings)
    for index, (hosts, bookings) in enumerate((h, b) for h in (1, 10, 50, 200) for b in (0, 200, 5_000))
]


def month_starts(first: datetime, count: int) -> list[int]:
    """The half hours of working days from a date on, as epoch seconds."""
    found: list[int] = []
    day = first
    while len(found) < count:
        if day.weekday() < 5:
            found += [int((day.replace(hour=9) + timedelta(minutes=30 * slot)).timestamp()) for slot in range(16)]
        day += timedelta(days=1)
    return found[:count]


IN_MONTH = month_starts(MONTH[0], 368)
IN_YEARS = month_starts(MONTH[0], 5_100)
"""Where a single host has 5000 bookings: they reach over 14 months."""


def booked_starts(case: Case) -> Iterator[tuple[int, int]]:
    """(host, start) of each booking, spread evenly, another phase for each host."""
    each = case.bookings // case.hosts
    room = IN_MONTH if each <= 300 else IN_YEARS
    for number, host in enumerate(case.host_ids):
        for index in range(each):
            yield host, room[(index * len(room) // each + number * 7) % len(room)]


async def fill(database_url: str, *, with_floor: bool) -> None:
    """Write everything into a migrated, empty database."""
    async with connection.database(Settings(_env_file=None, database_url=database_url)):
        await write_cases([*CASES.values(), *GRID])
        await _booked_events()
        if with_floor:
            await _floor()
            await raw.execute("ANALYZE")


async def write_cases(cases: Sequence[Case]) -> None:
    """People, event types and bookings of these cases, into the open database."""
    await _people([OWNER, *BOOKED_EVENTS, *(host for case in cases for host in case.host_ids)])
    for case in cases:
        await _case(case)


async def _people(every: Sequence[int]) -> None:
    await raw.execute_many(
        "INSERT INTO users (id, username, email, time_zone) VALUES ($1, $2, $3, 'Europe/Berlin')",
        [(user, f"user{user}", f"user{user}@example.com") for user in every],
    )
    await raw.execute_many(
        "INSERT INTO schedules (id, user_id, name, time_zone) VALUES ($1, $2, 'Hours', 'Europe/Berlin')",
        [(user, user) for user in every],
    )
    await raw.execute("UPDATE users SET default_schedule_id = id")
    hours = [(user, 0b1111111, 0, 1439) if user in BOOKED_EVENTS else (user, 0b0111110, 540, 1020) for user in every]
    await raw.execute_many(
        "INSERT INTO schedule_rows (schedule_id, days, start_minute, end_minute) VALUES ($1, $2, $3, $4)", hours
    )


async def _event(number: int, kind: str | None, length: int, hosts: range) -> None:
    await raw.execute(
        "INSERT INTO event_types (id, owner_id, title, slug, length_minutes, minimum_notice, scheduling_type)"
        " VALUES ($1, $2, 'Meeting', $3, $4, 0, $5)",
        *(number, OWNER, f"event{number}", length, kind),
    )
    await raw.execute_many(
        "INSERT INTO hosts (event_type_id, user_id) VALUES ($1, $2)", [(number, host) for host in hosts]
    )


async def _case(case: Case) -> None:
    await _event(case.event_id, "ROUND_ROBIN" if case.hosts > 1 else None, 30, case.host_ids)
    first = case.event_id * 100_000
    rows = [(first + index, host, start) for index, (host, start) in enumerate(booked_starts(case))]
    await _bookings(case.event_id, rows)


async def _bookings(event_id: int, rows: list[tuple[int, int, int]]) -> None:
    await raw.execute_many(
        "INSERT INTO bookings (id, uid, event_type_id, user_id, status, title, start_s, end_s, ical_uid, booker_email)"
        " VALUES ($1, $2, $3, $4, 'ACCEPTED', 'Meeting', $5, $6, $7, 'booker@example.com')",
        [(n, f"uid{n}", event_id, host, start, start + 1_800, f"uid{n}@slotgraph") for n, host, start in rows],
    )
    await raw.execute_many(
        "INSERT INTO booking_hosts (booking_id, host_id, event_type_id, start_s, end_s, blocks, blocks_same_type,"
        " is_organizer) VALUES ($1, $2, $3, $4, $5, TRUE, TRUE, TRUE)",
        [(number, host, event_id, start, start + 1_800) for number, host, start in rows],
    )
    await raw.execute_many(
        "INSERT INTO attendees (booking_id, position, kind, email, name, time_zone)"
        " VALUES ($1, 0, 'BOOKER', $2, 'Booker', 'Europe/Berlin')",
        [(number, f"booker{number}@example.com") for number, _, _ in rows],
    )


async def _booked_events() -> None:
    for number in BOOKED_EVENTS:
        await _event(number, None, 5, range(number, number + 1))
    await raw.execute("UPDATE event_types SET owner_id = id WHERE id = ANY($1)", list(BOOKED_EVENTS))


FLOOR_TABLES = (
    "CREATE TABLE floor_hosts (event_id INT, host_id INT, PRIMARY KEY (event_id, host_id))",
    "CREATE TABLE floor_bookings (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, uid TEXT, event_id INT,"
    " host_id INT, title TEXT, status TEXT, start_s BIGINT, end_s BIGINT, location TEXT,"
    " created_at TIMESTAMPTZ DEFAULT now(),"
    " EXCLUDE USING gist (host_id WITH =, int8range(start_s, end_s) WITH &&) WHERE (status = 'ACCEPTED'))",
    "CREATE INDEX ON floor_bookings (host_id, start_s)",
    "CREATE TABLE floor_attendees (booking_id BIGINT, name TEXT, email TEXT)",
    "CREATE INDEX ON floor_attendees (booking_id)",
)


async def _floor() -> None:
    for statement in FLOOR_TABLES:
        await raw.execute(statement)
    await raw.execute("INSERT INTO floor_hosts SELECT event_type_id, user_id FROM hosts")
    await raw.execute(
        "INSERT INTO floor_bookings (id, uid, event_id, host_id, title, status, start_s, end_s)"
        " SELECT b.id, b.uid, b.event_type_id, b.user_id, b.title, b.status, b.start_s, b.end_s FROM bookings b"
    )
    await raw.execute("SELECT setval(pg_get_serial_sequence('floor_bookings', 'id'), 100000000)")
    await raw.execute("INSERT INTO floor_attendees SELECT booking_id, name, email FROM attendees")
