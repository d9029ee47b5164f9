"""Errors outside of a front, as JSON with a code and the request's id."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.errors import ErrorCode, SlotgraphError

_CODES = {
    400: ErrorCode.BAD_REQUEST,
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.METHOD_NOT_ALLOWED,
    406: ErrorCode.NOT_ACCEPTABLE,
    413: ErrorCode.PAYLOAD_TOO_LARGE,
    415: ErrorCode.UNSUPPORTED_MEDIA_TYPE,
}


def _answer(request: Request, status: int, code: str, message: str, headers: Any = None) -> Response:
    body = {"error": {"code": code, "message": message, "requestId": request.scope["state"].get("request_id", "")}}
    return JSONResponse(body, status, headers=headers)


async def http_error(request: Request, error: Exception) -> Response:
    """No such path, wrong method, body too large."""
    assert isinstance(error, HTTPException)  # noqa: S101 registered for this class
    code = _CODES.get(error.status_code, ErrorCode.BAD_REQUEST)
    return _answer(request, error.status_code, code, error.detail, error.headers)


async def expected_error(request: Request, error: Exception) -> Response:
    """An error that a caller can branch on."""
    assert isinstance(error, SlotgraphError)  # noqa: S101 registered for this class
    return _answer(request, error.status, error.code, error.message)


async def unexpected_error(request: Request, _: Exception) -> Response:
    """A bug: says nothing but the id under which the log has the rest."""
    return _answer(request, 500, ErrorCode.INTERNAL, "Something went wrong on our side. Quote the request id.")


HANDLERS: dict[Any, Any] = {
    HTTPException: http_error,
    SlotgraphError: expected_error,
    Exception: unexpected_error,
}
