"""SQLite's text is derived from PostgreSQL's, and values become what SQLite stores."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.db.sql import Sql, day, instant, sqlite_statement, sqlite_values, utc

BERLIN = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("postgres", "sqlite"),
    [
        ("SELECT 1 WHERE id = $1", "SELECT 1 WHERE id = ?1"),
        ("SELECT $2, $1, $12", "SELECT ?2, ?1, ?12"),
        ("SELECT 1 WHERE id = ANY($1)", "SELECT 1 WHERE id IN (SELECT value FROM json_each(?1))"),
        ("SELECT 1 WHERE id = any($1::int[])", "SELECT 1 WHERE id IN (SELECT value FROM json_each(?1))"),
        ("SELECT 1 WHERE id <> ALL($3)", "SELECT 1 WHERE id NOT IN (SELECT value FROM json_each(?3))"),
        ("SELECT $1::varchar(20), a::timestamptz", "SELECT ?1, a"),
        ("SELECT greatest(a, $1), least(a, b)", "SELECT max(a, ?1), min(a, b)"),
        ("SELECT 1 WHERE name ILIKE $1", "SELECT 1 WHERE name LIKE ?1"),
        ("SELECT 1 WHERE a IS DISTINCT FROM $1", "SELECT 1 WHERE a IS NOT ?1"),
        ("SELECT 1 WHERE a IS NOT DISTINCT FROM b", "SELECT 1 WHERE a IS b"),
        ("SELECT a FROM b ORDER BY a FOR UPDATE", "SELECT a FROM b ORDER BY a "),
        ("SELECT a FROM b, c FOR UPDATE OF b SKIP LOCKED", "SELECT a FROM b, c "),
        (
            "UPDATE a SET b = 1 WHERE id IN (SELECT id FROM a FOR NO KEY UPDATE)",
            "UPDATE a SET b = 1 WHERE id IN (SELECT id FROM a )",
        ),
    ],
)
def test_statement_is_derived(postgres: str, sqlite: str) -> None:
    assert sqlite_statement(postgres).text == sqlite


def test_a_text_of_its_own_is_taken_for_sqlite() -> None:
    assert sqlite_statement(Sql(postgres="SELECT now()", sqlite="SELECT $1")).text == "SELECT ?1"


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("SELECT 1", True),
        (" with a AS (SELECT 1) SELECT * FROM a", True),
        ("WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a", False),
        ("INSERT INTO a VALUES (1) RETURNING id", False),
        ("PRAGMA foreign_key_check", False),
    ],
)
def test_only_reads_go_to_the_reader(text: str, reads: bool) -> None:
    assert sqlite_statement(text).reads is reads


def test_values_become_what_sqlite_stores() -> None:
    values = (1, "a", None, True, [3, 4], {"a": 1}, datetime(2026, 3, 2, 10, tzinfo=BERLIN), date(2026, 3, 2))
    expected = [1, "a", None, True, "[3,4]", '{"a":1}', "2026-03-02 09:00:00+00:00", "2026-03-02"]
    assert list(sqlite_values(values)) == expected


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        sqlite_values([datetime(2026, 3, 2)])  # noqa: DTZ001 the fault under test
    with pytest.raises(ValueError, match="naive"):
        utc(datetime(2026, 3, 2))  # noqa: DTZ001 the fault under test


def test_columns_are_read_alike() -> None:
    moment = datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=UTC)
    assert instant("2026-03-02 09:00:00.000005+00:00") == instant(moment) == moment
    assert instant(None) is None
    assert day("2026-03-02") == day(date(2026, 3, 2)) == date(2026, 3, 2)
