"""The envelope of API v2: `{status, data}` and the error bodies of AU-30 to AU-33."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.exceptions import HTTPException

from app.db.errors import ConstraintError
from app.errors import InvalidInputError, RateLimitedError, SlotgraphError
from app.rest.bodies import BodyTooLargeError, ControlCharacterError, MalformedBodyError
from app.rest.operation import Answer, AnyOperation, Failure, Shape, Wrong
from app.rest.request import BadParameterError, RestRequest
from app.rest.router import NoRouteError
from app.rest.v2.constraints import NO_CONTROL
from app.rest.v2.validation import WrongInputError, single, text_of, told_by_service

STATUS_ONLY = b'{"status":"success"}'
TOO_MANY = "CustomThrottlerGuard - Too many requests. Please try again later."
INTERNAL = "Internal server error"
# Status -> exception name (AU-30), its title.
NAMES: Mapping[int, tuple[str, str]] = {
    400: ("BadRequestException", "Bad Request"),
    401: ("UnauthorizedException", "Unauthorized"),
    403: ("ForbiddenException", "Forbidden"),
    404: ("NotFoundException", "Not Found"),
    409: ("ConflictException", "Conflict"),
    413: ("PayloadTooLargeException", "Payload Too Large"),
    415: ("UnsupportedMediaTypeException", "Unsupported Media Type"),
    422: ("UnprocessableEntityException", "Unprocessable Entity"),
    429: ("ThrottlerException", "Too Many Requests"),
    431: ("BadRequestException", "Request Header Fields Too Large"),
    500: ("InternalServerErrorException", "Internal Server Error"),
    503: ("ServiceUnavailableException", "Service Unavailable"),
}


def success(operation: AnyOperation, data: Any) -> bytes:
    """The body of a success: `data` alone, beside other keys, or just the status."""
    if operation.shape is Shape.STATUS:
        return STATUS_ONLY
    if operation.shape is Shape.KEYS:
        return orjson.dumps({"status": "success", **data})
    return orjson.dumps({"status": "success", "data": data})


def failure(request: RestRequest, error: Exception) -> Answer:
    """The answer to any error; what nobody expected says nothing about itself (AU-32)."""
    render = next((_RENDER[kind] for kind in type(error).__mro__ if kind in _RENDER), None)
    if render is None:
        return _answer(request, Failure(500, INTERNAL))
    return render(request, error)


def _answer(request: RestRequest, told: Failure, details: Mapping[str, Any] | None = None) -> Answer:
    return Answer(told.status, error_body(request.url, told, details))


def error_body(path: str, told: Failure, details: Mapping[str, Any] | None = None) -> bytes:
    """The body of an error (AU-30); `details` are those of every error unless there are better ones."""
    code, title = NAMES.get(told.status, ("HttpException", "Error"))
    body = {
        "status": "error",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "path": path,
        "error": {
            "code": told.code or code,
            "message": told.message,
            "details": details or {"message": told.message, "error": title, "statusCode": told.status},
        },
    }
    return orjson.dumps(body)


def _expected(request: RestRequest, error: SlotgraphError) -> Answer:
    told = request.operation.failure(error) if request.operation is not None else None
    return _answer(request, told or Failure(error.status, error.message))


def _invalid(request: RestRequest, error: InvalidInputError) -> Answer:
    """A service's faults: the first one's text, and every wrong property for clients that show them."""
    row = request.operation
    faults = [replace(fault, path=row.path_of(fault.path)) if row is not None else fault for fault in error.faults]
    told = row.failure(error) if row is not None else None
    told = told or Failure(400, text_of(error.message, faults))
    details: dict[str, Any] = {"message": told.message, "error": NAMES[400][1], "statusCode": told.status}
    if faults:
        details["errors"] = told_by_service(faults).errors
    return _answer(request, told, details)


def _wrong(request: RestRequest, error: WrongInputError) -> Answer:
    if request.operation is not None and request.operation.wrong is Wrong.JOINED:
        return _answer(request, Failure(400, error.joined()))
    return _answer(request, Failure(400, str(error)), {"errors": error.errors})


def _limited(request: RestRequest, error: RateLimitedError) -> Answer:
    answer = _answer(request, Failure(429, error.message))
    return Answer(429, answer.body, [(b"retry-after", str(int(error.retry_after)).encode())])


def _control(request: RestRequest, error: ControlCharacterError) -> Answer:
    return _wrong(request, single((str(error) or "input").split("."), NO_CONTROL))


def _constraint(request: RestRequest, error: ConstraintError) -> Answer:
    """A constraint that no service knows by name (AU-32)."""
    if error.kind in {"unique", "exclusion"}:
        told = Failure(409, "Invalid Input: Trying to create a record that already exists.", "CONFLICT")
    else:
        told = Failure(400, "Invalid input: The referenced data does not exist.", "BAD_REQUEST")
    return _answer(request, told)


def _told(status: int, message: Callable[[RestRequest, Exception], str]) -> Callable[[RestRequest, Any], Answer]:
    return lambda request, error: _answer(request, Failure(status, message(request, error)))


_RENDER: Mapping[type[BaseException], Callable[[RestRequest, Any], Answer]] = {
    SlotgraphError: _expected,
    InvalidInputError: _invalid,
    RateLimitedError: _limited,
    WrongInputError: _wrong,
    ControlCharacterError: _control,
    ConstraintError: _constraint,
    BadParameterError: _told(400, lambda _, error: str(error)),
    MalformedBodyError: _told(400, lambda _, error: str(error)),
    BodyTooLargeError: _told(413, lambda _, __: "request entity too large"),
    HTTPException: lambda request, error: _answer(request, Failure(error.status_code, str(error.detail))),
    NoRouteError: _told(404, lambda request, _: f"Cannot {request.method} {request.url}"),
}
