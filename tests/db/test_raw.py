"""One statement text works on both dialects."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.db import raw
from app.db.errors import ConstraintError, TryAgainError
from app.db.session import Database
from app.errors import ServiceUnavailableError
from app.models import OutOfOffice, User
from tests.db.conftest import Rows


async def test_rows_row_and_value(rows: Rows) -> None:
    first, second = await rows.user(name="Ada"), await rows.user(name="Bob")
    found = await raw.rows("SELECT id, name FROM users WHERE id = ANY($1::int[]) ORDER BY id", [second, first])
    assert [(row["id"], row["name"]) for row in found] == [(first, "Ada"), (second, "Bob")]
    assert await raw.value("SELECT name FROM users WHERE id = $1", second) == "Bob"
    assert await raw.row("SELECT 1 FROM users WHERE id = $1", -1) is None
    assert await raw.value("SELECT 1 FROM users WHERE id = $1", -1) is None


async def test_execute_answers_how_many_rows_changed(rows: Rows) -> None:
    ids = [await rows.user() for _ in range(3)]
    assert await raw.execute("UPDATE users SET bio = $1 WHERE id = ANY($2)", "hello", ids[:2]) == 2
    assert await raw.execute("DELETE FROM users WHERE id = $1", -1) == 0


async def test_execute_many_is_all_or_nothing(rows: Rows) -> None:
    with pytest.raises(ConstraintError):
        await raw.execute_many(
            "INSERT INTO users (username, email) VALUES ($1, $2)",
            [("ann", "ann@example.com"), ("ann", "x@example.com")],
        )
    assert await raw.value("SELECT count(*) FROM users") == 0


async def test_instants_of_models_and_raw_statements_are_the_same(rows: Rows) -> None:
    moment = datetime(2026, 3, 2, 9, 30, 0, 250_000, tzinfo=UTC)
    kolkata = moment.astimezone(timezone(timedelta(hours=5, minutes=30)))
    written = await rows.user(email_verified_at=kolkata)
    user = await User.get(id=written)
    assert user.email_verified_at == moment
    assert await raw.value("SELECT id FROM users WHERE email_verified_at = $1", kolkata) == written
    assert raw.instant(await raw.value("SELECT email_verified_at FROM users")) == moment


async def test_dates_json_and_defaults_of_models_and_raw_statements_are_the_same(rows: Rows) -> None:
    person = await User.create(username="ann", email="ann@example.com", metadata={"a": [1, None]})
    by_hand = await rows.user(metadata=raw.dumps({"a": [1, None]}))
    await OutOfOffice.create(uuid="u", user=person, start_date=date(2026, 3, 2), end_date=date(2026, 3, 3))
    columns = "metadata, time_zone, time_format, hide_branding, allow_dynamic_booking, slots_changed_at"
    one, other = await raw.rows(f"SELECT {columns} FROM users ORDER BY id")
    assert list(one)[1:] == list(other)[1:]
    assert raw.loads(one["metadata"]) == raw.loads(other["metadata"]) == {"a": [1, None]}
    assert raw.day(await raw.value("SELECT start_date FROM out_of_office WHERE end_date >= $1", date(2026, 3, 3))) == (
        date(2026, 3, 2)
    )
    assert (await User.get(id=by_hand)).created_at.tzinfo is not None


async def test_reads_see_what_was_written_a_moment_ago(rows: Rows) -> None:
    for number in range(20):
        written = await rows.user()
        assert await raw.value("SELECT count(*) FROM users") == number + 1
        assert await User.filter(id=written).exists()


@pytest.mark.sqlite
async def test_a_read_that_never_ends_is_interrupted(database: Database) -> None:
    from app.db.sqlite import Reader, SqliteDatabase  # noqa: PLC0415 SQLite only

    assert isinstance(database, SqliteDatabase)
    database._reader = Reader(database._client.filename, 0.05)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(ServiceUnavailableError):
        await raw.value(endless)
    assert await raw.value("SELECT 1") == 1


@pytest.mark.postgres
async def test_a_statement_over_a_queue_is_planned_anew(database: object) -> None:
    """Elsewhere a connection keeps its plans; inside, plans are of now, and that ends with the block."""
    setting = "SHOW plan_cache_mode"
    assert await raw.value(setting) == "force_generic_plan"
    async with raw.planned_anew():
        assert await raw.value(setting) == "force_custom_plan"
    assert await raw.value(setting) == "force_generic_plan"


@pytest.mark.postgres
async def test_a_collision_while_planning_anew_is_tried_later(database: object) -> None:
    """As for a statement by itself: who looks for work has no transaction to repeat."""
    with pytest.raises(ServiceUnavailableError):
        async with raw.planned_anew():
            raise TryAgainError("two claims met")
