"""What a driver's error means: a named constraint, a reason to try again, or a database that cannot be reached."""

import sqlite3
from typing import Literal

import asyncpg
from tortoise.exceptions import BaseORMException, DBConnectionError, ValidationError

from app.errors import UNSTORABLE, InvalidInputError, ServiceUnavailableError

ConstraintKind = Literal["unique", "exclusion", "check", "foreign_key", "not_null"]

BUSY = "The database is busy. Try again."
UNREACHABLE = "The database cannot be reached just now. Try again."
_TRY_AGAIN_STATES = frozenset({"40001", "40P01", "55P03"})
_KINDS: dict[str, ConstraintKind] = {
    "23505": "unique",
    "23P01": "exclusion",
    "23514": "check",
    "23503": "foreign_key",
    "23502": "not_null",
}
_GONE = ("closed", "closing", "released")
_SQLITE_GONE = ("interrupted", "unable to open", "disk i/o", "disk is full", "closed", "no active connection")


class ConstraintError(Exception):
    """A statement broke the constraint `name`; the transaction was rolled back.

    SQLite does not name foreign keys: there `name` is `fk` and `kind` says it.
    """

    def __init__(self, name: str, kind: ConstraintKind) -> None:
        super().__init__(name)
        self.name = name
        self.kind = kind


class TryAgainError(Exception):
    """Two transactions got in each other's way; the same work may succeed when run again."""


def meaning_of(error: BaseException) -> Exception | None:
    """The error to raise instead of a driver's or the ORM's; None when it says nothing a caller can act on."""
    if isinstance(error, ValidationError):  # the ORM's own, before it asks the database
        return InvalidInputError(UNSTORABLE)
    driver = _driver_error(error)
    if isinstance(driver, asyncpg.PostgresError):
        return _postgres_meaning(driver)
    if isinstance(driver, OverflowError):  # SQLite's driver, for a number of more than 64 bits
        return InvalidInputError(UNSTORABLE)
    if isinstance(driver, sqlite3.Error):
        return _sqlite_meaning(driver)
    if isinstance(driver, asyncpg.InterfaceError):
        return _unreachable() if any(word in str(driver) for word in _GONE) else None
    # InternalClientError: the server said farewell on a connection that was just about to be used.
    if isinstance(driver, OSError | TimeoutError | DBConnectionError | asyncpg.InternalClientError):
        return _unreachable()
    if isinstance(driver, ValueError) and "no active connection" in str(driver):
        return _unreachable()
    return None


def _unreachable() -> ServiceUnavailableError:
    return ServiceUnavailableError(UNREACHABLE)


def _driver_error(error: BaseException) -> BaseException:
    if isinstance(error, BaseORMException):
        if error.__cause__ is not None:
            return error.__cause__
        if error.args and isinstance(error.args[0], Exception):
            return error.args[0]
    return error


def _postgres_meaning(error: asyncpg.PostgresError) -> Exception | None:
    state = error.sqlstate or ""
    if state in _TRY_AGAIN_STATES:
        return TryAgainError(str(error))
    if state in _KINDS:
        kind = _KINDS[state]
        name = getattr(error, "constraint_name", None)
        if kind == "not_null":
            name = f"nn_{getattr(error, 'table_name', '')}_{getattr(error, 'column_name', '')}"
        return ConstraintError(name or "", kind)
    if state[:2] == "22":  # out of range, too long, not of the type
        return InvalidInputError(UNSTORABLE)
    # 08 connection, 53 resources, 57 operator intervention: shutdown, statement timeout.
    return _unreachable() if state[:2] in {"08", "53", "57"} else None


def _sqlite_meaning(error: sqlite3.Error) -> Exception | None:
    text = str(error)
    if isinstance(error, sqlite3.IntegrityError):
        return _sqlite_constraint(getattr(error, "sqlite_errorname", ""), text)
    if "locked" in text or "busy" in text:
        return TryAgainError(text)
    return _unreachable() if any(word in text.lower() for word in _SQLITE_GONE) else None


def _sqlite_constraint(error_name: str, text: str) -> ConstraintError:
    detail = text.partition(": ")[2]
    if error_name == "SQLITE_CONSTRAINT_FOREIGNKEY" or text.startswith("FOREIGN KEY"):
        return ConstraintError("fk", "foreign_key")
    if error_name == "SQLITE_CONSTRAINT_NOTNULL":
        return ConstraintError("nn_" + detail.replace(".", "_"), "not_null")
    if error_name == "SQLITE_CONSTRAINT_CHECK":
        return ConstraintError(detail, "check")
    if error_name == "SQLITE_CONSTRAINT_TRIGGER":
        return ConstraintError(text, "exclusion" if text.startswith("ex_") else "check")
    return ConstraintError(_unique_name(detail), "unique")


def _unique_name(detail: str) -> str:
    # `index 'name'` for an index with expressions, else `table.a, table.b`
    if detail.startswith("index "):
        return detail.removeprefix("index ").strip("'")
    return UNIQUE_BY_COLUMNS.get(detail, detail)


UNIQUE_BY_COLUMNS: dict[str, str] = {}
"""Name of each unique index by what SQLite says when it is broken; filled in when a database is opened."""
