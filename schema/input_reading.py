"""Input objects made from what clients sent, by a plan made once per type.

Strawberry works out names and types of an input's fields again for every value, about ten microseconds a field. Here
they are worked out once per type and used through its own hook for types that build their values (`from_input`); the
values are the same.
"""

from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLSchema, get_nullable_type, is_leaf_type
from strawberry.schema.name_converter import NameConverter
from strawberry.types.arguments import InputContext
from strawberry.types.base import StrawberryMaybe, StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

_BACK = "strawberry-definition"


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
            (name, declared[name].python_name, _conversion(field.type, declared[name], definition))
            for name, field in published.fields.items()
        ]

    def __call__(self, made: type, value: Mapping[str, Any], context: InputContext) -> Any:
        """The value; `made` is its class."""
        found: dict[str, Any] = dict(self._missing)
        for name, python_name, type_ in self._fields:
            if name in value:
                given = value[name]
                found[python_name] = given if type_ is None or given is None else context.convert(given, type_, name)
        return made(**found)


def _has_no_default(field: StrawberryField) -> bool:
    return field.default_value is MISSING and field.default_factory is MISSING


def _conversion(published: Any, field: StrawberryField, definition: StrawberryObjectDefinition) -> Any:
    """The type to convert to; None for scalars and enums, which graphql-core has converted already."""
    return None if is_leaf_type(get_nullable_type(published)) else field.resolve_type(type_definition=definition)


def plan_inputs(schema: GraphQLSchema) -> None:
    """Give every input type of this schema its reader, but for types that Strawberry must see field by field.

    Those have `Maybe` fields, whose nulls it refuses while a document is validated, or build their values themselves.
    """
    for published in schema.type_map.values():
        if isinstance(published, GraphQLInputObjectType):
            definition: StrawberryObjectDefinition = published.extensions[_BACK]
            if definition.from_input is None and not any(_is_maybe(field) for field in definition.fields):
                definition.from_input = InputReader(published, definition)


def _is_maybe(field: StrawberryField) -> bool:
    return isinstance(field.type, StrawberryMaybe)
