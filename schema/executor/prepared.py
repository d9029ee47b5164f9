"""Documents made ready once per text: parsed, limited, validated, costed; bounded least-recently-used cache."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from graphql import GraphQLError, GraphQLSchema, parse
from graphql.execution.collect_fields import FragmentDetails
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
)
from graphql.validation import specified_rules
from strawberry.schema.schema import validate_document

from app.errors import ErrorCode
from schema.executor.variables import VariableReader
from schema.extensions.cost import CostAnalyser, OperationCost, TooManyFieldsError
from schema.extensions.limits import Limits, limit_error

MAX_DOCUMENTS = 512
MAX_PLANS = 64


class Phase(Enum):
    """How far a request came; decides the HTTP status."""

    REQUEST = "request"
    PARSE = "parse"
    VALIDATION = "validation"
    VARIABLES = "variables"
    LIMIT = "limit"
    EXECUTED = "executed"


@dataclass(slots=True)
class PreparedOperation:
    """One operation of a valid document."""

    node: OperationDefinitionNode
    cost: OperationCost
    switches: tuple[str, ...]
    """Names of the variables that decide about `@include` and `@skip`."""
    root_fields: tuple[str, ...]
    introspects: bool
    reader: VariableReader | None = None
    """Reads its variables; None when only graphql-core can."""
    plans: dict[Any, Any] = field(default_factory=dict)
    """Compiled selections of this operation (`schema/executor/compiled.py`)."""

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.node.operation

    @property
    def name(self) -> str | None:
        """Its name, if it has one."""
        return self.node.name.value if self.node.name else None


@dataclass(slots=True)
class PreparedDocument:
    """A document ready for execution, or what is wrong with it."""

    text: str
    phase: Phase = Phase.EXECUTED
    errors: list[GraphQLError] = field(default_factory=list)
    operations: dict[str | None, PreparedOperation] = field(default_factory=dict)
    fragment_definitions: dict[str, FragmentDefinitionNode] = field(default_factory=dict)
    fragments: dict[str, FragmentDetails] = field(default_factory=dict)

    def operation(self, name: str | None) -> PreparedOperation | GraphQLError:
        """The operation to execute, as the specification chooses it."""
        if name:
            found = self.operations.get(name)
            return found or _choice_error(f"Unknown operation named '{name}'.")
        if len(self.operations) != 1:
            text = "Must provide operation name if query contains multiple operations."
            return _choice_error(text if self.operations else "Must provide an operation.")
        return next(iter(self.operations.values()))


def _choice_error(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": ErrorCode.VALIDATION_FAILED.value})


class DocumentCache:
    """Prepares documents and remembers them by text, valid or not; clients vary variables, not text."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, maximum: int = MAX_DOCUMENTS) -> None:
        self._schema = schema
        self._limits = limits
        self._maximum = maximum
        self._documents: OrderedDict[str, PreparedDocument] = OrderedDict()

    def get(self, text: str) -> PreparedDocument:
        """The prepared document; never raises for what a client may send."""
        documents = self._documents
        found = documents.get(text)
        if found is not None:
            documents.move_to_end(text)
            return found
        prepared = documents[text] = self._prepare(text)
        if len(documents) > self._maximum:
            documents.popitem(last=False)
        return prepared

    def __contains__(self, text: object) -> bool:
        return text in self._documents

    def __len__(self) -> int:
        return len(self._documents)

    def _prepare(self, text: str) -> PreparedDocument:
        try:
            document = parse(text, max_tokens=self._limits.tokens)
        except GraphQLError as error:
            phase = Phase.LIMIT if "tokens" in error.message else Phase.PARSE
            return PreparedDocument(text, phase, [error])
        except RecursionError:
            return PreparedDocument(text, Phase.LIMIT, [_too_deep()])
        return self._check(text, document)

    def _check(self, text: str, document: DocumentNode) -> PreparedDocument:
        try:
            exceeded = limit_error(document, self._limits)
            if exceeded is not None:
                return PreparedDocument(text, Phase.LIMIT, [exceeded])
            errors = validate_document(self._schema, document, tuple(specified_rules))
            if errors:
                return PreparedDocument(text, Phase.VALIDATION, errors)
            return self._ready(text, document)
        except RecursionError:
            return PreparedDocument(text, Phase.LIMIT, [_too_deep()])
        except TooManyFieldsError as error:
            wrapped = GraphQLError(error.message, extensions={"code": error.code.value})
            return PreparedDocument(text, Phase.LIMIT, [wrapped])

    def _ready(self, text: str, document: DocumentNode) -> PreparedDocument:
        definitions = {n.name.value: n for n in document.definitions if isinstance(n, FragmentDefinitionNode)}
        analyser = CostAnalyser(self._schema, definitions)
        operations = {}
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                name = node.name.value if node.name else None
                operations[name] = _operation(node, analyser, document, self._schema)
        return PreparedDocument(
            text,
            operations=operations,
            fragment_definitions=definitions,
            fragments={name: FragmentDetails(node, None) for name, node in definitions.items()},
        )


def _operation(
    node: OperationDefinitionNode, analyser: CostAnalyser, document: DocumentNode, schema: GraphQLSchema
) -> PreparedOperation:
    fields = list(_walk(document, lambda found: isinstance(found, FieldNode)))
    roots = tuple(root.name.value for root in node.selection_set.selections if isinstance(root, FieldNode))
    return PreparedOperation(
        node=node,
        cost=analyser.analyse(node),
        switches=_switches(document),
        root_fields=roots,
        introspects=any(found.name.value in {"__schema", "__type"} for found in fields),
        reader=_reader(node, schema),
    )


def _reader(node: OperationDefinitionNode, schema: GraphQLSchema) -> VariableReader | None:
    try:
        return VariableReader(schema, node.variable_definitions or ())
    except Exception:  # whatever is wrong with a definition, the stock way reports it with each request
        return None


def _switches(document: DocumentNode) -> tuple[str, ...]:
    names: set[str] = set()
    for node in _walk(document, lambda found: bool(getattr(found, "directives", None))):
        for directive in node.directives:
            for argument in directive.arguments or ():
                if isinstance(argument.value, VariableNode):
                    names.add(argument.value.name.value)
    return tuple(sorted(names))


def _walk(root: Node, wanted: Callable[[Any], bool]) -> Iterator[Any]:
    """Every node below `root` that is wanted."""
    stack: list[Any] = [root]
    while stack:
        node = stack.pop()
        if wanted(node):
            yield node
        for key in node.keys:
            value = getattr(node, key, None)
            if isinstance(value, Node):
                stack.append(value)
            elif isinstance(value, (list, tuple)):
                stack.extend(child for child in value if isinstance(child, Node))


def _too_deep() -> GraphQLError:
    return GraphQLError("The document is nested too deeply.", extensions={"code": ErrorCode.DEPTH_LIMIT.value})
