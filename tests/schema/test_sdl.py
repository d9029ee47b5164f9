"""The rules of the published schema, on small schemas that break them and on the sample."""

from typing import Annotated, Any

import pytest
import strawberry

from schema import sdl
from schema.build import build_schema
from schema.errors import Conflict, InvalidInput
from schema.node import Node
from tests.schema.sample import make_sample

OLD = """
type Query { "A." a(x: Int): String  b: Colour }
enum Colour { RED BLUE }
"""


def test_the_export_is_sorted_and_can_be_read_back() -> None:
    text = sdl.export(make_sample().schema)
    names = [line.split()[1] for line in text.splitlines() if line.startswith("type ")]
    assert names == sorted(names)
    assert sdl.changes(text, text) == ([], [])


def test_the_checked_in_file_is_compared_byte_by_byte(tmp_path: Any) -> None:
    schema = make_sample().schema
    path = tmp_path / "schema.graphql"
    assert not sdl.is_current(schema, path)
    path.write_text(sdl.export(schema), encoding="utf-8")
    assert sdl.is_current(schema, path)
    path.write_text(sdl.export(schema) + " ", encoding="utf-8")
    assert not sdl.is_current(schema, path)


def test_breaking_and_dangerous_changes_are_told_apart() -> None:
    new = OLD.replace("a(x: Int): String", "a(x: Int!): String").replace("RED BLUE", "RED BLUE GREEN")
    breaking, dangerous = sdl.changes(OLD, new)
    assert len(breaking) == 1
    assert "Query.a" in breaking[0]
    assert len(dangerous) == 1
    assert "GREEN" in dangerous[0]


def test_a_change_is_declared_by_naming_it_in_the_changelog() -> None:
    new = OLD.replace("b: Colour", "").replace("enum Colour { RED BLUE }", "")
    assert len(sdl.undeclared(OLD, new, "")) == 2
    assert sdl.undeclared(OLD, new, "Removed: `Query.b` and the enum `Colour`.") == []


def test_a_ref_without_the_file_publishes_nothing() -> None:
    assert sdl.published_at("no-such-ref") is None


def test_the_sample_keeps_the_rules_but_for_its_plain_lists() -> None:
    assert sdl.lint(make_sample().schema) == [
        "Query.maybeThings: a list of entities is a connection, or says that it is bounded",
        "Query.maybeThings: items of a list are not null",
        "Query.things: a list of entities is a connection, or says that it is bounded",
        "Thing.marks: items of a list are not null",
    ]


@strawberry.type
class Bare(Node):
    plain: str
    edge: "Bare"


@strawberry.type(description="Done.")
class Done:
    ok: bool = strawberry.field(description="Ok.")


@strawberry.type(description="Root.")
class Query:
    @strawberry.field(description="Bare.")
    def bare(self, number: int) -> Bare | None:
        return None


WrongOrder = Annotated[Conflict | Done, strawberry.union("WrongOrder", description="Outcome.")]
Stranger = Annotated[Done | InvalidInput | Bare, strawberry.union("Stranger", description="Outcome.")]


@strawberry.type(description="Root.")
class Mutation:
    @strawberry.mutation(description="Two arguments, no union.")
    def loose(self, a: int, b: int) -> Done:
        return Done(ok=True)

    @strawberry.mutation(description="Error first.")
    def wrong_order(self, input: int) -> WrongOrder:
        return Done(ok=True)

    @strawberry.mutation(description="A member that is no error.")
    def stranger(self, input: int) -> Stranger:
        return Done(ok=True)


@pytest.mark.parametrize(
    "line",
    [
        "Bare: no description",
        "Bare.plain: no description",
        "Query.bare(number:): no description",
        "Bare.edge: an edge to another entity is nullable",
        "Mutation.loose: takes exactly one argument, `input`, not null",
        "Mutation.loose: answers a union",
        "Mutation.wrongOrder: the first member of WrongOrder is the success",
        "Mutation.stranger: Bare in Stranger does not implement UserError",
    ],
)
def test_each_rule_is_enforced(line: str) -> None:
    assert line in sdl.lint(build_schema(Query, Mutation))
