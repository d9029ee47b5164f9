"""Inputs made by a plan are those that Strawberry makes field by field."""

from enum import Enum
from typing import Any

import pytest
import strawberry
from strawberry.schema.name_converter import NameConverter
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryObjectDefinition, get_object_definition

from schema.app import schema as served
from schema.build import SlotgraphSchema, build_schema
from schema.input_reading import CachedNames


@strawberry.enum
class Size(Enum):
    """How large."""

    SMALL = "s"
    LARGE = "l"


@strawberry.input
class Inner:
    """Nested."""

    some_number: int
    text: str | None = None
    size: Size = Size.SMALL


@strawberry.input
class Outer:
    """With every kind of field that is planned."""

    inner: Inner
    must_be: str
    may_be: str | None
    other: Inner | None = None
    unset: int | None = strawberry.UNSET
    numbers: list[int] = strawberry.field(default_factory=list)
    people: list[Inner] = strawberry.field(default_factory=list)
    named: str = strawberry.field(name="anotherName", default="x")


@strawberry.input
class Change:
    """Has fields that tell null from absent."""

    title: strawberry.Maybe[str] = None


@strawberry.type
class Query:
    @strawberry.field
    def take(self, outer: Outer, change: Change | None = None) -> str:
        return repr(outer)


@pytest.fixture(scope="module")
def schema() -> SlotgraphSchema:
    return build_schema(Query)


INNER = {"someNumber": 1}
VALUES: list[dict[str, Any]] = [
    {"inner": INNER, "mustBe": "a"},
    {"inner": {**INNER, "text": None, "size": Size.LARGE}, "mustBe": "a", "mayBe": None, "other": None},
    {"inner": INNER, "mustBe": "a", "mayBe": "b", "other": {**INNER, "text": "t"}, "unset": None, "numbers": [1, 2]},
    {"inner": INNER, "mustBe": "a", "unset": 3, "people": [INNER, {**INNER, "text": "u"}], "anotherName": "y"},
    {"inner": INNER, "mustBe": "a", "people": []},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_are_the_same(schema: SlotgraphSchema, value: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    converter = schema.schema_converter
    planned = convert_argument(value, Outer, converter.scalar_registry, schema.config)
    for made in (Inner, Outer):
        definition = definition_of(made)
        assert definition.from_input is not None
        monkeypatch.setattr(definition, "from_input", None)
    assert planned == convert_argument(value, Outer, converter.scalar_registry, schema.config)
    assert isinstance(planned, Outer)
    assert isinstance(planned.inner, Inner)


def test_a_list_is_copied(schema: SlotgraphSchema) -> None:
    given = {"inner": INNER, "mustBe": "a", "numbers": [1]}
    made: Any = convert_argument(given, Outer, schema.schema_converter.scalar_registry, schema.config)
    made.numbers.append(2)
    assert given["numbers"] == [1]


def test_inputs_that_tell_null_from_absent_stay_with_strawberry(schema: SlotgraphSchema) -> None:
    assert definition_of(Change).from_input is None
    assert definition_of(Outer).from_input is not None


async def test_through_a_whole_operation(schema: SlotgraphSchema) -> None:
    document = '{take(outer: {inner: {someNumber: 1, size: LARGE}, mustBe: "a", people: [{someNumber: 2}]})}'
    answer = await schema.execute(document)
    assert answer.errors is None
    people = [Inner(some_number=2)]
    expected = Outer(inner=Inner(some_number=1, size=Size.LARGE), must_be="a", may_be=None, people=people)
    assert answer.data == {"take": repr(expected)}


def test_the_served_inputs_are_planned() -> None:
    published = served._schema.type_map["CreateBookingInput"]
    assert published.extensions["strawberry-definition"].from_input is not None


def test_names_are_those_of_strawberry() -> None:
    names, plain = CachedNames(), NameConverter()
    for name in ("some_number", "uid", "a_b_c", "_private", "some_number"):
        assert names.apply_naming_config(name) == plain.apply_naming_config(name)


def definition_of(made: type) -> StrawberryObjectDefinition:
    definition = get_object_definition(made, strict=True)
    assert definition is not None
    return definition
