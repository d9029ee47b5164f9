"""Variables read by functions made once per operation.

graphql-core walks types and values anew with every request. What types say is worked out once here; a value that is not
right in every detail is `Unusual`, and the caller reads it the stock way, which reports what is wrong.
"""

from collections.abc import Callable, Collection
from enum import Enum
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    is_required_input_field,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.language import VariableDefinitionNode
from graphql.utilities.coerce_input_value import coerce_default_value

from schema.executor.compiled import Unusual

Coerce = Callable[[Any], Any]
_IMMUTABLE = (str, int, float, Enum)  # and None: what all requests may share


class VariableReader:
    """Reads the variables of one operation."""

    def __init__(self, schema: GraphQLSchema, definitions: Collection[VariableDefinitionNode]) -> None:
        """Raises Unusual for definitions that only the stock way can serve."""
        coercers = _Coercers()
        self._variables = [_Variable(_signature(schema, node), coercers) for node in definitions]

    def read(self, given: dict[str, Any]) -> VariableValues:
        """What graphql-core's `get_variable_values` answers for values that are right; any error for others."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for variable in self._variables:
            name = variable.signature.name
            if name in given:
                value = given[name]
                sources[name] = VariableValueSource(variable.signature, value)
                coerced[name] = variable.coerce(value)
            else:
                sources[name] = VariableValueSource(variable.signature)
                if variable.is_needed:
                    raise Unusual
                if variable.default is not Undefined:
                    coerced[name] = variable.default
        return VariableValues(sources, coerced)


class _Variable:
    """One definition. `is_needed`: a request without a value takes the stock way."""

    __slots__ = ("coerce", "default", "is_needed", "signature")

    def __init__(self, signature: GraphQLVariableSignature, coercers: "_Coercers") -> None:
        self.signature = signature
        self.coerce = coercers.of(signature.type)
        self.default: Any = Undefined
        self.is_needed = isinstance(signature.type, GraphQLNonNull)
        if signature.default is not None:
            self.default = coerce_default_value(signature)
            self.is_needed = not (self.default is None or isinstance(self.default, _IMMUTABLE))


def _signature(schema: GraphQLSchema, node: VariableDefinitionNode) -> GraphQLVariableSignature:
    signature = get_variable_signature(schema, node)
    if isinstance(signature, GraphQLError):
        raise Unusual
    return signature


class _Coercers:
    """The functions of input types, each made once; types that contain themselves have none."""

    def __init__(self) -> None:
        self._objects: dict[str, Coerce | None] = {}

    def of(self, type_: Any) -> Coerce:
        """The function for values of this type; it raises for any that is not right."""
        if isinstance(type_, GraphQLNonNull):
            return self._required(type_.of_type)
        inner = self._required(type_)
        return lambda value: None if value is None else inner(value)

    def _required(self, type_: Any) -> Coerce:
        if isinstance(type_, GraphQLList):
            return _list(self.of(type_.of_type))
        if isinstance(type_, GraphQLInputObjectType):
            return self._object(type_)
        return _leaf(type_.coerce_input_value)

    def _object(self, type_: GraphQLInputObjectType) -> Coerce:
        if type_.name not in self._objects:
            self._objects[type_.name] = None
            self._objects[type_.name] = self._make_object(type_)
        made = self._objects[type_.name]
        if made is None:  # in the making: its depth is up to the client, which the stock way limits
            raise Unusual
        return made

    def _make_object(self, type_: GraphQLInputObjectType) -> Coerce:
        fields = [
            (
                name,
                field.out_name or name,
                self.of(field.type),
                is_required_input_field(field),
                coerce_default_value(field),
            )
            for name, field in type_.fields.items()
        ]
        names, finish, one_of = type_.fields.keys(), type_.out_type, type_.is_one_of

        def coerce(value: Any) -> Any:
            if value.__class__ is not dict or not value.keys() <= names:
                raise Unusual
            made: dict[str, Any] = {}
            for name, out_name, of_field, required, default in fields:
                if name in value:
                    made[out_name] = of_field(value[name])
                elif required:
                    raise Unusual
                elif default is not Undefined:
                    made[out_name] = default
            if one_of and (len(value) != 1 or None in made.values()):
                raise Unusual
            return finish(made)

        return coerce


def _list(of_item: Coerce) -> Coerce:
    def coerce(value: Any) -> Any:
        if value.__class__ is not list:
            raise Unusual
        return [of_item(item) for item in value]

    return coerce


def _leaf(parse: Coerce) -> Coerce:
    def coerce(value: Any) -> Any:
        if value is None:
            raise Unusual
        made = parse(value)
        if made is Undefined:
            raise Unusual
        return made

    return coerce
