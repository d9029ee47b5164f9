"""What an operation costs: computed before execution, measured after it.

A field that yields objects costs 1, a leaf nothing, a root field of a mutation 10. A list multiplies what lies below
it: a connection by `first` or `last`, another list by its `size`. The metadata of a field overrides that:
`strawberry.field(metadata=cost(5, size=20))`, or `size="ids"` for the length of an argument.
The tree is built once per operation of a document and evaluated for the variables of each request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
)

from app.errors import ErrorCode, SlotgraphError

COST = "slotgraph.cost"
SIZE = "slotgraph.size"
DEFAULT_LIST = 10
DEFAULT_PAGE = 25
MUTATION_COST = 10
COST_CEILING = 10**9
MAX_COST_NODES = 10_000
"""Fragments that spread each other many times make trees out of small documents."""


def cost(own: int | None = None, *, size: int | str | None = None) -> dict[object, object]:
    """Metadata of a Strawberry field: what it costs by itself, and how long its list is (or which argument says so)."""
    return {COST: own, SIZE: size}


@dataclass(slots=True)
class CostReport:
    """`extensions.cost` of one operation; `reset_at` is when the bucket is full again (epoch seconds)."""

    requested: int
    actual: int
    limit: int
    remaining: int
    restore_rate: int
    reset_at: float

    def as_extension(self) -> dict[str, object]:
        """The entry in `extensions.cost`."""
        return {
            "requested": self.requested,
            "actual": self.actual,
            "limit": self.limit,
            "remaining": self.remaining,
            "restoreRate": self.restore_rate,
            "resetAt": self.reset_at,
        }


class TooManyFieldsError(SlotgraphError):
    """The operation is small as text and huge when its fragments are written out."""

    code = ErrorCode.COST_LIMIT


Size = int | str | None
"""A constant, the name of a variable (with `$`) that holds the number or the list, or None for one object."""


@dataclass(slots=True)
class CostNode:
    """One selected field: what it costs and what lies below, which counts once per item of its list."""

    key: str
    own: int
    size: Size
    default_size: int
    children: "tuple[CostNode, ...]"
    type_condition: str | None
    varies: bool = False
    uniform: bool = False

    def __post_init__(self) -> None:
        self.uniform = not any(child.varies or child.type_condition for child in self.children)
        self.varies = self.size is not None or any(child.varies for child in self.children)

    def count(self, variables: Mapping[str, Any]) -> int:
        """How many items the caller asks for."""
        size = self.size
        if isinstance(size, str):
            size = variables.get(size[1:], self.default_size)
            if isinstance(size, (list, tuple)):
                size = len(size)
        if size is None:
            return 1
        return max(size, 0) if isinstance(size, int) else self.default_size

    def requested(self, variables: Mapping[str, Any]) -> int:
        """Cost as asked for, capped so that hostile multipliers stay small numbers."""
        below = total(self.children, variables)
        return min(self.own + self.count(variables) * below, COST_CEILING)

    def actual(self, value: Any, variables: Mapping[str, Any]) -> int:
        """Cost of what was answered."""
        if value is None or not self.children:
            return self.own
        if not isinstance(value, list):
            return self.own + self._below(value, variables)
        if self.uniform:
            # Every item costs the same: counting them is enough.
            return self.own + (len(value) - value.count(None)) * total(self.children, variables)
        return self.own + sum(self._below(item, variables) for item in value)

    def _below(self, value: Any, variables: Mapping[str, Any]) -> int:
        if not isinstance(value, dict):
            return 0
        return sum(child.actual(value[child.key], variables) for child in self.children if child.key in value)


def total(nodes: tuple[CostNode, ...], variables: Mapping[str, Any]) -> int:
    """Cost of a selection: the fields of every type, plus the dearest of the types that exclude each other."""
    common = 0
    by_type: dict[str, int] = {}
    for node in nodes:
        amount = node.requested(variables)
        if node.type_condition is None:
            common += amount
        else:
            by_type[node.type_condition] = by_type.get(node.type_condition, 0) + amount
    return common + max(by_type.values(), default=0)


@dataclass(frozen=True, slots=True)
class OperationCost:
    """The cost tree of one operation."""

    roots: tuple[CostNode, ...]
    base: int

    def requested(self, variables: Mapping[str, Any]) -> int:
        """Cost before execution, at least 1."""
        return max(1, self.base + total(self.roots, variables))

    def actual(self, data: Mapping[str, Any] | None, variables: Mapping[str, Any]) -> int:
        """Cost after execution, at least 1; an operation without data costs its base."""
        if data is None:
            return max(1, self.base)
        return max(
            1, self.base + sum(node.actual(data[node.key], variables) for node in self.roots if node.key in data)
        )

    @property
    def varies(self) -> bool:
        """Whether the answer can change the cost; if not, measuring it is needless."""
        return any(node.varies for node in self.roots)


class CostAnalyser:
    """Builds cost trees for one schema."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.schema = schema
        self.fragments = fragments
        self._left = MAX_COST_NODES

    def analyse(self, operation: OperationDefinitionNode) -> OperationCost:
        """The tree of a valid operation; raises TooManyFieldsError for one that unfolds without end."""
        self._left = MAX_COST_NODES
        root = self.schema.get_root_type(operation.operation)
        if root is None:
            return OperationCost((), 0)
        roots = tuple(self._nodes(operation.selection_set, root, None, None))
        mutations = len(roots) * MUTATION_COST if operation.operation is OperationType.MUTATION else 0
        return OperationCost(roots, mutations)

    def _nodes(
        self, selection_set: SelectionSetNode, parent: GraphQLNamedType, page: "_Page | None", condition: str | None
    ) -> list[CostNode]:
        nodes: list[CostNode] = []
        self._left -= len(selection_set.selections)
        if self._left < 0:
            raise TooManyFieldsError("The fragments of the document unfold to too many fields.")
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                found = self._field(node, parent, page, condition)
                nodes.extend([found] if found else [])
                continue
            inner: SelectionSetNode | None = None
            on: str | None = None
            if isinstance(node, InlineFragmentNode):
                inner, on = node.selection_set, node.type_condition.name.value if node.type_condition else None
            elif isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                inner, on = fragment.selection_set, fragment.type_condition.name.value
            if inner is not None:
                nodes.extend(self._fragment(inner, on, parent, page, condition))
        return nodes

    def _fragment(
        self,
        selection_set: SelectionSetNode,
        on: str | None,
        parent: GraphQLNamedType,
        page: "_Page | None",
        condition: str | None,
    ) -> list[CostNode]:
        target = self.schema.get_type(on) if on else parent
        if is_abstract_type(parent) and isinstance(target, GraphQLObjectType):
            condition = target.name
        return self._nodes(selection_set, target or parent, page, condition)

    def _field(
        self, node: FieldNode, parent: GraphQLNamedType, page: "_Page | None", condition: str | None
    ) -> CostNode | None:
        name = node.name.value
        definition = getattr(parent, "fields", {}).get(name)
        if definition is None or name.startswith("__"):
            return None
        inner_type = get_named_type(definition.type)
        metadata = field_metadata(definition)
        own = metadata.get(COST)
        size, default_size = self._size(node, definition, metadata, page, name)
        inner_page = _page(node, definition)
        children = self._nodes(node.selection_set, inner_type, inner_page, None) if node.selection_set else []
        own = own if isinstance(own, int) else 0 if is_leaf_type(inner_type) else 1
        if not own and not children:
            return None  # free: most leaves
        return CostNode(
            key=node.alias.value if node.alias else name,
            own=own,
            size=size,
            default_size=default_size,
            children=tuple(children),
            type_condition=condition,
        )

    @staticmethod
    def _size(
        node: FieldNode, definition: GraphQLField, metadata: Mapping[object, Any], page: "_Page | None", name: str
    ) -> tuple[Size, int]:
        inner = definition.type.of_type if is_non_null_type(definition.type) else definition.type
        if not is_list_type(inner):
            return None, 1
        declared = metadata.get(SIZE)
        if isinstance(declared, str):
            return _argument(node, declared), DEFAULT_LIST
        if isinstance(declared, int):
            return declared, declared
        if page is not None and name in {"edges", "nodes"}:
            return page.size, DEFAULT_PAGE
        return DEFAULT_LIST, DEFAULT_LIST


@dataclass(frozen=True, slots=True)
class _Page:
    size: Size


def _page(node: FieldNode, definition: GraphQLField) -> "_Page | None":
    """The page size that a connection field is asked for, which its `nodes` and `edges` multiply by."""
    if "first" not in definition.args:
        return None
    for name in ("first", "last"):
        if any(argument.name.value == name for argument in node.arguments or ()):
            return _Page(_argument(node, name))
    return _Page(DEFAULT_PAGE)


def _argument(node: FieldNode, name: str) -> Size:
    for argument in node.arguments or ():
        if argument.name.value != name:
            continue
        value = argument.value
        if isinstance(value, VariableNode):
            return f"${value.name.value}"
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, ListValueNode):
            return len(value.values)
    return DEFAULT_PAGE


def field_metadata(definition: GraphQLField) -> Mapping[object, Any]:
    """The metadata that its author gave a field."""
    strawberry_field = definition.extensions.get("strawberry-definition")
    return getattr(strawberry_field, "metadata", None) or {}
