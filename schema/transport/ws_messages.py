"""Messages of the graphql-transport-ws protocol: their shape is checked before anything acts on them."""

from dataclasses import dataclass, field
from typing import Any

import orjson

SUBPROTOCOL = "graphql-transport-ws"
MAX_ID = 128


class Close(Exception):
    """The socket is to be closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason[:120]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a client; `payload` of a subscribe is checked by `read_request`."""

    type: str
    id: str = ""
    payload: Any = field(default=None)


_WITH_ID = {"subscribe", "complete"}
_WITH_OBJECT = {"connection_init", "ping", "pong"}


def read_message(text: str | None, limit: int) -> Message:
    """The message in a frame; raises Close(4400) for what is none, Close(1009) for one that is too long."""
    if text is None:
        raise Close(4400, "Messages must be text frames")
    if len(text) > limit:
        raise Close(1009, f"Messages may have at most {limit} characters")
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Close(4400, "Message is not JSON") from None
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise Close(4400, "Message must be an object with a `type`")
    return _checked(value)


def _checked(value: dict[str, Any]) -> Message:
    kind, identity, payload = value["type"], value.get("id"), value.get("payload")
    if kind in _WITH_ID:
        if not isinstance(identity, str) or not 0 < len(identity) <= MAX_ID:
            raise Close(4400, f"`id` must be a string of 1 to {MAX_ID} characters")
        return Message(kind, identity, payload)
    if kind in _WITH_OBJECT:
        if payload is not None and not isinstance(payload, dict):
            raise Close(4400, "`payload` must be an object")
        return Message(kind, payload=payload)
    raise Close(4400, "Unknown message type")


def message(kind: str, identity: str | None = None, payload: Any = None) -> str:
    """A message of the server."""
    value: dict[str, Any] = {"type": kind}
    if identity is not None:
        value["id"] = identity
    if payload is not None:
        value["payload"] = payload
    return orjson.dumps(value).decode()


def next_prefix(identity: str) -> str:
    """What precedes the ready-made text of a result in a `next` message; a closing brace follows it."""
    return f'{{"type":"next","id":{orjson.dumps(identity).decode()},"payload":'
