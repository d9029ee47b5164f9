"""HTTP as uvicorn speaks it, with an end to what a request's head may hold and errors that clients can read."""

import secrets
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.rest.operation import Failure
from app.rest.v2.envelope import NAMES, error_body

MAX_HEAD: Final = 64 * 1024
_TOO_LARGE: Final = "Request line and headers are too large."


class HeadTooLargeError(Exception):
    """Request line and headers are larger than MAX_HEAD."""


class Protocol(HttpToolsProtocol):
    """Refuses endless heads; what is no HTTP gets a JSON error with a request id like any other fault."""

    _head = 0  # bytes of this request that arrived before its head was complete

    def data_received(self, data: bytes) -> None:
        """Feed the parser; a head that does not end is not kept."""
        self._head += len(data)
        super().data_received(data)
        scope: Any = self.scope  # None until something looks like a request
        if scope is not None and "method" in scope:
            self._head = 0
        elif self._head > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response(_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """A head that came in one piece may be too large as well."""
        if self._head > MAX_HEAD and _size(self.url, self.headers) > MAX_HEAD:
            raise HeadTooLargeError
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer and hang up: what follows cannot be told from the body."""
        too_large = self._head > MAX_HEAD
        status, message = (431, _TOO_LARGE) if too_large else (400, msg)
        body = error_body("/", Failure(status, message))  # who speaks no HTTP has asked for no path
        head = (
            f"HTTP/1.1 {status} {NAMES[status][1]}\r\nconnection: close\r\ncontent-length: {len(body)}\r\n"
            "content-type: application/json; charset=utf-8\r\naccess-control-allow-origin: *\r\n"
            f"x-request-id: {secrets.token_hex(12)}\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def _size(url: bytes, headers: list[tuple[bytes, bytes]]) -> int:
    return len(url) + sum(len(name) + len(value) + 4 for name, value in headers)
