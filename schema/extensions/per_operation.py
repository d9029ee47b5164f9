"""A context of its own for every operation, fresh loaders for every event.

One HTTP request or socket has one context, and a loader remembers what it has read; without this the second event of a
subscription would answer what the first one saw.
"""

from collections.abc import Iterator
from typing import Any

from strawberry.extensions import SchemaExtension

from schema.context import Context


class PerOperationContext(SchemaExtension):
    """The same rule for operations that run through `strawberry.Schema.execute` and `subscribe` (tests, tools).

    The endpoint's own engine does it itself, see `schema/executor/engine.py`.
    """

    def on_operation(self) -> Iterator[None]:
        """Give the operation a fork of the context."""
        context = self.execution_context.context
        if isinstance(context, Context):
            self.execution_context.context = context.fork()
        yield

    def on_stream_result(self, result: Any) -> Iterator[None]:
        """Forget what was loaded for the event that was just sent."""
        yield
        context = self.execution_context.context
        if isinstance(context, Context):
            context.forget_loaded()
