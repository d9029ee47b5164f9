"""`graphql/schema.graphql`: what clients build against, and the rules that the schema keeps."""

from schema.app import schema
from schema.sdl import check


def test_the_file_is_what_the_schema_exports_and_keeps_the_rules_of_this_api() -> None:
    """Sorted and current; everything described, one input and one union per mutation, connections, nullable edges."""
    assert check(schema) == []
