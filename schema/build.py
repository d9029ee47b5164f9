"""Puts a schema together so that scalars, errors and contexts behave as this API promises."""

from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from app.errors import ErrorCode
from schema.context import Context
from schema.error_entries import annotate
from schema.errors import GENERIC_HANDLERS, ErrorAsData, most_specific_first
from schema.extensions.per_operation import PerOperationContext
from schema.input_reading import CachedNames, plan_inputs
from schema.scalars import SCALAR_MAP


class SlotgraphSchema(strawberry.Schema):
    """A Strawberry schema whose `errors` carry codes also when it is executed without the endpoint."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Give every entry its code and request id; mask and log what was not expected."""
        context = execution_context.context if execution_context else None
        request_id = context.request.request_id if isinstance(context, Context) else ""
        executed = execution_context is not None and execution_context.result is not None
        annotate(errors, request_id, None if executed else ErrorCode.VALIDATION_FAILED)


def build_schema(
    query: type,
    mutation: type | None = None,
    subscription: type | None = None,
    *,
    types: Iterable[type] = (),
    handlers: Iterable[ErrorAsData[Any]] = (),
    scalars: dict[object, Any] | None = None,
) -> SlotgraphSchema:
    """The schema of these root types; `handlers` and `scalars` are added to the generic ones."""
    schema = SlotgraphSchema(
        query=query,
        mutation=mutation,
        subscription=subscription,
        types=tuple(types),
        extensions=[PerOperationContext],
        config=StrawberryConfig(scalar_map={**SCALAR_MAP, **(scalars or {})}, name_converter=CachedNames()),
        exception_handlers=most_specific_first([*GENERIC_HANDLERS, *handlers]),
    )
    plan_inputs(schema._schema)
    return schema
