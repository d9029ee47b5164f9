"""`graphql/schema.graphql`: what clients build against, and the rules that the schema keeps."""

from pathlib import Path

from schema.app import schema
from schema.sdl import SDL_PATH, is_current, lint

ROOT = Path(__file__).parents[2]


def test_the_file_is_what_the_schema_exports() -> None:
    assert is_current(schema, ROOT / SDL_PATH), "run `slotgraph schema export`"


def test_the_schema_keeps_the_rules_of_this_api() -> None:
    """Everything described, one input and one union per mutation, connections, nullable edges."""
    assert lint(schema) == []
