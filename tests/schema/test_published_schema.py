"""`graphql/schema.graphql`: what clients build against, and the rules that the schema keeps."""

from app.schema_file import check_schema
from schema.app import schema
from schema.sdl import lint


def test_the_file_is_what_the_schema_exports() -> None:
    assert check_schema() == []


def test_the_schema_keeps_the_rules_of_this_api() -> None:
    """Everything described, one input and one union per mutation, connections, nullable edges."""
    assert lint(schema) == []
