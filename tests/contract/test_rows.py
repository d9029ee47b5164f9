"""The rows against the contract, and against the GraphQL fields they name."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from app.rest.operation import AnyOperation
from app.rest.v2.operations import OPERATIONS
from schema.app import schema
from tests.contract import contract
from tests.contract.not_yet import NOT_YET

needs_contract = pytest.mark.skipif(not contract.is_here(), reason=contract.ABSENT)
WAITING = [name for group in NOT_YET.values() for name in group]


def _resolver(field: str) -> Callable[..., Any]:
    """The function behind `Type.field`, without what Strawberry wraps around it."""
    type_name, _, name = field.partition(".")
    definition = schema.get_type_by_name(type_name)
    assert isinstance(definition, StrawberryObjectDefinition), f"there is no type {type_name}"
    for candidate in definition.fields:
        if schema.config.name_converter.get_graphql_name(candidate) == name:
            assert isinstance(candidate, StrawberryField)
            assert candidate.base_resolver is not None, f"{field} has no resolver"
            function: Any = candidate.base_resolver.wrapped_func
            return function  # type: ignore[no-any-return]
    raise AssertionError(f"there is no field {field}")


def _calls(function: Any, service: Any, depth: int = 2) -> bool:
    """Whether the function names the very service function, itself or through a helper of the GraphQL front."""
    names, known = function.__code__.co_names, function.__globals__
    if any(known.get(name) is service for name in names):
        return True
    helpers = (known.get(name) for name in names)
    return depth > 1 and any(
        _calls(helper, service, depth - 1)
        for helper in helpers
        if getattr(helper, "__module__", "").startswith("schema.") and hasattr(helper, "__code__")
    )


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: f"{row.method} {row.path} {min(row.versions or [''])}")
def test_the_graphql_field_of_a_row_calls_the_same_service(row: AnyOperation) -> None:
    """One operation, one service function: neither front has logic of its own."""
    assert row.call.__module__.startswith("app.services."), row.call.__module__
    assert _calls(_resolver(row.field), row.call), f"{row.field} does not call {row.call.__qualname__}"


@needs_contract
def test_every_documented_operation_has_one_row_or_waits() -> None:
    """Nothing is forgotten and nothing is there twice."""
    rows = Counter(row.operation_id for row in OPERATIONS)
    documented = set(contract.operations())
    assert {name: count for name, count in rows.items() if count > 1} == {}
    assert sorted(documented - set(rows) - set(WAITING)) == []
    assert sorted(set(WAITING) & set(rows)) == [], "take them out of the list: they have rows"
    assert sorted(set(WAITING) - documented) == []
    assert len(WAITING) == len(set(WAITING))


@needs_contract
def test_those_that_wait_stand_in_their_groups() -> None:
    """The list is grouped as the published reference is."""
    groups = contract.groups()
    assert {name: groups[name] for name in WAITING} == {
        name: group for group, names in NOT_YET.items() for name in names
    }


@needs_contract
def test_rows_stand_where_they_are_documented() -> None:
    """Method and path are the documented ones, and so is the status."""
    documented = contract.operations()
    for row in OPERATIONS:
        if row.operation_id in documented:
            here = documented[row.operation_id]
            assert (row.method, row.path, [row.status]) == (here.method, here.path, list(here.answers))
