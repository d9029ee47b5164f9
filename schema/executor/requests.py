"""A GraphQL request as it comes in: its shape is checked here, for every transport."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.errors import ErrorCode, SlotgraphError

T = TypeVar("T")


class BadRequestError(SlotgraphError):
    """The body or message is not a GraphQL request."""

    code = ErrorCode.BAD_REQUEST


@dataclass(frozen=True, slots=True)
class GraphRequest:
    """One operation asked for."""

    query: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    document_id: str | None = None
    extensions: dict[str, Any] = field(default_factory=dict)


def _entry(payload: dict[str, Any], name: str, expected: type[T], what: str) -> T | None:
    value = payload.get(name)
    if value is not None and not isinstance(value, expected):
        raise BadRequestError(f"`{name}` must be {what}.", path=(name,))
    return value


def read_request(payload: Any) -> GraphRequest:
    """The request in a decoded JSON value; raises BadRequestError for anything else."""
    if not isinstance(payload, dict):
        raise BadRequestError("A request must be a JSON object.")
    request = GraphRequest(
        query=_entry(payload, "query", str, "a string"),
        variables=_entry(payload, "variables", dict, "an object") or {},
        operation_name=_entry(payload, "operationName", str, "a string"),
        document_id=_entry(payload, "documentId", str, "a string"),
        extensions=_entry(payload, "extensions", dict, "an object") or {},
    )
    if not request.query and request.document_id is None and "persistedQuery" not in request.extensions:
        raise BadRequestError("Must provide a query string, or name a stored document.", path=("query",))
    return request
