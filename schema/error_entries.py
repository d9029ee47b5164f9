"""Entries of `errors`: every one has a code and the request's id; what was not expected is masked and logged once."""

import logging
from collections.abc import Iterable
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import StrawberryInputCoercionError

from app.errors import ErrorCode, InvalidInputError, RateLimitedError, SlotgraphError, StrangerError

logger = logging.getLogger("slotgraph.graphql")

NULL_REFUSED = "An input field that may be left out was given as null, which it does not take."
MASKED = "Something went wrong on the server."
_CODES = {code.value for code in ErrorCode}


def _cause(error: GraphQLError) -> Exception | None:
    """The exception below the errors that graphql-core wraps around it; None if the error is its own."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def expected_extensions(error: SlotgraphError) -> dict[str, Any]:
    """The code of an expected error and what it adds for programs."""
    code = error.actual_code if isinstance(error, RateLimitedError) else error.code
    extensions: dict[str, Any] = {"code": code.value, **error.extensions}
    if isinstance(error, InvalidInputError):
        extensions["fields"] = [{"path": f.path, "message": f.message, "code": f.code} for f in error.faults]
    return extensions


def _known_code(error: GraphQLError, default: ErrorCode | None) -> str | None:
    """The code of an error about the request itself; None when it is neither known nor expected."""
    code = (error.extensions or {}).get("code")
    if code in _CODES:
        return str(code)
    if isinstance(error, GraphQLSyntaxError):
        return ErrorCode.TOKEN_LIMIT.value if "tokens" in error.message else ErrorCode.PARSE_FAILED.value
    if isinstance(_cause(error), StrawberryInputCoercionError):
        return ErrorCode.INVALID_VARIABLES.value
    own = error.original_error is None or isinstance(_cause(error), GraphQLError)
    if default is None and own and error.message.startswith(("Argument ", "Variable ")):
        return ErrorCode.INVALID_VARIABLES.value  # an argument that only its variable makes wrong
    return default.value if default else None


def render(error: GraphQLError, request_id: str, *, default: ErrorCode | None = None) -> dict[str, Any]:
    """One entry of `errors`, plain JSON values.

    `default` is the code of errors about the request (validation, variables) that carry none; without it an error with
    no code is a fault of the server: masked, and logged with its traceback.
    """
    entry: dict[str, Any] = {"message": error.message}
    if error.locations:
        entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        entry["path"] = list(error.path)
    cause = _cause(error)
    if isinstance(cause, StrangerError):
        cause = cause.missing
    if isinstance(cause, SlotgraphError):
        extensions = expected_extensions(cause)
        entry["message"] = cause.message
    else:
        code = _known_code(error, default)
        if isinstance(cause, StrawberryInputCoercionError):
            entry["message"] = NULL_REFUSED  # Strawberry's text shows objects of Python
        extensions = dict(error.extensions or {})
        if code is None:
            _log(error, cause, request_id)
            entry["message"], code, extensions = MASKED, ErrorCode.INTERNAL.value, {}
        extensions["code"] = code
    extensions["requestId"] = request_id
    entry["extensions"] = extensions
    return entry


def render_all(
    errors: Iterable[GraphQLError], request_id: str, *, default: ErrorCode | None = None
) -> list[dict[str, Any]]:
    """All entries, in order."""
    return [render(error, request_id, default=default) for error in errors]


def refusal(error: SlotgraphError, request_id: str) -> dict[str, Any]:
    """The entry for an error that has no place in a document: authentication, limits, malformed requests."""
    return {"message": error.message, "extensions": {**expected_extensions(error), "requestId": request_id}}


def internal(error: BaseException, request_id: str) -> dict[str, Any]:
    """The masked entry for a fault of the server outside of execution; logged once."""
    logger.error("unexpected error", exc_info=error, extra={"request_id": request_id})
    return {"message": MASKED, "extensions": {"code": ErrorCode.INTERNAL.value, "requestId": request_id}}


def _log(error: GraphQLError, cause: Exception | None, request_id: str) -> None:
    path = ".".join(str(key) for key in error.path or ())
    logger.error(
        "unexpected error in a resolver", exc_info=cause or error, extra={"request_id": request_id, "field": path}
    )


def annotate(errors: Iterable[GraphQLError], request_id: str, default: ErrorCode | None) -> None:
    """The same in place, for results of `strawberry.Schema.execute`."""
    for error in errors:
        entry = render(error, request_id, default=default)
        error.message = entry["message"]
        error.extensions = entry["extensions"]
