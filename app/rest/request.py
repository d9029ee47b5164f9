"""One REST request: what rows and fronts read of it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.types import Scope

if TYPE_CHECKING:
    from app.rest.operation import Operation

Header = tuple[bytes, bytes]


class BadParameterError(Exception):
    """A part of the path is not what its row needs."""


class RestRequest:
    """Method, path, headers and path parameters; `answer_headers` is what the answer will carry beside the usual."""

    __slots__ = ("_headers", "answer_headers", "method", "operation", "params", "path", "scope", "version")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        raw = scope.get("raw_path") or scope["path"].encode()
        self.path: str = raw.partition(b"?")[0].decode("latin-1")
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self.params: dict[str, str] = {}
        self.version = ""
        self.operation: Operation[Any, Any, Any] | None = None
        self.answer_headers: list[Header] = []

    @property
    def url(self) -> str:
        """Path and query as they were sent."""
        query: bytes = self.scope["query_string"]
        return f"{self.path}?{query.decode('latin-1')}" if query else self.path

    @property
    def request_id(self) -> str:
        """The id under which the log knows this request."""
        return str(self.scope.get("state", {}).get("request_id", ""))

    @property
    def client_ip(self) -> str:
        """Address of the caller."""
        client = self.scope.get("client")
        return client[0] if client else ""

    def header(self, name: bytes) -> str | None:
        """A header by its lower-case name."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    def cookie(self, name: str) -> str | None:
        """A cookie by name."""
        for part in (self.header(b"cookie") or "").split(";"):
            key, found, value = part.strip().partition("=")
            if found and key == name:
                return unquote(value)
        return None

    def text(self, name: str) -> str:
        """A path parameter."""
        return self.params[name]

    def number(self, name: str) -> int:
        """A path parameter that is a whole number of 32 bits; raises BadParameterError."""
        text = self.params[name]
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 10 and abs(int(text)) < 2**31):
            raise BadParameterError("Validation failed (numeric string is expected)")
        return int(text)
