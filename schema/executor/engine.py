"""The path of every operation, whatever transport it came by.

Find the document, prepare it (cached), choose the operation, read the variables, pay its cost, execute, render errors.
"""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import GraphQLError, default_field_resolver, default_type_resolver
from graphql.execution import ExecutionResult
from graphql.execution.execute import create_source_event_stream
from graphql.execution.values import VariableValues, get_variable_values
from graphql.language import OperationType

from app.errors import ErrorCode, SlotgraphError
from app.settings import Settings
from schema.build import SlotgraphSchema
from schema.context import Context
from schema.error_entries import internal, refusal, render_all
from schema.executor.fast import FastExecutor
from schema.executor.prepared import DocumentCache, Phase, PreparedDocument, PreparedOperation
from schema.executor.requests import GraphRequest
from schema.executor.resume import resumed
from schema.extensions.cost import CostReport
from schema.extensions.cost_buckets import CostBucket, MemoryBucket
from schema.extensions.documents import DocumentStore
from schema.extensions.limits import Limits
from schema.extensions.payment import Payment, caller_of, is_metered

PREPARING = 10
PREPARING_CHARACTERS = 20
"""What a new document that is not valid costs: 10 points and one per 20 characters, as validating it takes time."""


@dataclass(slots=True)
class Outcome:
    """What is sent back for one request or one event."""

    phase: Phase
    data: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    cost: CostReport | None = None
    stored: bool = False
    retry_after: float | None = None
    status: int | None = None

    def body(self) -> dict[str, Any]:
        """The response as the specification shapes it: no `data` unless execution began."""
        body: dict[str, Any] = {}
        if self.errors:
            body["errors"] = self.errors
        if self.phase is Phase.EXECUTED:
            body["data"] = self.data
        if self.cost is not None:
            body["extensions"] = {"cost": self.cost.as_extension(), **self.extensions}
        elif self.extensions:
            body["extensions"] = self.extensions
        return body


@dataclass(slots=True)
class Ready:
    """An operation that may be executed: its cost is paid."""

    document: PreparedDocument
    operation: PreparedOperation
    variables: VariableValues
    context: Context
    cost: CostReport | None
    stored: bool
    raw_variables: dict[str, Any]

    @property
    def request_id(self) -> str:
        """The id that its errors carry."""
        return self.context.request.request_id


@dataclass(frozen=True, slots=True)
class OperationReport:
    """One finished operation, for metrics and traces; holds no values of the caller's."""

    name: str | None
    kind: str
    phase: Phase
    codes: tuple[str, ...]
    seconds: float
    requested_cost: int
    actual_cost: int


