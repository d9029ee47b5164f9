"""Variables read by made functions are those that graphql-core reads, or are left to it."""

from typing import Any

import pytest
from graphql import GraphQLInputObjectType, build_schema, parse
from graphql.execution.values import VariableValues, get_variable_values
from graphql.language import OperationDefinitionNode
from hypothesis import given
from hypothesis import strategies as st

from schema.app import schema as served
from schema.executor.compiled import Unusual
from schema.executor.variables import VariableReader

SCHEMA = build_schema("""
    type Query { f(a: Outer, b: [Int!], c: Pick, d: Colour, e: Chain, g: [[Int]]): Int }
    input Outer { inner: Inner!, many: [Inner!]! = [], text: String = "x", colour: Colour! = RED, list: [Int] = [1] }
    input Inner { number: Int!, id: ID, flag: Boolean, ratio: Float }
    input Pick @oneOf { number: Int, text: String }
    input Chain { next: Chain }
    enum Colour { RED BLUE }
""")
HEAD = (
    "query($a: Outer, $b: [Int!], $c: Pick, $d: Colour = BLUE, $n: Int! = 3, $s: String, $l: [Int] = [1], $r: Boolean!)"
)


def node_of(document: str) -> OperationDefinitionNode:
    found = parse(document).definitions[0]
    assert isinstance(found, OperationDefinitionNode)
    return found


DEFINITIONS = node_of(HEAD + "{__typename}").variable_definitions or ()
READER = VariableReader(SCHEMA, DEFINITIONS)


def read(reader: VariableReader, values: dict[str, Any]) -> VariableValues | None:
    """What the reader makes of it; None when it leaves the values to graphql-core."""
    try:
        return reader.read(values)
    except Exception:
        return None


LEAF = st.one_of(st.none(), st.booleans(), st.integers(-(2**32), 2**32), st.floats(), st.text("ab", max_size=2))
INNER = st.fixed_dictionaries(
    {"number": st.integers(0, 9) | LEAF}, optional={"id": LEAF, "flag": LEAF, "ratio": LEAF, "unknown": LEAF}
)
OUTER = st.fixed_dictionaries(
    {"inner": INNER},
    optional={
        "many": st.lists(INNER, max_size=2) | INNER,
        "text": LEAF,
        "colour": st.sampled_from(["RED", "BLUE", "GREEN", None, 1]),
        "list": st.lists(LEAF, max_size=2) | LEAF,
    },
)
VALUES = st.fixed_dictionaries(
    {"r": st.booleans() | LEAF},
    optional={
        "a": OUTER | LEAF,
        "b": st.lists(st.integers(0, 3) | LEAF, max_size=3) | LEAF,
        "c": st.dictionaries(st.sampled_from(["number", "text", "x"]), LEAF, max_size=2),
        "d": st.sampled_from(["RED", "BLUE", None, 7]),
        "n": LEAF,
        "s": LEAF,
        "l": st.lists(st.integers(0, 3), max_size=2),
        "more": LEAF,
    },
)


@given(values=VALUES)
def test_what_is_read_is_what_graphql_core_reads(values: dict[str, Any]) -> None:
    made = read(READER, values)
    stock = get_variable_values(SCHEMA, DEFINITIONS, values)
    if isinstance(stock, list):
        assert made is None
    elif made is not None:
        assert repr(made.coerced) == repr(stock.coerced)
        assert list(made.sources) == list(stock.sources)
        assert [source.value for source in made.sources.values()] == [source.value for source in stock.sources.values()]


def test_ordinary_values_are_not_left_to_graphql_core() -> None:
    values = {"a": {"inner": {"number": 1, "id": "x"}}, "b": [1, 2], "c": {"text": "t"}, "l": [1], "r": True}
    made = READER.read(values)
    assert made.coerced == {
        "a": {"inner": {"number": 1, "id": "x"}, "many": [], "text": "x", "colour": "RED", "list": [1]},
        "b": [1, 2],
        "c": {"text": "t"},
        "d": "BLUE",
        "n": 3,
        "l": [1],
        "r": True,
    }


def test_a_default_that_could_be_changed_is_made_anew_by_graphql_core() -> None:
    with pytest.raises(Unusual):
        READER.read({"r": True})


@pytest.mark.parametrize("type_", ["Chain", "[Chain!]", "Nothing", "Query"])
def test_types_without_end_and_types_that_are_no_input_stay_with_graphql_core(type_: str) -> None:
    definitions = node_of(f"query($x: {type_}) {{__typename}}").variable_definitions or ()
    with pytest.raises(Unusual):
        VariableReader(SCHEMA, definitions)


def test_every_served_input_has_a_reader() -> None:
    names = [name for name, type_ in served._schema.type_map.items() if isinstance(type_, GraphQLInputObjectType)]
    for name in names:
        VariableReader(served._schema, node_of(f"query($x: {name}!) {{__typename}}").variable_definitions or ())
    assert "CreateBookingInput" in names
