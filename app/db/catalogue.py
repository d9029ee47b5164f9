"""What a database consists of, as lines to compare: tables, columns, indexes, constraints, triggers, functions."""

from app.db.session import Database

_POSTGRES = (
    """
    SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
           || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
           || CASE WHEN a.attidentity <> '' THEN ' identity' ELSE '' END
           || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS line
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
    """,
    """
    SELECT 'constraint ' || c.conname || ' on ' || c.conrelid::regclass || ' ' || pg_get_constraintdef(c.oid) AS line
      FROM pg_constraint c
     WHERE c.connamespace = current_schema()::regnamespace AND c.contype IN ('p', 'f', 'u', 'c', 'x')
    """,
    """
    SELECT 'index ' || replace(pg_get_indexdef(i.indexrelid), current_schema() || '.', '') AS line
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE c.relnamespace = current_schema()::regnamespace
    """,
    """
    SELECT 'trigger ' || replace(pg_get_triggerdef(t.oid), current_schema() || '.', '') AS line
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
    """,
    """
    SELECT 'function ' || p.proname || ' ' || p.prosrc AS line
      FROM pg_proc p LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
     WHERE p.pronamespace = current_schema()::regnamespace AND d.objid IS NULL
    """,
)
_SQLITE = (
    "SELECT type || ' ' || name || ' ' || coalesce(sql, 'by itself') AS line FROM sqlite_master"
    " WHERE name NOT LIKE 'sqlite_%'",
)


async def read_catalogue(database: Database) -> list[str]:
    """Sorted lines, white space normalized, the same for every server version we support."""
    lines: list[str] = []
    for query in _POSTGRES if database.dialect == "postgres" else _SQLITE:
        lines += [" ".join(row["line"].split()) for row in await database.fetch(query, ())]
    return sorted(lines)