class Engine:
    """Executes operations on one schema; made once per process."""

    def __init__(
        self,
        schema: SlotgraphSchema,
        settings: Settings,
        *,
        documents: DocumentStore | None = None,
        bucket: CostBucket | None = None,
        observe: Callable[[OperationReport], None] | None = None,
    ) -> None:
        self.schema = schema._schema
        self.settings = settings
        self.cache = DocumentCache(self.schema, Limits.of(settings))
        self.documents = documents or DocumentStore(trusted_only=settings.graphql_trusted_documents_only)
        self.payment = Payment(
            bucket or MemoryBucket(settings.graphql_cost_limit, settings.graphql_cost_restore_rate),
            enabled=settings.graphql_cost_limit > 0,
        )
        self._observe = observe

    async def run(
        self, request: GraphRequest, context: Context, *, dry: bool = False, reading: bool = False
    ) -> Outcome:
        """Execute a query or mutation; never raises but for cancellation."""
        began = time.perf_counter()
        ready = await self.prepare(request, context, dry=dry, reading=reading)
        outcome = ready if isinstance(ready, Outcome) else await self.execute(ready)
        if self._observe is not None:
            self._report(request, ready, outcome, time.perf_counter() - began)
        return outcome

    async def prepare(
        self, request: GraphRequest, context: Context, *, dry: bool = False, reading: bool = False
    ) -> Ready | Outcome:
        """Everything before execution; an Outcome when it ends there. `reading` refuses mutations (HTTP GET)."""
        request_id = context.request.request_id
        try:
            found = await self.documents.resolve(request.query, request.document_id, request.extensions)
            if found is None:
                return _refused(_missing_query(), request_id)
            return await self._prepare(found.text, found.stored, request, context, dry, reading)
        except SlotgraphError as error:
            return _refused(error, request_id)
        except Exception as error:
            return Outcome(Phase.EXECUTED, errors=[internal(error, request_id)])

    async def _prepare(
        self, text: str, stored: bool, request: GraphRequest, context: Context, dry: bool, reading: bool
    ) -> Ready | Outcome:
        request_id = context.request.request_id
        document = self.cache.get(text) if text in self.cache else await self._prepared_anew(text, context)
        if document.errors:
            return _failed(document.phase, document.errors, request_id, ErrorCode.VALIDATION_FAILED)
        operation = document.operation(request.operation_name)
        if isinstance(operation, GraphQLError):
            return _failed(Phase.VALIDATION, [operation], request_id, ErrorCode.VALIDATION_FAILED)
        if reading and operation.kind is OperationType.MUTATION:
            return _refused(MethodNotAllowedError("Mutations must be sent by POST."), request_id)
        if operation.introspects and not self.settings.graphql_introspection:
            return _refused(IntrospectionDisabledError("Introspection is switched off."), request_id)
        variables = self._variables(operation, request.variables)
        if isinstance(variables, list):
            return _failed(Phase.VARIABLES, variables, request_id, ErrorCode.INVALID_VARIABLES)
        context.operation_name = operation.name
        return await self._pay(Ready(document, operation, variables, context, None, stored, request.variables), dry)

    async def _prepared_anew(self, text: str, context: Context) -> PreparedDocument:
        """Prepare a document not seen before; only one that turns out wrong is charged for the work."""
        caller, charge = caller_of(context.request), PREPARING + len(text) // PREPARING_CHARACTERS
        paid = await self.payment.pay(caller, min(charge, self.payment.bucket.limit), 0.0)
        document = self.cache.get(text)
        if paid is not None and not document.errors:
            await self.payment.bucket.refund(caller, paid.requested)
        return document

    def _variables(self, operation: PreparedOperation, given: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        definitions = operation.node.variable_definitions
        if not definitions:
            return VariableValues({}, {})
        if operation.reader is not None:
            try:
                return operation.reader.read(given)
            except Exception:  # noqa: S110 whatever is wrong, the stock way reports it
                pass
        try:
            return get_variable_values(self.schema, definitions, given, max_errors=20)
        except RecursionError:
            return [GraphQLError("The variables are nested too deeply.")]

    async def _pay(self, ready: Ready, dry: bool) -> Ready | Outcome:
        requested = ready.operation.cost.requested(ready.variables.coerced)
        actor = ready.context.request
        now = actor.now().timestamp()
        report = await self.payment.pay(caller_of(actor), requested, now, dry=dry, metered=is_metered(actor))
        ready.cost = ready.context.cost = report
        if not dry:
            return ready
        return Outcome(Phase.EXECUTED, extensions={"dryRun": True}, cost=report)

    async def execute(self, ready: Ready) -> Outcome:
        """Execute a query or mutation that is ready; a subscription is refused here."""
        if ready.operation.kind is OperationType.SUBSCRIPTION:
            return _refused(
                SubscriptionTransportError("Subscriptions need WebSocket or text/event-stream."), ready.request_id
            )
        outcome = await self._finish(ready, self._executor(ready))
        await self._settle(ready, outcome)
        outcome.stored = ready.stored
        return outcome

    def _executor(self, ready: Ready) -> FastExecutor:
        return FastExecutor(
            self.schema,
            ready.document.fragment_definitions,
            ready.document.fragments,
            None,
            ready.context,
            ready.operation.node,
            ready.variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            prepared=ready.operation,
        )

    async def _finish(self, ready: Ready, executor: FastExecutor) -> Outcome:
        try:
            result: Any = executor.execute_operation()
            if executor.is_awaitable(result):
                result = await result
        except Exception as error:
            return Outcome(Phase.EXECUTED, errors=[internal(error, ready.request_id)], cost=ready.cost)
        executed = cast(ExecutionResult, result)
        errors = render_all(executed.errors, ready.request_id) if executed.errors else []
        return Outcome(Phase.EXECUTED, executed.data, errors, cost=ready.cost)

    async def _settle(self, ready: Ready, outcome: Outcome) -> None:
        report = ready.cost
        if report is None or not ready.operation.cost.varies:
            return
        report.actual = ready.operation.cost.actual(outcome.data, ready.variables.coerced)
        await self.payment.settle(caller_of(ready.context.request), report)

    async def open(self, ready: Ready, last_event_id: str | None = None) -> "Stream | Outcome":
        """Open the source of a subscription that is ready; `last_event_id` takes the place of its `after` argument."""
        if last_event_id is not None:
            ready = resumed(ready, last_event_id)
        executor = self._executor(ready)
        try:
            source: Any = create_source_event_stream(executor)
            if executor.is_awaitable(source):
                source = await source
        except Exception as error:
            return Outcome(Phase.EXECUTED, errors=[internal(error, ready.request_id)])
        if isinstance(source, ExecutionResult):
            return Outcome(Phase.EXECUTED, errors=render_all(source.errors or (), ready.request_id))
        return Stream(self, ready, executor, source)

    async def run_event(self, ready: Ready, executor: FastExecutor, payload: Any) -> Outcome:
        """Execute one event of a subscription with loaders of its own."""
        ready.context.forget_loaded()
        event_executor = cast(FastExecutor, executor.build_per_event_executor(payload))
        return await self._finish(ready, event_executor)

    def _report(self, request: GraphRequest, ready: Ready | Outcome, outcome: Outcome, seconds: float) -> None:
        operation = ready.operation if isinstance(ready, Ready) else None
        assert self._observe is not None  # noqa: S101 the caller has looked
        self._observe(
            OperationReport(
                name=operation.name if operation else None,
                kind=operation.kind.value if operation else "unknown",
                phase=outcome.phase,
                codes=tuple(error["extensions"]["code"] for error in outcome.errors),
                seconds=seconds,
                requested_cost=outcome.cost.requested if outcome.cost else 0,
                actual_cost=outcome.cost.actual if outcome.cost else 0,
            )
        )


class Stream:
    """The events of one open subscription."""

    def __init__(self, engine: Engine, ready: Ready, executor: FastExecutor, source: AsyncIterator[Any]) -> None:
        self.ready = ready
        self._engine = engine
        self._executor = executor
        self._source = source

    def __aiter__(self) -> "Stream":
        return self

    async def __anext__(self) -> tuple[Any, Outcome]:
        """The next event and what is sent for it; an error of the source ends the stream after it was sent."""
        try:
            payload = await self._source.__anext__()
        except StopAsyncIteration:
            raise
        except Exception as error:
            self._source = _ended()
            return None, Outcome(Phase.EXECUTED, errors=[_source_error(error, self.ready.request_id)])
        return payload, await self.render(payload)

    async def render(self, payload: Any) -> Outcome:
        """What is sent for this event."""
        outcome = await self._engine.run_event(self.ready, self._executor, payload)
        outcome.cost = None
        return outcome

    async def aclose(self) -> None:
        """End the source; its `finally` runs before this returns."""
        close = getattr(self._source, "aclose", None)
        if close is not None:
            await close()


async def _ended() -> AsyncIterator[Any]:
    return
    yield


class IntrospectionDisabledError(SlotgraphError):
    """Introspection is switched off."""

    code = ErrorCode.INTROSPECTION_DISABLED


class MethodNotAllowedError(SlotgraphError):
    """This kind of operation cannot be sent with this HTTP method."""

    code = ErrorCode.METHOD_NOT_ALLOWED
    status = 405


class SubscriptionTransportError(SlotgraphError):
    """A subscription came by a transport that answers once."""

    code = ErrorCode.BAD_REQUEST


class MissingQueryError(SlotgraphError):
    """Neither a document nor the name of one."""

    code = ErrorCode.BAD_REQUEST


def _missing_query() -> SlotgraphError:
    return MissingQueryError("Must provide a query string, or name a stored document.", path=("query",))


def _refused(error: SlotgraphError, request_id: str) -> Outcome:
    phase = Phase.LIMIT if error.code in {ErrorCode.COST_LIMIT, ErrorCode.RATE_LIMITED} else Phase.REQUEST
    retry_after = getattr(error, "retry_after", None)
    return Outcome(phase, errors=[refusal(error, request_id)], retry_after=retry_after, status=error.status)


def _failed(phase: Phase, errors: list[GraphQLError], request_id: str, default: ErrorCode) -> Outcome:
    return Outcome(phase, errors=render_all(errors, request_id, default=default))


def _source_error(error: Exception, request_id: str) -> dict[str, Any]:
    if isinstance(error, SlotgraphError):
        return refusal(error, request_id)
    return internal(error, request_id)
