"""What the database itself refuses, by the same name on both dialects."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import ConstraintError, UnitOfWork, unit_of_work
from app.models import Booking, Seat
from tests.db.conftest import Rows

HOUR = 3_600
T0 = 1_772_000_000


async def refused(attempt: Awaitable[object]) -> str:
    """The name of the constraint that an attempt breaks."""
    with pytest.raises(ConstraintError) as caught:
        await attempt
    return caught.value.name


async def won(attempt: Awaitable[object], constraint: str) -> bool:
    """Whether an attempt succeeded; it may only fail at this constraint."""
    try:
        await attempt
    except ConstraintError as error:
        if error.name != constraint:
            raise
        return False
    return True


@pytest.fixture
async def host(rows: Rows) -> int:
    """A host."""
    return await rows.user()


@pytest.fixture
async def talk(rows: Rows, host: int) -> int:
    """Their event type."""
    return await rows.event_type(host)


@pytest.fixture
async def other_talk(rows: Rows, host: int) -> int:
    """Another event type of the host."""
    return await rows.event_type(host)


@pytest.mark.parametrize(
    ("start", "end"),
    [(T0, T0 + HOUR), (T0 + 1, T0 + 2), (T0 - 5, T0 + 1), (T0 + HOUR - 1, T0 + 2 * HOUR), (T0 - 5, T0 + 2 * HOUR)],
    ids=["equal", "inside", "over the start", "over the end", "around"],
)
async def test_a_host_is_never_booked_twice(
    rows: Rows, host: int, talk: int, other_talk: int, start: int, end: int
) -> None:
    await rows.span(host, talk, T0, T0 + HOUR, "ACCEPTED")
    assert await refused(rows.span(host, other_talk, start, end, "ACCEPTED")) == "ex_booking_hosts_overlap"


@pytest.mark.parametrize(("start", "end"), [(T0 - HOUR, T0), (T0 + HOUR, T0 + 2 * HOUR)], ids=["before", "after"])
async def test_touching_spans_are_allowed(rows: Rows, host: int, talk: int, start: int, end: int) -> None:
    await rows.span(host, talk, T0, T0 + HOUR, "ACCEPTED")
    await rows.span(host, talk, start, end, "ACCEPTED")


async def test_another_host_is_not_in_the_way(rows: Rows, host: int, talk: int) -> None:
    await rows.span(host, talk, T0, T0 + HOUR, "ACCEPTED")
    await rows.span(await rows.user(), talk, T0, T0 + HOUR, "ACCEPTED")


@pytest.mark.parametrize("status", ["CANCELLED", "PENDING"])
async def test_a_span_that_does_not_block_stands_in_nobodys_way(rows: Rows, host: int, talk: int, status: str) -> None:
    await rows.span(host, talk, T0, T0 + HOUR, status)
    await rows.span(host, talk, T0, T0 + HOUR, "ACCEPTED")
    await rows.span(host, talk, T0, T0 + HOUR, status)


async def test_a_pending_span_under_the_policy_blocks_its_own_type_only(
    rows: Rows, host: int, talk: int, other_talk: int
) -> None:
    """BT-2."""
    await rows.span(host, talk, T0, T0 + HOUR, "HOLDING")
    for status in ("HOLDING", "ACCEPTED"):
        assert await refused(rows.span(host, talk, T0 + 5, T0 + HOUR, status)) == "ex_booking_hosts_same_type"
    await rows.span(host, other_talk, T0, T0 + HOUR, "ACCEPTED")


async def test_accepting_checks_again(rows: Rows, host: int, talk: int, other_talk: int) -> None:
    pending = await rows.span(host, talk, T0, T0 + HOUR, "PENDING")
    await rows.span(host, other_talk, T0 + HOUR // 2, T0 + HOUR, "ACCEPTED")
    accept = "UPDATE booking_hosts SET blocks = $2, blocks_same_type = $2 WHERE id = $1"
    assert await refused(raw.execute(accept, pending, True)) == "ex_booking_hosts_overlap"


async def test_moving_a_span_checks_again_but_not_against_itself(rows: Rows, host: int, talk: int) -> None:
    moving = await rows.span(host, talk, T0, T0 + HOUR, "ACCEPTED")
    await rows.span(host, talk, T0 + 2 * HOUR, T0 + 3 * HOUR, "ACCEPTED")
    move = "UPDATE booking_hosts SET start_s = $2, end_s = $3 WHERE id = $1"
    free = "UPDATE booking_hosts SET blocks = $2, blocks_same_type = $2 WHERE id = $1"
    await raw.execute(move, moving, T0 + HOUR // 2, T0 + 2 * HOUR)
    assert await refused(raw.execute(move, moving, T0, T0 + 2 * HOUR + 1)) == "ex_booking_hosts_overlap"
    assert await raw.execute(free, moving, False) == 1
    await raw.execute(move, moving, T0, T0 + 2 * HOUR + 1)


async def test_giving_a_span_to_a_busy_host_is_refused(rows: Rows, host: int, talk: int) -> None:
    """TM-18, reassigning."""
    other = await rows.user()
    await rows.span(host, talk, T0, T0 + HOUR, "ACCEPTED")
    theirs = await rows.span(other, talk, T0, T0 + HOUR, "ACCEPTED")
    give = "UPDATE booking_hosts SET host_id = $2 WHERE id = $1"
    assert await refused(raw.execute(give, theirs, host)) == "ex_booking_hosts_overlap"


async def test_sixteen_racers_for_overlapping_slots_have_one_winner(
    make_ctx: Callable[..., RequestContext], rows: Rows, host: int, talk: int
) -> None:
    async def race(number: int) -> bool:
        async def work(uow: UnitOfWork) -> None:
            await rows.span(host, talk, T0 + number * 60, T0 + HOUR + number * 60, "ACCEPTED")

        return await won(unit_of_work(make_ctx(), work), "ex_booking_hosts_overlap")

    for round_ in range(5):
        results = await asyncio.gather(*(race(round_ * 100 + number) for number in range(16)))
        assert sum(results) == 1
    assert await raw.value("SELECT count(*) FROM bookings") == 5  # the losers left nothing


@pytest.mark.parametrize("by", ["booking", "event type"])
async def test_seats_are_never_oversold(rows: Rows, host: int, by: str) -> None:
    """BK-35."""
    workshop = await rows.event_type(host, seats_per_slot=2)
    capacity = {"seat_capacity": 3} if by == "booking" else {}
    booking = await rows.booking(host, workshop, **capacity)
    for _ in range(3 if by == "booking" else 2):
        await rows.seat(booking)
    assert await refused(rows.seat(booking)) == "ck_seats_capacity"


async def test_a_seat_moved_to_a_full_booking_is_refused(rows: Rows, host: int, talk: int) -> None:
    full, free = await rows.booking(host, talk, seat_capacity=1), await rows.booking(host, talk, seat_capacity=1)
    await rows.seat(full)
    seat = await rows.seat(free)
    assert await refused(raw.execute("UPDATE seats SET booking_id = $2 WHERE id = $1", seat, full)) == (
        "ck_seats_capacity"
    )
    await raw.execute("UPDATE seats SET booking_id = $2 WHERE id = $1", seat, free)


async def test_without_a_capacity_seats_are_not_counted(rows: Rows, host: int, talk: int) -> None:
    booking = await rows.booking(host, talk)
    for _ in range(5):
        await rows.seat(booking)


async def test_racers_for_the_last_seats(make_ctx: Callable[..., RequestContext], rows: Rows, host: int) -> None:
    workshop = await rows.event_type(host, seats_per_slot=3)
    booking = await rows.booking(host, workshop)

    async def race() -> bool:
        async def work(uow: UnitOfWork) -> None:
            await rows.seat(booking)

        return await won(unit_of_work(make_ctx(), work), "ck_seats_capacity")

    assert sum(await asyncio.gather(*(race() for _ in range(16)))) == 3
    assert await Seat.filter(booking_id=booking).count() == 3


UNIQUE = [
    ("INSERT INTO users (username, email) VALUES ('Ann', 'other@example.com')", "ux_users_username"),
    ("INSERT INTO users (username, email) VALUES ('other', 'ANN@example.com')", "ux_users_email"),
    ("INSERT INTO teams (name, slug) VALUES ('x', 'Sales')", "ux_teams_slug"),
    ("INSERT INTO teams (name, slug, parent_id) VALUES ('x', 'south', 9001)", "ux_teams_parent_slug"),
    ("INSERT INTO memberships (team_id, user_id) VALUES (9001, 9001)", "ux_memberships_team_user"),
    (
        "INSERT INTO event_types (owner_id, title, slug, length_minutes) VALUES (9001, 't', 'talk', 30)",
        "ux_event_types_owner_slug",
    ),
    (
        "INSERT INTO event_types (team_id, title, slug, length_minutes) VALUES (9001, 't', 'demo', 30)",
        "ux_event_types_team_slug",
    ),
    ("INSERT INTO hosts (event_type_id, user_id) VALUES (9001, 9001)", "ux_hosts_event_type_user"),
    ("INSERT INTO api_keys (id, user_id, hashed_key) VALUES ('2', 9001, 'h')", "ux_api_keys_hashed_key"),
    (
        "INSERT INTO idempotency_records (scope, key, operation, input_hash, expires_at)"
        " VALUES ('user:1', 'k', 'create', 'x', '2026-01-01 00:00:00+00:00')",
        "ux_idempotency_records_scope_key",
    ),
]
CHECKS = [
    ("UPDATE event_types SET length_minutes = 0", "ck_event_types_length"),
    ("UPDATE event_types SET owner_id = NULL, team_id = NULL", "ck_event_types_owned"),
    ("UPDATE event_types SET scheduling_type = 'ANYHOW'", "ck_event_types_scheduling_type"),
    ("UPDATE event_types SET period_type = 'EVER'", "ck_event_types_period_type"),
    ("UPDATE event_types SET before_buffer = -1", "ck_event_types_minutes"),
    ("UPDATE event_types SET seats_per_slot = 0", "ck_event_types_seats"),
    ("UPDATE hosts SET priority = 5", "ck_hosts_priority"),
    ("UPDATE hosts SET weight = -1", "ck_hosts_weight"),
    ("UPDATE schedule_rows SET days = 128", "ck_schedule_rows_days"),
    ("UPDATE schedule_rows SET end_minute = 1441", "ck_schedule_rows_minutes"),
    ("UPDATE memberships SET role = 'KING'", "ck_memberships_role"),
    ("UPDATE bookings SET status = 'MAYBE'", "ck_bookings_status"),
    ("UPDATE bookings SET end_s = start_s", "ck_bookings_span"),
    ("UPDATE bookings SET title = NULL", "nn_bookings_title"),
]


@pytest.fixture
async def world(rows: Rows) -> None:
    """One of everything that the statements above collide with, with id 9001."""
    await raw.execute("INSERT INTO users (id, username, email) VALUES (9001, 'ann', 'ann@example.com')")
    await raw.execute("INSERT INTO teams (id, name, slug) VALUES (9001, 'Sales', 'sales')")
    await raw.execute("INSERT INTO teams (id, name, slug, parent_id) VALUES (9002, 'South', 'south', 9001)")
    await raw.execute("INSERT INTO memberships (team_id, user_id) VALUES (9001, 9001)")
    await raw.execute(
        "INSERT INTO event_types (id, owner_id, team_id, title, slug, length_minutes)"
        " VALUES (9001, 9001, NULL, 't', 'talk', 30), (9002, NULL, 9001, 't', 'demo', 30)"
    )
    await raw.execute("INSERT INTO hosts (event_type_id, user_id) VALUES (9001, 9001)")
    await raw.execute("INSERT INTO schedules (id, user_id, name, time_zone) VALUES (9001, 9001, 's', 'UTC')")
    await raw.execute(
        "INSERT INTO schedule_rows (schedule_id, days, start_minute, end_minute) VALUES (9001, 2, 0, 1440)"
    )
    await raw.execute("INSERT INTO api_keys (id, user_id, hashed_key) VALUES ('1', 9001, 'h')")
    await raw.execute(
        "INSERT INTO idempotency_records (scope, key, operation, input_hash, expires_at)"
        " VALUES ('user:1', 'k', 'create', 'x', '2026-01-01 00:00:00+00:00')"
    )
    await rows.booking(9001, 9001)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("statement", "name"), [*UNIQUE, *CHECKS], ids=[name for _, name in (*UNIQUE, *CHECKS)])
async def test_the_database_refuses(statement: str, name: str) -> None:
    assert await refused(raw.execute(statement)) == name


@pytest.mark.usefixtures("world")
async def test_the_same_slug_elsewhere_is_allowed() -> None:
    await raw.execute("INSERT INTO teams (name, slug, parent_id) VALUES ('x', 'sales', 9001)")
    await raw.execute("INSERT INTO users (id, username, email) VALUES (9002, 'bob', 'bob@example.com')")
    await raw.execute("INSERT INTO event_types (owner_id, title, slug, length_minutes) VALUES (9002, 't', 'talk', 30)")
    await raw.execute("INSERT INTO users (username, email, organization_id) VALUES ('ann', 'a2@example.com', 9001)")


@pytest.mark.usefixtures("world")
async def test_foreign_keys_hold() -> None:
    with pytest.raises(ConstraintError) as caught:
        await raw.execute("INSERT INTO schedules (user_id, name, time_zone) VALUES (77, 's', 'UTC')")
    assert caught.value.kind == "foreign_key"
    await raw.execute("DELETE FROM users WHERE id = 9001")
    for table in ("memberships", "hosts", "schedules", "schedule_rows", "api_keys"):
        assert await raw.value(f"SELECT count(*) FROM {table}") == 0
    booking = await Booking.first()
    assert booking is not None
    assert await raw.value("SELECT user_id FROM bookings") is None  # history outlives its people
