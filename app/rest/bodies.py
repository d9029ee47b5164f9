"""Reading request bodies: bounded in size, JSON or a form, never with characters that no database keeps."""

import re
from typing import Any

import orjson
from starlette.types import Receive

from app.rest.query import parse_query
from app.rest.request import RestRequest

MAX_BODY = 512 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FORM = "application/x-www-form-urlencoded"


class BodyTooLargeError(Exception):
    """The body is larger than MAX_BODY."""


class MalformedBodyError(Exception):
    """The body is not JSON; the message says where."""


class ClientLeftError(Exception):
    """The client went away before its body was complete."""


class ControlCharacterError(Exception):
    """A text has a control character; the message is its path."""


async def read_given(request: RestRequest, receive: Receive) -> Any:
    """What the caller sent: the query of a GET or DELETE, else the body; an empty body is an empty object."""
    assert request.operation is not None  # noqa: S101 called for a matched row only
    if request.operation.reads_query:
        given: Any = parse_query(request.scope["query_string"])
        _refuse_control_characters(given)
        return given
    return _parsed(request, await read_body(request, receive))


async def read_body(request: RestRequest, receive: Receive) -> bytes:
    """The whole body. Raises BodyTooLargeError before reading one that says so itself."""
    declared = request.header(b"content-length") or ""
    if declared.isdecimal() and int(declared[:12]) > MAX_BODY:
        raise BodyTooLargeError
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        body += bytes(message.get("body", b""))
        if len(body) > MAX_BODY:
            raise BodyTooLargeError
        if not message.get("more_body", False):
            return body


def _parsed(request: RestRequest, body: bytes) -> Any:
    if not body.strip():
        return {}
    if (request.header(b"content-type") or "").startswith(_FORM):
        given: Any = parse_query(body)
        _refuse_control_characters(given)
        return given
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedBodyError(f"Unexpected token in JSON at position {error.pos}") from error
    if not isinstance(given, dict | list):
        raise MalformedBodyError("Unexpected token in JSON at position 0")
    # JSON can write control characters as \u00.. only, so most bodies need no walk.
    if b"\\u00" in body or b"\x7f" in body or b"\\b" in body or b"\\f" in body:
        _refuse_control_characters(given)
    return given


def _refuse_control_characters(value: Any, path: str = "") -> None:
    if isinstance(value, str):
        if _CONTROL.search(value):
            raise ControlCharacterError(path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_control_characters(key, f"{path}.{key}" if path else key)
            _refuse_control_characters(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _refuse_control_characters(inner, f"{path}.{index}" if path else str(index))
