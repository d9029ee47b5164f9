"""`graphql/schema.graphql`: the schema as a file, sorted, so that a diff shows what changed for clients."""

from pathlib import Path

from graphql import build_schema, lexicographic_sort_schema, print_schema
from graphql.utilities import find_breaking_changes, find_dangerous_changes

from schema.app import schema

FILE = Path(__file__).parents[1] / "graphql" / "schema.graphql"


def sdl() -> str:
    """The served schema as text, sorted; sorted by way of its text, since a sorted schema could not be executed."""
    served = build_schema(schema.as_str())
    return print_schema(lexicographic_sort_schema(served)) + "\n"


def write_schema(path: Path | None = None) -> Path:
    """Write the file; its path."""
    path = path or FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(sdl(), encoding="utf-8")
    return path


def check_schema(path: Path | None = None) -> list[str]:
    """What is wrong with the file: nothing, or that it is old, with the changes that clients would feel."""
    path = path or FILE
    if not path.exists():
        return [f"{path.name} is missing. Run `slotgraph schema export`."]
    written = path.read_text(encoding="utf-8")
    current = sdl()
    if written == current:
        return []
    return [f"{path.name} is not up to date. Run `slotgraph schema export`.", *_changes(written, current)]


def _changes(before: str, after: str) -> list[str]:
    old, new = build_schema(before), build_schema(after)
    breaking = [f"BREAKING: {change.description}" for change in find_breaking_changes(old, new)]
    return breaking + [f"DANGEROUS: {change.description}" for change in find_dangerous_changes(old, new)]
