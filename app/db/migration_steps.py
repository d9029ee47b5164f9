"""What a migration file may use: statements one by one, and the SQLite way to change a table."""

from collections.abc import Iterable

from tortoise import BaseDBAsyncClient

NOTHING_LEFT = "SELECT 1;"


async def run_statements(db: BaseDBAsyncClient, *, postgres: Iterable[str], sqlite: Iterable[str]) -> str:
    """Run this dialect's statements one by one and answer a script that does nothing, which aerich runs after them.

    A script given back to aerich is not rolled back on SQLite when it fails half way; single statements are.
    """
    for statement in sqlite if db.capabilities.dialect == "sqlite" else postgres:
        await db.execute_query(statement)
    return NOTHING_LEFT


async def rebuild_sqlite_table(db: BaseDBAsyncClient, table: str, create: str, columns: dict[str, str]) -> None:
    """Replace a SQLite table by one with another definition, keeping its rows, indexes and triggers.

    `create` is the CREATE TABLE statement with the table's own name; `columns` maps each column to fill to the SQL
    expression over the old table that fills it. An index or trigger over a column that is gone must be dropped
    before. `app.db.migrate` holds foreign keys off and checks them before the commit, so no child row is lost.
    """
    old = f"{table}__old"
    attached = await db.execute_query_dict(
        "SELECT type, name, sql FROM sqlite_master"
        " WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
        [table],
    )
    for row in attached:
        await db.execute_query(f'DROP {row["type"].upper()} "{row["name"]}"')
    await db.execute_query("PRAGMA legacy_alter_table = ON")  # or other tables' references would follow the rename
    await db.execute_query(f'ALTER TABLE "{table}" RENAME TO "{old}"')
    await db.execute_query("PRAGMA legacy_alter_table = OFF")
    await db.execute_query(create)
    names = ", ".join(f'"{name}"' for name in columns)
    await db.execute_query(f'INSERT INTO "{table}" ({names}) SELECT {", ".join(columns.values())} FROM "{old}"')
    await db.execute_query(f'DROP TABLE "{old}"')
    for row in attached:
        await db.execute_query(row["sql"])
