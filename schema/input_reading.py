"""Input objects made from what clients sent, by a plan made once per type.

Strawberry works out names and types of an input's fields again for every value, about ten microseconds a field. Here
they are worked out once per type and used through its own hook for types that build their values (`from_input`); the
values are the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any, cast

from graphql import GraphQLInputObjectType, GraphQLSchema, get_nullable_type, is_leaf_type, is_list_type
from strawberry.schema.name_converter import NameConverter
from strawberry.types.arguments import InputContext
from strawberry.types.base import (
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    get_object_definition,
)
from strawberry.types.field import StrawberryField

_BACK = "strawberry-definition"
Convert = Callable[[Any, InputContext], Any]


class CachedNames(NameConverter):
    """Strawberry's names, each made once: it asks for them with every argument."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, str] = {}

    def apply_naming_config(self, name: str) -> str:
        """The name in the API of a name in Python."""
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = super().apply_naming_config(name)
        return made


class InputReader:
    """Makes the values of one input type."""

    def __init__(self, published: GraphQLInputObjectType, definition: StrawberryObjectDefinition) -> None:
        declared = {name: field.extensions[_BACK] for name, field in published.fields.items()}
        # Left out and without a default: None, as Strawberry has it.
        self._missing = {field.python_name: None for field in declared.values() if _has_no_default(field)}
        self._fields = [
            (name, declared[name].python_name, _conversion(name, field.type, declared[name], definition))
            for name, field in published.fields.items()
        ]

    def __call__(self, made: type, value: Mapping[str, Any], context: InputContext) -> Any:
        """The value; `made` is its class."""
        found: dict[str, Any] = dict(self._missing)
        for name, python_name, convert in self._fields:
            if name in value:
                given = value[name]
                found[python_name] = given if convert is None or given is None else convert(given, context)
        return made(**found)


def _has_no_default(field: StrawberryField) -> bool:
    return field.default_value is MISSING and field.default_factory is MISSING


def _conversion(
    name: str, published: Any, field: StrawberryField, definition: StrawberryObjectDefinition
) -> Convert | None:
    """How a value that is not null is converted; None for scalars and enums, as graphql-core has done it already."""
    type_ = get_nullable_type(published)
    if is_leaf_type(type_):
        return None
    if is_list_type(type_) and is_leaf_type(get_nullable_type(type_.of_type)):
        return _copied
    resolved = field.resolve_type(type_definition=definition)
    if isinstance(resolved, StrawberryOptional):
        resolved = resolved.of_type
    inner = get_object_definition(resolved)

    def convert(given: Any, context: InputContext) -> Any:
        reader = inner.from_input if inner is not None else None
        if isinstance(reader, InputReader):
            return reader(cast(type, resolved), given, context)  # readers look at no path
        return context.convert(given, resolved, name)

    return convert


def _copied(given: Any, _: InputContext) -> list[Any]:
    """graphql-core gives one default to every request, which nobody shall change."""
    return list(given)


def plan_inputs(schema: GraphQLSchema) -> None:
    """Give every input type of this schema its reader, but for types that Strawberry must see field by field.

    Those have `Maybe` fields, whose nulls it refuses while a document is validated or its variables are read, or build
    their values themselves.
    """
    for published in schema.type_map.values():
        if isinstance(published, GraphQLInputObjectType):
            definition: StrawberryObjectDefinition = published.extensions[_BACK]
            if definition.from_input is None and not any(_is_maybe(field) for field in definition.fields):
                definition.from_input = InputReader(published, definition)


def _is_maybe(field: StrawberryField) -> bool:
    return isinstance(field.type, StrawberryMaybe)
