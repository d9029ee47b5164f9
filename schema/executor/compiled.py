"""Selections compiled to Python functions, for objects that are read rather than resolved.

graphql-core spends about ten microseconds on every field. Where the selected fields of a concrete type are plain
attributes, or resolvers that take nothing but the object, one generated function per selection reads, checks and
renames them. It answers exactly what field-by-field execution would, or raises `Unusual`; then the caller executes the
stock way, which reports whatever was unusual about the value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum, EnumType
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLString,
    Undefined,
    is_list_type,
    is_non_null_type,
)
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from schema.scalars import SCALAR_MAP, serialize_date_time
from schema.viewed import VIEWED, Viewed

Read = Callable[[Any], Any]
Collect = Callable[[GraphQLObjectType, Any], dict[str, Any]]
"""Collects the sub-fields of a type: response name to field details, as the executor does."""


class Unusual(Exception):
    """The value is not what a compiled selection can serve."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to serve one selection of one type.

    `read` makes the answer of one object, with None in place of the fields named in `slow`, which are executed one by
    one; `slow` maps response names to field details.
    """

    read: Read
    slow: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """How one non-null leaf value is checked and served: expressions over `{v}`, and the names they use.

    `check` is true for what must take the stock path.
    """

    check: str
    serve: str = "{v}"
    names: tuple[tuple[str, Any], ...] = ()


_LEAVES: dict[GraphQLScalarType, _Leaf] = {
    GraphQLString: _Leaf("{v}.__class__ is not str"),
    GraphQLID: _Leaf("{v}.__class__ is not str"),
    GraphQLBoolean: _Leaf("{v}.__class__ is not bool"),
    GraphQLInt: _Leaf("{v}.__class__ is not int or not -2147483648 <= {v} <= 2147483647"),
    GraphQLFloat: _Leaf("{v}.__class__ is not float or {v} - {v} != 0.0"),  # inf and nan are unusual
}
# Services may hand over instants and dates as text in the served form (see `schema/scalars.py`).
_DATE_TIME = _Leaf(
    "{v}.__class__ is not str and {v}.__class__ is not datetime",
    "{v} if {v}.__class__ is str else {v}.isoformat()[:-6] + 'Z' if {v}.tzinfo is UTC else zoned({v})",
)
_DATE = _Leaf(
    "{v}.__class__ is not str and {v}.__class__ is not date", "{v} if {v}.__class__ is str else {v}.isoformat()"
)
_GLOBALS = {"datetime": datetime, "date": date, "UTC": UTC, "zoned": serialize_date_time}


def _leaf(index: str, leaf: GraphQLScalarType | GraphQLEnumType) -> _Leaf | None:
    """How values of this type are served; None when only stock execution can. `index` keeps names apart."""
    if isinstance(leaf, GraphQLEnumType):
        return _enum(index, leaf)
    if leaf in _LEAVES:
        return _LEAVES[leaf]
    definition = leaf.extensions.get("strawberry-definition")
    if definition is SCALAR_MAP[datetime]:
        return _DATE_TIME
    if definition is SCALAR_MAP[date]:
        return _DATE
    scalar = f"S{index}({{v}})"
    if leaf.coerce_output_value is str:  # which leaves text as it is
        scalar = f"{{v}} if {{v}}.__class__ is str else {scalar}"
    return _Leaf("False", scalar, ((f"S{index}", _scalar(leaf)),))


def _scalar(leaf: GraphQLScalarType) -> Read:
    coerce = leaf.coerce_output_value

    def read(value: Any) -> Any:
        served = coerce(value)
        if served is None or served is Undefined:
            raise Unusual
        return served

    return read


def _enum(index: str, leaf: GraphQLEnumType) -> _Leaf | None:
    wrapped: type[Enum] | None = getattr(leaf, "wrapped_cls", None)
    if wrapped is None:
        return None
    served = {member.name: leaf.coerce_output_value(member) for member in wrapped}
    names = ((f"E{index}", wrapped), (f"M{index}", served))
    # By name: the hash of an enum member is a call into Python.
    return _Leaf(f"{{v}}.__class__ is not E{index}", f"M{index}[{{v}}._name_]", names)


class Compiler:
    """Writes the function for one selection."""

    def __init__(self, get_field: Callable[[GraphQLObjectType, str], GraphQLField | None], collect: Collect) -> None:
        self._get_field = get_field
        self._collect = collect

    def plan(self, parent: GraphQLObjectType, grouped: dict[str, Any]) -> Plan | None:
        """The plan of this selection; None when no field of it can be compiled."""
        origin = _origin(parent)
        if origin is None:
            return None
        names: dict[str, Any] = {**_GLOBALS, "CLASS": origin, "Unusual": Unusual}
        lines = ["def read(o):", "    if o.__class__ is not CLASS: raise Unusual"]
        items: list[str] = []
        slow: dict[str, Any] = {}
        for index, (key, details) in enumerate(grouped.items()):
            expression = self._field(index, parent, details, names, lines)
            if expression is None:
                slow[key] = details
            items.append(f"{key!r}: {expression}")
        if len(slow) == len(grouped):
            return None
        lines.append(f"    return {{{', '.join(items)}}}")
        exec("\n".join(lines), names)  # noqa: S102 made of indexes and of names that the GraphQL grammar limits
        return Plan(names["read"], slow)

    def _field(
        self, index: int, parent: GraphQLObjectType, details: Any, names: dict[str, Any], lines: list[str]
    ) -> str | None:
        """Adds what reads one field and answers the expression of its value; None when it is slow."""
        name = details[0].node.name.value
        if name == "__typename":
            return repr(parent.name)
        definition = self._get_field(parent, name)
        if definition is None or definition.args:
            return None
        source = _source(index, definition, names)
        if source is None:
            return None
        value = f"v{index}"
        served = self._serve(f"{index}", value, definition.type, details, names)
        if served is None:
            return None
        checks, expression = served
        lines.append(f"    {value} = {source}")
        lines.extend(f"    if {check}: raise Unusual" for check in checks)
        return expression

    def _serve(
        self, index: str, value: str, output: GraphQLOutputType, details: Any, names: dict[str, Any]
    ) -> tuple[list[str], str] | None:
        """Conditions under which `value` is unusual, and the expression that serves it."""
        nullable = not is_non_null_type(output)
        inner = output.of_type if is_non_null_type(output) else output
        if isinstance(inner, (GraphQLScalarType, GraphQLEnumType)):
            return self._serve_leaf(index, value, inner, nullable, names)
        read: Read | None = None
        if is_list_type(inner):
            read = self._list(index, inner.of_type, details)
        elif isinstance(inner, GraphQLObjectType):
            plan = self.plan(inner, self._collect(inner, details))
            read = None if plan is None or plan.slow else plan.read
        if read is None:
            return None
        names[f"c{index}"] = read
        if nullable:
            return [], f"None if {value} is None else c{index}({value})"
        return [f"{value} is None"], f"c{index}({value})"

    @staticmethod
    def _serve_leaf(
        index: str, value: str, inner: GraphQLScalarType | GraphQLEnumType, nullable: bool, names: dict[str, Any]
    ) -> tuple[list[str], str] | None:
        leaf = _leaf(index, inner)
        if leaf is None:
            return None
        names.update(leaf.names)
        check, serve = leaf.check.format(v=value), leaf.serve.format(v=value)
        if not nullable:
            return [f"{value} is None or {check}" if check == "False" else check], serve
        plain = serve == value
        return [f"{value} is not None and ({check})"], value if plain else f"None if {value} is None else {serve}"

    def _list(self, index: str, item: GraphQLOutputType, details: Any) -> Read | None:
        """A function that serves a list of such items."""
        names: dict[str, Any] = {**_GLOBALS, "Unusual": Unusual}
        served = self._serve(f"{index}_", "x", item, details, names)
        if served is None:
            return None
        checks, expression = served
        lines = [
            "def read(values):",
            "    if values.__class__ is not list and values.__class__ is not tuple: raise Unusual",
        ]
        lines += ["    served = []", "    for x in values:"]
        lines += [f"        if {check}: raise Unusual" for check in checks if check != "False"]
        lines += [f"        served.append({expression})", "    return served"]
        exec("\n".join(lines), names)  # noqa: S102 as in `plan`
        read: Read = names["read"]
        return read


def list_reader(plan: Plan, nullable_items: bool) -> Read:
    """A function that serves a list of objects by `plan`, which has no slow fields."""
    read = plan.read

    def read_list(values: Any) -> list[Any]:
        if nullable_items:
            return [None if value is None else read(value) for value in values]
        return [read(value) for value in values]

    return read_list


def _origin(parent: GraphQLObjectType) -> type | None:
    definition = parent.extensions.get("strawberry-definition")
    if not isinstance(definition, StrawberryObjectDefinition) or definition.is_interface:
        return None
    if definition.concrete_of is not None or "is_type_of" in definition.origin.__dict__:
        return definition.origin if definition.is_type_of is None else None
    return definition.origin


def _source(index: int, definition: GraphQLField, names: dict[str, Any]) -> str | None:
    """The expression that reads the raw value from object `o`; None when resolving it takes more than the object."""
    declared = definition.extensions.get("strawberry-definition")
    if not isinstance(declared, StrawberryField) or declared.extensions or declared.permission_classes:
        return None
    viewed = declared.metadata.get(VIEWED)
    if isinstance(viewed, Viewed):
        return _view_source(index, viewed, names)
    resolver = declared.base_resolver
    if resolver is None:
        return f"o.{declared.python_name}" if declared.python_name.isidentifier() else None
    parameters = resolver.signature.parameters
    if resolver.is_async or resolver.arguments or list(parameters) != ["self"]:
        return None
    names[f"r{index}"] = resolver.wrapped_func
    return f"r{index}(o)"


def _view_source(index: int, viewed: Viewed, names: dict[str, Any]) -> str:
    """As `_source`, for a field that shows an attribute of the object's view (`schema/viewed.py`)."""
    value, convert = f"o.view.{viewed.attribute}", viewed.convert
    if convert is None:
        return value
    if isinstance(convert, EnumType):
        # What is no member's value is no key, so that the stock path reports it.
        members: list[Enum] = list(convert)
        names[f"r{index}"] = {member.value: member for member in members}
        return f"r{index}[{value}]"
    names[f"r{index}"] = convert
    return f"r{index}({value})"
