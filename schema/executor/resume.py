"""Resuming a subscription: the cursor of the last event a client saw becomes its `after` argument."""

from dataclasses import replace
from typing import TYPE_CHECKING

from graphql.execution.values import VariableValues
from graphql.language import (
    ArgumentNode,
    FieldNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
)

if TYPE_CHECKING:
    from schema.executor.engine import Ready


def resumed(ready: "Ready", cursor: str) -> "Ready":
    """The same operation with `after` set to `cursor`; unchanged when its root field is not written out plainly."""
    roots = ready.operation.node.selection_set.selections
    if len(roots) != 1 or not isinstance(roots[0], FieldNode):
        return ready
    root = roots[0]
    given = next((a for a in root.arguments or () if a.name.value == "after"), None)
    if given is not None and isinstance(given.value, VariableNode):
        coerced = {**ready.variables.coerced, given.value.name.value: cursor}
        return replace(ready, variables=VariableValues(ready.variables.sources, coerced))
    return _with_literal(ready, root, cursor)


def _with_literal(ready: "Ready", root: FieldNode, cursor: str) -> "Ready":
    others = tuple(a for a in root.arguments or () if a.name.value != "after")
    after = ArgumentNode(name=NameNode(value="after"), value=StringValueNode(value=cursor, block=False))
    field = FieldNode(
        name=root.name,
        alias=root.alias,
        arguments=(*others, after),
        directives=root.directives,
        selection_set=root.selection_set,
    )
    old = ready.operation.node
    node = OperationDefinitionNode(
        operation=old.operation,
        name=old.name,
        variable_definitions=old.variable_definitions,
        directives=old.directives,
        selection_set=SelectionSetNode(selections=(field,)),
    )
    return replace(ready, operation=replace(ready.operation, node=node, plans={}))
