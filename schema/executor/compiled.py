"""Selections compiled to Python functions, for objects that are read rather than resolved.

graphql-core spends about ten microseconds on every field. Where the selected fields of a concrete type are plain
attributes, or resolvers that take nothing but the object, one generated function per selection reads, checks and
renames them. It answers exactly what field-by-field execution would, or raises `Unusual`; then the caller executes the
stock way, which reports whatever was unusual about the value.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
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


def _string(value: Any) -> Any:
    if value.__class__ is not str:
        raise Unusual
    return value


def _int(value: Any) -> Any:
    if value.__class__ is not int or not -2147483648 <= value <= 2147483647:
        raise Unusual
    return value


def _float(value: Any) -> Any:
    if value.__class__ is not float or not math.isfinite(value):
        raise Unusual
    return value


def _boolean(value: Any) -> Any:
    if value.__class__ is not bool:
        raise Unusual
    return value


def _date_time(value: Any) -> Any:
    if value.__class__ is str:  # slots come as text (see serialize_date_time)
        return value
    if value.__class__ is not datetime:
        raise Unusual
    if value.tzinfo is UTC:
        return value.isoformat()[:-6] + "Z"
    return serialize_date_time(value)


_EXACT: dict[GraphQLScalarType, tuple[type, Read]] = {
    GraphQLString: (str, _string),
    GraphQLID: (str, _string),
    GraphQLBoolean: (bool, _boolean),
}
_CHECKED: dict[GraphQLScalarType, Read] = {GraphQLInt: _int, GraphQLFloat: _float}


def _leaf(leaf: GraphQLScalarType | GraphQLEnumType) -> Read | None:
    """A function that serves one value of this leaf type; None when only stock execution can."""
    if isinstance(leaf, GraphQLEnumType):
        return _enum(leaf)
    if leaf in _EXACT:
        return _EXACT[leaf][1]
    if leaf in _CHECKED:
        return _CHECKED[leaf]
    if leaf.extensions.get("strawberry-definition") is SCALAR_MAP[datetime]:
        return _date_time
    return _scalar(leaf)


def _scalar(leaf: GraphQLScalarType) -> Read:
    coerce = leaf.coerce_output_value

    def read(value: Any) -> Any:
        served = coerce(value)
        if served is None or served is Undefined:
            raise Unusual
        return served

    return read


def _enum(leaf: GraphQLEnumType) -> Read | None:
    wrapped: type[Enum] | None = getattr(leaf, "wrapped_cls", None)
    if wrapped is None:
        return None
    names = {member: leaf.coerce_output_value(member) for member in wrapped}

    def read(value: Any) -> str:
        if value.__class__ is not wrapped:
            raise Unusual
        return names[value]

    return read


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
        names: dict[str, Any] = {"CLASS": origin, "Unusual": Unusual}
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
        complete = self._complete(definition.type, details)
        if source is None or complete is None:
            return None
        nullable, exact, convert = complete
        value = f"v{index}"
        lines.append(f"    {value} = {source}")
        if exact is not None:
            names[f"T{index}"] = exact
            guard = f" and {value} is not None" if nullable else ""
            lines.append(f"    if {value}.__class__ is not T{index}{guard}: raise Unusual")
            return value
        names[f"c{index}"] = convert
        if nullable:
            return f"None if {value} is None else c{index}({value})"
        lines.append(f"    if {value} is None: raise Unusual")
        return f"c{index}({value})"

    def _complete(self, output: GraphQLOutputType, details: Any) -> tuple[bool, type | None, Read] | None:
        """(nullable, exact class if that is the whole check, converter) for a value of this type."""
        nullable = not is_non_null_type(output)
        inner = output.of_type if is_non_null_type(output) else output
        if isinstance(inner, GraphQLScalarType) and inner in _EXACT:
            exact, convert = _EXACT[inner]
            return nullable, exact, convert
        if isinstance(inner, (GraphQLScalarType, GraphQLEnumType)):
            leaf = _leaf(inner)
            return None if leaf is None else (nullable, None, leaf)
        if is_list_type(inner):
            items = self._complete(inner.of_type, details)
            return None if items is None else (nullable, None, _list(*items))
        if isinstance(inner, GraphQLObjectType):
            plan = self.plan(inner, self._collect(inner, details))
            return None if plan is None or plan.slow else (nullable, None, plan.read)
        return None


def _list(nullable: bool, exact: type | None, convert: Read) -> Read:
    """A converter for lists whose items are converted so."""
    if exact is not None:
        return _exact_list({exact, type(None)} if nullable else {exact})

    def read(values: Any) -> list[Any]:
        if values.__class__ is not list and values.__class__ is not tuple:
            raise Unusual
        if nullable:
            return [None if value is None else convert(value) for value in values]
        if None in values:
            raise Unusual
        return [convert(value) for value in values]

    return read


def _exact_list(allowed: set[type]) -> Read:
    """A converter for lists whose items need no more than a look at their class."""

    def read(values: Any) -> list[Any]:
        if values.__class__ is not list and values.__class__ is not tuple:
            raise Unusual
        if not allowed >= {value.__class__ for value in values}:
            raise Unusual
        return list(values)

    return read


def list_reader(plan: Plan, nullable_items: bool) -> Read:
    """A converter for a list of objects served by `plan`, which has no slow fields."""
    return _list(nullable_items, None, plan.read)


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
    resolver = declared.base_resolver
    if resolver is None:
        return f"o.{declared.python_name}" if declared.python_name.isidentifier() else None
    parameters = resolver.signature.parameters
    if resolver.is_async or resolver.arguments or list(parameters) != ["self"]:
        return None
    names[f"r{index}"] = resolver.wrapped_func
    return f"r{index}(o)"
